package cloud

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall"
)

// What stands around a machine is read from other products. Each reader makes
// one sight; where it fails, the sight says that it could not be checked and
// why, and the rest is read all the same.

// errNothingTold: the call went well and does not answer the question.
var errNothingTold = errors.New("the answer does not tell of the machine")

// lookAround looks for what is around the machine, all at once.
func lookAround(ctx context.Context, s *api.Region, i reinstall.Instance) []reinstall.Nearby {
	readers := []struct {
		code, action string
		look         func(context.Context, *api.Region, reinstall.Instance) (reinstall.Nearby, error)
	}{
		{reinstall.NearCLB, api.LBListeners.Name, balancers},
		{reinstall.NearTraffic, api.MonitorData.Name, traffic},
		{reinstall.NearCPU, api.MonitorData.Name, cpu},
		{reinstall.NearGroup, api.ScalingNodes.Name, scalingGroup},
		{reinstall.NearTKE, api.TKENodes.Name, tkeCluster},
		{reinstall.NearMaintenance, api.DescribeTaskInfo, repairTasks},
	}
	out := make([]reinstall.Nearby, len(readers), len(readers)+1)
	var g errgroup.Group
	for n, r := range readers {
		g.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, s.Client.AroundTimeout)
			defer cancel()
			sight, err := r.look(ctx, s, i)
			if err != nil {
				s.Client.Log.WarnContext(ctx, "not seen what is around a machine", "sight", r.code, "action", r.action, "account", s.Account.Name,
					"region", s.Name, "instance", i.Instance, "err", s.Account.Credentials.Redact(err))
				sight = reinstall.Nearby{Seen: reinstall.Unchecked, What: whyUnchecked(s, r.action, err)}
			}
			sight.Code = r.code
			out[n] = sight
			return nil
		})
	}
	_ = g.Wait() // each task leaves its sight in out
	return append(out, nearEMR(i))
}

// whyUnchecked is a failed check in a few words for people; the log has more.
func whyUnchecked(s *api.Region, action string, err error) string {
	code := errcode.Of(err)
	switch {
	case errors.Is(err, errNoValues):
		return action + " has no values of the last " + reinstall.Ago(monitorSpan)
	case errors.Is(err, errNothingTold):
		return action + " does not tell of this machine"
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

// nothing was seen, in an answer that would have told.
func nothing() (reinstall.Nearby, error) { return reinstall.Nearby{Seen: reinstall.NotSeen}, nil }

func sighted(what string, of ...string) (reinstall.Nearby, error) {
	slices.Sort(of)
	return reinstall.Nearby{Seen: reinstall.Seen, What: what, Of: slices.Compact(of)}, nil
}

type (
	lbTargets []struct {
		PrivateIP *string `json:"PrivateIp"`
		Weight    *int64
	}
	lbItem struct {
		LoadBalancerID *string `json:"LoadBalancerId"`
		Listeners      []struct {
			Protocol *string
			Port     *int64
			Targets  lbTargets
			Rules    []struct{ Targets lbTargets }
		}
	}
	lbAnswer struct{ LoadBalancers *[]lbItem }
)

// balancers asks CLB by the machine's private addresses
// (tencentcloud.com/document/api/214/43272: Backends.N of VpcId and PrivateIp).
func balancers(ctx context.Context, s *api.Region, i reinstall.Instance) (reinstall.Nearby, error) {
	if len(i.PrivateIPs) == 0 || i.VPC == "" {
		return reinstall.Nearby{}, fmt.Errorf("neither network nor address is known: %w", errNothingTold)
	}
	var backends []map[string]string
	for _, ip := range i.PrivateIPs {
		backends = append(backends, map[string]string{"VpcId": i.VPC, "PrivateIp": ip})
	}
	answer, err := api.ReadCommon[lbAnswer](ctx, s, api.LBListeners, map[string]any{"Backends": backends})
	switch {
	case err != nil:
		return reinstall.Nearby{}, err
	case answer.LoadBalancers == nil:
		return reinstall.Nearby{}, api.ErrNoAnswer
	case len(*answer.LoadBalancers) == 0:
		return nothing()
	}
	var words, ids []string
	for _, lb := range *answer.LoadBalancers {
		ids = append(ids, api.Val(lb.LoadBalancerID))
		words = append(words, lb.words())
	}
	return sighted("is behind load balancer "+strings.Join(words, " and "), ids...)
}

// words are its id and its listeners: “lb-1 (TCP 80, HTTPS 443)”, and whether
// all its weight has been taken away.
func (lb lbItem) words() string {
	var ports []string
	drained := true
	for _, l := range lb.Listeners {
		ports = append(ports, fmt.Sprintf("%s %d", api.Val(l.Protocol), api.Val(l.Port)))
		targets := l.Targets
		for _, r := range l.Rules {
			targets = append(targets, r.Targets...)
		}
		for _, t := range targets {
			drained = drained && t.Weight != nil && *t.Weight == 0
		}
		drained = drained && len(targets) > 0
	}
	text := api.Val(lb.LoadBalancerID)
	if len(ports) > 0 {
		text += " (" + strings.Join(ports, ", ") + ")"
		if drained {
			text += ", drained: its weight is 0"
		}
	}
	return text
}

type scalingAnswer struct {
	TotalCount             *int64
	AutoScalingInstanceSet []struct {
		InstanceID         *string `json:"InstanceId"`
		AutoScalingGroupID *string `json:"AutoScalingGroupId"`
	}
}

// scalingTag is on members of auto-scaling groups; DescribeAutoScalingInstances
// has the last word (facts/tencent.md section 8), but a tag is never ignored.
const scalingTag = "tencentcloud:autoscaling:auto-scaling-group-id"

func scalingGroup(ctx context.Context, s *api.Region, i reinstall.Instance) (reinstall.Nearby, error) {
	tagged := i.Tags[scalingTag]
	answer, err := api.ReadCommon[scalingAnswer](ctx, s, api.ScalingNodes, map[string]any{"InstanceIds": []string{i.Instance}, "Limit": api.PageSize})
	if err == nil && answer.TotalCount == nil {
		err = api.ErrNoAnswer
	}
	if err != nil && tagged == "" {
		return reinstall.Nearby{}, err
	}
	if err == nil {
		for _, one := range answer.AutoScalingInstanceSet {
			if id := api.Val(one.AutoScalingGroupID); api.Val(one.InstanceID) == i.Instance && id != "" {
				return sighted("belongs to auto-scaling group "+id+", which may replace it meanwhile", id)
			}
		}
		if *answer.TotalCount > 0 {
			return reinstall.Nearby{}, errNothingTold
		}
	}
	if tagged != "" {
		return sighted("bears the tag of auto-scaling group "+tagged+", which may replace it meanwhile", tagged)
	}
	return nothing()
}

type tkeAnswer struct {
	TotalCount         *int64
	ExistedInstanceSet []struct {
		InstanceID       *string `json:"InstanceId"`
		AlreadyInCluster *string
	}
}

// tkeCluster asks whether the machine could join a cluster, which tells the one
// that it is in (cloud.tencent.com/document/api/457/36706). The answer lists
// every machine that is asked for: one that is left out was not looked at.
func tkeCluster(ctx context.Context, s *api.Region, i reinstall.Instance) (reinstall.Nearby, error) {
	answer, err := api.ReadCommon[tkeAnswer](ctx, s, api.TKENodes, map[string]any{"InstanceIds": []string{i.Instance}, "Limit": api.PageSize})
	if err != nil {
		return reinstall.Nearby{}, err
	}
	for _, one := range answer.ExistedInstanceSet {
		if api.Val(one.InstanceID) != i.Instance {
			continue
		}
		if id := api.Val(one.AlreadyInCluster); id != "" {
			return sighted("is a node of TKE cluster "+id+", which a reinstall tears out of it", id)
		}
		return nothing()
	}
	return reinstall.Nearby{}, errNothingTold
}

// nearEMR goes by what DescribeInstances tells: EMR has no call that takes an
// instance. Nodes act through the role EMR_QCSRole (document 589/37899); the
// cloud itself refuses to reset them (facts/tencent.md section 10).
func nearEMR(i reinstall.Instance) reinstall.Nearby {
	sight := reinstall.Nearby{Code: reinstall.NearEMR, Seen: reinstall.NotSeen}
	if strings.HasPrefix(strings.ToUpper(i.Role), "EMR_") {
		sight.Seen, sight.What, sight.Of = reinstall.Seen, "is a node of an EMR cluster (role "+i.Role+")", []string{i.Role}
	}
	for _, key := range slices.Sorted(maps.Keys(i.Tags)) { // in one order: the sight is part of the plan
		if value := i.Tags[key]; strings.HasPrefix(strings.ToLower(key), "tencentcloud:emr") {
			sight.Seen, sight.What, sight.Of = reinstall.Seen, "is a node of an EMR cluster (tag "+key+"="+value+")", []string{value}
		}
	}
	return sight
}
