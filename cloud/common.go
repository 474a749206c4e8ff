package cloud

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
)

// commonAction is an action of a product whose SDK has no module of its own.
type commonAction struct{ product, version, name string }

// openCommon makes a client for each of those products.
func (c *Cloud) openCommon(s *site) {
	s.common = map[string]*common.Client{}
	for _, a := range append([]commonAction{callerIdentity}, aroundActions...) {
		client := common.NewCommonClient(s.keys, s.region, c.profile(s.Account, a.product, s.region, callTimeout))
		client.WithHttpTransport(listener{next: c.transport, now: c.now})
		s.common[a.product] = client
	}
}

// askCommon makes one read of such an action. T has the answer's fields as
// pointers: what is nil was not answered.
func askCommon[T any](ctx context.Context, s *site, a commonAction, params map[string]any) (*T, error) {
	return read(ctx, s, a.name, func(ctx context.Context) (*T, *string, error) {
		q := tchttp.NewCommonRequest(a.product, a.version, a.name)
		q.SetContext(ctx)
		if err := q.SetActionParameters(params); err != nil {
			return nil, nil, err
		}
		r := tchttp.NewCommonResponse()
		if err := s.common[a.product].Send(q, r); err != nil {
			return nil, nil, err
		}
		var id struct {
			Response struct {
				RequestID *string `json:"RequestId"`
			}
		}
		var answer struct{ Response *T }
		if err := errors.Join(json.Unmarshal(r.GetBody(), &id), json.Unmarshal(r.GetBody(), &answer)); err != nil {
			return nil, nil, errNoAnswer
		}
		return answer.Response, id.Response.RequestID, nil
	})
}
