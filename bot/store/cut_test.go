package store

import (
	"strings"
	"testing"
	"time"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

// believed looks at Redis now, and returns why it is not believed.
func believed(t testing.TB, s *Store) string {
	t.Helper()
	s.lookAtLife(t.Context(), time.Now())
	return s.Doubt().Why
}

func goneOnWithout(t testing.TB, s *Store) string {
	t.Helper()
	var v audit.Verifier
	kept, err := s.SealedHeads(t.Context())
	must(t, err)
	v.Unseal(s.seal, kept)
	revs, err := s.Revisions(t.Context())
	must(t, err)
	must(t, s.Audit(t.Context(), func(e audit.Entry) error { v.Add(e); return nil }))
	if broken := v.End(revs); len(broken) > 0 {
		t.Errorf("it is not whole: %v", broken)
	}
	return strings.Join(v.Notes(), "\n")
}

// A chain whose end was cut stops every click there, is told, and goes on with an
// entry that says what is missing. What follows is whole again.
func TestAChainThatWasCutGoesOnOnAnOperatorsWord(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		rec = mustApply(t, s, click(rec, "approve", reinstall.Proposed))
		p := keys.OfID(rec.Op.ID)
		must(t, s.KeepHeads(t.Context()))
		if why := believed(t, s); why != "" {
			t.Fatal(why)
		}
		must(t, s.db.XDel(t.Context(), p.Audit(), "2-0").Err())
		if why := believed(t, s); !strings.Contains(why, "chain "+p.String()+" lacks 1 entry") ||
			s.Doubt().Way != "bot audit adopt" {
			t.Errorf("it says %q: %+v", why, s.Doubt())
		}
		went, err := s.AdoptAudit(t.Context(), p.String(), "operator x", "a slip")
		must(t, err)
		same(t, "went on", went, []audit.Adopted{{Chain: p.String(), Seq: 3, Missing: "2"}})
		if why := believed(t, s); why != "" {
			t.Errorf("afterwards: %q", why)
		}
		mustApply(t, s, click(rec, "again", reinstall.Proposed))
		if told := goneOnWithout(t, s); !strings.Contains(told, "entry 2 is missing; operator x went on") {
			t.Errorf("verify says %q", told)
		}
	})
}

func TestOnlyWhatAnOperatorWentOnWithoutIsAccepted(t *testing.T) {
	o := Options{URL: "redis://" + startRedis(t).addr}
	s := open(t, o)
	rec := create(t, s, ref(1))
	for _, c := range []string{"a", "b", "c", "d"} {
		rec = mustApply(t, s, click(rec, c, reinstall.Proposed))
	}
	p := keys.OfID(rec.Op.ID)
	var shipped []audit.Entry
	must(t, s.Audit(t.Context(), func(e audit.Entry) error { shipped = append(shipped, e); return nil }))
	must(t, s.KeepHeads(t.Context()))
	must(t, s.db.XDel(t.Context(), p.Audit(), "2-0", "5-0").Err())

	fresh := open(t, o) // it is noticed at a start, too
	if why := fresh.Doubt().Why; !strings.Contains(why, "lacks 2 entries") {
		t.Errorf("at the start: %q", why)
	}
	if _, err := s.Apply(t.Context(), click(rec, "e", reinstall.Proposed)); err == nil ||
		!strings.Contains(err.Error(), "bot audit adopt") {
		t.Errorf("a click says %v", err)
	}
	if _, err := s.AdoptAudit(t.Context(), "", "operator x", " "); err == nil {
		t.Error("without a reason it goes on")
	}
	went, err := s.AdoptAudit(t.Context(), "", "operator x", "a slip")
	must(t, err)
	same(t, "went on", went, []audit.Adopted{{Chain: p.String(), Seq: 6, Missing: "2, 5"}})
	for _, who := range []*Store{s, fresh} {
		if why := believed(t, who); why != "" || !strings.Contains(who.WentOn(),
			"operator x goes on with chain "+p.String()+" at its entry 6: a slip") {
			t.Errorf("afterwards: %q, %q", why, who.WentOn())
		}
	}
	rec = mustApply(t, s, click(rec, "e", reinstall.Proposed))
	must(t, s.KeepHeads(t.Context()))
	told := goneOnWithout(t, s)
	for _, want := range []string{
		"entry 2 is missing; operator x went on at entry 6: a slip", "entry 5 is missing",
		"came to revision 5 in what is missing",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("verify does not say %q:\n%s", want, told)
		}
	}
	if again, err := s.AdoptAudit(t.Context(), "", "operator x", "again"); err != nil || len(again) > 0 {
		t.Errorf("nothing is missing: %v %v", again, err)
	}

	// What was shipped has it still, and goes on with the entry, too.
	must(t, s.Audit(t.Context(), func(e audit.Entry) error {
		if e.Seq > 5 {
			shipped = append(shipped, e)
		}
		return nil
	}))
	var v audit.Verifier
	v.Unseal(s.seal, audit.KeptHeads{})
	parts := audit.NewComparison(s.seal, shipped)
	for _, e := range shipped {
		v.Add(e)
	}
	must(t, s.Audit(t.Context(), func(e audit.Entry) error { parts.Add(e); return nil }))
	apart, has := parts.End()
	if broken := append(v.End(nil), apart...); len(broken) > 0 ||
		!strings.Contains(strings.Join(has, ""), "has 2, 5, which Redis lost") {
		t.Errorf("of what was shipped: %v, %v", broken, has)
	}

	// And nothing more than that.
	must(t, s.db.XDel(t.Context(), p.Audit(), "3-0").Err())
	if why := believed(t, s); !strings.Contains(why, "lacks 1 entry") {
		t.Errorf("another entry is missing: %q", why)
	}
	if broken, _ := verified(t, s); !strings.Contains(strings.Join(broken, "\n"), "2 to 3 are missing") {
		t.Errorf("verify says %v", broken)
	}
}

// Nobody goes on by writing to Redis: with another key, neither the entry nor what
// stands beside the chain counts.
func TestNobodyGoesOnByWritingToRedis(t *testing.T) {
	o := Options{URL: "redis://" + startRedis(t).addr}
	s := open(t, o)
	rec := create(t, s, ref(1))
	rec = mustApply(t, s, click(rec, "a", reinstall.Proposed))
	p := keys.OfID(rec.Op.ID)
	must(t, s.db.XDel(t.Context(), p.Audit(), "2-0").Err())
	foreign, err := seal.New("what somebody else made up as a key")
	must(t, err)
	o.Seal, o.ReadOnly = foreign, true
	went, err := open(t, o).AdoptAudit(t.Context(), "", "operator x", "a slip")
	if err != nil || len(went) != 1 {
		t.Fatalf("%v, %v", went, err)
	}
	if why := believed(t, s); !strings.Contains(why, "lacks 1 entry") {
		t.Errorf("it is believed: %q", why)
	}
	broken, _ := verified(t, s)
	for _, want := range []string{"entry 2 is missing", "entry 3 (decision \"audit adopt\" by operator x"} {
		if !strings.Contains(strings.Join(broken, "\n"), want) {
			t.Errorf("verify does not say %q: %v", want, broken)
		}
	}
}

// A chain that was removed as a whole goes on behind the head that was sealed last.
func TestAChainThatWasRemovedGoesOnBehindItsSealedHead(t *testing.T) {
	s := open(t, Options{URL: "redis://" + startRedis(t).addr})
	rec := create(t, s, ref(1))
	rec = mustApply(t, s, click(rec, "a", reinstall.Proposed))
	p := keys.OfID(rec.Op.ID)
	must(t, s.KeepHeads(t.Context()))
	must(t, s.db.Del(t.Context(), p.Audit()).Err())
	went, err := s.AdoptAudit(t.Context(), "", "operator x", "it was removed")
	must(t, err)
	same(t, "went on", went, []audit.Adopted{{Chain: p.String(), Seq: 3, Missing: "1-2"}})
	mustApply(t, s, click(rec, "b", reinstall.Proposed))
	must(t, s.KeepHeads(t.Context()))
	if why := believed(t, s); why != "" {
		t.Errorf("it is not believed: %s", why)
	}
	if told := goneOnWithout(t, s); !strings.Contains(told,
		"the entries 1 to 2 are missing; operator x went on at entry 3: it was removed") {
		t.Errorf("verify says %q", told)
	}
}
