// Package proposals reads a proposal as it is now: all of its machines, the one whose
// card shows it, and the card itself.
package proposals

import (
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
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
	policy func() reinstall.Policy
	now    func() time.Time
}

// NewLoader returns a loader that reads from store.
func NewLoader(store Store, policy func() reinstall.Policy, now func() time.Time) *Loader {
	return &Loader{store: store, policy: policy, now: now}
}
