package blockkit

import (
	"strings"
	"testing"
)

func TestWhatCannotBeSeenIsMadeVisible(t *testing.T) {
	for in, want := range map[string]string{
		"web-01": "web-01", "web\u202e10": "web⟨U+202E⟩10", "a\u200bb": "a⟨U+200B⟩b", "a\x00b": "a\uFFFDb",
		"a\nb":        "a\nb",
		"\xffa":       "\uFFFDa",
		"نام\u200cها": "نام\u200cها", "\U0001F469\u200d\U0001F692": "\U0001F469\u200d\U0001F692", "": "",
		"1\uFE0F\u20E3": "1\uFE0F\u20E3",
		"web\u200d-01":  "web⟨U+200D⟩-01", "web\uFE0F-01": "web⟨U+FE0F⟩-01", "web\u3164": "web⟨U+3164⟩",
		"web\U000E0101": "web⟨U+E0101⟩",
		"é é ậ":         "é é ậ", "z" + strings.Repeat("\u0335", 40) + "x": "z" + strings.Repeat("\u0335", 4) +
			"⟨+36 marks⟩x",
	} {
		if got := Visible(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTextIsCutByCodePointsAndNotInsideACharacter(t *testing.T) {
	const family = "\U0001F469\u200d\U0001F469\u200d\U0001F466"
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"界界界界", 3, "界界…"}, {"ab", 0, ""}, {"ab", 1, "…"}, {
		"", 3,
		"",
	}, {"abe\u0301d", 4, "ab…"}, {"ab" + family + "d", 5, "ab…"}, {family, 3, "\U0001F469\u200d…"}} {
		if got := Cut(c.in, c.n); got != c.want {
			t.Errorf("%q %d: %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
