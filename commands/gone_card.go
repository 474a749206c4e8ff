package commands

import (
	"context"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/screen"
)

// mostEnded is how many of those that ended last are looked through for a card.
const mostEnded = 200

// markWithin is how long is tried to mark a card whose proposal is gone; the next
// press tries again.
const markWithin = 10 * time.Second

// markGone takes the buttons off such a card, where that can still be. A card that
// another proposal has is left alone, whatever a press says of it.
func (h *Handler) markGone(ctx context.Context, in port.Inbound) {
	ctx, cancel := context.WithTimeout(ctx, markWithin)
	defer cancel()
	a := port.Address{Channel: in.Channel, TS: in.Message}
	live, err := h.store.Live(ctx)
	if err != nil || a.TS == "" {
		return
	}
	ended, err := h.store.Ended(ctx, mostEnded)
	if err != nil || slices.ContainsFunc(slices.Concat(live, ended), func(r port.Record) bool { return r.Card == a }) {
		return
	}
	if err := h.chat.UpdateCard(ctx, a, screen.GoneCard(in.Op, in.Channel)); err != nil {
		h.log.Warn("a card whose proposal is gone could not be marked", "op", in.Op, "channel", in.Channel, "err", err)
		return
	}
	h.log.Warn("a card is marked: its proposal is gone", "op", in.Op, "channel", in.Channel)
}
