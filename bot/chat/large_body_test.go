package chat

import (
	"fmt"
	"strings"
	"testing"
)

func TestAnAlertOfFortyThousandChineseLettersComesInEitherWay(t *testing.T) {
	t.Parallel()
	for _, socket := range []bool{false, true} {
		t.Run(fmt.Sprint("over a socket: ", socket), func(t *testing.T) {
			b := bench(t, withShortcuts)
			if socket {
				b, _ = listening(t, withShortcuts)
			}
			text := strings.Repeat("磁盘故障", 10_000)
			alert, err := b.slack.Alert(infra, text, nil, []map[string]any{{"fallback": text}})
			b.must(err)
			b.must(b.slack.Shortcut(t.Context(), "U0ANN", "reinstall_message", infra, alert.TS))
			in := b.front.asked()
			if len(in) != 1 || len(in[0].Said) != 2 || in[0].Said[0] != text {
				t.Fatalf("%d reached the front", len(in))
			}
			for _, r := range b.slack.Requests() {
				if r.Kind == "message_action" && !socket && (len(r.Body) < 2*8*40_000 || len(r.Body) > maxBody) {
					t.Errorf("%d bytes: Slack sends eight for each letter", len(r.Body))
				}
			}
		})
	}
}

func TestGovSlacksReplyAddressIsTakenOnlyWhereItsAPIIsUsed(t *testing.T) {
	const slacks, govs = "https://hooks.slack.com/actions/T/1/x", "https://hooks.slack-gov.com/actions/T/1/x"
	for api, taken := range map[string]string{
		"": slacks, "https://slack.com/api/": slacks, "https://slack-gov.com/api/": govs,
		"https://Slack-Gov.com/api":     govs,
		"https://my.slack-gov.com/api/": govs, "https://evilslack-gov.com/api/": slacks,
		"https://slack-gov.com.evil.example/api/": slacks,
	} {
		c, err := New(Config{
			Token: "xoxb-1", SigningSecret: "s", APIURL: api,
			Metrics: &tally{refused: map[string]int{}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, url := range []string{
			slacks, govs, strings.Replace(govs, "https", "http", 1),
			strings.Replace(slacks, "https", "http", 1),
		} {
			if got := c.replyURL(url) != ""; got != (url == taken) {
				t.Errorf("with the API at %q, %s is taken: %t", api, url, got)
			}
		}
	}
}
