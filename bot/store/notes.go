package store

import (
	"context"
	"errors"
	"fmt"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
)

// notes are the entries of the audit that belong to no transition.
type notes struct{ *core }

// noteBody is the entry of a note in a chain.
func (s *core) noteBody(chain string, n port.Note) (body, sum string, err error) {
	if n.Key == "" {
		return "", "", errors.New("a note without a key")
	}
	return audit.SealBody(s.seal, chain, audit.Body{
		Kind: string(n.Kind), Op: n.Op, By: n.By, What: n.What, Detail: n.Detail, Command: n.Key,
	})
}

// Note implements port.Store: in the chain of the operation's partition, or
// of the key's if there is no operation.
func (s *notes) Note(ctx context.Context, n port.Note, ps ...port.Post) error {
	p := notePartition(n)
	body, sum, err := s.noteBody(p.String(), n)
	if err != nil {
		return err
	}
	args := []any{madeFor.Milliseconds(), body, sum}
	for _, post := range ps {
		j, err := toJSON(post)
		if err != nil {
			return fmt.Errorf("post %s: %w", post.Key, err)
		}
		args = append(args, j)
	}
	if err := s.db.Run(ctx, lua.Note, redisdb.Call{
		Keys: []string{p.Told(n.Key), p.Outbox(), p.Due(), p.Owners(), p.Audit()}, Args: args,
	}).Err(); err != nil {
		return fmt.Errorf("note %s: %w", n.Key, audit.ExplainCut(err))
	}
	return nil
}

// Noted implements port.Store.
func (s *notes) Noted(ctx context.Context, n port.Note) (bool, error) {
	p := notePartition(n)
	there, err := s.db.Exists(ctx, p.Told(n.Key)).Result()
	if err != nil {
		return false, fmt.Errorf("note %s: %w", n.Key, err)
	}
	return there > 0, nil
}

// notePartition is the operation's, or the key's if there is no operation.
func notePartition(n port.Note) keys.Partition {
	if id, ok := keys.ParseID(n.Op); ok {
		return keys.OfID(id)
	}
	return keys.ByHash(n.Key)
}
