package blockkit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"twokey/commands/view"
)

// A card is one message, in the order in which people need it: the name, the state and
// what happens next, the progress, what changed, what would be lost, the findings, the
// surroundings, the keys, the buttons (in haste right after the state) and the origin.
// Rows are rich_text, one below the other: a phone cannot show two columns.

const (
	maxProgress = 3 // lines
	maxChanged  = 4
	maxName     = 60 // of a row
	maxFoot     = 400
	maxSummary  = 600
	maxMachines = 20
)

// blockPrefix begins the block_ids of a card. It is new at every change of what the card
// shows, as Slack wants it of an edit. It has operation and revision in it, so that a
// stale click is recognised (bot/chat, section 3.6).
func blockPrefix(c view.Card) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(c) // a card is made of words and times
	return Cut(fmt.Sprintf("%s.%d.%x", Visible(c.ID), c.Rev, h.Sum(nil)[:4]), 200)
}
