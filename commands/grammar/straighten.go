package grammar

import (
	"regexp"
	"strings"
)

var (
	blanks    = regexp.MustCompile(`[\s\x{00a0}\x{2000}-\x{200b}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+`)
	invisible = regexp.MustCompile(`[\x{00ad}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{feff}]`)

	dashes = regexp.MustCompile(`(^|\s)[-\x{2010}-\x{2015}\x{2212}\x{ff0d}]+([a-z])`)
	dashIn = regexp.MustCompile(`\b(ins|img|snap|skey)[\x{2010}-\x{2015}\x{2212}\x{ff0d}]([0-9a-z]{8})\b`)

	doubleMarks = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "″", `"`, "＂", `"`)
	openMark    = regexp.MustCompile(`(^|[\s=])[‘’‚‛]`)
	closeMark   = regexp.MustCompile(`[‘’](\s|$)`)
)

// Straighten undoes what a phone's keyboard did to a command line: long dashes
// before a flag, curly quotation marks, blanks that are not spaces, characters that
// cannot be seen (bot/chat/doc.go 2.7). Apostrophes inside a word stay, and
// so does all that stands between quotation marks, but for blanks.
func Straighten(s string) string {
	s = doubleMarks.Replace(plainBlanks(s))
	s = openMark.ReplaceAllString(s, "$1'")
	s = closeMark.ReplaceAllString(s, "'$1")
	parts := strings.Split(s, `"`)
	for i := 0; i < len(parts); i += 2 { // the others are quoted
		parts[i] = dashes.ReplaceAllStringFunc(parts[i], twoDashes)
		parts[i] = dashIn.ReplaceAllString(parts[i], "$1-$2")
	}
	return strings.Join(parts, `"`)
}

// plainBlanks leaves out what cannot be seen. Each run of blanks becomes one space,
// and none is left at the ends.
func plainBlanks(s string) string {
	return strings.TrimSpace(blanks.ReplaceAllString(invisible.ReplaceAllString(s, ""), " "))
}

// twoDashes begins a flag with two plain dashes. Plain dashes stay as they are.
func twoDashes(s string) string {
	m := dashes.FindStringSubmatch(s)
	if strings.Trim(s, "- abcdefghijklmnopqrstuvwxyz") == "" {
		return s
	}
	return m[1] + "--" + m[2]
}
