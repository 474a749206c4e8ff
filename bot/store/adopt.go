package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

// whatAdopt is what the entry that goes on says.
const whatAdopt = "audit adopt"

// adopts reads what an entry goes on without; ok is false where it is no such entry, or
// not sealed by these keys (nil: not looked at).
func adopts(keys *seal.Keys, e AuditEntry) (b AuditBody, missing []span, ok bool) {
	b, err := e.Read()
	if err != nil || b.What != whatAdopt || b.Kind != "decision" || b.Missing == "" {
		return b, nil, false
	}
	if keys != nil && !e.SealFits(keys, e.Chain) {
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

func (s *AuditLog) scan(ctx context.Context, chain string) (scanned, error) {
	out := scanned{revs: map[string]int64{}}
	err := s.readChain(ctx, chain, Chains()[chain], func(e AuditEntry) error {
		if e.Seq > out.last.Seq+1 {
			out.gaps = append(out.gaps, span{out.last.Seq + 1, e.Seq - 1})
		}
		b, missing, ok := adopts(s.keys, e)
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
func (s *AuditLog) AdoptAudit(ctx context.Context, only, by, why string) (out []Adopted, err error) {
	if why = reinstall.Said(why); why == "" {
		return nil, errors.New("without a reason nobody goes on")
	}
	pipe := s.rdb.Pipeline()
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

func (s *AuditLog) adoptChain(ctx context.Context, chain string, end ChainEnd, head int64, revs map[string]int64, by, why string) (Adopted, bool, error) {
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
		if OfID(id).String() == chain && is.revs[id] < rev {
			b.Revs[id] = rev
		}
	}
	body, sum, err := SealBody(s.keys, chain, b)
	if err != nil {
		return none, false, err
	}
	text, err := toJSON(wentOn{Missing: top - end.length, Seq: top + 1, By: by, Why: why})
	if err != nil {
		return none, false, err
	}
	mac, err := s.keys.Seal(seal.Cut, chain, text)
	if err != nil {
		return none, false, err
	}
	n, err := s.rdb.Run(ctx, Adopt, Call{Keys: []string{Chains()[chain], Adopted_(Chains()[chain])}, Args: []any{top + 1, body, sum, mac + "\n" + text, is.lastID}}).Int64()
	if err == nil && n == 0 {
		err = errors.New("it was written to meanwhile; run this again")
	}
	if err != nil {
		return none, false, fmt.Errorf("go on with the audit chain %s: %w", chain, err)
	}
	return Adopted{Chain: chain, Seq: top + 1, Missing: b.Missing}, true, nil
}
