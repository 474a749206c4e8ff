package chat

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// A card is one message. What matters first stands first: the name, the state
// and what happens next, how far it is, what changed, then what would be lost, the findings,
// what is around, the keys, the buttons (in haste: before what would be lost),
// and last whence it comes. Rows are rich_text, one below the other: on a phone
// two columns are none.

const (
	maxProgress = 3 // lines
	maxChanged  = 4
	maxName     = 60 // of a row
	maxFoot     = 400
	maxSummary  = 600
	maxMachines = 20
)

// blockPrefix is new at every change of what a card shows, as Slack wants it of
// an edit, and carries operation and revision, so that a stale click shows
// (section 3).
func blockPrefix(c view.Card) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(c) // a card is made of words and times
	return cut(fmt.Sprintf("%s.%d.%x", seen(c.ID), c.Rev, h.Sum(nil)[:4]), 200)
}

// buttonBlock draws the buttons, as many as at most so many bytes of JSON hold; nil
// if there are none. said is how much a screen reader says of each.
func buttonBlock(c view.Card, id string, said, bytes int) slack.Block {
	value := buttonValue(c.ID, c.Rev)
	seenVerbs := map[string]int{}
	var els []slack.BlockElement
	for _, b := range c.Buttons[:min(len(c.Buttons), maxActions)] {
		action := b.Verb
		if n := seenVerbs[b.Verb]; n > 0 {
			action += "#" + strconv.Itoa(n)
		}
		seenVerbs[b.Verb]++
		k := button(b, action, value, c.Title)
		k.AccessibilityLabel = cut(k.AccessibilityLabel, said)
		if bytes -= sizeOf(k); bytes < 0 {
			break
		}
		els = append(els, k)
	}
	if len(els) == 0 {
		return nil
	}
	return slack.NewActionBlock(id, els...)
}

// button draws one; what a screen reader says of it names the machine.
func button(b view.Button, action, value, machine string) *slack.ButtonBlockElement {
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
