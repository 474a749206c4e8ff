package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/webapi"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// interaction is what is read of a payload, and no more: slack-go decodes the
// message too, and one malformed block in it would fail the whole payload
// (facts/slack.md section 3).
type interaction struct {
	Type        string      `json:"type"`
	App         string      `json:"api_app_id"`
	Team        *named      `json:"team"`       // null on org-wide installs
	Enterprise  *named      `json:"enterprise"` // of a Grid
	User        teamMember  `json:"user"`
	Channel     named       `json:"channel"`
	Container   container   `json:"container"`
	Actions     []action    `json:"actions"`
	View        *openedView `json:"view"`
	Trigger     string      `json:"trigger_id"`
	ResponseURL string      `json:"response_url"`
	ActionID    string      `json:"action_id"` // of a suggestion
	BlockID     string      `json:"block_id"`
	Value       string      `json:"value"`
	CallbackID  string      `json:"callback_id"` // of a shortcut
	// Message is only looked into by wrote and heard.
	Message json.RawMessage `json:"message"`
}

type named struct {
	ID string `json:"id"`
}

type teamMember struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
}

type container struct {
	Type      string `json:"type"`
	MessageTS string `json:"message_ts"`
	ThreadTS  string `json:"thread_ts"`
	ChannelID string `json:"channel_id"`
}

// inAttachment is the type of what stands in an attachment of a message, or in
// what Slack shows of a link: cards do neither.
const inAttachment = "message_attachment"

type action struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	Value    string `json:"value"`
}

// openedView is a form as it comes back. Its hash is here; that of the payload
// is empty (section 3).
type openedView struct {
	ID         string `json:"id"`
	Type       string `json:"type"` // modal or home
	Hash       string `json:"hash"`
	CallbackID string `json:"callback_id"`
	State      string `json:"private_metadata"`
	AppID      string `json:"app_id"`
	TeamID     string `json:"team_id"`
	Installed  string `json:"app_installed_team_id"`
	Entered    struct {
		Values entries `json:"values"`
	} `json:"state"`
}

// entries are what was entered, by block and element.
type entries map[string]map[string]entered

// UnmarshalJSON takes an empty list for nothing: Slack was seen to send one
// (section 12).
func (e *entries) UnmarshalJSON(raw []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && len(list) == 0 {
		*e = nil
		return nil
	}
	return json.Unmarshal(raw, (*map[string]map[string]entered)(e))
}

type entered struct {
	Value        string  `json:"value"`
	Selected     *option `json:"selected_option"`
	Conversation string  `json:"selected_conversation"`
}

// what is the one thing that was entered.
func (e entered) what() string {
	if e.Selected != nil {
		return e.Selected.Value
	}
	return cmp.Or(e.Conversation, e.Value)
}

type option struct {
	Value string `json:"value"`
}

// author is who wrote a message; empty where it does not say.
type author struct {
	App  string `json:"app_id"`
	Team string `json:"team"`
	User string `json:"user"`
}

func wrote(message json.RawMessage) (a author) {
	if json.Unmarshal(message, &a) != nil {
		return author{}
	}
	return a
}

// interactionByHTTP takes an event, which is JSON, or reads the payload out of
// the body's form; one in the query string
// is not covered by the signature and never looked at (section 1).
func (x *dispatcher) interactionByHTTP(ctx context.Context, r *http.Request, d delivery) answer {
	if contentType(r) == webapi.JSONType {
		return x.eventByHTTP(ctx, r)
	}
	if err := r.ParseForm(); err != nil || len(r.PostForm["payload"]) != 1 {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	return x.interaction(ctx, []byte(r.PostForm.Get("payload")), d)
}

// interaction answers a press, a submission, type-ahead, a shortcut.
func (x *dispatcher) interaction(ctx context.Context, payload []byte, d delivery) answer {
	var p interaction
	if ambiguous(payload) || json.Unmarshal(payload, &p) != nil || !blockkit.IsUserID(p.User.ID) || p.elsewhere() {
		return turnAway(http.StatusBadRequest, "malformed")
	}
	if no := x.turnAwayForeign(ctx, p.foreign); no != nil {
		return *no
	}
	in := port.Inbound{
		Dedupe: d.dedupe, At: d.at, User: p.User.ID, Team: p.teamOfUser(),
		Channel: cmp.Or(p.Container.ChannelID, p.Channel.ID), Message: p.pressed(), Thread: p.inside(),
		Reply: x.messages.replyURL(p.ResponseURL), Trigger: p.Trigger,
	}
	switch p.Type {
	case "block_actions":
		return x.press(ctx, p, in)
	case "view_submission":
		return x.submit(ctx, p, in)
	case "block_suggestion":
		return x.suggest(ctx, p, in)
	case globalShortcut, messageShortcut:
		return x.shortcut(ctx, p, in)
	}
	return answer{kind: "other"} // view_closed, and what Slack may yet invent
}

// elsewhere reports a payload that names two channels.
func (p interaction) elsewhere() bool {
	return p.Container.ChannelID != "" && p.Channel.ID != "" && p.Container.ChannelID != p.Channel.ID
}

// The two kinds of shortcut.
const (
	globalShortcut  = "shortcut"
	messageShortcut = "message_action"
)

// isShortcut reports the kinds of payload that name no app, by right: Slack sends
// them to the app whose shortcut it is (facts/slack.md section 9).
func (p interaction) isShortcut() bool { return p.Type == globalShortcut || p.Type == messageShortcut }

// foreign tells what of the payload is not ours, "" if nothing is. Somebody of
// another company who presses a button in a shared channel is let through, for
// the desk to refuse in words: the message or the form that they used is ours.
func (p interaction) foreign(id Identity) string {
	if id.isOtherApp(p.App) && (p.App != "" || !p.isShortcut()) {
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
		case !id.isOurTeam(team, enterprise) && !id.isOurTeam(p.View.TeamID, "") && !id.isOurTeam(p.View.Installed, ""):
			return "foreign_team"
		}
		return ""
	}
	if p.Type == messageShortcut { // on anybody's message, such as an alert
		if !id.isOurTeam(team, enterprise) {
			return "foreign_team"
		}
		return ""
	}
	m := wrote(p.Message)
	switch {
	case p.Type == "block_actions" && (id.AppID != "" && m.App != "" && m.App != id.AppID || m.User != "" && m.User != id.BotUserID):
		return "foreign_message" // of another app, or a person's own, with a copy of ours
	case !id.isOurTeam(team, enterprise) && !id.isOurTeam(m.Team, ""):
		return "foreign_team"
	}
	return ""
}

// teamOfUser is the workspace of the one who acted, never of the channel.
func (p interaction) teamOfUser() string {
	if p.User.TeamID != "" || p.Team == nil {
		return p.User.TeamID
	}
	return p.Team.ID
}

// press has the desk answer a button. What it says is posted to the
// response_url after the ack.
func (x *dispatcher) press(ctx context.Context, p interaction, in port.Inbound) answer {
	a := answer{kind: "press"}
	if len(p.Actions) > 1 {
		return turnAway(http.StatusBadRequest, "malformed") // one click is one button
	}
	switch {
	case p.View != nil && p.View.Type == string(slack.VTHomeTab):
		return x.pressAtHome(p, in)
	case p.View != nil:
		return x.change(p, in)
	case len(p.Actions) == 0 || p.Actions[0].Type != "button":
		return a
	}
	b := p.Actions[0]
	verb, op, rev, ok := blockkit.ReadButton(b.ActionID, b.Value, b.BlockID)
	if !ok || p.Container.Type == inAttachment {
		a.reason = "forged_button"
		a.then = x.whisperBack(in, notOurs())
		return a
	}
	in.Verb, in.Op, in.Rev = verb, op, rev
	a.then = x.whisperBack(in, replyText(x.currentDesk().Press(ctx, in)))
	return a
}

// change has the desk redraw a form in which something was chosen, after the
// ack: what was chosen comes with the submission in any case.
func (x *dispatcher) change(p interaction, in port.Inbound) answer {
	a := answer{kind: "press"}
	if len(p.Actions) != 1 || p.Actions[0].Type == "button" {
		return a
	}
	if !x.withView(p, &in) {
		a.reason = "forged_form"
		return a
	}
	a.then = func(ctx context.Context) { x.currentDesk().Change(ctx, in) }
	return a
}

func notOurs() reinstall.Text {
	return reinstall.Say(reinstall.Refuse("Not done", "this button is not one of Twokey's, or is of an old version of it",
		"Use the newest card, or type /reinstall list").Error())
}

// withView fills in what a form carries and what was entered; ok is false if
// somebody edited it.
func (x *dispatcher) withView(p interaction, in *port.Inbound) bool {
	if p.View == nil {
		return false
	}
	s, ok := x.sealer.openState(p.View.State)
	if !ok || s.Verb != p.View.CallbackID {
		return false
	}
	in.Verb, in.Op, in.Rev = s.Verb, s.Op, s.Rev
	in.Channel, in.Thread, in.Reply = cmp.Or(s.Channel, in.Channel), cmp.Or(s.Thread, in.Thread), cmp.Or(x.messages.replyURL(s.Reply), in.Reply)
	in.View, in.Hash, in.Memo = p.View.ID, p.View.Hash, s.Memo
	in.Values = map[string]string{}
	for block, elements := range p.View.Entered.Values {
		for _, e := range elements {
			in.Values[blockkit.FieldOf(block)] = e.what()
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

// submit has the desk answer a form. What it says without errors is shown in
// place of the form, where nobody can miss it.
func (x *dispatcher) submit(ctx context.Context, p interaction, in port.Inbound) answer {
	a := answer{kind: "submit"}
	if !x.withView(p, &in) {
		a.reason = "forged_form"
		a.body = said(reinstall.Say(reinstall.Refuse("Not done", "this form is not one of Twokey's, or is of an old version of it",
			"Open it again from the newest card, or type /reinstall help").Error()))
		return a
	}
	reply := x.currentDesk().Submit(ctx, in)
	switch errs := p.View.errors(reply.Errors); {
	case len(errs) > 0:
		a.body = submission{Action: string(slack.RAErrors), Errors: errs}
	case len(replyText(reply)) > 0:
		a.body = said(replyText(reply))
	}
	return a
}

func said(t reinstall.Text) submission {
	v := blockkit.NoticeModal("Twokey", t)
	return submission{Action: string(slack.RAUpdate), View: &v}
}

// maxFormError is how much of an error under a field is shown.
const maxFormError = 500

// errors are the desk's errors by block_id.
func (v *openedView) errors(errs map[string]string) map[string]string {
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

// formErrors keeps the errors whose field the form has: any other key would
// make Slack show none of them (section 3). What belongs to no field stands
// under the first.
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

// shortcut has the desk open a form. Of a message it is told all the words. A
// global shortcut has no response_url: what the desk says it says in a form.
func (x *dispatcher) shortcut(ctx context.Context, p interaction, in port.Inbound) answer {
	in.Verb = p.CallbackID
	if p.Type == messageShortcut {
		l := heard(p.Message)
		in.Said, in.Links = l.said, l.links
	}
	return answer{kind: "other", then: x.whisperBack(in, replyText(x.currentDesk().Shortcut(ctx, in)))}
}
