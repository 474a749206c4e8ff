package chat

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands"
	"twokey/commands/reinstall"
)

// A card is one message. What matters first stands first: the name, the state
// and what happens next, how far it is, what changed, then what would be lost, the findings,
// what is around, the keys, the buttons (in haste: before what would be lost),
// and last whence it comes. Rows are rich_text, one below the other: on a phone
// two columns are none.

const (
	maxLead     = 500
	maxProgress = 3   // lines
	maxStage    = 300 // of each
	maxChanged  = 4
	maxName     = 60 // of a row
	maxFoot     = 400
	maxSummary  = 600
	maxMachines = 20
)

// room is how much of a card's text is shown: how many rows and lines, and how
// long each.
type room struct {
	facts, findings, around, keys int
	row, machine, near            int
}

// wide is enough for whatever is usual. With every limit of the narrow ones met
// the blocks still hold fewer than maxMessage characters; several machines take
// the room of the rest.
var (
	wide      = room{facts: 14, findings: 12, around: 12, keys: 14, row: 900, machine: 300, near: 400}
	narrow    = room{facts: 12, findings: 6, around: 10, keys: 8, row: 200, near: 170}
	narrowAll = room{facts: 8, findings: 4, around: 4, keys: 5, row: 170, machine: 140, near: 170}
)

// cardBlocks draws a card, whole where Slack takes it so.
func cardBlocks(c commands.Card) []slack.Block {
	if blocks := cardIn(c, wide); textIn(blocks) <= maxMessage {
		return blocks
	}
	if len(c.Machines) > 0 {
		return cardIn(c, narrowAll)
	}
	return cardIn(c, narrow)
}

// blockPrefix is new at every change of what a card shows, as Slack wants it of
// an edit, and carries operation and revision, so that a stale click shows
// (section 3).
func blockPrefix(c commands.Card) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(c) // a card is made of words and times
	return cut(fmt.Sprintf("%s.%d.%x", seen(c.ID), c.Rev, h.Sum(nil)[:4]), 200)
}

func cardIn(c commands.Card, has room) []slack.Block {
	prefix := blockPrefix(c)
	blocks := []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plain(c.Title, maxHeader), BlockID: prefix + ".name"},
		slack.NewRichTextBlock(prefix+".state", stateSection(c)),
	}
	b := buttonBlock(c, prefix+".act")
	if b != nil && c.Haste {
		blocks, b = append(blocks, b), nil
	}
	add := func(id string, rows []slack.RichTextElement) {
		if len(rows) > 0 {
			blocks = append(blocks, slack.NewRichTextBlock(prefix+"."+id, rows...))
		}
	}
	rule := func(id string) {
		blocks = append(blocks, &slack.DividerBlock{Type: slack.MBTDivider, BlockID: prefix + "." + id})
	}
	add("changed", textSections(c.Changed, maxChanged, has.row+maxName))
	if len(c.Machines) > 0 {
		rule("rule0")
		add("machines", rowSections(c.Machines, maxMachines, has.machine))
	}
	rule("rule1")
	add("facts", rowSections(c.Facts, has.facts, has.row))
	rule("rule2")
	add("findings", textSections(c.Findings, has.findings, has.row+maxName))
	if len(c.Around) > 0 {
		head := slack.NewRichTextSection(rich(reinstall.Say(reinstall.Strong("Around it")), maxName)...)
		add("around", append([]slack.RichTextElement{head}, textSections(c.Around, has.around, has.near)...))
	}
	add("keys", rowSections(c.Keys, has.keys, has.row))
	if b != nil {
		blocks = append(blocks, b)
	}
	if len(c.Foot) > 0 {
		add("foot", []slack.RichTextElement{slack.NewRichTextSection(rich(c.Foot, maxFoot)...)})
	}
	return append(blocks, slack.NewContextBlock(prefix+".id", plain(fmt.Sprintf("Proposal %s, revision %d", c.ID, c.Rev), maxHeader)))
}

// maxWord is how much of a state's word is shown.
const maxWord = 200

// stateSection is the sign and the word of the state, the lead sentence, and how
// far it is.
func stateSection(c commands.Card) *slack.RichTextSection {
	head := reinstall.Say(reinstall.Emoji(strings.Trim(c.Status.Emoji, ":")), " ", reinstall.Strong(c.Status.Word))
	els := rich(head, maxWord)
	line := func(t reinstall.Text, limit int) {
		if len(t) > 0 {
			els = append(append(els, slack.NewRichTextSectionTextElement("\n", nil)), rich(t, limit)...)
		}
	}
	line(c.Lead, maxLead)
	for _, p := range c.Progress[:min(len(c.Progress), maxProgress)] {
		line(p, maxStage)
	}
	return slack.NewRichTextSection(els...)
}

// rowSections draws at most limit rows, and says how many are left out.
func rowSections(rows []commands.Row, limit, length int) []slack.RichTextElement {
	var out []slack.RichTextElement
	for _, r := range rows[:min(len(rows), limit)] {
		els := rich(reinstall.Say(reinstall.Strong(r.Label)), maxName)
		els = append(els, slack.NewRichTextSectionTextElement("  ", nil))
		out = append(out, slack.NewRichTextSection(append(els, rich(r.Value, length)...)...))
	}
	return append(out, leftOut(len(rows)-limit)...)
}

func textSections(ts []reinstall.Text, limit, length int) []slack.RichTextElement {
	var out []slack.RichTextElement
	for _, t := range ts[:min(len(ts), limit)] {
		out = append(out, slack.NewRichTextSection(rich(t, length)...))
	}
	return append(out, leftOut(len(ts)-limit)...)
}

func leftOut(n int) []slack.RichTextElement {
	if n <= 0 {
		return nil
	}
	return []slack.RichTextElement{slack.NewRichTextSection(rich(reinstall.Say(fmt.Sprintf("… and %d more", n)), maxWord)...)}
}

// buttonBlock draws the buttons, nil if there are none.
func buttonBlock(c commands.Card, id string) slack.Block {
	if len(c.Buttons) == 0 {
		return nil
	}
	value := buttonValue(c.ID, c.Rev)
	seenVerbs := map[string]int{}
	var els []slack.BlockElement
	for _, b := range c.Buttons[:min(len(c.Buttons), maxActions)] {
		action := b.Verb
		if n := seenVerbs[b.Verb]; n > 0 {
			action += "#" + strconv.Itoa(n)
		}
		seenVerbs[b.Verb]++
		els = append(els, button(b, action, value, c.Title))
	}
	return slack.NewActionBlock(id, els...)
}

// button draws one; what a screen reader says of it names the machine.
func button(b commands.Button, action, value, machine string) *slack.ButtonBlockElement {
	k := slack.NewButtonBlockElement(action, value, plain(b.Label, maxButton))
	if s := slack.Style(b.Style); s == slack.StylePrimary || s == slack.StyleDanger {
		k.Style = s
	}
	k.AccessibilityLabel = cut(oneLine(b.Label+", "+machine), maxButton)
	return k
}

func buttonValue(op string, rev int64) string { return op + "|" + strconv.FormatInt(rev, 10) }

// Crockford's alphabet has no I, L, O and U.
var (
	opID    = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}$`)
	revID   = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
	verbID  = regexp.MustCompile(`^[a-z]{1,20}$`)
	counter = regexp.MustCompile(`^[0-9]{1,2}$`)
	shownID = regexp.MustCompile(`^(?:[0-9a-f]{8}\.)?act$`) // older cards carry no more than operation and revision
)

// readButton undoes action_id, value and block_id of a button. ok is false
// unless they are exactly as a card of ours carries them.
func readButton(action, value, block string) (verb, op string, rev int64, ok bool) {
	verb, n, numbered := strings.Cut(action, "#")
	op, r, cutOK := strings.Cut(value, "|")
	if !cutOK || !verbID.MatchString(verb) || numbered && !counter.MatchString(n) || !opID.MatchString(op) || !revID.MatchString(r) {
		return "", "", 0, false
	}
	rev, err := strconv.ParseInt(r, 10, 64)
	drawn, ours := strings.CutPrefix(block, fmt.Sprintf("%s.%d.", op, rev))
	if err != nil || !ours || !shownID.MatchString(drawn) {
		return "", "", 0, false
	}
	return verb, op, rev, true
}

// bareCard is what is posted should a card ever fail its check: the name, the
// state and the way to go on, in few words that cannot fail.
func bareCard(c commands.Card) []slack.Block {
	line := reinstall.Say(reinstall.Strong(c.Status.Word), ". This card could not be drawn in full. Type /reinstall show "+c.ID+".")
	return []slack.Block{
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plain(c.Title, maxHeader)},
		slack.NewRichTextBlock("", slack.NewRichTextSection(rich(line, maxLead)...)),
	}
}

// drawCard draws and checks. A card that fails the check is a fault of this
// package: it is logged, and the bare card is shown rather than none.
func (c *Chat) drawCard(card commands.Card) (blocks []slack.Block, text string) {
	if text = fallback(card.Summary); strings.TrimSpace(text) == "" {
		text = escape(cut(seen(card.Title), maxSummary))
	}
	text = orElse(text, "Reinstall")
	blocks = cardBlocks(card)
	if err := checkBlocks(blocks); err != nil {
		c.log.Error("a card does not fit Slack's limits; the bare one is shown", "op", card.ID, "rev", card.Rev, "err", err)
		c.metrics.Refused("own_blocks")
		blocks = bareCard(card)
	}
	return blocks, text
}

// drawText draws a line, a whisper or a reply of at most limit code points,
// with its top-level text, and checks it.
func (c *Chat) drawText(t reinstall.Text, limit int) (blocks []slack.Block, text string) {
	text = fallback(t)
	blocks = textBlocks(richLines(t, limit))
	if err := checkBlocks(blocks); err != nil {
		c.log.Error("a text does not fit Slack's limits; its words alone are shown", "err", err)
		c.metrics.Refused("own_blocks")
		blocks = textBlocks(richLines(reinstall.Say(t.String()), maxElement))
	}
	return blocks, text
}

func textBlocks(els []slack.RichTextSectionElement) []slack.Block {
	return []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextSection(els...))}
}
