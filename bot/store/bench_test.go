package store

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// realistic makes a change as a click makes it: a plan, keys, a card and a line.
func realistic(rec port.Record, command string) port.Change {
	c := click(rec, command, reinstall.Proposed)
	c.Detail = "<@U0AAA111> approved, 1 of 2 keys"
	c.WakeAfter = 4 * 3600e9
	c.Posts = []port.Post{
		{Kind: port.PostCard, Key: command + ".card", Op: c.Op.ID, Rev: rec.Rev + 1},
		{Kind: port.PostLine, Key: command + ".0", Op: c.Op.ID, Rev: rec.Rev + 1, Text: view.Say(c.Detail)},
	}
	return c
}

// BenchmarkTransition is one Apply on a real Redis, AOF everysec.
func BenchmarkTransition(b *testing.B) {
	s := open(b, Options{URL: startRedis(b).url()})
	var h trips
	s.db.AddHook(&h)
	b.Run("alone", func(b *testing.B) {
		rec := create(b, s, ref(b.N))
		h.n.Store(0)
		for i := 0; b.Loop(); i++ {
			rec = mustApply(b, s, realistic(rec, fmt.Sprint("X", i)))
		}
		b.ReportMetric(float64(h.n.Load())/float64(b.N), "trips/op")
	})
	b.Run("16callers", func(b *testing.B) {
		var caller atomic.Int64
		h.n.Store(0)
		b.SetParallelism(max(1, 16/runtime.GOMAXPROCS(0)))
		b.RunParallel(func(pb *testing.PB) {
			n := int(caller.Add(1))
			rec := create(b, s, ref(1_000_000*n+b.N))
			for i := 0; pb.Next(); i++ {
				rec = mustApply(b, s, realistic(rec, fmt.Sprint("X", i)))
			}
		})
		b.ReportMetric(float64(h.n.Load())/float64(b.N), "trips/op")
	})
}

// BenchmarkReceive is what an acknowledgement waits for.
func BenchmarkReceive(b *testing.B) {
	s := open(b, Options{URL: startRedis(b).url()})
	for i := 0; b.Loop(); i++ {
		receive(b, s, delivery(i))
	}
}
