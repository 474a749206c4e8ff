package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/errcode"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// prices asks for one machine of each type of system disk, as it is.
func (v *survey) prices(ctx context.Context) port.Sighting {
	return v.machines(ctx, func(s *site, one *surveyed) (port.Found, string) {
		chosen := map[string]reinstall.Instance{}
		var types []string
		for _, raw := range one.machines {
			if raw == nil {
				continue
			}
			i := s.instanceOf(raw)
			if kind := i.SystemDisk.Type; kind != "" && i.ImageID != "" && i.ChargeType != "SPOTPAID" && chosen[kind].Instance == "" {
				chosen[kind], types = i, append(types, kind)
			}
		}
		slices.Sort(types)
		found := port.Untold
		var words []string
		for _, kind := range types {
			how, word := s.priced(ctx, chosen[kind])
			words = append(words, spelt(&kind)+" "+word)
			if how == port.Differs || found != port.Differs && how == port.Holds {
				found = how
			}
		}
		if len(words) == 0 {
			return port.Untold, "no machine to ask for"
		}
		return found, strings.Join(words, ", ")
	})
}

func (s *site) priced(ctx context.Context, i reinstall.Instance) (port.Found, string) {
	images, err := s.imagesByID(ctx, []string{i.ImageID})
	img := images[i.ImageID]
	switch {
	case err != nil:
		return port.Untold, s.whyUnchecked(describeImages, err)
	case img == nil:
		return port.Untold, "not asked, its image is gone"
	}
	_, err = s.quote(ctx, i, imageOf(img), i.SystemDisk.SizeGB, nil)
	code := errcode.Of(err)
	switch {
	case err == nil:
		return port.Holds, "quoted"
	case errors.Is(err, errNoAnswer):
		return port.Differs, "answered without a price"
	case code == "" || errcode.IsAboutCredentials(code) || strings.HasPrefix(code, "ClientError"):
		return port.Untold, s.whyUnchecked(inquiryPrice, err)
	case errcode.IsKnown(code):
		return port.Holds, spelt(&code)
	}
	return port.Differs, spelt(&code) + ", which is not known"
}

// actions makes one small read of each action, in the first region of each
// account whose machines can be read. Some need a machine.
func (v *survey) actions(ctx context.Context) port.Sighting {
	var g gathered
	for _, a := range v.cloud.accounts {
		s := a.sites[0]
		for _, other := range a.sites {
			if one := v.of(ctx, other); one.err == nil && len(one.machines) > 0 {
				s = other
				break
			}
		}
		found, words := v.actionsIn(ctx, s)
		g.add(v.place(s), found, words)
	}
	return g.sighting()
}

func (v *survey) actionsIn(ctx context.Context, s *site) (port.Found, string) {
	answered, unasked := 0, 0
	var denied, failed []string
	for _, a := range s.reads(v.of(ctx, s)) {
		if a.read == nil {
			unasked++
			continue
		}
		err := a.read(impatiently(ctx, v.cloud.nearTimeout))
		switch code := errcode.Of(err); {
		case err == nil || errors.Is(err, errNoValues) || errors.Is(err, errNothingTold):
			answered++
		case strings.Contains(code, "Unauthorized") || slices.Contains([]string{"InvalidAction", "NoSuchProduct", "NoSuchVersion"}, code):
			denied = append(denied, a.name+" "+spelt(&code))
		default:
			_, action, _ := strings.Cut(a.name, ":")
			failed = append(failed, s.whyUnchecked(action, err))
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
		return port.Untold, words
	}
	return port.Holds, words
}

// A tried action is one with its name in a policy and a small read; nil: there is
// nothing to ask it of.
type tried struct {
	name string
	read func(context.Context) error
}

// reads are all actions that read, of which deploy/cam-policy.json has each.
func (s *site) reads(one *surveyed) []tried {
	out := []tried{
		{"cvm:" + describeInstances, func(context.Context) error { return one.err }},
		{"cvm:" + describeImages, func(ctx context.Context) error { _, _, err := s.imagePage(ctx, 0, 1, ""); return err }},
		{"cvm:" + describeImageQuota, func(ctx context.Context) error { _, err := s.imageQuota(ctx); return err }},
		{"cvm:" + describeKeyPairs, s.anyKeyPair},
		{"cvm:" + describeSnapshots, func(ctx context.Context) error {
			_, _, err := s.snapshotPage(ctx, 0, 1, "snapshot-state", "NORMAL")
			return err
		}},
		{"cvm:" + describeDisks, func(ctx context.Context) error { _, err := s.diskPage(ctx, 0, 1); return err }},
		{"cloudaudit:" + describeEvents, s.anyEvent},
		{"sts:" + callerIdentity.name, s.anyIdentity},
	}
	var i *reinstall.Instance
	if n := slices.IndexFunc(one.machines, asked); n >= 0 {
		i = new(s.instanceOf(one.machines[n]))
	}
	of := func(look func(context.Context, reinstall.Instance) error) func(context.Context) error {
		if i == nil {
			return nil
		}
		return func(ctx context.Context) error { return look(ctx, *i) }
	}
	near := func(look func(context.Context, reinstall.Instance) (reinstall.Nearby, error)) func(context.Context) error {
		return of(func(ctx context.Context, i reinstall.Instance) error { _, err := look(ctx, i); return err })
	}
	return append(out,
		tried{"cvm:" + inquiryPrice, of(s.anyPrice)},
		tried{"cvm:" + describeTaskInfo, near(s.nearRepairs)},
		tried{"clb:" + lbListeners.name, near(s.nearBalancers)},
		tried{"monitor:" + monitorData.name, of(func(ctx context.Context, i reinstall.Instance) error {
			_, err := s.metric(ctx, "CPUUsage", i.Instance)
			return err
		})},
		tried{"as:" + scalingNodes.name, near(s.nearGroup)},
		tried{"tke:" + tkeNodes.name, near(s.nearTKE)},
	)
}

// asked is whether a machine says enough of itself to be asked about.
func asked(i *answeredInstance) bool {
	return i != nil && val(i.InstanceState) == "RUNNING" && val(i.ImageId) != "" && len(i.PrivateIpAddresses) > 0 &&
		i.VirtualPrivateCloud != nil && val(i.InstanceChargeType) != "SPOTPAID" && i.SystemDisk != nil
}

// anyPrice is let through also where the cloud does not quote the machine.
func (s *site) anyPrice(ctx context.Context, i reinstall.Instance) error {
	_, err := s.quote(ctx, i, reinstall.Image{ID: i.ImageID}, i.SystemDisk.SizeGB, nil)
	if errcode.IsAboutRequest(errcode.Of(err)) {
		return nil
	}
	return err
}

func (s *site) anyKeyPair(ctx context.Context) error {
	_, err := read(ctx, s, describeKeyPairs, func(ctx context.Context) (*cvm.DescribeKeyPairsResponseParams, *string, error) {
		q := cvm.NewDescribeKeyPairsRequest()
		q.Limit = new(int64(1))
		r, err := s.cvm.DescribeKeyPairsWithContext(ctx, q)
		if err != nil || r.Response == nil {
			return nil, nil, err
		}
		return r.Response, r.Response.RequestId, nil
	})
	return err
}

func (s *site) anyIdentity(ctx context.Context) error {
	_, err := askCommon[struct{}](ctx, s, callerIdentity, map[string]any{})
	return err
}

func (s *site) anyEvent(ctx context.Context) error {
	now := s.cloud.now()
	_, err := s.events(ctx, now.Add(-time.Hour), now)
	if errors.Is(err, errTooMany) {
		return nil
	}
	return err
}
