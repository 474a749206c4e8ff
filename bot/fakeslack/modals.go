package fakeslack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/delivery"
	"twokey/bot/fakeslack/views"
)

var (
	// ErrNoView: the person has no modal open.
	ErrNoView = errors.New("no open view")
	// ErrNoField: the view has no such field.
	ErrNoField = errors.New("no such field")
)

// A SubmitResult is what became of a submission.
type SubmitResult struct {
	// Errors stand under the fields, by block_id: the bot's, or Slack's own
	// when something required is missing.
	Errors map[string]string
	// Sent reports whether the bot was asked; Slack's own errors come before.
	Sent bool
	// Closed: this view is gone. Another may be on top, see OpenView.
	Closed bool
	// Warning is what the person sees when the bot did not answer properly.
	Warning string
}

// Clients are Slack's clients in people's hands: what they type, press and fill in
// goes to the bot.
type clients struct {
	*surfaces
	bot *sender
}

// Fill enters values into the person's topmost modal, as Submit does, without
// submitting. Elements in actions or section blocks, and inputs with
// dispatch_action, reach the bot at once; its failure is a *NotAcked.
func (s *clients) Fill(ctx context.Context, user string, entries map[string]string) error {
	for _, name := range sortedKeys(entries) {
		if err := s.fillOne(ctx, user, name, entries[name]); err != nil {
			return err
		}
	}
	return nil
}

func (s *clients) fillOne(ctx context.Context, user, name, value string) error {
	kind, block, where, err := s.locateField(user, name)
	if err != nil {
		return err
	}
	if value != "" && strings.HasSuffix(kind, "external_select") && !s.wasOffered(user, where, value) {
		if _, err := s.Suggest(ctx, user, block, value); err != nil {
			return err
		}
	}
	return s.FillField(ctx, user, name, value, true)
}

// locateField returns the kind, block_id and placeOf a field of the topmost modal.
func (s *clients) locateField(user, name string) (kind, block, where string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.topView(user)
	if v == nil {
		return "", "", "", fmt.Errorf("%w for %s", ErrNoView, user)
	}
	b, e, ok := v.Field(name)
	if !ok {
		return "", "", "", fmt.Errorf("%w: %q", ErrNoField, name)
	}
	return blockkit.Text(e, "type"), blockkit.Text(b, "block_id"), views.PlaceOf(b, e), nil
}

func (s *clients) wasOffered(user, where, value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.topView(user)
	if v == nil {
		return false
	}
	_, ok := blockkit.Choose(v.Offered[where], value)
	return ok
}

// FillField puts a value into a field. dispatch is false if an input with
// dispatch_action was only left.
func (s *clients) FillField(ctx context.Context, user, name, value string, dispatch bool) error {
	s.mu.Lock()
	v := s.topView(user)
	if v == nil {
		s.mu.Unlock()
		return fmt.Errorf("%w for %s", ErrNoView, user)
	}
	b, e, ok := v.Field(name)
	if !ok {
		s.mu.Unlock()
		return fmt.Errorf("%w: %q", ErrNoField, name)
	}
	entered, err := blockkit.Enter(e, value, v.Offered[views.PlaceOf(b, e)])
	if err == nil {
		err = s.checkListed(user, e, entered)
	}
	if err != nil {
		s.mu.Unlock()
		return fmt.Errorf("%s: %w", name, err)
	}
	v.Values.Set(blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id"), entered)
	delete(v.Errors, blockkit.Text(b, "block_id"))
	var payload map[string]any
	if b["type"] != "input" || dispatch && b["dispatch_action"] == true {
		payload = s.viewAction(v, b, e, entered)
	}
	s.markChanged()
	s.mu.Unlock()
	return s.actInView(ctx, user, payload)
}

// checkListed refuses a conversation that Slack would not list for the person in the
// select. Callers hold s.mu.
func (s *clients) checkListed(user string, e, entered map[string]any) error {
	id := blockkit.Text(entered, "selected_conversation")
	if blockkit.Text(e, "type") != "conversations_select" || id == "" {
		return nil
	}
	c := s.channels[id]
	filter, _ := e["filter"].(map[string]any)
	kind := "public"
	switch {
	case c != nil && c.IM != "":
		kind = "im"
	case c != nil && c.Private:
		kind = "private"
	}
	if kinds := blockkit.List(filter["include"]); c == nil || c.Archived || kind != "public" && !c.Has(user) ||
		len(kinds) > 0 && !slices.Contains(kinds, any(kind)) || c.IsExtShared &&
		filter["exclude_external_shared_channels"] == true {
		return fmt.Errorf("%w: the conversation %q is not in the list", ErrNoOption, id)
	}
	return nil
}

// ClickView presses a button in the person's topmost modal.
func (s *clients) ClickView(ctx context.Context, user, button string) error {
	return s.pressIn(ctx, user, func() *view { return s.topView(user) }, pickLabelled(button))
}

// PressViewElement is ClickView for exactly one element.
func (s *clients) PressViewElement(ctx context.Context, user string, at Element) error {
	return s.pressIn(ctx, user, func() *view { return s.topView(user) }, pickPlace(at))
}

// PressHomeElement is PressHome for exactly one element.
func (s *clients) PressHomeElement(ctx context.Context, user string, at Element) error {
	return s.pressIn(ctx, user, func() *view { return s.homes[user] }, pickPlace(at))
}

func pickLabelled(button string) func(*view) blockkit.Picker {
	return func(*view) blockkit.Picker { return blockkit.ByLabel(button) }
}

// pickPlace also takes what type-ahead has offered for the element.
func pickPlace(at Element) func(*view) blockkit.Picker {
	return func(v *view) blockkit.Picker { return blockkit.ByPlace(at, v.Offered[at.Block+" "+at.Action]) }
}

func (s *clients) pressIn(ctx context.Context, user string, where func() *view,
	find func(*view) blockkit.Picker,
) error {
	s.mu.Lock()
	v := where()
	if v == nil {
		s.mu.Unlock()
		return fmt.Errorf("%w for %s", ErrNoView, user)
	}
	b, e, action, err := find(v)(v.Blocks)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	if blockkit.HoldsValue(e) {
		v.Values.Set(blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id"), action)
	}
	payload, home := s.viewAction(v, b, e, action), v == s.homes[user]
	s.mu.Unlock()
	if home {
		return s.deliverPress(ctx, press{user, v.ID}, payload)
	}
	return s.actInView(ctx, user, payload)
}

// viewAction is the block_actions payload of a view. Callers hold s.mu.
func (s *clients) viewAction(v *view, b Block, e, action map[string]any) map[string]any {
	p := s.interactionPayload("block_actions", s.users[v.User])
	p["trigger_id"], p["view"] = s.newTrigger(v.User, v.ID), s.wireView(v)
	p["container"] = map[string]any{"type": "view", "view_id": v.ID}
	p["actions"] = []any{s.finishAction(b, e, action)}
	return copyPayload(p)
}

func (s *clients) actInView(ctx context.Context, user string, payload map[string]any) error {
	if payload == nil {
		return nil
	}
	_, _, err := s.bot.deliver(ctx, delivery.Outgoing{Kind: "block_actions", User: user, Payload: payload})
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.topView(user); v != nil {
		v.Warning = warningFor(err)
		s.markChanged()
	}
	return err
}

const troubleConnecting = "We had some trouble connecting. Try again?"

func warningFor(err error) string {
	if err == nil {
		return ""
	}
	return troubleConnecting
}

// Submit fills the person's topmost modal and presses its submit button. The
// keys are labels, block_ids or action_ids; selects take an option's text or
// value; type-ahead is asked for the value first. Slack's own checks (required,
// lengths, numbers) come before the bot is asked. The error is ErrNoView,
// ErrNoField, ErrNoOption or a *NotAcked.
func (s *clients) Submit(ctx context.Context, user string, entries map[string]string) (SubmitResult, error) {
	if err := s.Fill(ctx, user, entries); err != nil {
		return SubmitResult{}, err
	}
	s.mu.Lock()
	v := s.topView(user)
	if v == nil {
		s.mu.Unlock()
		return SubmitResult{}, fmt.Errorf("%w for %s", ErrNoView, user)
	}
	v.Errors, v.Warning = v.LocalErrors(), ""
	s.markChanged()
	if len(v.Errors) > 0 {
		defer s.mu.Unlock()
		return SubmitResult{Errors: v.Describe(1).Errors}, nil
	}
	p := s.interactionPayload("view_submission", s.users[user])
	p["trigger_id"], p["view"], p["response_urls"] = s.newTrigger(user, v.ID), s.wireView(v), []any{}
	p, id := copyPayload(p), v.ID
	s.mu.Unlock()
	body, _, err := s.bot.deliver(ctx, delivery.Outgoing{Kind: "view_submission", User: user, Payload: p})
	return s.applySubmission(id, body, err)
}

// applySubmission does what the bot's answer to a submission says.
func (s *clients) applySubmission(id string, body []byte, err error) (SubmitResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.markChanged()
	result := SubmitResult{Sent: true}
	v := s.findView(id, "")
	if v == nil {
		result.Closed = true
		return result, err
	}
	if err == nil {
		err = s.applyAnswer(v, body)
	}
	if err != nil {
		v.Warning = troubleConnecting
		result.Warning = v.Warning
		return result, err
	}
	result.Errors = v.Describe(1).Errors
	result.Closed = s.findView(id, "") == nil
	return result, nil
}

// A BadAnswer error says that the bot answered in a way that Slack rejects.
type BadAnswer struct {
	Kind    string
	Problem string
}

func (e *BadAnswer) Error() string {
	return fmt.Sprintf("Slack rejects the answer to the %s: %s", e.Kind, e.Problem)
}

func badSubmission(format string, a ...any) error {
	return &BadAnswer{Kind: "view_submission", Problem: fmt.Sprintf(format, a...)}
}

// applyAnswer carries out a response_action. Callers hold s.mu.
func (s *clients) applyAnswer(v *view, body []byte) error {
	if len(strings.TrimSpace(string(body))) == 0 {
		s.closeTop(v)
		return nil
	}
	var a struct {
		ResponseAction string            `json:"response_action"`
		Errors         map[string]string `json:"errors"`
		View           json.RawMessage   `json:"view"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return badSubmission("not JSON: %v", err)
	}
	switch a.ResponseAction {
	case "":
		s.closeTop(v)
	case "clear":
		s.stacks[v.User] = nil
	case "errors":
		if err := v.TakeErrors(a.Errors); err != nil {
			return badSubmission("%v", err)
		}
	case "update", "push":
		return s.followView(v, a.ResponseAction, a.View)
	default:
		return badSubmission("unknown response_action %q", a.ResponseAction)
	}
	return nil
}

func (s *clients) followView(v *view, action string, raw json.RawMessage) error {
	next, bad := s.parseView(string(raw), "modal")
	switch {
	case bad != nil:
		return badSubmission("%s: %v", bad.code, bad.fields["errors"])
	case action == "update":
		s.replaceView(v, next)
	case len(s.stacks[v.User]) >= maxStack:
		return badSubmission("push_limit_reached")
	default:
		s.pushView(v.User, next)
	}
	return nil
}

// closeTop takes one view off the stack; one with clear_on_close takes all.
func (s *clients) closeTop(v *view) {
	s.stacks[v.User] = slices.DeleteFunc(s.stacks[v.User], func(x *view) bool { return x == v || v.ClearOnClose })
}

// CloseView closes the person's topmost modal by its close button. The bot is
// asked only if the view has notify_on_close.
func (s *clients) CloseView(ctx context.Context, user string) error {
	s.mu.Lock()
	v := s.topView(user)
	if v == nil {
		s.mu.Unlock()
		return fmt.Errorf("%w for %s", ErrNoView, user)
	}
	p := s.interactionPayload("view_closed", s.users[user])
	p["view"], p["is_cleared"] = s.blankView(v), false
	p = copyPayload(p)
	s.closeTop(v)
	s.markChanged()
	s.mu.Unlock()
	if !v.NotifyOnClose {
		return nil
	}
	_, _, err := s.bot.deliver(ctx, delivery.Outgoing{Kind: "view_closed", User: user, Payload: p})
	return err
}

// ErrNoOption: the choice is not among what is offered.
var ErrNoOption = blockkit.ErrNoOption
