package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"twokey/commands"
	"twokey/commands/reinstall"
)

// errNoReason: a freeze must say why, for it stops everybody.
var errNoReason = errors.New("a freeze without a reason")

// Freeze implements commands.Store.
func (s *Store) Freeze(ctx context.Context, f commands.Freeze, n commands.Note) error {
	if reinstall.Said(f.Why) == "" {
		return errNoReason
	}
	stop, err := encode(f)
	if err == nil {
		err = s.decide(ctx, freezeScript, n, stop)
	}
	if err != nil {
		return fmt.Errorf("freeze: %w", err)
	}
	return nil
}

// Unfreeze implements commands.Store.
func (s *Store) Unfreeze(ctx context.Context, n commands.Note) error {
	if err := s.decide(ctx, unfreezeScript, n); err != nil {
		return fmt.Errorf("unfreeze: %w", err)
	}
	return nil
}

// decide runs a script on the global stop, with the note of who decided it.
func (s *Store) decide(ctx context.Context, sc script, n commands.Note, args ...any) error {
	body, sum, err := noteBody(n)
	if err != nil {
		return err
	}
	// On a Cluster the stop is on a shard of its own, which no claim settles.
	_, err = s.runSettled(ctx, sc, call{
		keys: []string{freezeKey, freezeTold(n.Key), freezeAudit},
		args: append([]any{madeFor.Milliseconds(), body, sum}, args...),
	})
	return auditFault(err)
}

// Decided implements commands.Store.
func (s *Store) Decided(ctx context.Context, key string) (bool, error) {
	n, err := s.db.Exists(ctx, freezeTold(key)).Result()
	if err != nil {
		return false, fmt.Errorf("whether %s was decided: %w", key, err)
	}
	return n > 0, nil
}

// Frozen implements commands.Store. An error is not 'no'; a freeze that is there
// is one, whatever is left of its reason.
func (s *Store) Frozen(ctx context.Context) (*commands.Freeze, error) {
	b, err := s.db.Get(ctx, freezeKey).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	var f commands.Freeze
	if err == nil {
		err = json.Unmarshal(b, &f)
	}
	if err != nil {
		return nil, fmt.Errorf("whether there is a freeze: %w", err)
	}
	return &f, nil
}
