package reinstall

import (
	"strings"
	"unicode"
)

// Said is what somebody's text says: without blanks, marks that cannot be seen
// and one pair of quotation marks around it. Where nothing is left that can be
// read it is empty: wherever a text is needed, this is asked.
func Said(s string) string {
	s = strings.TrimFunc(s, unseen)
	for _, q := range quotePairs {
		inner, opens := strings.CutPrefix(s, q[0])
		inner, closes := strings.CutSuffix(inner, q[1])
		if opens && closes && !strings.Contains(inner, q[0]) && !strings.Contains(inner, q[1]) {
			s = strings.TrimFunc(inner, unseen)
			break
		}
	}
	if !strings.ContainsFunc(s, readable) {
		return ""
	}
	return s
}

// quotePairs are the quotation marks that keyboards make, first and last.
var quotePairs = [][2]string{
	{`"`, `"`}, {"'", "'"}, {"“", "”"}, {"„", "“"}, {"„", "”"}, {"‘", "’"}, {"‚", "‘"}, {"«", "»"}, {"»", "«"}, {"‹", "›"}, {"「", "」"}, {"＂", "＂"}, {"`", "`"},
}

// quoteMarks are all of which such pairs are made.
const quoteMarks = "\"'“”„‟‘’‚‛«»‹›「」『』″′＂＇`´"

// fillers are letters and signs by their class, and show nothing.
const fillers = "\u115f\u1160\u2800\u3164\uffa0"

// unseen reports a character that leaves no mark.
func unseen(r rune) bool {
	return strings.ContainsRune(fillers, r) || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}

// readable reports a character that says something by itself.
func readable(r rune) bool {
	return !unseen(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune(quoteMarks, r)
}
