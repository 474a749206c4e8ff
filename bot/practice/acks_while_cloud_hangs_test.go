package main

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/bot/fakeslack"
	"twokey/bot/store"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// proposedBehindGate has a proposal made, on a wire whose gate can hold every answer of
// the cloud.
func proposedBehindGate(t *testing.T) (*rig, *gate) {
	t.Helper()
	takeProcessors(t)
	c, g := setRig(t, setting{}), &gate{}
	c.putOnWire(func(p point, m moment) bool {
		if p.to == "cloud" && m == asked {
			g.passThrough(t.Context())
		}
		return true
	})
	if err := c.stage.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.propose()
	return c, g
}

// The ack never waits for the cloud. The cloud holds every answer from the
// moment when the first card stands; whatever people do meanwhile is
// acknowledged in Slack's three seconds, and goes on when the cloud answers.
func TestWhileTheCloudHangsEverythingIsAcknowledged(t *testing.T) {
	t.Parallel()
	c, g := proposedBehindGate(t)
	slack := c.stage.slack
	c.mustAck(slack.Command(c.ctx, "U0BOB", channel, ""))
	c.waitUntil("the machines", func() bool { _, open := slack.OpenView("U0BOB"); return open })
	before := c.suggestions("web")

	g.shutGate()
	begun := len(slack.Requests())
	if hung := c.suggestions("web"); !slices.Equal(hung, before) || len(hung) == 0 {
		t.Errorf("offered %q while the cloud hangs, %q before", hung, before)
	}
	if r, err := slack.Submit(c.ctx, "U0BOB", map[string]string{"Machine": before[0]}); err != nil || !r.Closed {
		t.Errorf("the form of a proposal: %+v, %v", r, err)
	}
	for _, typed := range []string{"web-02", "check web-02", "history web-01", "list", "help"} {
		c.mustAck(slack.Command(c.ctx, "U0ANN", channel, typed))
	}
	for _, b := range []struct{ who, button string }{
		{"U0CHO", "Approve"}, {"U0ANN", "Confirm backup"}, {"U0BOB", "Reject"},
	} {
		if err := pressButton(c.play, b.who, b.button, false); err != nil {
			t.Errorf("%s: %v", b.button, err)
		}
	}
	if r, err := slack.Submit(c.ctx, "U0BOB", map[string]string{"Reason": "not tonight"}); err != nil || !r.Closed {
		t.Errorf("the form of a rejection: %+v, %v", r, err)
	}
	for _, r := range slack.Requests()[begun:] {
		if r.Status != http.StatusOK || r.Err != "" {
			t.Errorf("%s: %d %s", r.Kind, r.Status, r.Err)
		}
	}
	if !g.wasHeld() {
		t.Error("the cloud was asked nothing meanwhile: this proves nothing")
	}
	g.openGate()
	c.waitUntil("what was taken meanwhile", func() bool {
		return strings.Contains(c.allCards(), "web-02") && strings.Contains(
			c.allCards(), "web-01 (ins-1a2b3c4d): rejected",
		)
	})
}

// However many wait for a cloud that hangs: a key that needs nothing of it is
// turned, and told, while many of them wait still.
func TestAKeyNeverWaitsBehindThoseWhoWaitForTheCloud(t *testing.T) {
	t.Parallel()
	c, g := proposedBehindGate(t)
	g.shutGate()
	defer g.openGate()
	for range 150 {
		c.mustAck(c.stage.slack.Command(c.ctx, "U0ANN", channel, "check web-02"))
	}
	c.approve()
	if g.waitingNow() == 0 {
		t.Error("it was turned only when all the others had given up")
	}
}

// suggestions is what type-ahead shows of a query.
func (c *rig) suggestions(query string) (labels []string) {
	c.t.Helper()
	os, err := c.stage.slack.Suggest(c.ctx, "U0BOB", "Machine", query)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, o := range os {
		labels = append(labels, o.Text)
	}
	return labels
}

func (c *rig) mustAck(r fakeslack.Reply, err error) {
	c.t.Helper()
	if err != nil || r.Status != http.StatusOK || r.Warning != "" {
		c.t.Errorf("%+v, %v", r, err)
	}
}

// allCards are all that stand in the channel.
func (c *rig) allCards() string {
	var all []string
	for _, m := range c.stage.slack.Messages(channel) {
		all = append(all, m.Text)
	}
	return strings.Join(all, "\n")
}

// gate lets all through while it is open.
type gate struct {
	mu     sync.Mutex
	closed chan struct{} // nil: open
	waits  int           // since it was shut
	there  int           // that wait now
}

// waitingNow is how many wait.
func (g *gate) waitingNow() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.there
}

func (g *gate) passThrough(ctx context.Context) {
	g.mu.Lock()
	closed := g.closed
	if closed != nil {
		g.waits++
		g.there++
	}
	g.mu.Unlock()
	if closed == nil {
		return
	}
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.there--
	}()
	select {
	case <-closed:
	case <-ctx.Done():
	}
}

func (g *gate) shutGate() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = make(chan struct{})
}

func (g *gate) openGate() {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(g.closed)
	g.closed = nil
}

// wasHeld reports whether anybody waits, or has waited.
func (g *gate) wasHeld() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waits > 0
}

// BenchmarkAcks sends signed commands and presses, 64 at once, to the bot as it
// is shipped, over HTTP and with a real Redis, while it tracks a thousand
// proposals, of which a hundred are being followed.
func BenchmarkAcks(b *testing.B) {
	const tracked, atOnce = 1000, 64
	people, fleet := manyPeople(tracked)
	st := setStage(b, setting{speed: 1, people: people, fleet: fleet, rate: 1000, policy: plainPolicy("30s")})
	ids := fillMemory(b, st, tracked, atOnce)
	if err := st.bot.start(b.Context()); err != nil {
		b.Fatal(err)
	}
	cards := make([]fakeslack.Message, atOnce)
	if err := st.slack.Wait(b.Context(), func() bool {
		for i := range cards {
			if ms := st.slack.Messages(roomOf(i * perChannel)); len(ms) > 0 {
				cards[i] = ms[0]
			}
		}
		return !slices.ContainsFunc(cards, func(m fakeslack.Message) bool { return m.TS == "" })
	}); err != nil {
		b.Fatal(err)
	}
	begun, cpu := len(st.slack.Requests()), st.bot.cpuSeconds(b)
	for b.Loop() {
		var all sync.WaitGroup
		for i, m := range cards {
			all.Go(func() {
				var err error
				if i%2 == 0 {
					err = st.slack.Click(b.Context(), "U0BOB", m.Channel, m.TS, "Approve")
				} else {
					_, err = st.slack.Command(b.Context(), "U0BOB", m.Channel, "approve "+ids[i])
				}
				if err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
	var took []time.Duration
	for _, r := range st.slack.Requests()[begun:] {
		if r.Status != http.StatusOK || r.Err != "" {
			b.Errorf("%s: %d %s", r.Kind, r.Status, r.Err)
		}
		took = append(took, r.Took)
	}
	// with what follows an ack meanwhile
	b.ReportMetric((st.bot.cpuSeconds(b)-cpu)*1000/float64(len(took)), "cpu-ms/ack")
	slices.Sort(took)
	for name, p := range map[string]float64{"p50-ms": .5, "p99-ms": .99, "max-ms": 1} {
		b.ReportMetric(float64(took[min(int(p*float64(len(took))), len(took)-1)].Microseconds())/1000, name)
	}
}

// cpuSeconds is how many seconds of a processor the bot has used.
func (b *bot) cpuSeconds(tb *testing.B) float64 {
	tb.Helper()
	page, err := getPage(tb.Context(), "http://"+b.admin+"/metrics")
	if err != nil {
		tb.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^process_cpu_seconds_total (\S+)$`).FindStringSubmatch(page)
	if m == nil {
		tb.Fatal("the bot does not tell its processor time")
	}
	s, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// fillMemory puts n proposals into the bot's memory: a tenth is being followed, and
// the first of so many channels wait for keys, with a card.
func fillMemory(b *testing.B, st *stage, n, cards int) (ids []string) {
	b.Helper()
	s, err := store.Open(b.Context(), store.Options{URL: st.redis.url, Seal: practiceSeals(b)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for i := range n {
		now := time.Now()
		ref := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: machineOf(i)}
		op := reinstall.Operation{
			ID: s.NewID(ref), State: reinstall.Proposed, Channel: roomOf(i), Proposer: proposerOf(i), ProposedAt: now,
			Expires: now.Add(time.Hour),
			Plan: model.Plan{
				Ref: ref, Name: boxOf(i),
				Terms: model.Terms{Approvals: 2, Approvers: model.People{Groups: []string{"S0ONCALL"}}},
			},
		}
		op.Fingerprint = op.Plan.Fingerprint()
		c := port.Change{Op: op, Command: "create " + op.ID, By: op.Proposer, What: "proposed", WakeAfter: time.Hour}
		if i%perChannel == 0 && i/perChannel < cards {
			c.Posts = postsOf(op.ID, 1)[:1]
			ids = append(ids, op.ID)
		} else if i%perChannel == 1 {
			c.Op.State, c.Op.Arming, c.Op.RequestID, c.WakeAfter = reinstall.Sent, &reinstall.Arming{At: now}, "of-"+
				op.ID, 0
		}
		if _, err := s.Create(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
	return ids
}
