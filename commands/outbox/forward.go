package outbox

import (
	"context"

	"twokey/commands/port"
)

// forwardToLead hands what one of several has to tell to the lead's outbox, so that
// one outbox tells the thread and draws the card, in order. to is empty where
// the operation's card is its own.
func (o *Outbox) forwardToLead(ctx context.Context, p port.Post) (to string, err error) {
	if p.Kind != port.PostCard && p.Kind != port.PostLine && p.EditedLine() == "" {
		return "", nil
	}
	rec, err := o.store.Recent(ctx, p.Op)
	if port.IsNotFound(err) || err == nil && rec.Op.Leads() {
		return "", nil
	}
	if err != nil {
		return p.Op, err
	}
	p.Op, p.Stream = rec.Op.LeadID(), ""
	return p.Op, o.store.Tell(ctx, p.Op, p)
}
