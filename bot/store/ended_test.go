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
