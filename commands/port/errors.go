package port

import (
	"errors"
	"fmt"

	"twokey/commands/reinstall/model"
)

// AsRefusal returns the refusal in err, or nil.
func AsRefusal(err error) *model.Refusal {
	r, _ := errors.AsType[*model.Refusal](err)
	return r
}

// ExceptRefusal returns err, or nil if it is a refusal: for what is noted if it still
// fits, and is of no use if the record has moved on.
func ExceptRefusal(err error) error {
	if AsRefusal(err) != nil {
		return nil
	}
	return err
}

func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

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

// WhyRefused says why the memory does not do what it is asked, in words for
// people; empty: it did not say.
func WhyRefused(err error) string {
	if no, ok := errors.AsType[*RefusedError](err); ok {
		return no.Why
	}
	return ""
}
