package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// idsOf are the operations' ids, in order.
func idsOf(recs []port.Record) []string {
	out := []string{}
	for _, r := range recs {
		out = append(out, r.Op.ID)
	}
	return out
}

// endedNow lists what ended last.
func endedNow(t *testing.T, s *Store, max int) []string {
	t.Helper()
	recs, err := s.Ended(t.Context(), max)
	if err != nil {
		t.Fatal(err)
	}
	return idsOf(recs)
}

// endThemAll ends an operation on each of n instances, a moment apart by
// Redis' clock, and returns their ids, the last first.
func endThemAll(t *testing.T, s *Store, n int) []string {
	t.Helper()
	out := []string{}
	for i := range n {
		rec := create(t, s, ref(i))
		aMomentLater(t, s)
		mustApply(t, s, click(rec, "cancel "+rec.Op.ID, reinstall.Cancelled))
		out = append([]string{rec.Op.ID}, out...)
	}
	return out
}

// aMomentLater returns when Redis' clock shows another millisecond.
func aMomentLater(t *testing.T, s *Store) {
	t.Helper()
	now := func() time.Time {
		var at time.Time
		err := s.db.EachMaster(t.Context(), func(ctx context.Context, c *redis.Client) error {
			v, err := c.Time(ctx).Result()
			if v.After(at) {
				at = v
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return at.Truncate(time.Millisecond)
	}
	before := now()
	eventually(t, "a millisecond has passed", func() bool { return now().After(before) })
}

func TestOfEachPartitionTheNewestTwoHundredThatEndedAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		for n := 0; n < 205; {
			rec, err := s.Create(t.Context(), proposal(s, ref(1), fmt.Sprintf("create %d", n)))
			if errors.Is(err, port.ErrExists) {
				continue // the id was drawn before
			}
			if err != nil {
				t.Fatal(err)
			}
			mustApply(t, s, click(rec, "cancel "+rec.Op.ID, reinstall.Cancelled))
			n++
		}
		if n := len(endedNow(t, s, 1000)); n != 200 {
			t.Errorf("%d are kept", n)
		}
		ttl, err := s.db.TTL(t.Context(), keys.OfInstance(ref(1)).Ended()).Result()
		if err != nil || ttl < keepFor-time.Minute || ttl > keepFor {
			t.Errorf("the list lives for %s, %v", ttl, err)
		}
	})
}
