package webapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"twokey/commands/port"
)

// overdue is a context whose deadline has passed while its timer has not fired: the
// process was frozen.
type overdue struct{ context.Context }

func (overdue) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

type sender func(*http.Request) (*http.Response, error)

func (s sender) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }

// Promise 4, the thread: a process that was frozen past its lease posts nothing, since
// another may have posted the same. It knows that nothing was done.
func TestWhatIsOverdueIsNotSentAndKnownNotToBeDone(t *testing.T) {
	rt := deadlineTransport{sender(func(*http.Request) (*http.Response, error) {
		t.Error("it was sent")
		return nil, errors.New("sent")
	}), time.Now}
	r, err := http.NewRequestWithContext(overdue{t.Context()}, http.MethodPost,
		"http://slack.invalid/api/chat.postMessage", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.RoundTrip(r)
	got := Classify(ChatPostMessage, err)
	if _, ok := errors.AsType[*port.UnavailableError](got); !ok {
		t.Errorf("told as %v", got)
	}
}

// frozenClock stands until the process is frozen, for an hour.
type frozenClock struct{ hours atomic.Int64 }

func (c *frozenClock) now() time.Time {
	return time.Now().Add(time.Duration(c.hours.Load()) * time.Hour)
}

// frozenBody freezes the process when the body of the request is read: the
// connection is there, and nothing of the request has left yet.
type frozenBody struct {
	clock *frozenClock
	io.Reader
}

func (b frozenBody) Read(p []byte) (int, error) {
	b.clock.hours.Add(1)
	return b.Reader.Read(p)
}

// As above, but the process is frozen after it read the clock: on a new connection and on
// a used one, plain and with TLS.
func TestWhoeverIsFrozenOnTheWayToTheWireSendsNothing(t *testing.T) {
	for name, start := range map[string]func(http.Handler) *httptest.Server{
		"plain": httptest.NewServer,
		"TLS":   httptest.NewTLSServer,
	} {
		for _, used := range []bool{false, true} {
			var posts atomic.Int64
			s := start(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err == nil { // the whole request
					posts.Add(1)
				}
			}))
			t.Cleanup(s.Close)
			clock := &frozenClock{}
			tr := newTransport(clock.now)
			tr.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
			t.Cleanup(tr.CloseIdleConnections)
			client := &http.Client{Transport: deadlineTransport{tr, clock.now}, Timeout: time.Minute}
			want := int64(0)
			if used {
				if err := post(client, s.URL, frozenBody{&frozenClock{}, io.LimitReader(zeros{}, 100)}); err != nil {
					t.Fatal(err)
				}
				want = 1
			}
			err := post(client, s.URL, frozenBody{clock, io.LimitReader(zeros{}, 100)})
			if err == nil || posts.Load() != want {
				t.Errorf("%s, used before %v: %d posts where %d were in time; told as %v", name, used, posts.Load(),
					want, err)
			}
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func post(c *http.Client, url string, body io.Reader) error {
	r, err := http.NewRequest(http.MethodPost, url, body)
	if err != nil {
		return err
	}
	r.ContentLength = 100
	resp, err := c.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
