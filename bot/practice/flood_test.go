package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/bot/fakeslack"
)

// A hundred proposals of one person within ten seconds have their cards within
// 15 s, and sixty clicks on one card end in one reset within 10 s, with Slack's
// limits in force. One channel takes a post a second, so ten proposals share one.
func TestAHundredProposalsOfOnePersonAndSixtyClicksOnOneCardStayWithinSlacksLimits(t *testing.T) {
	t.Parallel()
	const n = 100
	people, fleet := crowd(n)
	for i := range people.Channels {
		if c := &people.Channels[i]; strings.HasPrefix(c.ID, "C0STORM") {
			c.Members = append(c.Members, "U0ANN")
		}
	}
	st, err := newStage(t.Context(), setting{
		bin: built, dir: t.TempDir(), addr: "127.0.0.1:0", speed: 60, fleet: fleet, people: people,
		policy: []byte("accounts:\n  - {name: main, regions: [ap-guangzhou], currency: CNY}\napprovers: {groups: [S0ONCALL]}\ncountdown: 5s\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.close)
	if err := st.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var typing sync.WaitGroup
	began := time.Now()
	for i := range n {
		typing.Go(func() {
			if _, err := st.slack.Command(t.Context(), "U0ANN", roomOf(i), boxOf(i)); err != nil {
				t.Error(err)
			}
		})
	}
	typing.Wait()
	if took := time.Since(began); took > 10*time.Second {
		t.Fatalf("the double took %s to send them", took)
	}
	c := &crash{t: t, play: &play{ctx: t.Context(), bin: built, dir: t.TempDir(), speed: 60, stage: st}}
	cards := func() (found int) {
		for i := 0; i < n; i += perChannel {
			found += len(st.slack.Messages(roomOf(i)))
		}
		return found
	}
	c.await("a hundred cards", func() bool { return cards() == n })
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the last card stood after %s", took)
	}
	t.Logf("cards within %s", time.Since(began).Round(time.Millisecond))

	card := cardIn(st.slack, roomOf(0), boxOf(0))
	began = time.Now()
	if err := st.slack.Click(t.Context(), "U0ANN", roomOf(0), card.TS, "Confirm backup"); err != nil {
		t.Fatal(err)
	}
	if r, err := st.slack.Submit(t.Context(), "U0ANN", map[string]string{"Type the machine's name to confirm": boxOf(0)}); err != nil || !r.Closed {
		t.Fatalf("%v, %v %s", err, r.Errors, r.Warning)
	}
	var clicking sync.WaitGroup
	for i := range 60 { // each by somebody else
		clicking.Go(func() {
			who := proposerOf(i)
			if i == 0 {
				who = "U0BOB"
			}
			_ = st.slack.Click(t.Context(), who, roomOf(0), card.TS, "Approve") // the button goes when it is turned
		})
	}
	clicking.Wait()
	c.await("the reset", func() bool { return st.cloud.ResetRequests(machineOf(0)) > 0 })
	took := time.Since(began)
	if took > 10*time.Second {
		t.Errorf("reset after %s", took)
	}
	t.Logf("reset within %s, with 5 s of countdown", took.Round(time.Millisecond))
	c.await("its end", func() bool {
		return strings.Contains(st.slack.PlainText(cardIn(st.slack, roomOf(0), boxOf(0))), "Verified")
	})
	if got := st.cloud.ResetRequests(machineOf(0)); got != 1 {
		t.Errorf("%d resets", got)
	}
	for i := 1; i < n; i++ {
		if got := st.cloud.ResetRequests(machineOf(i)); got != 0 {
			t.Errorf("%d resets of %s, which nobody approved", got, boxOf(i))
		}
	}
	if bad := st.bot.misbehaved(); bad != "" {
		t.Error(bad)
	}
}

// cardIn is a machine's card in a channel.
func cardIn(s *fakeslack.Slack, room, name string) fakeslack.Message {
	for _, m := range s.Messages(room) {
		if strings.Contains(s.PlainText(m), name) {
			return m
		}
	}
	return fakeslack.Message{Text: fmt.Sprintf("no card of %s", name)}
}
