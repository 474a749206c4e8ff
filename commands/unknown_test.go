package commands

import (
	"strings"
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
)

// unknownOutcome makes the proposal's outcome unknown.
func (f *front) unknownOutcome(t *testing.T, id string) {
	t.Helper()
	f.change(t, id, func(op *reinstall.Operation) {
		op.State, op.RequestID = reinstall.Unknown, "req-1"
		op.Arming = &reinstall.Arming{At: f.at}
		op.Plan.Image = model.Image{ID: "img-487zeit5", OSName: "Ubuntu Server 22.04 LTS 64bit"}
		op.End = &reinstall.End{At: f.at, Why: "its record was covered", LastKnown: &reinstall.LastKnown{
			State: "RUNNING", Image: "img-487zeit5", Audit: "shows our own request",
		}}
	})
}

// presses presses one of a verb's buttons on the newest card.
func (f *front) presses(t *testing.T, user, verb, as, op string) (shown []string, no string) {
	t.Helper()
	before := len(f.forms)
	in := f.by(user, verb, op, nil)
	in.As, in.Rev = as, f.revision(t, op)
	r := f.Press(t.Context(), in)
	for _, opened := range f.forms[before:] {
		words := []string{opened.Title}
		for _, p := range opened.Intro {
			words = append(words, p.String())
		}
		for _, field := range opened.Fields {
			words = append(words, field.Label)
		}
		shown = append(shown, strings.Join(words, "\n"))
	}
	if r.No {
		no = r.Text.String()
	}
	return shown, no
}

func (f *front) revision(t *testing.T, id string) int64 {
	t.Helper()
	rec, err := f.Store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return rec.Rev
}

// Each of the card's buttons that show or ask something opens its own form at once.
func TestTheButtonsOfAnUnknownOutcomeOpenTheirForms(t *testing.T) {
	for name, c := range map[string]struct {
		verb, as string
		want     []string
	}{
		"Details": {model.VerbShow, "", []string{"Details of ", "Machine: ins-00000001", "Ended: Unknown"}},
		"Evidence": {
			model.VerbShow, screen.AsEvidence, []string{"Evidence", "Why: Its record was covered.", "Seen now: "},
		},
		"It was wiped": {
			model.VerbResolve, screen.AsWiped, []string{"It was wiped", "does it run Ubuntu 22.04?", "How do you know?"},
		},
		"It was not": {model.VerbResolve, screen.AsNotWiped, []string{"It was not wiped", "How do you know?"}},
	} {
		f, id := newFormFront(t)
		f.unknownOutcome(t, id)
		shown, no := f.presses(t, "U0BOB", c.verb, c.as, id)
		if no != "" || len(shown) != 1 {
			t.Errorf("%s is refused: %q, %d forms", name, no, len(shown))
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(shown[0], w) {
				t.Errorf("%s lacks %q: %s", name, w, shown[0])
			}
		}
		if len(f.stored) > 0 {
			t.Errorf("%s is stored before anybody says anything: %v", name, f.stored)
		}
		if guest, no := f.presses(t, "U0GUS", c.verb, c.as, id); len(guest) > 0 || no == "" {
			t.Errorf("%s opens for a guest", name)
		}
	}
}

// What the form of an unknown outcome takes is stored as what the button said, with the
// words of whoever knows it.
func TestWhatSomebodyKnowsOfAnUnknownOutcomeIsStored(t *testing.T) {
	for as, want := range map[string]string{screen.AsWiped: "done", screen.AsNotWiped: "failed"} {
		f, id := newFormFront(t)
		f.unknownOutcome(t, id)
		if _, no := f.presses(t, "U0BOB", model.VerbResolve, as, id); no != "" {
			t.Fatal(no)
		}
		opened := f.forms[0]
		in := f.by("U0BOB", opened.Verb, opened.Op, map[string]string{form.FieldReason: " I logged in "})
		in.Memo, in.Rev, in.Dedupe = opened.Memo, opened.Rev, "d2"
		if r := f.Submit(t.Context(), in); r.No || len(r.Errors) > 0 {
			t.Fatalf("%s: %s %v", as, r.Text, r.Errors)
		}
		l := f.storedLine(t)
		if l.Verb != model.VerbResolve || l.ID != id || l.As != want || l.Text != "I logged in" {
			t.Errorf("%s: %+v", as, l)
		}
		if it := f.stored[0]; it.User != "U0BOB" || it.Rev != f.revision(t, id) || it.Stops {
			t.Errorf("%s: %+v", as, it)
		}
	}
}

// A button of some other version that says nothing of the outcome opens no form that
// would.
func TestAButtonThatSaysNoOutcomeOpensNoForm(t *testing.T) {
	for _, as := range []string{"", "superseded", screen.AsEvidence} {
		f, id := newFormFront(t)
		f.unknownOutcome(t, id)
		if shown, no := f.presses(t, "U0BOB", model.VerbResolve, as, id); len(shown) > 0 ||
			!strings.Contains(no, "Use the newest card") {
			t.Errorf("%q: %q, %d forms", as, no, len(shown))
		}
	}
}

// A form that does not say how, or of which machine, stays open and stores nothing.
func TestAnUnknownOutcomeIsNotResolvedByHalfAForm(t *testing.T) {
	for name, c := range map[string]struct {
		memo   string
		values map[string]string
		at     string
		says   string
	}{
		"no reason": {
			screen.AsWiped, map[string]string{form.FieldReason: " \n"}, form.FieldReason, "Say how you know",
		},
		"not said as what": {"", map[string]string{form.FieldReason: "I know"}, form.FieldReason, "Open the form again"},
		"as something else": {
			"unknown", map[string]string{form.FieldReason: "I know"}, form.FieldReason, "Open the form again",
		},
		"a machine of another proposal": {
			screen.AsWiped,
			map[string]string{form.FieldReason: "I know", form.FieldTarget: "0000"},
			form.FieldTarget,
			"Pick a machine.",
		},
	} {
		f, id := newFormFront(t)
		f.unknownOutcome(t, id)
		in := f.by("U0BOB", model.VerbResolve, id, c.values)
		in.Memo = c.memo
		r := f.Submit(t.Context(), in)
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[c.at], c.says) || len(f.stored) > 0 {
			t.Errorf("%s: %v %s, stored %v", name, r.Errors, r.Text, f.stored)
		}
	}
}

// While nothing is unknown there is nothing to say, whoever finds an old button.
func TestAKnownOutcomeAsksForNobodysWord(t *testing.T) {
	for _, state := range []reinstall.State{reinstall.Proposed, reinstall.Sent, reinstall.Done, reinstall.Resolved} {
		f, id := newFormFront(t)
		f.change(t, id, func(op *reinstall.Operation) {
			if op.State = state; state.Ended() {
				op.End = &reinstall.End{At: f.at}
			}
			op.Arming = &reinstall.Arming{At: f.at}
		})
		for _, as := range []string{screen.AsWiped, screen.AsNotWiped, ""} {
			if shown, no := f.presses(t, "U0BOB", model.VerbResolve, as, id); len(shown) > 0 || no == "" {
				t.Errorf("%s: It was %s opens a form", state, as)
			}
		}
		shown, no := f.presses(t, "U0BOB", model.VerbShow, screen.AsEvidence, id)
		if no != "" || len(shown) != 1 || !strings.Contains(shown[0], "No outcome of this proposal is unknown now.") {
			t.Errorf("%s: Evidence shows %q %s", state, shown, no)
		}
		if shown, no := f.presses(t, "U0BOB", model.VerbShow, "", id); no != "" || len(shown) != 1 {
			t.Errorf("%s: Details do not open: %s", state, no)
		}
		if len(f.stored) > 0 {
			t.Errorf("%s: stored %v", state, f.stored)
		}
	}
}

// Where Slack or Redis is away each of them says so, and what to do.
func TestAnUnknownOutcomesButtonsSayWhyNothingOpens(t *testing.T) {
	for away, says := range map[string]string{
		"form": "Slack did not open the form in time", "load": "Redis", "person": "Slack did not say who you are",
	} {
		for _, b := range []struct{ verb, as string }{
			{model.VerbShow, ""},
			{model.VerbShow, screen.AsEvidence},
			{model.VerbResolve, screen.AsWiped},
		} {
			f, id := newFormFront(t)
			f.unknownOutcome(t, id)
			f.away[away] = true
			if shown, no := f.presses(t, "U0BOB", b.verb, b.as, id); len(shown) > 0 || !strings.Contains(no, says) {
				t.Errorf("%s is away, %s %s: %q, %d forms", away, b.verb, b.as, no, len(shown))
			}
		}
	}
}

// Every button that a card may have does something when it is pressed.
func TestNoButtonOfACardIsDead(t *testing.T) {
	for _, s := range append([]reinstall.State{reinstall.Tampered}, reinstall.States...) {
		op := reinstall.Operation{State: s, ID: "7K3Q", Password: "sealed", End: &reinstall.End{}}
		op.Arming, op.Plan.Terms.Approvals, op.Plan.Terms.Backup = &reinstall.Arming{}, 1, true
		card := screen.DrawCard([]reinstall.Operation{op}, 1, func(string) string { return "" }, op.ProposedAt, nil)
		for _, b := range card.AllButtons() {
			if verbTable[b.Verb].pressed == nil {
				t.Errorf("%s: nothing answers %s", s, b.Label)
			}
		}
	}
}
