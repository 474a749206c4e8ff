package describe

import (
	"context"
	"slices"
	"sync"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/errcode"
)

// KeyPairs returns those of the ids that exist. It asks for each by itself, because
// the cloud refuses a list for one unknown id.
func KeyPairs(ctx context.Context, r *api.Region, ids []string) ([]string, error) {
	var mu sync.Mutex
	var out []string
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		g.Go(func() error {
			answer, err := api.Read(ctx, r, api.DescribeKeyPairs,
				func(ctx context.Context) (*cvm.DescribeKeyPairsResponseParams, *string, error) {
					q := cvm.NewDescribeKeyPairsRequest()
					q.KeyIds = []*string{new(id)}
					resp, err := r.CVM.DescribeKeyPairsWithContext(ctx, q)
					if err != nil || resp.Response == nil {
						return nil, nil, err
					}
					return resp.Response, resp.Response.RequestId, nil
				})
			switch errcode.Of(err) {
			case "InvalidKeyPairId.Malformed", "InvalidKeyPairId.NotFound", "InvalidParameterValue.KeyPairNotFound",
				"ResourceNotFound.KeyPairNotFound":
				return nil
			}
			if err == nil && api.IsMissing(answer.KeyPairSet, answer.TotalCount) {
				err = api.ErrNoAnswer
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if slices.ContainsFunc(answer.KeyPairSet, func(k *cvm.KeyPair) bool {
				return k != nil &&
					api.Val(k.KeyId) == id
			}) {
				out = append(out, id)
			}
			return nil
		})
	}
	err := g.Wait()
	slices.Sort(out)
	return out, err
}

// AnyKeyPair asks for one key pair, whichever: it shows whether the call is
// permitted.
func AnyKeyPair(ctx context.Context, r *api.Region) error {
	_, err := api.Read(ctx, r, api.DescribeKeyPairs,
		func(ctx context.Context) (*cvm.DescribeKeyPairsResponseParams, *string, error) {
			q := cvm.NewDescribeKeyPairsRequest()
			q.Limit = new(int64(1))
			resp, err := r.CVM.DescribeKeyPairsWithContext(ctx, q)
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
	return err
}
