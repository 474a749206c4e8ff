package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
)

const (
	// toldFor is how long a post that belongs to no transition is known by its key.
	toldFor = 10 * time.Minute
	// asideLen is how many unreadable entries are kept for an operator to look at.
	asideLen = 1000
)

// outbox is what is to be shown in Slack.
type outbox struct{ *core }

// Posts implements port.Store. An entry that cannot be read comes as
// PostUnreadable with the reason, so that it stops no other: nothing is skipped
// in silence.
func (s *outbox) Posts(ctx context.Context, outbox string, max int) ([]port.Post, error) {
	p, _, ok := keys.Member(port.Claim{Kind: port.ClaimOutbox, ID: outbox})
	if !ok {
		return nil, fmt.Errorf("outbox %q: no such partition", outbox)
	}
	if max < 1 {
		return nil, nil
	}
	ms, err := s.db.XRangeN(ctx, p.Outbox(), "-", "+", int64(max)).Result()
	if err != nil {
		return nil, fmt.Errorf("read outbox %s: %w", outbox, err)
	}
	posts := make([]port.Post, len(ms))
	for i, m := range ms {
		j, _ := m.Values["post"].(string)
		if err := json.Unmarshal([]byte(j), &posts[i]); err != nil {
			posts[i] = port.UnreadablePost(m.ID, err)
		}
		posts[i].Stream, posts[i].At = m.ID, appendedAt(m.ID)
	}
	return posts, nil
}

// appendedAt is when an entry was appended: its id begins with that.
func appendedAt(id string) time.Time {
	ms, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// Posted implements port.Store. What is unreadable is moved, as it is, to
// the partition's aside, for an operator to find.
func (s *outbox) Posted(ctx context.Context, outbox string, ps ...port.Post) error {
	p, _, ok := keys.Member(port.Claim{Kind: port.ClaimOutbox, ID: outbox})
	if !ok {
		return fmt.Errorf("outbox %q: no such partition", outbox)
	}
	var ids []string
	for _, post := range ps {
		if post.Kind == port.PostUnreadable {
			if err := s.setAside(ctx, p, post.Stream); err != nil {
				return fmt.Errorf("set entry %s of outbox %s aside: %w", post.Stream, outbox, err)
			}
			continue
		}
		if post.Stream != "" {
			ids = append(ids, post.Stream)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := s.db.XDel(ctx, p.Outbox(), ids...).Err(); err != nil {
		return fmt.Errorf("remove what was posted from outbox %s: %w", outbox, err)
	}
	return nil
}

// setAside moves an entry, as it is, in one transaction.
func (s *outbox) setAside(ctx context.Context, p keys.Partition, id string) error {
	ms, err := s.db.XRange(ctx, p.Outbox(), id, id).Result()
	if err != nil || len(ms) == 0 {
		return err
	}
	_, err = s.db.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.XAdd(ctx, &redis.XAddArgs{Stream: p.Aside(), MaxLen: asideLen, Values: ms[0].Values})
		tx.XDel(ctx, p.Outbox(), id)
		return nil
	})
	return err
}

// Tell implements port.Store: to the outbox of the operation, or of the
// post's key if op is empty. A post whose key was appended before is not
// appended again.
func (s *outbox) Tell(ctx context.Context, op string, ps ...port.Post) error {
	if len(ps) == 0 {
		return nil
	}
	p := keys.ByHash(ps[0].Key)
	if id, ok := keys.ParseID(op); ok {
		p = keys.OfID(id)
	}
	calls := make([]redisdb.Call, len(ps))
	for i, post := range ps {
		if post.Key == "" {
			return fmt.Errorf("store posts of %s: one has no key", op)
		}
		j, err := toJSON(post)
		if err != nil {
			return fmt.Errorf("post %s: %w", post.Key, err)
		}
		calls[i] = redisdb.Call{
			Keys: []string{p.Told(post.Key), p.Outbox(), p.Due(), p.Owners()},
			Args: []any{toldFor.Milliseconds(), j},
		}
	}
	for _, cmd := range s.db.RunAll(ctx, lua.Tell, calls) {
		if err := cmd.Err(); err != nil {
			return fmt.Errorf("store posts of %s: %w", op, err)
		}
	}
	return nil
}
