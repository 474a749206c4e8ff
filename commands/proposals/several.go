package proposals

import (
	"context"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// A proposal for several machines is as many operations as machines, each with
// its own record, lock, keys, arming and outcome. Here is what holds them
// together: before anything is done for one of them the others are read, and
// reinstall.Turn says what they mean for it. A crash between two of them leaves
// nothing that the next look does not set right.

// All reads all operations of a record's proposal as they are now, in their order;
// a record that is alone is returned as it is. ErrNotFound: not all of them are
// made, or kept any more.
func (l *Loader) All(ctx context.Context, of port.Record) ([]port.Record, error) {
	if of.Op.Single() {
		return []port.Record{of}, nil
	}
	members := of.Op.Members()
	out := make([]port.Record, len(members))
	for i, id := range members {
		rec, err := l.store.Load(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("%s of batch %s: %w", id, of.Op.LeadID(), err)
		}
		if rec.Op.State == reinstall.Tampered { // what the others know of it
			rec.Op.Batch = &reinstall.Batch{Members: members, Index: i, Round: of.Op.Round()}
		}
		out[i] = rec
	}
	return out, nil
}

// LeadOf is the record whose card shows an operation.
func (l *Loader) LeadOf(ctx context.Context, rec port.Record) (port.Record, error) {
	if rec.Op.Leads() {
		return rec, nil
	}
	return l.store.Load(ctx, rec.Op.LeadID())
}
