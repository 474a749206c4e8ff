package model

import (
	"cmp"
	"strings"
	"time"
)

// A Refusal is a "no" for people: what was refused, why, and what to do next.
// It is a value, not a fault: nothing is broken, nothing was started.
// All three parts are always set (promise 10).
type Refusal struct {
	What string // "Not approved", no full stop
	Why  string // one sentence without its full stop
	Next string // one sentence without its full stop
	// People and Until are whom and which moment Why names, as People.Words and
	// FormatTime write them: a screen shows them as mentions, and in the reader's zone.
	People People
	Until  time.Time
	// NotShown says that the cloud did not show what was asked for, which may be a
	// listing that is late.
	NotShown bool
}

// Refuse returns a refusal made of its three parts.
func Refuse(what, why, next string) *Refusal {
	return &Refusal{What: what, Why: why, Next: next}
}

// Error words the refusal as one line: "What: why. Next."
func (r *Refusal) Error() string {
	return r.What + ": " + EndSentence(r.Why) + " " + EndSentence(r.Next)
}

// RefusalTitle is the first part of a verb's refusals, also of one that is none.
func RefusalTitle(verb string) string { return cmp.Or(refusalTitles[verb], "Not done") }

// refusalTitles has a row for each verb that can be refused.
var refusalTitles = map[string]string{
	VerbPropose: "Not proposed", VerbApprove: "Not approved", VerbReject: "Not rejected",
	VerbBackup: "Backup not confirmed", VerbImage: "No backup image made", VerbHold: "Not held",
	VerbResume: "Not resumed", VerbCancel: "Not cancelled", VerbResolve: "Not resolved",
	VerbShow: "Not shown", VerbPassword: "Password not shown", VerbHistory: "Not looked up",
	VerbCheck: "Not checked", VerbFreeze: "Not frozen", VerbUnfreeze: "Not unfrozen",
	VerbList: "Not listed", VerbBreakGlass: "Glass not broken",
}

// RefuseNoReason refuses a verb that needs a reason and has none. It goes with what
// stands before the reason, such as the proposal's id.
func RefuseNoReason(verb string, before ...string) *Refusal {
	typed := strings.Join(append([]string{"/reinstall", verb}, before...), " ")
	return Refuse(RefusalTitle(verb), "there is no reason", "Say why: "+typed+" TEXT")
}
