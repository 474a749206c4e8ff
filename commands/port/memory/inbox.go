package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"twokey/commands/port"
)

// Times are as in Redis.
const (
	receiveLease = 10 * time.Second
	seenFor      = 10 * time.Minute
)

type item struct {
	port.Item
	stops string // an operation's id, or everything; empty: nothing
}

const everything = "*"

// Receive implements port.Store.
func (s *Store) Receive(ctx context.Context, it port.Item) (port.Claim, bool, error) {
	m := s.m
	if err := m.beginCall(ctx); err != nil {
		return port.Claim{}, false, err
	}
	defer m.mu.Unlock()
	m.token++
	if it.ID == "" {
		it.ID = fmt.Sprintf("0%016X", m.token)
	}
	if it.Dedupe == "" {
		it.Dedupe = it.ID
	}
	if !m.guardKey(m.seen, it.Dedupe, seenFor) {
		return port.Claim{}, false, nil
	}
	kept := item{Item: it}
	kept.Tries = 1
	if it.Stops {
		kept.stops = everything
		if id, ok := parseID(it.Op); ok {
			kept.stops = id
		}
	}
	m.items[it.ID] = kept
	token := m.grantLease(itemMember(it.ID), s.worker, receiveLease)
	return port.Claim{Kind: port.ClaimItem, ID: it.ID, Token: token}, true, nil
}

// Item implements port.Store.
func (s *Store) Item(ctx context.Context, id string) (port.Item, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return port.Item{}, err
	}
	defer s.m.mu.Unlock()
	it, ok := s.m.items[id]
	if !ok {
		return port.Item{}, fmt.Errorf("item %q: %w", id, port.ErrNotFound)
	}
	return it.Item, nil
}

// Finish implements port.Store.
func (s *Store) Finish(ctx context.Context, c port.Claim) error {
	if c.Kind != port.ClaimItem {
		return fmt.Errorf("finish %s %q: not an item", c.Kind, c.ID)
	}
	m := s.m
	if err := m.beginCall(ctx); err != nil {
		return err
	}
	defer m.mu.Unlock()
	member := itemMember(c.ID)
	if holder, held := m.owners[member]; held && holder != s.holderOf(c) {
		return fmt.Errorf("finish item %s: %w", c.ID, port.ErrFenced)
	}
	delete(m.items, c.ID)
	delete(m.due, member)
	m.forgetLease(member)
	return nil
}

// Stopping implements port.Store.
func (s *Store) Stopping(ctx context.Context, ids ...string) (bool, error) {
	of := []string{everything}
	for _, id := range ids {
		canon, ok := parseID(id)
		if !ok {
			return false, notFound(id)
		}
		of = append(of, canon)
	}
	if err := s.m.beginCall(ctx); err != nil {
		return false, err
	}
	defer s.m.mu.Unlock()
	for _, it := range s.m.items {
		if it.stops != "" && slices.Contains(of, it.stops) {
			return true, nil
		}
	}
	return false, nil
}
