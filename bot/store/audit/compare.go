package audit

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/seal"
)

// A Comparison holds what was shipped against what Redis has, and says from which entry on they differ.
type Comparison struct {
	shipped map[string]map[int64]string // chain -> number -> link
	redis   map[string]map[int64]string
	seal    *seal.Keys
	without map[string][]span // what an operator went on without in Redis
}

// NewComparison begins with what was shipped. Without keys, no seal is looked at.
func NewComparison(keys *seal.Keys, shipped []Entry) *Comparison {
	p := &Comparison{
		seal: keys, without: map[string][]span{},
		shipped: map[string]map[int64]string{}, redis: map[string]map[int64]string{},
	}
	for _, e := range shipped {
		noteLink(p.shipped, e)
	}
	return p
}

func noteLink(all map[string]map[int64]string, e Entry) {
	if all[e.Chain] == nil {
		all[e.Chain] = map[int64]string{}
	}
	all[e.Chain][e.Seq] = e.Link
}

// Add takes an entry that Redis has.
func (p *Comparison) Add(e Entry) {
	noteLink(p.redis, e)
	if _, missing, ok := readAdoption(p.seal, e); ok {
		p.without[e.Chain] = append(p.without[e.Chain], missing...)
	}
}

// End says what is in one and not, or otherwise, in the other. Entries that Redis has
// after all that were shipped of a chain are no fault: they wait.
func (p *Comparison) End() (apart, notes []string) {
	var waits int
	for _, c := range ChainNames() {
		file, redis := p.shipped[c], p.redis[c]
		var other, lost, kept, without []int64
		last := int64(0)
		for seq, link := range file {
			last = max(last, seq)
			switch there, ok := redis[seq]; {
			case !ok && (span{seq, seq}).insideAny(p.without[c]):
				without = append(without, seq)
			case !ok:
				lost = append(lost, seq)
			case there != link:
				other = append(other, seq)
			}
		}
		for seq := range redis {
			if _, ok := file[seq]; !ok && seq < last {
				kept = append(kept, seq)
			} else if seq > last {
				waits++
			}
		}
		if len(without) > 0 {
			notes = append(notes, fmt.Sprintf("chain %s: what was shipped has %s, which Redis lost and an operator "+
				"went on without", c, listRanges(without)))
		}
		say := func(format string, seqs []int64) {
			if len(seqs) > 0 {
				apart = append(apart, fmt.Sprintf("chain %s: "+format, c, listRanges(seqs)))
			}
		}
		if len(other) > 0 {
			say("Redis and what was shipped part at entry %s: one of them was rewritten", []int64{slices.Min(other)})
		}
		say("what was shipped has %s, and Redis does not: removed there", lost)
		say("Redis has %s, and what was shipped does not: lost on the way, or added in Redis", kept)
	}
	if waits > 0 {
		notes = append(notes, fmt.Sprintf("Redis has %d entries behind the last ones that were shipped: they "+
			"wait, or went out later.", waits))
	}
	return apart, notes
}

// listRanges lists numbers as people do: 2, 5-7.
func listRanges(seqs []int64) string {
	seqs = slices.Sorted(slices.Values(seqs))
	var out []string
	for i := 0; i < len(seqs); {
		j := i
		for j+1 < len(seqs) && seqs[j+1] <= seqs[j]+1 {
			j++
		}
		if i == j {
			out = append(out, fmt.Sprint(seqs[i]))
		} else {
			out = append(out, fmt.Sprintf("%d-%d", seqs[i], seqs[j]))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}
