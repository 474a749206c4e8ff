package main

import (
	"strings"
	"testing"

	"twokey/deploy/glance"
)

// mostMessages and mostWords are what the thread of a clean proposal has.
const mostMessages, mostWords = 5, 149

// A clean proposal has five messages: it asks, two keys are turned, the countdown is
// edited until the request is taken, and it is done. The group is called in one alone.
func TestACleanProposalHasFiveMessages(t *testing.T) {
	t.Parallel()
	takeProcessors(t)
	c := startRig(t, setting{})
	c.goTheWay()
	card, err := c.stage.newestCard()
	if err != nil {
		t.Fatal(err)
	}
	lines, words := c.stage.slack.Thread(channel, card.TS)[1:], 0
	for _, m := range lines {
		words += glance.CountWords(c.stage.slack.PlainText(m))
	}
	if len(lines) != mostMessages || words > mostWords {
		t.Errorf("%d messages with %d words:\n%s", len(lines), words, c.threadText())
	}
	if n := strings.Count(c.threadText(), "@oncall"); n != 1 {
		t.Errorf("the group is called %d times", n)
	}
	for i, want := range []string{
		"asks to wipe", "Approved by @Bob Lindqvist (1 of 1). @Ann Okafor please confirm the backup.",
		"Both keys are there.", "ResetInstance request sent ", "@Ann Okafor @Bob Lindqvist Log in as ",
	} {
		if shown := c.stage.slack.PlainText(lines[i]); !strings.Contains(shown, want) {
			t.Errorf("message %d does not say %q: %s", i+1, want, shown)
		}
	}
}
