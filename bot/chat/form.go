package chat

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// maxIntro is how much of each paragraph above a form's fields is shown.
const maxIntro = 2000

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
	v := formView(f, c.sealState(f))
	if err := checkView(v); err != nil {
		c.log.Error("a form does not fit Slack's limits; a notice is shown", "verb", f.Verb, "op", f.Op, "err", err)
		c.metrics.Refused("own_view")
		v = notice(f.Title, reinstall.Say("This form could not be drawn. Type the command instead: /reinstall help shows how."))
	}
	return v
}

// notice is a modal that only says something.
func notice(title string, t reinstall.Text) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(title, maxTitle), Close: plain("Close", maxTitle),
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewRichTextBlock("notice", slack.NewRichTextSection(richLines(t, maxIntro)...))}},
	}
}

// formView draws a form. A field's block_id begins with its id, so that errors
// find it; while it is the same, Slack keeps what was typed when the form is
// redrawn.
func formView(f view.Form, state string) slack.ModalViewRequest {
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: f.Verb, PrivateMetadata: state,
		Title: plain(f.Title, maxTitle), Close: plain("Close", maxTitle),
	}
	add := func(b slack.Block) { v.Blocks.BlockSet = append(v.Blocks.BlockSet, b) }
	for i, t := range f.Intro {
		add(slack.NewRichTextBlock(fmt.Sprintf("intro.%d", i), slack.NewRichTextSection(richLines(t, maxIntro)...)))
	}
	inputs := false
	for _, field := range f.Fields {
		b := fieldBlock(field)
		_, input := b.(*slack.InputBlock)
		inputs = inputs || input
		add(b)
	}
	if inputs || f.Submit != "" {
		v.Submit = plain(orElse(f.Submit, "Submit"), maxTitle)
	}
	return v
}

// fieldBlock draws one field. A choice of nothing is a sentence: Slack knows
// no empty select.
func fieldBlock(f view.Field) slack.Block {
	label := plain(orElse(f.Label, f.ID), maxLabel)
	e := fieldElement(f)
	id := blockOf(f)
	if e == nil {
		line := reinstall.Say(reinstall.Strong(orElse(f.Label, f.ID)), ": there is nothing to choose from.")
		return slack.NewRichTextBlock(id, slack.NewRichTextSection(rich(line, maxIntro)...))
	}
	b := slack.NewInputBlock(id, label, nil, e).WithOptional(f.Optional).WithDispatchAction(f.Asks)
	if f.Hint != "" {
		b.Hint = plain(f.Hint, maxLabel)
	}
	return b
}

// blockOf is a field's block_id: Slack shows a field's initial value only under
// one that it has not seen in this form. fieldOf is the field of a block_id.
func blockOf(f view.Field) string {
	if f.Fresh == "" {
		return f.ID
	}
	return cut(f.ID+"~"+f.Fresh, maxID)
}

func fieldOf(block string) string {
	field, _, _ := strings.Cut(block, "~")
	return field
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]{1,15}$`)

func fieldElement(f view.Field) slack.BlockElement {
	var holder *slack.TextBlockObject
	if f.Holder != "" {
		holder = plain(f.Holder, maxPlaceholder)
	}
	switch f.Kind {
	case view.FieldNumber:
		e := slack.NewNumberInputBlockElement(holder, f.ID, false)
		if wholeNumber.MatchString(f.Value) {
			e.InitialValue = f.Value
		}
		if f.Least != 0 {
			e.MinValue = strconv.Itoa(f.Least)
		}
		return e
	case view.FieldPlace:
		return conversation(f, holder)
	case view.FieldChoice:
		return choice(f, holder)
	case view.FieldSearch:
		return typeAhead(f, holder)
	}
	e := slack.NewPlainTextInputBlockElement(holder, f.ID)
	e.Multiline = f.Kind == view.FieldLong
	e.InitialValue = cut(strings.ToValidUTF8(f.Value, "\uFFFD"), maxTextObject)
	return e
}

// choice is a select of the field's options, nil if there are none.
func choice(f view.Field, holder *slack.TextBlockObject) slack.BlockElement {
	opts := options(f.Options)
	if len(opts) == 0 {
		return nil
	}
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, holder, f.ID, opts...)
	for _, o := range opts {
		if o.Value == f.Value {
			e.InitialOption = o
		}
	}
	return e
}

// conversation is a select of the channels that the person is in, without those
// that another company is in too.
func conversation(f view.Field, holder *slack.TextBlockObject) slack.BlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, holder, f.ID)
	e.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}, ExcludeExternalSharedChannels: true}
	e.InitialConversation = f.Value
	return e
}

// typeAhead is a select that asks as one types, and once when it is opened:
// the default of three letters would show nothing then (section 3).
func typeAhead(f view.Field, holder *slack.TextBlockObject) slack.BlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, holder, f.ID)
	none := 0
	e.MinQueryLength = &none
	for _, o := range options(append(f.Options, view.Option{Value: f.Value, Label: f.Value})) {
		if o.Value == f.Value {
			e.InitialOption = o
			break
		}
	}
	return e
}

// options draws at most 100. A value that is too long is left out, since a cut
// one would mean something else; of equal values the first stays.
func options(os []view.Option) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	known := map[string]bool{}
	for _, o := range os {
		if o.Value == "" || len([]rune(o.Value)) > maxOptionValue || known[o.Value] || len(out) == maxSelect || strings.ToValidUTF8(o.Value, "") != o.Value {
			continue
		}
		known[o.Value] = true
		b := slack.NewOptionBlockObject(o.Value, optionText(o), nil)
		if o.Note != "" {
			b.Description = plain(o.Note, maxOptionText)
		}
		out = append(out, b)
	}
	return out
}

// optionText is an option's label, cut so that its tail stays whole.
func optionText(o view.Option) *slack.TextBlockObject {
	tail := oneLine(o.Tail)
	label := cut(oneLine(orElse(o.Label, o.Value)), max(maxOptionText-utf8.RuneCountInString(tail), 1))
	return plain(orElse(strings.TrimSpace(label), "–")+tail, maxOptionText)
}

// optionGroups draws options under their headings, 100 options in all; none
// where no option has a heading.
func optionGroups(os []view.Option) []*slack.OptionGroupBlockObject {
	if !slices.ContainsFunc(os, func(o view.Option) bool { return o.Group != "" }) {
		return nil
	}
	known := map[string]bool{}
	left := maxSelect
	var out []*slack.OptionGroupBlockObject
	for len(os) > 0 && left > 0 {
		n := slices.IndexFunc(os, func(o view.Option) bool { return o.Group != os[0].Group })
		if n < 0 {
			n = len(os)
		}
		fresh := slices.DeleteFunc(slices.Clone(os[:n]), func(o view.Option) bool { return known[o.Value] })
		for _, o := range fresh {
			known[o.Value] = true
		}
		if list := options(fresh); len(list) > 0 {
			list = list[:min(len(list), left)]
			left -= len(list)
			out = append(out, slack.NewOptionGroupBlockElement(plain(os[0].Group, maxOptionText), list...))
		}
		os = os[n:]
	}
	return out
}

// formState is what a form carries in its private_metadata. Mac covers the
// rest, so that an edited one is refused.
type formState struct {
	Verb    string `json:"v"`
	Op      string `json:"o,omitempty"`
	Rev     int64  `json:"r,omitempty"`
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	Reply   string `json:"u,omitempty"` // response_url of what the form was opened by
	Memo    string `json:"n,omitempty"`
	Mac     string `json:"m,omitempty"`
}

// sealState is the state as JSON with its mac.
func (c *Chat) sealState(f view.Form) string {
	s := formState{Verb: f.Verb, Op: f.Op, Rev: f.Rev, Channel: f.Channel, Thread: f.Thread, Reply: f.Reply, Memo: f.Memo}
	if sealed := c.sealed(s); len(sealed) <= maxState {
		return sealed
	}
	s.Reply = "" // whoever submits it is then answered in the channel
	return c.sealed(s)
}

func (c *Chat) sealed(s formState) string {
	s.Mac = c.macOf(s)
	b, err := json.Marshal(s)
	if err != nil {
		return "" // a struct of strings always marshals
	}
	return string(b)
}

func (c *Chat) macOf(s formState) string {
	s.Mac = ""
	b, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	mac := hmac.New(sha256.New, c.formKey)
	_, _ = mac.Write(b)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// openState undoes sealState; ok is false for whatever sealState did not make.
func (c *Chat) openState(raw string) (s formState, ok bool) {
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.DisallowUnknownFields()
	if len(raw) > maxState || d.Decode(&s) != nil || d.More() {
		return formState{}, false
	}
	if !verbID.MatchString(s.Verb) || s.Op != "" && !opID.MatchString(s.Op) || s.Rev < 0 {
		return formState{}, false
	}
	return s, hmac.Equal([]byte(s.Mac), []byte(c.macOf(s)))
}
