package fakeslack_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"

	"twokey/bot/fakeslack/browse"
)

// What had the keyboard goes away, and the keyboard goes to what is nearest.
func TestTheKeyboardIsNeverLostOnThePage(t *testing.T) {
	t.Parallel()
	w := staged(t)
	b := browse.Open(t, pageURL(w)+"#as=U0ANN", 1280, 800, pictures)
	on := func(name string) string { return string(browse.ID(name)) }

	b.TabTo(on("open-desk"))
	b.Keys(kb.Enter)
	b.KeepsKeyboard("the desk takes it", on("desk"))
	b.TabTo(on("close-desk"))
	b.Keys(" ")
	b.Gone("desk")
	b.KeepsKeyboard("and gives it back", on("open-desk"))

	b.TabTo(on("composer"))
	b.Keys("drained it")
	b.TabTo(on("send"))
	b.Keys(kb.Enter)
	b.Holds("it is sent", `document.querySelector("main").innerText.includes("drained it")`)
	b.KeepsKeyboard("the button keeps it, with nothing more to send", on("send"))

	b.TabTo(on("composer"))
	b.Keys("/reinstall web" + kb.Enter)
	b.Holds("a refusal", `!!document.querySelector("article.ephemeral")`)
	gone := "dismiss-" + w.Ephemerals("U0ANN")[0].TS
	b.TabTo(on(gone))
	b.Keys(kb.Enter)
	b.Gone(gone)
	b.KeepsKeyboard("the channel has it when the message is gone", `[role="log"]`)

	b.TabTo(on("open-beside"))
	b.Keys(kb.Enter)
	b.KeepsKeyboard("two people: the way back has it", on("close-beside"))
	b.Keys(kb.Enter)
	b.KeepsKeyboard("one person: the channel has it", `[role="log"]`)
}

// The bot is away while somebody presses on their Home tab: it says so to them alone,
// until the bot is back.
func TestAPressOnHomeThatTheBotMissesShowsUntilItIsBack(t *testing.T) {
	t.Parallel()
	w := staged(t)
	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewActionBlock("", button("refresh", "Refresh", "")),
	}}}
	for _, user := range []string{"U0ANN", "U0BOB"} {
		if _, err := w.api.PublishViewContext(w.ctx, slack.PublishViewContextRequest{UserID: user, View: home}); err != nil {
			t.Fatal(err)
		}
	}
	b := browse.Open(t, pageURL(w)+"#as=U0ANN", 1280, 800, pictures)
	b.Click("open-home")
	b.Sees("home", "Refresh")
	w.onAct(func(slack.InteractionCallback) any { return http.StatusInternalServerError })
	b.Button("home", "Refresh")
	b.Sees("warning-home", "This app did not respond")
	b.Click("person-U0BOB")
	b.Gone("warning-home")
	b.Click("person-U0ANN")
	b.Sees("warning-home", "This app did not respond")
	if _, err := w.api.AuthTestContext(w.ctx); err != nil {
		t.Fatal(err)
	}
	b.Gone("warning-home")
}
