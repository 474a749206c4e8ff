package describe

import (
	"context"
	"fmt"
	"strings"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/commands/reinstall/model"
)

// Price asks for the price of the machine with that image, size and login.
func Price(ctx context.Context, r *api.Region, i model.Instance, img model.Image, sizeGB int,
	login *cvm.LoginSettings,
) (*model.Price, error) {
	answer, err := api.Read(ctx, r, api.InquiryPrice,
		func(ctx context.Context) (*cvm.InquiryPriceResetInstanceResponseParams, *string, error) {
			q := cvm.NewInquiryPriceResetInstanceRequest()
			q.InstanceId, q.ImageId = new(i.Instance), new(img.ID)
			q.SystemDisk, q.LoginSettings, q.EnhancedService = GrownDisk(i.SystemDisk, sizeGB), login, EnhancedService(img)
			resp, err := r.CVM.InquiryPriceResetInstanceWithContext(ctx, q)
			if err != nil || resp.Response == nil {
				return nil, nil, err
			}
			return resp.Response, resp.Response.RequestId, nil
		})
	if err != nil {
		return nil, err
	}
	return priceOf(answer.Price)
}

// priceOf reads a quote: per hour for postpaid machines, for the whole term for
// prepaid ones. The discounted price is the one to pay (cloud/doc.go 7.3).
func priceOf(p *cvm.Price) (*model.Price, error) {
	if p == nil || p.InstancePrice == nil {
		return nil, api.ErrNoAnswer
	}
	item := p.InstancePrice
	first := func(ps ...*float64) (float64, bool) {
		for _, p := range ps {
			if p != nil {
				return *p, true
			}
		}
		return 0, false
	}
	if unit := api.Val(item.ChargeUnit); unit != "" {
		if amount, ok := first(item.UnitPriceDiscount, item.UnitPrice); ok {
			return &model.Price{Amount: amount, Unit: strings.ToUpper(unit)}, nil
		}
	}
	if amount, ok := first(item.DiscountPrice, item.OriginalPrice); ok {
		return &model.Price{Amount: amount}, nil
	}
	return nil, fmt.Errorf("the quote names no price: %w", api.ErrNoAnswer)
}
