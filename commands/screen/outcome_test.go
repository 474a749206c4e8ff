package screen

import (
	"strings"
	"testing"

	"twokey/commands/reinstall"
)

// Each end has its line in the thread: how it ended, by whom or why, and what helps.
func TestEachEndHasItsLineInTheThread(t *testing.T) {
	coded := func(op *oper) { op.End.Code = "InvalidImage" }
	resolved := func(op *oper) { op.End.As = reinstall.Failed }
	for name, c := range map[string]struct {
		state  reinstall.State
		change []func(*oper)
		want   []string
	}{
		"rejected":  {reinstall.Rejected, nil, []string{"Rejected by @U0BOB: “the disk is full”.", "Nothing was done"}},
		"cancelled": {reinstall.Cancelled, nil, []string{"Cancelled by @U0BOB: “the disk is full”.", "Nothing was done"}},
		"expired":   {reinstall.Expired, nil, []string{"Expired: the disk is full.", "Make a new proposal with /reinstall"}},
		"superseded": {
			reinstall.Superseded, nil,
			[]string{"Superseded: the disk is full. Twokey sent nothing.", "Look at web-01 before you propose again."},
		},
		"not sent": {
			reinstall.NotSent, nil,
			[]string{"Not sent: the disk is full. web-01 was not touched by Twokey.", "Make a new proposal"},
		},
		"refused": {
			reinstall.Refused,
			[]func(*oper){coded},
			[]string{"Refused by the cloud (InvalidImage): the disk is full. Twokey did nothing to web-01."},
		},
		"failed": {
			reinstall.Failed, nil,
			[]string{
				"Failed: the cloud says that the reinstall of web-01 failed: the disk is full.",
				"another reinstall, with new keys: /reinstall ins-1a2b3c4d",
			},
		},
		"unknown": {
			reinstall.Unknown, nil,
			[]string{
				"Unknown: the disk is full.", "web-01 (ins-1a2b3c4d) stays locked", "• Before the request: RunInstances SUCCESS",
				"/reinstall resolve 7K3Q done|failed TEXT",
			},
		},
		"resolved": {
			reinstall.Resolved,
			[]func(*oper){resolved},
			[]string{"Resolved by @U0BOB as failed: “the disk is full”.", "Set by a person; not confirmed by the cloud."},
		},
		"done": {
			reinstall.Done, nil,
			[]string{
				"Done after 10 min: web-01 runs Ubuntu Server 20.04 LTS 64bit (img-ubuntu20), verified by request req-1.",
				"Verified by the cloud's record, not by a person", "What to do next\n1. Log in as ",
			},
		},
		"done, the answer lost": {
			reinstall.Done,
			[]func(*oper){func(op *oper) { op.Inferred = true }},
			[]string{"Done after 10 min, as far as the machine's record shows", "The answer was lost"},
		},
	} {
		after := webOp(c.state, append([]func(*oper){sent, endedBy("U0BOB", "the disk is full")}, c.change...)...)
		before := webOp(reinstall.Sent, sent)
		got, at := wordsOf(outcomeLines(before, after)...), -1
		for _, w := range c.want {
			i := strings.Index(got, w)
			if i <= at {
				t.Errorf("%s: %q is missing or out of order:\n%s", name, w, got)
			}
			at = i
		}
		if again := outcomeLines(after, after); len(again) > 0 {
			t.Errorf("%s is said again: %s", name, wordsOf(again...))
		}
	}
	for _, s := range []reinstall.State{reinstall.Proposed, reinstall.Ready, reinstall.Armed} {
		if got := outcomeLines(webOp(reinstall.Approved), webOp(s)); len(got) > 0 {
			t.Errorf("%s is no end, and says %s", s, wordsOf(got...))
		}
	}
}
