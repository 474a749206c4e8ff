package chat

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// The lengths of facts/slack.md section 4, in Unicode code points. slack-go
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
	maxState         = 3000 // private_metadata
	maxRichElements  = 1000
	maxURL           = 3000 // of a button
	// maxHome keeps the text of a Home well below the 250 KB that a view may have
	// as JSON.
	maxHome = 40000
)

// checking collects what Slack would refuse.
type checking struct {
	faults []error
	ids    map[string]bool
	total  int
}

func (c *checking) fail(format string, a ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, a...))
}

// words is size for what people read, which also counts in total.
func (c *checking) words(what, s string, limit int) {
	c.total += utf8.RuneCountInString(s)
	c.size(what, s, limit)
}

// size checks the length of a string that must not be empty.
func (c *checking) size(what, s string, limit int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0:
		c.fail("%s is empty", what)
	case n > limit:
		c.fail("%s has %d characters of %d", what, n, limit)
	case !utf8.ValidString(s):
		c.fail("%s is not UTF-8", what)
	}
}

func (c *checking) optional(what, s string, limit int) {
	if s != "" {
		c.size(what, s, limit)
	}
}

func (c *checking) plain(what string, t *slack.TextBlockObject, limit int) {
	switch {
	case t == nil:
		c.fail("%s is missing", what)
	case t.Type != slack.PlainTextType:
		c.fail("%s is %s, not plain_text", what, t.Type)
	default:
		c.words(what, t.Text, limit)
	}
}

func (c *checking) count(what string, n, limit int) {
	if n < 1 || n > limit {
		c.fail("%s: %d of 1 to %d", what, n, limit)
	}
}

func (c *checking) id(id string) {
	if id == "" {
		return
	}
	c.optional("block_id", id, maxID)
	if c.ids[id] {
		c.fail("block_id %q twice", id)
	}
	c.ids[id] = true
}

// checkBlocks returns what Slack would refuse of a message's blocks, nil if it
// would take them.
func checkBlocks(blocks []slack.Block) error {
	c := &checking{ids: map[string]bool{}}
	c.count("blocks", len(blocks), maxMessageBlocks)
	for _, b := range blocks {
		c.block(b)
		if _, input := b.(*slack.InputBlock); input {
			c.fail("an input stands in a message")
		}
	}
	if n := sizeOfBlocks(blocks); n > maxBytes {
		c.fail("the blocks have %d bytes of %d in all", n, maxBytes)
	}
	return errors.Join(c.faults...)
}

// checkView is checkBlocks for a modal.
func checkView(v slack.ModalViewRequest) error {
	c := &checking{ids: map[string]bool{}}
	c.plain("title", v.Title, maxTitle)
	c.plain("close", v.Close, maxTitle)
	if v.Submit != nil {
		c.plain("submit", v.Submit, maxTitle)
	}
	c.optional("callback_id", v.CallbackID, maxID)
	c.optional("private_metadata", v.PrivateMetadata, maxState)
	c.count("blocks", len(v.Blocks.BlockSet), maxViewBlocks)
	for _, b := range v.Blocks.BlockSet {
		c.block(b)
		if _, input := b.(*slack.InputBlock); input && v.Submit == nil {
			c.fail("there is an input and nothing to submit it")
		}
	}
	return errors.Join(c.faults...)
}

// checkHome is checkBlocks for a Home tab.
func checkHome(v slack.HomeTabViewRequest) error {
	c := &checking{ids: map[string]bool{}}
	c.optional("callback_id", v.CallbackID, maxID)
	c.count("blocks", len(v.Blocks.BlockSet), maxViewBlocks)
	for _, b := range v.Blocks.BlockSet {
		c.block(b)
		if _, input := b.(*slack.InputBlock); input {
			c.fail("an input stands on a Home tab")
		}
	}
	if c.total > maxHome {
		c.fail("the blocks have %d characters of %d in all", c.total, maxHome)
	}
	return errors.Join(c.faults...)
}

// block checks one block of the kinds that this package draws.
func (c *checking) block(b slack.Block) {
	switch b := b.(type) {
	case *slack.HeaderBlock:
		c.id(b.BlockID)
		c.plain("header", b.Text, maxHeader)
	case *slack.DividerBlock:
		c.id(b.BlockID)
	case *slack.ContextBlock:
		c.id(b.BlockID)
		c.context(b)
	case *slack.ActionBlock:
		c.id(b.BlockID)
		c.actions(b)
	case *slack.RichTextBlock:
		c.id(b.BlockID)
		c.count("rich_text", len(b.Elements), maxRichElements)
		for _, e := range b.Elements {
			c.rich(e)
		}
	case *slack.InputBlock:
		c.id(b.BlockID)
		c.input(b)
	default:
		c.fail("block %T is not one that is drawn here", b)
	}
}

func (c *checking) context(b *slack.ContextBlock) {
	c.count("context", len(b.ContextElements.Elements), maxContext)
	for _, e := range b.ContextElements.Elements {
		t, ok := e.(*slack.TextBlockObject)
		if !ok {
			c.fail("context element %T is not one that is drawn here", e)
			continue
		}
		c.plain("context", t, maxTextObject)
	}
}

func (c *checking) actions(b *slack.ActionBlock) {
	c.count("actions", len(b.Elements.ElementSet), maxActions)
	seen := map[string]bool{}
	for _, e := range b.Elements.ElementSet {
		k, ok := e.(*slack.ButtonBlockElement)
		if !ok {
			c.fail("action %T is not one that is drawn here", e)
			continue
		}
		c.plain("button", k.Text, maxButton)
		c.size("button's action_id", k.ActionID, maxID)
		c.size("button's value", k.Value, maxValue)
		c.optional("button's url", k.URL, maxURL)
		c.size("button's accessibility_label", k.AccessibilityLabel, maxButton)
		if k.Style != "" && k.Style != slack.StylePrimary && k.Style != slack.StyleDanger {
			c.fail("button's style %q", k.Style)
		}
		if seen[k.ActionID] {
			c.fail("action_id %q twice", k.ActionID)
		}
		seen[k.ActionID] = true
	}
}

// rich checks a section or a list of sections.
func (c *checking) rich(e slack.RichTextElement) {
	switch e := e.(type) {
	case *slack.RichTextSection:
		c.count("rich_text_section", len(e.Elements), maxRichElements)
		for _, p := range e.Elements {
			c.piece(p)
		}
	case *slack.RichTextList:
		c.count("rich_text_list", len(e.Elements), maxRichElements)
		for _, s := range e.Elements {
			c.rich(s)
		}
	default:
		c.fail("rich_text element %T is not one that is drawn here", e)
	}
}

func (c *checking) piece(p slack.RichTextSectionElement) {
	switch p := p.(type) {
	case *slack.RichTextSectionTextElement:
		c.words("text", p.Text, maxTextObject)
	case *slack.RichTextSectionUserElement:
		if !userID.MatchString(p.UserID) {
			c.fail("user %q", p.UserID)
		}
	case *slack.RichTextSectionUserGroupElement:
		if !groupID.MatchString(p.UsergroupID) {
			c.fail("user group %q", p.UsergroupID)
		}
	case *slack.RichTextSectionEmojiElement:
		c.size("emoji", p.Name, 100)
	case *slack.RichTextSectionLinkElement:
		c.words("link", p.URL, maxTextObject)
	case *slack.RichTextSectionDateElement:
		if p.Timestamp <= 0 || p.Fallback == nil || *p.Fallback == "" {
			c.fail("date %d without its words", p.Timestamp)
		}
	default:
		c.fail("rich_text piece %T is not one that is drawn here", p)
	}
}

func (c *checking) input(b *slack.InputBlock) {
	c.size("input's block_id", b.BlockID, maxID)
	c.plain("label", b.Label, maxLabel)
	if b.Hint != nil {
		c.plain("hint", b.Hint, maxLabel)
	}
	switch e := b.Element.(type) {
	case *slack.PlainTextInputBlockElement:
		c.holder(e.Placeholder)
		c.optional("initial_value", e.InitialValue, maxTextObject)
	case *slack.NumberInputBlockElement:
		c.holder(e.Placeholder)
		c.optional("initial_value", e.InitialValue, maxTextObject)
		c.optional("min_value", e.MinValue, maxTextObject)
	case *slack.SelectBlockElement:
		c.holder(e.Placeholder)
		c.options(e)
	default:
		c.fail("input %T is not one that is drawn here", e)
	}
}

func (c *checking) holder(t *slack.TextBlockObject) {
	if t != nil {
		c.plain("placeholder", t, maxPlaceholder)
	}
}

func (c *checking) options(e *slack.SelectBlockElement) {
	if e.Type == slack.OptTypeStatic {
		c.count("options", len(e.Options), maxSelect)
	}
	values := map[string]bool{}
	for _, o := range e.Options {
		c.option(o)
		if values[o.Value] {
			c.fail("option %q twice", o.Value)
		}
		values[o.Value] = true
	}
	if o := e.InitialOption; o != nil {
		c.option(o)
		if e.Type == slack.OptTypeStatic && !values[o.Value] {
			c.fail("initial option %q is none of the options", o.Value)
		}
	}
}

func (c *checking) option(o *slack.OptionBlockObject) {
	c.plain("option", o.Text, maxOptionText)
	c.size("option's value", o.Value, maxOptionValue)
	if o.Description != nil {
		c.plain("option's description", o.Description, maxOptionText)
	}
}
