package sample

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// Night is when the proposals of the cards are made.
var Night = time.Date(2026, 3, 14, 3, 7, 0, 0, time.UTC)

// A life is one proposal, led by the rules' own steps to the state whose card
// is drawn.
type life struct {
	facts   model.Facts
	request model.Request
	terms   model.Terms
	freeze  *model.Freeze
	op      reinstall.Operation
	rev     int64
	at      time.Time
	id      string               // of the operation
	before  screen.EarlierResets // how long earlier resets took
	others  []*life              // behind it, where it leads several
	thread  []view.Text          // what its thread says
	message int                  // which of it is the countdown's
	err     error                // the first refusal; nothing goes on behind it
}

// newProposal is a proposal of web-01 to which something is changed beforehand.
func newProposal(change ...func(*life)) *life {
	l := &life{
		facts: machineWeb01(), request: model.Request{Image: "img-487zeit5", Reason: "kernel panics at boot"},
		terms: oneOf("S0ONCALL"), rev: 1, at: Night, id: "7K3Q",
	}
	for _, c := range change {
		c(l)
	}
	l.facts.Around = model.CompleteAround(l.facts.Instance, l.facts.Around)
	l.terms = l.terms.Weighed(l.facts.Around)
	r := l.recheckNow()
	op, refused := reinstall.Propose(l.id, "C0INFRA", "U0ANN", l.request, r.Plan, l.facts, r.Findings, l.at)
	if refused != nil {
		l.err = fmt.Errorf("proposing: %s", refused.Why)
	}
	l.op, l.thread = op, []view.Text{screen.OpeningText([]reinstall.Operation{op})}
	return l
}

// stepAfter is what happens next, and how much later.
func (l *life) stepAfter(after time.Duration, e reinstall.Event) *life {
	if l.err != nil {
		return l
	}
	l.at = l.at.Add(after)
	op, refused := reinstall.Step(l.op, e, l.at)
	if refused != nil {
		l.err = fmt.Errorf("%s: %s", e.Name(), refused.Why)
		return l
	}
	l.tell(screen.Tell(l.op, op, e))
	if op.AwaitsShowing(op.Announced) && !l.op.AwaitsShowing(op.Announced) {
		l.message = len(l.thread) - 1
	}
	l.op, l.rev = op, l.rev+1
	return l
}

// tell adds to the thread what it says of a step.
func (l *life) tell(t screen.Told) {
	if len(t.Edit) > 0 {
		l.thread[l.message] = t.Edit
	}
	l.thread = append(l.thread, t.Lines...)
}

// firstError is the first refusal of it or of those behind it.
func (l *life) firstError() error {
	err := l.err
	for _, o := range l.others {
		err = errors.Join(err, o.err)
	}
	return err
}

// drawCard draws it as it stands.
func (l *life) drawCard() view.Card {
	recs, before := l.records(), map[string]screen.EarlierResets{l.op.ID: l.before}
	for _, o := range l.others {
		before[o.id] = o.before
	}
	return screen.UnderFreeze(screen.DrawCard(port.Ops(recs), recs[0].Rev, func(string) string { return "CNY" },
		l.latest(), before), l.freeze)
}

// latest is when something happened last, to it or to those behind it.
func (l *life) latest() time.Time {
	at := l.at
	for _, o := range l.others {
		if o.at.After(at) {
			at = o.at
		}
	}
	return at
}

// changedOutside has a record that somebody changed in Redis: nothing of
// it is believed; its machine and channel are shown, for people to look.
func (l *life) changedOutside() *life {
	l.op = reinstall.Operation{
		ID: l.op.ID, State: reinstall.Tampered, Channel: l.op.Channel, Proposer: l.op.Proposer,
		Plan: model.Plan{Ref: l.op.Plan.Ref, Name: l.op.Plan.Name},
		End:  &reinstall.End{Why: "its record was changed outside Twokey"},
	}
	return l
}

// wholeThread is what its thread says, and of several what each adds.
func (l *life) wholeThread() []view.Text {
	out := slices.Clone(l.thread)
	for _, o := range l.others {
		out = append(out, o.thread[1:]...)
	}
	return out
}

// records are its own, and of several those of all.
func (l *life) records() []port.Record {
	out := []port.Record{l.asRecord()}
	for _, o := range l.others {
		out = append(out, o.asRecord())
	}
	return out
}

func (l *life) asRecord() port.Record { return port.Record{Op: l.op, Rev: l.rev} }

// recheckNow is what the cloud, the policy and Slack would say now.
func (l *life) recheckNow() reinstall.RecheckResult {
	p := model.MakePlan(l.request, l.facts, l.terms)
	return reinstall.RecheckResult{
		Plan: p, Latest: l.facts.Instance.Latest, Evidence: l.facts.Evidence, Around: l.facts.Around,
		Last:     reinstall.LastLook{Instance: l.facts.Instance, At: l.op.Starts, Skew: l.facts.Skew},
		Actors:   map[string]reinstall.Actor{"U0BOB": approverActor("U0BOB"), "U0CHO": approverActor("U0CHO")},
		Findings: model.Preflight(model.Case{Request: l.request, Facts: l.facts, Terms: l.terms, Plan: p, Now: l.at}),
	}
}

func (l *life) approvedBy(by string, seats ...int) *life {
	s := approverActor(by)
	s.Seats = seats
	return l.stepAfter(2*time.Minute, reinstall.Approve{By: s, Fingerprint: l.op.Fingerprint})
}

func (l *life) backedUp() *life {
	return l.stepAfter(time.Minute, reinstall.ConfirmBackup{
		By: annActor(), Typed: l.op.Plan.Name,
		Evidence: l.facts.Evidence[0], Fingerprint: l.op.Fingerprint,
	})
}

// keysTurned has both keys.
func (l *life) keysTurned() *life { return l.approvedBy("U0BOB").backedUp() }

// countdownAnnounced has a countdown that is just being shown.
func (l *life) countdownAnnounced() *life {
	return l.keysTurned().stepAfter(2*time.Second, reinstall.Recheck{Result: l.recheckNow()})
}

func (l *life) countdownRunning() *life { return l.countdownAnnounced().countdownShown() }

// countdownShown has the countdown stand before people at once.
func (l *life) countdownShown() *life {
	l.stepAfter(0, reinstall.CountdownShown{Of: l.op.Announced})
	l.rev--
	return l
}

// callArmed is past the point of no return.
func (l *life) callArmed() *life {
	password := ""
	if l.request.Login.Kind == model.LoginPassword {
		password = "sealed"
	}
	l.countdownRunning()
	return l.stepAfter(l.terms.Countdown, reinstall.Arm{Recheck: l.recheckNow(), At: l.op.Starts, Password: password})
}

const request = "5f1c9a54-8a0e-4c7e-9d5b-3f6d2c1b7a10"

func (l *life) callSent() *life {
	return l.callArmed().stepAfter(time.Second, reinstall.Accepted{RequestID: request})
}

func (l *life) resetDone(probe *model.Probe) *life {
	return l.callSent().stepAfter(4*time.Minute, reinstall.Succeeded{Probe: probe})
}

// outcomeUnknown has an outcome that cannot be known.
func (l *life) outcomeUnknown() *life { return l.callSent().loseTrack() }

func annActor() reinstall.Actor {
	return reinstall.Actor{Person: model.Person{ID: "U0ANN", Email: "ann@home.example"}, Proposer: true}
}

func approverActor(id string) reinstall.Actor {
	return reinstall.Actor{
		Person: model.Person{ID: id, Email: id + "@home.example"}, Approver: true,
		Seats: []int{0, 1},
	}
}

func oneOf(groups ...string) model.Terms {
	return model.Terms{
		Approvals: 1, Approvers: model.People{Groups: groups}, Backup: true, BackupMaxAge: 24 * time.Hour,
		Countdown: 30 * time.Second, ExpiresAfter: 4 * time.Hour,
	}
}

// machineWeb01 is an ordinary machine.
func machineWeb01() model.Facts {
	f := model.Facts{
		Instance: model.Instance{
			Ref:  model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-1a2b3c4d"},
			Name: "web-01", Type: "S5.MEDIUM4", CPU: 2, MemoryGB: 4, State: "RUNNING", RestrictState: "NORMAL",
			ChargeType: "POSTPAID_BY_HOUR", ImageID: "img-22trbn9x", OSName: "Ubuntu Server 20.04 LTS 64bit",
			SystemDisk: model.Disk{ID: "disk-8w1sys01", Type: "CLOUD_PREMIUM", SizeGB: 50},
			DataDisks:  []model.Disk{{ID: "disk-8w1dat01", Type: "CLOUD_PREMIUM", SizeGB: 200}},
			PrivateIPs: []string{"10.0.1.11"}, PublicIPs: []string{"119.29.10.11"},
			Tags: map[string]string{"env": "staging", "team": "shop"},
			Latest: model.Latest{
				Operation: "RebootInstances", State: "SUCCESS",
				RequestID: "0d6e3c11-52a7-4f0b-b0c4-aa10d7c2e001",
			},
		},
		Image:      osImage("img-487zeit5", "Ubuntu Server 22.04 LTS 64bit", "Ubuntu", 20),
		Current:    osImage("img-22trbn9x", "Ubuntu Server 20.04 LTS 64bit", "Ubuntu", 20),
		ImageFound: true, Before: &model.Price{Amount: 0.34, Unit: "HOUR"},
		After: &model.Price{Amount: 0.34, Unit: "HOUR"},
		Evidence: []model.Evidence{{
			Kind: model.EvidenceSnapshot, ID: "snap-4m7w1a0q", DiskID: "disk-8w1sys01", State: model.ImageNormal,
			SizeGB:  50,
			Created: Night.Add(-2 * time.Hour), Expires: Night.Add(14 * 24 * time.Hour),
		}},
		ServerTime: Night,
	}
	for _, code := range []string{
		model.NearCLB, model.NearTraffic, model.NearCPU, model.NearGroup, model.NearTKE,
		model.NearEMR, model.NearSiblings, model.NearMaintenance,
	} {
		f.Around = append(f.Around, model.Nearby{Code: code, Detection: model.NotDetected})
	}
	return f
}

func osImage(id, os, platform string, gb int) model.Image {
	return model.Image{
		ID: id, Name: os, Type: model.ImagePublic, State: model.ImageNormal, OSName: os, Platform: platform,
		Arch: "x86_64", SizeGB: gb,
	}
}

// withNearby changes what was seen around the machine.
func withNearby(code string, seen model.Detection, what string) func(*life) {
	return func(l *life) {
		for i := range l.facts.Around {
			if n := &l.facts.Around[i]; n.Code == code {
				n.Detection, n.What = seen, what
			}
		}
	}
}
