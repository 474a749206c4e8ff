package reinstall_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// people is everybody who might click, with what Slack and the policy say.
var people = []reinstall.Actor{
	{Person: model.Person{ID: "U0ANN"}, Approver: true}, // the proposer, who is an approver as well
	person("U0BOB"), person("U0CHO"), person("U0DAN"),
	{Person: model.Person{ID: "U0DEE"}},
	{Person: model.Person{ID: "U0GUS", Guest: true}, Approver: true},
	{Person: model.Person{ID: "U0EVE", Outside: true}, Approver: true},
	{Person: model.Person{ID: "U0BOT", Bot: true}, Approver: true},
	{Person: model.Person{ID: "U0REX", Deleted: true}, Approver: true},
	{}, // could not be looked up
}

func mayCount(s reinstall.Actor) bool {
	return s.ID != "" && s.ID != "U0ANN" && s.Approver && !s.Guest && !s.Outside && !s.Bot && !s.Deleted
}

// world is the cloud of the property test: it changes under the proposal's
// feet.
type world struct {
	facts   model.Facts
	request int
}

func (w *world) reading(op reinstall.Operation, at time.Time) reinstall.RecheckResult {
	p := model.MakePlan(op.Request, w.facts, op.Plan.Terms)
	return reinstall.RecheckResult{
		Plan: p, Latest: w.facts.Instance.Latest, Evidence: w.facts.Evidence, Actors: standings(op),
		Findings: model.Preflight(model.Case{
			Request: op.Request, Facts: w.facts, Terms: op.Plan.Terms, Plan: p,
			Now: at,
		}),
	}
}

// ledger is the test's own account of the keys, kept apart from the code's.
type ledger struct {
	print     string
	approvals map[string]bool
	backup    bool
	less      bool // a break-glass on this plan
}

// Promise 2, and the half of promise 1 that the rules can keep, over any clicks,
// drifts and answers. An operation is armed only with n distinct people's keys and a
// backup key on that very plan, and never twice.
func TestNeverAResetWithoutBothKeysOnThatVeryPlanAndNeverTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 3).Draw(t, "approvals")
		op := proposal(t, n)
		op.Plan.Terms.Asking.BreakGlass = rapid.Bool().Draw(t, "break-glass is allowed")
		op.Fingerprint = op.Plan.Fingerprint()
		w := &world{facts: machine()}
		at := now
		book := ledger{print: op.Fingerprint, approvals: map[string]bool{}}
		arms := 0
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second)
			e := randomEvent(t, op, w, at)
			next, r := reinstall.Step(op, e, at)
			if r != nil {
				if next.State != op.State {
					t.Fatalf("a refusal changed the state: %v", r)
				}
				continue
			}
			if next.Fingerprint != book.print {
				book = ledger{print: next.Fingerprint, approvals: map[string]bool{}}
			}
			switch e := e.(type) {
			case reinstall.Approve:
				if !mayCount(e.By) {
					t.Fatalf("the key of %+v was taken", e.By)
				}
				book.approvals[e.By.ID] = true
			case reinstall.BreakGlass:
				if book.less = true; !op.Plan.Terms.Asking.BreakGlass || e.By.ID == "" {
					t.Fatalf("an approval less for %+v", e.By)
				}
			case reinstall.ConfirmBackup:
				book.backup = true
			case reinstall.Recheck:
				if next.State == reinstall.Proposed {
					book = ledger{print: next.Fingerprint, approvals: map[string]bool{}}
				}
			case reinstall.Arm:
				arms++
				need := n
				if book.less && n > 1 {
					need--
				}
				if len(book.approvals) < need || !book.backup {
					t.Fatalf("armed with %d of %d approvals and backup %v", len(book.approvals), need, book.backup)
				}
				if got := w.reading(op, at).Plan.Fingerprint(); got != next.Fingerprint ||
					book.print != next.Fingerprint {
					t.Fatalf("armed on another plan than the machine's")
				}
			}
			if op.State == reinstall.Armed && slices.Contains([]reinstall.State{
				reinstall.Proposed, reinstall.Approved, reinstall.Ready, reinstall.Held,
			}, next.State) {
				t.Fatalf("an edge leads back from armed to %s", next.State)
			}
			op = next
		}
		if arms > 1 {
			t.Fatalf("armed %d times", arms)
		}
	})
}

func randomEvent(t *rapid.T, op reinstall.Operation, w *world, at time.Time) reinstall.Event {
	by := rapid.SampledFrom(people).Draw(t, "by")
	print := op.Fingerprint
	if rapid.IntRange(0, 9).Draw(t, "stale") == 0 {
		print = "0ldf1ngerpr1nt"
	}
	if rapid.IntRange(0, 14).Draw(t, "drifts") == 0 {
		w.drift(t)
	}
	r := w.reading(op, at)
	if rapid.IntRange(0, 9).Draw(t, "glass") == 0 {
		return reinstall.BreakGlass{By: by, Why: "it is on fire", Fingerprint: print}
	}
	kind := rapid.IntRange(0, 15).Draw(t, "event")
	switch {
	case op.State == reinstall.Approved && kind < 10:
		return reinstall.Recheck{Result: r}
	case op.State == reinstall.Ready && op.Shown.IsZero() && kind < 8:
		return reinstall.CountdownShown{Of: op.Announced}
	case op.State == reinstall.Ready && kind < 8:
		return arm(r, at)
	case op.State == reinstall.Proposed && kind < 5:
		return reinstall.Approve{By: by, Fingerprint: print}
	case op.State == reinstall.Proposed && kind < 9:
		typed := rapid.SampledFrom([]string{"web-01", "web-01", "web-01", "web-O1", "web-02", ""}).Draw(t, "typed")
		ev := model.Evidence{}
		if len(w.facts.Evidence) > 0 {
			ev = w.facts.Evidence[0]
		}
		return reinstall.ConfirmBackup{By: by, Typed: typed, Evidence: ev, Fingerprint: print}
	}
	all := events(op)
	e := all[rapid.IntRange(0, len(all)-1).Draw(t, "any")]
	switch e.(type) { // readings always come from the world
	case reinstall.Arm:
		return arm(r, at)
	case reinstall.Recheck:
		return reinstall.Recheck{Result: r}
	}
	return e
}

// drift changes something that the plan stands on.
func (w *world) drift(t *rapid.T) {
	i := &w.facts.Instance
	switch rapid.IntRange(0, 4).Draw(t, "what") {
	case 0:
		i.Tags = map[string]string{"env": rapid.SampledFrom([]string{"staging", "prod", "dev"}).Draw(t, "env")}
	case 1:
		i.SystemDisk.SizeGB += 10
	case 2:
		w.request++
		i.Latest = model.Latest{
			Operation: "RebootInstances", State: "SUCCESS",
			RequestID: string(rune('a' + w.request%26)),
		}
	case 3:
		w.facts.Evidence = nil
	case 4:
		w.facts.Evidence = machine().Evidence
	}
}

func TestTheProposerNeverCounts(t *testing.T) {
	op := proposal(t, 1)
	_, r := reinstall.Step(op, reinstall.Approve{By: people[0], Fingerprint: op.Fingerprint}, now)
	if r == nil || r.Why != "you made this proposal, and the proposer never counts" {
		t.Fatalf("got %v", r)
	}
}

func TestNoOutsiderGuestBotOrDeactivatedPersonTurnsAKey(t *testing.T) {
	for _, s := range people[4:] {
		op := proposal(t, 1)
		if _, r := reinstall.Step(op, reinstall.Approve{By: s, Fingerprint: op.Fingerprint}, now); r == nil {
			t.Errorf("%+v approved", s)
		}
		e := reinstall.ConfirmBackup{By: s, Typed: "web-01", Evidence: op.Evidence[0], Fingerprint: op.Fingerprint}
		if _, r := reinstall.Step(op, e, now); r == nil {
			t.Errorf("%+v confirmed the backup", s)
		}
	}
}

func TestOnePersonIsOneKey(t *testing.T) {
	op := proposal(t, 2)
	op, _ = reinstall.Step(op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	next, r := reinstall.Step(op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	if r == nil || len(next.Keys().By) != 1 {
		t.Fatalf("counted %v, refusal %v", next.Keys().By, r)
	}
}

func TestANearMissOfTheNameIsRefusedAndNamesWhatWasExpected(t *testing.T) {
	op := proposal(t, 1)
	_, r := reinstall.Step(op, reinstall.ConfirmBackup{
		By: person("U0BOB"), Typed: "web-O1", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
	if r == nil || r.Why != "“web-O1” is not this machine: its name is “web-01”" {
		t.Fatalf("got %v", r)
	}
}

func TestDriftVoidsTheKeysAndListsOldAndNew(t *testing.T) {
	op := inState(t, reinstall.Approved)
	r := reading(op)
	r.Plan.Tags = map[string]string{"env": "prod"}
	changes := op.ChangesSince(r, now)
	if len(changes) != 1 || changes[0] != (model.Change{Name: "tags", Old: "env=staging", New: "env=prod"}) {
		t.Errorf("changes %v", changes)
	}
	next, refused := reinstall.Step(op, reinstall.Recheck{Result: r}, now)
	if refused != nil || next.State != reinstall.Proposed || len(next.Keys().By) != 0 || next.Keys().Backup {
		t.Errorf("state %s, keys %+v, refusal %v", next.State, next.Keys(), refused)
	}
}

func TestEveryFieldOfThePlanIsInTheFingerprint(t *testing.T) {
	base := proposal(t, 1).Plan
	for name, change := range map[string]func(*model.Plan){
		"account": func(p *model.Plan) { p.Account = "x" }, "region": func(p *model.Plan) { p.Region = "x" },
		"instance": func(p *model.Plan) { p.Instance = "x" }, "name": func(p *model.Plan) { p.Name = "x" },
		"type": func(p *model.Plan) { p.Type = "x" }, "private": func(p *model.Plan) { p.PrivateIPs = []string{"x"} },
		"public": func(p *model.Plan) { p.PublicIPs = []string{"x"} }, "tags": func(p *model.Plan) { p.Tags = nil },
		"data": func(p *model.Plan) { p.DataDisks = []model.Disk{{ID: "x"}} },
		"os":   func(p *model.Plan) { p.FromOS = "x" },
		"from": func(p *model.Plan) { p.FromImage = "x" }, "image": func(p *model.Plan) { p.Image.ID = "x" },
		"made": func(p *model.Plan) { p.Image.Created = now }, "disk": func(p *model.Plan) { p.Disk.ID = "x" },
		"size": func(p *model.Plan) { p.DiskGB++ }, "login": func(p *model.Plan) { p.Login.Kind = "password" },
		"keys": func(p *model.Plan) { p.Login = model.Login{Kind: "key", Keys: []string{"skey-1"}} },
		"host": func(p *model.Plan) { p.HostName = "x" }, "price": func(p *model.Plan) { p.After = nil },
		"approvals": func(p *model.Plan) { p.Terms.Approvals++ },
		"backup":    func(p *model.Plan) { p.Terms.Backup = false },
		"approvers": func(p *model.Plan) { p.Terms.Approvers.Users = []string{"x"} },
		"quorum":    func(p *model.Plan) { p.Terms.Quorum = []model.Seat{{People: p.Terms.Approvers, Approvals: 1}} },
		"calendar": func(p *model.Plan) {
			p.Terms.Calendar.Closed = []model.Closure{{From: now, To: soon, Why: "x"}}
		},
	} {
		p := base
		change(&p)
		if p.Fingerprint() == base.Fingerprint() {
			t.Errorf("%s is not in the fingerprint", name)
		}
	}
}

// mustStep applies an event that must not be refused.
func mustStep(t failer, op reinstall.Operation, e reinstall.Event, at time.Time) reinstall.Operation {
	t.Helper()
	next, r := reinstall.Step(op, e, at)
	if r != nil {
		t.Fatalf("%s in %s: %v", e.Name(), op.State, r)
	}
	return next
}

func TestKeysThatAreTooOldArmNothing(t *testing.T) {
	op := inState(t, reinstall.Ready)
	old := op.Expires
	if _, r := reinstall.Step(op, arm(reading(op), old), old); r == nil {
		t.Error("armed after its keys had expired")
	}
	if next := mustStep(t, op, reinstall.Expire{}, old); next.State != reinstall.Expired {
		t.Errorf("it is %s", next.State)
	}
}

func TestAfterAWaitEverythingIsCheckedAndCountedDownAgain(t *testing.T) {
	op := mustStep(t, inState(t, reinstall.Ready), reinstall.Waiting{Why: "frozen"}, soon)
	op = mustStep(t, op, reinstall.WaitOver{}, soon)
	if op.State != reinstall.Approved || op.Waits != "" {
		t.Fatalf("it is %s, waits %q", op.State, op.Waits)
	}
	op = mustStep(t, op, reinstall.Recheck{Result: reading(op)}, soon)
	op = mustStep(t, op, reinstall.CountdownShown{Of: op.Announced}, soon)
	if want := soon.Add(op.Plan.Terms.Countdown); !op.Starts.Equal(want) {
		t.Errorf("starts %s, want %s", op.Starts, want)
	}
}

func TestAHoldNeverWaitsToKnowWhoAsked(t *testing.T) {
	stranger := reinstall.Actor{Person: model.Person{ID: "U0WHO"}}
	op := inState(t, reinstall.Ready)
	op.Plan.Terms.Hold = model.HoldApprovers
	if _, r := reinstall.Step(op, reinstall.Hold{By: stranger}, soon); r == nil {
		t.Error("held by somebody who was checked and may not")
	}
	if next := mustStep(t, op, reinstall.Hold{By: stranger, Unchecked: true}, soon); next.State != reinstall.Held {
		t.Errorf("it is %s", next.State)
	}
}

func TestAnyFullMemberHoldsUnlessThePolicySaysApprovers(t *testing.T) {
	bystander := reinstall.Actor{Person: model.Person{ID: "U0DEE"}}
	ann := reinstall.Actor{Person: model.Person{ID: "U0ANN"}} // the proposer, no approver
	for _, c := range []struct {
		terms model.HoldBy
		by    reinstall.Actor
		may   bool
	}{
		{model.HoldAnyone, bystander, true},
		{model.HoldAnyone, ann, true},
		{model.HoldAnyone, reinstall.Actor{Person: model.Person{ID: "U0GUS", Guest: true}}, false},
		{model.HoldAnyone, reinstall.Actor{Person: model.Person{ID: "U0EVE", Outside: true}}, false},
		{model.HoldAnyone, reinstall.Actor{Person: model.Person{ID: "U0ROBOT", Bot: true}}, false},
		{model.HoldAnyone, reinstall.Actor{Person: model.Person{ID: "U0REX", Deleted: true}}, false},
		{model.HoldApprovers, bystander, false},
		{model.HoldApprovers, ann, true},
		{model.HoldApprovers, person("U0BOB"), true},
	} {
		op := inState(t, reinstall.Ready)
		op.Plan.Terms.Hold = c.terms
		if _, r := reinstall.Step(op, reinstall.Hold{By: c.by}, soon); (r == nil) != c.may {
			t.Errorf("hold: %q, pressed by %s: %v", c.terms, c.by.ID, r)
		}
	}
	held := mustStep(t, inState(t, reinstall.Ready), reinstall.Hold{By: bystander}, soon)
	if _, r := reinstall.Step(held, reinstall.Resume{By: bystander}, soon); r == nil {
		t.Error("somebody resumes who is no approver")
	}
}

func TestWhoAsksForABackupIsOwedOneAlsoWhereThePolicyAsksForNone(t *testing.T) {
	f, tm := machine(), terms(1)
	tm.Backup = false
	w := model.Request{Target: "web-01", Backup: "image", Login: model.Login{Kind: "message-center"}}
	p := model.MakePlan(w, f, tm)
	op, r := reinstall.Propose("7K3Q", "C0INFRA", "U0ANN", w, p, f, nil, now)
	if r != nil {
		t.Fatal(r)
	}
	op = mustStep(t, op, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
	if op.State != reinstall.Proposed {
		t.Errorf("it is %s, though the image that was asked for is not there", op.State)
	}
}

func TestABackupImageThatNoLongerCountsCanBeMadeAnew(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0ANN")}, now)
	op = mustStep(t, op, reinstall.ImageLooked{Latest: op.Baseline}, now)
	op = mustStep(t, op, reinstall.ImageStarted{ID: "img-b"}, now)
	made := model.Evidence{Kind: "image", ID: "img-b", Ours: true, State: "NORMAL", Created: now}
	op = mustStep(t, op, reinstall.ImageReady{Evidence: []model.Evidence{made}}, now)
	if _, r := reinstall.Step(op, reinstall.AskImage{By: person("U0ANN")}, now); r == nil {
		t.Error("a second image was asked for beside a good one")
	}
	op.Plan.Terms.BackupMaxAge = time.Minute
	op.Fingerprint = op.Plan.Fingerprint()
	mustStep(t, op, reinstall.AskImage{By: person("U0ANN")}, soon)
}

func TestTheAnswerItselfCorrectsWhatWasOnlyInferred(t *testing.T) {
	armed := inState(t, reinstall.Armed)
	inferred := mustStep(t, armed, reinstall.Accepted{RequestID: "req-of-somebody-else", Inferred: true}, soon)
	lost := mustStep(t, armed, reinstall.BecameUnknown{Why: "covered"}, soon)
	for name, op := range map[string]reinstall.Operation{"inferred": inferred, "unknown": lost} {
		if got := mustStep(t, op, reinstall.Accepted{RequestID: "req-1"}, soon); got.RequestID != "req-1" ||
			got.Inferred || got.State != reinstall.Sent {
			t.Errorf("%s, then taken: %s, %s", name, got.State, got.RequestID)
		}
		if got := mustStep(t, op, reinstall.Declined{Code: "X", Why: "no"}, soon); got.State != reinstall.Refused {
			t.Errorf("%s, then refused: %s", name, got.State)
		}
	}
	if _, r := reinstall.Step(inferred, reinstall.Accepted{RequestID: "req-9", Inferred: true}, soon); r == nil {
		t.Error("an inference replaced an inference")
	}
}

func TestARecordThatShowsNothingProvesNothing(t *testing.T) {
	op := inState(t, reinstall.Armed)
	op.Arming.Baseline = model.Latest{}
	s := reinstall.Observation{Instance: machine().Instance, ServerTime: op.Arming.At.Add(model.DeadAfter)}
	s.Instance.Latest = model.Latest{}
	if e := reinstall.Reconcile(op, s, reinstall.AuditEvidence{}); e != nil {
		t.Errorf("a null record proved %q", e.Name())
	}
	s.ServerTime = op.Arming.At.Add(model.LostAfter)
	if _, ok := reinstall.Reconcile(op, s, reinstall.AuditEvidence{}).(reinstall.BecameUnknown); !ok {
		t.Error("after an hour it is not called unknown")
	}
}

func TestABackupImageDoesNotHideWhatSomebodyElseDidBeforeIt(t *testing.T) {
	reboot := model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "req-9"}
	image := model.Latest{Operation: "CreateImage", State: "SUCCESS", RequestID: "req-10"}
	for before, hides := range map[model.Latest]bool{reboot: false, proposal(t, 1).Baseline: true} {
		op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0ANN")}, now)
		op = mustStep(t, op, reinstall.ImageLooked{Latest: before}, now)
		op = mustStep(t, op, reinstall.ImageStarted{ID: "img-b"}, now)
		op = mustStep(t, op, reinstall.ImageReady{Latest: image}, now)
		if got := op.Baseline.Same(image); got != hides {
			t.Errorf("after %s the image is the baseline: %v", before.Operation, got)
		}
	}
}
