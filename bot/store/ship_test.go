package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/seal"
)

// outside is a place that keeps what it took.
type outside struct {
	mu    sync.Mutex
	took  []string
	fails int // so many times it takes nothing
}

func (o *outside) take(_ context.Context, page []audit.Entry) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails > 0 {
		o.fails--
		return errors.New("away")
	}
	for _, e := range page {
		o.took = append(o.took, fmt.Sprint(e.Chain, "/", e.Seq, "/", e.Link))
	}
	return nil
}

// written are the entries of all chains, in their order.
func written(t testing.TB, s *Store) (all []string) {
	t.Helper()
	must(t, s.Audit(t.Context(), func(e audit.Entry) error {
		all = append(all, fmt.Sprint(e.Chain, "/", e.Seq, "/", e.Link))
		return nil
	}))
	return all
}

func shipped(t testing.TB, s *Store, o *outside) int64 {
	t.Helper()
	left, err := s.Ship(t.Context(), "https://outside", o.take)
	must(t, err)
	return left
}

func TestTheAuditIsShippedInOrderWithoutAGapAndOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, other := open(t, o), open(t, o)
		history(t, s, 1)
		at := &outside{fails: 1}
		if left, err := s.Ship(t.Context(), "https://outside", at.take); err == nil || left != 5 {
			t.Fatalf("%d left, %v", left, err)
		}
		if left := shipped(t, s, at); left != 0 {
			t.Errorf("%d are left", left)
		}
		history(t, s, 2)
		if now, err := other.Shipping(t.Context(), "https://outside"); err != nil || now.Left != 5 {
			t.Errorf("%d wait, %v", now.Left, err)
		}
		shipped(t, other, at)
		shipped(t, s, at)
		slices.Sort(at.took)
		want := written(t, s)
		slices.Sort(want)
		same(t, "shipped", at.took, want)
		elsewhere := &outside{}
		left, err := s.Ship(t.Context(), "file:///x", elsewhere.take)
		if err != nil || left != 0 || len(elsewhere.took) != len(want) {
			t.Errorf("another place has %d of %d, %v", len(elsewhere.took), len(want), err)
		}
	})
}

// A worker that dies after the place took a page, and before Redis knows, has the
// page sent again: by another worker, from its first entry.
func TestWhatWasSentBeforeACrashIsSentAgainAndNothingIsLeftOut(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, other := open(t, o), open(t, o)
		history(t, s, 1)
		at := &outside{}
		ctx, dies := context.WithCancel(t.Context())
		_, err := s.Ship(ctx, "https://outside", func(ctx context.Context, page []audit.Entry) error {
			defer dies()
			return at.take(ctx, page)
		})
		if err == nil || len(at.took) == 0 {
			t.Fatalf("%v, %d taken", err, len(at.took))
		}
		first := slices.Clone(at.took)
		at.took = nil
		shipped(t, other, at)
		same(t, "sent again", at.took[:min(len(first), len(at.took))], first)
		same(t, "shipped", at.took, written(t, s))
	})
}

func TestOneWorkerShipsAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s, other := open(t, o), open(t, o)
		history(t, s, 1)
		at, second := &outside{}, &outside{}
		_, err := s.Ship(t.Context(), "https://outside", func(ctx context.Context, page []audit.Entry) error {
			if left := shipped(t, other, second); left == 0 {
				t.Errorf("%d are left", left)
			}
			return at.take(ctx, page)
		})
		if err != nil || len(second.took) > 0 {
			t.Errorf("%v, and the other sent %v", err, second.took)
		}
		same(t, "shipped", at.took, written(t, s))
	})
}

// Whoever writes to Redis cannot have an entry skipped.
func TestHowFarTheAuditWasShippedCannotBeForged(t *testing.T) {
	s := open(t, Options{URL: "redis://" + startRedis(t).addr})
	rec := history(t, s, 1)
	_, far := keys.Shipped("https://outside")
	p := keys.OfID(rec.Op.ID)
	other := keys.Partition((int(p) + 1) % keys.Partitions)
	for what, forge := range map[string]func(){
		"a number": func() { must(t, s.db.HSet(t.Context(), far, p.String(), "99 x").Err()) },
		"that of another chain": func() {
			forgeFar(t, s, far, p.String(), "https://outside", other.String())
		},
		"that of another place": func() { forgeFar(t, s, far, p.String(), "stdout", p.String()) },
		"it taken away":         func() { must(t, s.db.Del(t.Context(), far).Err()) },
	} {
		must(t, s.db.Del(t.Context(), far).Err())
		shipped(t, s, &outside{})
		forge()
		at := &outside{}
		shipped(t, s, at)
		if len(at.took) < 4 {
			t.Errorf("with %s, only %v were sent", what, at.took)
		}
	}
	// A chain that was removed, and goes on as another one, is sent from its beginning.
	shipped(t, s, &outside{})
	must(t, s.db.Del(t.Context(), p.Audit()).Err())
	must(t, s.Note(t.Context(), port.Note{Key: "k", Kind: port.NoteRefusal, Op: rec.Op.ID, What: "approve"}))
	at := &outside{}
	shipped(t, s, at)
	if len(at.took) != 1 {
		t.Errorf("of another chain %v was sent", at.took)
	}
}

// forgeFar writes into one chain's field how far another chain, or one for another
// place, was shipped.
func forgeFar(t *testing.T, s *Store, key, field, place, chain string) {
	t.Helper()
	mac, err := s.seal.Seal(seal.Shipped, place, chain, "99 ")
	must(t, err)
	must(t, s.db.HSet(t.Context(), key, field, mac+"\n99 ").Err())
}
