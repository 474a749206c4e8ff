package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
)

// lists find operations by what they are.
type lists struct {
	*core
	records *records
}

// Live implements port.Store: oldest first.
func (s *lists) Live(ctx context.Context) ([]port.Record, error) {
	cmds := make([]*redis.MapStringStringCmd, keys.Partitions)
	pipe := s.db.Pipeline()
	for p := range keys.Partition(keys.Partitions) {
		cmds[p] = pipe.HGetAll(ctx, p.Locks())
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("the live operations: %w", err)
	}
	var ids []string
	locks := map[string]model.Ref{}
	for _, c := range cmds {
		for ref, text := range c.Val() {
			id, ok := keys.ParseID(text)
			if !ok || id != text {
				s.log.Error("lists: a machine is locked by an id that names no operation", "instance", ref)
				continue
			}
			ids, locks[id] = append(ids, id), parseRef(id, ref)
		}
	}
	recs, err := s.records.loadAll(ctx, ids)
	for _, r := range recs {
		delete(locks, r.Op.ID)
	}
	if err == nil {
		recs = append(recs, s.lockedWithoutRecord(ctx, locks)...)
	}
	slices.SortFunc(recs, func(a, b port.Record) int {
		if c := a.Op.ProposedAt.Compare(b.Op.ProposedAt); c != 0 {
			return c
		}
		return strings.Compare(a.Op.ID, b.Op.ID)
	})
	return recs, err
}

// lockedWithoutRecord are those that hold a lock and have no record. What ended while they were
// listed has given its lock back.
func (s *lists) lockedWithoutRecord(ctx context.Context, locks map[string]model.Ref) []port.Record {
	var recs []port.Record
	for id := range locks {
		if ref, held := s.records.lockOf(ctx, id); held {
			recs = append(recs, tamperedRecord(id, ref))
		}
	}
	return recs
}

// History implements port.Store. It knows the newest 200 of an instance.
func (s *lists) History(ctx context.Context, ref model.Ref, max int) ([]port.Record, error) {
	if max < 1 {
		return nil, nil
	}
	ids, err := s.db.LRange(ctx, keys.OfInstance(ref).History(ref.String()), 0, int64(max)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("the history of %s: %w", ref, err)
	}
	return s.records.loadAll(ctx, ids)
}

// Ended implements port.Store. It knows the newest 200 of each partition,
// and nothing of what ended before there was this list.
func (s *lists) Ended(ctx context.Context, max int) ([]port.Record, error) {
	if max < 1 {
		return nil, nil
	}
	cmds := make([]*redis.ZSliceCmd, keys.Partitions)
	pipe := s.db.Pipeline()
	for p := range keys.Partition(keys.Partitions) {
		cmds[p] = pipe.ZRevRangeWithScores(ctx, p.Ended(), 0, int64(max)-1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("what has ended: %w", err)
	}
	var all []redis.Z
	for _, c := range cmds {
		all = append(all, c.Val()...)
	}
	slices.SortStableFunc(all, func(a, b redis.Z) int { return cmp.Compare(b.Score, a.Score) })
	var ids []string
	for _, z := range all[:min(max, len(all))] {
		id, _ := z.Member.(string)
		ids = append(ids, id)
	}
	return s.records.loadAll(ctx, ids)
}

// Mark implements port.Store: the last entry of every audit chain, for
// nothing happens without one.
func (s *lists) Mark(ctx context.Context) (string, error) {
	cmds := make([]*redis.XMessageSliceCmd, 0, keys.Partitions+1)
	pipe := s.db.Pipeline()
	for p := range keys.Partition(keys.Partitions) {
		cmds = append(cmds, pipe.XRevRangeN(ctx, p.Audit(), "+", "-", 1))
	}
	cmds = append(cmds, pipe.XRevRangeN(ctx, keys.FreezeAudit, "+", "-", 1))
	if _, err := pipe.Exec(ctx); err != nil {
		return "", fmt.Errorf("what has happened last: %w", err)
	}
	var b strings.Builder
	for _, c := range cmds {
		for _, m := range c.Val() {
			b.WriteString(m.ID)
		}
		b.WriteByte(' ')
	}
	return b.String(), nil
}

// Log implements port.Store.
func (s *lists) Log(ctx context.Context, id string) ([]port.Entry, error) {
	canon, ok := keys.ParseID(id)
	if !ok {
		return nil, fmt.Errorf("operation %q: %w", id, port.ErrNotFound)
	}
	ms, err := s.db.XRange(ctx, keys.OfID(canon).Log(canon), "-", "+").Result()
	if err == nil && len(ms) == 0 {
		err = port.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("the log of operation %s: %w", canon, err)
	}
	log := make([]port.Entry, len(ms))
	for i, m := range ms {
		if log[i], err = decodeEntry(m); err != nil {
			return nil, fmt.Errorf("operation %s: %w", canon, err)
		}
		mac, _ := m.Values["seal"].(string)
		log[i].Unsealed = !s.seal.Fits(seal.Record, mac, entryParts(canon, log[i])...)
	}
	return log, nil
}
