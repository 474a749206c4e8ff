package chat

import (
	"context"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// OpenForm opens a form; a trigger lives three seconds and works once
// (facts/slack.md section 3).
func (c *Chat) OpenForm(ctx context.Context, trigger string, f view.Form) (view, hash string, err error) {
	modal := c.drawForm(f)
	err = c.call(ctx, mOpen, "", func() error {
		var err error
		view, hash, err = c.view(ctx, mOpen, viewCall{Trigger: trigger, View: modal})
		return err
	})
	return view, hash, err
}

// UpdateForm redraws an open form, unless it is no longer the one with that
// hash. What was typed in fields that stay is kept by Slack.
func (c *Chat) UpdateForm(ctx context.Context, view, hash string, f view.Form) error {
	modal := c.drawForm(f)
	return c.call(ctx, mUpdateView, "", func() error {
		_, _, err := c.view(ctx, mUpdateView, viewCall{ID: view, Hash: hash, View: modal})
		return err
	})
}

// drawForm draws and checks. A form that fails the check is a fault: it is
// logged, and a notice is shown in its place.
func (c *Chat) drawForm(f view.Form) slack.ModalViewRequest {
	v := blockkit.Modal(f, c.sealState(f))
	if err := blockkit.CheckModal(v); err != nil {
		c.log.Error("a form does not fit Slack's limits; a notice is shown", "verb", f.Verb, "op", f.Op, "err", err)
		c.metrics.Refused("own_view")
		v = blockkit.NoticeModal(f.Title, reinstall.Say("This form could not be drawn. Type the command instead: /reinstall help shows how."))
	}
	return v
}

// PublishHome implements commands.Chat.
func (c *Chat) PublishHome(ctx context.Context, user string, h view.Home) error {
	view := c.drawHome(h)
	return c.call(ctx, mPublish, "", func() error {
		_, _, err := c.view(ctx, mPublish, viewCall{User: user, View: view})
		return err
	})
}

// drawHome draws and checks. A Home that fails the check is a fault: it is
// logged, and a few words are shown in its place.
func (c *Chat) drawHome(h view.Home) slack.HomeTabViewRequest {
	v := blockkit.HomeTab(h)
	if err := blockkit.CheckHome(v); err != nil {
		c.log.Error("a Home does not fit Slack's limits; a few words are shown", "err", err)
		c.metrics.Refused("own_view")
		v.Blocks.BlockSet = blockkit.TextBlocks(blockkit.RichRow(reinstall.Say("This could not be drawn. Type ", reinstall.Mono("/reinstall list"), " in a channel."), blockkit.MaxHomeAlert))
	}
	return v
}
