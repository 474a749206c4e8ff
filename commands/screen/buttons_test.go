package screen

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// What a state takes now is in sight; what leads nowhere now, or ends all, is behind the
// small button.
func TestEachStateHasItsButtons(t *testing.T) {
	password := func(op *oper) { op.Password = "sealed" }
	making := func(op *oper) {
		op.Evidence, op.Making = nil, &reinstall.BackupImage{Stage: reinstall.ImageMaking, ID: "img-1", At: night}
	}
	for name, c := range map[string]struct {
		op            oper
		sight, behind string
	}{
		"both keys owed": {
			webOp(reinstall.Proposed), "Approve, Reject, Confirm backup, Details", "Make backup image, Cancel",
		},
		"no backup is known": {
			webOp(reinstall.Proposed, withoutEvidence),
			"Approve, Reject, Make backup image, Details", "Confirm backup, Cancel",
		},
		"an image is being made": {
			webOp(reinstall.Proposed, making), "Approve, Reject, Confirm backup, Details", "Cancel",
		},
		"approved": {
			webOp(reinstall.Proposed, approvedBy("U0BOB")),
			"Reject, Confirm backup, Details", "Make backup image, Cancel",
		},
		"one approval of two": {
			webOp(reinstall.Proposed, needing(2), approvedBy("U0BOB"), backedUp), "Approve, Reject, Details", "Cancel",
		},
		"backup confirmed":     {webOp(reinstall.Proposed, backedUp), "Approve, Reject, Details", "Cancel"},
		"checking again":       {webOp(reinstall.Approved), "Hold, Details, Cancel", ""},
		"counting down":        {webOp(reinstall.Ready), "Hold, Details, Cancel", ""},
		"on hold":              {webOp(reinstall.Held), "Resume, Details, Cancel", ""},
		"request going out":    {webOp(reinstall.Armed), "Details", ""},
		"reinstalling":         {webOp(reinstall.Sent), "Details", ""},
		"unknown":              {webOp(reinstall.Unknown), "It was wiped, It was not, Evidence, Details", ""},
		"changed outside":      {webOp(reinstall.Tampered), "It was wiped, It was not, Details", ""},
		"done":                 {webOp(reinstall.Done), "Details", ""},
		"done with a password": {webOp(reinstall.Done, password), "Show password, Details", ""},
		"resolved, a password": {webOp(reinstall.Resolved, password), "Show password, Details", ""},
		"failed":               {webOp(reinstall.Failed, password), "Details", ""},
		"refused by the cloud": {webOp(reinstall.Refused), "Details", ""},
		"superseded":           {webOp(reinstall.Superseded), "Details", ""},
		"not sent":             {webOp(reinstall.NotSent), "Details", ""},
		"rejected":             {webOp(reinstall.Rejected), "Details", ""},
		"cancelled":            {webOp(reinstall.Cancelled), "Details", ""},
		"expired":              {webOp(reinstall.Expired), "Details", ""},
		"resolved by a person": {webOp(reinstall.Resolved), "Details", ""},
	} {
		sight, behind := buttonsFor([]oper{c.op}, night)
		if got := labelsOf(sight); got != c.sight {
			t.Errorf("%s: in sight are %s", name, got)
		}
		if got := labelsOf(behind); got != c.behind {
			t.Errorf("%s: behind the small button are %s", name, got)
		}
	}
}

// Of several a button is there if one of them takes it.
func TestSeveralMachinesHaveTheButtonsOfEach(t *testing.T) {
	for name, c := range map[string]struct {
		ops  []oper
		want string
	}{
		"one lacks its approval": {
			[]oper{webOp(reinstall.Proposed, approvedBy("U0BOB"), backedUp), webOp(reinstall.Proposed, backedUp)},
			"Approve, Reject, Details, Cancel",
		},
		"one counts down, one is done": {
			[]oper{webOp(reinstall.Done), webOp(reinstall.Ready)}, "Hold, Details, Cancel",
		},
		"one is unknown, one is held": {
			[]oper{webOp(reinstall.Unknown), webOp(reinstall.Held)},
			"Resume, It was wiped, It was not, Evidence, Details, Cancel",
		},
		"all are under way": {[]oper{webOp(reinstall.Sent), webOp(reinstall.Armed)}, "Details"},
	} {
		ops := together(c.ops...)
		sight, behind := buttonsFor(ops, night)
		if got := strings.TrimSuffix(labelsOf(sight)+", "+labelsOf(behind), ", "); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	// Keys are for one round: which a click means is not clear while they differ.
	ops := many(2, reinstall.Proposed)
	if sight, _ := buttonsFor(ops, night); !strings.Contains(labelsOf(sight), "Approve") {
		t.Errorf("no keys are asked for in one round: %s", labelsOf(sight))
	}
	ops[1].Batch.Round = 1
	sight, behind := buttonsFor(ops, night)
	if got := labelsOf(append(sight, behind...)); strings.Contains(got, "Approve") || strings.Contains(got, "backup") {
		t.Errorf("keys are asked for while rounds differ: %s", got)
	}
}

// seen is so much use of a machine that its words have no room.
func seen(op *oper) {
	around(model.NearCLB, model.Detected, "is behind load balancer "+strings.Repeat("lb-6x2shop1 (TCP 80, HTTPS 443), ",
		20))(op)
}

func stopAgreed(op *oper) {
	op.Evidence = nil
	op.Making = &reinstall.BackupImage{Stage: reinstall.ImageAsked, Name: "twokey-7K3Q", By: "U0ANN", Stop: true}
}

// Whoever approves reads what is lost, whether it is in use, what could bring it back,
// and which approval theirs is.
func TestApproveAsksWithAllThatIsAgreedTo(t *testing.T) {
	for name, c := range map[string]struct {
		ops   []oper
		title string
		want  []string
	}{
		"the plain machine": {
			[]oper{webOp(reinstall.Proposed)},
			"Approve the wipe of web-01?",
			[]string{
				"Lost: all of its 50 GiB system disk. ", "No sign of use. ", "No backup is confirmed yet. ",
				"Yours is approval 1 of 1.",
			},
		},
		"the second of two": {
			[]oper{webOp(reinstall.Proposed, needing(2), approvedBy("U0BOB"), backedUp)},
			"Approve the wipe of web-01?",
			[]string{"The backup is confirmed. ", "Yours is approval 2 of 2."},
		},
		"no backup is asked for": {
			[]oper{webOp(reinstall.Proposed, optionalBackup)},
			"Approve the wipe of web-01?",
			[]string{"No backup is confirmed, and none is required. ", "Yours is approval 1 of 1."},
		},
		"in use": {
			[]oper{webOp(reinstall.Proposed, around(model.NearCLB, model.Detected, "is behind load balancer lb-1 (TCP 80)"))},
			"Approve the wipe of web-01?",
			[]string{"Signs of use: lb-1 (TCP 80). "},
		},
		"not checked": {
			[]oper{webOp(reinstall.Proposed, around(model.NearCLB, model.Unchecked, "it timed out"))},
			"Approve the wipe of web-01?",
			[]string{"Not everything could be checked for use. "},
		},
		"stopped for its image": {
			[]oper{webOp(reinstall.Proposed, stopAgreed)},
			"Approve the wipe of web-01?",
			[]string{"No backup is confirmed yet. ", "It agrees to stop the machine for a backup image, too. "},
		},
		"three machines": {
			together(webOp(reinstall.Proposed, backedUp), webOp(reinstall.Proposed, seen), webOp(reinstall.Proposed)),
			"Approve the wipe of 3 machines?",
			[]string{
				"Lost: all of their 3 system disks, 150 GiB. ", "1 of 3 machines show signs of use. ",
				"1 of 3 backups are confirmed. ", "Yours is approval 1 of 1.",
			},
		},
		"one of them needs another approval": {
			together(webOp(reinstall.Proposed, approvedBy("U0BOB")), webOp(reinstall.Proposed, needing(3),
				approvedBy("U0BOB"))),
			"Approve the wipe of 2 machines?",
			[]string{"Yours is approval 2 of 3."},
		},
	} {
		got, at := confirmApprove(c.ops), -1
		if got.Title != c.title || got.Yes != "Approve" || !got.Danger {
			t.Errorf("%s: it asks %+v", name, got)
		}
		for _, w := range c.want {
			i := strings.Index(got.Text, w)
			if i <= at {
				t.Errorf("%s: %q is missing or out of order: %s", name, w, got.Text)
			}
			at = i
		}
	}
}

// However much was seen, and whatever the machine is called: Slack takes the question,
// and what is lost, the backup and the count are in it, whole.
func TestApprovesQuestionIsNeverCutAtItsCount(t *testing.T) {
	huge := func(op *oper) { op.Plan.Disk.SizeGB = 32000 }
	long := called(strings.Repeat("界", 128))
	for n, ops := range [][]oper{
		{webOp(reinstall.Proposed, seen, huge, long, needing(5))},
		{webOp(reinstall.Proposed, seen, huge, stopAgreed, needing(5))},
		{webOp(reinstall.Proposed, seen, huge, long, optionalBackup, needing(5), approvedBy("U0BOB", "U0CHO"))},
		many(20, reinstall.Proposed, seen, huge, stopAgreed, needing(5)),
	} {
		c, by := confirmApprove(ops), len(ops[0].Approvals)+1
		if l := utf8.RuneCountInString(c.Text); l > 300 || utf8.RuneCountInString(c.Title) > 100 {
			t.Errorf("%d: %d characters: %s", n, l, c.Text)
		}
		for _, w := range []string{"Lost: all of ", " GiB system disk", "o backup is confirmed", "igns of use"} {
			if w == " GiB system disk" && len(ops) > 1 {
				w = " system disks, 640000 GiB. "
			}
			if !strings.Contains(c.Text, w) {
				t.Errorf("%d lacks %q: %s", n, w, c.Text)
			}
		}
		if want := fmt.Sprintf(" Yours is approval %d of 5.", by); !strings.HasSuffix(c.Text, want) {
			t.Errorf("%d does not end in the count: %s", n, c.Text)
		}
		if !strings.HasSuffix(c.Title, "?") {
			t.Errorf("%d asks nothing: %s", n, c.Title)
		}
	}
}

// Cancel names what it ends, and its question cannot be mistaken for its answer.
func TestCancelAsksBeforeItEndsAProposal(t *testing.T) {
	for name, c := range map[string]struct {
		ops   []oper
		title string
	}{
		"one":    {[]oper{webOp(reinstall.Ready)}, "Cancel the wipe of web-01?"},
		"twenty": {many(20, reinstall.Ready), "Cancel the wipe of 20 machines?"},
	} {
		sight, _ := buttonsFor(c.ops, night)
		last := sight[len(sight)-1]
		if last.Label != "Cancel" || last.Confirm == nil {
			t.Fatalf("%s: the last button is %+v", name, last)
		}
		if q := last.Confirm; q.Title != c.title || !strings.Contains(q.Text, c.ops[0].ID) ||
			q.Yes != "Cancel the proposal" || q.No != "Keep it" || q.Danger {
			t.Errorf("%s: %+v", name, q)
		}
	}
	_, more := buttonsFor([]oper{webOp(reinstall.Proposed)}, night)
	q := confirmMore([]oper{webOp(reinstall.Proposed)}, more)
	if q.Text != "Make backup image opens a form first. Cancel ends proposal 7K3Q, and nothing is wiped." {
		t.Errorf("behind the small button: %s", q.Text)
	}
	for _, b := range more {
		if b.Confirm != nil {
			t.Errorf("%s asks twice", b.Label)
		}
	}
}

// Only what is wanted now is loud, and only what destroys is in the colour of danger.
func TestButtonsAreLoudOnlyForWhatIsAskedFor(t *testing.T) {
	for _, b := range cardButtons {
		want := map[string]string{"Approve": "primary", "Hold": "primary", "Resume": "danger"}[b.Label]
		if b.Style != want {
			t.Errorf("%s is %q", b.Label, b.Style)
		}
	}
}
