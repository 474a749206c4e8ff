package around

import (
	"context"
	"fmt"
	"time"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/commands/reinstall/model"
)

const (
	// Without StartDate the API looks only at today.
	repairSpan = 180 * 24 * time.Hour
)

// repairStatus and repairTypes are the SDK's (cvm v20170312, DescribeTaskInfo),
// those that are still to come or under way.
var (
	repairStatus = map[uint64]string{1: "waits for a permission", 2: "is under way", 4: "is booked"}
	repairTypes  = map[uint64]string{
		101: "a hidden fault", 102: "a fault", 103: "a disk's fault", 104: "a network fault", 105: "a warning",
		106: "a disk's warning", 107: "an upgrade",
	}
)

// RepairTasks asks for maintenance that is to come or under way.
func RepairTasks(ctx context.Context, r *api.Region, i model.Instance) (model.Nearby, error) {
	since := r.Client.Now().Add(-repairSpan).UTC().Format(time.DateTime)
	total := int64(0)
	all, err := api.AllPages(func(offset int) ([]*cvm.RepairTaskInfo, *int64, error) {
		answer, err := repairPage(ctx, r, i.Instance, since, offset)
		if err != nil {
			return nil, nil, err
		}
		total = api.Val(answer.TotalCount)
		return answer.RepairTaskInfoSet, answer.TotalCount, nil
	})
	if err != nil {
		return model.Nearby{}, err
	}
	for _, t := range all {
		if t == nil || api.Val(t.InstanceId) != i.Instance {
			continue
		}
		status, kind := repairStatus[api.Val(t.TaskStatus)], repairTypes[api.Val(t.TaskTypeId)]
		if status == "" {
			status = fmt.Sprintf("has status %d", api.Val(t.TaskStatus))
		}
		if kind == "" {
			kind = fmt.Sprintf("type %d", api.Val(t.TaskTypeId))
		}
		return seen(fmt.Sprintf("has maintenance task %s (%s), which %s", api.Val(t.TaskId), kind, status))
	}
	if total > 0 {
		return model.Nearby{}, ErrNotMentioned
	}
	return notSeen()
}

// repairPage reads one page. Offset and Limit are both required (cloud/doc.go 4.10).
func repairPage(ctx context.Context, r *api.Region, instance, since string,
	offset int,
) (*cvm.DescribeTaskInfoResponseParams, error) {
	return api.Read(ctx, r, api.DescribeTaskInfo,
		func(ctx context.Context) (*cvm.DescribeTaskInfoResponseParams, *string, error) {
			q := cvm.NewDescribeTaskInfoRequest()
			q.InstanceIds, q.StartDate = []*string{new(instance)}, new(since)
			q.Offset, q.Limit = new(int64(offset)), new(int64(api.PageSize))
			q.TaskStatus = []*int64{new(int64(1)), new(int64(2)), new(int64(4))}
			resp, err := r.CVM.DescribeTaskInfoWithContext(ctx, q)
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
}
