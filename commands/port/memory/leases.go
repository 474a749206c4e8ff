package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/port"
)

// outboxID is the one outbox.
const (
	outboxID     = "0"
	outboxMember = "out"
)

func opMember(id string) string { return "op:" + id }

func itemMember(id string) string { return "in:" + id }

// memberOf is a claim's name in due and owners.
func memberOf(c port.Claim) (string, error) {
	switch c.Kind {
	case port.ClaimOp:
		if id, ok := parseID(c.ID); ok {
			return opMember(id), nil
		}
	case port.ClaimItem:
		return itemMember(c.ID), nil
	case port.ClaimOutbox:
		if c.ID == outboxID {
			return outboxMember, nil
		}
	}
	return "", fmt.Errorf("%s %q: no such thing", c.Kind, c.ID)
}

func claimOf(member string, token int64, taken bool) port.Claim {
	if id, ok := strings.CutPrefix(member, "op:"); ok {
		return port.Claim{Kind: port.ClaimOp, ID: id, Token: token, Taken: taken}
	}
	if id, ok := strings.CutPrefix(member, "in:"); ok {
		return port.Claim{Kind: port.ClaimItem, ID: id, Token: token, Taken: taken}
	}
	return port.Claim{Kind: port.ClaimOutbox, ID: outboxID, Token: token, Taken: taken}
}

func (s *Store) holderOf(c port.Claim) owner { return owner{c.Token, s.worker} }

// leaseRuns reports whether the lease on a member has time left.
func (m *Memory) leaseRuns(member string) bool {
	till, ok := m.due[member]
	return ok && till > m.nowMillis()
}

func (m *Memory) forgetLease(member string) {
	delete(m.owners, member)
	delete(m.again, member)
}

// makeDue makes a member due after a delay; never if the delay is negative.
func (m *Memory) makeDue(member string, in time.Duration) {
	if in < 0 {
		delete(m.due, member)
		return
	}
	m.due[member] = m.nowMillis() + (in + time.Millisecond - 1).Milliseconds()
}

// grantLease hands a member to a worker.
func (m *Memory) grantLease(member, worker string, lease time.Duration) int64 {
	m.token++
	m.owners[member] = owner{m.token, worker}
	delete(m.again, member)
	m.makeDue(member, lease)
	return m.token
}

// Claim implements port.Store: what is due for longest comes first.
func (s *Store) Claim(ctx context.Context, lease time.Duration, max int) ([]port.Claim, error) {
	m := s.m
	if err := m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer m.mu.Unlock()
	now := m.nowMillis()
	var members []string
	for member, at := range m.due {
		if at <= now {
			members = append(members, member)
		}
	}
	slices.SortFunc(members, func(a, b string) int {
		return cmp.Or(cmp.Compare(m.due[a], m.due[b]), cmp.Compare(a, b))
	})
	var out []port.Claim
	for _, member := range members[:min(max, len(members))] {
		_, taken := m.owners[member]
		out = append(out, claimOf(member, m.grantLease(member, s.worker, lease), taken))
		if id, ok := strings.CutPrefix(member, "in:"); ok {
			it := m.items[id]
			it.Tries++
			m.items[id] = it
		}
	}
	return out, nil
}

// Renew implements port.Store.
func (s *Store) Renew(ctx context.Context, lease time.Duration, cs []port.Claim) (lost []port.Claim, err error) {
	if err := s.m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer s.m.mu.Unlock()
	for _, c := range cs {
		member, err := memberOf(c)
		if holder, held := s.m.owners[member]; err != nil || !held || holder != s.holderOf(c) {
			lost = append(lost, c)
			continue
		}
		s.m.makeDue(member, lease)
	}
	return lost, nil
}

// Release implements port.Store.
func (s *Store) Release(ctx context.Context, c port.Claim, in time.Duration) error {
	m := s.m
	member, err := memberOf(c)
	switch {
	case err != nil:
		return fmt.Errorf("release %w", err)
	case c.Kind == port.ClaimItem && in < 0:
		return errors.New("an item is finished, and not released for good")
	}
	if err := m.beginCall(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	holder, held := m.owners[member]
	switch {
	case !held:
		return nil
	case holder != s.holderOf(c):
		return fmt.Errorf("release %s %s: %w", c.Kind, c.ID, port.ErrFenced)
	case m.again[member], member == outboxMember && in < 0 && len(m.posts) > 0:
		in = 0
	}
	m.forgetLease(member)
	m.makeDue(member, in)
	return nil
}

// AwaitReplicas implements port.Store.
func (s *Store) AwaitReplicas(ctx context.Context, c port.Claim, _ time.Duration) error {
	if _, err := memberOf(c); err != nil {
		return fmt.Errorf("settle %w", err)
	}
	return ctx.Err()
}
