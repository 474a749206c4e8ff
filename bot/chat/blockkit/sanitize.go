package blockkit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Characters that would deceive the eye are shown as an escape, ⟨U+202E⟩, and not left
// out. A machine with such a name is not the machine whose name looks the same. People
// who are about to wipe it have to see that.

// Cut shortens s to at most n code points, the last of which is then an ellipsis. It does
// not cut inside what is one character to the eye (a letter with its accents, a flag, a
// family), unless that alone is too long.
func Cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	kept, left := 0, n-1
	for rest, state := s, -1; rest != ""; {
		var one string
		one, rest, _, state = uniseg.StepString(rest, state)
		size := utf8.RuneCountInString(one)
		if size > left {
			if kept == 0 { // one character alone is too long
				kept = len(string([]rune(one)[:left]))
			}
			break
		}
		kept, left = kept+len(one), left-size
	}
	return s[:kept] + "…"
}

// maxMarks is how many marks may stand on one letter; more would cover the lines above.
const maxMarks = 4

// Visible shows what people would not see, or would see in another order. That is
// characters that change the direction of text, invisible ones, control characters,
// broken UTF-8 and piles of marks. Line breaks and tabs stay.
func Visible(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	mayDeceive := func(r rune) bool { return IsHidden(r) || isJoiner(r) || unicode.In(r, unicode.Mn, unicode.Me) }
	if !strings.ContainsFunc(s, mayDeceive) {
		return s
	}
	var b strings.Builder
	marks := 0
	endMarks := func() {
		if marks > maxMarks {
			fmt.Fprintf(&b, "⟨+%d marks⟩", marks-maxMarks)
		}
		marks = 0
	}
	rs := []rune(s)
	for i, r := range rs {
		switch {
		case IsHidden(r) || isJoiner(r) && !joinsNeighbours(rs, i) || isSelector(r) && !selectsEmoji(rs, i):
			endMarks()
			escapeRune(&b, r)
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
		default:
			endMarks()
			b.WriteRune(r)
		}
	}
	endMarks()
	return b.String()
}

func escapeRune(b *strings.Builder, r rune) {
	if unicode.IsControl(r) {
		b.WriteRune('\uFFFD')
		return
	}
	fmt.Fprintf(b, "⟨U+%04X⟩", r)
}

const latin = 0x02FF // the last of the Latin letters

// isJoiner reports the two joiners, which scripts and emoji need.
func isJoiner(r rune) bool { return r == 0x200C || r == 0x200D }

// joinsNeighbours reports whether a joiner stands between letters that it can join.
// Between Latin letters it would only make two names look the same.
func joinsNeighbours(rs []rune, i int) bool {
	return i > 0 && i+1 < len(rs) && rs[i-1] > latin && rs[i+1] > latin && !isJoiner(rs[i-1]) && !isJoiner(rs[i+1])
}

// isSelector reports the two selectors of how an emoji looks.
func isSelector(r rune) bool { return r == 0xFE0E || r == 0xFE0F }

// selectsEmoji reports whether a selector stands after what can be an emoji.
func selectsEmoji(rs []rune, i int) bool {
	const keycap = 0x20E3
	return i > 0 && rs[i-1] > latin && !isSelector(rs[i-1]) || i+1 < len(rs) && rs[i+1] == keycap
}

// IsHidden reports characters that may stand in a name without being seen.
func IsHidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	case isJoiner(r):
		return false
	}
	return unicode.Is(hiddenRunes, r)
}

// hiddenRunes are the characters without a sign of their own: those that change the
// direction of text, default ignorables, fillers and blanks, and selectors of a
// variant but for those of emoji (FE0E, FE0F).
var hiddenRunes = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00AD, Hi: 0x00AD, Stride: 1},
		{Lo: 0x034F, Hi: 0x034F, Stride: 1},
		{Lo: 0x061C, Hi: 0x061C, Stride: 1},
		{Lo: 0x115F, Hi: 0x1160, Stride: 1},
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1},
		{Lo: 0x180B, Hi: 0x180F, Stride: 1},
		{Lo: 0x200B, Hi: 0x200B, Stride: 1},
		{Lo: 0x200E, Hi: 0x200F, Stride: 1},
		{Lo: 0x2028, Hi: 0x202E, Stride: 1},
		{Lo: 0x2060, Hi: 0x206F, Stride: 1},
		{Lo: 0x2800, Hi: 0x2800, Stride: 1},
		{Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xFE00, Hi: 0xFE0D, Stride: 1},
		{Lo: 0xFEFF, Hi: 0xFEFF, Stride: 1},
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1},
		{Lo: 0xFFF0, Hi: 0xFFFB, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1BCA0, Hi: 0x1BCA3, Stride: 1},
		{Lo: 0x1D173, Hi: 0x1D17A, Stride: 1},
		{Lo: 0xE0000, Hi: 0xE0FFF, Stride: 1},
	},
	LatinOffset: 1,
}

// OneLine is Visible, with line breaks shown as a sign. In a card a line break could pass
// for the next row.
func OneLine(s string) string {
	s = Visible(strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.NewReplacer("\n", " ↵ ", "\t", " ").Replace(s)
}
