package reinstall_test

import (
	"testing"
	"time"

	"twokey/commands/reinstall"
)

func TestWithoutAnAnswerTheOutcomeIsUnknownAfterTheLimitAndNeverNotSent(t *testing.T) {
	op := underWay(t)
	t0 := op.Arming.At
	e := reinstall.Unheard{Why: "the key was revoked", Next: "Ask the operator"}
	if got := op.Silent(e, t0.Add(time.Second)); got != e {
		t.Fatalf("at first: %v", got)
	}
	op = mustStep(t, op, e, t0.Add(time.Second))
	op = mustStep(t, op, e, t0.Add(time.Second+reinstall.TellAfter)) // to be told
	for _, at := range []time.Duration{2 * reinstall.TellAfter, reinstall.DeadAfter + time.Minute, reinstall.LostAfter - time.Second} {
		if got := op.Silent(e, t0.Add(at)); got != nil {
			t.Errorf("after %s: %v", at, got)
		}
	}
	lost := op.Silent(e, t0.Add(reinstall.LostAfter))
	if op = mustStep(t, op, lost, t0.Add(reinstall.LostAfter)); op.State != reinstall.Unknown || op.Silence != nil {
		t.Errorf("after the limit: %s, %+v", op.State, op.Silence)
	}
	op = mustStep(t, op, reinstall.Resolve{By: person("U0BOB"), As: reinstall.Done, Why: "I looked"}, t0.Add(2*time.Hour))
	if op.State != reinstall.Resolved {
		t.Errorf("a person settles it: %s", op.State)
	}
}

func TestASilenceKeepsItsBeginningAndGoesWithTheFirstAnswer(t *testing.T) {
	op := underWay(t)
	at := op.Arming.At.Add(time.Second)
	op = mustStep(t, op, reinstall.Unheard{Why: "it does not answer"}, at)
	op = mustStep(t, op, reinstall.Unheard{Why: "the key was revoked"}, at.Add(time.Minute))
	if !op.Silence.Since.Equal(at) {
		t.Errorf("since %s, not %s", op.Silence.Since, at)
	}
	if op = mustStep(t, op, reinstall.Heard{}, at.Add(2*time.Minute)); op.Silence != nil {
		t.Errorf("%+v", op.Silence)
	}
}

func TestAMachineIsGoneOnlyWhenItWasMissingForMinutes(t *testing.T) {
	op := underWay(t)
	at := op.Arming.At.Add(reinstall.SlowAfter + time.Minute)
	if e := reinstall.Gone(op, at, reinstall.Testimony{}); e != nil {
		t.Errorf("the first answer without it: %v", e)
	}
	op = mustStep(t, op, reinstall.Unheard{Why: "not shown", Absent: true}, at)
	if e := reinstall.Gone(op, at.Add(reinstall.AbsentFor-time.Second), reinstall.Testimony{}); e != nil {
		t.Errorf("too early: %v", e)
	}
	if e := reinstall.Gone(op, at.Add(reinstall.AbsentFor), reinstall.Testimony{}); e == nil {
		t.Error("it stays for ever")
	}
}

func TestABackupImageThatCannotBeAskedAboutCountsAsFailedAfterTheLimit(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0ANN")}, now)
	e := reinstall.Unheard{Why: "it does not answer"}
	op = mustStep(t, op, e, now.Add(time.Minute))
	op = mustStep(t, op, e, now.Add(2*time.Minute)) // to be told
	if got := op.Silent(e, now.Add(reinstall.ImageAfter-time.Second)); got != nil {
		t.Errorf("too early: %v", got)
	}
	gone, ok := op.Silent(e, now.Add(reinstall.ImageAfter)).(reinstall.ImageGone)
	if !ok {
		t.Fatal("it is waited for for ever")
	}
	if op = mustStep(t, op, gone, now.Add(reinstall.ImageAfter)); op.Making.Stage != reinstall.ImageFailed || op.Silence != nil {
		t.Errorf("%+v %+v", op.Making, op.Silence)
	}
}

func TestWhatOneReadingDoesNotShowTakesNoKeys(t *testing.T) {
	op := proposal(t, 1)
	r := reading(op)
	r.Findings = []reinstall.Finding{{Code: reinstall.CodeUnseen, Severity: reinstall.Blocks, Why: "not shown", Next: "wait"}}
	what, wait := op.Doubts(r, now)
	if what != "the machine" || !wait {
		t.Fatalf("%q %v", what, wait)
	}
	op.State = reinstall.Approved
	op = mustStep(t, op, reinstall.Waiting{Why: "not shown", Unseen: what}, now)
	if _, wait := op.Doubts(r, now.Add(reinstall.AbsentFor-time.Second)); !wait {
		t.Error("believed too early")
	}
	if _, wait := op.Doubts(r, now.Add(reinstall.AbsentFor)); wait {
		t.Error("never believed")
	}
	if what, _ := op.Doubts(reading(op), now); what != "" {
		t.Errorf("shown again, and still %q is missing", what)
	}
}

// underWay is an operation whose call is out.
func underWay(t failer) reinstall.Operation {
	op := proposal(t, 1)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Print: op.Print}, now)
	op = mustStep(t, op, reinstall.ConfirmBackup{By: person("U0ANN"), Typed: "web-01", Evidence: machine().Evidence[0], Print: op.Print}, now)
	op = mustStep(t, op, reinstall.Recheck{Reading: reading(op)}, now)
	op = mustStep(t, op, reinstall.CountdownShown{Of: op.Announced}, now)
	at := op.Starts
	return mustStep(t, op, arm(reading(op), at), at)
}

func TestASilenceThatLastsIsToldOnceAndABlipIsNot(t *testing.T) {
	op := underWay(t)
	at := op.Arming.At.Add(time.Second)
	e := reinstall.Unheard{Why: "it does not answer"}
	op = mustStep(t, op, e, at)
	if op.Silence.Told || op.Silent(e, at.Add(reinstall.TellAfter-1)) != nil {
		t.Fatalf("a blip is told: %+v", op.Silence)
	}
	op = mustStep(t, op, op.Silent(e, at.Add(reinstall.TellAfter)), at.Add(reinstall.TellAfter))
	if !op.Silence.Told || !op.Silence.Since.Equal(at) || op.Silent(e, at.Add(time.Minute)) != nil {
		t.Errorf("told, and once: %+v", op.Silence)
	}
	op = mustStep(t, op, reinstall.Unheard{Why: "it does not show it", Absent: true}, at.Add(2*time.Minute))
	if !op.Silence.Told || !op.Silence.Since.Equal(at.Add(2*time.Minute)) {
		t.Errorf("another silence goes on with what was told: %+v", op.Silence)
	}
}
