package api

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
)

// CommonAction is an action of a product whose SDK has no module of its own.
type CommonAction struct{ Product, Version, Name string }

// openCommon makes a client for each product without a module.
func (r *Region) openCommon() {
	r.common = map[string]*common.Client{}
	for _, product := range []string{"sts", "clb", "monitor", "as", "tke"} {
		client := common.NewCommonClient(r.Account.Credentials, r.Name,
			r.Client.profile(r.Account.config, product, r.Name, callTimeout))
		client.WithHttpTransport(observer{next: r.Client.transport, now: r.Client.Now})
		r.common[product] = client
	}
}

// ReadCommon makes one read of such an action. T has the answer's fields as
// pointers: nil means that the answer does not have it.
func ReadCommon[T any](ctx context.Context, r *Region, a CommonAction, params map[string]any) (*T, error) {
	return Read(ctx, r, a.Name, func(ctx context.Context) (*T, *string, error) {
		q := tchttp.NewCommonRequest(a.Product, a.Version, a.Name)
		q.SetContext(ctx)
		if err := q.SetActionParameters(params); err != nil {
			return nil, nil, err
		}
		resp := tchttp.NewCommonResponse()
		if err := r.common[a.Product].Send(q, resp); err != nil {
			return nil, nil, err
		}
		var id struct {
			Response struct {
				RequestID *string `json:"RequestId"`
			}
		}
		var answer struct{ Response *T }
		if err := errors.Join(json.Unmarshal(resp.GetBody(), &id), json.Unmarshal(resp.GetBody(),
			&answer)); err != nil {
			return nil, nil, ErrNoAnswer
		}
		return answer.Response, id.Response.RequestID, nil
	})
}
