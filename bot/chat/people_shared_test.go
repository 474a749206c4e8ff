package chat

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"twokey/bot/chat/webapi"
)

// slowDirectory answers users.info after a while, and counts how often.
type slowDirectory struct {
	after time.Duration
	calls atomic.Int32
}

func (s *slowDirectory) RoundTrip(r *http.Request) (*http.Response, error) {
	s.calls.Add(1)
	select {
	case <-time.After(s.after):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	body := `{"ok":true,"user":{"id":"U0ANN","team_id":"T1"}}`
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)),
		Request: r,
	}, nil
}

// asksOf is a chat with Slack's own limits on such a directory.
func asksOf(t *testing.T, s *slowDirectory) *Chat {
	t.Helper()
	c, err := New(Config{Token: "xoxb-secret", SigningSecret: "s", Transport: s})
	if err != nil {
		t.Fatal(err)
	}
	c.who.Store(&Identity{TeamID: "T1", BotUserID: "U0"})
	return c
}

func TestWhoeverIsAskedAboutManyTimesAtOnceIsLookedUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowDirectory{after: time.Second}
		c := asksOf(t, s)
		leaves, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { // the first to ask does not wait for the answer
			if _, err := c.Person(leaves, "U0ANN"); err == nil {
				t.Error("it was answered")
			}
		})
		synctest.Wait()
		for range 60 {
			all.Go(func() {
				if p, err := c.Person(t.Context(), "U0ANN"); err != nil || p.ID != "U0ANN" {
					t.Errorf("%+v, %v", p, err)
				}
			})
		}
		synctest.Wait()
		leave()
		all.Wait()
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%d look-ups", n)
		}
		if _, err := c.Person(t.Context(), "U0ANN"); err != nil ||
			s.calls.Load() != 2 { // an answer serves those who asked before it came
			t.Errorf("%d look-ups, %v", s.calls.Load(), err)
		}
	})
}

// keptForUrgent is how many calls of users.info a minute are kept for what may not wait.
const keptForUrgent = 25

// The last look before the call shares no answer to an earlier question. It goes out even
// if all others have used their part of the minute.
func TestTheLastLookAtAPersonIsItsOwnAndGoesOutInAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slowDirectory{after: time.Second}
		c := asksOf(t, s)
		var early sync.WaitGroup
		early.Go(func() { _, _ = c.Person(t.Context(), "U0ANN") })
		synctest.Wait()
		if _, err := c.PersonNow(t.Context(), "U0ANN"); err != nil || s.calls.Load() != 2 {
			t.Errorf("%d look-ups, %v", s.calls.Load(), err)
		}
		early.Wait()
		for c.web.Try(webapi.UsersInfo, "") == nil { // a flood
		}
		soon, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := c.Person(soon, "U0ANN"); err == nil {
			t.Error("the flood has left something to all")
		}
		began := time.Now()
		for range keptForUrgent {
			if _, err := c.PersonNow(t.Context(), "U0ANN"); err != nil {
				t.Error(err)
			}
		}
		if n, took := s.calls.Load(), time.Since(began); n != int32(2+keptForUrgent) ||
			took != time.Duration(keptForUrgent)*s.after {
			t.Errorf("%d look-ups, within %s: they waited", n, took)
		}
	})
}
