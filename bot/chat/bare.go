package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// A bare card is shown where the whole one is refused for its form, or would be:
// the newest truth in few words, rather than an old card that stands as if it
// were true.

// How much of a bare card is what, in bytes of JSON.
const (
	bareLead     = 3000
	bareMachines = 6000
	bareMachine  = 400
	bareButtons  = 3000
)

// bareCard draws the name, the state, what happens next, each machine's state as
// far as that fits, the way to all else, and the buttons that can do no harm.
func bareCard(c view.Card) []slack.Block {
	prefix := blockPrefix(c)
	head, _ := fitted(reinstall.Say(reinstall.Emoji(strings.Trim(c.Status.Emoji, ":")), " ", reinstall.Strong(c.Status.Word)), maxWord, bareLead)
	lines := []slack.RichTextElement{slack.NewRichTextSection(head...)}
	add := func(t reinstall.Text, bytes int) {
		if len(t) > 0 {
			els, _ := fitted(t, maxElement, bytes)
			lines = append(lines, slack.NewRichTextSection(els...))
		}
	}
	add(c.Lead, bareLead)
	s := &sheet{has: narrowAll, fits: true, left: bareMachines}
	machines, _ := s.rows(c.Machines, maxMachines, bareMachine, bareMachines)
	lines = append(lines, machines...)
	add(wayRound(c), bareLead)
	blocks := []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plain(c.Title, narrowAll.title), BlockID: prefix + ".name"},
		slack.NewRichTextBlock(prefix+".state", lines...),
	}
	c.Buttons = harmless(c.Buttons)
	if b := buttonBlock(c, prefix+".act", narrowAll.said, bareButtons); b != nil && checkBlocks([]slack.Block{b}) == nil {
		blocks = append(blocks, b)
	}
	return append(blocks, idBlock(c, prefix))
}

// harmless are the buttons that stop something. Nobody turns a key by a card that
// does not say what for.
func harmless(bs []view.Button) (out []view.Button) {
	for _, b := range bs {
		if b.Stops() {
			out = append(out, b)
		}
	}
	return out
}

// wayRound says what to type in place of what a bare card lacks.
func wayRound(c view.Card) reinstall.Text {
	t := reinstall.Say("This card could not be shown in full. To read all of it, type ", reinstall.Mono("/reinstall show "+c.ID), ".")
	for _, b := range c.Buttons {
		if !b.Stops() {
			t = append(t, reinstall.Say(" In place of ", b.Label, ", type ", reinstall.Mono(b.Typed(c.ID)), ".")...)
		}
	}
	return t
}

// bareText is all of a bare card as top-level text, for the case that Slack takes
// no blocks at all.
func bareText(c view.Card) string {
	return fallback(append(reinstall.Say(c.Title, ": ", c.Status.Word, ". "), wayRound(c)...)) + "\n" + fallback(c.Lead)
}
