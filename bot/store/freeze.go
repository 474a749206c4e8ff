package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
)

// errNoReason: a freeze must say why, for it stops everybody.
var errNoReason = errors.New("a freeze without a reason")

// storedFreeze is the global stop as it lies in Redis, sealed and numbered. Its end is
// written as well: so it shows if a stop is removed, or an older one put back. Then
// it counts as a freeze.
type storedFreeze struct {
	N      int64         `json:"n"` // 1 for the first, +1 with each
	Freeze *model.Freeze `json:"freeze,omitempty"`
}

// seenFreezes is the highest number of the stop that this process has seen.
type seenFreezes struct {
	mu     sync.Mutex
	n      int64
	frozen bool
}

// noteSeen notes a stop; older means that there was a later one.
func (l *seenFreezes) noteSeen(v storedFreeze) (older bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v.N < l.n {
		return true
	}
	l.n, l.frozen = v.N, v.Freeze != nil
	return false
}

// forget forgets what was seen, but for a freeze: only a person ends that.
func (l *seenFreezes) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.frozen {
		l.n = 0
	}
}

func (l *seenFreezes) lastNumber() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

// freezes are the global stop and its end.
type freezes struct {
	*core
	life *epochs
	seen seenFreezes
}

// Freeze implements port.Store.
func (s *freezes) Freeze(ctx context.Context, f model.Freeze, n port.Note) error {
	if model.CleanText(f.Why) == "" {
		return errNoReason
	}
	if err := s.writeFreeze(ctx, lua.Freeze, n, &f); err != nil {
		return fmt.Errorf("freeze: %w", err)
	}
	return nil
}

// Unfreeze implements port.Store.
func (s *freezes) Unfreeze(ctx context.Context, n port.Note) error {
	if err := s.writeFreeze(ctx, lua.Unfreeze, n, nil); err != nil {
		return fmt.Errorf("unfreeze: %w", err)
	}
	return nil
}

// freezeTries is how often a freeze gets another number when another one comes between.
const freezeTries = 8

// writeFreeze runs a script on the global stop, with the note of who decided it.
func (s *freezes) writeFreeze(ctx context.Context, sc lua.Script, n port.Note, f *model.Freeze) error {
	body, sum, err := s.noteBody(audit.FreezeChain, n)
	if err != nil {
		return err
	}
	for range freezeTries {
		was, err := s.db.Get(ctx, keys.Freeze).Result()
		if err != nil && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "WRONGTYPE") {
			return err
		}
		next := storedFreeze{N: s.seen.lastNumber() + 1, Freeze: f}
		if now, fits := s.openFreeze(was); fits {
			next.N = max(next.N, now.N+1)
		}
		text, err := s.sealFreeze(next)
		if err != nil {
			return err
		}
		// On a Cluster the stop is on a shard of its own, which no claim settles.
		cmd, err := s.db.RunConfirmed(ctx, sc, redisdb.Call{
			Keys: []string{keys.Freeze, keys.FreezeTold(n.Key), keys.FreezeAudit},
			Args: []any{madeFor.Milliseconds(), body, sum, was, text},
		})
		if err != nil {
			return audit.ExplainCut(err)
		}
		wrote, err := cmd.Int()
		if err != nil {
			return audit.ExplainCut(err)
		}
		if wrote == 1 {
			s.seen.noteSeen(next)
		}
		if wrote >= 0 {
			return nil
		}
	}
	return errors.New("the stop kept changing")
}

func (s *freezes) sealFreeze(v storedFreeze) (string, error) {
	text, err := toJSON(v)
	if err != nil {
		return "", err
	}
	mac, err := s.seal.Seal(seal.Freeze, text)
	return mac + "\n" + text, err
}

// openFreeze reads a freeze; fits is false if Twokey did not write it so.
func (s *freezes) openFreeze(sealed string) (v storedFreeze, fits bool) {
	mac, text, _ := strings.Cut(sealed, "\n")
	if !s.seal.Fits(seal.Freeze, mac, text) {
		return storedFreeze{}, false
	}
	return v, json.Unmarshal([]byte(text), &v) == nil
}

// Decided implements port.Store.
func (s *freezes) Decided(ctx context.Context, key string) (bool, error) {
	n, err := s.db.Exists(ctx, keys.FreezeTold(key)).Result()
	if err != nil {
		return false, fmt.Errorf("whether %s was decided: %w", key, err)
	}
	return n > 0, nil
}

// What a stop says that is not what Twokey wrote last.
const (
	freezeGone    = "Redis has lost whether there is a freeze"
	freezeChanged = "the freeze was changed outside Twokey"
	freezeOlder   = "Redis shows an older freeze, or an older end of one, than was seen"
)

// Frozen implements port.Store. An error is not 'no'; what is there, and is
// not what Twokey wrote last, is a freeze.
func (s *freezes) Frozen(ctx context.Context) (*model.Freeze, error) {
	if d := s.life.Doubt(); d.Why != "" {
		return &model.Freeze{By: "twokey", Why: d.Why, Lost: true, Way: d.Way}, nil
	}
	text, err := s.db.Get(ctx, keys.Freeze).Result()
	switch {
	case errors.Is(err, redis.Nil) && s.seen.lastNumber() == 0:
		return nil, nil
	case errors.Is(err, redis.Nil):
		return &model.Freeze{By: "twokey", Why: freezeGone, Lost: true}, nil
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		return &model.Freeze{By: "twokey", Why: freezeChanged, Lost: true}, nil
	case err != nil:
		return nil, fmt.Errorf("whether there is a freeze: %w", err)
	}
	v, fits := s.openFreeze(text)
	if !fits {
		return s.freezeWithoutSeal(text), nil
	}
	if s.seen.noteSeen(v) {
		return &model.Freeze{By: "twokey", Why: freezeOlder, Lost: true}, nil
	}
	return v.Freeze, nil
}

// freezeWithoutSeal is what a text without a seal comes to: a freeze of an older Twokey is
// shown as that, with who and why.
func (s *freezes) freezeWithoutSeal(text string) *model.Freeze {
	var f model.Freeze
	if json.Unmarshal([]byte(text), &f) != nil || f.By == "" || s.seen.lastNumber() > 0 {
		return &model.Freeze{By: "twokey", Why: freezeChanged, Lost: true}
	}
	return &f
}
