package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"twokey/commands/port"
)

// Times are as in Redis.
const (
	toldFor  = 10 * time.Minute
	notedFor = 7 * 24 * time.Hour
)

type post struct {
	port.Post
	id string
	at time.Time
}

func clonePosts(ps []port.Post) ([]port.Post, error) {
	out := make([]port.Post, len(ps))
	for i, p := range ps {
		var err error
		if out[i], err = copyByJSON(p); err != nil {
			return nil, fmt.Errorf("post %s: %w", p.Key, err)
		}
	}
	return out, nil
}

// appendPosts appends posts. They are due at once, or when somebody gives the outbox back.
func (m *Memory) appendPosts(ps []port.Post) {
	if len(ps) == 0 {
		return
	}
	for _, p := range ps {
		m.stream++
		at := m.nowMillis()
		id := strconv.FormatInt(at, 10) + "-" + strconv.FormatInt(m.stream, 10)
		m.posts = append(m.posts, post{Post: p, id: id, at: time.UnixMilli(at)})
	}
	if _, held := m.owners[outboxMember]; held && m.leaseRuns(outboxMember) {
		m.again[outboxMember] = true
	} else {
		m.makeDue(outboxMember, 0)
	}
}

// Posts implements port.Store.
func (s *Store) Posts(ctx context.Context, outbox string, max int) ([]port.Post, error) {
	if outbox != outboxID {
		return nil, fmt.Errorf("outbox %q: no such partition", outbox)
	}
	if err := s.m.beginCall(ctx); err != nil {
		return nil, err
	}
	defer s.m.mu.Unlock()
	var out []port.Post
	for _, p := range s.m.posts[:atMost(max, len(s.m.posts))] {
		c, err := copyByJSON(p.Post)
		if err != nil {
			return nil, err
		}
		c.Stream, c.At = p.id, p.at
		out = append(out, c)
	}
	return out, nil
}

// atMost is how many of n are taken, at most so many.
func atMost(most, n int) int { return max(0, min(most, n)) }

// Posted implements port.Store.
func (s *Store) Posted(ctx context.Context, outbox string, ps ...port.Post) error {
	if outbox != outboxID {
		return fmt.Errorf("outbox %q: no such partition", outbox)
	}
	if err := s.m.beginCall(ctx); err != nil {
		return err
	}
	defer s.m.mu.Unlock()
	s.m.posts = slices.DeleteFunc(s.m.posts, func(p post) bool {
		return slices.ContainsFunc(ps, func(q port.Post) bool { return q.Stream == p.id })
	})
	return nil
}

// Tell implements port.Store.
func (s *Store) Tell(ctx context.Context, op string, ps ...port.Post) error {
	cs, err := clonePosts(ps)
	if err != nil {
		return err
	}
	if err := s.m.beginCall(ctx); err != nil {
		return err
	}
	defer s.m.mu.Unlock()
	for _, p := range cs {
		if p.Key == "" {
			return fmt.Errorf("tell %s: a post without a key", op)
		}
		if s.m.guardKey(s.m.told, p.Key, toldFor) {
			s.m.appendPosts([]port.Post{p})
		}
	}
	return nil
}

var errNoKey = errors.New("a note without a key")

// Note implements port.Store.
func (s *Store) Note(ctx context.Context, n port.Note, ps ...port.Post) error {
	if n.Key == "" {
		return errNoKey
	}
	cs, err := clonePosts(ps)
	if err != nil {
		return err
	}
	if err := s.m.beginCall(ctx); err != nil {
		return err
	}
	defer s.m.mu.Unlock()
	if s.m.guardKey(s.m.told, n.Key, notedFor) {
		s.m.audit++
		s.m.appendPosts(cs)
	}
	return nil
}

// Noted implements port.Store.
func (s *Store) Noted(ctx context.Context, n port.Note) (bool, error) {
	if err := s.m.beginCall(ctx); err != nil {
		return false, err
	}
	defer s.m.mu.Unlock()
	until, ok := s.m.told[n.Key]
	return ok && until > s.m.nowMillis(), nil
}
