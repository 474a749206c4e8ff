package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The promises of the design that people can see, each with the stories that
// keep it. What a story cannot see is kept by tests of the same names beside the
// code: the rules' properties in commands/reinstall, the record's in bot/store,
// the one call's in cloud, and the kills in kill_moments_test.go.
var promises = map[string][]string{
	"at most one ResetInstance reaches the cloud per proposal": {
		"answer-lost", "killed-after-arming", "edits-after-a-crash", "delivered-twice", "slack-trouble",
	},
	"no ResetInstance without n distinct approvers' keys and the backup key on exactly the plan that is sent": {
		"two-keys", "drift", "drift-price", "superseded", "backup-image", "platform-change", "fresh-evidence", "quorum",
		"reload", "tag-rewritten",
		"last-look", "last-look-reset", "last-look-before-countdown", "last-look-slow",
		"no-record", "no-record-reset", "no-record-appears", "no-record-silent", "record-gone",
	},
	"the proposer never counts, nor does anyone outside the workspace, a guest, a bot, a deactivated user": {
		"self-approval", "outsider", "typed", "shared-channel", "two-accounts", "left-the-group", "quorum-left",
		"nobody-can-approve",
	},
	"Redis keeps the truth and cannot make it up": {
		"forged-state", "forged-keys", "copied-keys", "freeze-deleted", "redis-emptied", "redis-emptied-before-start",
		"older-record", "seal-key", "budget-raised", "budget-of-the-hour-raised", "due-moved", "redis-rolled-back",
		"card-of-nothing",
	},
	"nothing acknowledged is lost": {
		"durability", "best-effort", "power-cut", "operator", "freeze", "limits", "hold-in-trouble", "clock-ahead",
	},
	"green is shown only after success was verified; what is not known is called unknown": {
		"failed", "cloud-refuses", "cloud-silent", "batch-silent", "unknown", "answer-settled", "disowned", "not-ours",
		"cloudaudit-refused", "reset-outside", "superseded-by-reset",
		"key-rotated", "keys-unnamed",
		"state-lags",
		"console-reset-renamed",
		"denied",
		"cam-down",
		"busy-may-be-ours",
	},
	"no audit, no action": {
		"audit", "audit-shipped", "audit-cut",
	},
	"a failed check counts as no": {
		"listing-late", "failed-checks", "around-not-checked", "check-ok", "one-group-fails", "approvers-unread",
	},
	"no secret is logged, stored in the clear, or posted": {
		"password", "wrong-tokens", "no-redis", "wrong-cloud-key",
	},
	"every refusal says what, why and what to do next": {
		"words", "bad-start", "closed", "policy-check", "policy-explain", "check-missing", "redis-full", "redis-user",
		"words-are-needed", "key-unbound", "check-no-backup", "reason-without-its-flag",
	},
	"what is nearly right is answered with what was meant, and nothing is chosen for anybody": {
		"did-you-mean-a-machine", "did-you-mean-a-verb",
	},
	"a proposal can be rejected, expire, be cancelled and be held": {
		"rejected", "expired", "cancelled", "hold-and-resume", "hold-by-anyone", "hold-by-approvers",
		"hold-on-the-line", "hold-on-the-channel-copy",
	},
	"a backup is what the cloud vouches for, and a person's word is kept apart": {
		"backup-evidence", "backup-refused", "backup-local", "evidence-gone",
	},
	"after the cloud's word the machine's own proof, told once and as what it is": {
		"proof", "proof-silent", "proof-late", "proof-windows",
	},
	"what stands around a machine is told, and weighs what the policy says": {
		"around", "around-blocks", "siblings", "siblings-at-once",
	},
	"a budget and a freeze hold for all, and say so on each card": {
		"limits-by-tag", "queue", "freeze-on-card", "freeze-without-words",
	},
	"whoever stops it waits for nobody, and nobody waits for whoever floods it": {
		"hold-while-slack-hangs", "hold-several-while-slack-hangs", "cancel-while-slack-hangs", "freeze-unasked",
		"freeze-while-slack-hangs", "flood-by-a-guest",
	},
	"nobody stops a machine alone, nor goes on over somebody else's hold with their own word": {
		"poweroff-alone", "poweroff-approved", "poweroff-frozen", "poweroff-closed", "poweroff-several",
		"resume-over-a-hold", "resume-several-over-a-hold", "one-key-too-many",
	},
	"an emergency takes one approval less, before everybody's eyes": {"break-glass", "quorum-glass", "batch-glass"},
	"whoever has not answered is called again, and then somebody else": {
		"reminders", "escalation", "quorum-escalation", "quiet-hours",
	},
	"several machines go one first, then the rest, and stop at the first that is not done": {
		"batch", "batch-stops", "batch-refused", "batch-drift", "batch-drift-later", "batch-terms", "batch-image",
		"batch-killed", "batch-hold", "batch-kin", "batch-quorum",
	},
	"what waits, runs and has ended is seen at home by whoever may see it": {
		"home", "home-frozen", "home-outsider", "outside-the-channel",
	},
	"an approval at home is the card's: the same question, checks, refusals and audit": {
		"approve-on-home", "approve-on-home-several", "home-of-an-old-plan", "home-approve-forged",
	},
	"the card says how far it is, and a click on what it shows no longer is told so": {"progress", "stale-click"},
	"whatever a machine, an image or a reason is called is shown as text": {
		"hostile-names", "said-as-typed", "blank-names",
	},
	"the same over Socket Mode": {"socket-mode", "both-ways", "home-socket-mode"},
	"a token that Slack refuses is named, with what to do, and stops only what needs it": {
		"app-token-refused", "app-token-refused-alone", "bot-token-refused", "token-of-organisation", "token-rotates",
	},
	"what Slack did not send, or not for this card, has no effect": {
		"hostile-door", "signing-secret",
	},
	"the form offers only what the machine allows, and is never the plan": {
		"ways-form", "ways-fresh", "ways-redraw",
	},
	"an alert leads to its machine, and never to one of several": {
		"ways-shortcut", "ways-several", "ways-nothing-named", "ways-where", "ways-anywhere", "ways-long-alert",
		"ways-long-alert-socket", "ways-socket", "ipv6",
	},
	"what Slack's own clients recorded is taken as they recorded it": {"organisation", "slack-codes"},
	"what cannot be asked is named at once, with the way round":      {"region-down", "region-hangs"},
	"what the cloud does not quote or tells of few machines is said, and no more": {
		"price-unquoted", "price-required", "marketplace", "unusual-machines",
	},
	"every site and region of the cloud is asked under its own name": {
		"finance-region", "international-site",
	},
	"what is believed of Slack and the cloud can be looked at, and looking changes nothing": {
		"beliefs",
		"beliefs-differ",
	},
	"no call that nobody could see coming": {
		"unseen-thread", "unseen-kicked", "unseen-archived", "unseen-slack-down", "unseen-after-shown", "unseen-batch",
	},
	"whoever presses is answered where they look": {
		"answered-where-pressed", "answered-where-pressed-socket",
	},
	"a card that Slack refuses for its form is shown bare, and never an old one": {
		"card-refused-for-its-form", "card-refused-in-every-form",
	},
	"an operator learns whether Slack reaches the bot, and when it takes no more of it": {
		"check-events", "too-many-websockets",
	},
	"who is told directly is told once, and nothing waits for whom Slack does not let be told": {
		"direct", "direct-both", "direct-once", "direct-killed", "direct-refused", "direct-off", "direct-many",
		"direct-escalation", "direct-batch", "direct-check",
	},
}

// Every story under stories/ is played against the real binary, under the
// promise that it keeps.
func TestPromises(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	all := shownBy(t)
	for promise, names := range promises {
		t.Run(promise, func(t *testing.T) {
			t.Parallel()
			var files []string
			for _, n := range names {
				files = append(files, "stories/"+n+".txtar")
			}
			p := storyParams(t.Context(), built(t), files, func(p *play) { all.checkShown(t, p) })
			testscript.Run(t, onAStage(p))
		})
		for _, n := range names {
			told[n] = true
		}
	}
	for _, n := range storyNames() {
		if !told[n] {
			t.Errorf("the story %s keeps no promise", n)
		}
	}
}

// onAStage makes each story of the runner wait for a stage.
func onAStage(p testscript.Params) testscript.Params {
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		stages <- struct{}{}
		env.Defer(func() { <-stages })
		return setup(env)
	}
	return p
}
