package storetest

import (
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

var budgetTests = []test{
	{"BudgetIsNeverExceeded", budgetIsNeverExceeded},
	{"APlaceIsNotLostWithItsWorker", aPlaceIsNotLostWithItsWorker},
	{"ATagsLimitHoldsBackItsMachinesOnly", aTagsLimitHoldsBackItsMachinesOnly},
	{"NobodyOvertakesThoseAhead", nobodyOvertakesThoseAhead},
}

func budgetIsNeverExceeded(t *testing.T, open Opener) {
	s := open(t)
	var recs []port.Record
	for i := range 4 {
		recs = append(recs, countingDown(t, s, Ref(i+1)))
	}
	try := func(i int, l model.Limits, wantOK bool, wantRun, wantHour int) {
		t.Helper()
		p, err := s.Reserve(t.Context(), bid(recs[i], l))
		if err != nil || p.OK != wantOK || p.Running != wantRun || p.Hour != wantHour {
			t.Fatalf("operation %d: %+v, %v", i, p, err)
		}
	}
	l := model.Limits{AtOnce: 2, PerHour: 3}
	try(0, l, true, 1, 1)
	try(0, l, true, 1, 1)
	try(1, l, true, 2, 2)
	try(2, l, false, 2, 2)
	if err := s.Unreserve(t.Context(), "main", recs[0].Op.ID); err != nil {
		t.Fatal(err)
	}
	try(2, l, true, 2, 3)
	if err := s.Unreserve(t.Context(), "main", recs[1].Op.ID); err != nil {
		t.Fatal(err)
	}
	try(3, l, false, 1, 3)
	try(1, l, true, 2, 3) // it was counted in this hour before
	try(3, model.Limits{}, true, 3, 4)
}

func aPlaceIsNotLostWithItsWorker(t *testing.T, open Opener) {
	s := open(t)
	a, b := countingDown(t, s, Ref(1)), countingDown(t, s, Ref(2))
	l := model.Limits{AtOnce: 1}
	for range 2 {
		if p, err := s.Reserve(t.Context(), bid(a, l)); !p.OK || err != nil {
			t.Fatal(p, err)
		}
	}
	if p, err := s.Reserve(t.Context(), bid(b, l)); p.OK || err != nil {
		t.Fatal(p, err)
	}
	mustApply(t, s, Click(a, "X1", reinstall.Failed)) // and nobody gives the place back
	if p, err := s.Reserve(t.Context(), bid(b, l)); !p.OK || err != nil {
		t.Fatal(p, err)
	}
	mustApply(t, s, Click(b, "X2", reinstall.Held)) // nor here, where people are waited for again
	c := countingDown(t, s, Ref(3))
	if p, err := s.Reserve(t.Context(), bid(c, l)); !p.OK || err != nil {
		t.Fatal(p, err)
	}
}

func aTagsLimitHoldsBackItsMachinesOnly(t *testing.T, open Opener) {
	s := open(t)
	r := tagged(t, s, "shop", "shop", "shopping", "office", "shop")
	shop := model.TagLimit{Tag: "team=shop", AtOnce: 1, PerHour: 2}
	l := model.Limits{AtOnce: 3, PerHour: 10, ByTag: []model.TagLimit{{Tag: "team=office", AtOnce: 5}, shop}}
	if p := reserve(t, s, bid(r[0], l)); !p.OK {
		t.Fatalf("the first: %+v", p)
	}
	if p := reserve(t, s, bid(r[0], l)); !p.OK {
		t.Errorf("once more: %+v", p)
	}
	if p := reserve(t, s, bid(r[1], l)); p.OK || p.Of != shop || p.Hourly || p.Running != 1 {
		t.Errorf("a second of the tag: %+v", p)
	}
	for _, other := range r[2:4] {
		if p := reserve(t, s, bid(other, l)); !p.OK {
			t.Errorf("another tag: %+v", p)
		}
	}
	must(t, s.Unreserve(t.Context(), "main", r[0].Op.ID))
	if p := reserve(t, s, bid(r[1], l)); !p.OK {
		t.Errorf("after the first has ended: %+v", p)
	}
	must(t, s.Unreserve(t.Context(), "main", r[1].Op.ID))
	if p := reserve(t, s, bid(r[4], l)); p.OK || p.Of != shop || !p.Hourly || p.Hour != 2 {
		t.Errorf("a third in the hour: %+v", p)
	}
}

func nobodyOvertakesThoseAhead(t *testing.T, open Opener) {
	s := open(t)
	r := tagged(t, s, "shop", "shop", "office", "data")
	l := model.Limits{AtOnce: 2, ByTag: []model.TagLimit{{Tag: "team=shop", AtOnce: 1}}}
	if p := reserve(t, s, bid(r[0], l)); !p.OK {
		t.Fatalf("%+v", p)
	}
	// The second waits for its tag; the third goes by, the fourth waits for it.
	last := bid(r[3], l)
	last.Ahead = []model.QueuedOp{waiter(r[1]), waiter(r[2])}
	if p := reserve(t, s, last); p.OK || p.Of.Tag != "" || p.Running != 1 || p.Taken != 2 || p.Ahead != 2 {
		t.Errorf("the last: %+v", p)
	}
	third := bid(r[2], l)
	third.Ahead = []model.QueuedOp{waiter(r[1])}
	if p := reserve(t, s, third); !p.OK {
		t.Errorf("the third: %+v", p)
	}
	if p := reserve(t, s, last); p.OK || p.Running != 2 || p.Ahead != 1 {
		t.Errorf("the last, the third running: %+v", p)
	}
	must(t, s.Unreserve(t.Context(), "main", r[0].Op.ID))
	if p := reserve(t, s, last); p.OK {
		t.Errorf("the last has overtaken the second: %+v", p)
	}
	if p := reserve(t, s, bid(r[1], l)); !p.OK {
		t.Errorf("the second: %+v", p)
	}
}

// bid is an operation's, with its machine's tags and nobody ahead.
func bid(r port.Record, l model.Limits) model.Reservation {
	return model.Reservation{Account: "main", QueuedOp: waiter(r), Limits: l}
}

func waiter(r port.Record) model.QueuedOp {
	return model.QueuedOp{Op: r.Op.ID, Tags: r.Op.Plan.Tags}
}

// tagged are operations that count down, of machines with a tag team each.
func tagged(t *testing.T, s port.Store, teams ...string) []port.Record {
	t.Helper()
	var out []port.Record
	for i, team := range teams {
		r := countingDown(t, s, Ref(i+1))
		r.Op.Plan.Tags = map[string]string{"env": "staging", "team": team}
		out = append(out, r)
	}
	return out
}

func reserve(t *testing.T, s port.Store, b model.Reservation) model.QueuePosition {
	t.Helper()
	p, err := s.Reserve(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
