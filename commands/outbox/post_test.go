package outbox

import (
	"strings"
	"testing"

	"twokey/commands/port"
)

// Whoever proposed is told why the card could not be posted, and to invite the bot
// only if that is what it takes.
func TestWhyACardWasNotPostedIsSaidAsItIs(t *testing.T) {
	for _, c := range []struct {
		cause  port.PermanentError
		want   string
		invite bool
	}{
		{
			port.PermanentError{Sentence: "the bot is not in the channel; invite it with /invite"},
			"the bot is not in the channel. Invite it with /invite.", true,
		},
		{
			port.PermanentError{Sentence: "the channel is archived; unarchive it, or propose in another channel"},
			"the channel is archived. Unarchive it, or propose in another channel.", false,
		},
		{
			port.PermanentError{Sentence: "see https://docs.slack.dev/x for this code"},
			"Slack refuses the card in this channel. Propose in another channel", false,
		},
		{
			port.PermanentError{Sentence: "the message is too long; this is a fault of Twokey", Hopeless: true},
			"Slack refuses the card for its form, and the shortest form of it as well. Tell whoever runs Twokey",
			false,
		},
	} {
		got := notPosted(&c.cause).Error()
		if !strings.Contains(got, c.want) || strings.Contains(strings.ToLower(got), "invite") != c.invite {
			t.Errorf("%q: %q", c.cause.Sentence, got)
		}
	}
}
