package blockkit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

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
// (bot/chat, section 3.6).
func blockPrefix(c view.Card) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(c) // a card is made of words and times
	return Cut(fmt.Sprintf("%s.%d.%x", Visible(c.ID), c.Rev, h.Sum(nil)[:4]), 200)
}
