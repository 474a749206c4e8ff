package model

import (
	"cmp"
	"time"
)

// Caller says whose call an event of CloudAudit is.
type Caller string

// The callers. CallerUnsure is the zero value: it is never taken for ours, and never
// held against us.
const (
	CallerUnsure  Caller = ""
	CallerOurs    Caller = "ours"
	CallerForeign Caller = "another"
)

// CloudEvent is one call that CloudAudit recorded for an instance.
type CloudEvent struct {
	Operation string    `json:"operation"` // ResetInstance
	RequestID string    `json:"request_id"`
	At        time.Time `json:"at"`
	User      string    `json:"user"` // the account's own name or number of whoever called
	// Key is the fingerprint of the access key's id. It is empty if CloudAudit names
	// none.
	Key string `json:"key,omitempty"`
	// Console says that it was called at the console, as Twokey never calls.
	Console bool `json:"console,omitempty"`

	Error  string `json:"error,omitempty"`
	Caller Caller `json:"hand,omitempty"`
	// Of is the proposal whose call it was, by the records; empty: none has it.
	Of string `json:"of,omitempty"`
}

// OpReset is the one operation that Twokey wipes with. Others wipe as well: what
// the console's reinstall is recorded as is unknown, and CloudAudit lists two
// more that can be one (cloud/doc.go 4.8).
const OpReset = "ResetInstance"

// WipesDisk reports whether an operation of the cloud can wipe a system disk.
func WipesDisk(operation string) bool {
	return operation == OpReset || operation == "ResetInstances" || operation == "ConvertOperatingSystems"
}

// EventSlack is the second that event times are rounded to, and one more.
const EventSlack = 2 * time.Second

// FoundWithin is how old a reset can be that is found after the end. Looks are minutes
// apart, and Twokey may have been down. All events of an account since then have to be
// read.
const FoundWithin = 24 * time.Hour

// EventText names an event, to follow "it is".
func (e CloudEvent) EventText() string {
	out := e.Operation + " by account user " + cmp.Or(e.User, "unnamed") + " " + e.HowCalled() + ", " +
		FormatTime(e.At) + ", request " + OrNone(e.RequestID)
	if e.Error != "" {
		out += ", refused: " + e.Error
	}
	return out
}

// HowCalled says by what means it was called, to follow its account user.
func (e CloudEvent) HowCalled() string {
	switch {
	case e.Caller == CallerOurs && e.Key == "":
		return "(Twokey's own)"
	case e.Caller == CallerOurs:
		return "with our access key"
	case e.Console:
		return "at the console"
	case e.Caller == CallerForeign:
		return "with another access key"
	}
	return "with an access key that may be ours"
}

// OwnCallText says what a reset is that our key made, to follow "reinstalled by". It
// is empty for any other reset. One that no record has is from before Redis was
// restored, or of somebody else who has the key.
func (e *CloudEvent) OwnCallText() string {
	switch {
	case e == nil || e.Caller != CallerOurs:
		return ""
	case e.Of != "":
		return "the request of proposal " + e.Of + " (request " + e.RequestID + ")"
	}
	return "a request " + e.calledWith() + ", id " + OrNone(e.RequestID) +
		"; Redis has no record of it (was Redis restored?)"
}

func (e *CloudEvent) calledWith() string {
	if e.Key == "" {
		return "of Twokey's own account user"
	}
	return e.HowCalled()
}

// Times of the protocol (bot/store/doc.go 6.3 and 6.4).
const (
	// MaxSkew is the greatest clock difference to the cloud at which arming is
	// allowed.
	MaxSkew = 30 * time.Second
	// DeadAfter is when a request signed at T0 can no longer be accepted: the
	// signature's 300 s, plus skew, plus the margin for stale reads.
	DeadAfter = 400 * time.Second
	// SlowAfter is when a running reset is called slow, and LostAfter when its outcome
	// is called unknown. The product's FAQ says 10 to 30 minutes, and a ticket after
	// that (cloud/doc.go 1.8).
	SlowAfter = 30 * time.Minute
	LostAfter = 60 * time.Minute
)
