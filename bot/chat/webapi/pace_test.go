package webapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"twokey/commands/port"
)

// fired makes calls for as long as it may within d and returns when each went.
func fired(t *testing.T, p *pace, method, channel string, d time.Duration) []time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var out []time.Time
	for {
		if err := p.wait(ctx, method, channel); err != nil {
			return out
		}
		out = append(out, time.Now())
	}
}

func TestNoMethodExceedsItsTierInAnyMinute(t *testing.T) {
	for method, tier := range tiers {
		if method == ChatPostMessage {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			at := fired(t, newPace(1, time.Now), method, "", 5*time.Minute)
			for i := range at {
				n := 0
				for _, x := range at[i:] {
					if x.Sub(at[i]) < time.Minute {
						n++
					}
				}
				if n > int(tier) {
					t.Fatalf("%s: %d calls in a minute, %d are allowed", method, n, tier)
				}
			}
			// a burst, and the next when a minute and a second have passed
			if len(at) != 5*(int(tier)-keptCalls[method]) {
				t.Errorf("%s: %d calls in five minutes", method, len(at))
			}
		})
	}
}

// Stops and the last look before the call find their share of the limit free,
// however many others ask, and all together stay within it.
func TestAShareOfTheLimitIsKeptForWhatMayNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		others := fired(t, p, UsersInfo, "", time.Second)
		began := time.Now()
		kept := fired(t, p, urgentLane(UsersInfo), "", time.Second)
		if len(kept) != keptCalls[UsersInfo] || time.Since(began) > time.Second {
			t.Errorf("%d calls of what may not wait, %d are kept", len(kept), keptCalls[UsersInfo])
		}
		if n := len(others) + len(kept); n != int(tiers[UsersInfo]) {
			t.Errorf("%d calls together in a minute, of %d", n, tiers[UsersInfo])
		}
		p.pause(UsersInfo, "", 30*time.Second) // a 429 holds for both
		if err := p.try(UsersInfo+urgentSuffix, ""); err == nil {
			t.Error("a call went out in the rest after a 429")
		}
	})
}

// Posts go one a second in a channel, and channels do not wait for one another.
func TestPostsGoOneASecondInAChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		if n := len(fired(t, p, ChatPostMessage, "C1", 10*time.Second)); n < 10 || n > 10+postBurst {
			t.Errorf("%d posts in ten seconds", n)
		}
		began := time.Now()
		if err := p.wait(t.Context(), ChatPostMessage, "C2"); err != nil || time.Since(began) != 0 {
			t.Errorf("another channel waited %s, %v", time.Since(began), err)
		}
	})
}

func TestA429HasItsMethodRestAndNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		p.pause(ChatUpdate, "C1", 30*time.Second)
		p.pause(ChatUpdate, "C1", time.Second) // a shorter one does not shorten it
		p.pause(ChatPostMessage, "C1", 10*time.Second)
		began := time.Now()
		for _, c := range []struct {
			method, channel string
			after           time.Duration
		}{{UsersInfo, "", 0}, {ChatPostMessage, "C2", 0}, {ChatPostMessage, "C1", 10 * time.Second}, {
			ChatUpdate, "C2",
			30 * time.Second,
		}} {
			if err := p.wait(t.Context(), c.method, c.channel); err != nil || time.Since(began) != c.after {
				t.Errorf("%s %s after %s, %v; want %s", c.method, c.channel, time.Since(began), err, c.after)
			}
		}
	})
}

func TestACallThatWouldWaitTooLongIsRefusedAtOnceAndTakesNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		fired(t, p, UsergroupsUsersList, "", time.Second)
		for range 50 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			began := time.Now()
			err := p.wait(ctx, UsergroupsUsersList, "")
			cancel()
			l, ok := errors.AsType[*port.RateLimitedError](err)
			if !ok || l.After <= time.Second || l.After > perTier || time.Since(began) != 0 {
				t.Fatalf("after %s: %v", time.Since(began), err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.wait(ctx, UsergroupsUsersList, ""); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestWhoeverStopsWaitingGivesTheTurnBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		fired(t, p, UsergroupsUsersList, "", time.Millisecond)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- p.wait(ctx, UsergroupsUsersList, "") }()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, errPaced) {
			t.Error(err)
		}
		began := time.Now()
		if err := p.wait(t.Context(), UsergroupsUsersList, ""); err != nil || time.Since(began) > perTier {
			t.Errorf("waited %s, %v", time.Since(began), err)
		}
	})
}

func TestACallTakenBackLeavesNoGapThroughWhichAMinuteHoldsTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		fired(t, p, UsergroupsUsersList, "", time.Millisecond)
		for range 30 { // each takes a turn and gives it back
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_ = p.wait(ctx, UsergroupsUsersList, "")
			cancel()
		}
		if at := fired(t, p, UsergroupsUsersList, "", 50*time.Second); len(at) != 0 {
			t.Errorf("%d calls more in the same minute", len(at))
		}
	})
}

// spent makes so many edits.
func spent(t *testing.T, p *pace, n int) {
	t.Helper()
	for range n {
		if err := p.try(ChatUpdate, "C1"); err != nil {
			t.Fatal(err)
		}
	}
}

// A calm edit waits only when edits run short, and leaves some to the others.
func TestACalmEditWaitsOnlyWhenEditsRunShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		began := time.Now()
		if err := p.tryCalm("C1", time.Now()); err != nil {
			t.Error("held back on a quiet day:", err)
		}
		spent(t, p, int(tier3)/2-1)
		err := p.tryCalm("C1", time.Now())
		if port.RetryAfter(err) != calmGathers || !isAloneIn(err) {
			t.Errorf("half of the minute is used: %v", err)
		}
		if err := p.tryCalm("C1", time.Now().Add(-calmGathers)); err != nil {
			t.Error("it has gathered long enough:", err)
		}
		spent(t, p, int(tier3)/2-1-calmLeaves)
		if err := p.tryCalm("C1", time.Now().Add(-calmGathers)); port.RetryAfter(err) != calmIsOld-calmGathers {
			t.Errorf("it leaves none to the others: %v", err)
		}
		if err := p.tryCalm("C1", time.Now().Add(-calmIsOld)); err != nil {
			t.Error("it is old enough to leave few:", err)
		}
		spent(t, p, calmLeaves-1)
		for _, err := range []error{p.try(ChatUpdate, "C1"), p.tryCalm("C1", time.Now().Add(-time.Hour))} {
			if port.RetryAfter(err) != perTier-time.Since(began) {
				t.Errorf("more than Slack's limit: %v", err)
			}
		}
	})
}

func isAloneIn(err error) bool {
	l, ok := errors.AsType[*port.RateLimitedError](err)
	return ok && l.Alone
}

func TestLinesLeaveRoomForANewCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		n := 0
		for p.tryLine("C1") == nil {
			n++
		}
		if n != postBurst-linesLeave {
			t.Errorf("%d lines", n)
		}
		if err := p.try(ChatPostMessage, "C1"); err != nil {
			t.Error("the card waits for lines:", err)
		}
		if err := p.tryLine("C1"); port.RetryAfter(err) != 2*time.Second {
			t.Errorf("a line before the card's place is there again: %v", err)
		}
	})
}

func TestTheOutboxIsToldForHowLongACallWouldWaitAndTakesNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(1, time.Now)
		for i := range postBurst {
			if err := p.try(ChatPostMessage, "C1"); err != nil {
				t.Fatalf("post %d: %v", i, err)
			}
		}
		for range 50 {
			err := p.try(ChatPostMessage, "C1")
			if l, ok := errors.AsType[*port.RateLimitedError](err); !ok || l.After != time.Second {
				t.Fatal(err)
			}
		}
		<-time.After(time.Second)
		if err := p.try(ChatPostMessage, "C1"); err != nil {
			t.Error("the refused ones took the turn:", err)
		}
	})
}

func TestAShareIsNeverNothingAndGrowsAgain(t *testing.T) {
	p := newPace(1, time.Now)
	for _, n := range []int{1000, 0, -1, 1} {
		p.divideAmong(n)
		for m, w := range p.methods {
			if w.most < 1 || n <= 1 && w.most != w.full {
				t.Errorf("of %d replicas %s has %d of %d", n, m, w.most, w.full)
			}
		}
		if d := p.calmDelay(time.Now(), time.Now()); d < 0 {
			t.Errorf("of %d replicas: %s", n, d)
		}
	}
}

// Of a hundred people who open theirs at once, nobody meets Slack's limit.
func TestHomesKeepSlacksPace(t *testing.T) {
	now := time.Unix(1800000000, 0)
	p := newPace(1, func() time.Time { return now })
	through := 0
	for range 200 {
		if p.try(ViewsPublish, "") == nil {
			through++
		}
	}
	for range 60 {
		now = now.Add(time.Second)
		if p.try(ViewsPublish, "") == nil {
			through++
		}
	}
	if through > 100 || through < 90 {
		t.Errorf("%d calls in a minute", through)
	}
}
