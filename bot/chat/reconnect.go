package chat

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/slack-go/slack"
	"golang.org/x/time/rate"

	"twokey/bot/chat/webapi"
)

// How connections are made again. Each waits longer and longer while it does not hold.
// All of them together keep within Slack's limit of apps.connections.open (sections 5.1
// and 7).

const (
	// firstRedial is the shortest wait between connections that do not hold.
	firstRedial = 250 * time.Millisecond
	// heldAfter is how long a connection must live to count as one that held.
	heldAfter = 20 * time.Second
	// dialBurst connections may be opened at once, and dialRefill more in ten minutes.
	// Tier 1 is one a minute, counted over ten. Both connections can be made, and once
	// made again, without a wait.
	dialBurst  = 4
	dialRefill = 6
	// firstTokenRetry is the first wait after a refusal of the token, lastTokenRetry the
	// longest.
	firstTokenRetry, lastTokenRetry = 3 * time.Second, 2 * time.Minute
)

// reconnects makes the calls of one Socket Mode client and holds back
// apps.connections.open. Otherwise a connection that is taken and at once ended would be
// opened again thousands of times a second (fault 1).
type reconnects struct {
	http  *http.Client
	now   func() time.Time
	first time.Duration // the shortest wait; the longest is sixty times it
	limit *dialLimit

	mu   sync.Mutex
	last time.Time
	back *backoff.ExponentialBackOff
}

// Do waits until the limits allow the call, then makes it.
func (r *reconnects) Do(req *http.Request) (*http.Response, error) {
	if err := sleepFor(req.Context(), r.nextWait()); err != nil {
		return nil, err
	}
	resp, err := r.limit.doRequest(req, r.http)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = r.now() // the wait for the limit does not count as a connection that held
	return resp, err
}

// nextWait is how long to wait before the next connection. After one that held that is
// nothing, else twice as long as before, at most fifteen seconds.
func (r *reconnects) nextWait() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if r.back == nil || now.Sub(r.last) > heldAfter {
		r.back = newBackOff(r.first, 60*r.first)
		r.last = now
		return 0
	}
	wait := r.back.NextBackOff()
	r.last = now.Add(wait)
	return wait
}

// newBackOff waits twice as long each time, from first to most.
func newBackOff(first, most time.Duration) *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier, b.MaxInterval = first, 2, most
	b.Reset()
	return b
}

// dialLimit keeps the calls of all connections within tier 1, one at a time. A
// call that never reached Slack does not count: when the network is back, so
// is the bot.
//
// While Slack refuses the token, one call at a time asks again, after waits that grow.
// The rest of the limit is kept for the time after.
type dialLimit struct {
	now func() time.Time
	// report gets the outcome of each call; nil: nobody wants it.
	report func(error)
	// replicas is how many replicas share the limit; nil: one has it.
	replicas func() int
	scale    float64
	bucket   *rate.Limiter
	slot     chan struct{}               // holds whoever calls
	retries  *backoff.ExponentialBackOff // of refusals

	mu    sync.Mutex
	until time.Time // after a 429
}

func newDialLimit(scale float64, now func() time.Time, firstRetry time.Duration) *dialLimit {
	return &dialLimit{
		now:     now,
		scale:   scale,
		slot:    make(chan struct{}, 1),
		retries: newBackOff(firstRetry, lastTokenRetry),
		bucket:  rate.NewLimiter(rate.Limit(dialRefill*scale/(10*60)), dialBurst),
	}
}

// doRequest waits for the limit, then makes the call.
func (l *dialLimit) doRequest(req *http.Request, via *http.Client) (*http.Response, error) {
	select {
	case l.slot <- struct{}{}:
		defer func() { <-l.slot }()
	case <-req.Context().Done():
		return nil, context.Cause(req.Context())
	}
	l.takePart()
	for wait := l.untilNext(); wait > 0; wait = l.untilNext() {
		if err := sleepFor(req.Context(), wait); err != nil {
			return nil, err
		}
	}
	resp, err := via.Do(req)
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "dial" {
		l.bucket.AllowN(l.now(), 1)
	}
	if err == nil {
		l.readOutcome(resp)
	}
	return resp, err
}

// takePart takes this replica's part of the limit. Each replica may make its connections
// at once: all of them together are as many as Slack takes.
func (l *dialLimit) takePart() {
	if l.replicas == nil {
		return
	}
	n := max(l.replicas(), 1)
	l.bucket.SetLimitAt(l.now(), rate.Limit(dialRefill*l.scale/(10*60)/float64(n)))
	l.bucket.SetBurstAt(l.now(), max(dialBurst/n, connections))
}

// readOutcome reads what Slack answered, leaves it to be read again, and has all calls
// wait after a refusal.
func (l *dialLimit) readOutcome(resp *http.Response) {
	body, err := webapi.ReadAgain(resp)
	var said slack.SlackResponse
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(body, &said) != nil ||
		!said.Ok && said.Error == "" {
		return
	}
	var refused error
	if !said.Ok {
		refused = webapi.ClassifyCode(webapi.AppsConnectionsOpen, slack.SlackErrorResponse{Err: said.Error})
	}
	var p *webapi.Permanent
	if errors.As(refused, &p) {
		l.pause(l.retries.NextBackOff())
	} else if refused == nil {
		l.retries.Reset()
	}
	if l.report != nil {
		l.report(refused)
	}
}

// untilNext is how long until the next call may be made.
func (l *dialLimit) untilNext() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	lacks := 1 - l.bucket.TokensAt(now)
	refill := time.Duration(lacks / float64(l.bucket.Limit()) * float64(time.Second))
	if lacks > 0 {
		refill += time.Millisecond // never just short of it
	}
	return max(refill, l.until.Sub(now))
}

// pause makes all wait after a 429.
func (l *dialLimit) pause(after time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := l.now().Add(after); until.After(l.until) {
		l.until = until
	}
}

// sleepFor waits, or returns early with ctx's cause.
func sleepFor(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
