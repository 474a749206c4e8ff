package blockkit

import (
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// A reduced card is shown if Slack refuses the whole one for its form, or would. It has
// the current state in few words, in place of an outdated card that looks current.

// reducedLineBytes is the JSON of each line of a reduced card, reducedLines how many
// it has; reducedButtonBytes is that of its buttons.
const (
	reducedLineBytes   = 1500
	reducedLines       = 5
	reducedButtonBytes = 3000
)

// ReducedCard renders the name, the state and the first lines. Commands stand in for the
// rest, and harmless buttons stay.
func ReducedCard(c view.Card) []slack.Block {
	prefix := blockPrefix(c)
	status := view.Say(view.Emoji(strings.Trim(c.Status.Emoji, ":")), " ", view.Strong(c.Status.Word))
	lines := cardLines(append([]view.Text{status}, c.Lines[:min(len(c.Lines), reducedLines)]...), reducedLineBytes)
	typed, _ := richRowWithin(typedInstead(c), MaxElement, 2*reducedLineBytes)
	lines = append(lines, slack.NewRichTextSection(typed...))
	blocks := []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plainText(c.Title, maxHeader), BlockID: prefix + ".name"},
		slack.NewRichTextBlock(prefix+".state", lines...),
	}
	c.Buttons, c.More = harmlessButtons(c.AllButtons()), nil
	buttons := buttonBlock(c, prefix+".act", shortLabel, reducedButtonBytes)
	if buttons != nil && CheckBlocks([]slack.Block{buttons}) == nil {
		blocks = append(blocks, buttons)
	}
	return blocks
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
	for _, b := range c.AllButtons() {
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
	return TopLevelText(status) + "\n" + TopLevelText(c.Summary)
}
