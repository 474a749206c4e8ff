package model

import (
	"strings"
	"unicode"
)

// CleanText is what somebody's text says, without blanks, invisible marks and one pair
// of quotation marks around it. It is empty if nothing readable is left. Every rule
// that needs a text uses it.
func CleanText(s string) string {
	s = strings.TrimFunc(s, isInvisible)
	for _, q := range quotePairs {
		inner, opens := strings.CutPrefix(s, q[0])
		inner, closes := strings.CutSuffix(inner, q[1])
		if opens && closes && !strings.Contains(inner, q[0]) && !strings.Contains(inner, q[1]) {
			s = strings.TrimFunc(inner, isInvisible)
			break
		}
	}
	if !strings.ContainsFunc(s, isReadable) {
		return ""
	}
	return s
}

// quotePairs are the quotation marks that keyboards make, first and last.
var quotePairs = [][2]string{
	{`"`, `"`},
	{"'", "'"},
	{"“", "”"},
	{"„", "“"},
	{"„", "”"},
	{"‘", "’"},
	{"‚", "‘"},
	{"«", "»"},
	{"»", "«"},
	{"‹", "›"},
	{"「", "」"},
	{"＂", "＂"},
	{"`", "`"},
}

// quoteMarks are all of which such pairs are made.
const quoteMarks = "\"'“”„‟‘’‚‛«»‹›「」『』″′＂＇`´"

// fillers are letters and signs by their class, and show nothing.
const fillers = "\u115f\u1160\u2800\u3164\uffa0"

// isInvisible reports a character that leaves no mark.
func isInvisible(r rune) bool {
	return strings.ContainsRune(fillers, r) || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S)
}

// isReadable reports a character that says something by itself.
func isReadable(r rune) bool {
	return !isInvisible(r) && !unicode.Is(unicode.M, r) && !strings.ContainsRune(quoteMarks, r)
}
