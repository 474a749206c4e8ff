package sample

import (
	"time"

	"twokey/commands/reinstall"
)

// several are cards of more than one machine.
var several = []cardState{
	{"several-keys", func() *life {
		return three().each(func(l *life) { l.approved("U0BOB") })
	}},
	{"several-after-drift", func() *life {
		l := three().each(func(l *life) { l.turned() })
		db := l.others[0]
		db.facts.Instance.Tags = map[string]string{"env": "staging", "team": "payments"}
		db.then(2*time.Second, reinstall.AwaitTurn{Reading: db.reading()})
		back := func(o *life) { o.then(3*time.Second, reinstall.Recall{By: db.op}) }
		back(l)
		back(l.others[1])
		return l
	}},
	{"several-running", func() *life {
		l := three().each(func(l *life) { l.turned() })
		l.counts().goes().then(4*time.Minute, reinstall.Succeeded{Probe: ssh})
		l.then(20*time.Second, reinstall.ProofShown{Shown: hostKeys})
		for _, o := range l.others {
			o.at = l.at
			o.counts().goes()
		}
		l.others[0].then(20*time.Second, reinstall.Moved{Seen: "OPERATING"})
		return l
	}},
	{"several-unknown", func() *life {
		l := three().each(func(l *life) { l.turned() })
		l.counts().goes().then(4*time.Minute, reinstall.Succeeded{})
		db, cache := l.others[0], l.others[1]
		db.at, cache.at = l.at, l.at
		db.counts().goes().loses()
		cache.then(4*time.Minute, reinstall.Stopped{By: db.op})
		return l
	}},
	{"several-done", func() *life {
		l := three().each(func(l *life) { l.turned() })
		l.counts().goes().then(4*time.Minute, reinstall.Succeeded{})
		for _, o := range l.others {
			o.at = l.at
			o.counts().goes().then(3*time.Minute, reinstall.Succeeded{})
		}
		return l
	}},
}

// three machines in one proposal, each of its own kind.
func three() *life {
	lead := proposed()
	lead.others = []*life{
		proposed(machine("7K3R", "ins-5t6y7u8i", "db-main", "10.0.2.20", "disk-2b4nsys1")),
		proposed(machine("7K3S", "ins-9o0p1a2s", "cache", "10.0.3.30", "disk-3c5msys1")),
	}
	ids := []string{"7K3Q", "7K3R", "7K3S"}
	lead.op.Batch = &reinstall.Batch{Item: "item", Members: ids}
	for i, o := range lead.others {
		o.op.Batch = &reinstall.Batch{Item: "item", Members: ids, Index: i + 1}
	}
	return lead
}

func machine(id, instance, name, ip, disk string) func(*life) {
	return func(l *life) {
		l.id = id
		i := &l.facts.Instance
		i.Instance, i.Name, i.PrivateIPs, i.PublicIPs, i.DataDisks, i.SystemDisk.ID = instance, name, []string{ip}, nil, nil, disk
		l.facts.Evidence[0].ID, l.facts.Evidence[0].DiskID = "snap-"+instance[4:], disk
	}
}

// each does the same to all of several.
func (l *life) each(do func(*life)) *life {
	do(l)
	for _, o := range l.others {
		do(o)
	}
	return l
}

// counts starts the countdown of one of several, and goes carries it through to
// the cloud's answer.
func (l *life) counts() *life {
	return l.then(2*time.Second, reinstall.Recheck{Reading: l.reading()}).shown()
}

func (l *life) goes() *life {
	l.then(l.terms.Countdown, reinstall.Arm{Reading: l.reading(), At: l.op.Starts})
	return l.then(time.Second, reinstall.Accepted{RequestID: request})
}

// loses makes an outcome unknown: somebody's change covered the record.
func (l *life) loses() *life {
	if l.err != nil {
		return l
	}
	at := l.at.Add(3 * time.Minute)
	i := l.facts.Instance
	i.Latest = reinstall.Latest{Operation: "ModifyInstancesAttribute", State: "SUCCESS", RequestID: "b7e2d9f0-0c51-4a8e-8a66-94d1f3e5c002"}
	e := reinstall.Follow(l.op, reinstall.Sight{Instance: i, ServerTime: at}, reinstall.Testimony{Asked: at, Events: []reinstall.CloudEvent{
		{Operation: "ResetInstance", RequestID: request, At: l.op.Arming.At, User: "100000000002", Key: "AKIDours", Hand: reinstall.OurHand},
		{Operation: "ModifyInstancesAttribute", RequestID: i.Latest.RequestID, At: at, User: "100000000042", Key: "AKIDother", Hand: reinstall.Foreign},
	}})
	return l.then(3*time.Minute, e)
}
