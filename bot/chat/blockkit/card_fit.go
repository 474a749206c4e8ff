package blockkit

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// layout is how much of a card is shown: how many rows and lines, and how long each,
// in code points.
type layout struct {
	facts, findings, around, keys int
	row, machine, near            int
	title, lead, stage, said      int
	// bytes of JSON for the parts that are always there, and for the buttons
	head, foot, buttons int
}

// wideLayout is enough for usual cards. The narrow ones leave more than half of MaxBytes
// to the rows of any card.
var (
	wideLayout = layout{
		facts: 14, findings: 12, around: 12, keys: 14, row: 900, machine: 300, near: 400,
		title: maxHeader, lead: 500, stage: 300, said: maxButton, head: MaxBytes, foot: MaxBytes, buttons: MaxBytes,
	}
	narrowLayout = layout{
		facts: 14, findings: 12, around: 12, keys: 14, row: 600, near: 300,
		title: maxHeader, lead: 500, stage: 300, said: 40, head: 2600, foot: 800, buttons: 4200,
	}
	narrowBatchLayout = layout{
		facts: 14, findings: 12, around: 12, keys: 14, row: 600, machine: 300, near: 300,
		title: 60, lead: 400, stage: 200, said: 40, head: 2000, foot: 800, buttons: 3600,
	}
)

// leastRow is the fewest bytes in which a row is rendered; with fewer it is left out.
const leastRow = 320

// keptForKeys is what rows of machines leave to those of keys.
const keptForKeys = 900

// Card renders a card within what Slack takes.
func Card(c view.Card) []slack.Block {
	blocks, _ := renderCard(c)
	return blocks
}

// renderCard renders a card, whole if Slack takes it so. over has what is left out, in
// the places of a card: the rows and lines that are missing or shortened.
func renderCard(c view.Card) (blocks []slack.Block, over view.Card) {
	s := &cardRenderer{card: c, layout: wideLayout, bytesLeft: MaxBytes}
	if blocks = s.render(); BlocksSize(blocks) <= MaxBytes {
		return blocks, s.overflow
	}
	s = &cardRenderer{card: c, layout: narrowLayout, bounded: true}
	if len(c.Machines) > 0 {
		s.layout = narrowBatchLayout
	}
	return s.render(), s.overflow
}

// Overflow is what a card has no room for, in the places of a card.
func Overflow(card view.Card) view.Card {
	_, over := renderCard(card)
	return over
}

// A cardRenderer is a card while it is rendered.
type cardRenderer struct {
	card      view.Card
	layout    layout
	bounded   bool // the rows share bytesLeft
	bytesLeft int  // of MaxBytes
	overflow  view.Card
}

// rowGroups are a card's rows, rendered.
type rowGroups struct {
	changed, machines, facts, findings, around, keys []slack.RichTextElement
}

func (s *cardRenderer) render() []slack.Block {
	prefix := blockPrefix(s.card)
	buttons := buttonBlock(s.card, prefix+".act", s.layout.said, s.layout.buttons)
	if s.bounded {
		s.bytesLeft = MaxBytes - BlocksSize(s.assemble(prefix, buttons, rowGroups{}, true)) - sizeAroundRowGroups
	}
	p := s.renderRowGroups()
	return s.assemble(prefix, buttons, p, hasRows(s.overflow))
}

// sizeAroundRowGroups is more than the JSON around the row groups of a card.
const sizeAroundRowGroups = 6 * 110

// renderRowGroups renders the groups by weight: each gets a part of what is left.
func (s *cardRenderer) renderRowGroups() (p rowGroups) {
	c, has := s.card, s.layout
	p.machines, s.overflow.Machines = s.renderRows(c.Machines, maxMachines, has.machine, s.machineBytes())
	p.keys, s.overflow.Keys = s.renderRows(c.Keys, has.keys, has.row, max(s.bytesLeft/2, min(s.bytesLeft, keptForKeys)))
	p.changed, s.overflow.Changed = s.renderLines(c.Changed, maxChanged, has.row+maxName, s.bytesLeft/2)
	p.findings, s.overflow.Findings = s.renderLines(c.Findings, has.findings, has.row+maxName, s.bytesLeft/2)
	p.facts, s.overflow.Facts = s.renderRows(c.Facts, has.facts, has.row, s.bytesLeft)
	p.around, s.overflow.Around = s.renderLines(c.Around, has.around, has.near, s.bytesLeft)
	return p
}

// machineBytes is what the rows of machines may take: enough for the name and the state
// of each, or half. The keys and the plan need room too.
func (s *cardRenderer) machineBytes() int {
	kept, needed := 0, sizeOfLeftOut
	if len(s.card.Keys) > 0 {
		kept = keptForKeys
	}
	for _, m := range s.card.Machines {
		needed += max(leastRow, wordsSize(labelOf(m))+sizeOfRowState+sizeAroundRow)
	}
	return min(max(needed, s.bytesLeft/2), s.bytesLeft-kept)
}

// assemble is the whole message with these rows in it; rest says that the thread has
// more.
func (s *cardRenderer) assemble(prefix string, buttons slack.Block, p rowGroups, rest bool) []slack.Block {
	c := s.card
	blocks := []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plainText(c.Title, s.layout.title), BlockID: prefix + ".name"},
		slack.NewRichTextBlock(prefix+".state", s.stateSection(rest)),
	}
	if buttons != nil && c.Haste {
		blocks, buttons = append(blocks, buttons), nil
	}
	add := func(id string, rows []slack.RichTextElement) {
		if len(rows) > 0 {
			blocks = append(blocks, slack.NewRichTextBlock(prefix+"."+id, rows...))
		}
	}
	rule := func(id string) {
		blocks = append(blocks, &slack.DividerBlock{Type: slack.MBTDivider, BlockID: prefix + "." + id})
	}
	add("changed", p.changed)
	if len(c.Machines) > 0 {
		rule("rule0")
		add("machines", p.machines)
	}
	rule("rule1")
	add("facts", p.facts)
	rule("rule2")
	add("findings", p.findings)
	if len(p.around) > 0 {
		head := slack.NewRichTextSection(RichRow(view.Say(view.Strong("Around it")), maxName)...)
		add("around", append([]slack.RichTextElement{head}, p.around...))
	}
	add("keys", p.keys)
	if buttons != nil {
		blocks = append(blocks, buttons)
	}
	if len(c.Foot) > 0 {
		foot, _ := richRowWithin(c.Foot, maxFoot, s.layout.foot)
		add("foot", []slack.RichTextElement{slack.NewRichTextSection(foot...)})
	}
	return append(blocks, idBlock(c, prefix))
}

func idBlock(c view.Card, prefix string) slack.Block {
	return slack.NewContextBlock(prefix+".id", plainText(fmt.Sprintf("Proposal %s, revision %d", c.ID, c.Rev),
		maxHeader))
}

// maxWord is how much of a state's word is shown.
const maxWord = 200

// restInThread says on a card that the thread has the rest.
var restInThread = view.Say(view.Strong("The card has no room for all of it. The rest is in the thread."))

// stateSection is the state with its sign, the lead sentence, the progress, and whether
// the thread has the rest.
func (s *cardRenderer) stateSection(rest bool) *slack.RichTextSection {
	c := s.card
	bytes := s.layout.head
	head := view.Say(view.Emoji(strings.Trim(c.Status.Emoji, ":")), " ", view.Strong(c.Status.Word))
	els, _ := richRowWithin(head, maxWord, bytes/3)
	line := func(t view.Text, limit, most int) {
		if len(t) == 0 {
			return
		}
		more, _ := richRowWithin(t, limit, most)
		els = append(append(els, slack.NewRichTextSectionTextElement("\n", nil)), more...)
	}
	line(c.Lead, s.layout.lead, bytes/2)
	for _, p := range c.Progress[:min(len(c.Progress), maxProgress)] {
		line(p, s.layout.stage, bytes/4)
	}
	if rest {
		line(restInThread, maxWord, MaxBytes)
	}
	return slack.NewRichTextSection(els...)
}

// renderRows renders at most limit rows in at most so many bytes; over has those that are
// not shown, or not in full.
func (s *cardRenderer) renderRows(rows []view.Row, limit, length, bytes int) (
	out []slack.RichTextElement, over []view.Row,
) {
	return renderWithin(s, rows, limit, bytes, func(r view.Row, bytes int) (*slack.RichTextSection, bool) {
		return rowSection(r, length, bytes)
	})
}

// renderLines is renderRows for lines.
func (s *cardRenderer) renderLines(ts []view.Text, limit, length, bytes int) (
	out []slack.RichTextElement, over []view.Text,
) {
	return renderWithin(s, ts, limit, bytes, func(t view.Text, bytes int) (*slack.RichTextSection, bool) {
		els, whole := richRowWithin(t, length, bytes-sizeAroundRow)
		return slack.NewRichTextSection(els...), whole
	})
}

// renderWithin renders rows, and a last one that counts those left out. render reports
// whether it rendered the whole row.
func renderWithin[T any](
	s *cardRenderer, rows []T, limit, bytes int, render func(row T, bytes int) (*slack.RichTextSection, bool),
) (out []slack.RichTextElement, over []T) {
	b := s.budgetFor(len(rows), limit, bytes)
	for i, r := range rows {
		each, ok := b.nextShare(i)
		if !ok {
			out, over = append(out, leftOutRow(len(rows)-i)), append(over, rows[i:]...)
			break
		}
		row, whole := render(r, each)
		b.spendRow(row)
		out = append(out, row)
		if !whole {
			over = append(over, r)
		}
	}
	s.spendBytes(out)
	return out, over
}

func (s *cardRenderer) spendBytes(rows []slack.RichTextElement) {
	if s.bounded && len(rows) > 0 {
		s.bytesLeft -= jsonSize(rows)
	}
}

// byteBudget shares bytes among rows: what one does not need is for those after it.
type byteBudget struct{ rows, left int }

// sizeOfLeftOut is more than the size of the row that counts those left out.
const sizeOfLeftOut = 130

func (s *cardRenderer) budgetFor(rows, limit, bytes int) *byteBudget {
	if !s.bounded {
		return &byteBudget{min(rows, limit), rows * MaxBytes}
	}
	return &byteBudget{min(rows, limit), bytes - sizeOfLeftOut}
}

// nextShare is how many bytes row i may take; ok says that they suffice.
func (b *byteBudget) nextShare(i int) (bytes int, ok bool) {
	if i >= b.rows {
		return 0, false
	}
	bytes = min(b.left/(b.rows-i), MaxBytes)
	if bytes < leastRow && b.left >= leastRow { // rather some than none
		bytes = leastRow
	}
	return bytes, bytes >= leastRow
}

func (b *byteBudget) spendRow(row *slack.RichTextSection) { b.left -= jsonSize(row) + 1 }

// sizeAroundRow is more than the JSON around the elements of one row.
const sizeAroundRow = 60

// rowSection renders a row in at most so many bytes; whole says that nothing of it is
// left out.
func rowSection(r view.Row, length, bytes int) (row *slack.RichTextSection, whole bool) {
	bytes -= sizeAroundRow
	label := labelOf(r)
	if room := max(bytes-sizeOfRowState, bytes/3); wordsSize(label) > room {
		label = cutMiddle(label, room)
	}
	els := RichRow(view.Say(view.Strong(label)), maxName)
	els = append(els, slack.NewRichTextSectionTextElement("  ", nil))
	value, whole := richRowWithin(r.Value, length, bytes-jsonSize(els))
	return slack.NewRichTextSection(append(els, value...)...), whole && label == OneLine(r.Label)
}

// labelOf is a row's label, or the two ends of one that is too long.
func labelOf(r view.Row) string {
	label := OneLine(r.Label)
	if rs := []rune(label); len(rs) > maxName {
		const tail = maxName / 3
		return Cut(label, maxName-tail) + string(rs[len(rs)-tail:])
	}
	return label
}

// sizeOfRowState is what the state of a machine takes after its name, with the JSON
// around both.
const sizeOfRowState = 230

func leftOutRow(n int) slack.RichTextElement {
	return slack.NewRichTextSection(RichRow(view.Say(fmt.Sprintf("… and %d more", n)), maxWord)...)
}

// hasRows reports whether a card has any.
func hasRows(c view.Card) bool {
	return len(c.Machines)+len(c.Facts)+len(c.Keys)+len(c.Changed)+len(c.Findings)+len(c.Around) > 0
}
