package commands

import (
	"context"
	"slices"
	"time"

	"twokey/commands/reinstall"
)

// A card may outlive its proposal: Redis was emptied or restored, or it is more
// than a year ago. Nobody should look at buttons that do nothing.

const (
	goneWhy  = "Redis has no proposal with this id: it was emptied or restored, or the proposal is long over"
	goneNext = "Look at the machine before you make a new proposal with /reinstall, and ask whoever runs Twokey what happened to Redis"
)

// noProposalHere refuses a button on a card that has no proposal in its channel: in
// the same words whether there is one elsewhere or none, for that is nobody's who is
// not there.
func noProposalHere(verb string) *reinstall.Refusal {
	return reinstall.Refuse(doingOf(verb),
		"there is no proposal of this card in this channel: the card is a copy, Redis was emptied or restored, or the proposal is long over",
		"Press on the card itself. If there is none, look at the machine before you make a new proposal with /reinstall")
}

// mostEnded is how many of those that ended last are looked through for a card.
const mostEnded = 200

// markWithin is how long is tried to mark a card whose proposal is gone; the next
// press tries again.
const markWithin = 10 * time.Second

// markGone takes the buttons off such a card, where that can still be. A card that
// another proposal has is left alone, whatever a press says of it.
func (d *Desk) markGone(ctx context.Context, in Inbound) {
	ctx, cancel := context.WithTimeout(ctx, markWithin)
	defer cancel()
	a := Address{Channel: in.Channel, TS: in.Message}
	live, err := d.store.Live(ctx)
	if err != nil || a.TS == "" {
		return
	}
	ended, err := d.store.Ended(ctx, mostEnded)
	if err != nil || slices.ContainsFunc(slices.Concat(live, ended), func(r Record) bool { return r.Card == a }) {
		return
	}
	if err := d.chat.UpdateCard(ctx, a, goneCard(in.Op, in.Channel)); err != nil {
		d.log.Warn("a card whose proposal is gone could not be marked", "op", in.Op, "channel", in.Channel, "err", err)
		return
	}
	d.log.Warn("a card is marked: its proposal is gone", "op", in.Op, "channel", in.Channel)
}

func goneCard(id, channel string) Card {
	return Card{
		ID: id, Channel: channel, Title: "Proposal " + id, Status: Status{Emoji: ":grey_question:", Word: "Gone"},
		Lead:    say(dot(goneWhy), " ", dot(goneNext)),
		Summary: say("Proposal ", id, " is gone: ", dot(goneWhy)),
	}
}
