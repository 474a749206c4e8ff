package chat

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

// overdue is a context whose time is over while nobody was told yet: the timer
// of a process that was frozen.
type overdue struct{ context.Context }

func (overdue) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

type sender func(*http.Request) (*http.Response, error)

func (s sender) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// Promise 4, the thread: whoever was frozen past its lease posts nothing, since
// another may have posted the same; and it knows that nothing was done.
func TestWhatIsOverdueIsNotSentAndKnownNotToBeDone(t *testing.T) {
	rt := inTime{sender(func(*http.Request) (*http.Response, error) {
		t.Error("it was sent")
		return nil, errors.New("sent")
	})}
	r, err := http.NewRequestWithContext(overdue{t.Context()}, http.MethodPost, "http://slack.invalid/api/chat.postMessage", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.RoundTrip(r)
	var later *RetryLater
	if got := classify(mPost, err); !errors.As(got, &later) || later.OutcomeUnknown() {
		t.Errorf("told as %v", got)
	}
}
