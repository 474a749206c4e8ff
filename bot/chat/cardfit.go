package chat

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// room is how much of a card's text is shown: how many rows and lines, and how
// long each, in code points.
type room struct {
	facts, findings, around, keys int
	row, machine, near            int
	title, lead, stage, said      int
	// of the JSON, in bytes: what stands in any case, and the buttons.
	head, foot, buttons int
}

// wide is enough for whatever is usual. The narrow ones leave, whatever stands in
// the card, more than half of maxBytes to its rows.
var (
	wide = room{
		facts: 14, findings: 12, around: 12, keys: 14, row: 900, machine: 300, near: 400,
		title: maxHeader, lead: 500, stage: 300, said: maxButton, head: maxBytes, foot: maxBytes, buttons: maxBytes,
	}
	narrow    = room{facts: 14, findings: 12, around: 12, keys: 14, row: 600, near: 300, title: maxHeader, lead: 500, stage: 300, said: 40, head: 2600, foot: 800, buttons: 4200}
	narrowAll = room{facts: 14, findings: 12, around: 12, keys: 14, row: 600, machine: 300, near: 300, title: 60, lead: 400, stage: 200, said: 40, head: 2000, foot: 800, buttons: 3600}
)

// leastRow is the fewest bytes in which a row is drawn; with fewer it is left out.
const leastRow = 320

// keptForKeys is what rows of machines leave to those of keys.
const keptForKeys = 900

// cardBlocks draws a card within what Slack takes.
func cardBlocks(c view.Card) []slack.Block {
	blocks, _ := fit(c)
	return blocks
}

// fit draws a card, whole where Slack takes it so. over has what is left out, in
// the places of a card: the rows and lines that are not there, or not in full.
func fit(c view.Card) (blocks []slack.Block, over view.Card) {
	s := &sheet{card: c, has: wide, left: maxBytes}
	if blocks = s.draw(); sizeOfBlocks(blocks) <= maxBytes {
		return blocks, s.over
	}
	s = &sheet{card: c, has: narrow, fits: true}
	if len(c.Machines) > 0 {
		s.has = narrowAll
	}
	return s.draw(), s.over
}

// Over implements commands.Chat.
func (c *Chat) Over(card view.Card) view.Card {
	_, over := fit(card)
	return over
}

// A sheet is a card while it is drawn.
type sheet struct {
	card view.Card
	has  room
	fits bool // what is drawn is held to what is left of maxBytes
	left int  // bytes of JSON
	over view.Card
}

// parts are a card's rows, drawn.
type parts struct {
	changed, machines, facts, findings, around, keys []slack.RichTextElement
}

func (s *sheet) draw() []slack.Block {
	prefix := blockPrefix(s.card)
	buttons := buttonBlock(s.card, prefix+".act", s.has.said, s.has.buttons)
	if s.fits {
		s.left = maxBytes - sizeOfBlocks(s.around(prefix, buttons, parts{}, true)) - sizeAroundParts
	}
	p := s.parts()
	return s.around(prefix, buttons, p, hasRows(s.over))
}

// sizeAroundParts is more than the blocks take in which the parts of a card stand.
const sizeAroundParts = 6 * 110

// parts draws the rows by weight, each part of what those before it left.
func (s *sheet) parts() (p parts) {
	c, has := s.card, s.has
	p.machines, s.over.Machines = s.rows(c.Machines, maxMachines, has.machine, s.forMachines())
	p.keys, s.over.Keys = s.rows(c.Keys, has.keys, has.row, max(s.left/2, min(s.left, keptForKeys)))
	p.changed, s.over.Changed = s.texts(c.Changed, maxChanged, has.row+maxName, s.left/2)
	p.findings, s.over.Findings = s.texts(c.Findings, has.findings, has.row+maxName, s.left/2)
	p.facts, s.over.Facts = s.rows(c.Facts, has.facts, has.row, s.left)
	p.around, s.over.Around = s.texts(c.Around, has.around, has.near, s.left)
	return p
}

// forMachines is what the rows of machines may take: the name and the state of
// each, or else half, so that the keys and the plan have room beside them.
func (s *sheet) forMachines() int {
	kept, needed := 0, sizeOfLeftOut
	if len(s.card.Keys) > 0 {
		kept = keptForKeys
	}
	for _, m := range s.card.Machines {
		needed += max(leastRow, sizeOfWords(labelOf(m))+sizeOfRowState+sizeAroundRow)
	}
	return min(max(needed, s.left/2), s.left-kept)
}

// around is the whole message with these rows in it; rest: the thread has more.
func (s *sheet) around(prefix string, buttons slack.Block, p parts, rest bool) []slack.Block {
	c := s.card
	blocks := []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plain(c.Title, s.has.title), BlockID: prefix + ".name"},
		slack.NewRichTextBlock(prefix+".state", s.state(rest)),
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
		head := slack.NewRichTextSection(rich(reinstall.Say(reinstall.Strong("Around it")), maxName)...)
		add("around", append([]slack.RichTextElement{head}, p.around...))
	}
	add("keys", p.keys)
	if buttons != nil {
		blocks = append(blocks, buttons)
	}
	if len(c.Foot) > 0 {
		foot, _ := fitted(c.Foot, maxFoot, s.has.foot)
		add("foot", []slack.RichTextElement{slack.NewRichTextSection(foot...)})
	}
	return append(blocks, idBlock(c, prefix))
}

func idBlock(c view.Card, prefix string) slack.Block {
	return slack.NewContextBlock(prefix+".id", plain(fmt.Sprintf("Proposal %s, revision %d", c.ID, c.Rev), maxHeader))
}

// maxWord is how much of a state's word is shown.
const maxWord = 200

// theRest says on a card where to look for what is not on it.
var theRest = reinstall.Say(reinstall.Strong("The card has no room for all of it. The rest is in the thread."))

// state is the sign and the word of the state, the lead sentence, how far it is,
// and where the rest is, if there is one.
func (s *sheet) state(rest bool) *slack.RichTextSection {
	c := s.card
	bytes := s.has.head
	head := reinstall.Say(reinstall.Emoji(strings.Trim(c.Status.Emoji, ":")), " ", reinstall.Strong(c.Status.Word))
	els, _ := fitted(head, maxWord, bytes/3)
	line := func(t reinstall.Text, limit, most int) {
		if len(t) == 0 {
			return
		}
		more, _ := fitted(t, limit, most)
		els = append(append(els, slack.NewRichTextSectionTextElement("\n", nil)), more...)
	}
	line(c.Lead, s.has.lead, bytes/2)
	for _, p := range c.Progress[:min(len(c.Progress), maxProgress)] {
		line(p, s.has.stage, bytes/4)
	}
	if rest {
		line(theRest, maxWord, maxBytes)
	}
	return slack.NewRichTextSection(els...)
}

// rows draws at most limit rows in at most so many bytes; over has those that are
// not shown, or not in full.
func (s *sheet) rows(rows []view.Row, limit, length, bytes int) (out []slack.RichTextElement, over []view.Row) {
	return part(s, rows, limit, bytes, func(r view.Row, bytes int) (*slack.RichTextSection, bool) {
		return rowSection(r, length, bytes)
	})
}

// texts is rows for lines.
func (s *sheet) texts(ts []reinstall.Text, limit, length, bytes int) (out []slack.RichTextElement, over []reinstall.Text) {
	return part(s, ts, limit, bytes, func(t reinstall.Text, bytes int) (*slack.RichTextSection, bool) {
		els, whole := fitted(t, length, bytes-sizeAroundRow)
		return slack.NewRichTextSection(els...), whole
	})
}

// part draws rows with draw, which says whether one is whole, and how many are left
// out.
func part[T any](s *sheet, rows []T, limit, bytes int, draw func(row T, bytes int) (*slack.RichTextSection, bool)) (out []slack.RichTextElement, over []T) {
	b := s.bounds(len(rows), limit, bytes)
	for i, r := range rows {
		each, ok := b.next(i)
		if !ok {
			out, over = append(out, leftOut(len(rows)-i)), append(over, rows[i:]...)
			break
		}
		row, whole := draw(r, each)
		b.spend(row)
		out = append(out, row)
		if !whole {
			over = append(over, r)
		}
	}
	s.spend(out)
	return out, over
}

func (s *sheet) spend(rows []slack.RichTextElement) {
	if s.fits && len(rows) > 0 {
		s.left -= sizeOf(rows)
	}
}

// bounds shares bytes out among rows: what one does not need is for those behind.
type bounds struct{ rows, left int }

// sizeOfLeftOut is more than the row takes that counts those left out.
const sizeOfLeftOut = 130

func (s *sheet) bounds(rows, limit, bytes int) *bounds {
	if !s.fits {
		return &bounds{min(rows, limit), rows * maxBytes}
	}
	return &bounds{min(rows, limit), bytes - sizeOfLeftOut}
}

// next is how many bytes row i may take; ok: it is drawn.
func (b *bounds) next(i int) (bytes int, ok bool) {
	if i >= b.rows {
		return 0, false
	}
	bytes = min(b.left/(b.rows-i), maxBytes)
	if bytes < leastRow && b.left >= leastRow { // rather some than none
		bytes = leastRow
	}
	return bytes, bytes >= leastRow
}

func (b *bounds) spend(row *slack.RichTextSection) { b.left -= sizeOf(row) + 1 }

// sizeAroundRow is more than what stands around the elements of one row.
const sizeAroundRow = 60

// rowSection draws a row in at most so many bytes; whole: nothing of it is left
// out.
func rowSection(r view.Row, length, bytes int) (row *slack.RichTextSection, whole bool) {
	bytes -= sizeAroundRow
	label := labelOf(r)
	if room := max(bytes-sizeOfRowState, bytes/3); sizeOfWords(label) > room {
		label = cutInside(label, room)
	}
	els := rich(reinstall.Say(reinstall.Strong(label)), maxName)
	els = append(els, slack.NewRichTextSectionTextElement("  ", nil))
	value, whole := fitted(r.Value, length, bytes-sizeOf(els))
	return slack.NewRichTextSection(append(els, value...)...), whole && label == oneLine(r.Label)
}

// labelOf is a row's label; of one that is too long its two ends.
func labelOf(r view.Row) string {
	label := oneLine(r.Label)
	if rs := []rune(label); len(rs) > maxName {
		const tail = maxName / 3
		return cut(label, maxName-tail) + string(rs[len(rs)-tail:])
	}
	return label
}

// sizeOfRowState is what the state of a machine takes behind its name, with what
// stands around both.
const sizeOfRowState = 230

func leftOut(n int) slack.RichTextElement {
	return slack.NewRichTextSection(rich(reinstall.Say(fmt.Sprintf("… and %d more", n)), maxWord)...)
}

// hasRows reports whether a card has any.
func hasRows(c view.Card) bool {
	return len(c.Machines)+len(c.Facts)+len(c.Keys)+len(c.Changed)+len(c.Findings)+len(c.Around) > 0
}
