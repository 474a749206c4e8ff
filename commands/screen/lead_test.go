package screen

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func held(op *oper) { op.HeldBy, op.HeldWhy = "U0CHO", "the shop is open" }

func waiting(why string) func(*oper) { return func(op *oper) { op.Waits = why } }

func countingDown(op *oper) {
	op.Announced, op.Shown, op.Starts = night, night, night.Add(30*time.Second)
}

func announced(op *oper) { op.Announced = night }

func sent(op *oper) { armedAt(night)(op); op.RequestID = "req-1" }

// Every state has one sentence that says what matters now, and nothing that is not so.
func TestEveryStateHasItsSentence(t *testing.T) {
	resolved := func(op *oper) {
		endedBy("U0BOB", "logged in, it runs the new system")(op)
		op.End.As = reinstall.Done
	}
	const untouched = "Nothing was done to the machine."
	for name, c := range map[string]struct {
		state  reinstall.State
		change []func(*oper)
		want   string
	}{
		"waiting for keys": {reinstall.Proposed, nil, "Nothing happens before all keys are there."},
		"checking again": {
			reinstall.Approved,
			[]func(*oper){approvedBy("U0BOB"), backedUp},
			"Both keys are there. Everything is checked again.",
		},
		"no backup": {
			reinstall.Approved,
			[]func(*oper){approvedBy("U0BOB"), optionalBackup},
			"The approvals are there; NO BACKUP is confirmed, and the policy requires none. Everything is checked again.",
		},
		"cannot start": {
			reinstall.Approved,
			[]func(*oper){waiting("two others are under way")},
			"The countdown cannot start yet: two others are under way.",
		},
		"counting down": {
			reinstall.Ready, []func(*oper){countingDown}, "The wipe starts 2026-11-24 03:00:30 UTC. Press Hold to stop it.",
		},
		"being shown": {
			reinstall.Ready,
			[]func(*oper){announced},
			"The wipe starts 30 s after this and the line about it in the thread are shown, not before 2026-11-24 " +
				"03:00:30 UTC. Press Hold to stop it.",
		},
		"cannot be shown": {
			reinstall.Ready,
			[]func(*oper){announced, waiting("Slack does not answer")},
			"The countdown cannot be shown: Slack does not answer. It starts by itself once it can be, and lasts 30 s.",
		},
		"waits behind its countdown": {
			reinstall.Ready,
			[]func(*oper){countingDown, waiting("everything is frozen")},
			"The countdown has ended. The request waits: everything is frozen.",
		},
		"waits until a moment": {
			reinstall.Ready,
			[]func(*oper){
				countingDown, waiting("it is closed"), func(op *oper) { op.WaitsUntil = night.Add(time.Hour) },
			},
			"The countdown has ended. The request waits: it is closed; the next opening is 2026-11-24 04:00:00 UTC.",
		},
		"on hold": {
			reinstall.Held,
			[]func(*oper){held},
			"Held by @U0CHO: “the shop is open”. Nothing happens until an approver presses Resume; it expires " +
				"2026-11-24 07:00:00 UTC.",
		},
		"request going out": {
			reinstall.Armed,
			[]func(*oper){armedAt(night)},
			"The ResetInstance request is being sent. It can no longer be stopped.",
		},
		"answer lost": {
			reinstall.Armed,
			[]func(*oper){armedAt(night), func(op *oper) { op.AnswerLost = "timeout" }},
			"The answer was lost. Twokey does not send the request again; it is checking the machine's last operation.",
		},
		"reinstalling": {
			reinstall.Sent, []func(*oper){sent}, "The cloud reinstalls web-01. It can no longer be stopped.",
		},
		"slow": {
			reinstall.Sent,
			[]func(*oper){sent, func(op *oper) { op.Slow = true }},
			"The cloud reinstalls web-01. It takes longer than usual.",
		},
		"done": {
			reinstall.Done,
			[]func(*oper){sent, endedBy("", "")},
			"Verified: web-01 runs Ubuntu 20.04, after 10 min. Next steps are in the thread.",
		},
		"done by the record": {
			reinstall.Done,
			[]func(*oper){sent, endedBy("", ""), func(op *oper) { op.Inferred = true }},
			"Verified: web-01 runs Ubuntu 20.04, after 10 min, by the machine's record, because the answer was lost. " +
				"Next steps are in the thread.",
		},
		"failed": {
			reinstall.Failed,
			[]func(*oper){endedBy("", "the disk is broken")},
			"The cloud reports that the reinstall failed: the disk is broken. The machine may not start.",
		},
		"refused": {
			reinstall.Refused, []func(*oper){endedBy("", "the image is gone")}, "The image is gone. " + untouched,
		},
		"not sent": {
			reinstall.NotSent,
			[]func(*oper){endedBy("", "no request reached the cloud")},
			"No request reached the cloud. " + untouched,
		},
		"superseded": {
			reinstall.Superseded,
			[]func(*oper){endedBy("", "somebody rebooted it")},
			"Somebody rebooted it. Twokey sent nothing; look at the machine before you propose again.",
		},
		"expired": {
			reinstall.Expired, []func(*oper){endedBy("", "nobody approved in 4 h")}, "Nobody approved in 4 h. " + untouched,
		},
		"rejected": {
			reinstall.Rejected,
			[]func(*oper){endedBy("U0BOB", "drain it first")},
			"By @U0BOB: “drain it first”. " + untouched,
		},
		"cancelled without a reason": {
			reinstall.Cancelled, []func(*oper){endedBy("U0ANN", "")}, "By @U0ANN. " + untouched,
		},
		"unknown": {
			reinstall.Unknown,
			[]func(*oper){sent, endedBy("", "its record was covered")},
			"Nobody knows whether web-01 was wiped: log in, does it run Ubuntu 20.04? It stays locked until an approver " +
				"answers.",
		},
		"resolved": {
			reinstall.Resolved,
			[]func(*oper){resolved},
			"@U0BOB set it to done: “logged in, it runs the new system”. Set by a person; not confirmed by the cloud.",
		},
		"changed outside": {
			reinstall.Tampered, nil,
			"The record of web-01 was changed outside Twokey, so nothing in it is believed. Look at the machine: was it " +
				"wiped? It stays locked until an approver answers.",
		},
	} {
		if got := wordsOf(leadText([]oper{webOp(c.state, c.change...)})); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// What a backup image did, or left behind, is said beside an end that did nothing else.
func TestAnEndSaysWhatABackupImageLeftBehind(t *testing.T) {
	making := func(m reinstall.BackupImage) func(*oper) { return func(op *oper) { op.Making = &m } }
	for name, c := range map[string]struct {
		change func(*oper)
		want   []string
	}{
		"none": {func(*oper) {}, []string{"Nothing was done to the machine."}},
		"it failed": {
			making(reinstall.BackupImage{Stage: reinstall.ImageFailed}), []string{"Nothing was done to the machine."},
		},
		"it is there": {
			making(reinstall.BackupImage{Stage: reinstall.ImageMade, ID: "img-1", Name: "twokey-7K3Q"}),
			[]string{"The machine was not reinstalled.", "img-1 (twokey-7K3Q) stays in the account; delete it"},
		},
		"it may come yet": {
			making(reinstall.BackupImage{Stage: reinstall.ImageAsked, Name: "twokey-7K3Q"}),
			[]string{"The machine was not reinstalled.", "twokey-7K3Q may still be made; delete it"},
		},
		"the machine was stopped": {
			making(reinstall.BackupImage{Stage: reinstall.ImageMaking, Stop: true, ID: "img-1"}),
			[]string{"It was to be powered off for the backup image, so check that it runs."},
		},
		"no stop has begun": {
			making(reinstall.BackupImage{Stage: reinstall.ImageAsked, Stop: true}),
			[]string{"Nothing was done to the machine."},
		},
		"somebody else's reset": {
			func(op *oper) { op.Disclaimed = "req-9" }, []string{"but somebody else did (request req-9); look at it"},
		},
	} {
		got := wordsOf(leadText([]oper{webOp(reinstall.Cancelled, endedBy("U0ANN", ""), c.change)}))
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q: %s", name, w, got)
			}
		}
	}
}

// Of several the one sentence is of what waits for people, then of what runs.
func TestSeveralMachinesHaveOneSentence(t *testing.T) {
	done := func() oper { return webOp(reinstall.Done, sent, endedBy("", "")) }
	for name, c := range map[string]struct {
		ops  []oper
		want string
	}{
		"one is unknown": {
			[]oper{done(), webOp(reinstall.Sent, sent), webOp(reinstall.Unknown, sent, endedBy("", "covered"))},
			"1 of 3 are done. Nobody knows whether web-03 was wiped: log in, does it run Ubuntu 20.04? It stays locked " +
				"until an approver answers.",
		},
		"the last ones run": {
			[]oper{done(), webOp(reinstall.Sent, sent)}, "1 of 2 are done. What is under way can no longer be stopped.",
		},
		"one is held": {
			[]oper{done(), webOp(reinstall.Held, held), webOp(reinstall.Ready, countingDown)},
			"1 of 3 are done. Held by @U0CHO: “the shop is open”. Nothing more starts until an approver presses Resume; " +
				"it expires 2026-11-24 07:00:00 UTC.",
		},
		"one waits for keys": {
			[]oper{done(), webOp(reinstall.Proposed), webOp(reinstall.Approved)},
			"1 of 3 are done. Nothing more starts before all keys are there for web-02 and web-03.",
		},
		"the next counts down": {
			[]oper{
				done(), webOp(reinstall.Ready, countingDown, func(op *oper) { op.Starts = night.Add(time.Hour) }),
				webOp(reinstall.Ready, countingDown), webOp(reinstall.Approved),
			},
			"1 of 4 are done. The wipe of web-03 starts 2026-11-24 03:00:30 UTC. Press Hold to stop it.",
		},
		"none counts down yet": {
			[]oper{done(), webOp(reinstall.Approved)}, "1 of 2 are done. Hold and Cancel are for those that have not started.",
		},
		"both done": {[]oper{done(), done()}, "Verified: both machines. Next steps are in the thread."},
		"three done, one by its record": {
			[]oper{done(), done(), webOp(reinstall.Done, sent, func(op *oper) { op.Inferred = true })},
			"Verified: all 3 machines; web-03 by the machine's record, because the answer was lost. Next steps are in the " +
				"thread.",
		},
		"one failed": {
			[]oper{done(), webOp(reinstall.Failed, sent, endedBy("", "the disk is broken"))},
			"1 of 2 are done. web-02 has failed. The disk is broken.",
		},
		"one was cancelled": {
			[]oper{done(), webOp(reinstall.Cancelled, endedBy("U0ANN", "wrong machine"))},
			"1 of 2 are done. web-02 was cancelled by @U0ANN: “wrong machine”.",
		},
	} {
		if got := wordsOf(leadText(together(c.ops...))); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Closed hours are a warning while keys are collected, and later what the request
// waits for: never both.
func TestClosedHoursAreSaidOnce(t *testing.T) {
	closed := func(op *oper) {
		op.Plan.Terms.Calendar = model.Calendar{Closed: []model.Closure{{
			From: night.Add(-time.Hour), To: night.Add(2 * time.Hour), Why: "the sale begins",
		}}}
	}
	if got := wordsOf(closedWarning(webOp(reinstall.Proposed, closed), night)...); !strings.Contains(got, "Warning:") ||
		!strings.Contains(got, "the sale begins") {
		t.Errorf("while keys are collected: %q", got)
	}
	for name, ts := range map[string][]text{
		"open again":    closedWarning(webOp(reinstall.Proposed, closed), night.Add(3*time.Hour)),
		"no such hours": closedWarning(webOp(reinstall.Proposed), night),
		"it waits":      closedWarning(webOp(reinstall.Ready, closed, waiting("it is closed")), night),
	} {
		if len(ts) > 0 {
			t.Errorf("%s: %q", name, wordsOf(ts...))
		}
	}
	if got := wordsOf(ClosedNow(webOp(reinstall.Proposed, closed).Plan.Terms, night)); !strings.Contains(got,
		"the next opening is 2026-11-24 05:00:00 UTC. People could approve now; the reinstall would wait.") {
		t.Errorf("a check: %q", got)
	}
	if got := ClosedNow(webOp(reinstall.Proposed).Plan.Terms, night); got != nil {
		t.Errorf("a check in open hours: %q", got)
	}
}
