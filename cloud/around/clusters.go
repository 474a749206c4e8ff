package around

import (
	"context"
	"maps"
	"slices"
	"strings"

	"twokey/cloud/api"
	"twokey/commands/reinstall/model"
)

type scalingAnswer struct {
	TotalCount             *int64
	AutoScalingInstanceSet []struct {
		InstanceID         *string `json:"InstanceId"`
		AutoScalingGroupID *string `json:"AutoScalingGroupId"`
	}
}

// scalingTag marks members of auto-scaling groups. DescribeAutoScalingInstances is
// the authority (cloud/doc.go 9.2); if it does not answer, the tag counts.
const scalingTag = "tencentcloud:autoscaling:auto-scaling-group-id"

// ScalingGroup asks AS for the machine's auto-scaling group.
func ScalingGroup(ctx context.Context, r *api.Region, i model.Instance) (model.Nearby, error) {
	tagged := i.Tags[scalingTag]
	answer, err := api.ReadCommon[scalingAnswer](ctx, r, api.ScalingNodes,
		map[string]any{"InstanceIds": []string{i.Instance}, "Limit": api.PageSize})
	if err == nil && answer.TotalCount == nil {
		err = api.ErrNoAnswer
	}
	if err != nil && tagged == "" {
		return model.Nearby{}, err
	}
	if err == nil {
		for _, one := range answer.AutoScalingInstanceSet {
			if id := api.Val(one.AutoScalingGroupID); api.Val(one.InstanceID) == i.Instance && id != "" {
				return seen("belongs to auto-scaling group "+id+", which may replace it meanwhile", id)
			}
		}
		if *answer.TotalCount > 0 {
			return model.Nearby{}, ErrNotMentioned
		}
	}
	if tagged != "" {
		return seen("bears the tag of auto-scaling group "+tagged+", which may replace it meanwhile", tagged)
	}
	return notSeen()
}

type tkeAnswer struct {
	TotalCount         *int64
	ExistedInstanceSet []struct {
		InstanceID       *string `json:"InstanceId"`
		AlreadyInCluster *string
	}
}

// TKECluster asks whether the machine could join a cluster; the answer names the
// cluster that has it (cloud.tencent.com/document/api/457/36706). It lists every
// machine that is asked for. A machine that it leaves out was not checked.
func TKECluster(ctx context.Context, r *api.Region, i model.Instance) (model.Nearby, error) {
	answer, err := api.ReadCommon[tkeAnswer](ctx, r, api.TKENodes,
		map[string]any{"InstanceIds": []string{i.Instance}, "Limit": api.PageSize})
	if err != nil {
		return model.Nearby{}, err
	}
	for _, one := range answer.ExistedInstanceSet {
		if api.Val(one.InstanceID) != i.Instance {
			continue
		}
		if id := api.Val(one.AlreadyInCluster); id != "" {
			return seen("is a node of TKE cluster "+id+", which a reinstall tears out of it", id)
		}
		return notSeen()
	}
	return model.Nearby{}, ErrNotMentioned
}

// emrCluster looks at the role and the tags of the instance, for EMR has no call
// that takes an instance. Nodes act through the role EMR_QCSRole (document
// 589/37899). The cloud itself refuses to reset them (cloud/doc.go 9.2).
func emrCluster(i model.Instance) model.Nearby {
	found := model.Nearby{Code: model.NearEMR, Detection: model.NotDetected}
	if strings.HasPrefix(strings.ToUpper(i.Role), "EMR_") {
		found.Detection, found.What, found.Of = model.Detected, "is a node of an EMR cluster (role "+i.Role+")", []string{i.Role}
	}
	for _, key := range slices.Sorted(maps.Keys(i.Tags)) { // in one order: what is found is part of the plan
		if value := i.Tags[key]; strings.HasPrefix(strings.ToLower(key), "tencentcloud:emr") {
			found.Detection, found.What, found.Of = model.Detected, "is a node of an EMR cluster (tag "+key+"="+value+
				")", []string{value}
		}
	}
	return found
}
