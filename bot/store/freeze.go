package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

// errNoReason: a freeze must say why, for it stops everybody.
var errNoReason = errors.New("a freeze without a reason")

// stop is the global stop as it lies in Redis, sealed and numbered: its end is
// written as well, so that a stop that is taken away, or an older one put back,
// shows. What shows counts as a freeze.
type stop struct {
	N      int64             `json:"n"` // 1 for the first, +1 with each
	Freeze *reinstall.Freeze `json:"freeze,omitempty"`
}

// lastStop is the highest number of the stop that this process has seen.
type lastStop struct {
	mu     sync.Mutex
	n      int64
	frozen bool
}

// saw notes a stop; older means that there was a later one.
func (l *lastStop) saw(v stop) (older bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v.N < l.n {
		return true
	}
	l.n, l.frozen = v.N, v.Freeze != nil
	return false
}

// adopt forgets what was seen, but for a freeze: only a person ends that.
func (l *lastStop) adopt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.frozen {
		l.n = 0
	}
}

func (l *lastStop) last() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// Freeze implements commands.Store.
func (s *Store) Freeze(ctx context.Context, f reinstall.Freeze, n port.Note) error {
	if reinstall.Said(f.Why) == "" {
		return errNoReason
	}
	if err := s.decide(ctx, freezeScript, n, &f); err != nil {
		return fmt.Errorf("freeze: %w", err)
	}
	return nil
}

// Unfreeze implements commands.Store.
func (s *Store) Unfreeze(ctx context.Context, n port.Note) error {
	if err := s.decide(ctx, unfreezeScript, n, nil); err != nil {
		return fmt.Errorf("unfreeze: %w", err)
	}
	return nil
}

// stopTries is how often a stop is numbered anew when another one comes between.
const stopTries = 8

// decide runs a script on the global stop, with the note of who decided it.
func (s *Store) decide(ctx context.Context, sc script, n port.Note, f *reinstall.Freeze) error {
	body, sum, err := s.noteBody(freezeChain, n)
	if err != nil {
		return err
	}
	for range stopTries {
		was, err := s.db.Get(ctx, freezeKey).Result()
		if err != nil && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "WRONGTYPE") {
			return err
		}
		next := stop{N: s.stop.last() + 1, Freeze: f}
		if now, fits := s.openStop(was); fits {
			next.N = max(next.N, now.N+1)
		}
		text, err := s.sealStop(next)
		if err != nil {
			return err
		}
		// On a Cluster the stop is on a shard of its own, which no claim settles.
		cmd, err := s.runSettled(ctx, sc, call{
			keys: []string{freezeKey, freezeTold(n.Key), freezeAudit},
			args: []any{madeFor.Milliseconds(), body, sum, was, text},
		})
		if err != nil {
			return auditFault(err)
		}
		wrote, err := cmd.Int()
		if err != nil {
			return auditFault(err)
		}
		if wrote == 1 {
			s.stop.saw(next)
		}
		if wrote >= 0 {
			return nil
		}
	}
	return errors.New("the stop kept changing")
}

func (s *Store) sealStop(v stop) (string, error) {
	text, err := encode(v)
	if err != nil {
		return "", err
	}
	mac, err := s.seal.Seal(seal.Freeze, text)
	return mac + "\n" + text, err
}

// openStop reads a stop; fits is false where Twokey did not write it so.
func (s *Store) openStop(sealed string) (v stop, fits bool) {
	mac, text, _ := strings.Cut(sealed, "\n")
	if !s.seal.Fits(seal.Freeze, mac, text) {
		return stop{}, false
	}
	return v, json.Unmarshal([]byte(text), &v) == nil
}

// Decided implements commands.Store.
func (s *Store) Decided(ctx context.Context, key string) (bool, error) {
	n, err := s.db.Exists(ctx, freezeTold(key)).Result()
	if err != nil {
		return false, fmt.Errorf("whether %s was decided: %w", key, err)
	}
	return n > 0, nil
}

// What a stop says that is not what Twokey wrote last.
const (
	stopGone    = "Redis has lost whether there is a freeze"
	stopChanged = "the freeze was changed outside Twokey"
	stopOlder   = "Redis shows an older freeze, or an older end of one, than was seen"
)

// Frozen implements commands.Store. An error is not 'no'; what is there, and is
// not what Twokey wrote last, is a freeze.
func (s *Store) Frozen(ctx context.Context) (*reinstall.Freeze, error) {
	if d := s.Doubt(); d.Why != "" {
		return &reinstall.Freeze{By: "twokey", Why: d.Why, Lost: true, Way: d.Way}, nil
	}
	text, err := s.db.Get(ctx, freezeKey).Result()
	switch {
	case errors.Is(err, redis.Nil) && s.stop.last() == 0:
		return nil, nil
	case errors.Is(err, redis.Nil):
		return &reinstall.Freeze{By: "twokey", Why: stopGone, Lost: true}, nil
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		return &reinstall.Freeze{By: "twokey", Why: stopChanged, Lost: true}, nil
	case err != nil:
		return nil, fmt.Errorf("whether there is a freeze: %w", err)
	}
	v, fits := s.openStop(text)
	if !fits {
		return s.oldStop(text), nil
	}
	if s.stop.saw(v) {
		return &reinstall.Freeze{By: "twokey", Why: stopOlder, Lost: true}, nil
	}
	return v.Freeze, nil
}

// oldStop is what a text without a seal comes to: a freeze of an older Twokey is
// shown as that, with who and why.
func (s *Store) oldStop(text string) *reinstall.Freeze {
	var f reinstall.Freeze
	if json.Unmarshal([]byte(text), &f) != nil || f.By == "" || s.stop.last() > 0 {
		return &reinstall.Freeze{By: "twokey", Why: stopChanged, Lost: true}
	}
	return &f
}
