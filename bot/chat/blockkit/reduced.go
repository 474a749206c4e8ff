package blockkit

import (
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// A reduced card is shown if Slack refuses the whole one for its form, or would. It has
// the current state in few words, in place of an outdated card that looks current.

// The parts of a reduced card, in bytes of JSON; reducedMachineLength in code points.
const (
	reducedLeadBytes     = 3000
	reducedMachinesBytes = 6000
	reducedMachineLength = 400
	reducedButtonsBytes  = 3000
)

// ReducedCard renders the name, the state, what happens next and each machine's state, as
// far as that fits. Commands stand in for the rest, and harmless buttons stay.
func ReducedCard(c view.Card) []slack.Block {
	prefix := blockPrefix(c)
	status := view.Say(view.Emoji(strings.Trim(c.Status.Emoji, ":")), " ", view.Strong(c.Status.Word))
	head, _ := richRowWithin(status, maxWord, reducedLeadBytes)
	lines := []slack.RichTextElement{slack.NewRichTextSection(head...)}
	add := func(t view.Text, bytes int) {
		if len(t) > 0 {
			els, _ := richRowWithin(t, MaxElement, bytes)
			lines = append(lines, slack.NewRichTextSection(els...))
		}
	}
	add(c.Lead, reducedLeadBytes)
	s := &cardRenderer{layout: narrowBatchLayout, bounded: true, bytesLeft: reducedMachinesBytes}
	machines, _ := s.renderRows(c.Machines, maxMachines, reducedMachineLength, reducedMachinesBytes)
	lines = append(lines, machines...)
	add(typedInstead(c), reducedLeadBytes)
	title := plainText(c.Title, narrowBatchLayout.title)
	blocks := []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: title, BlockID: prefix + ".name"},
		slack.NewRichTextBlock(prefix+".state", lines...),
	}
	c.Buttons = harmlessButtons(c.Buttons)
	buttons := buttonBlock(c, prefix+".act", narrowBatchLayout.said, reducedButtonsBytes)
	if buttons != nil && CheckBlocks([]slack.Block{buttons}) == nil {
		blocks = append(blocks, buttons)
	}
	return append(blocks, idBlock(c, prefix))
}

// harmlessButtons are the buttons that stop something. Nobody turns a key by a card that
// does not show the whole plan.
func harmlessButtons(bs []view.Button) (out []view.Button) {
	for _, b := range bs {
		if b.Stops() {
			out = append(out, b)
		}
	}
	return out
}

// typedInstead says what to type in place of what a reduced card lacks.
func typedInstead(c view.Card) view.Text {
	t := view.Say("This card could not be shown in full. To read all of it, type ",
		view.Mono("/reinstall show "+c.ID), ".")
	for _, b := range c.Buttons {
		if !b.Stops() {
			t = append(t, view.Say(" In place of ", b.Label, ", type ", view.Mono(b.Typed(c.ID)), ".")...)
		}
	}
	return t
}

// ReducedText is all of a reduced card as top-level text, for the case that Slack takes
// no blocks at all.
func ReducedText(c view.Card) string {
	status := append(view.Say(c.Title, ": ", c.Status.Word, ". "), typedInstead(c)...)
	return TopLevelText(status) + "\n" + TopLevelText(c.Lead)
}
