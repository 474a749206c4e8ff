package fakeslack_test

import (
	"testing"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack/browse"
)

func TestADirectMessageStandsOnItsReadersPageAlone(t *testing.T) {
	t.Parallel()
	w := staged(t)
	if _, _, err := w.api.PostMessageContext(
		w.ctx, "U0BOB", slack.MsgOptionText("please look at web-01", false),
	); err != nil {
		t.Fatal(err)
	}
	b := browse.Open(t, pageURL(w)+"#as=U0BOB", 1280, 800, pictures)
	b.Click("channel-D0BOB")
	b.Sees("message-"+w.Directs("U0BOB")[0].TS, "please look at web-01")
	b.Holds("it is called by whom it is with",
		`document.querySelector("h1").textContent === "Twokey (direct messages)"`)
	b.Holds("nobody writes there", `!document.querySelector('[data-testid="composer"]')`)
	b.Picture("wide-direct")
	b.Click("person-U0CHO")
	b.Holds(
		"nobody else has it",
		`!document.querySelector('[data-testid="channel-D0BOB"]') && !document.body.innerText.includes("please look at web-01")`,
	)
}
