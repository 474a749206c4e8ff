package account

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

// EventAfter is the longest time, in virtual time, until CloudAudit shows an event:
// 7 to 10 s were recorded (cloud/doc.go 10.2).
const EventAfter = 10 * time.Second

// ShownAfter is the time until CloudAudit shows this event.
func (e Event) ShownAfter() time.Duration {
	return EventAfter - time.Duration(DrawByID(e.RequestID, "event", 4))*time.Second
}

// Event is one call that changed something, or was refused.
type Event struct {
	Seq       uint64
	At        time.Time     // of the cloud's wall clock
	Noted     time.Duration // virtual: it is shown EventAfter later
	Name      string
	RequestID string
	Region    string
	Instance  string
	Code      string // apiErrorCode
	User, Key string
	Console   bool // called at the console, not by the API
}

// KeepEvent keeps an event with the time of now.
func (a *Account) KeepEvent(e Event) {
	a.eventSeq++
	e.Seq, e.At, e.Noted = a.eventSeq, a.Clock.Wall(), a.Clock.Virtual()
	if len(a.Events) >= keepEvents {
		a.Events = slices.Delete(a.Events, 0, keepEvents/10)
	}
	a.Events = append(a.Events, e)
}

// Resource names the instance as CloudAudit does.
func (e Event) Resource() string { return "instance/" + e.Instance }
