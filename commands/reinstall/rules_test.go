package reinstall_test

import (
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

var (
	now     = modeltest.Now
	machine = modeltest.Machine
	terms   = modeltest.Terms
)

type failer = modeltest.Failer

func person(id string) reinstall.Actor {
	return reinstall.Actor{Person: model.Person{ID: id}, Approver: true, Proposer: true}
}

func proposal(t failer, n int) reinstall.Operation {
	t.Helper()
	f, w := machine(), modeltest.Request()
	p := model.MakePlan(w, f, terms(n))
	fs := model.Preflight(model.Case{Request: w, Facts: f, Terms: p.Terms, Plan: p, Now: now})
	op, r := reinstall.Propose("7K3Q", "C0INFRA", "U0ANN", w, p, f, fs, now)
	if r != nil {
		t.Fatal(r)
	}
	return op
}

func reading(op reinstall.Operation) reinstall.RecheckResult {
	return reinstall.RecheckResult{Plan: op.Plan, Latest: op.Baseline, Evidence: op.Evidence, Actors: standings(op)}
}

// lately is a re-check whose last look at the machine was at that moment. The machine
// is the plan's, and its record is as the re-check has it.
func lately(r reinstall.RecheckResult, at time.Time) reinstall.RecheckResult {
	i, p := machine().Instance, r.Plan
	i.Ref, i.Name, i.Type, i.PrivateIPs, i.PublicIPs, i.Tags = p.Ref, p.Name, p.Type, p.PrivateIPs, p.PublicIPs, p.Tags
	i.DataDisks, i.OSName, i.ImageID, i.SystemDisk, i.Latest = p.DataDisks, p.FromOS, p.FromImage, p.Disk, r.Latest
	r.Last = reinstall.LastLook{Instance: i, At: at, Skew: r.Last.Skew}
	return r
}

// arm arms on what is read at that moment.
func arm(r reinstall.RecheckResult, at time.Time) reinstall.Arm {
	return reinstall.Arm{Recheck: lately(r, at), At: at, Key: "key-ours"}
}

// rebind makes an operation, with the keys that were turned on it, one of
// another fingerprint.
func rebind(op *reinstall.Operation, print string) {
	op.Fingerprint, op.Backup.Fingerprint = print, print
	for i := range op.Approvals {
		op.Approvals[i].Fingerprint = print
	}
}

// standings is everybody who has approved, as they were when they did.
func standings(op reinstall.Operation) map[string]reinstall.Actor {
	who := map[string]reinstall.Actor{}
	for _, a := range op.Approvals {
		s := person(a.By)
		s.Seats = a.Seats
		who[a.By] = s
	}
	return who
}

// events is one of each, as it comes at the time it belongs to.
func events(op reinstall.Operation) []reinstall.Event {
	return []reinstall.Event{
		reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint},
		reinstall.ConfirmBackup{
			By: person("U0ANN"), Typed: "web-01", Evidence: machine().Evidence[0],
			Fingerprint: op.Fingerprint,
		},
		reinstall.Reject{By: person("U0BOB"), Why: "not now"},
		reinstall.BreakGlass{By: person("U0BOB"), Why: "it is on fire", Fingerprint: op.Fingerprint},
		reinstall.Cancel{By: person("U0ANN")},
		reinstall.AskImage{By: person("U0ANN")},
		reinstall.ImageWaits{Why: "frozen"},
		reinstall.ImageGoesOn{},
		reinstall.ImageProgress{Percent: 40},
		reinstall.Hold{By: person("U0BOB")},
		reinstall.Resume{By: person("U0BOB")},
		reinstall.Reseal{},
		reinstall.Remind{},
		reinstall.Escalate{},
		reinstall.Expire{},
		reinstall.Recheck{Result: reading(op)},
		reinstall.CountdownShown{Of: op.Announced},
		reinstall.CountdownNotShown{Of: op.Announced, Why: "the channel is archived"},
		reinstall.CountdownShowable{Of: op.Announced},
		reinstall.RestartCountdown{},
		reinstall.Waiting{Why: "frozen"},
		reinstall.WaitOver{},
		arm(reading(op), soon),
		reinstall.Accepted{RequestID: "req-1"},
		reinstall.Accepted{RequestID: "req-1", Inferred: true},
		reinstall.Accepted{RequestID: "req-1", Audited: true},
		reinstall.Disowned{Event: model.CloudEvent{
			Operation: "ResetInstance", RequestID: "req-9",
			Caller: model.CallerForeign,
		}},
		reinstall.AnswerLost{Why: "time-out"},
		reinstall.Declined{Code: "InvalidImageId.NotFound", Why: "the image is gone"},
		reinstall.NothingSent{Why: "the request never reached the cloud"},
		reinstall.StatusChanged{Status: "STOPPED"},
		reinstall.BecameSlow{},
		reinstall.CloudUnreachable{Why: "it does not answer"},
		reinstall.CloudReachable{},
		reinstall.BecameUnknown{Why: "covered"},
		reinstall.Succeeded{},
		reinstall.ResetFailed{Why: "no capacity"},
		reinstall.Resolve{By: person("U0BOB"), As: reinstall.Done, Why: "I looked"},
		reinstall.ProofEnded{Result: reinstall.ProbeResult{Open: true}},
		reinstall.PasswordNotSeen{Sealed: "sealed"},
		reinstall.ShowPassword{By: person("U0ANN")},
		reinstall.ImageLooked{Latest: op.Baseline},
		reinstall.ImageStarted{ID: "img-b"},
		reinstall.ImageReady{Evidence: op.Evidence},
		reinstall.ImageGone{Why: "no room"},
		reinstall.Stopped{By: reinstall.Operation{
			ID: "AAA0", State: reinstall.Failed, End: &reinstall.End{At: now, Why: "x"},
			Batch: &reinstall.Batch{Members: op.Members()},
		}},
		reinstall.Recall{By: reinstall.Operation{
			ID: "AAA0", State: reinstall.Proposed, Batch: &reinstall.Batch{Members: op.Members(), Round: op.Round() + 1},
		}},
		reinstall.AwaitClearance{Result: reading(op), Why: "it waits for web-00, which goes first"},
	}
}

// soon is after the countdown of every operation in the table, later is after
// its expiry.
var (
	soon  = now.Add(time.Hour)
	later = now.Add(5 * time.Hour)
)

// inState returns an operation that has come to a state by events.
func inState(t failer, s reinstall.State) reinstall.Operation {
	t.Helper()
	op := proposal(t, 1)
	step := func(e reinstall.Event, at time.Time) {
		next, r := reinstall.Step(op, e, at)
		if r != nil {
			t.Fatalf("to %s: %s: %v", s, e.Name(), r)
		}
		op = next
	}
	announced := func() {
		step(reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
		step(reinstall.ConfirmBackup{
			By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
			Fingerprint: op.Fingerprint,
		}, now)
		step(reinstall.Recheck{Result: reading(op)}, now)
	}
	ready := func() {
		announced()
		step(reinstall.CountdownShown{Of: op.Announced}, now)
	}
	armed := func() {
		ready()
		step(arm(reading(op), now.Add(time.Minute)), now.Add(time.Minute))
	}
	sent := func() {
		armed()
		step(reinstall.Accepted{RequestID: "req-1"}, now.Add(time.Minute))
	}
	switch s {
	case reinstall.Proposed:
	case reinstall.Approved:
		step(reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}, now)
		step(reinstall.ConfirmBackup{
			By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
			Fingerprint: op.Fingerprint,
		}, now)
	case reinstall.Ready:
		ready()
	case reinstall.Held:
		ready()
		step(reinstall.Hold{By: person("U0BOB")}, now)
	case reinstall.Armed:
		armed()
	case reinstall.Sent:
		sent()
	case reinstall.Done:
		sent()
		step(reinstall.Succeeded{Probe: &model.Probe{SSH: 22, Within: time.Minute}}, now)
	case reinstall.Failed:
		sent()
		step(reinstall.ResetFailed{Why: "x"}, now)
	case reinstall.Refused:
		armed()
		step(reinstall.Declined{Code: "X", Why: "x"}, now)
	case reinstall.Superseded:
		ready()
		r := reading(op)
		r.Latest = model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "req-9"}
		step(reinstall.Recheck{Result: r}, now)
	case reinstall.NotSent:
		armed()
		step(reinstall.NothingSent{Why: "x"}, now)
	case reinstall.Unknown:
		sent()
		step(reinstall.BecameUnknown{Why: "x"}, now)
	case reinstall.Resolved:
		sent()
		step(reinstall.BecameUnknown{Why: "x"}, now)
		step(reinstall.Resolve{By: person("U0BOB"), As: reinstall.Done, Why: "x"}, now)
	case reinstall.Rejected:
		step(reinstall.Reject{By: person("U0BOB"), Why: "x"}, now)
	case reinstall.Cancelled:
		step(reinstall.Cancel{By: person("U0ANN")}, now)
	case reinstall.Expired:
		step(reinstall.Expire{}, later)
	}
	if op.State != s {
		t.Fatalf("came to %s, not %s", op.State, s)
	}
	return op
}
