package around

import (
	"context"
	"fmt"
	"strings"

	"twokey/cloud/api"
	"twokey/commands/reinstall/model"
)

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

// Balancers asks CLB by the machine's private addresses
// (tencentcloud.com/document/api/214/43272: Backends.N of VpcId and PrivateIp).
func Balancers(ctx context.Context, r *api.Region, i model.Instance) (model.Nearby, error) {
	if len(i.PrivateIPs) == 0 || i.VPC == "" {
		return model.Nearby{}, fmt.Errorf("neither network nor address is known: %w", ErrNotMentioned)
	}
	var backends []map[string]string
	for _, ip := range i.PrivateIPs {
		backends = append(backends, map[string]string{"VpcId": i.VPC, "PrivateIp": ip})
	}
	answer, err := api.ReadCommon[lbAnswer](ctx, r, api.LBListeners, map[string]any{"Backends": backends})
	switch {
	case err != nil:
		return model.Nearby{}, err
	case answer.LoadBalancers == nil:
		return model.Nearby{}, api.ErrNoAnswer
	case len(*answer.LoadBalancers) == 0:
		return notSeen()
	}
	var words, ids []string
	for _, lb := range *answer.LoadBalancers {
		ids = append(ids, api.Val(lb.LoadBalancerID))
		words = append(words, lb.describe())
	}
	return seen("is behind load balancer "+strings.Join(words, " and "), ids...)
}

// describe is the balancer's id and listeners, such as “lb-1 (TCP 80, HTTPS 443)”,
// and whether all its weights are 0.
func (lb lbItem) describe() string {
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
