package store

import (
	"fmt"
	"testing"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// copied are the keys of one operation as whoever may read Redis can keep them.
func copied(t *testing.T, s *Store, id string) (putBack func()) {
	t.Helper()
	p := keys.OfID(id)
	fields := s.db.HGetAll(t.Context(), p.Op(id)).Val()
	lines := s.db.XRange(t.Context(), p.Log(id), "-", "+").Val()
	return func() {
		s.db.Del(t.Context(), p.Op(id), p.Log(id))
		s.db.HSet(t.Context(), p.Op(id), fields)
		for _, m := range lines {
			s.db.XAdd(t.Context(), &redis.XAddArgs{Stream: p.Log(id), ID: m.ID, Values: m.Values})
		}
	}
}

func TestTheAuditKnowsAnOlderRecordAfterARestart(t *testing.T) {
	onEach(t, func(t *testing.T, o Options) {
		s := open(t, o)
		for i, end := range []reinstall.State{reinstall.Cancelled, reinstall.Held, reinstall.Approved} {
			ready := countingDown(t, s, ref(2*i))
			is := func(s *Store, r port.Record, want bool) {
				t.Helper()
				if newest, err := s.Newest(t.Context(), r); err != nil || newest != want {
					t.Errorf("%s: the newest: %v, %v; want %v", end, newest, err, want)
				}
			}
			is(s, ready, true)
			putBack := copied(t, s, ready.Op.ID)
			mustApply(t, s, click(ready, fmt.Sprint("X", end), end))
			for n := range 2 * newestPage { // others' entries stand behind it
				if err := s.Note(t.Context(), port.Note{
					Key: fmt.Sprint(end, n), Kind: port.NoteFinding, Op: ready.Op.ID,
					By: "twokey", What: "seen",
				}); err != nil {
					t.Fatal(err)
				}
			}
			putBack()
			again := open(t, o) // it has seen nothing
			old, err := again.Load(t.Context(), ready.Op.ID)
			if err != nil || old.Op.State != reinstall.Ready || old.Later != "" {
				t.Fatalf("put back, it reads as %+v, %v", old, err)
			}
			is(again, old, false)
			if old, err = again.Load(t.Context(), ready.Op.ID); err != nil || old.Later != end {
				t.Errorf("it is not known as older than %s: %q, %v", end, old.Later, err)
			}
		}
	})
}
