package cloud

import (
	"context"
	"errors"
	"time"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/errgroup"

	"twokey/cloud/api"
	"twokey/cloud/around"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall/model"
)

// Read reads everything that preflight and re-check need, in three steps; the calls
// of a step run at once. If a call fails, Read fails: a failed check counts as no.
// Only the checks of what is around the machine may fail alone, and their results
// say so. made is the id of the image that Twokey made for the proposal, or empty.
func (c *Cloud) Read(ctx context.Context, ref model.Ref, w model.Request, made string) (model.Facts, error) {
	r, err := c.oneRegion(api.NotRead, ref.Account, ref.Region)
	if err != nil {
		return model.Facts{}, err
	}
	if ref.Instance == "" {
		return model.Facts{}, model.Refuse(api.NotRead, "no machine was named",
			"Name it by its id (ins-..), its exact name or its IP")
	}
	f, err := readMachine(ctx, r, ref.Instance, w)
	if err != nil {
		return model.Facts{}, err
	}
	g, ctx := errgroup.WithContext(ctx)
	var evidence []model.Evidence // apart from f, which the other task fills in
	g.Go(func() (err error) {
		evidence, err = readBackups(ctx, r, f.Instance, w, made, f.ServerTime)
		return err
	})
	var nearby []model.Nearby
	g.Go(func() error {
		nearby = around.Look(ctx, r, f.Instance)
		return nil
	})
	priced := f
	g.Go(func() error {
		if err := readImages(ctx, r, &priced, w); err != nil {
			return err
		}
		return readPrices(ctx, r, &priced, w)
	})
	if err := g.Wait(); err != nil {
		return model.Facts{}, err
	}
	priced.Evidence, priced.Around = evidence, nearby
	return priced, nil
}

// readMachine is the first step: the machine, the cloud's clock, and what the wish
// alone names.
func readMachine(ctx context.Context, r *api.Region, id string, w model.Request) (f model.Facts, err error) {
	g, ctx := errgroup.WithContext(ctx)
	var machine model.Instance
	var clock *api.ClockReading
	g.Go(func() error {
		ctx, c := api.WithClock(ctx)
		i, found, err := askTwice(ctx, r,
			func(ctx context.Context) (model.Instance, bool, error) { return describe.InstanceByID(ctx, r, id) })
		switch {
		case err != nil && errcode.Of(err) != "InvalidInstanceId.NotFound":
			return r.Fault(api.NotRead, api.DescribeInstances, err)
		case err != nil || !found:
			return notShown(r, id)
		}
		machine, clock = i, c
		return nil
	})
	if w.Image != "" {
		g.Go(func() (err error) {
			f.Image, f.ImageFound, err = askTwice(ctx, r, func(ctx context.Context) (model.Image, bool, error) {
				return resolveImage(ctx, r, w.Image)
			})
			return faultUnlessRefusal(r, api.DescribeImages, err)
		})
	}
	var keys []string
	if w.Login.Kind == model.LoginKeys {
		g.Go(func() (err error) {
			keys, err = describe.KeyPairs(ctx, r, w.Login.Keys)
			return faultUnlessRefusal(r, api.DescribeKeyPairs, err)
		})
	}
	if err := g.Wait(); err != nil {
		return model.Facts{}, err
	}
	f.Instance, f.KeyPairs = machine, keys
	if f.ServerTime, f.Skew, err = clock.Server(); err != nil {
		return model.Facts{}, r.Fault(api.NotRead, api.DescribeInstances, err)
	}
	return f, nil
}

// notShown is the refusal if the cloud does not show the machine, which may exist
// all the same.
func notShown(r *api.Region, id string) *model.Refusal {
	refusal := model.Refuse(api.NotRead,
		"the cloud does not show "+id+" in "+r.Name+" of account "+r.Account.Name+" just now",
		"Try again in a minute, and check the id; the form's list shows what there is")
	refusal.NotShown = true
	return refusal
}

// askTwice asks a second time, after a pause, for what a list did not show: lists
// can leave out what is there (cloud/doc.go 5.5).
func askTwice[T any](ctx context.Context, r *api.Region, ask func(context.Context) (T, bool, error)) (T, bool, error) {
	one, found, err := ask(ctx)
	if err != nil || found {
		return one, found, err
	}
	select {
	case <-ctx.Done():
		return one, false, context.Cause(ctx)
	case <-time.After(2 * r.Client.Pause):
	}
	return ask(ctx)
}

// faultUnlessRefusal turns an error into a fault of the action; a refusal stays as
// it is.
func faultUnlessRefusal(r *api.Region, action string, err error) error {
	if err == nil {
		return nil
	}
	var refusal *model.Refusal
	if errors.As(err, &refusal) {
		return err
	}
	return r.Fault(api.NotRead, action, err)
}

// readImages is the second step: the image that runs now, which may be deleted. If
// the wish names no image, that is also the one to install.
func readImages(ctx context.Context, r *api.Region, f *model.Facts, w model.Request) error {
	id := f.Instance.ImageID
	switch {
	case id == "":
	case id == f.Image.ID:
		f.Current = f.Image
	default:
		img, _, err := askTwice(ctx, r, func(ctx context.Context) (*cvm.Image, bool, error) {
			byID, err := describe.ImagesByID(ctx, r, []string{id})
			return byID[id], byID[id] != nil, err
		})
		if err != nil {
			return r.Fault(api.NotRead, api.DescribeImages, err)
		}
		if img != nil {
			f.Current = describe.ImageOf(img)
		}
	}
	if w.Image == "" {
		f.Image, f.ImageFound = f.Current, f.Current.ID != ""
	}
	return nil
}
