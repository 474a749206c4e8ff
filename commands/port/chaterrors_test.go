package port_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"twokey/commands/port"
)

// What an error of the chat says is what its type says, however it is wrapped.
func TestEachErrorOfTheChatSaysWhatMayHaveHappened(t *testing.T) {
	const wait = 7 * time.Second
	cause := errors.New("Slack says no")
	type answers struct {
		unsure, unknown, limited, permanent bool
		after                               time.Duration
	}
	for name, c := range map[string]struct {
		err  error
		want answers
	}{
		"a limit":  {&port.RateLimitedError{After: wait, Cause: cause}, answers{limited: true, after: wait}},
		"not done": {&port.UnavailableError{After: wait, Cause: cause}, answers{after: wait}},
		"refused":  {&port.PermanentError{Cause: cause}, answers{permanent: true}},
		"a token refused": {
			&port.PermanentError{TokenRefused: true, After: wait},
			answers{permanent: true, after: wait},
		},
		"a lost answer": {
			&port.OutcomeUnknownError{After: wait, Cause: cause},
			answers{unsure: true, unknown: true, after: wait},
		},
		"a time-out of ours": {context.DeadlineExceeded, answers{unsure: true}},
	} {
		t.Run(name, func(t *testing.T) {
			err := fmt.Errorf("Slack chat.postMessage: %w", c.err)
			got := answers{
				port.IsUnsure(err), port.IsOutcomeUnknown(err), port.IsLimited(err), port.IsPermanent(err),
				port.RetryAfter(err),
			}
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// Each keeps its cause for the log, and a denial keeps what it means for people.
func TestAnErrorOfAPortKeepsItsCause(t *testing.T) {
	cause := errors.New("connection reset")
	for _, err := range []error{
		&port.RateLimitedError{Cause: cause}, &port.UnavailableError{Cause: cause},
		&port.OutcomeUnknownError{Cause: cause}, &port.PermanentError{Cause: cause},
		&port.ExplainedError{Cause: cause},
		&port.AccessDeniedError{Cause: &port.ExplainedError{Why: "the key is wrong", Cause: cause}},
	} {
		if !errors.Is(err, cause) || err.Error() == "" {
			t.Errorf("%T lost its cause: %v", err, err)
		}
	}
	denied := &port.AccessDeniedError{Cause: &port.ExplainedError{Why: "the key is wrong", Cause: cause}}
	if x, ok := errors.AsType[*port.ExplainedError](error(denied)); !ok || x.Why != "the key is wrong" {
		t.Errorf("a denial that nobody can explain: %v", denied)
	}
}
