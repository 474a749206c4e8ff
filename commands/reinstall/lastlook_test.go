package reinstall_test

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func TestNothingIsArmedWithoutALastLookThatIsFresh(t *testing.T) {
	op := inState(t, reinstall.Ready)
	for what, c := range map[string]struct {
		age  time.Duration
		arms bool
	}{
		"just now": {0, true}, "as old as may be": {reinstall.LookGood, true},
		"older": {reinstall.LookGood + time.Millisecond, false}, "of the future": {-time.Second, false},
	} {
		e := arm(reading(op), soon)
		e.Recheck.Last.At = soon.Add(-c.age)
		if _, r := reinstall.Step(op, e, soon); (r == nil) != c.arms || (e.Recheck.Stale(soon) == "") != c.arms {
			t.Errorf("%s: %v, stale %q", what, r, e.Recheck.Stale(soon))
		}
	}
	if _, r := reinstall.Step(op, reinstall.Arm{Recheck: reading(op), At: soon}, soon); r == nil {
		t.Error("armed without a last look")
	}
}

// If the last look shows another machine, the rest of the re-check does not matter.
func TestTheLastLookAloneStopsTheCall(t *testing.T) {
	op := inState(t, reinstall.Ready)
	for what, change := range map[string]func(*model.Instance){
		"another id":    func(i *model.Instance) { i.Instance = "ins-00000000" },
		"a name":        func(i *model.Instance) { i.Name = "db-01" },
		"a type":        func(i *model.Instance) { i.Type = "S6.LARGE8" },
		"an image":      func(i *model.Instance) { i.ImageID = "img-x" },
		"a system":      func(i *model.Instance) { i.OSName = "x" },
		"a disk":        func(i *model.Instance) { i.SystemDisk.ID = "disk-9" },
		"a disk's size": func(i *model.Instance) { i.SystemDisk.SizeGB = 500 },
		"data disks":    func(i *model.Instance) { i.DataDisks = []model.Disk{{ID: "disk-d"}} },
		"a private IP":  func(i *model.Instance) { i.PrivateIPs = []string{"10.0.0.9"} },
		"a public IP":   func(i *model.Instance) { i.PublicIPs = []string{"1.2.3.4"} },
		"a tag": func(i *model.Instance) {
			i.Tags = map[string]string{
				"env":    "staging",
				"twokey": "protected",
			}
		},
		"a state":     func(i *model.Instance) { i.State = "STOPPING" },
		"isolated":    func(i *model.Instance) { i.IsolatedSource = "ARREAR" },
		"operating":   func(i *model.Instance) { i.Latest.State = "OPERATING" },
		"a reset":     func(i *model.Instance) { i.Latest = aReset("req-9") },
		"no record":   func(i *model.Instance) { i.Latest = model.Latest{} },
		"half of one": func(i *model.Instance) { i.Latest.RequestID = "" },
	} {
		e := arm(reading(op), soon)
		change(&e.Recheck.Last.Instance)
		if next, r := reinstall.Step(op, e, soon); r == nil || next.State != reinstall.Ready {
			t.Errorf("armed in spite of %s", what)
		}
	}
}

func TestBaselineAndSkewOfTheArmingAreTheLastLooks(t *testing.T) {
	op := inState(t, reinstall.Ready)
	e := arm(reading(op), soon)
	e.Recheck.Last.Skew, e.Recheck.Latest.State = 7*time.Second, "as read before"
	e.Recheck.Last.Instance.Latest.State = "FAILED"
	a := *mustStep(t, op, e, soon).Arming
	if a.Skew != 7*time.Second || a.Baseline.State != "FAILED" || a.Key != "key-ours" {
		t.Errorf("%+v", a)
	}
}

func TestANullRecordProvesNothing(t *testing.T) {
	null, shown := model.Latest{}, machine().Instance.Latest
	if null.Same(null) || (model.Latest{Operation: "X"}).Same(model.Latest{Operation: "X"}) {
		t.Error("two null records are called the same")
	}
	reset := resetBy(model.CallerUnsure, "req-9", now.Add(time.Minute))
	refused, before := reset, reset
	refused.Error, before.At = "ResourceInUse", now.Add(-time.Hour)
	for what, c := range map[string]struct {
		base, now model.Latest
		audit     reinstall.AuditEvidence
		comes     reinstall.State // in Ready; empty: it is read again
	}{
		"shown before, null now":    {shown, null, audit(), ""},
		"never shown, nobody asked": {null, null, reinstall.AuditEvidence{}, ""},
		"never shown, no answer":    {null, null, reinstall.AuditEvidence{Failed: "it did not answer"}, ""},
		"never shown, may not be asked": {
			null, null,
			reinstall.AuditEvidence{Failed: "no", Denied: true},
			reinstall.Ready,
		},
		"never shown, no reset":              {null, null, audit(), reinstall.Ready},
		"never shown, a reset, whoever by":   {null, null, audit(reset), reinstall.Superseded},
		"never shown, a reset that was none": {null, null, audit(refused), reinstall.Ready},
		"never shown, a reset long before":   {null, null, audit(before), reinstall.Ready},
		"a record appears":                   {null, shown, audit(), reinstall.Superseded},
		"a record appears, nobody was asked": {null, shown, reinstall.AuditEvidence{}, reinstall.Superseded},
		"shown before, and as it was":        {shown, shown, reinstall.AuditEvidence{}, reinstall.Ready},
		"half a record, of another operation": {
			null,
			model.Latest{Operation: "ResetInstance"},
			audit(),
			reinstall.Superseded,
		},
	} {
		op := inState(t, reinstall.Ready)
		op.Baseline = c.base
		r := reading(op)
		r.Latest, r.Audit = c.now, c.audit
		next, refused := reinstall.Step(op, reinstall.Recheck{Result: r}, soon)
		if (refused != nil) != (c.comes == "") || refused == nil && next.State != c.comes ||
			(op.WhyUnclear(r) != "") != (c.comes == "") {
			t.Errorf("%s: %s, %v", what, next.State, refused)
		}
		armed, _ := reinstall.Step(op, arm(r, soon), soon)
		if (armed.State == reinstall.Armed) != (c.comes == reinstall.Ready) {
			t.Errorf("%s: arming comes to %s", what, armed.State)
		}
	}
}

// A reset that only CloudAudit shows takes the keys back once: who turns them again
// has read of it.
func TestAHiddenResetTakesTheKeysBackOnce(t *testing.T) {
	op := inState(t, reinstall.Approved)
	op.Baseline = model.Latest{}
	r := reading(op)
	r.Audit = audit(resetBy(model.CallerForeign, "req-9", now.Add(time.Minute)))
	op = mustStep(t, op, reinstall.Recheck{Result: r}, soon)
	if op.State != reinstall.Proposed || !strings.Contains(op.Recalled.Outside, "CloudAudit shows ResetInstance") {
		t.Fatalf("%s, %+v", op.State, op.Recalled)
	}
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, soon)
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, soon)
	again := reading(op)
	again.Audit = r.Audit
	if op = mustStep(t, op, reinstall.Recheck{Result: again}, soon); op.State != reinstall.Ready {
		t.Errorf("it is %s", op.State)
	}
}

// Without a baseline the machine's record alone says neither that the call was
// taken nor that it was not.
func TestWithoutABaselineNothingIsInferred(t *testing.T) {
	op := inState(t, reinstall.Armed)
	op.Arming.Baseline = model.Latest{}
	t0, dead := op.Arming.At, op.Arming.At.Add(model.DeadAfter)
	reboot := model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "req-8"}
	for what, l := range map[string]model.Latest{"a reset": aReset("req-9"), "a reboot": reboot, "null": {}} {
		if e := reinstall.Reconcile(op, seeing(l, t0.Add(time.Minute)), audit()); e != nil {
			t.Errorf("%s: %#v", what, e)
		}
		end := dead
		if l.Null() {
			end = t0.Add(model.LostAfter)
		}
		if _, ok := reinstall.Reconcile(op, seeing(l, end), audit()).(reinstall.BecameUnknown); !ok {
			t.Errorf("%s: it is not called unknown", what)
		}
	}
	mine := audit(resetBy(model.CallerOurs, "req-9", t0))
	if e, ok := reinstall.Reconcile(op, seeing(aReset("req-9"), t0.Add(time.Minute)), mine).(reinstall.Accepted); !ok ||
		!e.Audited {
		t.Errorf("CloudAudit's word is not taken: %#v", e)
	}
	if !reinstall.NeedsAudit(op, nil) {
		t.Error("CloudAudit is not asked")
	}
	sent := mustStep(t, op, reinstall.Accepted{RequestID: "req-1"}, soon)
	if e := reinstall.Follow(sent, seeing(reboot, t0.Add(time.Minute)), audit()); e != nil {
		t.Errorf("an older record that shows at last: %#v", e)
	}
}

func TestABackupImageHidesNothingWhereThereWasNoRecord(t *testing.T) {
	op := proposal(t, 1)
	op.Baseline = model.Latest{}
	op = mustStep(t, op, reinstall.AskImage{By: person("U0ANN")}, now)
	op = mustStep(t, op, reinstall.ImageLooked{Latest: model.Latest{}}, now)
	op = mustStep(t, op, reinstall.ImageStarted{ID: "img-b"}, now)
	op = mustStep(t, op, reinstall.ImageReady{Latest: model.Latest{
		Operation: "CreateImage", State: "SUCCESS",
		RequestID: "req-10",
	}}, now)
	if !op.Baseline.Null() {
		t.Error("the image's record became the baseline")
	}
}

func TestAnOperationBetweenTheLookAndTheImageIsNotHidden(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0ANN")}, now)
	op = mustStep(t, op, reinstall.ImageLooked{Latest: op.Baseline}, now)
	if _, r := reinstall.Step(op, reinstall.ImageLooked{Latest: op.Baseline}, now); r == nil {
		t.Error("the same was noted twice")
	}
	if op = mustStep(t, op, reinstall.ImageLooked{Latest: aReset("req-9")}, now); op.Making.Clean {
		t.Error("it is clean still")
	}
}
