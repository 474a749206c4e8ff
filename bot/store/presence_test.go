package store

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
)

func TestReplicasAreCountedWhileTheyAreAlive(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		a, b := open(t, o), open(t, o)
		for want, s := range []*Store{a, b, a} {
			n, err := s.Present(t.Context())
			if err != nil || n != min(want+1, 2) {
				t.Fatalf("%d replicas, %v", n, err)
			}
		}
		gone := time.Now().Add(-PresentFor - time.Minute).UnixMilli()
		if err := a.db.ZAdd(t.Context(), keys.Present, redis.Z{
			Score:  float64(gone),
			Member: "killed",
		}).Err(); err != nil {
			t.Fatal(err)
		}
		if n, err := a.Replicas(t.Context()); err != nil || n != 2 {
			t.Errorf("one that was killed counts: %d, %v", n, err)
		}
		if n, err := a.Present(t.Context()); err != nil || n != 2 {
			t.Errorf("one that was killed counts: %d, %v", n, err)
		}
		if err := b.Absent(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := a.Replicas(t.Context()); err != nil || n != 1 {
			t.Errorf("one that left counts: %d, %v", n, err)
		}
	})
}

// Many take at once: no more than the burst goes out, and whoever waits as long as
// told gets the next.
func TestPostsOfAChannelAreTakenFromOnePlace(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		const every, burst = 200 * time.Millisecond, 4
		var taken atomic.Int64
		var all sync.WaitGroup
		for range 3 {
			s := open(t, o)
			all.Go(func() {
				for range 5 {
					wait, err := s.TakePost(t.Context(), "C1", time.Hour, burst)
					if err != nil {
						t.Error(err)
					}
					if wait == 0 {
						taken.Add(1)
					}
				}
			})
		}
		all.Wait()
		if n := taken.Load(); n != burst {
			t.Errorf("%d were taken at once, of %d", n, burst)
		}
		s := open(t, o)
		for range burst {
			if wait, err := s.TakePost(t.Context(), "C2", every, burst); wait != 0 || err != nil {
				t.Fatalf("another channel waits %s, %v", wait, err)
			}
		}
		wait, err := s.TakePost(t.Context(), "C2", every, burst)
		if err != nil || wait <= 0 || wait > every {
			t.Fatalf("one too many waits %s, %v", wait, err)
		}
		if line, err := s.TakePost(t.Context(), "C2", every, burst-1); err != nil || line <= wait-every/2 {
			t.Errorf("a line waits %s where a card waits %s, %v", line, wait, err)
		}
	})
}

func TestWhatWasNoticedIsRememberedForAll(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		a, b := open(t, o), open(t, o)
		if at, err := b.Noticed(t.Context(), "event"); err != nil || !at.IsZero() {
			t.Fatalf("before: %s, %v", at, err)
		}
		if err := a.Notice(t.Context(), "event"); err != nil {
			t.Fatal(err)
		}
		if at, err := b.Noticed(t.Context(), "event"); err != nil || time.Since(at).Abs() > time.Minute {
			t.Errorf("after: %s, %v", at, err)
		}
		if at, err := b.Noticed(t.Context(), "other"); err != nil || !at.IsZero() {
			t.Errorf("another: %s, %v", at, err)
		}
	})
}
