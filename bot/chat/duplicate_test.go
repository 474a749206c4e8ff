package chat

import (
	"testing"

	"twokey/bot/chat/webapi"
	"twokey/commands/view"
)

// A post that Slack takes for a duplicate, and cannot find, is made once without the id.
func TestALostDuplicateIsPostedOnceWithoutTheID(t *testing.T) {
	for _, code := range []string{"duplicate_message_not_found", "duplicate_channel_not_found"} {
		b := bench(t)
		b.must(b.slack.RefuseCalls(webapi.ChatPostMessage, code, 1))
		a := b.postCard(aCard())
		b.must(b.chat.PostLine(t.Context(), a, view.Say("next"), "7K3Q.1"))
		posts := b.calls(webapi.ChatPostMessage)
		if len(posts) != 3 || posts[0].Error != code || posts[0].Args["client_msg_id"] == "" ||
			posts[1].Args["client_msg_id"] != "" || posts[2].Args["client_msg_id"] == "" {
			t.Errorf("%s: %+v", code, posts)
		}
		if n := len(b.slack.Thread(infra, a.TS)); n != 2 {
			t.Errorf("%s: %d messages in the thread", code, n)
		}
	}
}
