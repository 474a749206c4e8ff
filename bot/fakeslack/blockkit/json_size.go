package blockkit

import (
	"encoding/json"
	"unicode/utf8"
)

// MaxSize is the size of a message's blocks from which on Slack refuses
// them as msg_blocks_too_long. Slack does not document it. About so much was
// measured for posts and edits alike (bot/chat/doc.go, "Limits").
const MaxSize = 24500

// Size is the size of blocks as JSON in Slack's own spelling: & < > as
// entities, / behind a backslash, and all that is not ASCII as \uXXXX. Which
// spelling Slack counts is not known: this is the longest of them.
func Size(blocks any) int {
	var plain any
	RoundTrip(blocks, &plain)
	return jsonSize(plain)
}

func jsonSize(v any) int {
	switch v := v.(type) {
	case string:
		return stringSize(v)
	case []any:
		n := 2 + max(len(v)-1, 0)
		for _, x := range v {
			n += jsonSize(x)
		}
		return n
	case map[string]any:
		n := 2 + max(len(v)-1, 0)
		for k, x := range v {
			n += stringSize(k) + 1 + jsonSize(x)
		}
		return n
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic("blockkit: " + err.Error())
	}
	return len(raw)
}

func stringSize(s string) int {
	n := 2
	for _, r := range s {
		switch {
		case r == '&':
			n += len("&amp;")
		case r == '<' || r == '>':
			n += len("&lt;")
		case r == '"' || r == '\\' || r == '/' || r == '\n' || r == '\t' || r == '\r' || r == '\b' || r == '\f':
			n += 2
		case r < ' ':
			n += len(`\u0000`)
		case r < utf8.RuneSelf:
			n++
		case r > 0xffff:
			n += 2 * len(`\u0000`)
		default:
			n += len(`\u0000`)
		}
	}
	return n
}
