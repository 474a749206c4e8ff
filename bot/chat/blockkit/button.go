package blockkit

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// buttonBlock renders as many buttons as fit into so many bytes of JSON, and the small
// one with those behind it; nil if there are none. said is how much a screen reader says
// of each.
func buttonBlock(c view.Card, id string, said, bytes int) slack.Block {
	value := buttonValue(c.ID, c.Rev)
	seenActions := map[string]int{}
	var els []slack.BlockElement
	more := overflowElement(c, value)
	if more != nil {
		bytes -= jsonSize(more)
	}
	for _, b := range c.Buttons[:min(len(c.Buttons), maxActions-1)] {
		action := actionOf(b)
		if n := seenActions[action]; n > 0 {
			action += "#" + strconv.Itoa(n)
		}
		seenActions[actionOf(b)]++
		k := newButton(b, action, value, c.Title)
		k.AccessibilityLabel = Cut(k.AccessibilityLabel, said)
		if bytes -= jsonSize(k); bytes < 0 {
			break
		}
		els = append(els, k)
	}
	if more != nil {
		els = append(els, more)
	}
	if len(els) == 0 {
		return nil
	}
	return slack.NewActionBlock(id, els...)
}

// actionOf is a button's action_id: its verb, and as what.
func actionOf(b view.Button) string {
	if b.As == "" {
		return b.Verb
	}
	return b.Verb + "." + b.As
}

// overflowElement is the small button with those behind it; nil if there are none.
func overflowElement(c view.Card, value string) slack.BlockElement {
	var opts []*slack.OptionBlockObject
	known := map[string]bool{}
	for _, b := range c.More {
		if known[actionOf(b)] || len(opts) == maxOverflow {
			continue
		}
		known[actionOf(b)] = true
		opts = append(opts, slack.NewOptionBlockObject(actionOf(b)+"|"+value, plainText(b.Label, maxOptionText), nil))
	}
	if len(opts) == 0 {
		return nil
	}
	e := slack.NewOverflowBlockElement(overflowAction, opts...)
	e.Confirm = confirmObject(c.MoreConfirm)
	return e
}

// overflowAction is the action_id of the small button.
const overflowAction = "more"

// confirmObject renders what is asked before a button counts; nil: nothing.
func confirmObject(c *view.Confirm) *slack.ConfirmationBlockObject {
	if c == nil {
		return nil
	}
	o := slack.NewConfirmationBlockObject(plainText(c.Title, maxConfirmTitle), plainText(c.Text, maxConfirmText),
		plainText(c.Yes, maxConfirmButton), plainText(c.No, maxConfirmButton))
	if c.Danger {
		o.Style = slack.StyleDanger
	}
	return o
}

// newButton renders one; what a screen reader says of it names the machine.
func newButton(b view.Button, action, value, machine string) *slack.ButtonBlockElement {
	k := slack.NewButtonBlockElement(action, value, plainText(b.Label, maxButton))
	if s := slack.Style(b.Style); s == slack.StylePrimary || s == slack.StyleDanger {
		k.Style = s
	}
	k.Confirm = confirmObject(b.Confirm)
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

// ReadButton reads action_id, value and block_id of a button. as is which of its verb's
// ways is meant. ok is false unless they are exactly as a card of Twokey's has them.
func ReadButton(action, value, block string) (verb, as, op string, rev int64, ok bool) {
	action, n, numbered := strings.Cut(action, "#")
	verb, as, hasAs := strings.Cut(action, ".")
	op, r, cutOK := strings.Cut(value, "|")
	if !cutOK || !IsVerb(verb) || hasAs && !IsVerb(as) || numbered && !counterNumber.MatchString(n) ||
		!IsOperationID(op) || !revisionNumber.MatchString(r) {
		return "", "", "", 0, false
	}
	rev, err := strconv.ParseInt(r, 10, 64)
	rest, ours := strings.CutPrefix(block, fmt.Sprintf("%s.%d.", op, rev))
	if err != nil || !ours || !actionsBlock.MatchString(rest) {
		return "", "", "", 0, false
	}
	return verb, as, op, rev, true
}

// ReadOverflow is ReadButton for what was chosen behind the small button.
func ReadOverflow(action, chosen, block string) (verb, as, op string, rev int64, ok bool) {
	button, value, isCut := strings.Cut(chosen, "|")
	if action != overflowAction || !isCut {
		return "", "", "", 0, false
	}
	return ReadButton(button, value, block)
}
