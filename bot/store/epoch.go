package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/seal"
)

// An epoch is one life of Redis' memory. Each partition holds it, sealed, and so
// does each replica of Twokey: a Redis that was emptied, rolled back or exchanged
// under it shows. Then nothing is armed, and a freeze counts as in force, until an
// operator begins another epoch (bot adopt).

// epoch is what a partition holds of it.
type epoch struct {
	ID    string    `json:"id"`
	N     int64     `json:"n"` // later ones have higher numbers: when it began, in ms
	Began time.Time `json:"began"`
	Why   string    `json:"why,omitempty"` // of one that an operator began
}

const (
	// lifeEvery is how often an epoch is looked at.
	lifeEvery = time.Second
	// headsAged is how old the highest number of a chain must be before a lower one
	// shows that Redis was rolled back. A fail-over may lose what no replica has
	// confirmed yet; nothing acknowledged is among that.
	headsAged = 10 * time.Second
)

// epochs watches over the life of Redis' memory.
type epochs struct {
	*core
	audit    *audit.Trail
	readOnly bool
	kept     []audit.Head // ends of the audit's chains that were kept elsewhere
	adopted  func()       // an operator began another epoch

	mu  sync.Mutex
	now life
}

// life is what this process knows of Redis' memory.
type life struct {
	epoch  epoch
	forgot string           // why Redis is not believed; empty: it is
	heads  map[string]heads // by chain
	known  bool
	short  string                    // which chain is not the one whose head was kept elsewhere
	cut    string                    // names the cut of the audit, if that is why
	ends   map[string]audit.ChainEnd // as they were last seen
	wentOn string                    // who last went on without entries, and why
}

// heads are the highest number of a chain: what was seen long ago, and what since.
type heads struct {
	aged, young int64
	since       time.Time // of young
}

// Forgotten says why Redis is not believed, as a sentence without its full stop;
// empty: it is.
func (s *epochs) Forgotten() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.forgot
}

// takeOver takes over the epoch that Redis holds, or begins the first one if it
// holds none.
func (s *epochs) takeOver(ctx context.Context) error {
	if s.readOnly {
		return nil
	}
	found, err := s.readEpochs(ctx)
	if err != nil {
		return err
	}
	short, err := s.shortChain(ctx)
	if err != nil {
		return err
	}
	if found.none() && short == "" {
		now := time.Now()
		e := epoch{ID: fmt.Sprintf("%x", s.random.bytes(8)), N: now.UnixMilli(), Began: now.UTC()}
		if err := s.writeEpochs(ctx, e, true); err != nil {
			return err
		}
		if found, err = s.readEpochs(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, why := found.agreed()
	s.now.epoch, s.now.forgot, s.now.known, s.now.ends = e, why, why == "", found.ends
	if why == "" {
		s.now.forgot, s.now.cut = audit.CutWords(found.ends)
	}
	if s.now.short = short; short != "" {
		s.now.forgot = short
	}
	return nil
}

// shortChain says which chain of the audit does not go through the heads that were kept
// elsewhere; empty: each does.
func (s *epochs) shortChain(ctx context.Context) (string, error) {
	for _, h := range s.kept {
		key, known := audit.Chains()[h.Chain]
		if !known {
			return "", fmt.Errorf("there is no chain %q in the audit", h.Chain)
		}
		id := fmt.Sprintf("%d-0", h.Seq)
		ms, err := s.db.XRange(ctx, key, id, id).Result()
		if err != nil && !redis.HasErrorPrefix(err, "WRONGTYPE") {
			return "", fmt.Errorf("the audit chain %s: %w", h.Chain, err)
		}
		if len(ms) != 1 || ms[0].Values["link"] != h.Link {
			return fmt.Sprintf("Redis is empty, of an earlier time, or another one. Its audit chain %s lacks entry %d "+
				"as it was kept elsewhere", h.Chain, h.Seq), nil
		}
	}
	return "", nil
}

// foundEpochs are what the partitions hold.
type foundEpochs struct {
	of    [keys.Partitions]epoch
	there [keys.Partitions]bool
	fits  [keys.Partitions]bool
	ends  map[string]audit.ChainEnd
}

func (f foundEpochs) none() bool { return f.there == [keys.Partitions]bool{} }

// agreed is the epoch that all hold, or why there is none.
func (f foundEpochs) agreed() (epoch, string) {
	for p := range f.of {
		switch {
		case !f.there[p]:
			return epoch{}, "Redis has forgotten: it lost what Twokey wrote there"
		case !f.fits[p]:
			return epoch{}, "Redis holds what another Twokey wrote, or one with another TWOKEY_SEAL_KEY"
		case f.of[p].ID != f.of[0].ID:
			return epoch{}, "Redis has forgotten: its parts are of different times"
		}
	}
	return f.of[0], ""
}

// readEpochs reads what the partitions hold, and how long the chains are.
func (s *epochs) readEpochs(ctx context.Context) (f foundEpochs, err error) {
	texts := make([]*redis.StringCmd, keys.Partitions)
	pipe := s.db.Pipeline()
	for p := range keys.Partition(keys.Partitions) {
		texts[p] = pipe.Get(ctx, p.Epoch())
	}
	ends := s.audit.AskEnds(ctx, pipe)
	_, _ = pipe.Exec(ctx) // each command has its own error
	for p, cmd := range texts {
		text, err := cmd.Result()
		switch {
		case errors.Is(err, redis.Nil):
			continue
		case redis.HasErrorPrefix(err, "WRONGTYPE"):
			text = ""
		case err != nil:
			return f, fmt.Errorf("the epoch of Redis: %w", err)
		}
		f.there[p] = true
		f.of[p], f.fits[p] = s.openEpoch(keys.Partition(p), text)
	}
	f.ends, err = ends()
	return f, err
}

func (s *epochs) openEpoch(p keys.Partition, sealed string) (e epoch, fits bool) {
	mac, text, _ := strings.Cut(sealed, "\n")
	if !s.seal.Fits(seal.Epoch, mac, p.String(), text) {
		return epoch{}, false
	}
	return e, json.Unmarshal([]byte(text), &e) == nil
}

// writeEpochs writes an epoch into every partition, the last one first. first only
// writes if there is no epoch: then the last partition decides which of several
// processes began it.
func (s *epochs) writeEpochs(ctx context.Context, e epoch, first bool) error {
	for p := keys.Partition(keys.Partitions - 1); p >= 0; p-- {
		text, err := toJSON(e)
		if err != nil {
			return err
		}
		mac, err := s.seal.Seal(seal.Epoch, p.String(), text)
		if err != nil {
			return err
		}
		if !first {
			err = s.db.Set(ctx, p.Epoch(), mac+"\n"+text, 0).Err()
		} else {
			err = s.db.SetNX(ctx, p.Epoch(), mac+"\n"+text, 0).Err()
		}
		if err != nil {
			return fmt.Errorf("begin an epoch: %w", err)
		}
		if first && p == keys.Partitions-1 {
			text, err := s.db.Get(ctx, p.Epoch()).Result()
			if err != nil {
				return fmt.Errorf("begin an epoch: %w", err)
			}
			if theirs, fits := s.openEpoch(p, text); fits {
				e = theirs
			}
		}
	}
	return nil
}

// WatchLife looks at the epoch until ctx ends. changed is called with why Redis is
// not believed, each time that this changes; empty: it is again.
func (s *epochs) WatchLife(ctx context.Context, changed func(why string)) {
	var kept time.Time
	t := time.NewTicker(lifeEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		why, news := s.lookAtLife(ctx, time.Now())
		if news {
			changed(why)
		}
		if why == "" && time.Since(kept) >= audit.HeadsEvery {
			kept = time.Now()
			if err := s.audit.KeepHeads(ctx); err != nil {
				s.log.Warn("audit: ends of the chains not sealed, retrying in some seconds", "err", err)
			}
		}
	}
}

func (s *epochs) isKnown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.known
}

func (s *epochs) isShort() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.short != ""
}

// lookAtLife compares what Redis holds with what this process knows. If it
// cannot be asked, what was known holds.
func (s *epochs) lookAtLife(ctx context.Context, now time.Time) (why string, news bool) {
	f, err := s.readEpochs(ctx)
	if err != nil {
		return "", false
	}
	if f.none() && !s.isKnown() && !s.isShort() { // it could not be asked when this process began
		_ = s.takeOver(ctx)
		return "", false
	}
	e, why := f.agreed()
	s.mu.Lock()
	adopted := why == "" && e.ID != s.now.epoch.ID &&
		(!s.now.known && s.now.short == "" || e.Why != "" && e.N > s.now.epoch.N)
	switch {
	case s.now.short != "" && !adopted:
		why = s.now.short
	case why != "":
	case adopted:
		s.now.epoch, s.now.known, s.now.heads, s.now.short = e, true, nil, ""
	case e.ID != s.now.epoch.ID:
		why = "Redis is another one than before, or was rolled back to an earlier time"
	default:
		why = s.now.rolledBack(f.ends, now)
	}
	s.now.cut = ""
	if why == "" {
		why, s.now.cut = audit.CutWords(f.ends)
	}
	if words := audit.WentOnWords(s.now.ends, f.ends); words != "" && s.now.ends != nil {
		s.now.wentOn = words
	}
	s.now.ends = f.ends
	news = why != s.now.forgot
	s.now.forgot = why
	s.mu.Unlock()
	if adopted {
		s.adopted()
	}
	return why, news
}

// rolledBack notes how long the chains are, and says if one was longer.
func (l *life) rolledBack(now map[string]audit.ChainEnd, at time.Time) string {
	if l.heads == nil {
		l.heads = map[string]heads{}
	}
	for name, end := range now {
		n := end.Last()
		h := l.heads[name]
		if n < h.aged {
			return fmt.Sprintf("Redis was rolled back: chain %s of the audit had %d entries, and has %d", name, h.aged,
				n)
		}
		if at.Sub(h.since) >= headsAged {
			h.aged, h.young, h.since = min(h.young, n), n, at
		}
		l.heads[name] = h
	}
	return ""
}

// Epoch is the id of the epoch that this process believes.
func (s *epochs) Epoch() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.epoch.ID
}

// Adopt begins another epoch, on an operator's word: what Redis holds now is what
// counts from then on.
func (s *epochs) Adopt(ctx context.Context, why string) (id string, err error) {
	if strings.TrimSpace(why) == "" {
		return "", errors.New("an epoch is adopted for a reason")
	}
	now := time.Now()
	e := epoch{ID: fmt.Sprintf("%x", s.random.bytes(8)), N: now.UnixMilli(), Began: now.UTC(), Why: why}
	return e.ID, s.writeEpochs(ctx, e, false)
}

// otherLife says why a partition is not what this process knows, if it is not.
func (s *epochs) otherLife(p keys.Partition, cmd *redis.StringCmd) string {
	text, err := cmd.Result()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e, fits := s.openEpoch(p, text); {
	case s.now.forgot != "":
		return s.now.forgot
	case err != nil, !fits, e.ID != s.now.epoch.ID:
		return "Redis has forgotten, or is another one than before"
	}
	return ""
}
