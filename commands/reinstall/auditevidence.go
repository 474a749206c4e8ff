package reinstall

import (
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall/model"
)

// AuditEvidence is what CloudAudit says of one instance since some time, or why it
// could not be asked. Its events appear late: a missing event proves nothing. The zero
// value means that nobody asked.
type AuditEvidence struct {
	Asked  time.Time // when it answered; zero: it did not
	Failed string    // why it could not be asked, for people, without a full stop
	Denied bool      // it may not be asked; a person would have to change that
	Events []model.CloudEvent
}

// ourReset is the one reset that the cloud took from our key since the arming. Two
// would mean that somebody else uses the key as well: then neither counts.
func (t AuditEvidence) ourReset(a Arming) (model.CloudEvent, bool) {
	since := a.eventsFrom()
	var found []model.CloudEvent
	for _, e := range t.Events {
		if e.RequestID == a.Baseline.RequestID {
			continue // known before the call
		}
		if e.Operation == model.OpReset && e.Caller == model.CallerOurs && e.Error == "" && e.RequestID != "" &&
			!e.At.Before(since) &&
			!slices.ContainsFunc(found, func(o model.CloudEvent) bool { return o.RequestID == e.RequestID }) {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		return model.CloudEvent{}, false
	}
	return found[0], true
}

// WithCallers decides again which events are calls with our own keys. own are the
// fingerprints of all keys that signed our calls for the machine, also before a
// rotation. all says that own is complete: otherwise what looks like another's key is
// unsure. An event may name no key, as the recorded one (cloud/doc.go 10.3). It is
// somebody else's only if it was called at the console, and ours only by its account
// user.
func (t AuditEvidence) WithCallers(own []string, all bool) AuditEvidence {
	t.Events = slices.Clone(t.Events)
	for i := range t.Events {
		switch e := &t.Events[i]; {
		case e.Key == "" && e.Console:
			e.Caller = model.CallerForeign
		case e.Key == "" && e.Caller == model.CallerForeign:
			e.Caller = model.CallerUnsure
		case e.Key == "":
		case slices.Contains(own, e.Key):
			e.Caller = model.CallerOurs
		case e.Caller == model.CallerForeign && !all:
			e.Caller = model.CallerUnsure
		}
	}
	return t
}

// WithProposals notes which events are the calls that operations have on record.
func (t AuditEvidence) WithProposals(ops []Operation) AuditEvidence {
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

// SigningKeys are the fingerprints of the keys that signed the calls of operations.
// all says that each call's key is known: older records do not name it.
func SigningKeys(ops []Operation) (prints []string, all bool) {
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

// EventOf finds the event of a request, whoever made it.
func (t AuditEvidence) EventOf(requestID string) (model.CloudEvent, bool) {
	for _, e := range t.Events {
		if e.RequestID == requestID && requestID != "" {
			return e, true
		}
	}
	return model.CloudEvent{}, false
}

// EventsSince is the time from which events matter: they may show what became of the
// one call, or who did what instead.
func EventsSince(op Operation, now time.Time) time.Time {
	since := op.ProposedAt.Add(-model.MaxSkew)
	if op.Arming != nil {
		since = op.Arming.eventsFrom()
	}
	if lately := now.Add(-model.FoundWithin); op.State.Ended() && since.Before(lately) {
		return lately
	}
	return since
}

// eventsFrom is T0, by a clock that may be off and in whole seconds.
func (a Arming) eventsFrom() time.Time { return a.At.Add(-model.EventSlack - a.Skew.Abs()) }

// OwnCallText is the text of our own call, if the reset that a machine's record shows
// is one.
func (t AuditEvidence) OwnCallText(l model.Latest) string {
	if e, ok := t.EventOf(l.RequestID); ok {
		return e.OwnCallText()
	}
	return ""
}

// mostEvents is how many events people are shown: the newest.
const mostEvents = 3

// Summary says what the evidence amounts to, for people, without a full stop at its end.
func (t AuditEvidence) Summary(since time.Time) string {
	switch {
	case t.Failed != "":
		return "could not be asked: " + t.Failed
	case t.Asked.IsZero():
		return "was not asked"
	case len(t.Events) == 0:
		return "shows no request for the machine since " + model.FormatTime(since) +
			"; its events appear late, so this proves nothing"
	}
	var all []string
	for _, e := range t.Events[max(0, len(t.Events)-mostEvents):] {
		all = append(all, e.EventText())
	}
	return "shows " + strings.Join(all, ". ")
}
