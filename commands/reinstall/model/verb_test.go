package model_test

import (
	"slices"
	"strings"
	"testing"

	"twokey/commands/reinstall/model"
)

// A verb that is missing here is neither: it changes nothing that a call needs.
func TestEachVerbStopsOrTurnsAKeyAsItsNameSays(t *testing.T) {
	for does, c := range map[string]struct {
		is   func(string) bool
		want []string
	}{
		"stops something":    {model.Stops, []string{"reject", "hold", "cancel", "freeze"}},
		"turns a key":        {model.TurnsKeys, []string{"approve", "backup", "image", "resume", "break-glass"}},
		"is for one machine": {model.ForOne, []string{"resolve", "password"}},
		"takes words":        {model.InWords, []string{"reject", "hold", "cancel", "resolve", "freeze", "break-glass"}},
	} {
		for _, verb := range model.Verbs {
			if got, want := c.is(verb), slices.Contains(c.want, verb); got != want {
				t.Errorf("%s %s: %v", verb, does, got)
			}
		}
		if c.is("dance") {
			t.Errorf("a verb that nobody knows %s", does)
		}
	}
}

// Stopping is never kept waiting, and turning a key may be.
func TestNoVerbBothStopsAndTurnsAKey(t *testing.T) {
	for _, verb := range model.Verbs {
		if model.Stops(verb) && model.TurnsKeys(verb) {
			t.Errorf("%s does both", verb)
		}
	}
}

func TestEveryVerbThatCanBeRefusedHasItsOwnTitle(t *testing.T) {
	of := map[string]string{}
	for _, verb := range model.Verbs {
		title := model.RefusalTitle(verb)
		if verb == model.VerbHelp { // nobody is refused it
			continue
		}
		if title == model.RefusalTitle("dance") {
			t.Errorf("%s is refused as a verb that nobody knows", verb)
		}
		if other := of[title]; other != "" {
			t.Errorf("%s and %s are both refused with %q", verb, other, title)
		}
		of[title] = verb
	}
}

func TestWhoeverGivesNoReasonReadsWhatToType(t *testing.T) {
	r := model.RefuseNoReason(model.VerbReject, "7K3Q")
	if got, want := r.Error(), "Not rejected: there is no reason. Say why: /reinstall reject 7K3Q TEXT."; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	if got := model.RefuseNoReason(model.VerbFreeze).Next; !strings.HasSuffix(got, ": /reinstall freeze TEXT") {
		t.Errorf("%q", got)
	}
}

func TestWhatARefusalSaysToTypeIsACommand(t *testing.T) {
	for want, got := range map[string]string{
		"/reinstall":                            model.Typed(model.VerbPropose),
		"/reinstall web-01":                     model.Typed(model.VerbPropose, "web-01"),
		"/reinstall resolve 7K3Q done|failed X": model.Typed(model.VerbResolve, "7K3Q", "done|failed X"),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}
