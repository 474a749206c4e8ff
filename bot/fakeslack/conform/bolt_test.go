package conform_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"twokey/bot/fakeslack"
)

// Whatever people do reaches an app on Slack's own framework, and what it
// answers is seen.
func TestAnAppOnBoltWorksOverHTTP(t *testing.T) {
	t.Parallel()
	a := startApp(t, false)
	a.useEverything()
	a.complaints = "Failed to verify authenticity"
	late := a.SignedRequest("/slack/commands", []byte("command=%2Freinstall&text=ack"), time.Now().Add(-6*time.Minute))
	forged := a.SignedRequest("/slack/commands", []byte("command=%2Freinstall&text=ack"), time.Now())
	forged.Header.Set(
		"X-Slack-Signature",
		fakeslack.Sign("another", forged.Header.Get("X-Slack-Request-Timestamp"),
			[]byte("command=%2Freinstall&text=ack")),
	)
	for name, r := range map[string]*http.Request{"too old": late, "of another secret": forged} {
		resp, err := http.DefaultClient.Do(r)
		a.failOn(err)
		a.failOn(resp.Body.Close())
		if resp.StatusCode == http.StatusOK {
			t.Errorf("bolt takes a signature that is %s", name)
		}
	}
}

func TestAnAppOnBoltWorksOverSocketMode(t *testing.T) {
	t.Parallel()
	a := startApp(t, true)
	a.waitUntil("one connection", func() bool { return a.Sockets() == 1 })
	a.useEverything()

	a.complaints = "WebSocket error" // the double hangs up without a closing frame, as a network does
	for i, reason := range []string{"warning", "refresh_requested"} {
		a.Disconnect(reason)
		a.waitForHeard("connected", i+2)
		a.waitUntil("connected again", func() bool { return a.Sockets() == 1 })
		if r := a.typeCommand("ack"); r.Text != "told in the ack" {
			t.Errorf("after %s: %q", reason, r.Text)
		}
	}
	a.DropSockets()
	a.waitForHeard("connected", 4)
	a.waitUntil("connected again", func() bool { return a.Sockets() == 1 })
	a.waitForHeard("ping", 1)
	a.waitForHeard("pong", 1)
	if r := a.typeCommand("ack"); r.Text != "told in the ack" {
		t.Errorf("after pings: %q", r.Text)
	}
}

// useEverything is each way in, once.
func (a *app) useEverything() {
	a.useCommands()
	a.useButtons()
	a.useForms()
	a.useShortcuts()
}

func (a *app) useCommands() {
	a.t.Helper()
	if r := a.typeCommand("ack"); r.Text != "told in the ack" {
		a.t.Errorf("ack: %q", r.Text)
	}
	if r := a.typeCommand("that"); r.Text != "what is that?" {
		a.t.Errorf("a bare text in the ack: %q", r.Text)
	}
	a.typeCommand("respond")
	a.waitUntil("respond", func() bool {
		for _, m := range a.Ephemerals("U0ANN") {
			if m.Text == "told by respond" {
				return true
			}
		}
		return false
	})
}

func (a *app) useButtons() {
	a.t.Helper()
	for label, want := range map[string]string{"Replace": "Replaced by respond", "Redraw": "Redrawn by an update"} {
		a.typeCommand("card")
		a.waitUntil("the card", func() bool { return strings.Contains(a.PlainText(a.newestMessage()), "["+label+"]") })
		ts := a.newestMessage().TS
		a.failOn(a.Click(a.ctx, "U0BOB", "C0INFRA", ts, label))
		a.waitUntil(label, func() bool { return strings.Contains(a.PlainText(a.newestMessage()), want) })
		if a.newestMessage().TS != ts {
			a.t.Errorf("%s made another message", label)
		}
	}
	a.typeCommand("card")
	a.waitUntil("the card", func() bool { return strings.Contains(a.PlainText(a.newestMessage()), "[More]") })
	ts := a.newestMessage().TS
	a.failOn(a.Click(a.ctx, "U0BOB", "C0INFRA", ts, "More"))
	a.waitUntil("a line in the thread", func() bool {
		th := a.Thread("C0INFRA", ts)
		return len(th) == 2 && th[1].Text == "bob pressed more-value"
	})
}

func (a *app) useForms() {
	a.t.Helper()
	a.typeCommand("form")
	a.formOpen("A form")
	options, err := a.Suggest(a.ctx, "U0ANN", "Machine", "web")
	if err != nil || len(options) != 2 || options[1].Value != "ins-web-02" {
		a.t.Fatalf("offered %+v, %v", options, err)
	}
	r, err := a.Submit(a.ctx, "U0ANN", map[string]string{"Machine": "web-02", "Reason": "wrong"})
	if err != nil || r.Closed || r.Errors["reason"] != "Give a better reason." {
		a.t.Fatalf("errors: %+v, %v", r, err)
	}
	r, err = a.Submit(a.ctx, "U0ANN", map[string]string{"Reason": "again"})
	if err != nil || r.Closed {
		a.t.Fatalf("update: %+v, %v", r, err)
	}
	a.formOpen("Once more")
	r, err = a.Submit(a.ctx, "U0ANN", map[string]string{"Reason": "disk"})
	if err != nil || !r.Closed {
		a.t.Fatalf("submit: %+v, %v", r, err)
	}
	a.waitUntil("what was sent", func() bool { return a.newestMessage().Text == "ann sent ins-web-02, disk, kept" })
}

func (a *app) formOpen(title string) {
	a.t.Helper()
	a.waitUntil("the form "+title, func() bool { v, ok := a.OpenView("U0ANN"); return ok && v.Title == title })
}

func (a *app) useShortcuts() {
	a.t.Helper()
	a.failOn(a.Shortcut(a.ctx, "U0ANN", "anywhere", "", ""))
	a.formOpen("From shortcut")
	a.failOn(a.CloseView(a.ctx, "U0ANN"))
	a.waitForHeard("closed", 1)
	m, err := a.Say("U0CHO", "C0INFRA", "", "web-01 is down")
	a.failOn(err)
	a.failOn(a.Shortcut(a.ctx, "U0ANN", "on-message", "C0INFRA", m.TS))
	a.waitUntil("the message's text", func() bool {
		th := a.Thread("C0INFRA", m.TS)
		return len(th) == 2 && th[1].Text == "It reads: web-01 is down"
	})
}
