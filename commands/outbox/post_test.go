package outbox

import (
	"strings"
	"testing"
)

// saying is a refusal by Slack.
type saying struct {
	words    string
	hopeless bool
}

func (s saying) Error() string { return s.words }

func (s saying) Words() string { return s.words }

func (s saying) Permanent() bool { return true }

func (s saying) Hopeless() bool { return s.hopeless }

// Whoever proposed is told why the card could not be posted, and to invite the bot
// only if that is what it takes.
func TestWhyACardWasNotPostedIsSaidAsItIs(t *testing.T) {
	for _, c := range []struct {
		cause  saying
		want   string
		invite bool
	}{
		{
			saying{words: "the bot is not in the channel; invite it with /invite"},
			"the bot is not in the channel. Invite it with /invite.", true,
		},
		{
			saying{words: "the channel is archived; unarchive it, or propose in another channel"},
			"the channel is archived. Unarchive it, or propose in another channel.", false,
		},
		{
			saying{words: "see https://docs.slack.dev/x for this code"},
			"Slack refuses the card in this channel. Propose in another channel", false,
		},
		{
			saying{words: "the message is too long; this is a fault of Twokey", hopeless: true},
			"Slack refuses the card for its form, and the shortest form of it as well. Tell whoever runs Twokey",
			false,
		},
	} {
		got := notPosted(c.cause).Error()
		if !strings.Contains(got, c.want) || strings.Contains(strings.ToLower(got), "invite") != c.invite {
			t.Errorf("%q: %q", c.cause.words, got)
		}
	}
}
