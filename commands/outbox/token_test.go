package outbox

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"twokey/commands/port"
)

// errNoToken is Slack's answer to a token that it refuses.
var errNoToken = &port.PermanentError{
	Sentence: "token_revoked", TokenRefused: true, After: 10 * time.Second, Cause: errSlack,
}

func TestARefusedTokenRestsAllOfSlackAndNoChannelForLong(t *testing.T) {
	var r breakers
	now := time.Unix(1_800_000_000, 0)
	for _, op := range []string{"7K3Q", "8W4R", "9XYZ"} {
		if wait := r.tripAfter(now, backoffKeys{own: op, channel: "room C0INFRA"}, errNoToken); wait < 10*time.Second ||
			wait > faultMost {
			t.Errorf("%s rests %s", op, wait)
		}
	}
	if _, resting := r.byKey["room C0INFRA"]; resting {
		t.Error("the channel rests for what is not its fault")
	}
	if r.faultsInRow < slackDownFaults || r.slack.until.Sub(now) < 10*time.Second {
		t.Error("others go on asking a Slack that refuses the token")
	}
}

// removals is a store that only counts what is taken out of an outbox.
type removals struct {
	port.Store
	n int
}

func (s *removals) Posted(context.Context, string, ...port.Post) error { s.n++; return nil }

func TestWhatSomebodyIsToldAloneWaitsForTheTokenAndIsLoggedOnce(t *testing.T) {
	var log bytes.Buffer
	store, now := &removals{}, time.Unix(1_800_000_000, 0)
	to, clock := slog.New(slog.NewTextHandler(&log, nil)), func() time.Time { return now }
	d := New(Config{
		Store: store, Log: to, Now: clock, Count: func(string, ...string) {},
		Faults: port.NewFaultLog(to, clock),
	})
	x := newDelivery(d, port.Claim{Kind: port.ClaimOutbox, ID: "C0INFRA"}, nil)
	for range 60 { // a minute
		x.handleFault(t.Context(), port.Post{Kind: port.PostWhisper, Key: "7K3Q.1.0", Op: "7K3Q", User: "U0ANN"},
			backoffKeys{own: "7K3Q.1.0", limit: "whisper"}, errNoToken)
		now = now.Add(time.Second)
	}
	if store.n > 0 || !x.left {
		t.Error("it was given up")
	}
	if n := strings.Count(log.String(), "\n"); n < 1 || n > 5 {
		t.Errorf("in a minute it is logged %d times:\n%s", n, &log)
	}
}
