package reinstall_test

import (
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// seen is everybody who agreed to a stop, as they were when they did.
func seen(op reinstall.Operation) map[string]reinstall.Actor {
	who := map[string]reinstall.Actor{}
	for _, id := range op.AgreedBy() {
		who[id] = person(id)
	}
	return who
}

func mayStop(op reinstall.Operation) bool {
	return op.MayStop("", model.Calendar{}, seen(op), now) == nil
}

func TestNobodyStopsAMachineForItsImageAlone(t *testing.T) {
	for name, by := range map[string]reinstall.Actor{
		"the proposer, an approver":         person("U0ANN"),
		"the proposer, no approver":         {Person: model.Person{ID: "U0ANN"}},
		"the proposer's other account":      withMail("U0ANN2", "Ann+2@home.example"),
		"somebody whose mail Slack hides":   withMail("U0BOB", ""),
		"the proposer as everybody sees it": withMail("U0ANN", "ann@home.example"),
	} {
		op := proposal(t, 2)
		op.ProposerMail = model.Person{Email: "ann@home.example"}.Mailbox()
		op = mustStep(t, op, reinstall.AskImage{By: by, Stop: true}, now)
		if !op.StopPending() || mayStop(op) {
			t.Errorf("%s stops it alone", name)
		}
		if next, r := reinstall.Step(op, reinstall.AskImage{By: by, Stop: true}, now); r == nil {
			t.Errorf("%s asks twice: %+v", name, next.Making)
		}
		op = mustStep(t, op, reinstall.Approve{By: withMail("U0CHO", "cho@home.example"), Fingerprint: op.Fingerprint},
			now)
		if mayStop(op) {
			t.Errorf("%s: one approval of two is enough", name)
		}
	}
}

func TestTheApprovalsOrAnotherApproverLetTheMachineBeStopped(t *testing.T) {
	asked := reinstall.AskImage{By: person("U0ANN"), Stop: true}
	approve := func(who string) reinstall.Event {
		return reinstall.Approve{By: person(who), Fingerprint: proposal(t, 2).Fingerprint}
	}
	for name, es := range map[string][]reinstall.Event{
		"approved afterwards":     {asked, approve("U0BOB"), approve("U0CHO")},
		"approved before":         {approve("U0BOB"), approve("U0CHO"), asked},
		"another approver asks":   {reinstall.AskImage{By: person("U0BOB"), Stop: true}},
		"another approver agrees": {asked, reinstall.AskImage{By: person("U0BOB"), Stop: true}},
		"who has approved agrees": {asked, approve("U0BOB"), reinstall.AskImage{
			By:   person("U0BOB"),
			Stop: true,
		}},
		"it failed, and is asked for anew": {
			asked,
			reinstall.ImageGone{Why: "x"},
			reinstall.AskImage{By: person("U0BOB"), Stop: true},
		},
	} {
		op := proposal(t, 2)
		for _, e := range es {
			op = mustStep(t, op, e, now)
		}
		if op.StopPending() || !mayStop(op) {
			t.Errorf("%s: it waits: %+v", name, op.Making)
		}
	}
}

func TestABreakGlassLetsNobodyStopAMachine(t *testing.T) {
	op := glass(t, 2)
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	op = mustStep(t, op, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Fingerprint: op.Fingerprint},
		now)
	op = mustStep(t, op, reinstall.AskImage{By: person("U0ANN"), Stop: true}, now)
	if !op.StopPending() || mayStop(op) {
		t.Error("one approval of two stops it, behind a break-glass")
	}
	if op = mustStep(t, op, reinstall.AskImage{By: person("U0BOB"), Stop: true}, now); !mayStop(op) {
		t.Error("another approver's word does not count")
	}
}

func TestAStopThatIsAgreedToWaitsForTheFreezeAndTheHours(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0BOB"), Stop: true}, now)
	shut := model.Calendar{Closed: []model.Closure{{From: now.Add(-time.Hour), To: now.Add(time.Hour), Why: "sale"}}}
	if w := op.MayStop("everything is frozen: fire", model.Calendar{}, seen(op), now); w == nil ||
		w.Why != "everything is frozen: fire" {
		t.Errorf("frozen: %+v", w)
	}
	w := op.MayStop("", shut, seen(op), now)
	if w == nil || w.Why != "reinstalls are not allowed now: sale" || !w.Until.Equal(now.Add(time.Hour)) {
		t.Fatalf("closed: %+v", w)
	}
	op = mustStep(t, op, *w, now)
	if _, r := reinstall.Step(op, *w, now); r == nil {
		t.Error("the same is noted twice")
	}
	op = mustStep(t, op, reinstall.ImageGoesOn{}, soon)
	if op.Making.Waits != "" || !op.Making.At.Equal(soon) {
		t.Errorf("its time counts from when it waited: %+v", op.Making)
	}
}

func TestWhoeverAgreedToAStopMustStillBeAnApprover(t *testing.T) {
	agreed := mustStep(t, proposal(t, 2), reinstall.AskImage{By: person("U0BOB"), Stop: true}, now)
	approved := mustStep(t, proposal(t, 1), reinstall.Approve{
		By:          person("U0BOB"),
		Fingerprint: proposal(t, 1).Fingerprint,
	}, now)
	approved = mustStep(t, approved, reinstall.AskImage{By: person("U0ANN"), Stop: true}, now)
	gone := person("U0BOB")
	gone.Deleted = true
	for name, who := range map[string]map[string]reinstall.Actor{
		"not read": {}, "deactivated": {"U0BOB": gone}, "no approver": {"U0BOB": {Person: model.Person{ID: "U0BOB"}}},
	} {
		for _, op := range []reinstall.Operation{agreed, approved} {
			if op.MayStop("", model.Calendar{}, who, now) == nil {
				t.Errorf("%s: it is stopped all the same, %+v", name, op.Making)
			}
		}
	}
	again := mustStep(t, approved, reinstall.ImageWaits{Why: "x"}, now)
	if again = mustStep(t, again, reinstall.AskImage{By: person("U0CHO"), Stop: true}, now); !mayStop(again) {
		t.Error("another approver cannot agree instead")
	}
}

// An image that waits to stop the machine can be taken while it runs instead.
func TestAnImageThatWaitsForAStopIsTakenWithoutOneInstead(t *testing.T) {
	op := mustStep(t, proposal(t, 2), reinstall.AskImage{By: person("U0ANN"), Stop: true}, now)
	name := op.Making.Name
	op = mustStep(t, op, reinstall.AskImage{By: person("U0ANN")}, soon)
	if op.Making.Stop || op.StopAsked() || op.Making.Name != name {
		t.Errorf("%+v", op.Making)
	}
	begun := mustStep(t, proposal(t, 2), reinstall.AskImage{By: person("U0BOB"), Stop: true}, now)
	begun = mustStep(t, begun, reinstall.ImageLooked{Latest: begun.Baseline}, now)
	if _, r := reinstall.Step(begun, reinstall.AskImage{By: person("U0ANN")}, now); r == nil {
		t.Error("one whose call may be out is asked for otherwise")
	}
}

func TestKeysThatAreTakenBackTakeTheAgreementToAStopWithThem(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0BOB"), Stop: true}, now)
	op = mustStep(t, op, reinstall.Approve{By: person("U0CHO"), Fingerprint: op.Fingerprint}, now)
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
	r := reading(op)
	r.Latest = model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "req-9"}
	if op = mustStep(t, op, reinstall.Recheck{Result: r}, now); op.State != reinstall.Proposed || mayStop(op) {
		t.Errorf("%s: %+v", op.State, op.Making)
	}
}
