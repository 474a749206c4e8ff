package view

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

// Whom and when a reason names is plain data on its way, and formatted at its end.
func TestAReasonShowsItsPeopleAndItsMoment(t *testing.T) {
	for name, c := range map[string]struct {
		refusal model.Refusal
		want    Text
	}{
		"plain":       {model.Refusal{Why: "it is done"}, Say("it is done.")},
		"its own end": {model.Refusal{Why: "is it done?"}, Say("is it done?")},
		"a group": {
			model.Refusal{Why: "ask @S0DBA", People: model.People{Groups: []string{"S0DBA"}}},
			Say("ask ", Everyone("S0DBA"), "."),
		},
		"the longer id": {
			model.Refusal{Why: "@U0BOBBY, @U0BOB", People: model.People{Users: []string{"U0BOB", "U0BOBBY"}}},
			Say(Who("U0BOBBY"), ", ", Who("U0BOB"), "."),
		},
		"a moment": {
			model.Refusal{Why: "closed until 2026-03-14 03:09:00 UTC, all of it", Until: three},
			Say("closed until ", At(three), ", all of it."),
		},
		"nobody who is not named": {model.Refusal{Why: "@U0EVE said so"}, Say("@U0EVE said so.")},
	} {
		if got := WhyText(&c.refusal); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// Nothing that a reason mentions is lost between the room that refuses and the screen.
func TestARefusalKeepsWhatItsReasonMentions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]Span{
			{Text: " and "}, {Text: "its group "}, Who("U0B"), Who("U0BOB"), Everyone("S0DBA"), At(three),
		}), 0, 8).Draw(t, "parts")
		why := append(Say("it waits for "), parts...)
		why = append(why, Span{Text: " here"})
		r := Refuse("Not done", why, "Wait")
		shown := WhyText(r)
		if r.Why != why.String() || shown.String() != why.String()+"." {
			t.Fatalf("%q is refused by %q and shown as %q", why.String(), r.Why, shown.String())
		}
		formatted := func(t Text) Text {
			return slices.DeleteFunc(slices.Clone(t), func(s Span) bool { return s.Kind == Plain })
		}
		if !slices.Equal(formatted(shown), formatted(why)) {
			t.Fatalf("%v is shown as %v", why, shown)
		}
	})
}

func TestMentionsAreGroupsThenPeople(t *testing.T) {
	p := model.People{Groups: []string{"S0DBA"}, Users: []string{"U0BOB", "U0CHO"}}
	for _, c := range []struct {
		of   model.People
		want Text
	}{
		{model.People{}, nil},
		{p, Say(Everyone("S0DBA"), ", ", Who("U0BOB"), ", ", Who("U0CHO"))},
		{p.Without("U0BOB"), Say(Everyone("S0DBA"), ", ", Who("U0CHO"))},
		{p.Without("S0DBA"), Say(Everyone("S0DBA"), ", ", Who("U0BOB"), ", ", Who("U0CHO"))},
	} {
		got := Mentions(c.of)
		if !slices.Equal(got, c.want) || got.String() != c.of.Words() {
			t.Errorf("%v (%q), not %v", got, c.of.Words(), c.want)
		}
	}
}
