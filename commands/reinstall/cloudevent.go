package reinstall

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Hand says whose call an event of CloudAudit tells of.
type Hand string

// Whose it can be. Unsure is the zero value: it is never taken for ours, and
// never held against us.
const (
	Unsure  Hand = ""
	OurHand Hand = "ours"
	Foreign Hand = "another"
)

// CloudEvent is one call that CloudAudit recorded for an instance.
type CloudEvent struct {
	Operation string    `json:"operation"` // ResetInstance
	RequestID string    `json:"request_id"`
	At        time.Time `json:"at"`
	User      string    `json:"user"` // the account's own name or number of whoever called
	// Key is the print of the access key's id; empty where CloudAudit names none.
	Key string `json:"key,omitempty"`
	// Console says that it was called at the console, as Twokey never calls.
	Console bool `json:"console,omitempty"`

	Error string `json:"error,omitempty"`
	Hand  Hand   `json:"hand,omitempty"`
	// Of is the proposal whose call it was, by the records; empty: none has it.
	Of string `json:"of,omitempty"`
}

// Testimony is what CloudAudit says of one instance since some time, or why it
// could not be asked. Its events appear late, so that an event which is missing
// proves nothing. The zero Testimony is that nobody asked.
type Testimony struct {
	Asked  time.Time // when it answered; zero: it did not
	Failed string    // why it could not be asked, for people, without a full stop
	Denied bool      // it may not be asked; a person would have to change that
	Events []CloudEvent
}

// ours is the one reset that the cloud took from our key since the arming. Two
// would mean that somebody else uses the key as well: then none is.
func (t Testimony) ours(a Arming) (CloudEvent, bool) {
	since := a.since()
	var found []CloudEvent
	for _, e := range t.Events {
		if e.RequestID == a.Baseline.RequestID {
			continue // known before the call
		}
		if e.Operation == opReset && e.Hand == OurHand && e.Error == "" && e.RequestID != "" && !e.At.Before(since) &&
			!slices.ContainsFunc(found, func(o CloudEvent) bool { return o.RequestID == e.RequestID }) {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		return CloudEvent{}, false
	}
	return found[0], true
}

// Judged tells the events of our own keys from others' once more. own are the
// prints of all keys that signed calls of ours for the machine, also before a
// key was rotated; all says that there are no others. Where there may be, what
// looks like another's key is unsure. An event that names none, as the one
// recorded (cloud/doc.go 10.3), is somebody else's only if it was
// called at the console, and ours only by its account user.
func (t Testimony) Judged(own []string, all bool) Testimony {
	t.Events = slices.Clone(t.Events)
	for i := range t.Events {
		switch e := &t.Events[i]; {
		case e.Key == "" && e.Console:
			e.Hand = Foreign
		case e.Key == "" && e.Hand == Foreign:
			e.Hand = Unsure
		case e.Key == "":
		case slices.Contains(own, e.Key):
			e.Hand = OurHand
		case e.Hand == Foreign && !all:
			e.Hand = Unsure
		}
	}
	return t
}

// Recorded notes which events are the calls that operations have on record.
func (t Testimony) Recorded(ops []Operation) Testimony {
	t.Events = slices.Clone(t.Events)
	for i := range t.Events {
		for _, op := range ops {
			if op.RequestID != "" && op.RequestID == t.Events[i].RequestID {
				t.Events[i].Of = op.ID
			}
		}
	}
	return t
}

// Signers are the prints of the keys that signed the calls of operations, and
// whether each call's is known: older records do not name it.
func Signers(ops []Operation) (prints []string, all bool) {
	all = true
	for _, op := range ops {
		if a := op.Arming; a != nil && a.Key != "" {
			prints = append(prints, a.Key)
		} else if a != nil {
			all = false
		}
	}
	return prints, all
}

// Of finds the event of a request, whoever made it.
func (t Testimony) Of(requestID string) (CloudEvent, bool) {
	for _, e := range t.Events {
		if e.RequestID == requestID && requestID != "" {
			return e, true
		}
	}
	return CloudEvent{}, false
}

// opReset is the one operation that Twokey wipes with. Others wipe as well: what
// the console's reinstall is recorded as is unknown, and CloudAudit lists two
// more that can be one (cloud/doc.go 4.8).
const opReset = "ResetInstance"

func wipes(operation string) bool {
	return operation == opReset || operation == "ResetInstances" || operation == "ConvertOperatingSystems"
}

// eventSlack is the second that event times are rounded to, and one more.
const eventSlack = 2 * time.Second

// foundWithin is how old a reset can be that is found after the end: looks are
// minutes apart, and Twokey may have been down. All events of an account since
// then have to be read.
const foundWithin = 24 * time.Hour

// EventsSince is from when the events matter that may tell what became of the
// one call, or who did what instead of it.
func (op Operation) EventsSince(now time.Time) time.Time {
	since := op.ProposedAt.Add(-MaxSkew)
	if op.Arming != nil {
		since = op.Arming.since()
	}
	if lately := now.Add(-foundWithin); op.State.Ended() && since.Before(lately) {
		return lately
	}
	return since
}

// since is T0, by a clock that may be off and in whole seconds.
func (a Arming) since() time.Time { return a.At.Add(-eventSlack - a.Skew.Abs()) }

// words name an event, to follow "it is".
func (e CloudEvent) words() string {
	out := e.Operation + " by account user " + cmp.Or(e.User, "unnamed") + " " + e.How() + ", " + stamp(e.At) + ", request " + orNothing(e.RequestID)
	if e.Error != "" {
		out += ", refused: " + e.Error
	}
	return out
}

// How says by what means it was called, to follow its account user.
func (e CloudEvent) How() string {
	switch {
	case e.Hand == OurHand && e.Key == "":
		return "(Twokey's own)"
	case e.Hand == OurHand:
		return "with our access key"
	case e.Console:
		return "at the console"
	case e.Hand == Foreign:
		return "with another access key"
	}
	return "with an access key that cannot be told from ours"
}

// own says of a reset that bears our key what it is, to follow "reinstalled by";
// empty where it does not. One that no record has is a call from before Redis was
// restored, or of somebody else who has the key.
func (e *CloudEvent) own() string {
	switch {
	case e == nil || e.Hand != OurHand:
		return ""
	case e.Of != "":
		return "the call of proposal " + e.Of + " (request " + e.RequestID + ")"
	}
	return "a call " + e.with() + ", request " + orNothing(e.RequestID) + ", of which Redis has no record (was Redis restored?)"
}

func (e *CloudEvent) with() string {
	if e.Key == "" {
		return "of Twokey's own account user"
	}
	return e.How()
}

// Own is own for the reset that a machine's record shows.
func (t Testimony) Own(l Latest) string {
	if e, ok := t.Of(l.RequestID); ok {
		return e.own()
	}
	return ""
}

// mostWords is how many events people are shown: the newest.
const mostWords = 3

// Words say for people what it comes to, without a full stop.
func (t Testimony) Words(since time.Time) string {
	switch {
	case t.Failed != "":
		return "could not be asked: " + t.Failed
	case t.Asked.IsZero():
		return "was not asked"
	case len(t.Events) == 0:
		return "shows no call on the machine since " + stamp(since) + "; its events appear late, so that this proves nothing"
	}
	var all []string
	for _, e := range t.Events[max(0, len(t.Events)-mostWords):] {
		all = append(all, e.words())
	}
	return "shows " + strings.Join(all, "; ")
}
