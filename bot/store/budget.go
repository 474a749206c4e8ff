package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// budget is how many operations may run at once and in an hour.
type budget struct {
	*core
	records *records
}

// Reserve implements port.Store. If all places are taken, it looks for
// operations that hold one and have ended or are gone: their worker died before it
// gave the place back. Then it tries once more.
func (s *budget) Reserve(ctx context.Context, b model.Reservation) (model.QueuePosition, error) {
	p, err := s.tryReserve(ctx, b)
	if err != nil || p.OK || p.Hourly {
		return p, err
	}
	swept, err := s.freeUnused(ctx, b.Account)
	if err != nil || swept == 0 {
		return p, err
	}
	return s.tryReserve(ctx, b)
}

func (s *budget) tryReserve(ctx context.Context, b model.Reservation) (model.QueuePosition, error) {
	limits := b.Limits.LimitsFor(b.Tags)
	for _, w := range b.Ahead { // what holds back those ahead as well
		for _, l := range b.Limits.LimitsFor(w.Tags) {
			if !slices.Contains(limits, l) {
				limits = append(limits, l)
			}
		}
	}
	args := []any{b.Op, tagLines(b.Tags), len(limits)}
	for _, l := range limits {
		args = append(args, l.Tag, l.AtOnce, l.PerHour)
	}
	for _, w := range b.Ahead {
		args = append(args, w.Op, tagLines(w.Tags))
	}
	n, err := redisdb.Numbers(s.db.Run(ctx, lua.Reserve, redisdb.Call{
		Keys: []string{keys.Running(b.Account), keys.LastHour(b.Account), keys.BudgetTags(b.Account)},
		Args: args,
	}), 6)
	if err != nil || n[0] < 0 || int(n[0]) > len(limits) {
		return model.QueuePosition{}, fmt.Errorf("the budget of account %s: %w", b.Account, cmp.Or(err, redisdb.ErrReply))
	}
	return model.QueuePosition{
		OK: n[0] == 0, Of: limits[max(n[0], 1)-1], Hourly: n[1] == 2,
		Running: int(n[2]), Hour: int(n[3]), Taken: int(n[4]), Ahead: int(n[5]),
	}, nil
}

// tagLines are tags as the script looks for them, each between line feeds.
func tagLines(tags map[string]string) string {
	var b strings.Builder
	b.WriteString("\n")
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		b.WriteString(k + "=" + tags[k] + "\n")
	}
	return b.String()
}

// freeUnused gives back the places of operations that have ended or wait for people
// again; it returns how many.
func (s *budget) freeUnused(ctx context.Context, account string) (int, error) {
	ids, err := s.db.ZRange(ctx, keys.Running(account), 0, -1).Result()
	if err != nil {
		return 0, fmt.Errorf("the budget of account %s: %w", account, err)
	}
	records := make([]*redis.SliceCmd, len(ids))
	pipe := s.db.Pipeline()
	for i, id := range ids {
		if canon, ok := keys.ParseID(id); ok && canon == id {
			records[i] = pipe.HMGet(ctx, keys.OfID(id).Op(id), recordFields...)
		}
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	var over []any
	for i, id := range ids {
		is, err := s.hasEnded(id, records[i])
		if err != nil {
			return 0, fmt.Errorf("the budget of account %s: %w", account, err)
		}
		if is {
			over = append(over, id)
		}
	}
	if len(over) == 0 {
		return 0, nil
	}
	n, err := s.db.ZRem(ctx, keys.Running(account), over...).Result()
	return int(n), err
}

// hasEnded reports whether a place is not needed any more, by the operation's sealed
// record. An id without an operation needs no place, and a record that was changed outside Twokey
// holds nobody else up.
func (s *budget) hasEnded(id string, record *redis.SliceCmd) (bool, error) {
	if record == nil {
		return true, nil
	}
	r, err := readRecord(record)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return true, nil
	case err != nil:
		return false, err
	}
	rec, err := s.records.decode(id, r)
	if err != nil { // it cannot be read by this Twokey, and may be under way
		return false, nil //nolint:nilerr // it keeps its place
	}
	st := rec.Op.State
	return st.Ended() || st == reinstall.Proposed || st == reinstall.Held || st == reinstall.Tampered, nil
}

// Unreserve implements port.Store.
func (s *budget) Unreserve(ctx context.Context, account, op string) error {
	if err := s.db.ZRem(ctx, keys.Running(account), op).Err(); err != nil {
		return fmt.Errorf("the budget of account %s: %w", account, err)
	}
	return nil
}
