package store

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// bid is an operation's, with its machine's tags and nobody ahead.
func bid(r port.Record, l model.Limits) model.Reservation {
	return model.Reservation{Account: "main", QueuedOp: waiter(r), Limits: l}
}

func waiter(r port.Record) model.QueuedOp {
	return model.QueuedOp{Op: r.Op.ID, Tags: r.Op.Plan.Tags}
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

func reserve(t *testing.T, s *Store, b model.Reservation) model.QueuePosition {
	t.Helper()
	p, err := s.Reserve(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheTagsOfWhatIsOverAreForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		r := tagged(t, s, "shop", "office")
		reserve(t, s, bid(r[0], model.Limits{}))
		must(t, s.Unreserve(t.Context(), "main", r[0].Op.ID))
		must(t, s.db.Del(t.Context(), keys.LastHour("main")).Err()) // an hour later
		reserve(t, s, bid(r[1], model.Limits{}))
		if n := s.db.HLen(t.Context(), keys.BudgetTags("main")).Val(); n != 1 {
			t.Errorf("%d are kept", n)
		}
	})
}

func TestAPlaceOfWhatWasChangedInRedisHoldsNobodyUp(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		r := tagged(t, s, "shop", "office", "data", "infra")
		one := model.Limits{AtOnce: 1}
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
