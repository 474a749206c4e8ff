package sample

import (
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
)

// A cardState is one thing that a card can show: a picture of it bears the name.
type cardState struct {
	name string
	life func() *life
}

// cardStates are all of them, in the order of a proposal's life.
var cardStates = [][]cardState{collecting, takenBack, waitingFor, calling, ended, several}

// collecting: the keys are needed.
var collecting = []cardState{
	{"keys", func() *life { return newProposal() }},
	{"keys-approved", func() *life { return newProposal().approvedBy("U0BOB") }},
	{"keys-backup-confirmed", func() *life { return newProposal().backedUp() }},
	{"keys-one-of-two", func() *life { return newProposal(withApprovals(2)).approvedBy("U0CHO") }},
	{"keys-of-two-groups", func() *life { return newProposal(withTwoGroups).approvedBy("U0CHO", 0) }},
	{"keys-no-backup", func() *life { return newProposal(withoutBackup) }},
	{"keys-backup-optional", func() *life { return newProposal(withBackupOptional) }},
	{"keys-image-making", func() *life {
		return newProposal(withoutBackup).approvedBy("U0BOB").asksImage().
			stepAfter(time.Second, reinstall.ImageStarted{ID: "img-7k3qback"}).stepAfter(4*time.Minute,
			reinstall.ImageProgress{Percent: 40})
	}},
	{"keys-image-failed", func() *life {
		return newProposal(withoutBackup).approvedBy("U0BOB").asksImage().
			stepAfter(2*time.Second, reinstall.ImageGone{
				Why:  "ap-guangzhou has 10 own images, and the cloud allows 10",
				Next: "Delete images that nobody needs",
			})
	}},
	{"keys-image-stops", func() *life {
		return newProposal(withoutBackup).stepAfter(time.Minute, reinstall.AskImage{By: annActor(), Stop: true})
	}},
	{"keys-findings", func() *life { return newProposal(withManyFindings) }},
	{"keys-around", func() *life { return newProposal(busyAround...) }},
	{"keys-closed-hours", func() *life { return newProposal(withClosedHours) }},
	{"keys-frozen", func() *life { return newProposal(withFreeze) }},
	{"keys-redis-forgot", func() *life { return newProposal(withForgotten) }},
	{"keys-escalated", func() *life {
		return newProposal(withAsking).stepAfter(15*time.Minute, reinstall.Remind{}).stepAfter(15*time.Minute,
			reinstall.Escalate{})
	}},
	{"keys-break-glass", func() *life {
		l := newProposal(withApprovals(3), withAsking).approvedBy("U0BOB")
		return l.stepAfter(time.Minute, reinstall.BreakGlass{
			By:  annActor(),
			Why: "the shop is down, and Cho cannot be reached", Fingerprint: l.op.Fingerprint,
		})
	}},
	{"keys-long-texts", func() *life { return newProposal(withLongTexts) }},
}

// takenBack: the keys were turned, and are asked for anew.
var takenBack = []cardState{
	{"keys-after-drift", func() *life {
		l := newProposal().keysTurned()
		l.facts.Instance.Tags = map[string]string{"env": "production", "team": "payments"}
		l.facts.Instance.PublicIPs = nil
		return l.stepAfter(2*time.Second, reinstall.Recheck{Result: l.recheckNow()})
	}},
	{"keys-after-reset-outside", func() *life {
		l := newProposal().keysTurned()
		l.facts.Instance.Latest = model.Latest{
			Operation: "ResetInstance", State: "SUCCESS",
			RequestID: "b7e2d9f0-0c51-4a8e-8a66-94d1f3e5c002",
		}
		return l.stepAfter(2*time.Second, reinstall.Recheck{Result: l.recheckNow()})
	}},
	{"keys-approver-left", func() *life {
		l := newProposal().keysTurned()
		r := l.recheckNow()
		gone := approverActor("U0BOB")
		gone.Approver = false
		r.Actors["U0BOB"] = gone
		return l.stepAfter(2*time.Second, reinstall.Recheck{Result: r})
	}},
}

// waitingFor: both keys are turned, and it can still be stopped.
var waitingFor = []cardState{
	{"checking", func() *life { return newProposal().keysTurned() }},
	{"counting-down", func() *life { return newProposal().countdownRunning() }},
	{"counting-down-at-first", func() *life { return newProposal().countdownAnnounced() }},
	{"waiting-to-be-shown", func() *life {
		l := newProposal().countdownAnnounced()
		return l.stepAfter(time.Second, reinstall.CountdownNotShown{
			Of:  l.op.Announced,
			Why: "the thread is locked; unlock it", Refused: true,
		})
	}},
	{"waiting-in-queue", func() *life {
		return newProposal().countdownRunning().stepAfter(30*time.Second,
			reinstall.Waiting{
				Why:           "3 of at most 3 reinstalls are running; it is 2nd in the queue",
				KeepsPosition: true,
			})
	}},
	{"waiting-closed-hours", func() *life {
		l := newProposal(withClosedHours).keysTurned()
		p := l.terms.Calendar.PauseAt(l.at)
		return l.stepAfter(time.Second, reinstall.Waiting{Why: p.Why, Until: p.Next})
	}},
	{"waiting-frozen", func() *life {
		return newProposal(withFreeze).keysTurned().stepAfter(time.Second,
			reinstall.Waiting{Why: "everything is frozen: the core switch is being replaced", KeepsPosition: true})
	}},
	{"on-hold", func() *life {
		return newProposal().countdownRunning().stepAfter(12*time.Second, reinstall.Hold{
			By:  approverActor("U0CHO"),
			Why: "the load balancer still sends it requests",
		})
	}},
}

// calling: the one call is out.
var calling = []cardState{
	{"calling", func() *life { return newProposal().callArmed() }},
	{"answer-lost", func() *life {
		return newProposal().callArmed().stepAfter(10*time.Second, reinstall.AnswerLost{Why: "no answer"})
	}},
	{"reinstalling", func() *life {
		return newProposal().callSent().stepAfter(20*time.Second, reinstall.StatusChanged{Status: "OPERATING"})
	}},
	{"reinstalling-as-before", func() *life {
		l := newProposal().callSent().stepAfter(20*time.Second, reinstall.StatusChanged{Status: "OPERATING"})
		l.before = screen.EarlierResets{Took: []time.Duration{3 * time.Minute, 4 * time.Minute, 2 * time.Minute}}
		return l
	}},
	{"reinstalling-slow", func() *life {
		return newProposal().callSent().stepAfter(20*time.Second,
			reinstall.StatusChanged{Status: "OPERATING"}).stepAfter(30*time.Minute, reinstall.BecameSlow{})
	}},
	{"stopped-changed-outside", func() *life { return newProposal().changedOutside() }},
	{"unknown", func() *life { return newProposal().outcomeUnknown() }},
}

// ended: nothing more happens.
var ended = []cardState{
	{"done", func() *life { return newProposal().resetDone(nil) }},
	{"done-proving", func() *life { return newProposal().resetDone(ssh) }},
	{"done-password", func() *life { return newProposal(withPassword).resetDone(nil) }},
	{"done-proof", func() *life {
		return newProposal().resetDone(ssh).stepAfter(20*time.Second, reinstall.ProofEnded{Result: hostKeys})
	}},
	{"done-no-answer", func() *life {
		return newProposal().resetDone(ssh).stepAfter(5*time.Minute,
			reinstall.ProofEnded{Result: reinstall.ProbeResult{Why: "the connection timed out"}})
	}},
	{"done-inferred", func() *life {
		return newProposal().callArmed().stepAfter(10*time.Second, reinstall.AnswerLost{Why: "no answer"}).
			stepAfter(20*time.Second, reinstall.Accepted{RequestID: request, Inferred: true}).stepAfter(4*time.Minute,
			reinstall.Succeeded{})
	}},
	{"failed", func() *life {
		return newProposal().callSent().stepAfter(3*time.Minute,
			reinstall.ResetFailed{Why: "the system disk could not be initialised"})
	}},
	{"refused", func() *life {
		return newProposal().callArmed().stepAfter(time.Second, reinstall.Declined{
			Code: "InvalidParameterValue.InvalidImageIdForRetsetInstance",
			Why:  "the image img-487zeit5 cannot be used to reinstall the instance ins-1a2b3c4d",
		})
	}},
	{"superseded", func() *life {
		l := newProposal().countdownRunning()
		l.facts.Instance.Latest = model.Latest{
			Operation: "RebootInstances", State: "SUCCESS",
			RequestID: "b7e2d9f0-0c51-4a8e-8a66-94d1f3e5c002",
		}
		return l.stepAfter(30*time.Second, reinstall.Recheck{Result: l.recheckNow()})
	}},
	{"not-sent", func() *life {
		l := newProposal().callArmed()
		s := reinstall.Observation{Instance: l.facts.Instance, ServerTime: l.at.Add(model.DeadAfter)}
		return l.stepAfter(model.DeadAfter, reinstall.Reconcile(l.op, s, reinstall.AuditEvidence{}))
	}},
	{"rejected", func() *life {
		return newProposal().stepAfter(5*time.Minute, reinstall.Reject{
			By:  approverActor("U0BOB"),
			Why: "it is the only one left in the pool, drain it first",
		})
	}},
	{"cancelled", func() *life {
		return newProposal().keysTurned().stepAfter(time.Second, reinstall.Cancel{By: annActor(), Why: "wrong machine"})
	}},
	{"expired", func() *life { return newProposal().approvedBy("U0BOB").stepAfter(4*time.Hour, reinstall.Expire{}) }},
	{"resolved", func() *life {
		return newProposal().outcomeUnknown().stepAfter(9*time.Minute, reinstall.Resolve{
			By: approverActor("U0BOB"),
			As: reinstall.Done, Why: "logged in, it runs the new image",
		})
	}},
}

func (l *life) asksImage() *life { return l.stepAfter(time.Minute, reinstall.AskImage{By: annActor()}) }

var ssh = &model.Probe{SSH: 22, Within: 5 * time.Minute}

var hostKeys = reinstall.ProbeResult{Open: true, Keys: []reinstall.HostKey{
	{Bits: 256, Fingerprint: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDczEsqiCxSkQE9bHI", Type: "ED25519"},
	{Bits: 3072, Fingerprint: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8", Type: "RSA"},
}}

func withApprovals(n int) func(*life) { return func(l *life) { l.terms.Approvals = n } }

func withTwoGroups(l *life) {
	l.terms.Quorum = []model.Seat{
		{People: model.People{Groups: []string{"S0ONCALL"}}, Approvals: 1},
		{People: model.People{Groups: []string{"S0DBA"}}, Approvals: 1},
	}
	l.terms.Approvals, l.terms.Approvers = 2, model.PeopleOfSeats(l.terms.Quorum)
}

func withoutBackup(l *life) { l.facts.Evidence = nil }

func withBackupOptional(l *life) { l.terms.Backup = false }

func withPassword(l *life) { l.request.Login.Kind = model.LoginPassword }

func withFreeze(l *life) {
	l.freeze = &model.Freeze{By: "U0LEA", Why: "the core switch is being replaced", When: Night.Add(-40 * time.Minute)}
}

func withForgotten(l *life) {
	l.freeze = &model.Freeze{
		By: "twokey", Why: "Redis has forgotten: it lost what Twokey wrote there", Lost: true,
		Way: "bot adopt",
	}
}

func withAsking(l *life) {
	l.terms.Asking = model.Asking{
		RemindAfter: 15 * time.Minute, EscalateAfter: 30 * time.Minute,
		EscalateTo: model.People{Users: []string{"U0LEA"}}, BreakGlass: true,
	}
}

func withClosedHours(l *life) {
	l.terms.Calendar = model.Calendar{Closed: []model.Closure{{
		From: Night.Add(-time.Hour),
		To:   Night.Add(2 * time.Hour), Why: "the shop's sale begins",
	}}}
}

// withManyFindings is a reinstall of which much is to be said.
func withManyFindings(l *life) {
	l.request.Image, l.request.DiskGB, l.request.HostName = "img-2w2019dc", 100, "web-01"
	l.facts.Image = osImage("img-2w2019dc", "Windows Server 2019 DataCenter 64bit", "Windows", 50)
	l.facts.Image.Deprecated = true
	l.facts.Instance.State = "STOPPED"
	l.facts.After = &model.Price{Amount: 0.91, Unit: "HOUR"}
}

// busyAround is a machine in the midst of everything, for which one more
// approval is asked for.
var busyAround = []func(*life){
	withNearby(model.NearCLB, model.Detected, "is behind load balancer lb-6x2shop1 (TCP 80, HTTPS 443)"),
	withNearby(model.NearTraffic, model.Detected, "sends 84 Mbps out (mean of 15 minutes)"),
	withNearby(model.NearCPU, model.Unchecked, "GetMonitorData did not answer in time"),
	withNearby(model.NearGroup, model.Detected,
		"belongs to auto-scaling group asg-2m9web01, which may replace it meanwhile"),
	withNearby(model.NearTKE, model.Unchecked, "DescribeExistedInstances is not permitted: UnauthorizedOperation"),
	withNearby(model.NearSiblings, model.Detected,
		"has a sibling that is being reinstalled now: web-02 (proposal 9D2X)"),
	withNearby(model.NearMaintenance, model.Detected, "has maintenance task rt-5k1w (a disk's fault), which is booked"),
	func(l *life) {
		l.facts.Instance.Protected = true
		l.terms.Around = map[string]model.Weight{model.NearCLB: model.WeighsOneKey}
	},
}

// withLongTexts is everything as long as it may be.
func withLongTexts(l *life) {
	i := &l.facts.Instance
	i.Name = "shop-checkout-payments-gateway-canary-eu-blue-0017.internal.example"
	l.request.Reason = strings.TrimSpace(strings.Repeat("it answers nothing but 502 since the kernel was upgraded, "+
		"and fsck does not help. ", 5))
	i.PrivateIPs = []string{"10.0.1.11", "10.0.2.11", "10.0.3.11"}
	i.Tags = map[string]string{
		"env": "production", "team": "shop-checkout-and-payments", "cost-centre": "4711-0815",
		"owner":      "checkout-oncall@shop.example",
		"compliance": "pci-dss-level-1", "service": "payments-gateway", "managed-by": "terraform",
	}
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		i.DataDisks = append(i.DataDisks, model.Disk{ID: "disk-8w1dat0" + id, Type: "CLOUD_PREMIUM", SizeGB: 500})
	}
	l.terms.Approvers = model.People{Groups: []string{"S0ONCALL", "S0DBA"}, Users: []string{"U0BOB", "U0CHO", "U0LEA"}}
}
