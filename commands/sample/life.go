package sample

import (
	"errors"
	"fmt"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// Night is when the proposals of the cards are made.
var Night = time.Date(2026, 3, 14, 3, 7, 0, 0, time.UTC)

// A life is one proposal, led by the rules' own steps to the state whose card
// is drawn.
type life struct {
	facts  reinstall.Facts
	wish   reinstall.Wish
	terms  reinstall.Terms
	freeze *reinstall.Freeze
	op     reinstall.Operation
	rev    int64
	at     time.Time
	id     string         // of the operation
	before screen.Earlier // how long earlier resets took
	others []*life        // behind it, where it leads several
	err    error          // the first refusal; nothing goes on behind it
}

// proposed is a proposal of web-01 to which something is changed beforehand.
func proposed(change ...func(*life)) *life {
	l := &life{facts: web01(), wish: reinstall.Wish{Image: "img-487zeit5", Reason: "kernel panics at boot"}, terms: oneOf("S0ONCALL"), rev: 1, at: Night, id: "7K3Q"}
	for _, c := range change {
		c(l)
	}
	l.facts.Around = reinstall.Around(l.facts.Instance, l.facts.Around)
	l.terms = l.terms.Weighed(l.facts.Around)
	r := l.reading()
	op, refused := reinstall.Propose(l.id, "C0INFRA", "U0ANN", l.wish, r.Plan, l.facts, r.Findings, l.at)
	if refused != nil {
		l.err = fmt.Errorf("proposing: %s", refused.Why)
	}
	l.op = op
	return l
}

// then is what happens next, and how much later.
func (l *life) then(after time.Duration, e reinstall.Event) *life {
	if l.err != nil {
		return l
	}
	l.at = l.at.Add(after)
	op, refused := reinstall.Step(l.op, e, l.at)
	if refused != nil {
		l.err = fmt.Errorf("%s: %s", e.Name(), refused.Why)
		return l
	}
	l.op, l.rev = op, l.rev+1
	return l
}

// failed is the first refusal of it or of those behind it.
func (l *life) failed() error {
	err := l.err
	for _, o := range l.others {
		err = errors.Join(err, o.err)
	}
	return err
}

// card draws it as it stands.
func (l *life) card() view.Card {
	recs, before, now := []port.Record{l.record()}, map[string]screen.Earlier{l.op.ID: l.before}, l.at
	for _, o := range l.others {
		recs, before[o.id] = append(recs, o.record()), o.before
		if o.at.After(now) {
			now = o.at
		}
	}
	return screen.Under(screen.Draw(port.Ops(recs), recs[0].Rev, func(string) string { return "CNY" }, now, before), l.freeze)
}

// changedOutside has a record that somebody changed in Redis: nothing of
// it is believed; its machine and channel are shown, for people to look.
func (l *life) changedOutside() *life {
	l.op = reinstall.Operation{
		ID: l.op.ID, State: reinstall.Tampered, Channel: l.op.Channel, Proposer: l.op.Proposer, Plan: reinstall.Plan{Ref: l.op.Plan.Ref, Name: l.op.Plan.Name},
		End: &reinstall.End{Why: "its record was changed outside Twokey"},
	}
	return l
}

func (l *life) record() port.Record { return port.Record{Op: l.op, Rev: l.rev} }

// reading is what the cloud, the policy and Slack would say now.
func (l *life) reading() reinstall.Reading {
	p := reinstall.MakePlan(l.wish, l.facts, l.terms)
	return reinstall.Reading{
		Plan: p, Latest: l.facts.Instance.Latest, Evidence: l.facts.Evidence, Around: l.facts.Around, Last: reinstall.LastLook{Instance: l.facts.Instance, At: l.op.Starts, Skew: l.facts.Skew},
		Who:      map[string]reinstall.Standing{"U0BOB": approver("U0BOB"), "U0CHO": approver("U0CHO")},
		Findings: reinstall.Preflight(reinstall.Case{Wish: l.wish, Facts: l.facts, Terms: l.terms, Plan: p, Now: l.at}),
	}
}

func (l *life) approved(by string, seats ...int) *life {
	s := approver(by)
	s.Seats = seats
	return l.then(2*time.Minute, reinstall.Approve{By: s, Print: l.op.Print})
}

func (l *life) backedUp() *life {
	return l.then(time.Minute, reinstall.ConfirmBackup{By: ann(), Typed: l.op.Plan.Name, Evidence: l.facts.Evidence[0], Print: l.op.Print})
}

// turned has both keys.
func (l *life) turned() *life { return l.approved("U0BOB").backedUp() }

// announced has a countdown that is just being shown.
func (l *life) announced() *life {
	return l.turned().then(2*time.Second, reinstall.Recheck{Reading: l.reading()})
}

func (l *life) counting() *life { return l.announced().shown() }

// shown has the countdown stand before people at once.
func (l *life) shown() *life {
	l.then(0, reinstall.CountdownShown{Of: l.op.Announced})
	l.rev--
	return l
}

// armed is past the point of no return.
func (l *life) armed() *life {
	password := ""
	if l.wish.Login.Kind == reinstall.LoginPassword {
		password = "sealed"
	}
	l.counting()
	return l.then(l.terms.Countdown, reinstall.Arm{Reading: l.reading(), At: l.op.Starts, Password: password})
}

const request = "5f1c9a54-8a0e-4c7e-9d5b-3f6d2c1b7a10"

func (l *life) sent() *life {
	return l.armed().then(time.Second, reinstall.Accepted{RequestID: request})
}

func (l *life) done(probe *reinstall.Probe) *life {
	return l.sent().then(4*time.Minute, reinstall.Succeeded{Probe: probe})
}

// unknown has an outcome that cannot be known.
func (l *life) unknown() *life { return l.sent().loses() }

func ann() reinstall.Standing {
	return reinstall.Standing{Person: reinstall.Person{ID: "U0ANN", Email: "ann@home.example"}, Proposer: true}
}

func approver(id string) reinstall.Standing {
	return reinstall.Standing{Person: reinstall.Person{ID: id, Email: id + "@home.example"}, Approver: true, Seats: []int{0, 1}}
}

func oneOf(groups ...string) reinstall.Terms {
	return reinstall.Terms{
		Approvals: 1, Approvers: reinstall.People{Groups: groups}, Backup: true, BackupMaxAge: 24 * time.Hour,
		Countdown: 30 * time.Second, ExpiresAfter: 4 * time.Hour,
	}
}

// web01 is an ordinary machine.
func web01() reinstall.Facts {
	f := reinstall.Facts{
		Instance: reinstall.Instance{
			Ref:  reinstall.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-1a2b3c4d"},
			Name: "web-01", Type: "S5.MEDIUM4", CPU: 2, MemoryGB: 4, State: "RUNNING", RestrictState: "NORMAL",
			ChargeType: "POSTPAID_BY_HOUR", ImageID: "img-22trbn9x", OSName: "Ubuntu Server 20.04 LTS 64bit",
			SystemDisk: reinstall.Disk{ID: "disk-8w1sys01", Type: "CLOUD_PREMIUM", SizeGB: 50},
			DataDisks:  []reinstall.Disk{{ID: "disk-8w1dat01", Type: "CLOUD_PREMIUM", SizeGB: 200}},
			PrivateIPs: []string{"10.0.1.11"}, PublicIPs: []string{"119.29.10.11"}, Tags: map[string]string{"env": "staging", "team": "shop"},
			Latest: reinstall.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "0d6e3c11-52a7-4f0b-b0c4-aa10d7c2e001"},
		},
		Image:      osImage("img-487zeit5", "Ubuntu Server 22.04 LTS 64bit", "Ubuntu", 20),
		Current:    osImage("img-22trbn9x", "Ubuntu Server 20.04 LTS 64bit", "Ubuntu", 20),
		ImageFound: true, Before: &reinstall.Price{Amount: 0.34, Unit: "HOUR"}, After: &reinstall.Price{Amount: 0.34, Unit: "HOUR"},
		Evidence: []reinstall.Evidence{{
			Kind: reinstall.EvidenceSnapshot, ID: "snap-4m7w1a0q", DiskID: "disk-8w1sys01", State: reinstall.ImageNormal, SizeGB: 50,
			Created: Night.Add(-2 * time.Hour), Expires: Night.Add(14 * 24 * time.Hour),
		}},
		ServerTime: Night,
	}
	for _, code := range []string{reinstall.NearCLB, reinstall.NearTraffic, reinstall.NearCPU, reinstall.NearGroup, reinstall.NearTKE, reinstall.NearEMR, reinstall.NearSiblings, reinstall.NearMaintenance} {
		f.Around = append(f.Around, reinstall.Nearby{Code: code, Seen: reinstall.NotSeen})
	}
	return f
}

func osImage(id, os, platform string, gb int) reinstall.Image {
	return reinstall.Image{
		ID: id, Name: os, Type: reinstall.ImagePublic, State: reinstall.ImageNormal, OSName: os, Platform: platform, Arch: "x86_64", SizeGB: gb,
	}
}

// around changes what was seen around the machine.
func around(code string, seen reinstall.Seeing, what string) func(*life) {
	return func(l *life) {
		for i := range l.facts.Around {
			if n := &l.facts.Around[i]; n.Code == code {
				n.Seen, n.What = seen, what
			}
		}
	}
}
