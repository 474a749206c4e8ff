package chat

import (
	"context"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/webapi"
	"twokey/commands/view"
)

// OpenForm opens a form. The trigger lives three seconds and works once (section 3.1).
func (v *viewCalls) OpenForm(ctx context.Context, trigger string, f view.Form) (view, hash string, err error) {
	modal := v.renderForm(f)
	err = v.web.Call(ctx, webapi.ViewsOpen, "", func() error {
		var err error
		view, hash, err = v.callView(ctx, webapi.ViewsOpen, viewRequest{Trigger: trigger, View: modal})
		return err
	})
	return view, hash, err
}

// UpdateForm replaces an open form, unless its hash has changed. Slack keeps what was
// typed in fields that stay.
func (v *viewCalls) UpdateForm(ctx context.Context, view, hash string, f view.Form) error {
	modal := v.renderForm(f)
	return v.web.Call(ctx, webapi.ViewsUpdate, "", func() error {
		_, _, err := v.callView(ctx, webapi.ViewsUpdate, viewRequest{ID: view, Hash: hash, View: modal})
		return err
	})
}

// renderForm renders and checks. A form that fails the check is a fault: it is
// logged, and a notice is shown in its place.
func (v *viewCalls) renderForm(f view.Form) slack.ModalViewRequest {
	modal := blockkit.Modal(f, v.sealState(f))
	if err := blockkit.CheckModal(modal); err != nil {
		v.log.Error("a form does not fit Slack's limits; a notice is shown", "verb", f.Verb, "op", f.Op, "err", err)
		v.metrics.Refused("own_view")
		say := view.Say("This form could not be drawn. Type the command instead: /reinstall help shows how.")
		modal = blockkit.NoticeModal(f.Title, say)
	}
	return modal
}

// PublishHome implements port.Chat.
func (v *viewCalls) PublishHome(ctx context.Context, user string, h view.Home) error {
	home := v.renderHome(user, h)
	return v.web.Call(ctx, webapi.ViewsPublish, "", func() error {
		_, _, err := v.callView(ctx, webapi.ViewsPublish, viewRequest{User: user, View: home})
		return err
	})
}

// renderHome renders and checks. A Home that fails the check is a fault: it is
// logged, and a few words are shown in its place.
func (v *viewCalls) renderHome(user string, h view.Home) slack.HomeTabViewRequest {
	home := blockkit.HomeTab(h, func(r view.HomeRow) string { return v.sealHomeButton(user, r) })
	if err := blockkit.CheckHome(home); err != nil {
		v.log.Error("a Home does not fit Slack's limits; a few words are shown", "err", err)
		v.metrics.Refused("own_view")
		say := view.Say("This could not be drawn. Type ", view.Mono("/reinstall list"), " in a channel.")
		home.Blocks.BlockSet = blockkit.TextBlocks(blockkit.RichRow(say, blockkit.MaxHomeAlert))
	}
	return home
}
