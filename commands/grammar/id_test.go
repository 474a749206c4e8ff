package grammar_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/grammar"
)

// An id is read as people say and write it, and never as another one.
func TestAnIdIsReadAsPeopleTypeIt(t *testing.T) {
	for typed, want := range map[string]string{
		"7K3Q": "7K3Q", "7k3q": "7K3Q", " 7k3q ": "7K3Q", "oil1": "0111", "OIL1": "0111",
		"": "", "7K3": "", "7K3QQ": "", "7K3U": "", "7 3Q": "", "7K-3": "", "é3Q": "",
	} {
		if id, ok := grammar.NormalID(typed); id != want || ok != (want != "") {
			t.Errorf("%q is read as %q (%v), not %q", typed, id, ok, want)
		}
	}
}

// An id that Twokey has made is read as itself in every case of its letters.
func TestAnIdStaysItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9A-HJKMNP-TV-Z]{4}`).Draw(t, "id")
		for _, typed := range []string{id, strings.ToLower(id)} {
			if got, ok := grammar.NormalID(typed); got != id || !ok {
				t.Fatalf("%q is read as %q (%v)", typed, got, ok)
			}
		}
	})
}
