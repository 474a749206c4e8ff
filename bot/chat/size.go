package chat

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Slack refuses a message by the size of its blocks as JSON, from about 24.5 kB
// on (facts/slack.md section 12). It does not document how it counts, so this
// package counts the longest spelling, and keeps well below.
const maxBytes = 20000

// sizeOf is the size of v as JSON: as slack-go writes it, with & < > spelt out,
// but with all that is not ASCII as \uXXXX and / behind a backslash, as Slack
// writes JSON.
func sizeOf(v any) int {
	raw, err := json.Marshal(v)
	if err != nil {
		return maxBytes + 1 // it cannot be sent either
	}
	return spelled(string(raw))
}

// spelled is the size of JSON, or of words that need no escape, in that spelling.
func spelled(s string) int {
	n := 0
	for _, r := range s {
		n += spelledRune(r)
	}
	return n
}

func spelledRune(r rune) int {
	switch {
	case r == '/':
		return 2
	case r < utf8.RuneSelf:
		return 1
	case r > 0xffff:
		return 12
	}
	return 6
}

// sizeOfWords is what words add to the JSON that they stand in.
func sizeOfWords(s string) int { return sizeOf(s) - len(`""`) }

// sizeOfBlocks is the size of a message's blocks.
func sizeOfBlocks(blocks []slack.Block) int { return sizeOf(blocks) }

// cutToBytes cuts words so that they add at most so much to the JSON.
func cutToBytes(s string, most int) string {
	if len(s) <= most/12 || sizeOfWords(s) <= most {
		return s
	}
	left, n := most-sizeOfWords("…"), 0
	for _, r := range s {
		if left -= sizeOfWords(string(r)); left < 0 {
			break
		}
		n++
	}
	if left < 0 && n == 0 {
		return ""
	}
	return cut(s, n+1)
}

// cutInside is cutToBytes for a name: names of several machines often differ at
// their ends only, so the middle is what goes.
func cutInside(s string, most int) string {
	if sizeOfWords(s) <= most {
		return s
	}
	rs := []rune(s)
	tail, n := 0, len(rs)
	for n > 0 && tail+sizeOfWords(string(rs[n-1])) <= most/3 {
		tail += sizeOfWords(string(rs[n-1]))
		n--
	}
	return cutToBytes(string(rs[:n]), most-tail) + string(rs[n:])
}
