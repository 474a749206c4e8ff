package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/seal"
)

// The audit leaves the house: each chain goes, in its order, to a destination outside of
// Redis. How far it went is kept here, for each destination. It moves only after the
// destination has taken the entries: nothing is left out, and after a crash the last
// ones are sent again. It is sealed, so that nobody skips an entry by writing there.
// What does not fit its seal counts as nothing shipped, and all is sent again.

// shipFor is how long one worker has the right to ship without telling Redis again:
// longer than a destination is waited for.
const shipFor = 30 * time.Second

// errShips: another worker ships.
var errShips = errors.New("another worker ships the audit")

// Shipping is what is known of a destination.
type Shipping struct {
	destination string
	far         map[string]progress // by chain
	Left        int64               // how many entries wait
}

// progress is how far a chain was shipped: up to and with that entry.
type progress struct {
	seq  int64
	link string // of that entry
	kept string // as Redis keeps it
}

// Shipping reads how far each chain was shipped to a destination, and how many entries
// wait.
func (s *Trail) Shipping(ctx context.Context, destination string) (Shipping, error) {
	_, farKey := keys.Shipped(destination)
	out := Shipping{destination: destination, far: map[string]progress{}}
	pipe := s.db.Pipeline()
	far := pipe.HGetAll(ctx, farKey)
	ends := map[string]*redis.XMessageSliceCmd{}
	for name, key := range Chains() {
		ends[name] = pipe.XRevRangeN(ctx, key, "+", "-", 1)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	kept, err := far.Result()
	if err != nil && !redis.HasErrorPrefix(err, "WRONGTYPE") {
		return out, fmt.Errorf("how far the audit was shipped: %w", err)
	}
	for name, cmd := range ends {
		ms, err := cmd.Result()
		if err != nil {
			return out, fmt.Errorf("the end of the audit chain %s: %w", name, err)
		}
		f := s.openFar(destination, name, kept[name])
		if len(ms) > 0 {
			end := seqOf(ms[0].ID)
			if end > 0 && end < f.seq { // it was removed, and goes on as another one
				f.seq = 0
			}
			out.Left += max(0, end-f.seq)
		}
		out.far[name] = f
	}
	return out, nil
}

func seqOf(id string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(id, "-0"), 10, 64)
	return n
}

// openFar is how far a chain was shipped; what Twokey did not write is nothing.
func (s *Trail) openFar(destination, chain, kept string) progress {
	f := progress{kept: kept}
	mac, text, _ := strings.Cut(kept, "\n")
	number, link, _ := strings.Cut(text, " ")
	if n, err := strconv.ParseInt(number, 10, 64); err == nil &&
		s.sealer.Fits(seal.Shipped, mac, destination, chain, text) {
		f.seq, f.link = n, link
	}
	return f
}

// Ship sends what waits for a destination, chain by chain, each in its order, and returns
// how many entries wait then. Of several workers one ships at a time. send has taken
// the entries once it returns without an error; what it was given before a crash it
// may be given again.
func (s *Trail) Ship(
	ctx context.Context, destination string, send func(context.Context, []Entry) error,
) (left int64, err error) {
	now, err := s.Shipping(ctx, destination)
	if err != nil || now.Left == 0 {
		return now.Left, err
	}
	switch err := s.shipMove(ctx, destination, "", "", "", shipFor); {
	case errors.Is(err, errShips):
		return now.Left, nil
	case err != nil:
		return now.Left, err
	}
	defer func() { // a worker that ends has the next one go on at once
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = s.shipMove(ctx, destination, "", "", "", 0)
	}()
	// Another worker may have shipped between the first look and the right to ship.
	if now, err = s.Shipping(ctx, destination); err != nil {
		return now.Left, err
	}
	for _, name := range ChainNames() {
		n, err := s.shipChain(ctx, now, name, send)
		now.Left -= n
		if err != nil {
			return now.Left, err
		}
	}
	return now.Left, nil
}

// shipChain sends one chain's entries, page by page. A chain whose entry is no longer
// the one that was shipped last is another one, and is sent from its beginning.
func (s *Trail) shipChain(
	ctx context.Context, now Shipping, name string, send func(context.Context, []Entry) error,
) (shipped int64, err error) {
	far := now.far[name]
	for {
		page, err := s.shipPage(ctx, name, far)
		if err != nil || len(page) == 0 {
			return shipped, err
		}
		if err := send(ctx, page); err != nil {
			return shipped, err
		}
		next, err := s.sealFar(now.destination, name, far, page[len(page)-1])
		if err != nil {
			return shipped, err
		}
		if err := s.shipMove(ctx, now.destination, name, far.kept, next.kept, shipFor); err != nil {
			return shipped, err
		}
		shipped += next.seq - far.seq
		if next.seq == far.seq { // what stands there has no number: the verifier says so
			return shipped, nil
		}
		far = next
	}
}

// shipPage reads what follows on what was shipped last.
func (s *Trail) shipPage(ctx context.Context, name string, far progress) ([]Entry, error) {
	ms, err := s.db.XRangeN(ctx, Chains()[name], fmt.Sprintf("%d-0", far.seq), "+", auditPage).Result()
	if err != nil {
		return nil, fmt.Errorf("read the audit chain %s: %w", name, err)
	}
	page := make([]Entry, len(ms))
	for i, m := range ms {
		if page[i], err = DecodeEntry(name, m); err != nil {
			return nil, err
		}
	}
	switch {
	case far.seq == 0 || len(page) == 0:
		return page, nil
	case page[0].Seq == far.seq && page[0].Link == far.link:
		return page[1:], nil
	}
	return s.shipPage(ctx, name, progress{kept: far.kept})
}

func (s *Trail) sealFar(destination, chain string, was progress, last Entry) (progress, error) {
	next := progress{seq: last.Seq, link: last.Link}
	if last.Seq == 0 {
		next.seq, next.link = was.seq, was.link
	}
	text := strconv.FormatInt(next.seq, 10) + " " + next.link
	mac, err := s.sealer.Seal(seal.Shipped, destination, chain, text)
	next.kept = mac + "\n" + text
	return next, err
}

// shipMove takes, keeps or gives back the right to ship, and moves what was shipped of
// a chain on, if one is named.
func (s *Trail) shipMove(ctx context.Context, destination, chain, was, next string, life time.Duration) error {
	holder, far := keys.Shipped(destination)
	n, err := s.db.Run(ctx, lua.Ship, redisdb.Call{
		Keys: []string{holder, far}, Args: []any{s.worker, life.Milliseconds(), chain, was, next},
	}).Int()
	switch {
	case err != nil:
		return fmt.Errorf("how far the audit was shipped: %w", err)
	case n != 1:
		return errShips
	}
	return nil
}
