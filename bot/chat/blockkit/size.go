package blockkit

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// Slack refuses a message by the size of its blocks as JSON, from about 24.5 kB
// on (bot/chat, section 4.3). It does not document how it counts, so this
// package counts the longest spelling, and keeps well below.
const MaxBytes = 20000

// jsonSize is the size of v as JSON: as slack-go writes it, with & < > spelt out,
// but with all that is not ASCII as \uXXXX and / behind a backslash, as Slack
// writes JSON.
func jsonSize(v any) int {
	raw, err := json.Marshal(v)
	if err != nil {
		return MaxBytes + 1 // it cannot be sent either
	}
	return escapedSize(string(raw))
}

// escapedSize is the size of JSON, or of words that need no escape, in that spelling.
func escapedSize(s string) int {
	n := 0
	for _, r := range s {
		n += escapedRuneSize(r)
	}
	return n
}

func escapedRuneSize(r rune) int {
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

// wordsSize is what words add to the JSON that they stand in.
func wordsSize(s string) int { return jsonSize(s) - len(`""`) }

// BlocksSize is the size of a message's blocks.
func BlocksSize(blocks []slack.Block) int { return jsonSize(blocks) }

// cutToBytes cuts words so that they add at most so much to the JSON.
func cutToBytes(s string, most int) string {
	if len(s) <= most/12 || wordsSize(s) <= most {
		return s
	}
	left, n := most-wordsSize("…"), 0
	for _, r := range s {
		if left -= wordsSize(string(r)); left < 0 {
			break
		}
		n++
	}
	if left < 0 && n == 0 {
		return ""
	}
	return Cut(s, n+1)
}

// cutMiddle is cutToBytes for a name: names of several machines often differ at
// their ends only, so the middle is what goes.
func cutMiddle(s string, most int) string {
	if wordsSize(s) <= most {
		return s
	}
	rs := []rune(s)
	tail, n := 0, len(rs)
	for n > 0 && tail+wordsSize(string(rs[n-1])) <= most/3 {
		tail += wordsSize(string(rs[n-1]))
		n--
	}
	return cutToBytes(string(rs[:n]), most-tail) + string(rs[n:])
}
