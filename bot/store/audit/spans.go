package audit

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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

// insideAny reports whether one of the spans has it whole.
func (s span) insideAny(all []span) bool {
	return slices.ContainsFunc(all, func(o span) bool { return o.from <= s.from && s.to <= o.to })
}
