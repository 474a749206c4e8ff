package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

// A chain that was cut shows by its stream: Redis remembers the highest number that it
// gave, and how many entries there are. Then nothing is armed, and all counts as
// frozen, until an operator goes on without what is missing (bot audit adopt): an
// entry says what that is, and who went on, and why.

// wentOn is what an operator went on without, as it stands beside a chain.
type wentOn struct {
	Missing int64  `json:"missing"` // in all, up to the entry that says so
	Seq     int64  `json:"seq"`     // of that entry
	By      string `json:"by"`
	Why     string `json:"why"`
}

// chainEnd is what the stream of a chain tells of it.
type chainEnd struct {
	top, length int64
	on          wentOn
}

// lacks is how many entries are missing that nobody went on without.
func (c chainEnd) lacks() int64 {
	on := c.on.Missing
	if c.top < c.on.Seq { // that was another chain
		on = 0
	}
	return max(0, c.top-c.length-on)
}

// onKey is what an operator went on without, beside the chain in its slot.
func onKey(chain string) string { return strings.TrimSuffix(chains()[chain], "audit") + "adopted" }

// askEnds asks for the ends of all chains, in a pipeline of somebody else's.
func (s *Store) askEnds(ctx context.Context, pipe redis.Pipeliner) func() (map[string]chainEnd, error) {
	infos, ons := map[string]*redis.XInfoStreamCmd{}, map[string]*redis.StringCmd{}
	for name, key := range chains() {
		infos[name], ons[name] = pipe.XInfoStream(ctx, key), pipe.Get(ctx, onKey(name))
	}
	return func() (map[string]chainEnd, error) {
		out := map[string]chainEnd{}
		for name, cmd := range infos {
			info, err := cmd.Result()
			if err != nil && !redis.HasErrorPrefix(err, "WRONGTYPE") && !strings.Contains(err.Error(), "no such key") {
				return nil, fmt.Errorf("the audit chain %s: %w", name, err)
			}
			on, err := ons[name].Result()
			if err != nil && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "WRONGTYPE") {
				return nil, fmt.Errorf("the audit chain %s: %w", name, err)
			}
			end := chainEnd{on: s.openWentOn(name, on)}
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
func (s *Store) openWentOn(chain, kept string) (on wentOn) {
	mac, text, _ := strings.Cut(kept, "\n")
	if !s.seal.Fits(seal.Cut, mac, chain, text) || json.Unmarshal([]byte(text), &on) != nil {
		return wentOn{}
	}
	return on
}

// cutWords say which chains lack entries that nobody went on without, and name that
// cut in a word; empty: none does.
func cutWords(ends map[string]chainEnd) (why, key string) {
	var cut []string
	for _, c := range chainNames() {
		if n := ends[c].lacks(); n > 0 {
			cut = append(cut, fmt.Sprintf("chain %s lacks %s", c, entries(n)))
			key += fmt.Sprintf(".%s-%d", c, ends[c].top-ends[c].length)
		}
	}
	if cut == nil {
		return "", ""
	}
	return "The audit was cut outside Twokey: " + strings.Join(cut, ", "), "cut" + key
}

func entries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// Doubt is why Redis is not believed, and the way on.
type Doubt struct {
	Why string // a sentence without its full stop
	Way string // the command that goes on
	Key string // names this doubt, on every replica alike
	Cut bool   // it is the audit that was cut
}

// Doubt says why Redis is not believed; its zero value: it is.
func (s *Store) Doubt() Doubt {
	s.life.mu.Lock()
	defer s.life.mu.Unlock()
	switch {
	case s.life.forgot == "":
		return Doubt{}
	case s.life.cut != "":
		return Doubt{Why: s.life.forgot, Way: "bot audit adopt", Key: s.life.cut, Cut: true}
	}
	return Doubt{Why: s.life.forgot, Way: "bot adopt", Key: "forgot." + s.life.epoch.ID}
}

// WentOn says who last went on without entries of the audit, and why; empty: nobody did.
func (s *Store) WentOn() string {
	s.life.mu.Lock()
	defer s.life.mu.Unlock()
	return s.life.wentOn
}

// wentOnWords tell what stands beside the chains, where it is not what was there before.
func wentOnWords(was, now map[string]chainEnd) string {
	var out []string
	for _, c := range chainNames() {
		if on := now[c].on; on.Seq > was[c].on.Seq {
			out = append(out, fmt.Sprintf("%s goes on with chain %s at its entry %d: %s", on.By, c, on.Seq, on.Why))
		}
	}
	return strings.Join(out, "; ")
}

// whatAdopt is what the entry that goes on says.
const whatAdopt = "audit adopt"

// span is numbers from one to another.
type span struct{ from, to int64 }

func (s span) String() string {
	if s.from == s.to {
		return strconv.FormatInt(s.from, 10)
	}
	return fmt.Sprintf("%d-%d", s.from, s.to)
}

func spanText(spans []span) string {
	out := make([]string, len(spans))
	for i, s := range spans {
		out[i] = s.String()
	}
	return strings.Join(out, ", ")
}

// spansOf reads what spanText wrote.
func spansOf(text string) (out []span) {
	for f := range strings.SplitSeq(text, ", ") {
		from, to, two := strings.Cut(f, "-")
		a, errA := strconv.ParseInt(from, 10, 64)
		b := a
		var errB error
		if two {
			b, errB = strconv.ParseInt(to, 10, 64)
		}
		if errA == nil && errB == nil && a <= b {
			out = append(out, span{a, b})
		}
	}
	return out
}

// within reports whether one of the spans has it whole.
func (s span) within(all []span) bool {
	return slices.ContainsFunc(all, func(o span) bool { return o.from <= s.from && s.to <= o.to })
}

// adopts reads what an entry goes on without; ok is false where it is no such entry, or
// not sealed by these keys (nil: not looked at).
func adopts(keys *seal.Keys, e AuditEntry) (b AuditBody, missing []span, ok bool) {
	b, err := e.Read()
	if err != nil || b.What != whatAdopt || b.Kind != "decision" || b.Missing == "" {
		return b, nil, false
	}
	if j, mac := unsealBody(string(e.Body)); keys != nil && !keys.Fits(seal.Audit, mac, e.Chain, j) {
		return b, nil, false
	}
	return b, spansOf(b.Missing), true
}

// scanned is what a chain holds.
type scanned struct {
	last   AuditEntry
	lastID string
	gaps   []span // that nobody went on without
	known  []span // that somebody did
	revs   map[string]int64
}

func (s *Store) scan(ctx context.Context, chain string) (scanned, error) {
	out := scanned{revs: map[string]int64{}}
	err := s.readChain(ctx, chain, chains()[chain], func(e AuditEntry) error {
		if e.Seq > out.last.Seq+1 {
			out.gaps = append(out.gaps, span{out.last.Seq + 1, e.Seq - 1})
		}
		b, missing, ok := adopts(s.seal, e)
		if ok {
			out.known = append(out.known, missing...)
			maps.Copy(out.revs, b.Revs)
		}
		if b.Kind == kindTransition {
			out.revs[b.Op] = b.Rev
		}
		if e.Seq > 0 {
			out.last, out.lastID = e, fmt.Sprintf("%d-0", e.Seq)
		}
		return nil
	})
	out.gaps = slices.DeleteFunc(out.gaps, func(g span) bool { return g.within(out.known) })
	return out, err
}

// Adopted is a chain that goes on.
type Adopted struct {
	Chain   string
	Seq     int64
	Missing string
}

// AdoptAudit goes on with each chain that was cut, or with one of them alone, on an
// operator's word.
func (s *Store) AdoptAudit(ctx context.Context, only, by, why string) (out []Adopted, err error) {
	if why = reinstall.Said(why); why == "" {
		return nil, errors.New("without a reason nobody goes on")
	}
	pipe := s.db.Pipeline()
	ask := s.askEnds(ctx, pipe)
	_, _ = pipe.Exec(ctx) // each command has its own error
	ends, err := ask()
	if err != nil {
		return nil, err
	}
	kept, err := s.sealedHeads(ctx)
	if err != nil {
		return nil, err
	}
	if kept.Forged {
		kept.Heads = nil
	}
	revs, err := s.Revisions(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range chainNames() {
		if only != "" && c != only {
			continue
		}
		a, cut, err := s.adoptChain(ctx, c, ends[c], kept.seq(c), revs, by, why)
		if err != nil {
			return out, err
		}
		if cut {
			out = append(out, a)
		}
	}
	return out, nil
}

func (s *Store) adoptChain(ctx context.Context, chain string, end chainEnd, head int64, revs map[string]int64, by, why string) (Adopted, bool, error) {
	none := Adopted{}
	is, err := s.scan(ctx, chain)
	if err != nil {
		return none, false, err
	}
	top := max(end.top, head, is.last.Seq)
	missing := is.gaps
	if top > is.last.Seq {
		missing = append(missing, span{is.last.Seq + 1, top})
	}
	if len(missing) == 0 && end.lacks() == 0 {
		return none, false, nil
	}
	if len(missing) == 0 { // only what stands beside the chain was taken away
		missing = is.known
	}
	b := AuditBody{Kind: "decision", By: by, What: whatAdopt, Detail: why, Missing: spanText(missing), After: is.last.Seq, Revs: map[string]int64{}}
	for id, rev := range revs {
		if idPartition(id).String() == chain && is.revs[id] < rev {
			b.Revs[id] = rev
		}
	}
	body, sum, err := s.sealBody(chain, b)
	if err != nil {
		return none, false, err
	}
	text, err := encode(wentOn{Missing: top - end.length, Seq: top + 1, By: by, Why: why})
	if err != nil {
		return none, false, err
	}
	mac, err := s.seal.Seal(seal.Cut, chain, text)
	if err != nil {
		return none, false, err
	}
	n, err := s.run(ctx, adoptScript, call{keys: []string{chains()[chain], onKey(chain)}, args: []any{top + 1, body, sum, mac + "\n" + text, is.lastID}}).Int64()
	if err == nil && n == 0 {
		err = errors.New("it was written to meanwhile; run this again")
	}
	if err != nil {
		return none, false, fmt.Errorf("go on with the audit chain %s: %w", chain, err)
	}
	return Adopted{Chain: chain, Seq: top + 1, Missing: b.Missing}, true, nil
}
