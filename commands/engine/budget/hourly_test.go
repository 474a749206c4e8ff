package budget_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"twokey/bot/store/storetest"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// newCalled stores an operation of the n-th machine that was armed so long ago, and is
// done. The budget knows nothing of it.
func newCalled(t *testing.T, s port.Store, n int, ago time.Duration, tags map[string]string) {
	t.Helper()
	c := storetest.Proposal(s, storetest.Ref(n), fmt.Sprint("create ", n))
	c.Op.Plan.Tags = tags
	rec, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	rec.Op.Arming = &reinstall.Arming{At: now.Add(-ago)}
	if _, err := s.Apply(t.Context(), storetest.Click(rec, fmt.Sprint("end ", n), reinstall.Done)); err != nil {
		t.Fatal(err)
	}
}

// The budget is not sealed: whoever empties it gains no call within the hour.
func TestAnHourThatTheRecordsShowFullLetsNobodyIn(t *testing.T) {
	shop, office := map[string]string{"team": "shop"}, map[string]string{"team": "office"}
	ofShop := model.Limits{ByTag: []model.TagLimit{{Tag: "team=shop", PerHour: 1}}}
	for name, c := range map[string]struct {
		limits model.Limits
		ago    time.Duration
		tags   map[string]string // of the machine that was called
		want   string            // empty: the next one may go
	}{
		"a minute ago":     {model.Limits{PerHour: 1}, time.Minute, shop, "1 of at most 1 reinstalls were made"},
		"within the hour":  {model.Limits{PerHour: 1}, time.Hour - 1, shop, "in the last hour"},
		"an hour ago":      {model.Limits{PerHour: 1}, time.Hour, shop, ""},
		"room for another": {model.Limits{PerHour: 2}, time.Minute, shop, ""},
		"the same tag":     {ofShop, time.Minute, shop, "machines tagged team=shop"},
		"another tag":      {ofShop, time.Minute, office, ""},
		"no limit an hour": {model.Limits{AtOnce: 1}, time.Minute, shop, ""},
	} {
		t.Run(name, func(t *testing.T) {
			q, s := newQueueOf(c.limits)
			newCalled(t, s, 1, c.ago, c.tags)
			next := newOperation(t, s, 2, "db-01", reinstall.Ready)
			next.Plan.Tags = shop
			w := take(t, q, next)
			if !strings.Contains(w.Why, c.want) || (w.Why == "") != (c.want == "") {
				t.Errorf("%q, want %q", w.Why, c.want)
			}
			if w.KeepsPosition {
				t.Error("it keeps a place that it must give back")
			}
		})
	}
}

// Many that ended since do not hide a call of the last hour.
func TestACallOfTheHourIsSeenBehindManyThatEndedSince(t *testing.T) {
	q, s := newQueueOf(model.Limits{PerHour: 1})
	newCalled(t, s, 1, time.Minute, nil)
	for n := range 499 {
		rec, err := s.Create(t.Context(), storetest.Proposal(s, storetest.Ref(n+2), fmt.Sprint("propose ", n)))
		if err != nil {
			t.Fatal(err)
		}
		cancelled := storetest.Click(rec, fmt.Sprint("cancel ", n), reinstall.Cancelled)
		if _, err := s.Apply(t.Context(), cancelled); err != nil {
			t.Fatal(err)
		}
	}
	if w := take(t, q, newOperation(t, s, 501, "db-01", reinstall.Ready)); w.Why == "" {
		t.Error("the hour is full, and it goes")
	}
}

// A place that the records do not grant is given back: another one takes it.
func TestWhoeverWaitsForTheHourGivesThePlaceBack(t *testing.T) {
	shop := map[string]string{"team": "shop"}
	q, s := newQueueOf(model.Limits{AtOnce: 1, ByTag: []model.TagLimit{{Tag: "team=shop", PerHour: 1}}})
	newCalled(t, s, 1, time.Minute, shop)
	next := newOperation(t, s, 2, "web-01", reinstall.Ready)
	next.Plan.Tags = shop
	if w := take(t, q, next); w.Why == "" {
		t.Fatal("the hour is full, and it goes")
	}
	other := model.Reservation{
		Account: "main", QueuedOp: model.QueuedOp{Op: newOperation(t, s, 3, "db-01", reinstall.Ready).ID},
		Limits: model.Limits{AtOnce: 1},
	}
	if p, err := s.Reserve(t.Context(), other); err != nil || !p.OK {
		t.Errorf("the place of one that waits is still taken: %+v, %v", p, err)
	}
}

// A limit of some machines holds back those alone.
func TestALimitOfATagHoldsBackItsMachinesAlone(t *testing.T) {
	q, s := newQueueOf(model.Limits{AtOnce: 2, ByTag: []model.TagLimit{{Tag: "team=shop", AtOnce: 1}}})
	newTagged := func(n int, name, team string, state reinstall.State) reinstall.Operation {
		t.Helper()
		c := storetest.Proposal(s, storetest.Ref(n), "create "+name)
		c.Op.Plan.Name, c.Op.Plan.Tags = name, map[string]string{"team": team}
		rec, err := s.Create(t.Context(), c)
		if err == nil {
			rec, err = s.Apply(t.Context(), storetest.Click(rec, "move "+name, state))
		}
		if err != nil {
			t.Fatal(err)
		}
		return rec.Op
	}
	newTagged(1, "web-01", "shop", reinstall.Sent)
	if w := take(t, q, newTagged(2, "web-02", "shop", reinstall.Ready)); !strings.Contains(w.Why, "tagged team=shop") {
		t.Errorf("the second of the shop: %q", w.Why)
	}
	if w := take(t, q, newTagged(3, "mail-01", "office", reinstall.Ready)); w.Why != "" {
		t.Errorf("one of the office waits: %s", w.Why)
	}
}

func TestASiblingWhoseOutcomeIsUnknownGoesFirst(t *testing.T) {
	q, s := newQueue()
	first := newOperation(t, s, 1, "web-01", reinstall.Unknown)
	why, err := q.SiblingFirst(t.Context(), newOperation(t, s, 2, "web-02", reinstall.Ready))
	if err != nil || !strings.Contains(why, first.ID) || !strings.Contains(why, "/reinstall resolve") {
		t.Errorf("%q, %v", why, err)
	}
}

// A failed check counts as no.
func TestWithoutTheRecordsNobodyTakesAPlace(t *testing.T) {
	q, s := newQueueOf(model.Limits{AtOnce: 1, PerHour: 1})
	op := newOperation(t, s, 1, "web-01", reinstall.Ready)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := q.Take(ctx, op); !errors.Is(err, context.Canceled) {
		t.Errorf("a place without the records: %v", err)
	}
	if _, err := q.SiblingFirst(ctx, op); !errors.Is(err, context.Canceled) {
		t.Errorf("its sibling without the records: %v", err)
	}
}
