package describe

import (
	"context"
	"slices"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"twokey/cloud/api"
)

// Snapshots lists the snapshots for which the filter has the value.
func Snapshots(ctx context.Context, r *api.Region, name, value string) ([]*cbs.Snapshot, error) {
	all, err := api.AllPages(func(offset int) ([]*cbs.Snapshot, *int64, error) {
		return SnapshotPage(ctx, r, offset, api.PageSize, name, value)
	})
	return api.Unique(slices.DeleteFunc(all, func(snap *cbs.Snapshot) bool { return snap == nil }),
		func(snap *cbs.Snapshot) string { return api.Val(snap.SnapshotId) }), err
}

// SnapshotPage is one page of the snapshots that have one of the values, newest
// first, and how many there are in all.
func SnapshotPage(ctx context.Context, r *api.Region, offset, most int, name string,
	values ...string,
) ([]*cbs.Snapshot, *int64, error) {
	answer, err := api.Read(ctx, r, api.DescribeSnapshots,
		func(ctx context.Context) (*cbs.DescribeSnapshotsResponseParams, *string, error) {
			q := cbs.NewDescribeSnapshotsRequest()
			q.Filters = []*cbs.Filter{{Name: new(name), Values: common.StringPtrs(values)}}
			q.Offset, q.Limit = new(uint64(offset)), new(uint64(most))
			q.OrderField, q.Order = new("CREATE_TIME"), new("DESC")
			resp, err := r.CBS.DescribeSnapshotsWithContext(ctx, q)
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
	if err != nil {
		return nil, nil, err
	}
	if answer.TotalCount == nil {
		return nil, nil, api.ErrNoAnswer
	}
	return answer.SnapshotSet, new(int64(*answer.TotalCount)), nil
}
