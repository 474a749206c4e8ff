package port

import (
	"errors"
	"fmt"
	"time"

	"twokey/commands/reinstall/model"
)

// AsRefusal returns the refusal in err, or nil.
func AsRefusal(err error) *model.Refusal {
	r, _ := errors.AsType[*model.Refusal](err)
	return r
}

func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// IsUnsure reports whether what was asked of Slack may have been done all the same.
func IsUnsure(err error) bool {
	if u, ok := errors.AsType[OutcomeUnknown](err); ok {
		return u.OutcomeUnknown()
	}
	return !IsPermanent(err)
}

// Errors of the store. All else is a fault.
var (
	ErrNotFound = errors.New("no such record")
	ErrFenced   = errors.New("the lease was lost to another worker")
	ErrExists   = errors.New("the id is taken")
	// ErrForged: it is not what Twokey wrote there.
	ErrForged = errors.New("it was changed outside Twokey")
	// ErrNotDurable: the write could not be shown to survive a fail-over.
	ErrNotDurable = errors.New("the write was not confirmed by enough replicas")
	// ErrCannotArm: it would not survive one, so nothing was written.
	ErrCannotArm = errors.New("Redis cannot confirm a write now")
)

// CannotArmError is an ErrCannotArm with its reason in words for people: what
// is missing and what to do, without a full stop.
type CannotArmError struct {
	Why   string
	Cause error // may be nil
}

func (e *CannotArmError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %s", ErrCannotArm, e.Why, e.Cause)
	}
	return fmt.Sprintf("%s: %s", ErrCannotArm, e.Why)
}

func (e *CannotArmError) Unwrap() []error { return []error{ErrCannotArm, e.Cause} }

// RefusedError says that the memory is there, and does not do what it was asked:
// why, and what its operator should do, in words for people without a full stop.
// Nothing was written.
type RefusedError struct {
	Why, Next string
	Cause     error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s (%s): %s", e.Why, e.Next, e.Cause) }

func (e *RefusedError) Unwrap() error { return e.Cause }

// StaleError says that the record moved on; Now is what it is.
type StaleError struct{ Now Record }

func (e *StaleError) Error() string {
	return fmt.Sprintf("%s is at revision %d", e.Now.Op.ID, e.Now.Rev)
}

// LockedError says that another live operation holds the instance.
type LockedError struct{ By string }

func (e *LockedError) Error() string { return "the instance is locked by " + e.By }

// Errors of the chat that matter here; package bot/chat's errors satisfy them.
type (
	retryLater interface {
		error
		RetryAfter() (time.Duration, bool)
	}
	// OutcomeUnknown is an error after which what was asked may have happened.
	OutcomeUnknown interface {
		error
		OutcomeUnknown() bool
	}
	permanent interface {
		error
		Permanent() bool
	}
	// hopeless is Permanent for this text, wherever it is posted.
	hopeless interface {
		error
		Hopeless() bool
	}
	// misshapen is Hopeless for what it looks like, in every form.
	misshapen interface {
		error
		Misshapen() bool
	}
	// limited is held back by Slack's limits, and nothing was done.
	limited interface {
		error
		Limited() bool
	}
	// yielding is Limited, and lets the others pass.
	yielding interface {
		error
		Alone() bool
	}
	// tokenRefused is Permanent for the token, whatever it says and where.
	tokenRefused interface {
		error
		TokenRefused() bool
	}
	// reaching is how far a Permanent refusal goes: to all in the channel, to posts
	// of the same kind there, or to this thread alone.
	reaching interface {
		error
		Reach() Reach
	}
)

// Reach is how far a refusal goes that lasts until a person changes something.
type Reach int

// A channel refuses all, or posts of a kind, or those in one thread.
const (
	ReachChannel Reach = iota
	ReachKind
	ReachThread
)

func IsPermanent(err error) bool {
	p, ok := errors.AsType[permanent](err)
	return ok && p.Permanent()
}

func ReachOf(err error) Reach {
	if r, ok := errors.AsType[reaching](err); ok {
		return r.Reach()
	}
	return ReachChannel
}

func IsHopeless(err error) bool {
	h, ok := errors.AsType[hopeless](err)
	return ok && h.Hopeless()
}

func IsMisshapen(err error) bool {
	m, ok := errors.AsType[misshapen](err)
	return ok && m.Misshapen()
}

func IsTokenRefused(err error) bool {
	t, ok := errors.AsType[tokenRefused](err)
	return ok && t.TokenRefused()
}

func IsLimited(err error) bool {
	l, ok := errors.AsType[limited](err)
	return ok && l.Limited()
}

func IsYielding(err error) bool {
	a, ok := errors.AsType[yielding](err)
	return ok && a.Alone()
}

func RetryAfter(err error) time.Duration {
	if r, ok := errors.AsType[retryLater](err); ok {
		if w, ok := r.RetryAfter(); ok {
			return w
		}
	}
	return 0
}

// WhyRefused says why the memory does not do what it is asked, in words for
// people; empty: it did not say.
func WhyRefused(err error) string {
	if no, ok := errors.AsType[*RefusedError](err); ok {
		return no.Why
	}
	return ""
}
