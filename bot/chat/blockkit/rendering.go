package blockkit

import (
	"cmp"
	"slices"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// Rendering is one way to show a message. When Slack refuses it for its form, the
// next, simpler one follows.
type Rendering struct {
	Text   string        // top-level text
	Blocks []slack.Block // none: the text alone
}

// CardRenderings renders a card, the whole one first, then simpler ones. fault says
// why the whole one is left out: Slack would refuse it, which is a fault of this
// package.
func CardRenderings(c view.Card) (rs []Rendering, fault error) {
	text := TopLevelText(c.Summary)
	if len(c.Summary) == 0 {
		text = cmp.Or(escapeMrkdwn(Cut(Visible(c.Title), maxSummary)), "Reinstall")
	}
	simpler := []Rendering{{text, ReducedCard(c)}, {ReducedText(c), nil}}
	blocks := Card(c)
	if err := CheckBlocks(blocks); err != nil {
		return simpler, err
	}
	return append([]Rendering{{text, blocks}}, simpler...), nil
}

// TextRenderings renders a text of at most limit code points, and its words alone
// as the simpler rendering. fault says why the markup is left out of the first.
func TextRenderings(t view.Text, limit int) (rs []Rendering, fault error) {
	r := Rendering{TopLevelText(t), TextBlocks(RichLines(t, limit))}
	if fault = CheckBlocks(r.Blocks); fault != nil {
		r.Blocks = TextBlocks(RichLines(view.Say(t.String()), MaxElement))
	}
	return []Rendering{r, {topLevelTextWithin(t, MaxElement), nil}}, fault
}

// WithButtons is a text's renderings with one before them that has the card's buttons as
// well. What Slack refuses for its form is shown without them.
func WithButtons(rs []Rendering, c view.Card) []Rendering {
	first := Rendering{rs[0].Text, slices.Clone(rs[0].Blocks)}
	block := buttonBlock(c, blockPrefix(c)+".act", maxButton, MaxBytes-BlocksSize(first.Blocks)-bytesAround)
	if block == nil {
		return rs
	}
	if first.Blocks = append(first.Blocks, block); CheckBlocks(first.Blocks) != nil {
		return rs
	}
	return append([]Rendering{first}, rs...)
}

// TextBlocks is one rich_text block of these elements.
func TextBlocks(els []slack.RichTextSectionElement) []slack.Block {
	return []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextSection(els...))}
}
