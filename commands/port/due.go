package port

import (
	"time"
)

// Never is for what nothing has to wake.
const Never = -1 * time.Second

// Again is the soonest that anything is tried again.
const Again = 250 * time.Millisecond

// Item is something that Slack was told we have: it is stored before the ack
// and worked off after it (promise 4).
type Item struct {
	ID      string    `json:"id"`      // unique: also the command id of what follows
	Dedupe  string    `json:"dedupe"`  // the delivery's fingerprint: the same delivery is stored once
	Op      string    `json:"op"`      // the operation it concerns; empty for a new proposal
	Rev     int64     `json:"rev"`     // the card's revision that was clicked; 0: typed
	Verb    string    `json:"verb"`    // propose, approve, reject, ..
	Args    string    `json:"args"`    // JSON of the verb's own arguments
	User    string    `json:"user"`    // who
	Team    string    `json:"team"`    // of which workspace
	Channel string    `json:"channel"` // where
	Thread  string    `json:"thread"`  // the thread it was done in, if any
	Reply   string    `json:"reply"`   // response_url, if any
	At      time.Time `json:"at"`
	Tries   int       `json:"tries"` // how often it was claimed, set by the store
	// AtHome: it was pressed on the Home tab, and is answered there. Trigger opens a form
	// for three seconds after the press.
	AtHome  bool   `json:"home,omitempty"`
	Trigger string `json:"trigger,omitempty"`
	// Stops: it stops something. Until it is finished, Stopping tells of it.
	Stops bool `json:"stops,omitempty"`
}

// Claim is a lease on one thing that is due: an operation, an item of the
// inbox, or one partition's outbox. Leases are for liveness, never for safety.
type Claim struct {
	Kind  ClaimKind
	ID    string // operation or item id; of an outbox, its partition's number
	Token int64  // fencing token, growing within the partition
	// Taken says that the last holder did not give it back: what it began may
	// or may not have happened.
	Taken bool
}

// ClaimKind is what is due.
type ClaimKind string

// What can be due.
const (
	ClaimOp     ClaimKind = "op"
	ClaimItem   ClaimKind = "item"
	ClaimOutbox ClaimKind = "outbox"
)

// Lease is how long work is leased: it is taken over 10 s after a kill
// (bot/store/doc.go 8.2).
const Lease = 10 * time.Second

// RetryIn is when it is tried again after a fault.
const RetryIn = 3 * time.Second
