package main

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/bot/fakeslack"
)

// The promises, with Slack's limits in force and the cloud's: so long a card
// takes, and the way from the first click to the reset.
const (
	cardWithin  = 15 * time.Second
	resetWithin = 10 * time.Second
)

// startManyAtOnce is a stage on which one person may propose for many machines. A channel
// takes a post a second and a few at once, so ten proposals share one.
func startManyAtOnce(t *testing.T, n int) *rig {
	t.Helper()
	people, fleet := manyPeople(n)
	for i := range people.Channels {
		if c := &people.Channels[i]; strings.HasPrefix(c.ID, "C0STORM") {
			c.Members = append(c.Members, "U0ANN")
		}
	}
	return startRig(t, setting{fleet: fleet, people: people, policy: plainPolicy("5s")})
}

// withinSlacksLimits fails if Slack had to refuse a call of the bot's.
func (c *rig) withinSlacksLimits() {
	c.t.Helper()
	for _, call := range c.stage.slack.Calls() {
		if call.Status == http.StatusTooManyRequests {
			c.t.Errorf("%s met Slack's limit at %s", call.Method, call.At)
		}
	}
}

// One person makes a hundred proposals within ten seconds. Each has its card within
// fifteen.
func TestAHundredProposalsEachHaveTheirCardSoon(t *testing.T) {
	t.Parallel()
	takeProcessors(t)
	const n = 100
	c := startManyAtOnce(t, n)
	typed := make([]time.Time, n)
	var typing sync.WaitGroup
	tenASecond := time.NewTicker(100 * time.Millisecond) // one person, as fast as that
	defer tenASecond.Stop()
	for i := range n {
		<-tenASecond.C
		typed[i] = time.Now()
		typing.Go(func() {
			if _, err := c.stage.slack.Command(t.Context(), "U0ANN", roomOf(i), boxOf(i)); err != nil {
				t.Error(err)
			}
		})
	}
	typing.Wait()
	c.waitUntil("a hundred cards", func() bool {
		found := 0
		for i := 0; i < n; i += perChannel {
			found += len(c.stage.slack.Messages(roomOf(i)))
		}
		return found == n
	})
	var slowest time.Duration
	for i := range n {
		took := postedAt(t, cardIn(t, c.stage.slack, i)).Sub(typed[i])
		if slowest = max(slowest, took); took > cardWithin {
			t.Errorf("the card of %s stood after %s", boxOf(i), took.Round(time.Millisecond))
		}
	}
	t.Logf("the slowest card took %s", slowest.Round(time.Millisecond))
	c.withinSlacksLimits()
}

// Forty people click once on a card that they have before their eyes, and two
// approvers ten times each, all at once.
func TestSixtyClicksOnOneCardEndInOneResetWithinTenSeconds(t *testing.T) {
	t.Parallel()
	takeProcessors(t)
	c := startManyAtOnce(t, 60)
	if _, err := c.stage.slack.Command(t.Context(), "U0ANN", roomOf(0), boxOf(0)); err != nil {
		t.Fatal(err)
	}
	c.waitUntil("the card", func() bool { return len(c.stage.slack.Messages(roomOf(0))) == 1 })
	card := cardIn(t, c.stage.slack, 0)
	if err := c.stage.slack.Click(t.Context(), "U0ANN", roomOf(0), card.TS, "Confirm backup"); err != nil {
		t.Fatal(err)
	}
	if r, err := c.stage.slack.Submit(
		t.Context(), "U0ANN", map[string]string{"Type the machine's name to confirm": boxOf(0)},
	); err != nil || !r.Closed {
		t.Fatalf("%v, %v %s", err, r.Errors, r.Warning)
	}
	began := time.Now()
	c.clickTogether(card, 60, func(i int) string {
		if i%3 == 0 {
			return []string{"U0BOB", "U0CHO"}[i/3%2]
		}
		return proposerOf(i)
	})
	c.waitUntil("the reset", func() bool { return c.stage.cloud.ResetRequests(machineOf(0)) > 0 })
	if took := time.Since(began); took > resetWithin {
		t.Errorf("reset after %s", took)
	} else {
		t.Logf("reset within %s, of which 5 s are its countdown", took.Round(time.Millisecond))
	}
	c.waitUntil(
		"its end",
		func() bool { return strings.Contains(c.stage.slack.PlainText(cardIn(t, c.stage.slack, 0)), "Verified") },
	)
	if got := c.stage.cloud.ResetRequests(machineOf(0)); got != 1 {
		t.Errorf("%d resets", got)
	}
	c.withinSlacksLimits()
}

// clickTogether has so many people press Approve at once, each on the card as it
// is now, and fails unless each of them was acknowledged.
func (c *rig) clickTogether(card fakeslack.Message, n int, who func(int) string) {
	c.t.Helper()
	var clicking sync.WaitGroup
	for i := range n {
		clicking.Go(func() {
			if err := c.stage.slack.ClickStale(c.ctx, who(i), card.Channel, card.TS, card.Version,
				"Approve"); err != nil {
				c.t.Errorf("the click of %s: %v", who(i), err)
			}
		})
	}
	clicking.Wait()
}

// cardIn is a machine's card.
func cardIn(t *testing.T, s *fakeslack.Slack, i int) fakeslack.Message {
	t.Helper()
	for _, m := range s.Messages(roomOf(i)) {
		if strings.Contains(s.PlainText(m), boxOf(i)) {
			return m
		}
	}
	t.Fatalf("there is no card of %s", boxOf(i))
	return fakeslack.Message{}
}

// postedAt is when Slack took a message, by Slack's clock.
func postedAt(t *testing.T, m fakeslack.Message) time.Time {
	t.Helper()
	s, err := strconv.ParseFloat(m.TS, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(int64(s * 1e6))
}
