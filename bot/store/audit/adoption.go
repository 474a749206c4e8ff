package audit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"twokey/bot/store/keys"
	"twokey/bot/store/lua"
	"twokey/bot/store/redisdb"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
)

// whatAdopt is what the entry that goes on says.
const whatAdopt = "audit adopt"

// readAdoption reads what an entry goes on without. ok is false for any other entry,
// and for one that these keys did not seal; with nil keys no seal is looked at.
func readAdoption(keys *seal.Keys, e Entry) (b Body, missing []span, ok bool) {
	b, err := e.Read()
	if err != nil || b.What != whatAdopt || b.Kind != "decision" || b.Missing == "" {
		return b, nil, false
	}
	if keys != nil && !e.SealFits(keys, e.Chain) {
		return b, nil, false
	}
	return b, spansOf(b.Missing), true
}

// chainScan is what a chain holds.
type chainScan struct {
	last   Entry
	lastID string
	gaps   []span // that nobody went on without
	known  []span // that somebody did
	revs   map[string]int64
}

func (s *Trail) scanChain(ctx context.Context, chain string) (chainScan, error) {
	out := chainScan{revs: map[string]int64{}}
	err := s.readChain(ctx, chain, Chains()[chain], func(e Entry) error {
		if e.Seq > out.last.Seq+1 {
			out.gaps = append(out.gaps, span{out.last.Seq + 1, e.Seq - 1})
		}
		b, missing, ok := readAdoption(s.sealer, e)
		if ok {
			out.known = append(out.known, missing...)
			maps.Copy(out.revs, b.Revs)
		}
		if b.Kind == KindTransition {
			out.revs[b.Op] = b.Rev
		}
		if e.Seq > 0 {
			out.last, out.lastID = e, fmt.Sprintf("%d-0", e.Seq)
		}
		return nil
	})
	out.gaps = slices.DeleteFunc(out.gaps, func(g span) bool { return g.insideAny(out.known) })
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
func (s *Trail) AdoptAudit(ctx context.Context, only, by, why string) (out []Adopted, err error) {
	if why = model.CleanText(why); why == "" {
		return nil, errors.New("without a reason nobody goes on")
	}
	pipe := s.db.Pipeline()
	ask := s.AskEnds(ctx, pipe)
	_, _ = pipe.Exec(ctx) // each command has its own error
	ends, err := ask()
	if err != nil {
		return nil, err
	}
	kept, err := s.ReadHeads(ctx)
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
	for _, c := range ChainNames() {
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

func (s *Trail) adoptChain(
	ctx context.Context, chain string, end ChainEnd, head int64, revs map[string]int64, by, why string,
) (Adopted, bool, error) {
	none := Adopted{}
	is, err := s.scanChain(ctx, chain)
	if err != nil {
		return none, false, err
	}
	top := max(end.top, head, is.last.Seq)
	missing := is.gaps
	if top > is.last.Seq {
		missing = append(missing, span{is.last.Seq + 1, top})
	}
	if len(missing) == 0 && end.missing() == 0 {
		return none, false, nil
	}
	if len(missing) == 0 { // only what stands beside the chain was taken away
		missing = is.known
	}
	b := Body{
		Kind: "decision", By: by, What: whatAdopt, Detail: why,
		Missing: spanText(missing), After: is.last.Seq, Revs: map[string]int64{},
	}
	for id, rev := range revs {
		if keys.OfID(id).String() == chain && is.revs[id] < rev {
			b.Revs[id] = rev
		}
	}
	body, sum, err := SealBody(s.sealer, chain, b)
	if err != nil {
		return none, false, err
	}
	text, err := toJSON(adoption{Missing: top - end.length, Seq: top + 1, By: by, Why: why})
	if err != nil {
		return none, false, err
	}
	mac, err := s.sealer.Seal(seal.Cut, chain, text)
	if err != nil {
		return none, false, err
	}
	n, err := s.db.Run(ctx, lua.Adopt, redisdb.Call{
		Keys: []string{Chains()[chain], keys.Adopted(Chains()[chain])},
		Args: []any{top + 1, body, sum, mac + "\n" + text, is.lastID},
	}).Int64()
	if err == nil && n == 0 {
		err = errors.New("it was written to meanwhile; run this again")
	}
	if err != nil {
		return none, false, fmt.Errorf("go on with the audit chain %s: %w", chain, err)
	}
	return Adopted{Chain: chain, Seq: top + 1, Missing: b.Missing}, true, nil
}
