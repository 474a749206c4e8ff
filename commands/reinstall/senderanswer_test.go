package reinstall_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// audit is what CloudAudit answered.
func audit(es ...model.CloudEvent) reinstall.AuditEvidence {
	return reinstall.AuditEvidence{Asked: soon, Events: es}
}

func resetBy(h model.Caller, request string, at time.Time) model.CloudEvent {
	return model.CloudEvent{Operation: "ResetInstance", RequestID: request, Caller: h, At: at, User: "100000000042"}
}

func seeing(l model.Latest, at time.Time) reinstall.Observation {
	i := machine().Instance
	i.Latest, i.State = l, "RUNNING"
	return reinstall.Observation{Instance: i, ServerTime: at}
}

func aReset(request string) model.Latest {
	return model.Latest{Operation: "ResetInstance", State: "OPERATING", RequestID: request}
}

func TestALostAnswerIsSettledByCloudAudit(t *testing.T) {
	op := inState(t, reinstall.Armed)
	t0 := op.Arming.At
	mine := resetBy(model.CallerOurs, "req-1", t0)
	reboot := model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "req-8"}
	for what, l := range map[string]model.Latest{
		"the record shows it": aReset("req-1"), "another operation covers it": reboot,
		"the record shows nothing yet": op.Arming.Baseline, "a null record": {},
	} {
		e, ok := reinstall.Reconcile(op, seeing(l, t0.Add(time.Hour)), audit(mine)).(reinstall.Accepted)
		if !ok || e.Inferred || !e.Audited || e.RequestID != "req-1" {
			t.Errorf("%s: %+v", what, e)
		}
	}
	next := mustStep(t, op, reinstall.Accepted{RequestID: "req-1", Audited: true}, soon)
	if next.State != reinstall.Sent || next.Inferred || !next.Audited {
		t.Errorf("%+v", next)
	}
}

// What CloudAudit shows is only ours if the cloud took it, since the arming, and
// from our key.
func TestOnlyAResetThatCloudAuditShowsOfOurKeyNowIsOurs(t *testing.T) {
	op := inState(t, reinstall.Armed)
	t0 := op.Arming.At
	for what, e := range map[string]model.CloudEvent{
		"refused": {
			Operation: "ResetInstance", RequestID: "req-1", Caller: model.CallerOurs, At: t0,
			Error: "ResourceInUse",
		},
		"before the call": resetBy(model.CallerOurs, "req-1", t0.Add(-time.Minute)),
		"another key":     resetBy(model.CallerForeign, "req-1", t0),
		"an unsure key":   resetBy(model.CallerUnsure, "req-1", t0),
		"another call":    {Operation: "RebootInstances", RequestID: "req-1", Caller: model.CallerOurs, At: t0},
		"without id":      resetBy(model.CallerOurs, "", t0),
		"the baseline's":  resetBy(model.CallerOurs, op.Arming.Baseline.RequestID, t0),
	} {
		got := reinstall.Reconcile(op, seeing(op.Arming.Baseline, t0.Add(model.DeadAfter)), audit(e))
		if _, ok := got.(reinstall.NothingSent); !ok {
			t.Errorf("%s: %#v", what, got)
		}
	}
	two := audit(resetBy(model.CallerOurs, "req-1", t0), resetBy(model.CallerOurs, "req-2", t0))
	if e := reinstall.Reconcile(op, seeing(aReset("req-2"), t0.Add(time.Minute)), two).(reinstall.Accepted); e.Audited {
		t.Error("one of two resets with our key was taken for ours")
	}
}

func TestAResetOfSomebodyElseIsNeverClaimed(t *testing.T) {
	op := inState(t, reinstall.Armed)
	t0 := op.Arming.At
	theirs := resetBy(model.CallerForeign, "req-9", t0)
	e, ok := reinstall.Reconcile(op, seeing(aReset("req-9"), t0.Add(time.Minute)), audit(theirs)).(reinstall.Disowned)
	if !ok || e.Event.RequestID != "req-9" {
		t.Fatalf("%#v", e)
	}
	op = mustStep(t, op, e, soon)
	if op.State != reinstall.Armed {
		t.Fatalf("it is %s", op.State)
	}
	// From then on it is known, also where CloudAudit cannot be asked again.
	dark := reinstall.AuditEvidence{Failed: "it did not answer"}
	if e := reinstall.Reconcile(op, seeing(aReset("req-9"), t0.Add(time.Minute)), dark); e != nil {
		t.Errorf("while our call may still arrive: %#v", e)
	}
	lost, ok := reinstall.Reconcile(op, seeing(aReset("req-9"), t0.Add(model.DeadAfter)),
		dark).(reinstall.BecameUnknown)
	if !ok || !strings.Contains(lost.Why, "100000000042") || !strings.Contains(lost.LastKnown.Audit,
		"could not be asked: it did not answer") {
		t.Errorf("%#v", lost)
	}
	// And what was inferred before CloudAudit knew is taken back.
	followed := mustStep(t, inState(t, reinstall.Armed), reinstall.Accepted{RequestID: "req-9", Inferred: true}, soon)
	done := aReset("req-9")
	done.State = "SUCCESS"
	back, ok := reinstall.Follow(followed, seeing(done, soon), audit(theirs)).(reinstall.BecameUnknown)
	if !ok || !strings.Contains(back.Why, "not ours") {
		t.Errorf("%#v", back)
	}
}

func TestWhatCloudAuditDoesNotShowProvesNothing(t *testing.T) {
	op := inState(t, reinstall.Armed)
	at := op.Arming.At.Add(time.Minute)
	for what, testimony := range map[string]reinstall.AuditEvidence{
		"nothing found": audit(), "could not be asked": {Failed: "the account does not allow it"}, "not asked": {},
	} {
		if e, ok := reinstall.Reconcile(op, seeing(aReset("req-1"), at), testimony).(reinstall.Accepted); !ok ||
			!e.Inferred {
			t.Errorf("%s: %#v", what, e)
		}
	}
	if w := audit().Summary(at); !strings.Contains(w, "proves nothing") {
		t.Error(w)
	}
}

// Promise 5's other half: whatever the record shows and CloudAudit says, what
// follows claims no request that CloudAudit gives to somebody else, and calls
// nothing unsent that it gives to us.
func TestNoRequestOfSomebodyElseIsEverCalledOurs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := inState(t, reinstall.Armed)
		t0 := op.Arming.At
		ids := []string{"req-1", "req-2", "req-9", op.Arming.Baseline.RequestID}
		hands := map[string]model.Caller{}
		var es []model.CloudEvent
		for _, id := range ids[:rapid.IntRange(0, 4).Draw(t, "events")] {
			hands[id] = rapid.SampledFrom([]model.Caller{
				model.CallerUnsure, model.CallerOurs,
				model.CallerForeign,
			}).Draw(t, "hand")
			e := resetBy(hands[id], id, t0.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "at"))*time.Second))
			e.Error = rapid.SampledFrom([]string{"", "", "ResourceInUse"}).Draw(t, "code")
			es = append(es, e)
		}
		for range rapid.IntRange(1, 6).Draw(t, "looks") {
			l := model.Latest{
				Operation: rapid.SampledFrom([]string{"ResetInstance", "ResetInstance", "RebootInstances", ""}).Draw(t,
					"latest"),
				RequestID: rapid.SampledFrom(append(ids, "")).Draw(t, "id"),
				State:     rapid.SampledFrom([]string{"OPERATING", "SUCCESS"}).Draw(t, "state"),
			}
			s := seeing(l, t0.Add(time.Duration(rapid.IntRange(0, 4000).Draw(t, "seconds"))*time.Second))
			testimony := rapid.SampledFrom([]reinstall.AuditEvidence{{}, {Failed: "x"}, audit(es...)}).Draw(t,
				"testimony")
			var e reinstall.Event
			switch {
			case op.State == reinstall.Armed:
				e = reinstall.Reconcile(op, s, testimony)
			case op.State == reinstall.Sent:
				e = reinstall.Follow(op, s, testimony)
			}
			if e == nil {
				continue
			}
			if a, ok := e.(reinstall.Accepted); ok && !testimony.Asked.IsZero() &&
				hands[a.RequestID] == model.CallerForeign {
				t.Fatalf("claimed %s", a.RequestID)
			}
			if _, ok := e.(reinstall.Succeeded); ok && !testimony.Asked.IsZero() && op.Inferred &&
				hands[op.RequestID] == model.CallerForeign {
				t.Fatalf("called %s our success", op.RequestID)
			}
			if op.OtherReset != nil {
				if a, ok := e.(reinstall.Accepted); ok && a.RequestID == op.OtherReset.RequestID {
					t.Fatalf("claimed what was disowned: %s", a.RequestID)
				}
			}
			op = mustStep(t, op, e, s.ServerTime)
		}
	})
}

func TestAnUnknownOutcomeKeepsItsEvidenceWhenAPersonResolvesIt(t *testing.T) {
	op := mustStep(t, inState(t, reinstall.Sent), reinstall.BecameUnknown{
		Why:       "covered",
		LastKnown: reinstall.LastKnown{Audit: "shows nothing"},
	}, soon)
	op = mustStep(t, op, reinstall.Resolve{By: person("U0BOB"), As: reinstall.Done, Why: "I looked"}, soon)
	if op.State != reinstall.Resolved || op.End.By != "U0BOB" || op.End.LastKnown == nil ||
		op.End.LastKnown.Audit != "shows nothing" {
		t.Errorf("%s %+v", op.State, op.End)
	}
}
