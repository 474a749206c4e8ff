package memory

import (
	"context"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// accountBudget is who has a place, and since when, in ms.
type accountBudget struct {
	running  map[string]int64
	lastHour map[string]int64
	tags     map[string]map[string]string
}

func (m *Memory) budgetOf(account string) *accountBudget {
	b := m.budgets[account]
	if b == nil {
		b = &accountBudget{running: map[string]int64{}, lastHour: map[string]int64{}, tags: map[string]map[string]string{}}
		m.budgets[account] = b
	}
	return b
}

// Reserve implements port.Store.
func (s *Store) Reserve(ctx context.Context, bid model.Reservation) (model.QueuePosition, error) {
	m := s.m
	if err := m.beginCall(ctx); err != nil {
		return model.QueuePosition{}, err
	}
	defer m.mu.Unlock()
	b := m.budgetOf(bid.Account)
	b.forgetOld(m.nowMillis())
	p := b.tryReserve(bid, m.nowMillis())
	if p.OK || p.Hourly || m.freeUnused(b) == 0 {
		return p, nil
	}
	return b.tryReserve(bid, m.nowMillis()), nil
}

// forgetOld drops what is older than an hour, and the tags of what is nowhere.
func (b *accountBudget) forgetOld(now int64) {
	for op, at := range b.lastHour {
		if at <= now-time.Hour.Milliseconds() {
			delete(b.lastHour, op)
		}
	}
	for op := range b.tags {
		if !hasPlace(b.running, op) && !hasPlace(b.lastHour, op) {
			delete(b.tags, op)
		}
	}
}

// freeUnused gives back the places of operations that have ended, are gone, or wait
// for people again.
func (m *Memory) freeUnused(b *accountBudget) (freed int) {
	for op := range b.running {
		r := m.records[op]
		if r != nil {
			rec, err := r.decode()
			st := rec.Op.State
			if err != nil || !st.Ended() && st != reinstall.Proposed && st != reinstall.Held {
				continue
			}
		}
		delete(b.running, op)
		freed++
	}
	return freed
}

// Unreserve implements port.Store.
func (s *Store) Unreserve(ctx context.Context, account, op string) error {
	if err := s.m.beginCall(ctx); err != nil {
		return err
	}
	defer s.m.mu.Unlock()
	delete(s.m.budgetOf(account).running, op)
	return nil
}

func hasPlace(m map[string]int64, op string) bool { _, ok := m[op]; return ok }

// limitCount is one limit with what is taken of it, and what is kept for those ahead.
type limitCount struct {
	model.TagLimit
	running, hour         int
	keptRunning, keptHour int
}

func (c *limitCount) coversTags(tags map[string]string) bool {
	if c.Tag == "" {
		return true
	}
	k, v, _ := strings.Cut(c.Tag, "=")
	got, ok := tags[k]
	return ok && got == v
}

func (b *accountBudget) countTaken(limits []model.TagLimit) []*limitCount {
	out := make([]*limitCount, len(limits))
	for i, l := range limits {
		c := &limitCount{TagLimit: l}
		for op := range b.running {
			if c.coversTags(b.tags[op]) {
				c.running++
			}
		}
		for op := range b.lastHour {
			if c.coversTags(b.tags[op]) {
				c.hour++
			}
		}
		c.keptRunning, c.keptHour = c.running, c.hour
		out[i] = c
	}
	return out
}

// firstFull is the first limit that lets an operation in no more; nil: there is room.
func (b *accountBudget) firstFull(counts []*limitCount, w model.QueuedOp) (of *limitCount, hourly bool) {
	for _, c := range counts {
		if !c.coversTags(w.Tags) {
			continue
		}
		if c.AtOnce > 0 && c.keptRunning >= c.AtOnce {
			return c, false
		}
		if c.PerHour > 0 && c.keptHour >= c.PerHour && !hasPlace(b.lastHour, w.Op) {
			return c, true
		}
	}
	return nil, false
}

// tryReserve decides as lua/reserve.lua does.
func (b *accountBudget) tryReserve(bid model.Reservation, now int64) model.QueuePosition {
	limits := bid.Limits.LimitsFor(bid.Tags)
	for _, w := range bid.Ahead { // what holds back those ahead as well
		for _, l := range bid.Limits.LimitsFor(w.Tags) {
			if !slices.Contains(limits, l) {
				limits = append(limits, l)
			}
		}
	}
	counts := b.countTaken(limits)
	inside := func(c *limitCount) model.QueuePosition {
		return model.QueuePosition{OK: true, Of: limits[0], Running: c.running, Hour: c.hour, Taken: c.running}
	}
	if hasPlace(b.running, bid.Op) {
		return inside(counts[0])
	}
	b.keepPositions(counts, bid.Ahead)
	of, hourly := b.firstFull(counts, bid.QueuedOp)
	if of == nil {
		b.running[bid.Op], b.tags[bid.Op] = now, bid.Tags
		if !hasPlace(b.lastHour, bid.Op) {
			b.lastHour[bid.Op] = now
		}
		return inside(b.countTaken(limits)[0])
	}
	p := model.QueuePosition{
		Of: of.TagLimit, Hourly: hourly, Running: of.running, Hour: of.hour, Taken: of.keptRunning,
	}
	if hourly {
		p.Taken = of.keptHour
	}
	for _, w := range bid.Ahead {
		if !hasPlace(b.running, w.Op) && of.coversTags(w.Tags) {
			p.Ahead++
		}
	}
	return p
}

// keepPositions keeps a place for each of those ahead that could be let in now.
func (b *accountBudget) keepPositions(counts []*limitCount, ahead []model.QueuedOp) {
	for _, w := range ahead {
		if hasPlace(b.running, w.Op) {
			continue
		}
		if of, _ := b.firstFull(counts, w); of != nil {
			continue
		}
		for _, c := range counts {
			if c.coversTags(w.Tags) {
				c.keptRunning++
				if !hasPlace(b.lastHour, w.Op) {
					c.keptHour++
				}
			}
		}
	}
}
