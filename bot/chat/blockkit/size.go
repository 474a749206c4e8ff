package blockkit

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// MaxBytes bounds a message's blocks as JSON. Slack refuses them by their size, but does
// not document how it counts (bot/chat, section 4.3). So this package counts the longest
// spelling and stays well below.
const MaxBytes = 20000

// jsonSize is the size of v as JSON in its longest spelling. slack-go escapes & < >.
// Slack writes all letters outside ASCII as \uXXXX, and / after a backslash.
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

// wordsSize is what words add to the JSON around them.
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

// cutMiddle is cutToBytes for a name. Names of several machines often differ at their
// ends only, so that the middle is left out.
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
