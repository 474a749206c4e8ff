package delivery

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// WireJSON is JSON as Slack writes it to apps: every letter outside ASCII is
// spelt \uXXXX, beyond the first plane as a pair (bot/chat/doc.go, "Payloads").
func WireJSON(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic("delivery: " + err.Error())
	}
	var b strings.Builder
	b.Grow(len(body))
	for _, r := range string(body) {
		if r < 0x80 {
			b.WriteByte(byte(r))
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return []byte(b.String())
}
