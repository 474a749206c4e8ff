package port

import (
	"context"
	"time"

	"twokey/commands/reinstall/model"
)

// Store is the memory: Redis. Every method is safe for concurrent use; a
// transition is one round trip. Whoever needs a part of it takes that part.
type Store interface {
	Inbox
	Records
	Arming
	Leases
	Outbox
	Audit
	Lists
	Budget
	Freezes
	HealthCheck
}

// Inbox keeps what people did until it is worked off.
type Inbox interface {
	// Receive stores an item durably, due now, leased to this process at once
	// (the returned claim). fresh is false where the same delivery is already
	// stored: nothing was written.
	Receive(ctx context.Context, it Item) (claim Claim, fresh bool, err error)
	// Item loads what a claim of kind item is for.
	Item(ctx context.Context, id string) (Item, error)
	// Finish removes an item: it has been worked off.
	Finish(ctx context.Context, c Claim) error
	// Stopping reports whether an item that stops one of these operations, or
	// everything, was received and is not finished.
	Stopping(ctx context.Context, ids ...string) (bool, error)
}

// Records keeps operations, one record each.
type Records interface {
	// NewID returns a free operation id for the instance: four characters of
	// Crockford's alphabet of which the first carries the partition.
	NewID(ref model.Ref) string
	// Create stores a new operation (c.Rev 0) and takes the instance's lock in
	// one script. ErrExists: the id is taken by another command; LockedError:
	// the instance has a live operation; the same command again: its record.
	Create(ctx context.Context, c Change) (Record, error)
	// Load reads an operation. ErrNotFound. One that is not what Twokey wrote is
	// Tampered, and nothing else of it is believed; so it is with all that reads.
	Load(ctx context.Context, id string) (Record, error)
	// Recent is Load, but may answer from this process' memory; Apply tells
	// when that was stale.
	Recent(ctx context.Context, id string) (Record, error)
	// Apply writes a transition by compare-and-set on the revision. The same
	// command again returns the record as that command left it or later; a
	// moved record is *StaleError; a lost lease ErrFenced. Where the new state
	// has ended, the instance's lock is given back in the same script.
	Apply(ctx context.Context, c Change) (Record, error)
	// Settle writes an ended operation in place of a record that was changed
	// outside Twokey (Tampered), of which nothing is kept.
	ReplaceTampered(ctx context.Context, c Change) (Record, error)
	// SetCard remembers where the card was posted; the first address stays.
	SetCard(ctx context.Context, id string, a Address) error
}

// Arming writes the intent that stands before the one call.
type Arming interface {
	// MayArm is ErrCannotArm where Arm would refuse now for want of a Redis that
	// keeps the intent.
	MayArm(ctx context.Context, id string) error
	// Newest reports whether the audit knows no later revision of an operation than
	// this one; where it does, reading the operation tells so from then on (Later).
	Newest(ctx context.Context, r Record) (bool, error)
	// Arm is Apply on one connection of its own, without retries: the
	// compare-and-set, a wait until more than half of all nodes there ever were have
	// it, or the disk where there is but one, and a second read that must show this
	// very command as the last one. Whatever is not certain is an error: then
	// nothing may be sent. It may take three seconds.
	Arm(ctx context.Context, c Change) (Record, error)
	// Happened reports whether the command is in the operation's log.
	Happened(ctx context.Context, id, command string) (bool, error)
}

// Leases shares what is due among processes.
type Leases interface {
	// Claim leases up to max things that are due.
	Claim(ctx context.Context, lease time.Duration, max int) ([]Claim, error)
	// Renew extends leases that are still held; it returns those lost.
	Renew(ctx context.Context, lease time.Duration, cs []Claim) (lost []Claim, err error)
	// Release gives a lease back; the thing is due again after in (negative:
	// never, unless something was appended meanwhile; an item is never parked).
	// A click that came under the lease makes it due at once. ErrFenced:
	// somebody else holds it.
	Release(ctx context.Context, c Claim, in time.Duration) error
	// Settled returns once a replica, where there are any, has all that was
	// written before it in the claim's partition; the lease is extended.
	// ErrFenced, ErrNotDurable.
	AwaitReplicas(ctx context.Context, c Claim, lease time.Duration) error
}

// Outbox keeps what is still to be shown in Slack.
type Outbox interface {
	// Posts reads up to max entries of an outbox, oldest first.
	Posts(ctx context.Context, outbox string, max int) ([]Post, error)
	// Posted removes entries that were told.
	Posted(ctx context.Context, outbox string, ps ...Post) error
	// Tell appends posts that belong to no transition (a refusal's whisper), each
	// once by its key, which must be set.
	Tell(ctx context.Context, op string, ps ...Post) error
}

// Audit is the chain of who did what.
type Audit interface {
	// Note appends to the audit chain, with the posts that tell of it, in one
	// script and once by the note's key.
	Note(ctx context.Context, n Note, ps ...Post) error
	// Noted reports whether a note was appended, some days back.
	Noted(ctx context.Context, n Note) (bool, error)
	// Decided says whether a note of a freeze or its end was written.
	Decided(ctx context.Context, key string) (bool, error)
}

// Lists finds operations by what they are.
type Lists interface {
	// Log reads an operation's log, oldest first.
	Log(ctx context.Context, id string) ([]Entry, error)
	// Live lists the operations that hold an instance's lock.
	Live(ctx context.Context) ([]Record, error)
	// History lists the newest operations of an instance, newest first.
	History(ctx context.Context, ref model.Ref, max int) ([]Record, error)
	// Ended lists the operations of all instances that ended last, newest first.
	Ended(ctx context.Context, max int) ([]Record, error)
	// Mark is another one after every transition, refusal and freeze, on whichever
	// replica.
	Mark(ctx context.Context) (string, error)
}

// Budget limits how many reinstalls run.
type Budget interface {
	// Reserve takes a place in the account's budget for an operation, at once
	// and in the last hour, by account and by tag; limits of zero are none. The
	// same operation again keeps its place. Nobody overtakes those ahead.
	Reserve(ctx context.Context, b model.Reservation) (model.QueuePosition, error)
	// Unreserve gives the place among the running back.
	Unreserve(ctx context.Context, account, op string) error
}

// Freezes is the stop of everything.
type Freezes interface {
	// Freeze stops all arming, on every replica; one whose reason says nothing is
	// an error. The note is written in the same script, and once by its key.
	Freeze(ctx context.Context, f model.Freeze, n Note) error
	// Unfreeze ends it, with its note in the same way.
	Unfreeze(ctx context.Context, n Note) error
	// Frozen reads it; nil: nothing is frozen.
	Frozen(ctx context.Context) (*model.Freeze, error)
}

// HealthCheck asks what the memory can promise.
type HealthCheck interface {
	// Health asks Redis what it can promise. *RefusedError: it is there, and does
	// not take what Twokey has to write.
	Health(ctx context.Context) (Health, error)
}
