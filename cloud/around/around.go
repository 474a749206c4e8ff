// Package around reads what stands around a machine, from other products of the
// cloud: load balancers (CLB), traffic and CPU load (Cloud Monitor), auto-scaling
// groups (AS), clusters (TKE and EMR), and maintenance. A check that fails says so,
// with its reason, and is never taken for nothing.
package around

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall/model"
)

// ErrNotMentioned means that a call succeeded and does not answer the question.
var ErrNotMentioned = errors.New("the answer does not mention the machine")

// Look asks all products at once about the machine. A check that fails says so,
// with the reason, and the others go on.
func Look(ctx context.Context, r *api.Region, i model.Instance) []model.Nearby {
	readers := []struct {
		code, action string
		look         func(context.Context, *api.Region, model.Instance) (model.Nearby, error)
	}{
		{model.NearCLB, api.LBListeners.Name, Balancers},
		{model.NearTraffic, api.MonitorData.Name, outgoingTraffic},
		{model.NearCPU, api.MonitorData.Name, cpuLoad},
		{model.NearGroup, api.ScalingNodes.Name, ScalingGroup},
		{model.NearTKE, api.TKENodes.Name, TKECluster},
		{model.NearMaintenance, api.DescribeTaskInfo, RepairTasks},
	}
	out := make([]model.Nearby, len(readers), len(readers)+1)
	var g errgroup.Group
	for n, reader := range readers {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, r.Client.AroundTimeout)
			defer cancel()
			found, err := reader.look(ctx, r, i)
			if err != nil {
				r.Client.Log.WarnContext(ctx, "surroundings: check failed", "check", reader.code, "action",
					reader.action,
					"account", r.Account.Name,
					"region", r.Name, "instance", i.Instance, "err", r.Account.Credentials.Redact(err))
				found = model.Nearby{Detection: model.Unchecked, What: WhyUnchecked(reader.action, err)}
			}
			found.Code = reader.code
			out[n] = found
			return nil
		})
	}
	_ = g.Wait() // each task leaves its result in out
	return append(out, emrCluster(i))
}

// WhyUnchecked says in a few words for people why a check failed. The log has more.
func WhyUnchecked(action string, err error) string {
	code := errcode.Of(err)
	switch {
	case errors.Is(err, ErrNoValues):
		return action + " has no values of the last " + model.HumanDuration(monitorSpan)
	case errors.Is(err, ErrNotMentioned):
		return action + " does not mention this machine"
	case errcode.MissingPermission(err).Action != "":
		return errcode.MissingPermission(err).Action + " is not permitted: " + code
	case errcode.IsAboutCredentials(code):
		return action + " is not permitted: " + code
	case errors.Is(err, context.DeadlineExceeded):
		return action + " did not answer in time"
	case code == "ClientError.NetworkError" || errors.Is(err, api.ErrNoAnswer) || code == "ClientError.ParseJsonError":
		return action + " did not answer"
	case code != "":
		return action + " answered " + code
	}
	return action + " failed"
}

// notSeen is the result if a complete answer does not mention the machine.
func notSeen() (model.Nearby, error) { return model.Nearby{Detection: model.NotDetected}, nil }

// seen is the result if an answer mentions the machine.
func seen(what string, of ...string) (model.Nearby, error) {
	slices.Sort(of)
	return model.Nearby{Detection: model.Detected, What: what, Of: slices.Compact(of)}, nil
}
