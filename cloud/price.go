package cloud

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall/model"
)

// readPrices fills in what the machine costs now and afterwards. The cloud quotes a
// configuration, not a difference, so it asks for both. The cloud also quotes less
// than it resets, so an unknown price is a fact and not an error (cloud/doc.go 7.1
// and 7.2). An error means that ctx has ended.
func readPrices(ctx context.Context, r *api.Region, f *model.Facts, w model.Request) error {
	if !f.ImageFound {
		f.PriceNote = "there is no image to ask a price for"
		return nil
	}
	login, err := describe.LoginSettings(w.Login, "")
	if err != nil {
		return model.Refuse(api.NotRead, err.Error(), "Use message-center, keep-image, key:.. or password")
	}
	i := f.Instance
	size := i.SystemDisk.SizeGB
	if !i.SystemDisk.Local() {
		size = max(w.DiskGB, f.Image.SizeGB, size)
	}
	var now, then priceAnswer
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		then.price, err = describe.Price(ctx, r, i, f.Image, size, login)
		then.note, then.passes = whyNoPrice(err)
		return context.Cause(ctx)
	})
	same := f.Current.ID == f.Image.ID && size <= i.SystemDisk.SizeGB && login == nil
	g.Go(func() error {
		if !same {
			now = priceNow(ctx, r, i, f.Current, f.Image)
		}
		return context.Cause(ctx)
	})
	if err := g.Wait(); err != nil {
		return r.Fault(api.NotRead, api.InquiryPrice, err)
	}
	if same { // one and the same question
		now = then
	}
	f.Before, f.PriceNote = now.price, now.note
	f.After, f.PriceRefusal, f.PricePasses = then.price, then.note, then.passes
	return nil
}

// whyNoPrice says in one sentence, with the code, why the cloud gave no price, and
// whether to ask again may help.
func whyNoPrice(err error) (why string, passes bool) {
	switch code := errcode.Of(err); {
	case err == nil:
		return "", false
	case code == "":
		return "the cloud did not answer what it costs", true
	default:
		why, _ = errcode.ExplainRead(code)
		return why + " (" + code + ")", !errcode.IsAboutRequest(code) && !errcode.IsAboutCredentials(code)
	}
}

// priceAnswer is a price, or why there is none, or a price with a note.
type priceAnswer struct {
	price  *model.Price
	note   string
	passes bool
}

// priceNow quotes the present configuration. If the present image is gone or
// refused, a planned image of the same platform stands in for it, at the present
// size.
func priceNow(ctx context.Context, r *api.Region, i model.Instance,
	current, planned model.Image,
) (q priceAnswer) {
	images := []model.Image{current, planned}
	switch current.ID {
	case "":
		images = images[1:]
	case planned.ID:
		images = images[:1]
	}
	if planned.Family() != (model.Facts{Instance: i, Current: current}).Family() {
		images = slices.DeleteFunc(images, func(img model.Image) bool { return img.ID == planned.ID })
		q.note = "the present image cannot be priced any more"
	}
	for _, img := range images {
		var err error
		q.price, err = describe.Price(ctx, r, i, img, i.SystemDisk.SizeGB, nil)
		switch q.note, q.passes = whyNoPrice(err); {
		case err == nil && img.ID != current.ID:
			q.note = "the present image cannot be priced any more. The price now is of the planned image on " +
				"the present disk"
			return q
		case err == nil || !errcode.IsAboutRequest(errcode.Of(err)):
			return q
		}
	}
	return q
}
