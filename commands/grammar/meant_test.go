package grammar_test

import (
	"reflect"
	"testing"

	"twokey/commands/grammar"
)

func TestANearlyRightVerbIsSaidWithItsWholeLine(t *testing.T) {
	for typed, want := range map[string][]string{
		"aprove 7K3Q":                   {"approve 7K3Q"},
		"Chekc web-01 --disk 80":        {"check web-01 --disk 80"},
		"rejct 7K3Q it's the wrong one": {"reject 7K3Q it's the wrong one"},
		"lits":                          {"list"},
		"hepl":                          {"help"},
		"hel":                           {"help"},
		"resole 7K3Q done I looked":     {"resolve 7K3Q done I looked"},
		"approve 7K3Q":                  nil, // it is right
		"aprove web-01":                 nil, // no id follows
		"web-01":                        nil,
		"cache-01":                      nil,
		"database":                      nil,
		"":                              nil,
	} {
		if got := grammar.Meant(typed); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, not %q", typed, got, want)
		}
	}
}

// What stands behind a machine and cannot be machines may be its reason.
func TestAReasonThatLacksItsFlagOrItsMarksIsSaidWithThem(t *testing.T) {
	for typed, want := range map[string]string{
		"web-01 --reason kernel panics":              `web-01 --reason "kernel panics"`,
		"web-01 --reason kernel panics --disk 80 x":  "",
		"web-01 --reason it's down --disk 80":        `web-01 --disk 80 --reason "it's down"`,
		"--reason kernel panics":                     "",
		"web-01 the disk of the shop is full":        `web-01 --reason "the disk of the shop is full"`,
		"web-01 the disk of the shop --disk 80":      `web-01 --disk 80 --reason "the disk of the shop"`,
		"web-01 web-01":                              "",
		"web-01 the the --reason full":               "", // it has one
		"web-01 win-01 --hostname shop":              "",
		"a b c d e f g h i j k l m n o p q r s t u ": `a --reason "b c d e f g h i j k l m n o p q r s t u"`,
		"web-01 kernel panics":                       "", // they may be machines
		"list the the":                               "",
	} {
		var wants []string
		if want != "" {
			wants = []string{want}
		}
		if got := grammar.Meant(typed); !reflect.DeepEqual(got, wants) {
			t.Errorf("%q: %q, not %q", typed, got, wants)
		}
	}
}
