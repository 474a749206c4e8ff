package store

import (
	"strings"
	"testing"
	"time"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/reinstall"
)

// refusesToArm requires that nothing is armed, that all counts as frozen, and
// that it says why.
func refusesToArm(t *testing.T, s *Store, why string) {
	t.Helper()
	s.lookAtLife(t.Context(), time.Now())
	if got := s.Forgotten(); !strings.Contains(got, why) {
		t.Errorf("it says %q, not %q", got, why)
	}
	if err := s.MayArm(t.Context(), s.NewID(ref(1))); err == nil || !strings.Contains(err.Error(), "bot adopt") {
		t.Errorf("it may arm: %v", err)
	}
	if f, err := s.Frozen(t.Context()); err != nil || f == nil || !f.Lost {
		t.Errorf("frozen: %+v, %v", f, err)
	}
}

func mayArm(t *testing.T, s *Store) {
	t.Helper()
	s.lookAtLife(t.Context(), time.Now())
	if why := s.Forgotten(); why != "" {
		t.Errorf("it says %q", why)
	}
	if err := s.MayArm(t.Context(), s.NewID(ref(1))); err != nil {
		t.Errorf("it may not arm: %v", err)
	}
	if f, err := s.Frozen(t.Context()); err != nil || f != nil {
		t.Errorf("frozen: %+v, %v", f, err)
	}
}

func TestARedisThatWasEmptiedArmsNothingUntilAnOperatorAdoptsIt(t *testing.T) {
	r := startRedis(t)
	s, other := open(t, Options{URL: r.url()}), open(t, Options{URL: r.url()})
	mayArm(t, s)
	mayArm(t, other)
	if err := s.db.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	refusesToArm(t, s, "has forgotten")
	if _, err := s.Adopt(t.Context(), "we emptied it"); err != nil {
		t.Fatal(err)
	}
	mayArm(t, s)
	mayArm(t, other)
	mayArm(t, open(t, Options{URL: r.url()}))
}

func TestArmingItselfFindsThatRedisForgotBeforeAnybodyLooked(t *testing.T) {
	s := open(t, Options{URL: startRedis(t).url()})
	if err := s.db.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.MayArm(t.Context(), s.NewID(ref(1))); err == nil {
		t.Error("it may arm on a Redis that was emptied")
	}
}

func TestARedisThatWasRolledBackArmsNothing(t *testing.T) {
	s := open(t, Options{URL: startRedis(t).url()})
	rec := create(t, s, ref(1))
	dump := dumpOf(t, s)
	mustApply(t, s, click(rec, "X1", reinstall.Cancelled))
	now := time.Now()
	for range 4 { // longer than what a fail-over may lose
		s.lookAtLife(t.Context(), now)
		now = now.Add(headsAged)
	}
	restore(t, s, dump)
	if _, news := s.lookAtLife(t.Context(), now); !news {
		t.Error("it was not noticed")
	}
	refusesToArm(t, s, "rolled back")
}

func TestARedisWithoutHeadsFromElsewhereIsNotBelieved(t *testing.T) {
	r := startRedis(t)
	s := open(t, Options{URL: r.url()})
	early := dumpOf(t, s)
	history(t, s, 1)
	var v audit.Verifier
	if err := s.Audit(t.Context(), func(e audit.Entry) error { v.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
	heads, _ := v.Heads()
	if why := open(t, Options{URL: r.url(), Heads: heads}).Forgotten(); why != "" {
		t.Fatalf("as it was kept: %s", why)
	}
	for what, dump := range map[string]map[string]string{"emptied": {}, "an old dump": early} {
		t.Run(what, func(t *testing.T) {
			restore(t, s, dump)
			again := open(t, Options{URL: r.url(), Heads: heads})
			refusesToArm(t, again, "as it was kept elsewhere")
			refusesToArm(t, again, "as it was kept elsewhere") // it does not begin by itself
			if _, err := again.Adopt(t.Context(), "we emptied it"); err != nil {
				t.Fatal(err)
			}
			mayArm(t, again)
		})
	}
	if _, err := Open(t.Context(), Options{
		URL: r.url(), Seal: sealing(t),
		Heads: []audit.Head{{Chain: "17", Seq: 1}},
	}); err == nil {
		t.Error("a chain that there is not was taken")
	}
}

func TestAnotherDeploymentsRedisIsNotTaken(t *testing.T) {
	s, other := open(t, Options{URL: startRedis(t).url()}), open(t, Options{URL: startRedis(t).url()})
	restore(t, s, dumpOf(t, other))
	refusesToArm(t, s, "another one than before")
	if err := s.db.Set(t.Context(), keys.Partition(3).Epoch(), "made up", 0).Err(); err != nil {
		t.Fatal(err)
	}
	refusesToArm(t, s, "another TWOKEY_SEAL_KEY")
}

// dumpOf reads all that Redis holds; restore puts just that there again.
func dumpOf(t *testing.T, s *Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, k := range s.db.Keys(t.Context(), "*").Val() {
		all[k] = s.db.Dump(t.Context(), k).Val()
	}
	return all
}

func restore(t *testing.T, s *Store, dump map[string]string) {
	t.Helper()
	if err := s.db.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	for k, v := range dump {
		if err := s.db.Restore(t.Context(), k, 0, v).Err(); err != nil {
			t.Fatal(err)
		}
	}
}
