package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/keys"
	"twokey/commands/seal"
)

// A chain that was cut shows by its stream: Redis remembers the highest number that it
// gave, and how many entries there are. Then nothing is armed, and all counts as
// frozen, until an operator goes on without what is missing (bot audit adopt). An
// entry says what that is, who went on, and why.

// adoption is what an operator went on without, as it stands beside a chain.
type adoption struct {
	Missing int64  `json:"missing"` // in all, up to the entry that says so
	Seq     int64  `json:"seq"`     // of that entry
	By      string `json:"by"`
	Why     string `json:"why"`
}

// ChainEnd is what Redis knows of a chain's end.
type ChainEnd struct {
	top, length int64
	on          adoption
}

// Last is the highest number that the chain gave to an entry.
func (c ChainEnd) Last() int64 { return c.top }

// missing is how many entries are missing that nobody went on without.
func (c ChainEnd) missing() int64 {
	on := c.on.Missing
	if c.top < c.on.Seq { // that was another chain
		on = 0
	}
	return max(0, c.top-c.length-on)
}

// AskEnds asks for the ends of all chains, in a pipeline of somebody else's.
func (s *Trail) AskEnds(ctx context.Context, pipe redis.Pipeliner) func() (map[string]ChainEnd, error) {
	infos, ons := map[string]*redis.XInfoStreamCmd{}, map[string]*redis.StringCmd{}
	for name, key := range Chains() {
		infos[name], ons[name] = pipe.XInfoStream(ctx, key), pipe.Get(ctx, keys.Adopted(Chains()[name]))
	}
	return func() (map[string]ChainEnd, error) {
		out := map[string]ChainEnd{}
		for name, cmd := range infos {
			info, err := cmd.Result()
			if err != nil && !redis.HasErrorPrefix(err, "WRONGTYPE") && !strings.Contains(err.Error(), "no such key") {
				return nil, fmt.Errorf("the audit chain %s: %w", name, err)
			}
			on, err := ons[name].Result()
			if err != nil && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "WRONGTYPE") {
				return nil, fmt.Errorf("the audit chain %s: %w", name, err)
			}
			end := ChainEnd{on: s.openWentOn(name, on)}
			if info != nil {
				number, _, _ := strings.Cut(info.LastGeneratedID, "-")
				end.top, _ = strconv.ParseInt(number, 10, 64)
				end.length = info.Length
			}
			out[name] = end
		}
		return out, nil
	}
}

// openWentOn is what an operator went on without; what Twokey did not write is nothing.
func (s *Trail) openWentOn(chain, kept string) (on adoption) {
	mac, text, _ := strings.Cut(kept, "\n")
	if !s.sealer.Fits(seal.Cut, mac, chain, text) || json.Unmarshal([]byte(text), &on) != nil {
		return adoption{}
	}
	return on
}

// CutWords say which chains lack entries that nobody went on without, and name that
// cut in a word; empty: no chain lacks any.
func CutWords(ends map[string]ChainEnd) (why, key string) {
	var cut []string
	for _, c := range ChainNames() {
		if n := ends[c].missing(); n > 0 {
			cut = append(cut, fmt.Sprintf("chain %s lacks %s", c, countEntries(n)))
			key += fmt.Sprintf(".%s-%d", c, ends[c].top-ends[c].length)
		}
	}
	if cut == nil {
		return "", ""
	}
	return "The audit was cut outside Twokey: " + strings.Join(cut, ", "), "cut" + key
}

func countEntries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// WentOnWords say what stands beside the chains, if it was not there before.
func WentOnWords(was, now map[string]ChainEnd) string {
	var out []string
	for _, c := range ChainNames() {
		if on := now[c].on; on.Seq > was[c].on.Seq {
			out = append(out, fmt.Sprintf("%s goes on with chain %s at its entry %d: %s", on.By, c, on.Seq, on.Why))
		}
	}
	return strings.Join(out, "; ")
}
