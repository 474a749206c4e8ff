package reinstall_test

import (
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// Without an answer the outcome is unknown after the limit. It is never "not
// sent": nothing proves that.
func TestWithoutAnAnswerTheOutcomeIsUnknownAfterTheLimit(t *testing.T) {
	op := underWay(t)
	t0 := op.Arming.At
	e := reinstall.CloudUnreachable{Why: "the key was revoked", Next: "Ask the operator"}
	if got := op.OutageEvent(e, t0.Add(time.Second)); got != e {
		t.Fatalf("at first: %v", got)
	}
	op = mustStep(t, op, e, t0.Add(time.Second))
	op = mustStep(t, op, e, t0.Add(time.Second+reinstall.OutageNoticeAfter)) // to be told
	for _, at := range []time.Duration{
		2 * reinstall.OutageNoticeAfter, model.DeadAfter + time.Minute,
		model.LostAfter - time.Second,
	} {
		if got := op.OutageEvent(e, t0.Add(at)); got != nil {
			t.Errorf("after %s: %v", at, got)
		}
	}
	lost := op.OutageEvent(e, t0.Add(model.LostAfter))
	if op = mustStep(t, op, lost, t0.Add(model.LostAfter)); op.State != reinstall.Unknown || op.Outage != nil {
		t.Errorf("after the limit: %s, %+v", op.State, op.Outage)
	}
	op = mustStep(t, op, reinstall.Resolve{By: person("U0BOB"), As: reinstall.Done, Why: "I looked"},
		t0.Add(2*time.Hour))
	if op.State != reinstall.Resolved {
		t.Errorf("a person settles it: %s", op.State)
	}
}

func TestASilenceKeepsItsBeginningAndGoesWithTheFirstAnswer(t *testing.T) {
	op := underWay(t)
	at := op.Arming.At.Add(time.Second)
	op = mustStep(t, op, reinstall.CloudUnreachable{Why: "it does not answer"}, at)
	op = mustStep(t, op, reinstall.CloudUnreachable{Why: "the key was revoked"}, at.Add(time.Minute))
	if !op.Outage.Since.Equal(at) {
		t.Errorf("since %s, not %s", op.Outage.Since, at)
	}
	if op = mustStep(t, op, reinstall.CloudReachable{}, at.Add(2*time.Minute)); op.Outage != nil {
		t.Errorf("%+v", op.Outage)
	}
}

func TestAMachineIsGoneOnlyWhenItWasMissingForMinutes(t *testing.T) {
	op := underWay(t)
	at := op.Arming.At.Add(model.SlowAfter + time.Minute)
	if e := reinstall.JudgeAbsence(op, at, reinstall.AuditEvidence{}); e != nil {
		t.Errorf("the first answer without it: %v", e)
	}
	op = mustStep(t, op, reinstall.CloudUnreachable{Why: "not shown", Absent: true}, at)
	if e := reinstall.JudgeAbsence(op, at.Add(reinstall.AbsenceBelievedAfter-time.Second),
		reinstall.AuditEvidence{}); e != nil {
		t.Errorf("too early: %v", e)
	}
	if e := reinstall.JudgeAbsence(op, at.Add(reinstall.AbsenceBelievedAfter), reinstall.AuditEvidence{}); e == nil {
		t.Error("it stays for ever")
	}
}

// A backup image that the cloud cannot be asked about counts as failed after the
// limit.
func TestABackupImageOfUnknownProgressFailsAfterTheLimit(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0ANN")}, now)
	e := reinstall.CloudUnreachable{Why: "it does not answer"}
	op = mustStep(t, op, e, now.Add(time.Minute))
	op = mustStep(t, op, e, now.Add(2*time.Minute)) // to be told
	if got := op.OutageEvent(e, now.Add(reinstall.ImageTimeout-time.Second)); got != nil {
		t.Errorf("too early: %v", got)
	}
	gone, ok := op.OutageEvent(e, now.Add(reinstall.ImageTimeout)).(reinstall.ImageGone)
	if !ok {
		t.Fatal("it is waited for for ever")
	}
	if op = mustStep(t, op, gone, now.Add(reinstall.ImageTimeout)); op.Making.Stage != reinstall.ImageFailed ||
		op.Outage != nil {
		t.Errorf("%+v %+v", op.Making, op.Outage)
	}
}

func TestWhatOneReadingDoesNotShowTakesNoKeys(t *testing.T) {
	op := proposal(t, 1)
	r := reading(op)
	r.Findings = []model.Finding{{Code: model.CodeNotShown, Severity: model.Blocks, Why: "not shown", Next: "wait"}}
	what, wait := op.AbsenceDoubted(r, now)
	if what != "the machine" || !wait {
		t.Fatalf("%q %v", what, wait)
	}
	op.State = reinstall.Approved
	op = mustStep(t, op, reinstall.Waiting{Why: "not shown", Absent: what}, now)
	if _, wait := op.AbsenceDoubted(r, now.Add(reinstall.AbsenceBelievedAfter-time.Second)); !wait {
		t.Error("believed too early")
	}
	if _, wait := op.AbsenceDoubted(r, now.Add(reinstall.AbsenceBelievedAfter)); wait {
		t.Error("never believed")
	}
	if what, _ := op.AbsenceDoubted(reading(op), now); what != "" {
		t.Errorf("shown again, and still %q is missing", what)
	}
}

// underWay is an operation whose call is out.
func underWay(t failer) reinstall.Operation {
	op := proposal(t, 1)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: machine().Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
	op = mustStep(t, op, reinstall.Recheck{Result: reading(op)}, now)
	op = mustStep(t, op, reinstall.CountdownShown{Of: op.Announced}, now)
	at := op.Starts
	return mustStep(t, op, arm(reading(op), at), at)
}

func TestASilenceThatLastsIsToldOnceAndABlipIsNot(t *testing.T) {
	op := underWay(t)
	at := op.Arming.At.Add(time.Second)
	e := reinstall.CloudUnreachable{Why: "it does not answer"}
	op = mustStep(t, op, e, at)
	if op.Outage.Reported || op.OutageEvent(e, at.Add(reinstall.OutageNoticeAfter-1)) != nil {
		t.Fatalf("a blip is told: %+v", op.Outage)
	}
	op = mustStep(t, op, op.OutageEvent(e, at.Add(reinstall.OutageNoticeAfter)), at.Add(reinstall.OutageNoticeAfter))
	if !op.Outage.Reported || !op.Outage.Since.Equal(at) || op.OutageEvent(e, at.Add(time.Minute)) != nil {
		t.Errorf("told, and once: %+v", op.Outage)
	}
	op = mustStep(t, op, reinstall.CloudUnreachable{Why: "it does not show it", Absent: true}, at.Add(2*time.Minute))
	if !op.Outage.Reported || !op.Outage.Since.Equal(at.Add(2*time.Minute)) {
		t.Errorf("another silence goes on with what was told: %+v", op.Outage)
	}
}
