package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"twokey/commands/port"
	"twokey/commands/port/memory"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
	"twokey/commands/wiring"
)

// lostOnce is a memory of which one answer is lost when it is asked what a click
// is about.
type lostOnce struct {
	port.Store
	left atomic.Int32
}

func (f *lostOnce) Recent(ctx context.Context, id string) (port.Record, error) {
	if f.left.Add(-1) == 0 {
		return port.Record{}, errors.New("read tcp: i/o timeout")
	}
	return f.Store.Recent(ctx, id)
}

// workspace is a Slack of full members and guests that counts who is looked up;
// while it hangs it answers nobody.
type workspace struct {
	port.Chat
	guests map[string]bool
	hangs  atomic.Bool
	asked  atomic.Int32
	now    atomic.Int32 // of them, from the share that is kept
}

func (w *workspace) Person(ctx context.Context, u string) (model.Person, error) {
	w.asked.Add(1)
	if w.hangs.Load() {
		<-ctx.Done()
		return model.Person{}, ctx.Err()
	}
	return model.Person{ID: u, Email: u + "@home.example", Guest: w.guests[u]}, nil
}

func (w *workspace) PersonNow(ctx context.Context, u string) (model.Person, error) {
	w.now.Add(1)
	return w.Person(ctx, u)
}

func (w *workspace) Members(context.Context, string) ([]string, error) { return nil, nil }

func (w *workspace) Whisper(context.Context, port.PrivateMessage) error {
	return nil
}

func (w *workspace) PostCard(context.Context, view.Card, string) (port.Address, error) {
	return port.Address{Channel: "C0INFRA", TS: "1.2"}, nil
}

func (w *workspace) UpdateCard(context.Context, port.Address, view.Card) error { return nil }

func (w *workspace) Over(view.Card) view.Card { return view.Card{} }

func (w *workspace) PostLine(context.Context, port.Address, view.Text, string) error {
	return nil
}

func (w *workspace) PostWithButtons(context.Context, port.Address, view.LineWithButtons, string) error {
	return nil
}

func (w *workspace) EditLine(context.Context, port.Address, view.LineWithButtons, string) (bool, error) {
	return true, nil
}

// twoCounting is a desk with a proposal for two machines: the first is done, the
// second counts down.
func twoCounting(t *testing.T, w *workspace) (d *wiring.Twokey, s *lostOnce, ids []string) {
	t.Helper()
	s = &lostOnce{Store: memory.New(nil).Open()}
	pol := model.Policy{
		Channels: []string{"C0INFRA"}, Approvals: 1, Approvers: model.People{Users: []string{"U0BOB"}},
		ExpiresAfter: time.Hour,
	}
	d = wiring.New(wiring.Config{Store: s, Chat: w, Policy: func() model.Policy { return pol }})
	now := time.Now()
	var refs []model.Ref
	for _, machine := range []string{"ins-00000001", "ins-00000002"} {
		r := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: machine}
		refs, ids = append(refs, r), append(ids, s.NewID(r))
	}
	for i := range refs {
		op := reinstall.Operation{
			ID: ids[i], State: reinstall.Ready, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00df00d",
			ProposedAt: now, Expires: now.Add(time.Hour), Countdown: reinstall.Countdown{
				Announced: now, Shown: now,
				Starts: now.Add(time.Hour),
			},
			Plan: model.Plan{Ref: refs[i], Name: "web", Terms: model.Terms{
				Approvers: pol.Approvers, Approvals: 1,
				ExpiresAfter: time.Hour,
			}},
			Batch: &reinstall.Batch{Item: "x", Members: ids, Index: i},
		}
		if i == 0 {
			op.State, op.End, op.Arming = reinstall.Done, &reinstall.End{At: now}, &reinstall.Arming{At: now}
		}
		if _, err := s.Create(t.Context(), port.Change{
			Op: op, Command: "make " + ids[i], By: "U0ANN", What: "propose",
			WakeAfter: -1,
		}); err != nil {
			t.Fatal(err)
		}
	}
	return d, s, ids
}

// holds runs the desk until an operation is held, and returns after how long.
func holds(t *testing.T, d *wiring.Twokey, s *lostOnce, id string, most time.Duration) time.Duration {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), most)
	defer stop()
	began := time.Now()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = d.Run(ctx) }()
	defer func() { stop(); <-ended; <-time.After(time.Minute) }() // by then each look-up was given up
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		rec, err := s.Load(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Op.State == reinstall.Held {
			return time.Since(began)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the hold was acknowledged, and after %s it is still %s", most, rec.Op.State)
		case <-tick.C:
		}
	}
}

func TestAHoldOfSeveralHoldsThemAllEvenIfReadLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, ids := twoCounting(t, &workspace{})
		d.Press(t.Context(), port.Inbound{
			Dedupe: "d1", User: "U0ANN", Channel: "C0INFRA", Verb: model.VerbHold, Op: ids[0],
			Rev: 1,
		})
		s.left.Store(1)
		holds(t, d, s, ids[1], 8*time.Second)
	})
}

func TestAHoldTakesEffectWithinTwoSecondsWhileSlackHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &workspace{}
		d, s, ids := twoCounting(t, w)
		w.hangs.Store(true)
		d.Press(t.Context(), port.Inbound{
			Dedupe: "d1", User: "U0ANN", Channel: "C0INFRA", Verb: model.VerbHold, Op: ids[0],
			Rev: 1,
		})
		if took := holds(t, d, s, ids[1], 8*time.Second); took > 2*time.Second {
			t.Errorf("held after %s", took)
		}
	})
}

// Sixty clicks on Hold by one person whom nobody was asked about yet, while Slack
// is slow to say: they cost as much as one, and others keep their share.
func TestSixtyHoldsAtOnceCostOneLookUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &workspace{}
		d, s, ids := twoCounting(t, w)
		w.hangs.Store(true)
		var clicks sync.WaitGroup
		for i := range 60 {
			clicks.Go(func() {
				d.Press(t.Context(), port.Inbound{
					Dedupe: fmt.Sprint("d", i), User: "U0ANN", Channel: "C0INFRA",
					Verb: model.VerbHold, Op: ids[0], Rev: 1,
				})
			})
		}
		clicks.Wait()
		holds(t, d, s, ids[1], 8*time.Second)
		if n := w.now.Load(); n > 3 { // those that came late ask once more
			t.Errorf("%d look-ups from the share that is kept", n)
		}
	})
}

// floods types the same many times, and counts what it is answered.
func floods(t *testing.T, d *wiring.Twokey, user, text string, times int) (answered int) {
	t.Helper()
	for i := range times {
		in := port.Inbound{
			Dedupe: user + text + string(rune('a'+i%26)) + time.Now().String(), User: user,
			Channel: "C0INFRA", Text: text,
		}
		if len(d.Command(t.Context(), in).Text) > 0 {
			answered++
		}
	}
	return answered
}

func TestAFloodByAGuestCostsOneLookUpAndIsAnsweredAFewTimes(t *testing.T) {
	w := &workspace{guests: map[string]bool{"U0GUS": true}}
	d, _, ids := twoCounting(t, w)
	if n := floods(t, d, "U0GUS", "approve "+ids[1], 300); n == 0 || n > 15 {
		t.Errorf("answered %d times", n)
	}
	if n := w.asked.Load(); n > 3 {
		t.Errorf("%d look-ups", n)
	}
}

func TestAMembersManyDeedsAreTakenAndAnEndlessFloodIsNot(t *testing.T) {
	w := &workspace{}
	d, _, ids := twoCounting(t, w)
	if n := floods(t, d, "U0ANN", "approve "+ids[1], 160); n != 160 {
		t.Errorf("%d of 160 were taken", n)
	}
	if n := floods(t, d, "U0ANN", "approve "+ids[1], 400); n > 200 {
		t.Errorf("%d of 400 more were taken", n)
	}
	if n := floods(t, d, "U0ANN", "hold "+ids[1], 50); n != 50 {
		t.Errorf("%d of 50 holds were taken", n)
	}
}
