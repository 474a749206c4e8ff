package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/seal"
)

// The end of each chain is sealed from time to time. A chain that was cut, written
// again or removed does not go through the end that was sealed last.

// HeadsEvery is how often; what was written since then is only chained.
const HeadsEvery = 10 * time.Second

// KeepHeads seals the ends of the chains that have grown.
func (s *Trail) KeepHeads(ctx context.Context) error {
	kept, err := s.ReadHeads(ctx)
	if err != nil {
		return err
	}
	grown := false
	for name, key := range Chains() {
		ms, err := s.db.XRevRangeN(ctx, key, "+", "-", 1).Result()
		if err != nil {
			return fmt.Errorf("the end of the audit chain %s: %w", name, err)
		}
		if len(ms) == 0 {
			continue
		}
		e, err := DecodeEntry(name, ms[0])
		if err != nil || e.Seq <= kept.seq(name) {
			continue
		}
		kept.put(Head{Chain: name, Seq: e.Seq, Link: e.Link})
		grown = true
	}
	if !grown || kept.Forged {
		return nil
	}
	text, err := toJSON(kept.Heads)
	if err != nil {
		return err
	}
	mac, err := s.sealer.Seal(seal.Head, text)
	if err == nil {
		err = s.db.Set(ctx, keys.Heads, mac+"\n"+text, 0).Err()
	}
	if err != nil {
		return fmt.Errorf("the ends of the audit's chains: %w", err)
	}
	return nil
}

// KeptHeads are the ends that Redis holds.
type KeptHeads struct {
	Heads  []Head
	Forged bool // what stands there is not what Twokey wrote
	None   bool // nothing stands there
	// Since is when this life of Redis began: what was written after it is sealed.
	// Zero: it is not known.
	Since time.Time
	// Life says why Redis has no one epoch, if it has none.
	Life string
}

func (k *KeptHeads) seq(chain string) int64 {
	for _, h := range k.Heads {
		if h.Chain == chain {
			return h.Seq
		}
	}
	return 0
}

func (k *KeptHeads) put(h Head) {
	k.Heads = slices.DeleteFunc(k.Heads, func(was Head) bool { return was.Chain == h.Chain })
	k.Heads = append(k.Heads, h)
}

// ReadHeads reads the ends that were sealed last.
func (s *Trail) ReadHeads(ctx context.Context) (k KeptHeads, err error) {
	text, err := s.db.Get(ctx, keys.Heads).Result()
	switch {
	case errors.Is(err, redis.Nil):
		k.None = true
		return k, nil
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		k.Forged = true
		return k, nil
	case err != nil:
		return k, fmt.Errorf("the sealed ends of the audit's chains: %w", err)
	}
	mac, body, _ := strings.Cut(text, "\n")
	k.Forged = !s.sealer.Fits(seal.Head, mac, body) || json.Unmarshal([]byte(body), &k.Heads) != nil
	return k, nil
}

// furtherHead keeps the head that goes further.
func furtherHead(a, b Head) Head {
	if a.Seq > b.Seq {
		return a
	}
	return b
}

// Head is the end of a chain.
type Head struct {
	Chain string
	Seq   int64
	Link  string
}

func (h Head) String() string {
	return fmt.Sprintf("chain %s: %d entries, head %s", h.Chain, h.Seq, h.Link)
}

// ParseHead reads what String writes.
func ParseHead(line string) (Head, error) {
	var h Head
	_, err := fmt.Sscanf(line, "chain %s %d entries, head %s", &h.Chain, &h.Seq, &h.Link)
	name, ok := strings.CutSuffix(h.Chain, ":")
	if h.Chain = name; err != nil || !ok || name == "" {
		return h, fmt.Errorf("%q is no head; one looks like “chain 3: 12 entries, head 5f0c2a”", line)
	}
	return h, nil
}
