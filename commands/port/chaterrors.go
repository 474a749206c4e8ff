package port

import (
	"errors"
	"fmt"
	"time"
)

// A call of the chat that fails ends with one of four errors: RateLimitedError,
// UnavailableError, OutcomeUnknownError or PermanentError. Of any other error nobody
// knows whether the call was carried out.

// RateLimitedError says that a limit of Slack's was reached, or would have been.
// Nothing was done, and nothing is wrong.
type RateLimitedError struct {
	After time.Duration // how long to wait
	// Alone: it lets others pass, which may go on under the same limit.
	Alone bool
	Cause error
}

func (e *RateLimitedError) Error() string { return againIn(e.Cause, "nothing was done", e.After) }

func (e *RateLimitedError) Unwrap() error { return e.Cause }

// UnavailableError says that nothing was done, and that the same call may be made again.
type UnavailableError struct {
	After time.Duration // how long to wait
	Cause error
}

func (e *UnavailableError) Error() string { return againIn(e.Cause, "nothing was done", e.After) }

func (e *UnavailableError) Unwrap() error { return e.Cause }

// OutcomeUnknownError says that the call may have been carried out: look before it is
// made again.
type OutcomeUnknownError struct {
	After time.Duration // how long to wait
	Cause error
}

func (e *OutcomeUnknownError) Error() string { return againIn(e.Cause, "outcome unknown", e.After) }

func (e *OutcomeUnknownError) Unwrap() error { return e.Cause }

func againIn(cause error, outcome string, after time.Duration) string {
	return fmt.Sprintf("%v (%s, try again in %s)", cause, outcome, after)
}

// PermanentError says that Slack refuses the call until a person changes something.
type PermanentError struct {
	// Sentence is for people: what is wrong and what to do, without a full stop. It
	// may be empty.
	Sentence string
	Reach    Reach // how far the refusal goes
	// Hopeless: Slack never takes this text, wherever it is posted.
	Hopeless bool
	// Misshapen: Slack refuses the text for its form. It is Hopeless too.
	Misshapen bool
	// TokenRefused: the token is at fault, whatever is said and where.
	TokenRefused bool
	After        time.Duration // how long to wait if the token is refused; else 0
	Cause        error
}

func (e *PermanentError) Error() string {
	if e.Sentence == "" {
		return fmt.Sprintf("refused: %v", e.Cause)
	}
	return e.Sentence
}

func (e *PermanentError) Unwrap() error { return e.Cause }

// Words is the sentence, for whoever words the refusal.
func (e *PermanentError) Words() string { return e.Sentence }

// Reach is how far a refusal goes that lasts until a person changes something.
type Reach int

// A channel refuses all, or posts of a kind, or those in one thread.
const (
	ReachChannel Reach = iota
	ReachKind
	ReachThread
)

// IsPermanent reports whether Slack refuses it until a person changes something.
func IsPermanent(err error) bool {
	_, ok := errors.AsType[*PermanentError](err)
	return ok
}

// IsTokenRefused reports whether Slack refuses the token.
func IsTokenRefused(err error) bool {
	p, ok := errors.AsType[*PermanentError](err)
	return ok && p.TokenRefused
}

// IsHopeless reports whether Slack never takes this text.
func IsHopeless(err error) bool {
	p, ok := errors.AsType[*PermanentError](err)
	return ok && p.Hopeless
}

// IsLimited reports whether a limit held the call back.
func IsLimited(err error) bool {
	_, ok := errors.AsType[*RateLimitedError](err)
	return ok
}

// IsOutcomeUnknown reports whether Slack left it open that the call was carried out.
func IsOutcomeUnknown(err error) bool {
	_, ok := errors.AsType[*OutcomeUnknownError](err)
	return ok
}

// IsUnsure reports whether the call may have been carried out: nothing in err says that
// it was not.
func IsUnsure(err error) bool {
	if IsOutcomeUnknown(err) {
		return true
	}
	_, unavailable := errors.AsType[*UnavailableError](err)
	return !unavailable && !IsLimited(err) && !IsPermanent(err)
}

// RetryAfter is how long to wait before the call is made again; 0 if err does not say.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*RateLimitedError](err); ok {
		return e.After
	}
	if e, ok := errors.AsType[*UnavailableError](err); ok {
		return e.After
	}
	if e, ok := errors.AsType[*OutcomeUnknownError](err); ok {
		return e.After
	}
	if e, ok := errors.AsType[*PermanentError](err); ok {
		return e.After
	}
	return 0
}
