package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// heldBy is a proposal of U0ANN's that somebody holds.
func heldBy(t failer, who string) reinstall.Operation {
	t.Helper()
	op := inState(t, reinstall.Ready)
	op.ProposerMail = model.Person{Email: "ann@home.example"}.Mailbox()
	return mustStep(t, op, reinstall.Hold{By: withMail(who, who+"@home.example"), Why: "wait"}, now)
}

func TestOverSomebodyElsesHoldTheProposerDoesNotResume(t *testing.T) {
	ann, again, hidden := withMail("U0ANN", "ann@home.example"), withMail("U0ANN2", "ANN+2@home.example"), withMail("U0CHO", "")
	bob, cho := withMail("U0BOB", "bob@home.example"), withMail("U0CHO", "cho@home.example")
	for _, c := range []struct {
		holder string
		by     reinstall.Actor
		may    bool
	}{
		{"U0BOB", ann, false},
		{"U0BOB", again, false},
		{"U0BOB", hidden, false},
		{"U0BOB", bob, true},
		{"U0BOB", cho, true},
		{"U0ANN", ann, true},
		{"U0ANN", again, false},
		{"U0ANN", cho, true},
		{"U0ANN2", ann, false},
		{"U0ANN2", again, false},
		{"U0ANN2", bob, true},
		{"U0CHO", hidden, true},
	} {
		next, r := reinstall.Step(heldBy(t, c.holder), reinstall.Resume{By: c.by}, now)
		if (r == nil) != c.may {
			t.Errorf("held by %s, resumed by %s (%s): %v, %s", c.holder, c.by.ID, c.by.Email, r, next.State)
		}
	}
}

func TestAHoldOverTheProposersOwnIsHeard(t *testing.T) {
	op := heldBy(t, "U0ANN")
	until := op.Expires
	if op = mustStep(t, op, reinstall.Hold{By: person("U0BOB"), Why: "no"}, soon); op.HeldBy != "U0BOB" || op.HeldWhy != "no" || !op.Expires.Equal(until) {
		t.Errorf("%+v", op)
	}
	if _, r := reinstall.Step(op, reinstall.Resume{By: withMail("U0ANN", "ann@home.example")}, soon); r == nil {
		t.Error("its proposer resumes it all the same")
	}
	for _, who := range []string{"U0ANN", "U0BOB", "U0CHO"} {
		if _, r := reinstall.Step(op, reinstall.Hold{By: person(who)}, soon); r == nil {
			t.Errorf("%s holds it once more", who)
		}
	}
}
