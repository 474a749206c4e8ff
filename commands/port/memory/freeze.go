package memory

import (
	"context"
	"errors"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// Freeze implements port.Store.
func (s *Store) Freeze(ctx context.Context, f model.Freeze, n port.Note) error {
	if model.CleanText(f.Why) == "" {
		return errors.New("a freeze without a reason")
	}
	return s.writeFreeze(ctx, &f, n)
}

// Unfreeze implements port.Store.
func (s *Store) Unfreeze(ctx context.Context, n port.Note) error { return s.writeFreeze(ctx, nil, n) }

// writeFreeze writes a freeze or its end, once by the note's key.
func (s *Store) writeFreeze(ctx context.Context, f *model.Freeze, n port.Note) error {
	if n.Key == "" {
		return errNoKey
	}
	if err := s.m.beginCall(ctx); err != nil {
		return err
	}
	defer s.m.mu.Unlock()
	if !s.m.decided[n.Key] {
		s.m.decided[n.Key], s.m.frozen = true, f
		s.m.audit++
	}
	return nil
}

// Decided implements port.Store.
func (s *Store) Decided(ctx context.Context, key string) (bool, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return false, err
	}
	defer s.m.mu.Unlock()
	return s.m.decided[key], nil
}

// Frozen implements port.Store.
func (s *Store) Frozen(ctx context.Context) (*model.Freeze, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer s.m.mu.Unlock()
	if s.m.frozen == nil {
		return nil, nil
	}
	f := *s.m.frozen
	return &f, nil
}
