package memory

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

type ended struct {
	op string
	at int64 // in ms
}

// Log implements port.Store.
func (s *Store) Log(ctx context.Context, id string) ([]port.Entry, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer s.m.mu.Unlock()
	r, err := s.m.findRecord(id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(r.log), nil
}

// loadAll reads records in the order of their ids.
func (m *Memory) loadAll(ids []string) ([]port.Record, error) {
	var out []port.Record
	for _, id := range ids {
		rec, err := m.records[id].decode()
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
	return out, nil
}

// Live implements port.Store: oldest first.
func (s *Store) Live(ctx context.Context) ([]port.Record, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer s.m.mu.Unlock()
	var ids []string
	for _, id := range s.m.locks {
		ids = append(ids, id)
	}
	recs, err := s.m.loadAll(ids)
	slices.SortFunc(recs, func(a, b port.Record) int {
		return cmp.Or(a.Op.ProposedAt.Compare(b.Op.ProposedAt), cmp.Compare(a.Op.ID, b.Op.ID))
	})
	return recs, err
}

// History implements port.Store.
func (s *Store) History(ctx context.Context, ref model.Ref, max int) ([]port.Record, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer s.m.mu.Unlock()
	ids := slices.Clone(s.m.histories[ref.String()])
	slices.Reverse(ids)
	return s.m.loadAll(ids[:atMost(max, len(ids))])
}

// Ended implements port.Store.
func (s *Store) Ended(ctx context.Context, max int) ([]port.Record, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer s.m.mu.Unlock()
	all := slices.Clone(s.m.ended)
	slices.SortStableFunc(all, func(a, b ended) int { return cmp.Compare(b.at, a.at) })
	var ids []string
	for _, e := range all[:atMost(max, len(all))] {
		ids = append(ids, e.op)
	}
	return s.m.loadAll(ids)
}

// Mark implements port.Store.
func (s *Store) Mark(ctx context.Context) (string, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return "", err
	}
	defer s.m.mu.Unlock()
	return strconv.Itoa(s.m.audit), nil
}
