package reinstall_test

import (
	"slices"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// Whoever has not answered is called again: each time after twice as long, and
// three times at most.
func TestRemindersComeAfterTwiceAsLongEachAndThriceAtMost(t *testing.T) {
	op := proposal(t, 1)
	op.Plan.Terms.Asking.EscalateAfter = 0
	at := op.ProposedAt
	for i, wait := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour} {
		at = at.Add(wait)
		if got := op.NextReminder(); !got.Equal(at) {
			t.Fatalf("call %d at %s, not %s", i+1, got, at)
		}
		if _, r := reinstall.Step(op, reinstall.Remind{}, at.Add(-time.Second)); r == nil {
			t.Error("reminded too soon")
		}
		op = mustStep(t, op, reinstall.Remind{}, at)
		if _, r := reinstall.Step(op, reinstall.Remind{}, at); r == nil {
			t.Error("reminded twice at once")
		}
	}
	if got := op.NextReminder(); !got.IsZero() || op.DueReminder(at.Add(time.Hour)) != nil {
		t.Errorf("a fourth time, at %s", got)
	}
}

// Nobody is called who owes nothing, or before the cloud has done its part.
func TestNobodyIsCalledWhoOwesNothing(t *testing.T) {
	op := proposal(t, 1)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	if a, b := op.KeysPending(); a || !b || op.NextReminder().IsZero() {
		t.Errorf("owed: approval %v, backup %v", a, b)
	}
	if op.DueReminder(now.Add(2*time.Hour)) != (reinstall.Remind{}) {
		t.Error("it escalates, though it is approved")
	}
	op = mustStep(t, op, reinstall.AskImage{By: person("U0ANN")}, now)
	if !op.NextReminder().IsZero() {
		t.Error("people are called while the image is being made")
	}
	for _, s := range reinstall.States[1:] {
		if at := inState(t, s).NextReminder(); !at.IsZero() {
			t.Errorf("%s: called at %s", s, at)
		}
	}
	old := proposal(t, 1)
	old.Plan.Terms.Asking = model.Asking{} // of a record from before
	if !old.NextReminder().IsZero() {
		t.Error("an older record calls people")
	}
	late := proposal(t, 1)
	late.Expires = late.ProposedAt.Add(10 * time.Minute)
	if !late.NextReminder().IsZero() {
		t.Error("called after the end")
	}
}

func TestAfterAnEscalationOthersMayApproveAndNotBefore(t *testing.T) {
	op := proposal(t, 1)
	if slices.Contains(op.Approvers().Users, "U0LEA") {
		t.Fatal("before")
	}
	op = mustStep(t, op, reinstall.Escalate{}, now.Add(time.Hour))
	if !slices.Contains(op.Approvers().Users, "U0LEA") || !slices.Contains(op.Approvers().Groups, "S0ONCALL") {
		t.Errorf("%+v", op.Approvers())
	}
	if _, r := reinstall.Step(op, reinstall.Escalate{}, now.Add(2*time.Hour)); r == nil {
		t.Error("escalated twice")
	}
	if at := op.NextReminder(); !at.Equal(now.Add(75 * time.Minute)) {
		t.Errorf("the next reminder is at %s", at)
	}
	// What changes the plan asks again, and those who were called in wait again.
	op = mustStep(t, op, reinstall.Approve{By: person("U0LEA"), Fingerprint: op.Fingerprint}, now.Add(time.Hour))
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now.Add(time.Hour))
	r := reading(op)
	r.Plan.Tags = map[string]string{"env": "prod"}
	op = mustStep(t, op, reinstall.Recheck{Result: r}, now.Add(time.Hour))
	if slices.Contains(op.Approvers().Users, "U0LEA") || !op.NextReminder().Equal(now.Add(75*time.Minute)) {
		t.Errorf("%+v, next call %s", op.Approvers(), op.NextReminder())
	}
	terms := op.Plan.Terms
	before := op.Plan.Fingerprint()
	if op.Plan.Terms.Asking.EscalateTo = (model.People{Users: []string{"U0DEE"}}); op.Plan.Fingerprint() == before {
		t.Error("who may approve later is not in the fingerprint")
	}
	op.Plan.Terms = terms
	if op.Plan.Terms.Asking.RemindAfter = time.Minute; op.Plan.Fingerprint() != before {
		t.Error("a reminder voids keys")
	}
}

func TestNobodyIsRemindedInQuietHours(t *testing.T) {
	op := proposal(t, 1) // at 03:00 UTC
	op.Plan.Terms.Asking.QuietHours = model.QuietHours{From: 0, To: 6 * 60}
	if got, want := op.NextReminder(), now.Add(3*time.Hour); !got.Equal(want) {
		t.Errorf("called at %s, not %s", got, want)
	}
}
