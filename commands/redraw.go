package commands

import (
	"context"
	"errors"
	"time"
)

// askPatience is how long a question from a form may take: Slack waits three seconds.
const askPatience = 1500 * time.Millisecond

// fill reads from memory what the form needs of the machine that was picked.
func (d *Desk) fill(ctx context.Context, dr draft) draft {
	if dr.parts == nil {
		dr.parts = d.cloud.Fleet(ctx)
	}
	i, ok := dr.machine()
	if !ok {
		return dr
	}
	images, err := d.cloud.Images(ctx, i.Ref)
	if err != nil {
		d.log.Warn("the images for a form could not be read", "instance", i.Instance, "err", err)
	}
	dr.images = images
	return dr
}

// Change redraws a form in which something was chosen, with only the choices
// that fit it. What was entered stays.
func (d *Desk) Change(ctx context.Context, in Inbound) {
	do := deeds[in.Verb].changed
	if do == nil || d.gate(ctx, askerOf(in)) != nil {
		return
	}
	do(d, ctx, in)
}

// redraw redraws a proposal's form.
func (d *Desk) redraw(ctx context.Context, in Inbound) {
	ctx, cancel := context.WithTimeout(ctx, formRefresh)
	defer cancel()
	dr := draft{origin: readOrigin(in.Memo), values: in.Values}
	if dr.Ask != "" {
		dr.places = d.places(ctx)
	}
	f := openedBy(proposeForm(d.fill(ctx, dr), d.policy()), in)
	if err := d.updateForm(ctx, in.View, in.Hash, f); err != nil {
		d.log.Info("a form was not redrawn; it was closed, or changed again", "err", err)
	}
}

// updateForm redraws an open form, and tries again where Slack could not just
// then: type-ahead is told nothing of what was entered (facts/slack.md section
// 12), so that it knows the machine by the form alone.
func (d *Desk) updateForm(ctx context.Context, view, hash string, f Form) error {
	for {
		err := d.chat.UpdateForm(ctx, view, hash, f)
		wait := retryAfter(err)
		if err == nil || isPermanent(err) || wait <= 0 {
			return err
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return err
		}
	}
}

// Suggest answers the type-ahead of a dialog, from memory.
func (d *Desk) Suggest(ctx context.Context, in Inbound, field, query string) []Option {
	do := deeds[in.Verb].suggested
	if do == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	if err := d.gate(ctx, askerOf(in)); err != nil {
		r := d.barred(in.Verb, err)
		return []Option{{Value: notAChoice, Label: capital(r.Why), Note: r.Next, Group: "Nothing is shown"}}
	}
	return do(d, ctx, in, field, query)
}

// suggest answers the type-ahead of a proposal's form.
func (d *Desk) suggest(ctx context.Context, in Inbound, field, query string) []Option {
	m := readOrigin(in.Memo)
	switch field {
	case fieldTarget:
		return machineOptions(d.cloud.Fleet(ctx), query, m.Picks)
	case fieldImage:
		return d.suggestImages(ctx, orWord(in.Values[fieldTarget], m.Target), query)
	}
	return nil
}

func (d *Desk) suggestImages(ctx context.Context, target, query string) []Option {
	only := func(label, note string) []Option {
		return []Option{{Value: notAChoice, Label: label, Note: note, Group: "No images yet"}}
	}
	i, ok := recall(d.cloud.Fleet(ctx), target)
	if !ok {
		return only("Pick the machine first", "The list then has the images that fit it")
	}
	images, err := d.cloud.Images(ctx, i.Ref)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return only("Still reading the images", "Type again in a moment")
	case err != nil:
		d.log.Warn("could not suggest images", "err", err)
		return only("The cloud does not answer for its images", "Type again in a minute, or leave it empty")
	}
	return imageOptions(i, images, query, d.policy())
}
