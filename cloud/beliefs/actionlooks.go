package beliefs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/around"
	"twokey/cloud/audit"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// quotedPrices asks for the price of one machine of each type of system disk, as it
// is.
func (v *survey) quotedPrices(ctx context.Context) port.BeliefResult {
	return v.eachRegion(ctx, func(r *api.Region, one *surveyed) (port.BeliefState, string) {
		chosen := map[string]model.Instance{}
		var types []string
		for _, raw := range one.machines {
			if raw == nil {
				continue
			}
			i := describe.InstanceOf(r, raw)
			if kind := i.SystemDisk.Type; kind != "" && i.ImageID != "" && i.ChargeType != "SPOTPAID" &&
				chosen[kind].Instance == "" {
				chosen[kind], types = i, append(types, kind)
			}
		}
		slices.Sort(types)
		found := port.Inconclusive
		var words []string
		for _, kind := range types {
			how, word := lookAtPrice(ctx, r, chosen[kind])
			words = append(words, showValue(&kind)+" "+word)
			if how == port.Differs || found != port.Differs && how == port.Holds {
				found = how
			}
		}
		if len(words) == 0 {
			return port.Inconclusive, "no machine to ask for"
		}
		return found, strings.Join(words, ", ")
	})
}

func lookAtPrice(ctx context.Context, r *api.Region, i model.Instance) (port.BeliefState, string) {
	images, err := describe.ImagesByID(ctx, r, []string{i.ImageID})
	img := images[i.ImageID]
	switch {
	case err != nil:
		return port.Inconclusive, around.WhyUnchecked(api.DescribeImages, err)
	case img == nil:
		return port.Inconclusive, "not asked, its image is gone"
	}
	_, err = describe.Price(ctx, r, i, describe.ImageOf(img), i.SystemDisk.SizeGB, nil)
	code := errcode.Of(err)
	switch {
	case err == nil:
		return port.Holds, "quoted"
	case errors.Is(err, api.ErrNoAnswer):
		return port.Differs, "answered without a price"
	case code == "" || errcode.IsAboutCredentials(code) || strings.HasPrefix(code, "ClientError"):
		return port.Inconclusive, around.WhyUnchecked(api.InquiryPrice, err)
	case errcode.IsKnown(code):
		return port.Holds, showValue(&code)
	}
	return port.Differs, showValue(&code) + ", which is not known"
}

// permittedActions makes one small read of each action. It uses the first region of
// each account whose machines can be read, for some actions need a machine.
func (v *survey) permittedActions(ctx context.Context) port.BeliefResult {
	var g gathered
	for _, a := range v.accounts {
		r := a.Regions[0]
		for _, other := range a.Regions {
			if one := v.region(ctx, other); one.err == nil && len(one.machines) > 0 {
				r = other
				break
			}
		}
		found, words := v.actionsOf(ctx, r)
		g.add(v.placeOf(r), found, words)
	}
	return g.result()
}

func (v *survey) actionsOf(ctx context.Context, r *api.Region) (port.BeliefState, string) {
	answered, unasked := 0, 0
	var denied, failed []string
	for _, a := range readActions(r, v.region(ctx, r)) {
		if a.read == nil {
			unasked++
			continue
		}
		err := a.read(api.WithAttemptTimeout(ctx, v.client.AroundTimeout), r)
		switch code := errcode.Of(err); {
		case err == nil || errors.Is(err, around.ErrNoValues) || errors.Is(err, around.ErrNotMentioned):
			answered++
		case strings.Contains(code, "Unauthorized") ||
			slices.Contains([]string{"InvalidAction", "NoSuchProduct", "NoSuchVersion"}, code):
			denied = append(denied, a.name+" "+showValue(&code))
		default:
			_, action, _ := strings.Cut(a.name, ":")
			failed = append(failed, around.WhyUnchecked(action, err))
		}
	}
	words := fmt.Sprintf("let through %d, not asked for want of a running machine %d", answered, unasked)
	if len(failed) > 0 {
		words += "; " + strings.Join(failed, ", ")
	}
	switch {
	case len(denied) > 0:
		return port.Differs, words + "; not let through: " + strings.Join(denied, ", ")
	case len(failed) > 0 || unasked > 0:
		return port.Inconclusive, words
	}
	return port.Holds, words
}

// triedAction is an action with its name in a policy and a small read. A nil
// read means that there is no machine to ask about.
type triedAction struct {
	name string
	read func(context.Context, *api.Region) error
}

// readActions lists all actions that read. deploy/cam-policy.json permits each.
func readActions(r *api.Region, one *surveyed) []triedAction {
	out := []triedAction{
		{"cvm:" + api.DescribeInstances, func(context.Context, *api.Region) error { return one.err }},
		{"cvm:" + api.DescribeImages, func(ctx context.Context, r *api.Region) error {
			_, _, err := describe.ImagePage(ctx, r, 0, 1, "")
			return err
		}},
		{
			"cvm:" + api.DescribeImageQuota,
			func(ctx context.Context, r *api.Region) error { _, err := describe.ImageQuota(ctx, r); return err },
		},
		{"cvm:" + api.DescribeKeyPairs, describe.AnyKeyPair},
		{"cvm:" + api.DescribeSnapshots, func(ctx context.Context, r *api.Region) error {
			_, _, err := describe.SnapshotPage(ctx, r, 0, 1, "snapshot-state", "NORMAL")
			return err
		}},
		{"cvm:" + api.DescribeDisks, func(ctx context.Context, r *api.Region) error {
			_, err := describe.SystemDiskPage(ctx, r, 0, 1)
			return err
		}},
		{"cloudaudit:" + api.DescribeEvents, tryEvent},
		{"sts:" + api.CallerIdentity.Name, tryIdentity},
	}
	var i *model.Instance
	if n := slices.IndexFunc(one.machines, saysEnough); n >= 0 {
		i = new(describe.InstanceOf(r, one.machines[n]))
	}
	return append(out, machineActions(i)...)
}

// machineActions lists the actions that need a machine to ask about; i may be nil.
func machineActions(i *model.Instance) []triedAction {
	about := func(look func(context.Context, *api.Region, model.Instance) error) func(context.Context,
		*api.Region) error {
		if i == nil {
			return nil
		}
		return func(ctx context.Context, r *api.Region) error { return look(ctx, r, *i) }
	}
	looks := func(look func(context.Context, *api.Region,
		model.Instance) (model.Nearby, error),
	) func(context.Context, *api.Region) error {
		return about(func(ctx context.Context, r *api.Region, i model.Instance) error {
			_, err := look(ctx, r, i)
			return err
		})
	}
	return []triedAction{
		{"cvm:" + api.InquiryPrice, about(tryPrice)},
		{"cvm:" + api.DescribeTaskInfo, looks(around.RepairTasks)},
		{"clb:" + api.LBListeners.Name, looks(around.Balancers)},
		{"monitor:" + api.MonitorData.Name, about(func(ctx context.Context, r *api.Region, i model.Instance) error {
			_, err := around.Metric(ctx, r, "CPUUsage", i.Instance)
			return err
		})},
		{"as:" + api.ScalingNodes.Name, looks(around.ScalingGroup)},
		{"tke:" + api.TKENodes.Name, looks(around.TKECluster)},
	}
}

// saysEnough reports whether a machine says enough of itself to be asked about.
func saysEnough(i *describe.RawInstance) bool {
	return i != nil && api.Val(i.InstanceState) == "RUNNING" && api.Val(i.ImageId) != "" &&
		len(i.PrivateIpAddresses) > 0 &&
		i.VirtualPrivateCloud != nil && api.Val(i.InstanceChargeType) != "SPOTPAID" && i.SystemDisk != nil
}

// tryPrice counts as permitted also if the cloud does not quote the machine.
func tryPrice(ctx context.Context, r *api.Region, i model.Instance) error {
	_, err := describe.Price(ctx, r, i, model.Image{ID: i.ImageID}, i.SystemDisk.SizeGB, nil)
	if errcode.IsAboutRequest(errcode.Of(err)) {
		return nil
	}
	return err
}

func tryIdentity(ctx context.Context, r *api.Region) error {
	_, err := api.ReadCommon[struct{}](ctx, r, api.CallerIdentity, map[string]any{})
	return err
}

func tryEvent(ctx context.Context, r *api.Region) error {
	now := r.Client.Now()
	_, err := audit.AllEvents(ctx, r, now.Add(-time.Hour), now)
	if errors.Is(err, api.ErrTooMany) {
		return nil
	}
	return err
}
