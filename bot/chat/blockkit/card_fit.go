package blockkit

import (
	"fmt"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// leastLine is the fewest bytes of JSON in which a line is rendered.
const leastLine = 320

// Card renders a card within what Slack takes. Lines that have no room are shortened, or
// counted in a last line that says where they are.
func Card(c view.Card) []slack.Block {
	blocks := renderCard(c, MaxBytes, maxButton)
	if BlocksSize(blocks) <= MaxBytes {
		return blocks
	}
	bare := c
	bare.Lines = nil
	left := MaxBytes - BlocksSize(renderCard(bare, MaxBytes, shortLabel)) - sizeAroundLines
	return renderCard(c, max(left/(min(len(c.Lines), maxLines)+1), leastLine), shortLabel)
}

// shortLabel is how much of a label is said where bytes are short; sizeAroundLines is
// more than the JSON around the lines.
const (
	shortLabel      = 40
	sizeAroundLines = 400
)

// renderCard renders a card with so many bytes for each line. said is how much a screen
// reader says of each button.
func renderCard(c view.Card, bytes, said int) []slack.Block {
	prefix := blockPrefix(c)
	blocks := []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plainText(c.Title, maxHeader), BlockID: prefix + ".name"},
	}
	if lines := cardLines(c.Lines, bytes); len(lines) > 0 {
		blocks = append(blocks, slack.NewRichTextBlock(prefix+".lines", lines...))
	}
	if buttons := buttonBlock(c, prefix+".act", said, MaxBytes/2); buttons != nil {
		blocks = append(blocks, buttons)
	}
	if len(c.Foot) > 0 {
		foot, _ := richRowWithin(c.Foot, maxFoot, MaxBytes/10)
		blocks = append(blocks, slack.NewRichTextBlock(prefix+".foot", slack.NewRichTextSection(foot...)))
	}
	return blocks
}

// cardLines are lines, a section each.
func cardLines(ts []view.Text, bytes int) (out []slack.RichTextElement) {
	for i, t := range ts {
		if i == maxLines {
			t = view.Say(fmt.Sprintf("… and %d more: press Details", len(ts)-i))
		}
		els, _ := richRowWithin(t, maxLine, bytes-sizeAroundLine)
		if out = append(out, slack.NewRichTextSection(els...)); i == maxLines {
			break
		}
	}
	return out
}

// sizeAroundLine is more than the JSON around the elements of one line.
const sizeAroundLine = 60
