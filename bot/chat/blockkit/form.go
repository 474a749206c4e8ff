package blockkit

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// maxIntro is how much of each paragraph above a form's fields is shown.
const maxIntro = MaxElement

// NoticeModal is a modal that only says something.
func NoticeModal(title string, t view.Text) slack.ModalViewRequest {
	block := slack.NewRichTextBlock("notice", slack.NewRichTextSection(RichLines(t, maxIntro)...))
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plainText(title, maxTitle), Close: plainText("Close", maxTitle),
		Blocks: slack.Blocks{BlockSet: []slack.Block{block}},
	}
}

// Modal renders a form. A field's block_id begins with the field's id, so that errors
// find it. As long as the block_id stays, Slack keeps what was typed when the form is
// updated.
func Modal(f view.Form, state string) slack.ModalViewRequest {
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: f.Verb, PrivateMetadata: state,
		Title: plainText(f.Title, maxTitle), Close: plainText("Close", maxTitle),
	}
	add := func(b slack.Block) { v.Blocks.BlockSet = append(v.Blocks.BlockSet, b) }
	for i, t := range f.Intro {
		add(slack.NewRichTextBlock(fmt.Sprintf("intro.%d", i), slack.NewRichTextSection(RichLines(t, maxIntro)...)))
	}
	inputs := false
	for _, field := range f.Fields {
		b := fieldBlock(field)
		_, input := b.(*slack.InputBlock)
		inputs = inputs || input
		add(b)
	}
	if inputs || f.Submit != "" {
		v.Submit = plainText(cmp.Or(f.Submit, "Submit"), maxTitle)
	}
	return v
}

// fieldBlock renders one field. Slack takes no select without options, so that a
// sentence stands in for it.
func fieldBlock(f view.Field) slack.Block {
	if f.Kind == view.FieldButton {
		return slack.NewActionBlock(f.ID, newButton(view.Button{Label: f.Label}, f.ID, f.Value, "this form"))
	}
	label := plainText(cmp.Or(f.Label, f.ID), maxLabel)
	e := fieldElement(f)
	id := blockIDOf(f)
	if e == nil {
		line := view.Say(view.Strong(cmp.Or(f.Label, f.ID)), ": there is nothing to choose from.")
		return slack.NewRichTextBlock(id, slack.NewRichTextSection(RichRow(line, maxIntro)...))
	}
	b := slack.NewInputBlock(id, label, nil, e).WithOptional(f.Optional).WithDispatchAction(f.Asks)
	if f.Hint != "" {
		b.Hint = plainText(f.Hint, maxLabel)
	}
	return b
}

// blockIDOf is a field's block_id. Slack shows a field's initial value only under a
// block_id that is new in this form.
func blockIDOf(f view.Field) string {
	if f.Fresh == "" {
		return f.ID
	}
	return Cut(f.ID+"~"+f.Fresh, maxID)
}

// FieldOf is the id of the field that has this block_id.
func FieldOf(block string) string {
	field, _, _ := strings.Cut(block, "~")
	return field
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]{1,15}$`)

func fieldElement(f view.Field) slack.BlockElement {
	var holder *slack.TextBlockObject
	if f.Holder != "" {
		holder = plainText(f.Holder, maxPlaceholder)
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
	case view.FieldChannel:
		return conversationSelect(f, holder)
	case view.FieldChoice:
		return choiceSelect(f, holder)
	case view.FieldSearch:
		return typeAheadSelect(f, holder)
	}
	e := slack.NewPlainTextInputBlockElement(holder, f.ID)
	e.Multiline = f.Kind == view.FieldLong
	e.InitialValue = Cut(strings.ToValidUTF8(f.Value, "\uFFFD"), maxTextObject)
	return e
}

// choiceSelect is a select of the field's options, nil if there are none.
func choiceSelect(f view.Field, holder *slack.TextBlockObject) slack.BlockElement {
	opts := optionObjects(f.Options)
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

// conversationSelect is a select of the channels that the person is in, without those
// that another company is in too.
func conversationSelect(f view.Field, holder *slack.TextBlockObject) slack.BlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, holder, f.ID)
	e.Filter = &slack.SelectBlockElementFilter{
		Include:                       []string{"public", "private"},
		ExcludeExternalSharedChannels: true,
	}
	e.InitialConversation = f.Value
	return e
}

// typeAheadSelect is a select that asks with each letter, and once when it is opened. By
// default it would show nothing before the third letter (bot/chat, section 3.5).
func typeAheadSelect(f view.Field, holder *slack.TextBlockObject) slack.BlockElement {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, holder, f.ID)
	none := 0
	e.MinQueryLength = &none
	for _, o := range optionObjects(append(f.Options, view.Option{Value: f.Value, Label: f.Value})) {
		if o.Value == f.Value {
			e.InitialOption = o
			break
		}
	}
	return e
}
