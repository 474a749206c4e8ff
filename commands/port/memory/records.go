package memory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// record is an operation as it is kept: encoded, so that no two callers share it.
type record struct {
	rev      int64
	data     []byte
	card     port.Address
	commands map[string]bool // that had effect
	log      []port.Entry
}

func (r *record) decode() (port.Record, error) {
	rec := port.Record{Rev: r.rev, Card: r.card}
	return rec, json.Unmarshal(r.data, &rec.Op)
}

var errChange = errors.New("not a transition")

// checkChange refuses what a caller got wrong.
func checkChange(c port.Change) error {
	id, ok := parseID(c.Op.ID)
	switch {
	case !ok || id != c.Op.ID:
		return fmt.Errorf("%w: %q is no operation id", errChange, c.Op.ID)
	case c.Command == "":
		return fmt.Errorf("%w: %s has no command id", errChange, c.Op.ID)
	case c.Op.State == "" || c.Op.State == reinstall.Tampered:
		return fmt.Errorf("%w: %s cannot be %q", errChange, c.Op.ID, c.Op.State)
	case c.Claim != (port.Claim{}) && (c.Claim.Kind != port.ClaimOp || c.Claim.ID != id):
		return fmt.Errorf("%w: %s decided under a lease on %s %s", errChange, id, c.Claim.Kind, c.Claim.ID)
	}
	return nil
}

// Create implements port.Store.
func (s *Store) Create(ctx context.Context, c port.Change) (port.Record, error) {
	if err := checkChange(c); err != nil {
		return port.Record{}, err
	}
	if c.Rev != 0 || c.Claim != (port.Claim{}) {
		return port.Record{}, fmt.Errorf("%w: a new operation has neither a revision nor a lease", errChange)
	}
	m := s.m
	if err := m.beginCall(ctx); err != nil {
		return port.Record{}, err
	}
	defer m.mu.Unlock()
	ref := c.Op.Plan.Ref.String()
	if id, ok := m.created[c.Command]; ok {
		return m.records[id].decode()
	}
	if m.records[c.Op.ID] != nil {
		return port.Record{}, fmt.Errorf("operation %s: %w", c.Op.ID, port.ErrExists)
	}
	if by, ok := m.locks[ref]; ok && by != c.Op.ID {
		return port.Record{}, fmt.Errorf("operation %s: %w", c.Op.ID, &port.LockedError{By: by})
	}
	r := &record{commands: map[string]bool{}}
	if err := m.writeChange(r, c); err != nil {
		return port.Record{}, err
	}
	m.records[c.Op.ID], m.created[c.Command] = r, c.Op.ID
	m.histories[ref] = append(m.histories[ref], c.Op.ID)
	if c.Op.State.Ended() {
		m.ended = append(m.ended, ended{c.Op.ID, m.nowMillis()})
	} else {
		m.locks[ref] = c.Op.ID
	}
	m.makeDue(opMember(c.Op.ID), c.WakeAfter)
	return port.Record{Op: c.Op, Rev: 1}, nil
}

// writeChange puts a change into a record, with its log entry, its audit entry and its
// posts. On an error nothing was written.
func (m *Memory) writeChange(r *record, c port.Change) error {
	data, err := json.Marshal(c.Op)
	if err != nil {
		return fmt.Errorf("operation %s: %w", c.Op.ID, err)
	}
	posts, err := clonePosts(c.Posts)
	if err != nil {
		return err
	}
	r.rev, r.data, r.commands[c.Command] = c.Rev+1, data, true
	r.log = append(r.log, port.Entry{
		Rev: r.rev, At: time.UnixMilli(m.nowMillis()).UTC(), State: c.Op.State, Command: c.Command,
		By: c.By, What: c.What, Detail: c.Detail, Fingerprint: c.Op.Fingerprint,
	})
	m.audit++
	m.appendPosts(posts)
	return nil
}

// Load implements port.Store.
func (s *Store) Load(ctx context.Context, id string) (port.Record, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return port.Record{}, err
	}
	defer s.m.mu.Unlock()
	r, err := s.m.findRecord(id)
	if err != nil {
		return port.Record{}, err
	}
	return r.decode()
}

func (m *Memory) findRecord(id string) (*record, error) {
	canon, ok := parseID(id)
	if !ok || m.records[canon] == nil {
		return nil, notFound(id)
	}
	return m.records[canon], nil
}

// Recent implements port.Store.
func (s *Store) Recent(ctx context.Context, id string) (port.Record, error) { return s.Load(ctx, id) }

// Apply implements port.Store.
func (s *Store) Apply(ctx context.Context, c port.Change) (port.Record, error) {
	rec, _, err := s.applyChange(ctx, c)
	return rec, err
}

// applyChange is Apply; won is true only if this very call wrote.
func (s *Store) applyChange(ctx context.Context, c port.Change) (rec port.Record, won bool, err error) {
	if err := checkChange(c); err != nil {
		return rec, false, err
	}
	if c.Rev < 1 {
		return rec, false, fmt.Errorf("%w: revision %d", errChange, c.Rev)
	}
	m := s.m
	if err := m.beginCall(ctx); err != nil {
		return rec, false, err
	}
	defer m.mu.Unlock()
	r, err := m.findRecord(c.Op.ID)
	if err != nil {
		return rec, false, err
	}
	now, err := r.decode()
	if err != nil {
		return rec, false, err
	}
	member := opMember(c.Op.ID)
	holder, held := m.owners[member]
	clicked := c.Claim == (port.Claim{})
	switch {
	case r.commands[c.Command]:
		return now, false, nil
	case !clicked && (!held || holder != s.holderOf(c.Claim)):
		return rec, false, fmt.Errorf("operation %s: %w", c.Op.ID, port.ErrFenced)
	case r.rev != c.Rev:
		return rec, false, &port.StaleError{Now: now}
	case now.Op.Plan.Ref != c.Op.Plan.Ref:
		return rec, false, fmt.Errorf("%w: %s is not an id for %s", errChange, c.Op.ID, c.Op.Plan.Ref)
	}
	if err := m.writeChange(r, c); err != nil {
		return rec, false, err
	}
	if ref := c.Op.Plan.Ref.String(); c.Op.State.Ended() && m.locks[ref] == c.Op.ID {
		delete(m.locks, ref)
		m.ended = append(m.ended, ended{c.Op.ID, m.nowMillis()})
	}
	if clicked && held && m.leaseRuns(member) {
		m.again[member] = true // a click must not take the lease from a worker
	} else {
		m.forgetLease(member)
		m.makeDue(member, c.WakeAfter)
	}
	return port.Record{Op: c.Op, Rev: r.rev, Card: r.card}, true, nil
}

// ReplaceTampered implements port.Store. Here no record is ever changed outside Twokey.
func (s *Store) ReplaceTampered(ctx context.Context, c port.Change) (port.Record, error) {
	if err := checkChange(c); err != nil {
		return port.Record{}, err
	}
	if !c.Op.State.Ended() {
		return port.Record{}, fmt.Errorf("%w: what was changed outside Twokey can only end", errChange)
	}
	now, err := s.Load(ctx, c.Op.ID)
	if err != nil {
		return port.Record{}, err
	}
	return port.Record{}, &port.StaleError{Now: now}
}

// SetCard implements port.Store.
func (s *Store) SetCard(ctx context.Context, id string, a port.Address) error {
	if err := s.m.beginCall(ctx); err != nil {
		return err
	}
	defer s.m.mu.Unlock()
	r, err := s.m.findRecord(id)
	if err == nil && r.card == (port.Address{}) {
		r.card = a
	}
	return err
}

// MayArm implements port.Store.
func (s *Store) MayArm(ctx context.Context, id string) error {
	if _, ok := parseID(id); !ok {
		return notFound(id)
	}
	return ctx.Err()
}

// Arm implements port.Store.
func (s *Store) Arm(ctx context.Context, c port.Change) (port.Record, error) {
	rec, won, err := s.applyChange(ctx, c)
	if err == nil && !won {
		err = fmt.Errorf("%w: an earlier attempt wrote it", port.ErrNotDurable)
	}
	if err != nil {
		return port.Record{}, err
	}
	return rec, nil
}

// Newest implements port.Store.
func (s *Store) Newest(ctx context.Context, r port.Record) (bool, error) {
	now, err := s.Load(ctx, r.Op.ID)
	if errors.Is(err, port.ErrNotFound) {
		return true, nil
	}
	return now.Rev <= r.Rev, err
}

// Happened implements port.Store.
func (s *Store) Happened(ctx context.Context, id, command string) (bool, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return false, err
	}
	defer s.m.mu.Unlock()
	r, err := s.m.findRecord(id)
	return err == nil && r.commands[command], nil
}
