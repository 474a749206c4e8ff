package chat

import (
	"context"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/payload"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// handleHomePress has a Home rendered again, opens the form as the global shortcut does,
// or has the front take an approval. Links are buttons too, and Slack sends their presses.
// The payload has no channel, message or response_url (section 3.11): the front answers on
// the Home itself.
func (x *dispatcher) handleHomePress(ctx context.Context, p payload.Interaction, in port.Inbound) answer {
	a := answer{kind: "press"}
	if len(p.Actions) != 1 || p.Actions[0].Type != "button" {
		return a
	}
	in.Channel, in.Message, in.Thread, in.Reply, in.AtHome = "", "", "", "", true
	switch b := p.Actions[0]; b.ActionID {
	case model.VerbRefresh:
		a.then = func(ctx context.Context) { x.currentFront().OpenHome(ctx, in.User) }
	case model.VerbPropose:
		in.Verb = port.ShortcutGlobal
		a.then = x.answerHome(in, replyText(x.currentFront().Shortcut(ctx, in)))
	case model.VerbApprove:
		s, ok := x.sealer.openHomeButton(in.User, b.ActionID, b.BlockID, b.Value)
		if !ok || p.View.CallbackID != blockkit.HomeCallback {
			a.reason = "forged_button"
			a.then = x.answerHome(in, foreignHomeButtonText())
			return a
		}
		in.Verb, in.Op, in.Rev = s.Verb, s.Op, s.Rev
		a.then = x.answerHome(in, replyText(x.currentFront().Press(ctx, in)))
	}
	return a
}

// answerHome answers a press where it was pressed, after the ack; nil if nothing is said.
func (x *dispatcher) answerHome(in port.Inbound, t view.Text) func(context.Context) {
	if len(t) == 0 {
		return nil
	}
	return func(ctx context.Context) { x.currentFront().AnswerHome(ctx, in.User, in.Trigger, t) }
}

func foreignHomeButtonText() view.Text {
	no := model.Refuse("Not done", "this button is not one of Twokey's, or is of an old version of this page",
		"Read the page again, then press")
	return view.Say(no.Error())
}
