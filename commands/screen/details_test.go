package screen

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func detailsOf(ops ...oper) string {
	return wordsOf(DetailsForm(ops, 7, yuan, night.Add(5*time.Minute)).Intro...)
}

// Details have everything of the plan, in full: whoever looks needs no console.
func TestDetailsHaveEveryFactOfThePlan(t *testing.T) {
	op := webOp(reinstall.Proposed, publicIPs("1.2.3.4"), disks(200), func(op *oper) {
		p := &op.Plan
		p.HostName, p.FromImage, p.DiskGB = "shop-1", "img-old", 100
		p.Tags = map[string]string{"team": "shop", "env": "staging"}
		p.Before, p.After = &model.Price{Amount: 0.26, Unit: "HOUR"}, &model.Price{Amount: 0.91, Unit: "HOUR"}
		p.Login = model.Login{Kind: model.LoginKeys, Keys: []string{"skey-1"}}
	})
	got := detailsOf(op)
	for _, want := range []string{
		"web-01 · Waiting for keys\n",
		"Machine: ins-1a2b3c4d · main · ap-guangzhou · 10.0.0.5\n",
		"Type: S5.MEDIUM4\n",
		"Lost: system disk disk-1 CLOUD_PREMIUM, 50 GiB, with Ubuntu Server 20.04 LTS 64bit, image img-old\n",
		"Then: Ubuntu Server 20.04 LTS 64bit, 100 GiB, from image img-ubuntu20 (public)\n",
		"Kept: public IP 1.2.3.4; data disk disk-2 200 GiB, to be mounted again afterwards\n",
		"Login: key pair skey-1\n",
		"Host name: shop-1\n",
		"Price: CNY 0.26/h now, CNY 0.91/h afterwards\n",
		"Tags: env=staging, team=shop\n",
		"Reason: kernel panics at boot\n",
		"Plan: " + op.Fingerprint[:8] + ", revision 7",
	} {
		if !strings.Contains(got+"\n", want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// What the card leaves out for want of room stands there: all backups, warnings and how
// each was found out.
func TestDetailsHaveKeysBackupsAndWarningsInFull(t *testing.T) {
	old := model.Evidence{
		Kind: model.EvidenceSnapshot, ID: "snap-old", DiskID: "disk-1", State: "NORMAL", SizeGB: 50,
		Created: night.Add(-48 * time.Hour),
	}
	escalated := func(op *oper) { op.Escalated = night.Add(time.Hour) }
	warned := func(op *oper) {
		op.Warnings = []model.Finding{
			{Code: "price", Why: "it costs more", Next: "Ask whoever pays"},
			{Code: "family", Why: "it becomes another platform"},
		}
		op.Evidence = append(op.Evidence, old)
	}
	for name, c := range map[string]struct {
		op   oper
		want []string
	}{
		"keys owed": {
			webOp(reinstall.Proposed, needing(2), approvedBy("U0BOB"), warned, escalated),
			[]string{
				"web-01 · keys and backups\nApproval 1 of 2: ✓ @U0BOB, 2026-11-24 03:02:00 UTC\n",
				"Approval 2 of 2: needed from one of @S0ONCALL, @U0LEA\n",
				"Escalated: 2026-11-24 04:00:00 UTC; the people whom the policy names for this may approve since then",
				"Backup: backup (1 found, 2 h 5 min old)\n",
				"Known backup: snapshot snap-1 NORMAL, 50 GiB, made 2026-11-24 01:00:00 UTC, of disk disk-1, kept for good\n",
				"Known backup: snapshot snap-old NORMAL, 50 GiB, made 2026-11-22 03:00:00 UTC, of disk disk-1, kept for good. " +
					"It does not count: ",
				"web-01 · warnings and checks\n Warning: it becomes another platform.\n Warning: it costs more. Ask " +
					"whoever pays.\n",
			},
		},
		"backup confirmed": {
			webOp(reinstall.Proposed, backedUp),
			[]string{
				"Approval: needed from one of @S0ONCALL\n", "Backup: ✓ by the cloud: snapshot snap-1",
				"Confirmed: by @U0ANN, who typed web-01, 2026-11-24 03:01:00 UTC\n",
			},
		},
		"approved": {
			webOp(reinstall.Ready, approvedBy("U0BOB"), backedUp), []string{"Approval: ✓ @U0BOB, 2026-11-24 03:02:00 UTC"},
		},
	} {
		got, at := detailsOf(c.op)+"\n", -1
		for _, w := range c.want {
			i := strings.Index(got, w)
			if i <= at {
				t.Errorf("%s: %q is missing or out of order:\n%s", name, w, got)
			}
			at = i
		}
	}
	if got := detailsOf(webOp(reinstall.Sent, sent)); strings.Contains(got, "needed from") {
		t.Errorf("a key is asked for after the request: %s", got)
	}
}

// Each check has what came of it, who says so, and when it was read: whoever approves
// sees what nobody has looked at.
func TestDetailsHaveEachCheckWithItsSourceAndTime(t *testing.T) {
	owing := func(code string) func(*oper) {
		return func(op *oper) {
			op.Plan.Terms.OneMoreFor = []string{code}
			op.Plan.Terms.Around = map[string]model.Weight{code: model.WeighsOneKey}
		}
	}
	for name, c := range map[string]struct {
		change []func(*oper)
		want   string
	}{
		"clear": {nil, "✓ load balancer (CLB): clear.\n"},
		"seen": {
			[]func(*oper){around(model.NearTraffic, model.Detected, "sends 84 Mbps out")},
			"network out (Cloud Monitor): it sends 84 Mbps out.\n",
		},
		"not checked": {
			[]func(*oper){around(model.NearTKE, model.Unchecked, "it timed out")},
			"TKE cluster (TKE): not checked: it timed out.\n",
		},
		"seen, one approval more": {
			[]func(*oper){around(model.NearCLB, model.Detected, "is behind lb-1"), owing(model.NearCLB)},
			"load balancer (CLB): it is behind lb-1. One more approval is needed for it.\n",
		},
		"clear by now, one approval more": {
			[]func(*oper){owing(model.NearGroup)},
			"✓ auto-scaling group (Auto Scaling): clear. One more approval is needed for it.\n",
		},
		"not checked, one approval more": {
			[]func(*oper){around(model.NearEMR, model.Unchecked, "no answer"), owing(model.NearEMR)},
			"EMR role or tag (CVM and tags): not checked: no answer. One more approval is needed for it.\n",
		},
		"read at the proposal": {nil, "In use?: read 2026-11-24 03:00:00 UTC\n"},
		"read again": {
			[]func(*oper){func(op *oper) { op.AskedAt = night.Add(time.Hour) }}, "In use?: read 2026-11-24 04:00:00 UTC\n",
		},
	} {
		if got := detailsOf(webOp(reinstall.Proposed, c.change...)) + "\n"; !strings.Contains(got, c.want) {
			t.Errorf("%s lacks %q:\n%s", name, c.want, got)
		}
	}
	for _, code := range model.NearCodes() {
		if nearSource[code] == "" {
			t.Errorf("nobody says where %s is looked for", code)
		}
	}
	none := webOp(reinstall.Proposed, func(op *oper) { op.Around = nil })
	if got := detailsOf(none); strings.Contains(got, "clear") || strings.Contains(got, "In use?") {
		t.Errorf("checks that nobody made: %s", got)
	}
}

// Whoever comes later reads who did what and when, and how it ended.
func TestDetailsHaveWhatHappened(t *testing.T) {
	doubt := func(op *oper) {
		op.End.LastKnown = &reinstall.LastKnown{
			Latest: model.Latest{Operation: "RebootInstances", State: "SUCCESS", RequestID: "req-9"}, State: "RUNNING",
			Image: "img-x", Audit: "shows our own request",
		}
	}
	for name, c := range map[string]struct {
		op   oper
		want []string
	}{
		"asked": {webOp(reinstall.Proposed), []string{"Asked: asked by @U0ANN, 2026-11-24 03:00:00 UTC"}},
		"held":  {webOp(reinstall.Held, held), []string{"Held: by @U0CHO: “the shop is open”."}},
		"under way": {
			webOp(reinstall.Sent, sent, func(op *oper) { op.MachineStatus = "OPERATING" }),
			[]string{"Request: sent 2026-11-24 03:00:00 UTC, id req-1\n", "Machine: shows OPERATING"},
		},
		"no answer": {webOp(reinstall.Armed, armedAt(night)), []string{"Request: sent 2026-11-24 03:00:00 UTC, id none"}},
		"rejected": {
			webOp(reinstall.Rejected, endedBy("U0BOB", "drain it first")),
			[]string{"Ended: Rejected, 2026-11-24 03:10:00 UTC, by @U0BOB: drain it first"},
		},
		"expired": {
			webOp(reinstall.Expired, endedBy("", "nobody approved")),
			[]string{"Ended: Expired, 2026-11-24 03:10:00 UTC: nobody approved"},
		},
		"done, and its port": {
			webOp(reinstall.Done, sent, endedBy("", ""), func(op *oper) {
				op.Proof = &reinstall.Proof{Service: model.ServiceSSH, Host: "1.2.3.4", Port: 22, Until: night}
			}),
			[]string{"Login port: SSH port 22 at 1.2.3.4: being looked at, until ", "Ended: Done, 2026-11-24 03:10:00 UTC"},
		},
		"unknown": {
			webOp(reinstall.Unknown, sent, endedBy("", "its record was covered"), doubt),
			[]string{
				"Ended: Unknown, 2026-11-24 03:10:00 UTC: its record was covered\n", "Why: Its record was covered.\n",
				"Before: RunInstances SUCCESS, request req-0, image img-ubuntu20\n",
				"Seen now: RebootInstances SUCCESS, request req-9, image img-x, the machine is RUNNING\n",
				"CloudAudit: shows our own request.\n", "Planned: image img-ubuntu20, request req-1\n",
			},
		},
		"resolved": {
			webOp(reinstall.Resolved, sent, endedBy("U0BOB", "I logged in"), doubt),
			[]string{"Ended: Resolved by a person, 2026-11-24 03:10:00 UTC, by @U0BOB: I logged in\n", "Seen now: "},
		},
	} {
		got, at := detailsOf(c.op)+"\n", -1
		for _, w := range append([]string{"web-01 · what happened\n"}, c.want...) {
			i := strings.Index(got, w)
			if i <= at {
				t.Errorf("%s: %q is missing or out of order:\n%s", name, w, got)
			}
			at = i
		}
	}
}

// Of a record that was changed outside nothing is repeated but which machine it is.
func TestDetailsBelieveNothingOfAChangedRecord(t *testing.T) {
	got := detailsOf(webOp(reinstall.Tampered, approvedBy("U0BOB"), endedBy("U0EVE", "all is well")))
	for _, no := range []string{"@U0BOB", "@U0EVE", "all is well", "kernel panics", "snap-1", "clear"} {
		if strings.Contains(got, no) {
			t.Errorf("they say %q:\n%s", no, got)
		}
	}
	if !strings.Contains(got, "nothing in it is believed") || !strings.Contains(got, "Machine: ins-1a2b3c4d") {
		t.Errorf("they say %q", got)
	}
}

// wordy is a machine of which everything is as long as it may be.
func wordy(op *oper) {
	op.Plan.Name = strings.Repeat("shop-checkout-", 9)
	op.Request.Reason = strings.Repeat("it answers nothing but 502 ", 100)
	op.Plan.Tags = map[string]string{}
	for i := range 50 {
		op.Plan.Tags[fmt.Sprintf("tag-%02d-%s", i, strings.Repeat("k", 50))] = strings.Repeat("v", 100)
	}
	for i := range 20 {
		op.Plan.DataDisks = append(op.Plan.DataDisks, model.Disk{ID: fmt.Sprintf("disk-%08d", i), SizeGB: 32000})
		op.Evidence = append(op.Evidence, op.Evidence[0])
		op.Warnings = append(op.Warnings, model.Finding{Why: strings.Repeat("a warning ", 20), Next: "Look at it"})
	}
	for i := range op.Around {
		op.Around[i].Detection, op.Around[i].What = model.Detected, strings.Repeat("is behind a load balancer ", 10)
	}
	backedUp(op)
}

// However many machines there are and whatever they are called, Slack takes the form:
// what has no room is counted, and what is cut says so.
func TestDetailsFitWhatSlackTakes(t *testing.T) {
	for name, c := range map[string]struct {
		ops  []oper
		want string
	}{
		"one":           {[]oper{webOp(reinstall.Proposed)}, "what happened"},
		"one, wordy":    {[]oper{webOp(reinstall.Proposed, wordy)}, "(cut: too long to be shown)"},
		"twenty":        {many(20, reinstall.Sent, sent), "web-20 · what happened"},
		"twenty, wordy": {many(20, reinstall.Proposed, wordy), "have no room here."},
	} {
		f := DetailsForm(c.ops, 1, yuan, night)
		if n := len(f.Intro); n == 0 || n > 98 {
			t.Errorf("%s: %d paragraphs", name, n)
		}
		for _, p := range f.Intro {
			if n := utf8.RuneCountInString(p.String()); n > 3000 {
				t.Errorf("%s: a paragraph of %d characters", name, n)
			}
		}
		if got := wordsOf(f.Intro...); !strings.Contains(got, c.want) {
			t.Errorf("%s lacks %q", name, c.want)
		}
		if n := utf8.RuneCountInString(f.Title); n > 24 || f.Submit != "" || len(f.Fields) > 0 {
			t.Errorf("%s: its title has %d characters, or it can be submitted: %+v", name, n, f.Fields)
		}
	}
}

// What is typed in place of Details has the card first, and says where the rest is.
func TestShowHasTheCardThenItsDetails(t *testing.T) {
	for name, c := range map[string]struct {
		ops []oper
		cut bool
	}{
		"one":           {[]oper{webOp(reinstall.Proposed)}, false},
		"twenty, wordy": {many(20, reinstall.Proposed, wordy), true},
	} {
		card := DrawCard(c.ops, 1, yuan, night, nil)
		got := wordsOf(DetailsText(card, DetailsForm(c.ops, 1, yuan, night)))
		if !strings.HasPrefix(got, card.Title+" · Waiting for keys\n") || utf8.RuneCountInString(got) > 3000 {
			t.Errorf("%s: %d characters, begins %q", name, utf8.RuneCountInString(got), got[:60])
		}
		if cut := strings.HasSuffix(got, "The rest has no room here. Press Details on the card to read it."); cut != c.cut {
			t.Errorf("%s: it is cut: %v\n%s", name, cut, got)
		}
		if last := strings.Contains(got, "Asked: asked by @U0ANN"); last == c.cut {
			t.Errorf("%s: what happened is there: %v", name, last)
		}
	}
}
