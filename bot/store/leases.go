package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
)

// leases are on what is due. They are for liveness, never for safety.
type leases struct {
	*core
	next atomic.Uint64 // the partition in which the next Claim begins
}

// Claim implements port.Store: it looks in every partition in one round
// trip and, if anything is due, leases it in a second. Partitions take
// turns, so that none starves. If the answer is lost, what was leased is due
// again when the lease has run out.
func (s *leases) Claim(ctx context.Context, lease time.Duration, max int) ([]port.Claim, error) {
	due, err := s.countDue(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for what is due: %w", err)
	}
	var parts []keys.Partition
	var calls []redisdb.Call
	for p, n := range divideAmong(due, max, int(s.next.Add(1)%keys.Partitions)) {
		if n == 0 {
			continue
		}
		p := keys.Partition(p)
		parts = append(parts, p)
		calls = append(calls, redisdb.Call{
			Keys: []string{p.Due(), p.Owners(), p.Tokens(), p.Tries()},
			Args: []any{delayMillis(lease), n, s.worker},
		})
	}
	if len(calls) == 0 {
		return nil, nil
	}
	var got []port.Claim
	var errs []error
	for i, cmd := range s.db.RunAll(ctx, lua.Claim, calls) {
		triples, err := redisdb.Strings(cmd)
		if err != nil {
			errs = append(errs, fmt.Errorf("claim in partition %s: %w", parts[i], err))
			continue
		}
		for j := 0; j+2 < len(triples); j += 3 {
			c, err := readClaim(parts[i], triples[j], triples[j+1])
			if err != nil {
				errs = append(errs, err)
				continue
			}
			c.Taken = triples[j+2] == "1"
			got = append(got, c)
		}
	}
	return s.preferClaims(got, errs)
}

// preferClaims returns what was leased, and logs the faults beside it: leased and not returned,
// it would lie idle until the lease runs out.
func (s *leases) preferClaims(got []port.Claim, errs []error) ([]port.Claim, error) {
	if len(got) == 0 {
		return nil, errors.Join(errs...)
	}
	for _, err := range errs {
		s.db.Warn("leases: a partition could not be claimed, retrying", err)
	}
	return got, nil
}

// countDue counts what is due in each partition. A part of a Cluster that does not
// answer counts as having nothing due as long as another part answers.
func (s *leases) countDue(ctx context.Context) ([]int, error) {
	calls := make([]redisdb.Call, keys.Partitions)
	for p := range keys.Partition(keys.Partitions) {
		calls[p] = redisdb.Call{Keys: []string{p.Due()}}
	}
	due := make([]int, keys.Partitions)
	var errs []error
	for p, cmd := range s.db.RunAll(ctx, lua.Peek, calls) {
		n, err := cmd.Int()
		if err != nil {
			errs = append(errs, err)
		}
		due[p] = n
	}
	if len(errs) == keys.Partitions {
		return nil, errs[0]
	}
	for _, err := range errs {
		s.db.Warn("leases: a partition did not say what is due, retrying", err)
	}
	return due, nil
}

// divideAmong divides max among the partitions with something due, one each in turn
// beginning at first.
func divideAmong(due []int, max, first int) []int {
	quota := make([]int, len(due))
	for gave := true; gave && max > 0; {
		gave = false
		for i := range due {
			p := (first + i) % len(due)
			if max > 0 && quota[p] < due[p] {
				quota[p]++
				max--
				gave = true
			}
		}
	}
	return quota
}

// readClaim makes a claim of a member of the due set and its token.
func readClaim(p keys.Partition, m, token string) (port.Claim, error) {
	n, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		return port.Claim{}, fmt.Errorf("%w: token %q", redisdb.ErrReply, token)
	}
	if m == keys.OutboxMember {
		return port.Claim{Kind: port.ClaimOutbox, ID: p.String(), Token: n}, nil
	}
	if id, ok := strings.CutPrefix(m, "op:"); ok {
		return port.Claim{Kind: port.ClaimOp, ID: id, Token: n}, nil
	}
	if id, ok := strings.CutPrefix(m, "in:"); ok {
		return port.Claim{Kind: port.ClaimItem, ID: id, Token: n}, nil
	}
	return port.Claim{}, fmt.Errorf("%w: %q is due", redisdb.ErrReply, m)
}

// Renew implements port.Store. After a fault nothing is known of the
// leases in the partitions it names; those in lost are lost.
func (s *leases) Renew(ctx context.Context, lease time.Duration, cs []port.Claim) ([]port.Claim, error) {
	by := make(map[keys.Partition][]port.Claim)
	args := make(map[keys.Partition][]any)
	var lost []port.Claim
	for _, c := range cs {
		p, m, ok := keys.Member(c)
		if !ok {
			lost = append(lost, c)
			continue
		}
		if args[p] == nil {
			args[p] = []any{delayMillis(lease)}
		}
		by[p] = append(by[p], c)
		args[p] = append(args[p], m, s.holderOf(c))
	}
	var parts []keys.Partition
	var calls []redisdb.Call
	for p := range by {
		parts = append(parts, p)
		calls = append(calls, redisdb.Call{Keys: []string{p.Due(), p.Owners()}, Args: args[p]})
	}
	if len(calls) == 0 {
		return lost, nil
	}
	var errs []error
	for i, cmd := range s.db.RunAll(ctx, lua.Renew, calls) {
		held, err := redisdb.Numbers(cmd, len(by[parts[i]]))
		if err != nil {
			errs = append(errs, fmt.Errorf("renew leases in partition %s: %w", parts[i], err))
			continue
		}
		for j, c := range by[parts[i]] {
			if held[j] == 0 {
				lost = append(lost, c)
			}
		}
	}
	return lost, errors.Join(errs...)
}

// Release implements port.Store. ErrFenced: somebody else holds it now.
// An item cannot be released for good: it was acknowledged, so that it is
// finished or due.
func (s *leases) Release(ctx context.Context, c port.Claim, in time.Duration) error {
	p, m, ok := keys.Member(c)
	if !ok {
		return fmt.Errorf("release %s %q: no such thing", c.Kind, c.ID)
	}
	if c.Kind == port.ClaimItem && in < 0 {
		return fmt.Errorf("release item %s for good: it must be finished instead", c.ID)
	}
	n, err := s.db.Run(ctx, lua.Release, redisdb.Call{
		Keys: []string{p.Due(), p.Owners(), p.Outbox()},
		Args: []any{m, s.holderOf(c), delayMillis(in)},
	}).Int()
	if err == nil && n == 0 {
		err = port.ErrFenced
	}
	if err != nil {
		return fmt.Errorf("release %s %s: %w", c.Kind, c.ID, err)
	}
	return nil
}

// AwaitReplicas implements port.Store.
func (s *leases) AwaitReplicas(ctx context.Context, c port.Claim, lease time.Duration) error {
	p, m, ok := keys.Member(c)
	if !ok {
		return fmt.Errorf("settle %s %q: no such thing", c.Kind, c.ID)
	}
	if !s.db.Replicated() {
		return nil
	}
	cmd, err := s.db.RunConfirmed(ctx, lua.Renew, redisdb.Call{
		Keys: []string{p.Due(), p.Owners()}, Args: []any{delayMillis(lease), m, s.holderOf(c)},
	})
	if err == nil {
		var held []int64
		if held, err = redisdb.Numbers(cmd, 1); err == nil && held[0] == 0 {
			err = port.ErrFenced
		}
	}
	if err != nil {
		return fmt.Errorf("settle %s %s: %w", c.Kind, c.ID, err)
	}
	return nil
}
