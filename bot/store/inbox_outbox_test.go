package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

func delivery(n int) port.Item {
	return port.Item{
		Dedupe: fmt.Sprint("v0=", n), Verb: "propose", Args: `{"target":"web-01"}`, User: "U0ONCALL",
		Channel: "C0INFRA", At: t0,
	}
}

func receive(t testing.TB, s *Store, it port.Item) port.Claim {
	t.Helper()
	c, fresh, err := s.Receive(t.Context(), it)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	return c
}

func TestTheSameDeliveryIsStoredOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		c := receive(t, s, delivery(1))
		for _, again := range []*Store{s, open(t, o)} {
			if _, fresh, err := again.Receive(t.Context(), delivery(1)); fresh || err != nil {
				t.Fatal(fresh, err)
			}
		}
		it, err := s.Item(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := delivery(1)
		want.ID, want.Tries = c.ID, 1
		same(t, "item", it, want)
		if err := s.Finish(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if err := s.Finish(t.Context(), c); err != nil {
			t.Fatal("finished twice:", err)
		}
		if _, fresh, err := s.Receive(t.Context(), delivery(1)); fresh || err != nil {
			t.Fatal("finished, and stored again:", fresh, err)
		}
		if _, err := s.Item(t.Context(), c.ID); !errors.Is(err, port.ErrNotFound) {
			t.Fatal(err)
		}
	})
}

func TestAnItemOfADeadWorkerIsTakenOver(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		it := delivery(1)
		it.Op = rec.Op.ID
		c := receive(t, s, it)
		if p, _ := keys.OfItem(c.ID); p != keys.OfInstance(ref(1)) {
			t.Errorf("the item is in partition %s", p)
		}
		same(t, "claimed by another", claimAll(t, s, long), []port.Claim(nil))
		if lost, err := s.Renew(t.Context(), short, []port.Claim{c}); len(lost) > 0 || err != nil {
			t.Fatal(lost, err)
		}
		taken := claimed(t, s, long, port.ClaimItem, c.ID)
		if got, err := s.Item(t.Context(), c.ID); err != nil || got.Tries != 2 {
			t.Fatal(got.Tries, err)
		}
		if err := s.Finish(t.Context(), c); !errors.Is(err, port.ErrFenced) {
			t.Fatal("the dead worker finished it:", err)
		}
		if err := s.Release(t.Context(), taken, -1); err == nil {
			t.Fatal("an item was put away for good")
		}
		if err := s.Finish(t.Context(), taken); err != nil {
			t.Fatal(err)
		}
		same(t, "due", claimAll(t, s, long), []port.Claim(nil))
	})
}

func TestAnItemWithoutADedupeIsStoredEachTime(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		it := delivery(1)
		it.Dedupe = ""
		if a, b := receive(t, s, it), receive(t, s, it); a.ID == b.ID {
			t.Error("one item for two deliveries")
		}
		it = delivery(2)
		it.ID = keys.NewItemID((keys.ByHash(it.Dedupe)+1)%keys.Partitions, t0, s.random.bytes)
		if _, _, err := s.Receive(t.Context(), it); err == nil {
			t.Error("an id of another partition was taken")
		}
	})
}

func TestAnOutboxEntryAppendedWhileDrainingIsNotLost(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		box := keys.OfInstance(ref(1)).String()
		tell := func(command string, rec port.Record) port.Record {
			c := click(rec, command, reinstall.Proposed)
			c.Posts = []port.Post{{Kind: port.PostLine, Key: command}}
			return mustApply(t, s, c)
		}
		rec = tell("first", rec)
		c := claimed(t, s, long, port.ClaimOutbox, box)
		ps, err := s.Posts(t.Context(), box, 10)
		if err != nil || len(ps) != 1 {
			t.Fatal(ps, err)
		}
		tell("second", rec) // while the first is being told
		same(t, "claimed by another", claimAll(t, s, long), []port.Claim(nil))
		if err := s.Posted(t.Context(), box, ps...); err != nil {
			t.Fatal(err)
		}
		if err := s.Release(t.Context(), c, -1); err != nil {
			t.Fatal(err)
		}
		c = claimed(t, s, long, port.ClaimOutbox, box)
		ps, err = s.Posts(t.Context(), box, 10)
		if err != nil || len(ps) != 1 || ps[0].Key != "second" {
			t.Fatal(ps, err)
		}
		if err := s.Posted(t.Context(), box, ps...); err != nil {
			t.Fatal(err)
		}
		if err := s.Release(t.Context(), c, -1); err != nil {
			t.Fatal(err)
		}
		same(t, "due", claimAll(t, s, long), []port.Claim(nil))
	})
}

func TestANewPostDoesNotWaitForTheRetryOfAnOlderOne(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		rec := create(t, s, ref(1))
		box := keys.OfInstance(ref(1)).String()
		if err := s.Tell(t.Context(), rec.Op.ID, port.Post{Kind: port.PostWhisper, Key: "a"}); err != nil {
			t.Fatal(err)
		}
		c := claimed(t, s, long, port.ClaimOutbox, box)
		if err := s.Release(t.Context(), c, long); err != nil { // 429
			t.Fatal(err)
		}
		if err := s.Tell(t.Context(), rec.Op.ID, port.Post{Kind: port.PostWhisper, Key: "b"}); err != nil {
			t.Fatal(err)
		}
		claimed(t, s, long, port.ClaimOutbox, box)
		same(t, "outbox", posts(t, s, box), []string{"a", "b"})
	})
}

func TestAWhisperIsToldOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		a := port.Post{Kind: port.PostWhisper, Key: "a", User: "U0AAA111", Text: reinstall.Say("no")}
		b := port.Post{Kind: port.PostWhisper, Key: "b"}
		for range 2 {
			if err := s.Tell(t.Context(), "", a, b); err != nil {
				t.Fatal(err)
			}
		}
		ps, err := s.Posts(t.Context(), keys.ByHash("a").String(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range ps {
			ps[i].Stream, ps[i].At = "", time.Time{}
		}
		same(t, "outbox", ps, []port.Post{a, b})
	})
}
