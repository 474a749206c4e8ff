package blockkit

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// buttonBlock renders as many buttons as fit into so many bytes of JSON; nil if there are
// none. said is how much a screen reader says of each.
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
		k := newButton(b, action, value, c.Title)
		k.AccessibilityLabel = Cut(k.AccessibilityLabel, said)
		if bytes -= jsonSize(k); bytes < 0 {
			break
		}
		els = append(els, k)
	}
	if len(els) == 0 {
		return nil
	}
	return slack.NewActionBlock(id, els...)
}

// newButton renders one; what a screen reader says of it names the machine.
func newButton(b view.Button, action, value, machine string) *slack.ButtonBlockElement {
	k := slack.NewButtonBlockElement(action, value, plainText(b.Label, maxButton))
	if s := slack.Style(b.Style); s == slack.StylePrimary || s == slack.StyleDanger {
		k.Style = s
	}
	k.AccessibilityLabel = Cut(OneLine(b.Label+", "+machine), maxButton)
	return k
}

func buttonValue(op string, rev int64) string { return op + "|" + strconv.FormatInt(rev, 10) }

var (
	revisionNumber = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
	counterNumber  = regexp.MustCompile(`^[0-9]{1,2}$`)
	// actionsBlock ends the block_id; in older cards it had no hash.
	actionsBlock = regexp.MustCompile(`^(?:[0-9a-f]{8}\.)?act$`)
)

// ReadButton reads action_id, value and block_id of a button. ok is false unless they
// are exactly as a card of Twokey's has them.
func ReadButton(action, value, block string) (verb, op string, rev int64, ok bool) {
	verb, n, numbered := strings.Cut(action, "#")
	op, r, cutOK := strings.Cut(value, "|")
	if !cutOK || !IsVerb(verb) || numbered && !counterNumber.MatchString(n) || !IsOperationID(op) ||
		!revisionNumber.MatchString(r) {
		return "", "", 0, false
	}
	rev, err := strconv.ParseInt(r, 10, 64)
	rest, ours := strings.CutPrefix(block, fmt.Sprintf("%s.%d.", op, rev))
	if err != nil || !ours || !actionsBlock.MatchString(rest) {
		return "", "", 0, false
	}
	return verb, op, rev, true
}
