package port_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// A refusal is for people, a fault for operators: however often it is wrapped, neither
// is taken for the other.
func TestARefusalIsNoFault(t *testing.T) {
	no := &model.Refusal{Why: "web-01 is being reinstalled", Next: "Wait for it to end"}
	wrapped := fmt.Errorf("proposing: %w", no)
	if got := port.AsRefusal(wrapped); got != no {
		t.Errorf("a wrapped refusal is %v", got)
	}
	if err := port.ExceptRefusal(wrapped); err != nil {
		t.Errorf("a refusal is left as a fault: %v", err)
	}
	fault := fmt.Errorf("proposing: %w", port.ErrFenced)
	if got := port.AsRefusal(fault); got != nil {
		t.Errorf("a fault is told to people: %v", got)
	}
	if err := port.ExceptRefusal(fault); !errors.Is(err, port.ErrFenced) {
		t.Errorf("a fault is lost: %v", err)
	}
	if err := errors.Join(port.ExceptRefusal(nil), asError(port.AsRefusal(nil))); err != nil {
		t.Errorf("nothing became %v", err)
	}
}

func asError(r *model.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

// Whoever may not arm finds that out however the reason is worded, and its cause stays.
func TestARedisThatCannotConfirmIsNoRedisToArmBy(t *testing.T) {
	cause := errors.New("WAIT: 0 of 2 replicas")
	for _, err := range []error{
		&port.CannotArmError{Why: "no replica answers", Cause: cause},
		&port.CannotArmError{Why: "no replica answers"},
	} {
		err = fmt.Errorf("7K3Q: %w", err)
		if !errors.Is(err, port.ErrCannotArm) || !strings.Contains(err.Error(), "no replica answers") {
			t.Errorf("nobody would know that nothing may be armed: %v", err)
		}
		if errors.Is(err, port.ErrNotDurable) || port.IsNotFound(err) {
			t.Errorf("it is taken for another error: %v", err)
		}
	}
	if err := error(&port.CannotArmError{Why: "no replica answers", Cause: cause}); !errors.Is(err, cause) ||
		!strings.Contains(err.Error(), "0 of 2") {
		t.Errorf("it lost its cause: %v", err)
	}
}

// The errors of the memory are told apart: each leads to something else.
func TestErrorsOfTheMemoryAreToldApart(t *testing.T) {
	all := []error{
		port.ErrNotFound, port.ErrFenced, port.ErrExists, port.ErrForged, port.ErrNotDurable, port.ErrCannotArm,
	}
	for i, a := range all {
		for j, b := range all {
			if errors.Is(fmt.Errorf("7K3Q: %w", a), b) != (i == j) || i != j && a.Error() == b.Error() {
				t.Errorf("%q and %q", a, b)
			}
		}
		if port.IsNotFound(fmt.Errorf("reading: %w", a)) != errors.Is(a, port.ErrNotFound) {
			t.Errorf("%v is missed, or taken for a record that is not there", a)
		}
	}
}

// A memory that refuses says why and what its operator should do.
func TestAMemoryThatRefusesSaysWhy(t *testing.T) {
	cause := errors.New("OOM command not allowed")
	err := fmt.Errorf("7K3Q: %w", &port.RefusedError{Why: "Redis is full", Next: "raise maxmemory", Cause: cause})
	if got := port.WhyRefused(err); got != "Redis is full" {
		t.Errorf("it says %q", got)
	}
	for _, part := range []string{"Redis is full", "raise maxmemory", "OOM"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the operator does not read %q: %v", part, err)
		}
	}
	if !errors.Is(err, cause) {
		t.Error("it lost its cause")
	}
	if got := port.WhyRefused(cause); got != "" {
		t.Errorf("a fault that explains nothing says %q", got)
	}
}

// Who was too late reads where the record stands, and who is locked out by whom.
func TestWhoIsTooLateReadsHowItStands(t *testing.T) {
	stale := fmt.Errorf("approve: %w", &port.StaleError{
		Now: port.Record{Op: reinstall.Operation{ID: "7K3Q", State: reinstall.Ready}, Rev: 9},
	})
	if e, ok := errors.AsType[*port.StaleError](stale); !ok || e.Now.Op.State != reinstall.Ready ||
		!strings.Contains(stale.Error(), "7K3Q is at revision 9") {
		t.Errorf("%v", stale)
	}
	locked := fmt.Errorf("propose: %w", &port.LockedError{By: "7K3Q"})
	if e, ok := errors.AsType[*port.LockedError](locked); !ok || e.By != "7K3Q" ||
		!strings.Contains(locked.Error(), "7K3Q") {
		t.Errorf("%v", locked)
	}
}

// What Slack refuses until a person changes something is no fault that passes: who asks
// one question of it gets no other's answer.
func TestARefusalOfSlackSaysHowFarItGoes(t *testing.T) {
	type answers struct{ hopeless, token bool }
	for name, c := range map[string]struct {
		err  error
		want answers
	}{
		"a channel that is archived": {&port.PermanentError{Sentence: "unarchive it"}, answers{}},
		"a text that is never taken": {&port.PermanentError{Hopeless: true}, answers{hopeless: true}},
		"a token that was revoked":   {&port.PermanentError{TokenRefused: true}, answers{token: true}},
		"a limit":                    {&port.RateLimitedError{After: time.Second}, answers{}},
		"a fault":                    {errors.New("EOF"), answers{}},
		"nothing":                    {nil, answers{}},
	} {
		err := c.err
		if err != nil {
			err = fmt.Errorf("chat.update: %w", err)
		}
		if got := (answers{port.IsHopeless(err), port.IsTokenRefused(err)}); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if e := (&port.PermanentError{}); e.Reach != port.ReachChannel {
		t.Error("a refusal that says nothing more concerns the whole channel")
	}
}

// People read the sentence, and only if there is none the operator's words.
func TestARefusalOfSlackIsWordedForPeople(t *testing.T) {
	cause := errors.New("is_archived")
	said := &port.PermanentError{Sentence: "the channel is archived; unarchive it", Cause: cause}
	if said.Error() != said.Sentence || said.Words() != said.Sentence {
		t.Errorf("people read %q", said.Error())
	}
	bare := &port.PermanentError{Cause: cause}
	if !strings.Contains(bare.Error(), "is_archived") || bare.Words() != "" {
		t.Errorf("without a sentence it says %q and %q", bare.Error(), bare.Words())
	}
}

// The log says whether something was done, and how long is waited.
func TestTheLogSaysWhetherItWasDone(t *testing.T) {
	cause := errors.New("503")
	for _, c := range []struct {
		err  error
		says string
	}{
		{&port.RateLimitedError{After: 30 * time.Second, Cause: cause}, "503 (nothing was done, try again in 30s)"},
		{&port.UnavailableError{After: 3 * time.Second, Cause: cause}, "503 (nothing was done, try again in 3s)"},
		{&port.OutcomeUnknownError{After: 3 * time.Second, Cause: cause}, "503 (outcome unknown, try again in 3s)"},
	} {
		if c.err.Error() != c.says {
			t.Errorf("the log says %q, not %q", c.err, c.says)
		}
	}
}
