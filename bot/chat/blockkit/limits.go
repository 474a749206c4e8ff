package blockkit

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// The lengths of bot/chat, section 4.1, in Unicode code points. slack-go
// checks few of them, so that nothing leaves before checkBlocks or checkView
// has seen it.
const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxHeader        = 150
	maxTextObject    = 3000
	maxContext       = 10
	maxActions       = 25
	maxButton        = 75
	maxValue         = 2000
	maxID            = 255
	maxSelect        = 100
	maxOptionText    = 75
	maxOptionValue   = 150
	maxPlaceholder   = 150
	maxLabel         = 2000
	maxTitle         = 24
	MaxState         = 3000 // private_metadata
	maxRichElements  = 1000
	maxURL           = 3000 // of a button
	maxOverflow      = 5
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
	// maxHome keeps the text of a Home below the 250 KB that a view may have as JSON, with
	// four bytes a letter and what stands around the text.
	maxHome = 53000
)

// limitCheck collects what Slack would refuse.
type limitCheck struct {
	faults []error
	ids    map[string]bool
	total  int
}

func (c *limitCheck) addFault(format string, a ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, a...))
}

// checkWords is size for what people read, which also counts in total.
func (c *limitCheck) checkWords(what, s string, limit int) {
	c.total += utf8.RuneCountInString(s)
	c.checkSize(what, s, limit)
}

// checkSize checks the length of a string that must not be empty.
func (c *limitCheck) checkSize(what, s string, limit int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0:
		c.addFault("%s is empty", what)
	case n > limit:
		c.addFault("%s has %d characters of %d", what, n, limit)
	case !utf8.ValidString(s):
		c.addFault("%s is not UTF-8", what)
	}
}

func (c *limitCheck) checkOptional(what, s string, limit int) {
	if s != "" {
		c.checkSize(what, s, limit)
	}
}

func (c *limitCheck) checkPlainText(what string, t *slack.TextBlockObject, limit int) {
	switch {
	case t == nil:
		c.addFault("%s is missing", what)
	case t.Type != slack.PlainTextType:
		c.addFault("%s is %s, not plain_text", what, t.Type)
	default:
		c.checkWords(what, t.Text, limit)
	}
}

func (c *limitCheck) checkCount(what string, n, limit int) {
	if n < 1 || n > limit {
		c.addFault("%s: %d of 1 to %d", what, n, limit)
	}
}

func (c *limitCheck) checkBlockID(id string) {
	if id == "" {
		return
	}
	c.checkOptional("block_id", id, maxID)
	if c.ids[id] {
		c.addFault("block_id %q twice", id)
	}
	c.ids[id] = true
}

// CheckBlocks returns what Slack would refuse of a message's blocks, nil if it
// would take them.
func CheckBlocks(blocks []slack.Block) error {
	c := &limitCheck{ids: map[string]bool{}}
	c.checkCount("blocks", len(blocks), maxMessageBlocks)
	for _, b := range blocks {
		c.checkBlock(b)
		if _, input := b.(*slack.InputBlock); input {
			c.addFault("an input stands in a message")
		}
	}
	if n := BlocksSize(blocks); n > MaxBytes {
		c.addFault("the blocks have %d bytes of %d in all", n, MaxBytes)
	}
	return errors.Join(c.faults...)
}

// CheckModal is checkBlocks for a modal.
func CheckModal(v slack.ModalViewRequest) error {
	c := &limitCheck{ids: map[string]bool{}}
	c.checkPlainText("title", v.Title, maxTitle)
	c.checkPlainText("close", v.Close, maxTitle)
	if v.Submit != nil {
		c.checkPlainText("submit", v.Submit, maxTitle)
	}
	c.checkOptional("callback_id", v.CallbackID, maxID)
	c.checkOptional("private_metadata", v.PrivateMetadata, MaxState)
	c.checkCount("blocks", len(v.Blocks.BlockSet), maxViewBlocks)
	for _, b := range v.Blocks.BlockSet {
		c.checkBlock(b)
		if _, input := b.(*slack.InputBlock); input && v.Submit == nil {
			c.addFault("there is an input and nothing to submit it")
		}
	}
	return errors.Join(c.faults...)
}

// CheckHome is checkBlocks for a Home tab.
func CheckHome(v slack.HomeTabViewRequest) error {
	c := &limitCheck{ids: map[string]bool{}}
	c.checkOptional("callback_id", v.CallbackID, maxID)
	c.checkCount("blocks", len(v.Blocks.BlockSet), maxViewBlocks)
	for _, b := range v.Blocks.BlockSet {
		c.checkBlock(b)
		if _, input := b.(*slack.InputBlock); input {
			c.addFault("an input stands on a Home tab")
		}
	}
	if c.total > maxHome {
		c.addFault("the blocks have %d characters of %d in all", c.total, maxHome)
	}
	return errors.Join(c.faults...)
}

// checkBlock checks one block of the kinds that this package renders.
func (c *limitCheck) checkBlock(b slack.Block) {
	switch b := b.(type) {
	case *slack.HeaderBlock:
		c.checkBlockID(b.BlockID)
		c.checkPlainText("header", b.Text, maxHeader)
	case *slack.DividerBlock:
		c.checkBlockID(b.BlockID)
	case *slack.ContextBlock:
		c.checkBlockID(b.BlockID)
		c.checkContext(b)
	case *slack.ActionBlock:
		c.checkBlockID(b.BlockID)
		c.checkActions(b)
	case *slack.RichTextBlock:
		c.checkBlockID(b.BlockID)
		c.checkCount("rich_text", len(b.Elements), maxRichElements)
		for _, e := range b.Elements {
			c.checkRichText(e)
		}
	case *slack.InputBlock:
		c.checkBlockID(b.BlockID)
		c.checkInput(b)
	default:
		c.addFault("block %T is not one that is drawn here", b)
	}
}

func (c *limitCheck) checkContext(b *slack.ContextBlock) {
	c.checkCount("context", len(b.ContextElements.Elements), maxContext)
	for _, e := range b.ContextElements.Elements {
		t, ok := e.(*slack.TextBlockObject)
		if !ok {
			c.addFault("context element %T is not one that is drawn here", e)
			continue
		}
		c.checkPlainText("context", t, maxTextObject)
	}
}

func (c *limitCheck) checkActions(b *slack.ActionBlock) {
	c.checkCount("actions", len(b.Elements.ElementSet), maxActions)
	seen := map[string]bool{}
	for _, e := range b.Elements.ElementSet {
		id := ""
		switch e := e.(type) {
		case *slack.ButtonBlockElement:
			id = e.ActionID
			c.checkButton(e)
		case *slack.OverflowBlockElement:
			id = e.ActionID
			c.checkCount("overflow", len(e.Options), maxOverflow)
			for _, o := range e.Options {
				c.checkOption(o)
			}
			c.checkConfirm(e.Confirm)
		default:
			c.addFault("action %T is not one that is drawn here", e)
		}
		if seen[id] {
			c.addFault("action_id %q twice", id)
		}
		seen[id] = true
	}
}

func (c *limitCheck) checkButton(k *slack.ButtonBlockElement) {
	c.checkPlainText("button", k.Text, maxButton)
	c.checkSize("button's action_id", k.ActionID, maxID)
	c.checkSize("button's value", k.Value, maxValue)
	c.checkOptional("button's url", k.URL, maxURL)
	c.checkSize("button's accessibility_label", k.AccessibilityLabel, maxButton)
	if k.Style != "" && k.Style != slack.StylePrimary && k.Style != slack.StyleDanger {
		c.addFault("button's style %q", k.Style)
	}
	c.checkConfirm(k.Confirm)
}

func (c *limitCheck) checkConfirm(o *slack.ConfirmationBlockObject) {
	if o == nil {
		return
	}
	c.checkPlainText("confirm's title", o.Title, maxConfirmTitle)
	c.checkPlainText("confirm's text", o.Text, maxConfirmText)
	c.checkPlainText("confirm's button", o.Confirm, maxConfirmButton)
	c.checkPlainText("confirm's other button", o.Deny, maxConfirmButton)
}

// checkRichText checks a section or a list of sections.
func (c *limitCheck) checkRichText(e slack.RichTextElement) {
	switch e := e.(type) {
	case *slack.RichTextSection:
		c.checkCount("rich_text_section", len(e.Elements), maxRichElements)
		for _, p := range e.Elements {
			c.checkRichPiece(p)
		}
	case *slack.RichTextList:
		c.checkCount("rich_text_list", len(e.Elements), maxRichElements)
		for _, s := range e.Elements {
			c.checkRichText(s)
		}
	default:
		c.addFault("rich_text element %T is not one that is drawn here", e)
	}
}

func (c *limitCheck) checkRichPiece(p slack.RichTextSectionElement) {
	switch p := p.(type) {
	case *slack.RichTextSectionTextElement:
		c.checkWords("text", p.Text, maxTextObject)
	case *slack.RichTextSectionUserElement:
		if !IsUserID(p.UserID) {
			c.addFault("user %q", p.UserID)
		}
	case *slack.RichTextSectionUserGroupElement:
		if !IsGroupID(p.UsergroupID) {
			c.addFault("user group %q", p.UsergroupID)
		}
	case *slack.RichTextSectionEmojiElement:
		c.checkSize("emoji", p.Name, 100)
	case *slack.RichTextSectionLinkElement:
		c.checkWords("link", p.URL, maxTextObject)
	case *slack.RichTextSectionDateElement:
		if p.Timestamp <= 0 || p.Fallback == nil || *p.Fallback == "" {
			c.addFault("date %d without its words", p.Timestamp)
		}
	default:
		c.addFault("rich_text piece %T is not one that is drawn here", p)
	}
}

func (c *limitCheck) checkInput(b *slack.InputBlock) {
	c.checkSize("input's block_id", b.BlockID, maxID)
	c.checkPlainText("label", b.Label, maxLabel)
	if b.Hint != nil {
		c.checkPlainText("hint", b.Hint, maxLabel)
	}
	switch e := b.Element.(type) {
	case *slack.PlainTextInputBlockElement:
		c.checkPlaceholder(e.Placeholder)
		c.checkOptional("initial_value", e.InitialValue, maxTextObject)
	case *slack.NumberInputBlockElement:
		c.checkPlaceholder(e.Placeholder)
		c.checkOptional("initial_value", e.InitialValue, maxTextObject)
		c.checkOptional("min_value", e.MinValue, maxTextObject)
	case *slack.SelectBlockElement:
		c.checkPlaceholder(e.Placeholder)
		c.checkSelect(e)
	default:
		c.addFault("input %T is not one that is drawn here", e)
	}
}

func (c *limitCheck) checkPlaceholder(t *slack.TextBlockObject) {
	if t != nil {
		c.checkPlainText("placeholder", t, maxPlaceholder)
	}
}

func (c *limitCheck) checkSelect(e *slack.SelectBlockElement) {
	if e.Type == slack.OptTypeStatic {
		c.checkCount("options", len(e.Options), maxSelect)
	}
	values := map[string]bool{}
	for _, o := range e.Options {
		c.checkOption(o)
		if values[o.Value] {
			c.addFault("option %q twice", o.Value)
		}
		values[o.Value] = true
	}
	if o := e.InitialOption; o != nil {
		c.checkOption(o)
		if e.Type == slack.OptTypeStatic && !values[o.Value] {
			c.addFault("initial option %q is not one of the options", o.Value)
		}
	}
}

func (c *limitCheck) checkOption(o *slack.OptionBlockObject) {
	c.checkPlainText("option", o.Text, maxOptionText)
	c.checkSize("option's value", o.Value, maxOptionValue)
	if o.Description != nil {
		c.checkPlainText("option's description", o.Description, maxOptionText)
	}
}
