package audit

import (
	"fmt"
	"slices"
)

// What an operator went on without is a note, not a fault. That is only what the
// sealed entry names, and what follows from it for the proposals of that chain.

// acceptMissing takes what an entry goes on without from what is missing.
func (v *Verifier) acceptMissing(e Entry) {
	b, missing, ok := readAdoption(v.seal, e)
	if !ok {
		return
	}
	for id, rev := range b.Revs {
		if v.revs[id] < rev {
			v.revs[id], v.partial[id] = rev, true
			v.notes = append(v.notes,
				fmt.Sprintf("chain %s: proposal %s came to revision %d in what is missing", e.Chain, id, rev))
		}
	}
	v.gaps[e.Chain] = slices.DeleteFunc(v.gaps[e.Chain], func(g span) bool {
		if !g.insideAny(missing) {
			return false
		}
		v.notes = append(v.notes, missingWords(e.Chain, g)+fmt.Sprintf("; %s went on at entry %d: %s", b.By, e.Seq,
			b.Detail))
		return true
	})
	if len(v.gaps[e.Chain]) == 0 {
		v.notes = append(v.notes, v.doubts[e.Chain]...)
		delete(v.doubts, e.Chain)
	}
}

// report notes what is wrong with a proposal. Behind a gap it waits for an operator
// who goes on without what is missing; of a proposal that lost transitions there, it is a note.
func (v *Verifier) report(chain, op, says string) {
	switch {
	case len(v.gaps[chain]) > 0:
		v.doubts[chain] = append(v.doubts[chain], says)
	case v.partial[op]:
		v.notes = append(v.notes, says+", with transitions missing")
	default:
		v.broken = append(v.broken, says)
	}
}

// Notes are what is missing and was gone on without, after End.
func (v *Verifier) Notes() []string { return v.notes }

func missingWords(chain string, g span) string {
	if g.from == g.to {
		return fmt.Sprintf("chain %s: entry %d is missing", chain, g.from)
	}
	return fmt.Sprintf("chain %s: the entries %d to %d are missing", chain, g.from, g.to)
}
