package port

import (
	"time"

	"twokey/commands/reinstall"
)

// Record is an operation as it is stored.
type Record struct {
	Op  reinstall.Operation
	Rev int64 // 1 at creation, +1 with every transition
	// Card is where the card was posted; Card.TS is empty until it was.
	Card Address
	// Unsealed: an older Twokey wrote it. What ended is shown, what was sent is
	// followed, and what is open has lost its keys.
	Unsealed bool
	// Later is the state at a later revision that this process has seen, if it has:
	// Redis was rolled back, or an old record was put back.
	Later reinstall.State
}

// Address is one message in Slack. TS is an opaque string.
type Address struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Entry is one line of an operation's log, written in the same script as the
// transition it tells of. Its number is the revision that it led to.
type Entry struct {
	Rev         int64           `json:"rev"`
	At          time.Time       `json:"at"` // Redis' clock
	State       reinstall.State `json:"state"`
	Command     string          `json:"command"` // the id that makes the transition unique
	By          string          `json:"by"`      // user id, or "twokey"
	What        string          `json:"what"`    // the event's name
	Detail      string          `json:"detail"`  // one line for people
	Fingerprint string          `json:"fingerprint"`
	// Unsealed: nothing shows that Twokey wrote it.
	Unsealed bool `json:"-"`
}

// Change is one transition: everything of it is written by one script, or
// nothing is.
type Change struct {
	Op      reinstall.Operation // the new value; Op.ID names the record
	Rev     int64               // the revision it was decided on; 0 creates
	Command string              // unique; the same command twice has effect once
	// Claim is the lease on this very operation under which a worker decided;
	// the zero Claim is a click, which needs none. A commit under a lost lease is ErrFenced. A commit under
	// a good one gives the lease back.
	Claim  Claim
	By     string
	What   string
	Detail string
	// In is the delay from now, by Redis' clock, after which the operation
	// wakes up again; negative: never.
	WakeAfter time.Duration
	// Posts are appended to the outbox in this order.
	Posts []Post
}

// Ops are the operations of records, in their order.
func Ops(recs []Record) []reinstall.Operation {
	out := make([]reinstall.Operation, len(recs))
	for i, r := range recs {
		out[i] = r.Op
	}
	return out
}
