package audit

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"twokey/commands/seal"
)

// A Verifier goes through the audit's chains, entry by entry, in each chain's
// order. Chains may alternate. The zero value is ready.
type Verifier struct {
	heads  map[string]Entry
	revs   map[string]int64 // operation -> the revision of its last transition
	known  map[string]Head  // heads that were kept elsewhere
	broken []string
	n      int

	seal    *seal.Keys // nil: seals are not looked at
	sealed  map[string]bool
	since   time.Time
	replays map[string]*replay

	links   map[string]map[int64]string // chain -> number -> link
	gaps    map[string][]span           // of each chain, that nobody went on without yet
	doubts  map[string][]string         // what was found behind such a gap
	partial map[string]bool             // operations of which transitions are missing
	notes   []string
}

// Unseal makes the verifier look at the seals, too: of each entry, and of the
// chains' ends as Redis holds them. Call it before Add.
func (v *Verifier) Unseal(keys *seal.Keys, k KeptHeads) {
	v.seal, v.since, v.sealed = keys, k.Since, map[string]bool{}
	switch {
	case k.Life != "":
		v.reportf("%s", k.Life)
	case k.Forged:
		v.reportf("the sealed ends of the chains were changed outside Twokey")
	case k.None && time.Since(k.Since) > headsLate:
		v.reportf("the sealed ends of the chains are missing: they were taken away")
	}
	v.Expect(k.Heads...)
}

// headsLate is after how long a running Twokey has sealed the first ends.
const headsLate = time.Minute

// Expect makes the verifier require heads that were kept elsewhere: the chains
// went at least so far, and through these links. Call it before Add.
func (v *Verifier) Expect(heads ...Head) {
	if v.known == nil {
		v.known = map[string]Head{}
	}
	for _, h := range heads {
		v.known[h.Chain] = furtherHead(v.known[h.Chain], h)
	}
}

func (v *Verifier) reportf(format string, args ...any) {
	v.broken = append(v.broken, fmt.Sprintf(format, args...))
}

// Add checks the next entry of its chain.
func (v *Verifier) Add(e Entry) {
	if v.heads == nil {
		v.heads, v.revs = map[string]Entry{}, map[string]int64{}
		v.links, v.gaps = map[string]map[int64]string{}, map[string][]span{}
		v.doubts, v.partial = map[string][]string{}, map[string]bool{}
	}
	if e.Seq <= 0 {
		v.reportf("chain %s has an entry that Twokey did not write: %s", e.Chain, e.Body)
		return
	}
	v.n++
	before, begun := v.heads[e.Chain]
	if !begun {
		before.Link = Chains()[e.Chain]
	}
	v.checkLink(before, e)
	v.checkSeal(e)
	v.acceptMissing(e)
	v.checkOperation(e)
	if h, ok := v.known[e.Chain]; ok && h.Seq == e.Seq && h.Link != e.Link {
		v.reportf("chain %s was rewritten: its entry %d has another link than the head that was kept", e.Chain,
			e.Seq)
	}
	v.heads[e.Chain] = e
	noteLink(v.links, e)
}

// checkLink checks that the entry is what was written, and at its number. At most one
// finding is reported of it; what comes after it is held against it as it is.
func (v *Verifier) checkLink(before, e Entry) {
	follows := before.Link
	if b, _, ok := readAdoption(v.seal, e); ok { // what is missing may be here
		if follows = v.links[e.Chain][b.After]; b.After == 0 {
			follows = Chains()[e.Chain]
		}
	}
	switch {
	case e.Seq > before.Seq+1:
		v.gaps[e.Chain] = append(v.gaps[e.Chain], span{before.Seq + 1, e.Seq - 1})
	case e.Seq == before.Seq:
		v.reportf("chain %s has two different entries %d: Redis was emptied or rolled back, or one was made up",
			e.Chain, e.Seq)
	case e.Seq < before.Seq:
		v.reportf("chain %s: entry %d stands after entry %d: reordered or added", e.Chain, e.Seq, before.Seq)
	case SumOf(e.Body) != e.Sum:
		v.reportf("chain %s: entry %d (%s) was changed: its body is not the one that was written",
			e.Chain, e.Seq, e.describe())
	case LinkOf(follows, e) != e.Link:
		v.reportf("chain %s: entry %d (%s) does not follow from the one before it: one of them was changed or "+
			"exchanged", e.Chain, e.Seq, e.describe())
	}
}

// checkOperation checks that an operation's transitions are all there.
func (v *Verifier) checkOperation(e Entry) {
	b, err := e.Read()
	if err != nil || b.Kind != KindTransition {
		return
	}
	if last := v.revs[b.Op]; b.Rev != last+1 && b.Rev != 1 { // an id may be given again
		v.partial[b.Op] = v.partial[b.Op] || len(v.gaps[e.Chain]) > 0
		v.report(e.Chain, b.Op, fmt.Sprintf("chain %s: proposal %s goes from revision %d to %d", e.Chain, b.Op, last,
			b.Rev))
	}
	v.revs[b.Op] = b.Rev
	if b.Rev == 1 || v.replays[b.Op] == nil {
		if v.replays == nil {
			v.replays = map[string]*replay{}
		}
		v.replays[b.Op] = newReplay()
		if b.Rev != 1 {
			return // its beginning is missing, and that was said
		}
	}
	if wrong := v.replays[b.Op].step(b); wrong != "" {
		v.report(e.Chain, b.Op, fmt.Sprintf("chain %s: proposal %s %s", e.Chain, b.Op, wrong))
	}
}

// checkSeal checks an entry's seal. Only what is older than this life of Redis may
// lack a seal, and nothing after an entry that has one.
func (v *Verifier) checkSeal(e Entry) {
	if v.seal == nil {
		return
	}
	j, mac := unsealBody(string(e.Body))
	switch {
	case v.seal.Fits(seal.Audit, mac, e.Chain, j):
		v.sealed[e.Chain] = true
	case mac != "" || v.sealed[e.Chain] || !v.since.IsZero() && e.Time().After(v.since):
		v.reportf("chain %s: entry %d (%s) is not sealed: it was not written by Twokey", e.Chain, e.Seq, e.describe())
	}
}

// End checks what only the end shows, and returns all that was found, one
// sentence each; none: the chains are whole. revs are the operations as Redis
// has them (nil: not known), read before the chains.
func (v *Verifier) End(revs map[string]int64) []string {
	for _, c := range slices.SortedFunc(maps.Keys(v.gaps), byNumber) {
		for _, g := range v.gaps[c] {
			v.broken = append(v.broken, missingWords(c, g))
		}
		v.broken = append(v.broken, v.doubts[c]...)
	}
	for _, op := range slices.Sorted(maps.Keys(revs)) {
		if last := v.revs[op]; last < revs[op] {
			v.reportf("proposal %s is at revision %d, and its audit ends with %d: the end of a chain is missing",
				op, revs[op], last)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(v.known)) {
		if v.heads[c].Seq < v.known[c].Seq {
			v.reportf("chain %s ends with entry %d, and the head that was kept is %d: entries at its end are missing",
				c, v.heads[c].Seq, v.known[c].Seq)
		}
	}
	return v.broken
}

// Heads are the ends of the chains that have entries, and the number of all
// entries.
func (v *Verifier) Heads() (heads []Head, entries int) {
	for _, c := range slices.SortedFunc(maps.Keys(v.heads), byNumber) {
		heads = append(heads, Head{Chain: c, Seq: v.heads[c].Seq, Link: v.heads[c].Link})
	}
	return heads, v.n
}

func byNumber(a, b string) int {
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX != nil || errY != nil {
		return len(a) - len(b)
	}
	return x - y
}
