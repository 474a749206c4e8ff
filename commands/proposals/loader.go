// Package proposals reads a proposal as it is now: all of its machines, the one whose
// card shows it, and the card itself.
package proposals

import (
	"context"
	"fmt"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// Store is what a Loader needs of the memory.
type Store interface {
	port.Records
	port.Lists
	port.Freezes
}

// Loader reads proposals. It has no state of its own; all methods may be called
// from any goroutine.
type Loader struct {
	store  Store
	policy func() model.Policy
	now    func() time.Time
}

// NewLoader returns a loader that reads from store.
func NewLoader(store Store, policy func() model.Policy, now func() time.Time) *Loader {
	return &Loader{store: store, policy: policy, now: now}
}

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
			return nil, fmt.Errorf("%s of proposal %s: %w", id, of.Op.LeadID(), err)
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
