package fakecvm

import (
	"slices"
	"time"
)

const keepEvents = 10_000 // older ones are forgotten

// Who calls, as CloudAudit names them.
const (
	CallerUser  = "100000000002" // the sub-account that Config.SecretID is of
	ConsoleUser = "100000000042" // whoever Operate stands for
	ConsoleKey  = "AKIDconsolesession000000000000000"
)

// EventAfter is the longest that CloudAudit takes, in virtual time, to show an
// event: 7 to 10 s were seen (cloud/doc.go 10.2).
const EventAfter = 10 * time.Second

// shownAfter is how long one event takes.
func (e event) shownAfter() time.Duration {
	return EventAfter - time.Duration(draw(e.requestID, "event", 4))*time.Second
}

// event is one call that changed something, or was refused.
type event struct {
	seq       uint64
	at        time.Time     // of the cloud's wall clock
	noted     time.Duration // virtual: it is shown EventAfter later
	name      string
	requestID string
	region    string
	instance  string
	code      string // apiErrorCode
	user, key string
	console   bool // called at the console, not by the API
}

func (a *account) keepEvent(e event) {
	a.eventSeq++
	e.seq, e.at, e.noted = a.eventSeq, a.clock.cloud(), a.clock.virtual()
	if len(a.events) >= keepEvents {
		a.events = slices.Delete(a.events, 0, keepEvents/10)
	}
	a.events = append(a.events, e)
}

func (e event) resource() string { return "instance/" + e.instance }
