package view

import (
	"testing"
	"time"

	"twokey/commands/reinstall/model"
)

func TestASentenceEndsWithOneStop(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "  ": "", "done": "done.", "done.": "done.", " done? ": "done?", "done!": "done!", "at 3:": "at 3:.",
	} {
		if got := EndSentence(s); got != want {
			t.Errorf("%q: %q, not %q", s, got, want)
		}
	}
}

func TestAPauseNamesItsEndIfThatIsKnown(t *testing.T) {
	next := time.Date(2026, 3, 16, 9, 0, 0, 0, time.UTC)
	for want, p := range map[string]model.Pause{
		"reinstalls are not allowed now; no opening follows": {Why: "reinstalls are not allowed now"},
		"reinstalls are not allowed now; the next opening is 2026-03-16 09:00:00 UTC": {
			Why:  "reinstalls are not allowed now",
			Next: next,
		},
	} {
		if got := PauseText(p).String(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// A quorum's words count the approvals of each seat, and those that anybody may give.
func TestAQuorumIsWordedBySeats(t *testing.T) {
	seat := func(n int, users ...string) model.Seat {
		return model.Seat{Approvals: n, People: model.People{Users: users}}
	}
	one, two, three := seat(1, "U0BOB"), seat(1, "U0BOB", "U0CHO"), seat(2, "U0DEE")
	const owed = ", in any place that is still open"
	for name, c := range map[string]struct {
		approvals int
		seats     []model.Seat
		but       string
		want      string
		anyPlace  string
	}{
		"none":     {0, nil, "", "", ""},
		"one seat": {1, []model.Seat{one}, "", "1 of @U0BOB", owed},
		"two, and more": {
			4,
			[]model.Seat{two, three},
			"", "1 of @U0BOB, @U0CHO and 2 of @U0DEE and 1 of any of them",
			owed,
		},
		"but the one": {1, []model.Seat{two}, "U0CHO", "1 of @U0BOB", owed},
	} {
		terms := model.Terms{Approvals: c.approvals, Quorum: c.seats}
		if got := SeatWords(terms, c.but).String(); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
		if got := AnySlotWords(terms); got != c.anyPlace {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestASectionSaysHowManyItLeavesOut(t *testing.T) {
	for n, want := range map[int]string{3: "and 4 more", 6: "and 1 more", 7: "", 8: ""} {
		if got := (Section{Total: 7}).More(n); got != want {
			t.Errorf("%d of seven shown: %q, not %q", n, got, want)
		}
	}
}

// Every button has a typed twin, and knows whether it only stops something.
func TestAButtonHasItsTypedTwin(t *testing.T) {
	for verb, stops := range map[string]bool{
		model.VerbApprove: false, model.VerbBackup: false, model.VerbResume: false,
		model.VerbReject: true, model.VerbHold: true, model.VerbCancel: true,
	} {
		b := Button{Label: "x", Verb: verb}
		if got, want := b.Typed("7K3Q"), "/reinstall "+verb+" 7K3Q"; got != want {
			t.Errorf("%q, not %q", got, want)
		}
		if b.Stops() != stops {
			t.Errorf("%s stops: %v", verb, b.Stops())
		}
	}
}

// The two ways to say an outcome are typed apart, and what only shows is one verb.
func TestTheButtonsOfAnOutcomeAreTypedApart(t *testing.T) {
	for want, b := range map[string]Button{
		"/reinstall resolve 7K3Q done TEXT":   {Verb: model.VerbResolve, As: "done"},
		"/reinstall resolve 7K3Q failed TEXT": {Verb: model.VerbResolve, As: "failed"},
		"/reinstall show 7K3Q":                {Verb: model.VerbShow, As: "evidence"},
	} {
		if got := b.Typed("7K3Q"); got != want || b.Stops() {
			t.Errorf("%q, not %q; stops: %v", got, want, b.Stops())
		}
	}
	card := Card{Buttons: []Button{{Label: "Approve"}}, More: []Button{{Label: "Cancel"}}}
	if all := card.AllButtons(); len(all) != 2 || all[1].Label != "Cancel" || len(card.Buttons) != 1 {
		t.Errorf("all are %+v, in sight %+v", all, card.Buttons)
	}
}

// A text that is cut says so, at a letter and not within one.
func TestACutTextShowsThatItIsCut(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "web-01": "web-01", "0123456789": "0123456789", "0123456789a": "012345678…",
		"界界界界界界界界界界界": "界界界界界界界界界…", "two\n  lines": "two lines",
	} {
		if got := ShortenTo(text, 10); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// A name that begins a sentence stays as it is: an id in capitals would be another one.
func TestOnlyWordsGetACapital(t *testing.T) {
	for s, want := range map[string]string{
		"":                      "",
		"its disk is full":      "Its disk is full",
		"über all":              "Über all",
		"ins-1a2b3c4d is gone":  "ins-1a2b3c4d is gone",
		"ap-guangzhou is quiet": "ap-guangzhou is quiet",
		"web-01 is gone":        "web-01 is gone",
		"2 machines":            "2 machines",
	} {
		if got := Capitalize(s); got != want {
			t.Errorf("%q: %q, not %q", s, got, want)
		}
	}
}
