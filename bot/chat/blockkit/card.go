package blockkit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"twokey/commands/view"
)

// A card is one message: the title, the lines, the buttons and the foot. Lines are
// rich_text, one below the other: a phone cannot show two columns.

const (
	maxLines   = 30
	maxLine    = 400 // of a card, in code points
	maxFoot    = 400
	maxSummary = 600
)

// blockPrefix begins the block_ids of a card. It is new at every change of what the card
// shows, as Slack wants it of an edit. It has operation and revision in it, so that a
// stale click is recognised (bot/chat, section 3.6).
func blockPrefix(c view.Card) string {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(c) // a card is made of words and times
	return Cut(fmt.Sprintf("%s.%d.%x", Visible(c.ID), c.Rev, h.Sum(nil)[:4]), 200)
}
