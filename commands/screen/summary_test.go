package screen

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

func summaryOf(ops ...oper) string {
	return DrawCard(ops, 1, yuan, night.Add(5*time.Minute), nil).Summary.String()
}

// What a phone's locked screen shows begins with the machine and its state. A proposal
// then says whether it is in service, who asks and why, and what is missing.
func TestANotificationStandsAlone(t *testing.T) {
	lb := around(model.NearCLB, model.Detected, "is behind load balancer lb-1")
	for name, c := range map[string]struct {
		ops  []oper
		want string
	}{
		"both keys owed": {
			[]oper{webOp(reinstall.Proposed)},
			"web-01 (ins-1a2b3c4d): waiting for keys. No sign of use. @U0ANN asks: “kernel panics at boot”. Approvers are " +
				"asked to approve (0 of 1 so far), the proposer or an approver to confirm a backup. Lost: all of its 50 GiB " +
				"system disk. Proposal 7K3Q.",
		},
		"no reason": {
			[]oper{webOp(reinstall.Proposed, func(op *oper) { op.Request.Reason = " " })},
			"No sign of use. @U0ANN asks, without a reason. Approvers are asked",
		},
		"a long reason": {
			[]oper{webOp(reinstall.Proposed, func(op *oper) { op.Request.Reason = strings.Repeat("why ", 100) })},
			"why…”. Approvers are asked",
		},
		"in use": {
			[]oper{webOp(reinstall.Proposed, lb, backedUp, needing(2), approvedBy("U0CHO"))},
			"web-01 (ins-1a2b3c4d): waiting for keys. Signs of use: lb-1. @U0ANN asks: “kernel panics at boot”. Approvers " +
				"are asked to approve (1 of 2 so far). Lost: all of its 50 GiB system disk. Proposal 7K3Q.",
		},
		"only the backup is owed": {
			[]oper{webOp(reinstall.Proposed, approvedBy("U0CHO"))},
			"@U0ANN asks: “kernel panics at boot”. The proposer or an approver is asked to confirm a backup. Lost: all of " +
				"its 50 GiB system disk. Proposal 7K3Q.",
		},
		"counting down": {
			[]oper{webOp(reinstall.Ready, countingDown)},
			"The wipe starts 2026-11-24 03:00:30 UTC. Press Hold to stop it. Proposal 7K3Q.",
		},
		"on hold": {
			[]oper{webOp(reinstall.Held, held)},
			"web-01 (ins-1a2b3c4d): on hold. An approver is asked to press Resume, or to cancel it. Held by @U0CHO: “the " +
				"shop is open”.",
		},
		"reinstalling": {
			[]oper{webOp(reinstall.Sent, sent)}, "web-01 (ins-1a2b3c4d): reinstalling. No action needed. The cloud " +
				"reinstalls web-01.",
		},
		"unknown": {
			[]oper{webOp(reinstall.Unknown, sent, endedBy("", "covered"))},
			"web-01 (ins-1a2b3c4d): unknown. An approver is asked to say whether it was wiped. Nobody knows whether web-01 " +
				"was wiped",
		},
		"changed outside": {
			[]oper{webOp(reinstall.Tampered)},
			"web-01 (ins-1a2b3c4d): stopped. An approver is asked to say whether it was wiped. The record of web-01 was " +
				"changed outside Twokey",
		},
		"done": {
			[]oper{webOp(reinstall.Done, sent, endedBy("", ""))},
			"web-01 (ins-1a2b3c4d): done. No action needed. Verified: web-01 runs Ubuntu 20.04",
		},
		"a password to be shown": {
			[]oper{webOp(reinstall.Done, sent, endedBy("", ""), func(op *oper) { op.Password = "sealed" })},
			"web-01 (ins-1a2b3c4d): done. The proposer is asked to press Show password.",
		},
		"failed": {
			[]oper{webOp(reinstall.Failed, sent, endedBy("", "no disk"))},
			"web-01 (ins-1a2b3c4d): failed. The proposer is asked to look at the machine. The cloud reports that the " +
				"reinstall failed: no disk.",
		},
		"several": {
			many(3, reinstall.Proposed, backedUp),
			"3 machines (web-01, web-02, web-03): waiting for keys. No sign of use. @U0ANN asks: “kernel panics at boot”. " +
				"Approvers are asked to approve (0 of 1 so far). Lost: all of their 3 system disks, 150 GiB. Proposal 7K00.",
		},
		"several, one in use": {
			together(webOp(reinstall.Proposed), webOp(reinstall.Proposed, lb)), "1 of 2 machines show signs of use.",
		},
	} {
		got := summaryOf(c.ops...)
		if whole := strings.HasSuffix(c.want, "Proposal "+c.ops[0].ID+"."); !strings.Contains(got, c.want) ||
			whole && !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// What is asked for is what is still missing: nobody is asked for what is there.
func TestANotificationAsksOnlyForWhatIsMissing(t *testing.T) {
	agreed := func(op *oper) { op.Making.Agreed = "U0BOB" }
	for name, c := range map[string]struct {
		op   oper
		want string
	}{
		"both": {webOp(reinstall.Proposed), "Approvers are asked to approve (0 of 1 so far), the proposer or an " +
			"approver to confirm a backup."},
		"the approval": {webOp(reinstall.Proposed, backedUp), "Approvers are asked to approve (0 of 1 so far)."},
		"the backup": {
			webOp(reinstall.Proposed, approvedBy("U0BOB")), "The proposer or an approver is asked to confirm a backup.",
		},
		"an image": {
			webOp(reinstall.Proposed, stopAgreed, agreed),
			"Approvers are asked to approve (0 of 1 so far), the backup image is waited for.",
		},
		"no backup":  {webOp(reinstall.Proposed, optionalBackup), "Approvers are asked to approve (0 of 1 so far)."},
		"refused":    {webOp(reinstall.Refused), "No action needed."},
		"superseded": {webOp(reinstall.Superseded), "The proposer is asked to look at the machine."},
		"resolved":   {webOp(reinstall.Resolved), "No action needed."},
		"going out":  {webOp(reinstall.Armed), "No action needed."},
	} {
		if got := askText([]oper{c.op}); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for name, c := range map[string]struct {
		ops  []oper
		want string
	}{
		"the second lacks its approval": {
			[]oper{webOp(reinstall.Proposed, approvedBy("U0BOB"), backedUp), webOp(reinstall.Proposed, backedUp)},
			"Approvers are asked to approve (0 of 1 so far).",
		},
		"an unknown one before a held one": {
			[]oper{webOp(reinstall.Held), webOp(reinstall.Unknown)}, "An approver is asked to say whether it was wiped.",
		},
		"one that runs before one that failed": {
			[]oper{webOp(reinstall.Failed), webOp(reinstall.Sent)}, "No action needed.",
		},
		"all over, one failed": {
			[]oper{webOp(reinstall.Done), webOp(reinstall.Failed)}, "The proposer is asked to look at the machine.",
		},
	} {
		if got := askText(together(c.ops...)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// It goes along with every edit: a group in it would be called each time.
func TestANotificationCallsNoGroup(t *testing.T) {
	for _, s := range append([]reinstall.State{reinstall.Tampered}, reinstall.States...) {
		op := webOp(s, needing(2), twoGroups, sent, held, endedBy("U0BOB", "x"))
		for _, span := range DrawCard([]oper{op}, 1, yuan, night, nil).Summary {
			if span.Kind == view.Group {
				t.Errorf("%s calls @%s", s, span.Text)
			}
		}
	}
}

// Twenty long names do not hide what is asked.
func TestANotificationOfManyKeepsWhatIsAsked(t *testing.T) {
	ops := many(20, reinstall.Proposed, called(strings.Repeat("shop-checkout-", 9)))
	got := summaryOf(ops...)
	if !strings.HasPrefix(got, "20 machines (") ||
		!strings.Contains(view.ShortenTo(got, 150), "waiting for keys. No sign of use. @U0ANN asks") ||
		!strings.Contains(view.ShortenTo(got, 220), "Approvers are asked") ||
		utf8.RuneCountInString(got) > 400 {
		t.Errorf("%s", got)
	}
	title := DrawCard(ops, 1, yuan, night, nil).Title
	if title != "Wipe 20 machines?" {
		t.Errorf("the title is %q", title)
	}
}

// The title asks as long as keys are what is waited for, and names what it is about.
func TestATitleAsksOrNames(t *testing.T) {
	tagged := func(key, value string) func(*oper) {
		return func(op *oper) { op.Plan.Tags = map[string]string{key: value} }
	}
	for name, c := range map[string]struct {
		ops  []oper
		want string
	}{
		"asks":        {[]oper{webOp(reinstall.Proposed)}, "Wipe web-01 (env=staging)?"},
		"another key": {[]oper{webOp(reinstall.Proposed, tagged("stage", "prod"))}, "Wipe web-01 (stage=prod)?"},
		"no tag":      {[]oper{webOp(reinstall.Proposed, tagged("team", "shop"))}, "Wipe web-01?"},
		"a long value": {
			[]oper{webOp(reinstall.Proposed, tagged("env", strings.Repeat("p", 30)))},
			"Wipe web-01 (env=" + strings.Repeat("p", 19) + "…)?",
		},
		"names":       {[]oper{webOp(reinstall.Ready)}, "web-01 (env=staging)"},
		"two":         {many(2, reinstall.Proposed), "Wipe 2 machines: web-01, web-02?"},
		"one is held": {together(webOp(reinstall.Proposed), webOp(reinstall.Held)), "2 machines: web-01, web-02"},
		"one runs":    {together(webOp(reinstall.Proposed), webOp(reinstall.Sent, sent)), "2 machines: web-01, web-02"},
		"one has a wait": {
			together(webOp(reinstall.Proposed), webOp(reinstall.Approved)), "Wipe 2 machines: web-01, web-02?",
		},
	} {
		if got := DrawCard(c.ops, 1, yuan, night, nil).Title; got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The foot has the id to type, where the machine is, and until when it can be decided.
func TestTheFootHasIdPlaceAndEnd(t *testing.T) {
	for name, c := range map[string]struct {
		ops  []oper
		want string
	}{
		"open":    {[]oper{webOp(reinstall.Proposed)}, "7K3Q · ap-guangzhou · 10.0.0.5 · open until 07:00 UTC"},
		"held":    {[]oper{webOp(reinstall.Held)}, "7K3Q · ap-guangzhou · 10.0.0.5 · open until 07:00 UTC"},
		"running": {[]oper{webOp(reinstall.Sent, sent)}, "7K3Q · ap-guangzhou · 10.0.0.5"},
		"no address": {
			[]oper{webOp(reinstall.Sent, sent, func(op *oper) { op.Plan.PrivateIPs = nil })}, "7K3Q · ap-guangzhou",
		},
		"several, the first end counts": {
			together(webOp(reinstall.Proposed), webOp(reinstall.Proposed, func(op *oper) {
				op.Expires = night.Add(time.Hour)
			})),
			"7K00 · operations 7K00 7K01 · open until 04:00 UTC",
		},
	} {
		if got := wordsOf(footText(c.ops, night)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
