package store

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// bid is an operation's, with its machine's tags and nobody ahead.
func bid(r port.Record, l reinstall.Limits) reinstall.Bid {
	return reinstall.Bid{Account: "main", Waiter: waiter(r), Limits: l}
}

func waiter(r port.Record) reinstall.Waiter {
	return reinstall.Waiter{Op: r.Op.ID, Tags: r.Op.Plan.Tags}
}

// tagged are operations that count down, of machines with a tag team each.
func tagged(t *testing.T, s *Store, teams ...string) []port.Record {
	t.Helper()
	var out []port.Record
	for i, team := range teams {
		r := countingDown(t, s, ref(i+1))
		r.Op.Plan.Tags = map[string]string{"env": "staging", "team": team}
		out = append(out, r)
	}
	return out
}

func reserve(t *testing.T, s *Store, b reinstall.Bid) reinstall.QueuePosition {
	t.Helper()
	p, err := s.Reserve(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestATagsLimitHoldsBackItsMachinesOnly(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		r := tagged(t, s, "shop", "shop", "shopping", "office", "shop")
		shop := reinstall.TagLimit{Tag: "team=shop", AtOnce: 1, PerHour: 2}
		l := reinstall.Limits{AtOnce: 3, PerHour: 10, ByTag: []reinstall.TagLimit{{Tag: "team=office", AtOnce: 5}, shop}}
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
	})
}

func TestNobodyOvertakesAndWhoIsHeldBackByATagKeepsNobodyWaiting(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		r := tagged(t, s, "shop", "shop", "office", "data")
		l := reinstall.Limits{AtOnce: 2, ByTag: []reinstall.TagLimit{{Tag: "team=shop", AtOnce: 1}}}
		if p := reserve(t, s, bid(r[0], l)); !p.OK {
			t.Fatalf("%+v", p)
		}
		// The second waits for its tag; the third goes by, the fourth waits for it.
		last := bid(r[3], l)
		last.Ahead = []reinstall.Waiter{waiter(r[1]), waiter(r[2])}
		if p := reserve(t, s, last); p.OK || p.Of.Tag != "" || p.Running != 1 || p.Taken != 2 || p.Ahead != 2 {
			t.Errorf("the last: %+v", p)
		}
		third := bid(r[2], l)
		third.Ahead = []reinstall.Waiter{waiter(r[1])}
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
	})
}

func TestTheTagsOfWhatIsOverAreForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		r := tagged(t, s, "shop", "office")
		reserve(t, s, bid(r[0], reinstall.Limits{}))
		must(t, s.Unreserve(t.Context(), "main", r[0].Op.ID))
		must(t, s.db.Del(t.Context(), keys.LastHour("main")).Err()) // an hour later
		reserve(t, s, bid(r[1], reinstall.Limits{}))
		if n := s.db.HLen(t.Context(), keys.BudgetTags("main")).Val(); n != 1 {
			t.Errorf("%d are kept", n)
		}
	})
}

func TestAPlaceOfWhatWasChangedInRedisHoldsNobodyUp(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		r := tagged(t, s, "shop", "office", "data", "infra")
		one := reinstall.Limits{AtOnce: 1}
		reserve(t, s, bid(r[0], one))
		// The unsealed state decides nothing: the first is still on its way.
		must(t, s.db.HSet(t.Context(), keys.OfID(r[0].Op.ID).Op(r[0].Op.ID), "state", "done").Err())
		if p := reserve(t, s, bid(r[1], one)); p.OK {
			t.Error("a place was given away on the word of an unsealed field")
		}
		must(t, s.Unreserve(t.Context(), "main", r[0].Op.ID))
		must(t, s.db.ZAdd(t.Context(), keys.Running("main"), redis.Z{Score: 1, Member: "no operation"}).Err())
		if p := reserve(t, s, bid(r[1], one)); !p.OK {
			t.Errorf("what is no operation holds a place: %+v", p)
		}
		must(t, s.db.HSet(t.Context(), keys.OfID(r[1].Op.ID).Op(r[1].Op.ID), "data", "{}").Err())
		if p := reserve(t, s, bid(r[2], one)); !p.OK {
			t.Errorf("what was changed outside holds a place: %+v", p)
		}
	})
}
