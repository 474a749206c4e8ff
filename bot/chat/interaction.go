package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/payload"
	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// handleInteractionRequest takes an event, which is JSON, or reads the payload out of
// the body's form. The signature does not cover a payload in the query string, which is
// never read (section 1.3).
func (x *dispatcher) handleInteractionRequest(ctx context.Context, r *http.Request, d delivery) answer {
	if contentType(r) == webapi.JSONType {
		return x.handleEventRequest(ctx, r)
	}
	if err := r.ParseForm(); err != nil || len(r.PostForm["payload"]) != 1 {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	return x.handleInteraction(ctx, []byte(r.PostForm.Get("payload")), d)
}

// handleInteraction answers a press, a submission, type-ahead, a shortcut.
func (x *dispatcher) handleInteraction(ctx context.Context, raw []byte, d delivery) answer {
	var p payload.Interaction
	if payload.IsAmbiguous(raw) || json.Unmarshal(raw, &p) != nil || !blockkit.IsUserID(p.User.ID) ||
		p.NamesTwoChannels() {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	if no := x.turnAwayForeign(ctx, func(id Identity) string { return foreignInteraction(p, id) }); no != nil {
		return *no
	}
	in := port.Inbound{
		Dedupe: d.dedupe, At: d.at, User: p.User.ID, Team: p.UserTeam(),
		Channel: cmp.Or(p.Container.ChannelID, p.Channel.ID), Message: p.MessageTS(), Thread: p.ThreadTS(),
		Reply: x.messages.replyURL(p.ResponseURL), Trigger: p.TriggerID,
	}
	switch p.Type {
	case "block_actions":
		return x.handlePress(ctx, p, in)
	case "view_submission":
		return x.handleSubmission(ctx, p, in)
	case "block_suggestion":
		return x.handleSuggestion(ctx, p, in)
	case payload.GlobalShortcut, payload.MessageShortcut:
		return x.handleShortcut(ctx, p, in)
	}
	return answer{kind: "other"} // view_closed, and what Slack may yet invent
}

// foreignInteraction says what of a payload is not ours, "" if nothing is. A press by
// somebody of another company in a shared channel is let through if the message or form
// is ours: the front refuses it in words.
func foreignInteraction(p payload.Interaction, id Identity) string {
	if id.isOtherApp(p.AppID) && (p.AppID != "" || !p.IsShortcut()) {
		return "foreign_app"
	}
	var team, enterprise string
	if p.Team != nil {
		team = p.Team.ID
	}
	if p.Enterprise != nil {
		enterprise = p.Enterprise.ID
	}
	if p.View != nil {
		switch {
		case id.AppID != "" && p.View.AppID != id.AppID:
			return "foreign_form"
		case !id.isOurTeam(team, enterprise) && !id.isOurTeam(p.View.TeamID, "") &&
			!id.isOurTeam(p.View.InstalledTeamID, ""):
			return "foreign_team"
		}
		return ""
	}
	if p.Type == payload.MessageShortcut { // on anybody's message, such as an alert
		if !id.isOurTeam(team, enterprise) {
			return "foreign_team"
		}
		return ""
	}
	m := payload.AuthorOf(p.Message)
	isForeign := m.AppID != "" && id.isOtherApp(m.AppID) || m.UserID != "" && m.UserID != id.BotUserID
	switch {
	case p.Type == "block_actions" && isForeign:
		return "foreign_message" // of another app, or a person's own, with a copy of ours
	case !id.isOurTeam(team, enterprise) && !id.isOurTeam(m.TeamID, ""):
		return "foreign_team"
	}
	return ""
}

// handlePress has the front answer a button. What it says is posted to the
// response_url after the ack.
func (x *dispatcher) handlePress(ctx context.Context, p payload.Interaction, in port.Inbound) answer {
	a := answer{kind: "press"}
	if len(p.Actions) > 1 {
		return turnAway(http.StatusBadRequest, "malformed") // one click is one button
	}
	switch {
	case p.View != nil && p.View.Type == string(slack.VTHomeTab):
		return x.handleHomePress(ctx, p, in)
	case p.View != nil:
		return x.handleChange(p, in)
	case len(p.Actions) == 0 || p.Actions[0].Type != "button" && p.Actions[0].Type != "overflow":
		return a
	}
	b := p.Actions[0]
	if line, ok := blockkit.ReadCorrection(b.ActionID, b.Value, b.BlockID); ok && p.Container.Ephemeral {
		in.Verb, in.Text = port.VerbCorrection, line
		a.then = x.whisperBack(in, x.currentFront().Press(ctx, in))
		return a
	}
	verb, as, op, rev, ok := blockkit.ReadButton(b.ActionID, b.Value, b.BlockID)
	if b.Type == "overflow" {
		verb, as, op, rev, ok = blockkit.ReadOverflow(b.ActionID, b.Chosen(), b.BlockID)
	}
	if !ok || p.Container.Type == payload.InAttachment {
		a.reason = "forged_button"
		a.then = x.whisperBack(in, port.Reply{Text: foreignButtonText()})
		return a
	}
	in.Verb, in.As, in.Op, in.Rev = verb, as, op, rev
	a.then = x.whisperBack(in, x.currentFront().Press(ctx, in))
	return a
}

// handleChange has the front update a form in which something was chosen, after the ack.
// The choice comes with the submission in any case.
func (x *dispatcher) handleChange(p payload.Interaction, in port.Inbound) answer {
	a := answer{kind: "press"}
	if len(p.Actions) != 1 {
		return a
	}
	if !x.withView(p, &in) {
		a.reason = "forged_form"
		return a
	}
	if b := p.Actions[0]; b.Type == "button" { // what was entered does not have it
		in.Values[blockkit.FieldOf(b.BlockID)] = b.Value
	}
	a.then = func(ctx context.Context) { x.currentFront().Change(ctx, in) }
	return a
}

func foreignButtonText() view.Text {
	no := model.Refuse("Not done", "this button is not one of Twokey's, or is of an old version of it",
		"Use the newest card, or type /reinstall list")
	return view.Say(no.Error())
}

func foreignFormText() view.Text {
	no := model.Refuse("Not done", "this form is not one of Twokey's, or is of an old version of it",
		"Open it again from the newest card, or type /reinstall help")
	return view.Say(no.Error())
}

// withView fills in what a form carries and what was entered; ok is false if
// somebody edited it.
func (x *dispatcher) withView(p payload.Interaction, in *port.Inbound) bool {
	if p.View == nil {
		return false
	}
	s, ok := x.sealer.openState(p.View.PrivateMetadata)
	if !ok || s.Verb != p.View.CallbackID || s.Home != "" {
		return false
	}
	in.Verb, in.Op, in.Rev = s.Verb, s.Op, s.Rev
	in.Channel, in.Thread = cmp.Or(s.Channel, in.Channel), cmp.Or(s.Thread, in.Thread)
	in.Reply = cmp.Or(x.messages.replyURL(s.Reply), in.Reply)
	in.View, in.Hash, in.Memo = p.View.ID, p.View.Hash, s.Memo
	in.Values = map[string]string{}
	for block, elements := range p.View.Entered.Values {
		for _, e := range elements {
			in.Values[blockkit.FieldOf(block)] = e.Chosen()
		}
	}
	return true
}

// submission answers a submitted form: errors under its fields, or another
// view in its place; an empty answer closes it.
type submission struct {
	Action string                  `json:"response_action"`
	Errors map[string]string       `json:"errors,omitempty"`
	View   *slack.ModalViewRequest `json:"view,omitempty"`
}

// handleSubmission has the front answer a form. What it says without errors is shown in
// place of the form, so that nobody can miss it.
func (x *dispatcher) handleSubmission(ctx context.Context, p payload.Interaction, in port.Inbound) answer {
	a := answer{kind: "submit"}
	if !x.withView(p, &in) {
		a.reason = "forged_form"
		a.body = updateWithText(foreignFormText())
		return a
	}
	reply := x.currentFront().Submit(ctx, in)
	switch errs := errorsByBlock(p.View, reply.Errors); {
	case len(errs) > 0:
		a.body = submission{Action: string(slack.RAErrors), Errors: errs}
	case len(replyText(reply)) > 0:
		a.body = updateWithText(replyText(reply))
	}
	return a
}

func updateWithText(t view.Text) submission {
	v := blockkit.NoticeModal("Twokey", t)
	return submission{Action: string(slack.RAUpdate), View: &v}
}

// maxFormError is how much of an error under a field is shown.
const maxFormError = 500

// errorsByBlock are the front's errors by block_id.
func errorsByBlock(v *payload.View, errs map[string]string) map[string]string {
	blocks := map[string]string{}
	for block := range v.Entered.Values {
		blocks[blockkit.FieldOf(block)] = block
	}
	out := map[string]string{}
	for field, why := range formErrors(errs, blocks) {
		out[blocks[field]] = why
	}
	return out
}

// formErrors keeps the errors whose field the form has: any other key would make Slack
// show none of them (section 3.2). Errors of no field stand under the first.
func formErrors(errs, fields map[string]string) map[string]string {
	if len(errs) == 0 || len(fields) == 0 {
		return nil
	}
	out := map[string]string{}
	lost := ""
	for id, why := range errs {
		if _, ok := fields[id]; ok {
			out[id] = blockkit.Cut(blockkit.OneLine(cmp.Or(why, "not taken")), maxFormError)
		} else {
			lost = why
		}
	}
	if len(out) == 0 {
		first := ""
		for id := range fields {
			if first == "" || id < first {
				first = id
			}
		}
		out[first] = blockkit.Cut(blockkit.OneLine(cmp.Or(lost, "not taken")), maxFormError)
	}
	return out
}

// handleShortcut has the front open a form. The front gets all the words of the message.
// A global shortcut has no response_url: the front answers it in a form.
func (x *dispatcher) handleShortcut(ctx context.Context, p payload.Interaction, in port.Inbound) answer {
	in.Verb = p.CallbackID
	if p.Type == payload.MessageShortcut {
		l := payload.ReadMessage(p.Message)
		in.Said, in.Links = l.Words, l.Links
	}
	return answer{kind: "other", then: x.whisperBack(in, x.currentFront().Shortcut(ctx, in))}
}
