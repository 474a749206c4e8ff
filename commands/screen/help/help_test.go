package help_test

import (
	"strings"
	"testing"

	"twokey/commands/grammar"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/help"
)

// Whoever asks for help at night reads it on a phone: each example works as it stands.
func TestHelpIsShortAndItsExamplesCanBeTyped(t *testing.T) {
	told := help.Short().String()
	if n := len(strings.Fields(told)); n > 80 {
		t.Errorf("help has %d words: %s", n, told)
	}
	for line, verb := range map[string]string{
		`web-01 --reason "disk is broken"`: model.VerbPropose,
		"check web-01":                     model.VerbCheck,
		"approve 7K3Q":                     model.VerbApprove,
		"help all":                         model.VerbHelp,
	} {
		if l, r := grammar.Parse(line); r != nil || l.Verb != verb || !strings.Contains(told, "/reinstall "+line) {
			t.Errorf("%q is read as %+v, %v, and help is: %s", line, l, r, told)
		}
	}
}
