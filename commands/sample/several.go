package sample

import (
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// several are cards of more than one machine.
var several = []cardState{
	{"several-keys", func() *life {
		return threeMachines().forEach(func(l *life) { l.approvedBy("U0BOB") })
	}},
	{"several-after-drift", func() *life {
		l := threeMachines().forEach(func(l *life) { l.keysTurned() })
		db := l.others[0]
		db.facts.Instance.Tags = map[string]string{"env": "staging", "team": "payments"}
		db.stepAfter(2*time.Second, reinstall.AwaitClearance{Result: db.recheckNow()})
		back := func(o *life) { o.stepAfter(3*time.Second, reinstall.Recall{By: db.op}) }
		back(l)
		back(l.others[1])
		return l
	}},
	{"several-running", func() *life {
		l := threeMachines().forEach(func(l *life) { l.keysTurned() })
		l.startCountdown().carryThrough().stepAfter(4*time.Minute, reinstall.Succeeded{Probe: ssh})
		l.stepAfter(20*time.Second, reinstall.ProofEnded{Result: hostKeys})
		for _, o := range l.others {
			o.at = l.at
			o.startCountdown().carryThrough()
		}
		l.others[0].stepAfter(20*time.Second, reinstall.StatusChanged{Status: "OPERATING"})
		return l
	}},
	{"several-unknown", func() *life {
		l := threeMachines().forEach(func(l *life) { l.keysTurned() })
		l.startCountdown().carryThrough().stepAfter(4*time.Minute, reinstall.Succeeded{})
		db, cache := l.others[0], l.others[1]
		db.at, cache.at = l.at, l.at
		db.startCountdown().carryThrough().loseTrack()
		cache.stepAfter(4*time.Minute, reinstall.Stopped{By: db.op})
		return l
	}},
	{"several-done", func() *life {
		l := threeMachines().forEach(func(l *life) { l.keysTurned() })
		l.startCountdown().carryThrough().stepAfter(4*time.Minute, reinstall.Succeeded{})
		for _, o := range l.others {
			o.at = l.at
			o.startCountdown().carryThrough().stepAfter(3*time.Minute, reinstall.Succeeded{})
		}
		return l
	}},
}

// threeMachines machines in one proposal, each of its own kind.
func threeMachines() *life {
	lead := newProposal()
	lead.others = []*life{
		newProposal(withMachine("7K3R", "ins-5t6y7u8i", "db-main", "10.0.2.20", "disk-2b4nsys1")),
		newProposal(withMachine("7K3S", "ins-9o0p1a2s", "cache", "10.0.3.30", "disk-3c5msys1")),
	}
	ids := []string{"7K3Q", "7K3R", "7K3S"}
	lead.op.Batch = &reinstall.Batch{Item: "item", Members: ids}
	for i, o := range lead.others {
		o.op.Batch = &reinstall.Batch{Item: "item", Members: ids, Index: i + 1}
	}
	lead.thread = []view.Text{screen.OpeningText(port.Ops(lead.records()))}
	return lead
}

func withMachine(id, instance, name, ip, disk string) func(*life) {
	return func(l *life) {
		l.id = id
		i := &l.facts.Instance
		i.Instance, i.Name, i.PrivateIPs, i.PublicIPs, i.DataDisks, i.SystemDisk.ID = instance, name, []string{ip}, nil,
			nil, disk
		l.facts.Evidence[0].ID, l.facts.Evidence[0].DiskID = "snap-"+instance[4:], disk
	}
}

// forEach does the same to all of several.
func (l *life) forEach(do func(*life)) *life {
	do(l)
	for _, o := range l.others {
		do(o)
	}
	return l
}

// startCountdown starts the countdown of one of several, and goes carries it through to
// the cloud's answer.
func (l *life) startCountdown() *life {
	return l.stepAfter(2*time.Second, reinstall.Recheck{Result: l.recheckNow()}).countdownShown()
}

func (l *life) carryThrough() *life {
	l.stepAfter(l.terms.Countdown, reinstall.Arm{Recheck: l.recheckNow(), At: l.op.Starts})
	return l.stepAfter(time.Second, reinstall.Accepted{RequestID: request})
}

// loseTrack makes an outcome unknown: somebody's change covered the record.
func (l *life) loseTrack() *life {
	if l.err != nil {
		return l
	}
	at := l.at.Add(3 * time.Minute)
	i := l.facts.Instance
	i.Latest = model.Latest{
		Operation: "ModifyInstancesAttribute", State: "SUCCESS",
		RequestID: "b7e2d9f0-0c51-4a8e-8a66-94d1f3e5c002",
	}
	e := reinstall.Follow(l.op, reinstall.Observation{Instance: i, ServerTime: at},
		reinstall.AuditEvidence{Asked: at, Events: []model.CloudEvent{
			{
				Operation: "ResetInstance", RequestID: request, At: l.op.Arming.At, User: "100000000002", Key: "AKIDours",
				Caller: model.CallerOurs,
			},
			{
				Operation: "ModifyInstancesAttribute", RequestID: i.Latest.RequestID, At: at, User: "100000000042",
				Key: "AKIDother", Caller: model.CallerForeign,
			},
		}})
	return l.stepAfter(3*time.Minute, e)
}
