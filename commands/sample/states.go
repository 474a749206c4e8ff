package sample

import (
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// A cardState is one thing that a card can show: a picture of it bears the name.
type cardState struct {
	name string
	life func() *life
}

// cardStates are all of them, in the order of a proposal's life.
var cardStates = [][]cardState{collecting, takenBack, waitingFor, calling, ended, several}

// collecting: the keys are owed.
var collecting = []cardState{
	{"keys", func() *life { return proposed() }},
	{"keys-approved", func() *life { return proposed().approved("U0BOB") }},
	{"keys-backup-confirmed", func() *life { return proposed().backedUp() }},
	{"keys-one-of-two", func() *life { return proposed(approvals(2)).approved("U0CHO") }},
	{"keys-of-two-groups", func() *life { return proposed(twoGroups).approved("U0CHO", 0) }},
	{"keys-no-backup", func() *life { return proposed(noBackup) }},
	{"keys-backup-optional", func() *life { return proposed(backupOptional) }},
	{"keys-image-making", func() *life {
		return proposed(noBackup).approved("U0BOB").asksImage().
			then(time.Second, reinstall.ImageStarted{ID: "img-7k3qback"}).then(4*time.Minute, reinstall.ImageProgress{Percent: 40})
	}},
	{"keys-image-failed", func() *life {
		return proposed(noBackup).approved("U0BOB").asksImage().
			then(2*time.Second, reinstall.ImageGone{Why: "ap-guangzhou has 10 own images, and the cloud allows 10", Next: "Delete images that nobody needs"})
	}},
	{"keys-image-stops", func() *life {
		return proposed(noBackup).then(time.Minute, reinstall.AskImage{By: ann(), Stop: true})
	}},
	{"keys-findings", func() *life { return proposed(manyFindings) }},
	{"keys-around", func() *life { return proposed(busyAround...) }},
	{"keys-closed-hours", func() *life { return proposed(closed) }},
	{"keys-frozen", func() *life { return proposed(frozen) }},
	{"keys-redis-forgot", func() *life { return proposed(forgotten) }},
	{"keys-escalated", func() *life {
		return proposed(asking).then(15*time.Minute, reinstall.Remind{}).then(15*time.Minute, reinstall.Escalate{})
	}},
	{"keys-break-glass", func() *life {
		l := proposed(approvals(3), asking).approved("U0BOB")
		return l.then(time.Minute, reinstall.BreakGlass{By: ann(), Why: "the shop is down, and Cho cannot be reached", Print: l.op.Print})
	}},
	{"keys-long-texts", func() *life { return proposed(longTexts) }},
}

// takenBack: the keys were turned, and are asked for anew.
var takenBack = []cardState{
	{"keys-after-drift", func() *life {
		l := proposed().turned()
		l.facts.Instance.Tags = map[string]string{"env": "production", "team": "payments"}
		l.facts.Instance.PublicIPs = nil
		return l.then(2*time.Second, reinstall.Recheck{Reading: l.reading()})
	}},
	{"keys-after-reset-outside", func() *life {
		l := proposed().turned()
		l.facts.Instance.Latest = reinstall.Latest{Operation: "ResetInstance", State: "SUCCESS", RequestID: "b7e2d9f0-0c51-4a8e-8a66-94d1f3e5c002"}
		return l.then(2*time.Second, reinstall.Recheck{Reading: l.reading()})
	}},
	{"keys-approver-left", func() *life {
		l := proposed().turned()
		r := l.reading()
		gone := approver("U0BOB")
		gone.Approver = false
		r.Who["U0BOB"] = gone
		return l.then(2*time.Second, reinstall.Recheck{Reading: r})
	}},
}

// waitingFor: both keys are turned, and it can still be stopped.
var waitingFor = []cardState{
	{"checking", func() *life { return proposed().turned() }},
	{"counting-down", func() *life { return proposed().counting() }},
	{"counting-down-at-first", func() *life { return proposed().announced() }},
	{"waiting-to-be-shown", func() *life {
		l := proposed().announced()
		return l.then(time.Second, reinstall.CountdownUnseen{Of: l.op.Announced, Why: "the thread is locked; unlock it", Refused: true})
	}},
	{"waiting-in-queue", func() *life {
		return proposed().counting().then(30*time.Second, reinstall.Waiting{Why: "3 of at most 3 reinstalls are running; it is 2nd in the queue", Keeps: true})
	}},
	{"waiting-closed-hours", func() *life {
		l := proposed(closed).turned()
		p := l.terms.Calendar.At(l.at)
		return l.then(time.Second, reinstall.Waiting{Why: p.Why, Until: p.Next})
	}},
	{"waiting-frozen", func() *life {
		return proposed(frozen).turned().then(time.Second, reinstall.Waiting{Why: "everything is frozen: the core switch is being replaced", Keeps: true})
	}},
	{"on-hold", func() *life {
		return proposed().counting().then(12*time.Second, reinstall.Hold{By: approver("U0CHO"), Why: "the load balancer still sends it requests"})
	}},
}

// calling: the one call is out.
var calling = []cardState{
	{"calling", func() *life { return proposed().armed() }},
	{"answer-lost", func() *life {
		return proposed().armed().then(10*time.Second, reinstall.AnswerLost{Why: "no answer"})
	}},
	{"reinstalling", func() *life {
		return proposed().sent().then(20*time.Second, reinstall.Moved{Seen: "OPERATING"})
	}},
	{"reinstalling-as-before", func() *life {
		l := proposed().sent().then(20*time.Second, reinstall.Moved{Seen: "OPERATING"})
		l.before = screen.Earlier{Took: []time.Duration{3 * time.Minute, 4 * time.Minute, 2 * time.Minute}}
		return l
	}},
	{"reinstalling-slow", func() *life {
		return proposed().sent().then(20*time.Second, reinstall.Moved{Seen: "OPERATING"}).then(30*time.Minute, reinstall.RunsLong{})
	}},
	{"stopped-changed-outside", func() *life { return proposed().changedOutside() }},
	{"unknown", func() *life { return proposed().unknown() }},
}

// ended: nothing more happens.
var ended = []cardState{
	{"done", func() *life { return proposed().done(nil) }},
	{"done-proving", func() *life { return proposed().done(ssh) }},
	{"done-password", func() *life { return proposed(password).done(nil) }},
	{"done-proof", func() *life {
		return proposed().done(ssh).then(20*time.Second, reinstall.ProofShown{Shown: hostKeys})
	}},
	{"done-no-answer", func() *life {
		return proposed().done(ssh).then(5*time.Minute, reinstall.ProofShown{Shown: reinstall.Shown{Why: "the connection timed out"}})
	}},
	{"done-inferred", func() *life {
		return proposed().armed().then(10*time.Second, reinstall.AnswerLost{Why: "no answer"}).
			then(20*time.Second, reinstall.Accepted{RequestID: request, Inferred: true}).then(4*time.Minute, reinstall.Succeeded{})
	}},
	{"failed", func() *life {
		return proposed().sent().then(3*time.Minute, reinstall.Broke{Why: "the system disk could not be initialised"})
	}},
	{"refused", func() *life {
		return proposed().armed().then(time.Second, reinstall.Declined{
			Code: "InvalidParameterValue.InvalidImageIdForRetsetInstance", Why: "the image img-487zeit5 cannot be used to reinstall the instance ins-1a2b3c4d",
		})
	}},
	{"superseded", func() *life {
		l := proposed().counting()
		l.facts.Instance.Latest = reinstall.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "b7e2d9f0-0c51-4a8e-8a66-94d1f3e5c002"}
		return l.then(30*time.Second, reinstall.Recheck{Reading: l.reading()})
	}},
	{"not-sent", func() *life {
		l := proposed().armed()
		s := reinstall.Sight{Instance: l.facts.Instance, ServerTime: l.at.Add(reinstall.DeadAfter)}
		return l.then(reinstall.DeadAfter, reinstall.Reconcile(l.op, s, reinstall.Testimony{}))
	}},
	{"rejected", func() *life {
		return proposed().then(5*time.Minute, reinstall.Reject{By: approver("U0BOB"), Why: "it is the only one left in the pool, drain it first"})
	}},
	{"cancelled", func() *life {
		return proposed().turned().then(time.Second, reinstall.Cancel{By: ann(), Why: "wrong machine"})
	}},
	{"expired", func() *life { return proposed().approved("U0BOB").then(4*time.Hour, reinstall.Expire{}) }},
	{"resolved", func() *life {
		return proposed().unknown().then(9*time.Minute, reinstall.Resolve{By: approver("U0BOB"), As: reinstall.Done, Why: "logged in, it runs the new image"})
	}},
}

func (l *life) asksImage() *life { return l.then(time.Minute, reinstall.AskImage{By: ann()}) }

var ssh = &reinstall.Probe{SSH: 22, Within: 5 * time.Minute}

var hostKeys = reinstall.Shown{Open: true, Keys: []reinstall.HostKey{
	{Bits: 256, Print: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDczEsqiCxSkQE9bHI", Type: "ED25519"},
	{Bits: 3072, Print: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8", Type: "RSA"},
}}

func approvals(n int) func(*life) { return func(l *life) { l.terms.Approvals = n } }

func twoGroups(l *life) {
	l.terms.Quorum = []reinstall.Seat{
		{People: reinstall.People{Groups: []string{"S0ONCALL"}}, Approvals: 1},
		{People: reinstall.People{Groups: []string{"S0DBA"}}, Approvals: 1},
	}
	l.terms.Approvals, l.terms.Approvers = 2, reinstall.Everybody(l.terms.Quorum)
}

func noBackup(l *life) { l.facts.Evidence = nil }

func backupOptional(l *life) { l.terms.Backup = false }

func password(l *life) { l.wish.Login.Kind = reinstall.LoginPassword }

func frozen(l *life) {
	l.freeze = &reinstall.Freeze{By: "U0LEA", Why: "the core switch is being replaced", When: Night.Add(-40 * time.Minute)}
}

func forgotten(l *life) {
	l.freeze = &reinstall.Freeze{By: "twokey", Why: "Redis has forgotten: it lost what Twokey wrote there", Lost: true, Way: "bot adopt"}
}

func asking(l *life) {
	l.terms.Asking = reinstall.Asking{
		RemindAfter: 15 * time.Minute, EscalateAfter: 30 * time.Minute, EscalateTo: reinstall.People{Users: []string{"U0LEA"}}, BreakGlass: true,
	}
}

func closed(l *life) {
	l.terms.Calendar = reinstall.Calendar{Closed: []reinstall.Closure{{From: Night.Add(-time.Hour), To: Night.Add(2 * time.Hour), Why: "the shop's sale begins"}}}
}

// manyFindings is a reinstall of which much is to be said.
func manyFindings(l *life) {
	l.wish.Image, l.wish.DiskGB, l.wish.HostName = "img-2w2019dc", 100, "web-01"
	l.facts.Image = osImage("img-2w2019dc", "Windows Server 2019 DataCenter 64bit", "Windows", 50)
	l.facts.Image.Deprecated = true
	l.facts.Instance.State = "STOPPED"
	l.facts.After = &reinstall.Price{Amount: 0.91, Unit: "HOUR"}
}

// busyAround is a machine in the midst of everything, for which one more
// approval is asked for.
var busyAround = []func(*life){
	around(reinstall.NearCLB, reinstall.Seen, "is behind load balancer lb-6x2shop1 (TCP 80, HTTPS 443)"),
	around(reinstall.NearTraffic, reinstall.Seen, "sends 84 Mbps out (mean of 15 minutes)"),
	around(reinstall.NearCPU, reinstall.Unchecked, "GetMonitorData did not answer in time"),
	around(reinstall.NearGroup, reinstall.Seen, "belongs to auto-scaling group asg-2m9web01, which may replace it meanwhile"),
	around(reinstall.NearTKE, reinstall.Unchecked, "DescribeExistedInstances is not permitted: UnauthorizedOperation"),
	around(reinstall.NearSiblings, reinstall.Seen, "has a sibling that is being reinstalled now: web-02 (proposal 9D2X)"),
	around(reinstall.NearMaintenance, reinstall.Seen, "has maintenance task rt-5k1w (a disk's fault), which is booked"),
	func(l *life) {
		l.facts.Instance.Protected = true
		l.terms.Around = map[string]reinstall.Weight{reinstall.NearCLB: reinstall.WeighsOneKey}
	},
}

// longTexts is everything as long as it may be.
func longTexts(l *life) {
	i := &l.facts.Instance
	i.Name = "shop-checkout-payments-gateway-canary-eu-blue-0017.internal.example"
	l.wish.Reason = strings.TrimSpace(strings.Repeat("it answers nothing but 502 since the kernel was upgraded, and fsck does not help. ", 5))
	i.PrivateIPs = []string{"10.0.1.11", "10.0.2.11", "10.0.3.11"}
	i.Tags = map[string]string{
		"env": "production", "team": "shop-checkout-and-payments", "cost-centre": "4711-0815", "owner": "checkout-oncall@shop.example",
		"compliance": "pci-dss-level-1", "service": "payments-gateway", "managed-by": "terraform",
	}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		i.DataDisks = append(i.DataDisks, reinstall.Disk{ID: "disk-8w1dat0" + id, Type: "CLOUD_PREMIUM", SizeGB: 500})
	}
	l.terms.Approvers = reinstall.People{Groups: []string{"S0ONCALL", "S0DBA"}, Users: []string{"U0BOB", "U0CHO", "U0LEA"}}
}
