package grammar_test

import (
	"testing"

	"twokey/commands/grammar"
)

func TestANearlyRightVerbIsSaidWithItsWholeLine(t *testing.T) {
	for typed, want := range map[string]string{
		"aprove 7K3Q":                   "approve 7K3Q",
		"Chekc web-01 --disk 80":        "check web-01 --disk 80",
		"rejct 7K3Q it's the wrong one": "reject 7K3Q it's the wrong one",
		"lits":                          "list",
		"hepl":                          "help",
		"approve 7K3Q":                  "", // it is right
		"aprove web-01":                 "", // no id follows
		"web-01":                        "",
		"cache-01":                      "",
		"database":                      "",
		"":                              "",
	} {
		if got := grammar.Meant(typed); got != want {
			t.Errorf("%q: %q, not %q", typed, got, want)
		}
	}
}
