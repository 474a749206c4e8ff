package home

import (
	"testing"
	"time"

	"twokey/commands/view"
)

var refused = view.Say("Not approved: the plan changed after you read it.")

// standsAbove reports whether the answer is the first that a Home shows.
func standsAbove(h view.Home) bool {
	return len(h.Alerts) > 0 && h.Alerts[0].String() == refused.String()
}

// Whoever pressed reads the answer in a form, over the Home as it is after the press.
func TestAnAnswerIsAFormOverTheHomeDrawnAgain(t *testing.T) {
	b, h := newBoard(t)
	b.Open(t.Context(), "U0ANN")
	h.propose(t, "web-01", "1.2")
	if err := b.Answer(t.Context(), "U0ANN", "trigger", refused); err != nil {
		t.Fatal(err)
	}
	home := h.last("U0ANN")
	if len(h.forms) != 1 || h.forms[0].Intro[0].String() != refused.String() || standsAbove(home) {
		t.Errorf("forms %+v, and at home %v", h.forms, home.Alerts)
	}
	if len(named(home, "web-01")) == 0 {
		t.Error("the Home is not drawn again")
	}
}

// A press that counts opens nothing: the Home shows it.
func TestAPressThatCountsOnlyDrawsTheHomeAgain(t *testing.T) {
	b, h := newBoard(t)
	h.propose(t, "web-01", "1.2")
	if err := b.Answer(t.Context(), "U0ANN", "trigger", nil); err != nil {
		t.Fatal(err)
	}
	if len(h.forms) != 0 || len(h.homes["U0ANN"]) != 1 {
		t.Errorf("%d forms, %d Homes", len(h.forms), len(h.homes["U0ANN"]))
	}
}

// If Slack opens no form, the answer stands above all: also while the Home is kept fresh,
// and until whoever reads it opens their Home again, or for two minutes.
func TestAnAnswerWithoutAFormStandsOnTheHome(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(*Board, *house)
		there bool
	}{
		"at once": {func(*Board, *house) {}, true},
		"something happens": {func(b *Board, h *house) {
			h.at = h.at.Add(time.Minute)
			h.propose(t, "web-01", "1.2")
			b.refreshStale(t.Context())
		}, true},
		"something happens later": {func(b *Board, h *house) {
			h.at = h.at.Add(answerStands)
			h.propose(t, "web-01", "1.2")
			b.refreshStale(t.Context())
		}, false},
		"the Home is opened again": {func(b *Board, h *house) {
			h.at = h.at.Add(time.Second)
			b.Open(t.Context(), "U0ANN")
		}, false},
		"another press counts": {func(b *Board, _ *house) {
			if err := b.Answer(t.Context(), "U0ANN", "", nil); err != nil {
				t.Error(err)
			}
		}, false},
	} {
		b, h := newBoard(t)
		h.away["form"] = true
		if err := b.Answer(t.Context(), "U0ANN", "too old", refused); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		drawn := len(h.homes["U0ANN"])
		c.do(b, h)
		if name != "at once" && len(h.homes["U0ANN"]) == drawn {
			t.Errorf("%s: the Home was not drawn again", name)
		}
		if got := standsAbove(h.last("U0ANN")); got != c.there {
			t.Errorf("%s: the answer is there: %v", name, got)
		}
	}
}

// What nobody could see is an error, so that it is shown again; what was seen is none.
func TestAnAnswerThatNobodySawIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		away []string
		text view.Text
		want bool
	}{
		"all is well":                        {nil, refused, false},
		"no form":                            {[]string{"form"}, refused, false},
		"no Home, and the form was seen":     {[]string{"publish"}, refused, false},
		"neither a form nor a Home":          {[]string{"form", "publish"}, refused, true},
		"no Home for a press that counts":    {[]string{"publish"}, nil, true},
		"the memory is away: Home says that": {[]string{"form", "live"}, refused, false},
	} {
		b, h := newBoard(t)
		for _, a := range c.away {
			h.away[a] = true
		}
		if err := b.Answer(t.Context(), "U0ANN", "trigger", c.text); (err != nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if name == "the memory is away: Home says that" && !standsAbove(h.last("U0ANN")) {
			t.Errorf("%s: the answer is lost", name)
		}
	}
}

// A guest reads the answer as well, and nothing of any machine.
func TestAGuestReadsTheAnswerAlone(t *testing.T) {
	b, h := newBoard(t)
	h.propose(t, "web-01", "1.2")
	h.person.Guest, h.away["form"] = true, true
	if err := b.Answer(t.Context(), "U0GUS", "trigger", refused); err != nil {
		t.Fatal(err)
	}
	if home := h.last("U0GUS"); !standsAbove(home) || len(named(home, "web-01")) > 0 {
		t.Errorf("%+v", home)
	}
}

// An approver has the button, bound to the record that the row shows; nobody else has it,
// nor is there one before the card can be read.
func TestOnlyWhoeverMayApproveHasTheButton(t *testing.T) {
	for name, c := range map[string]struct {
		user, ts string
		away     string
		want     int
	}{
		"an approver":                {"U0BOB", "1.2", "", 1},
		"the proposer":               {"U0ANN", "1.2", "", 0},
		"no card yet":                {"U0BOB", "", "", 0},
		"Slack gives no link":        {"U0BOB", "1.2", "link", 0},
		"somebody who sees it alone": {"U0IDA", "1.2", "", 0},
	} {
		b, h := newBoard(t)
		h.propose(t, "web-01", c.ts)
		h.away[c.away] = true
		b.Open(t.Context(), c.user)
		n := 0
		for _, s := range h.last(c.user).Sections {
			for _, r := range s.Rows {
				if r.Approve.Label == "" {
					continue
				}
				n++
				if r.Approve.Confirm == nil || !r.Approve.Confirm.Danger || r.ID == "" || r.Rev != 1 {
					t.Errorf("%s: %+v", name, r)
				}
			}
		}
		if n != c.want {
			t.Errorf("%s: %d buttons", name, n)
		}
	}
}
