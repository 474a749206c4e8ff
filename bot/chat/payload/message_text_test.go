package payload

import (
	"strings"
	"testing"
)

func TestAnEndlessMessageIsReadInTime(t *testing.T) {
	deep := strings.Repeat(`{"text":["x",`, 5000) + `"end"` + strings.Repeat("]}", 5000)
	if l := ReadMessage([]byte(deep)); len(l.Words) > maxDepth {
		t.Errorf("%d leaves", len(l.Words))
	}
	wide := `{"blocks":[` + strings.Repeat(`{"text":"web-01"},`, 50_000) + `{}]}`
	if l := ReadMessage([]byte(wide)); len(l.Words) != maxLeaves {
		t.Errorf("%d leaves", len(l.Words))
	}
	for _, s := range []string{"", "null", "[]", `"x"`, `{"text":7}`, `{"text":{"text":{"text":null}}}`} {
		if l := ReadMessage([]byte(s)); len(l.Words) > 1 {
			t.Errorf("%s: %v", s, l)
		}
	}
}
