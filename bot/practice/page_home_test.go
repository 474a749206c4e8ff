package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack/browse"
)

// An alert names a machine: the shortcut in its menu opens the form with that
// machine in it, and the proposal goes on as any other.
func TestAnAlertOnThePageLeadsToTheMachineThatItNames(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	alert, err := st.slack.Alert(channel, "[FIRING] DiskFull: web-01 has 0 bytes left on /", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := browse.Open(t, st.page+"#as=U0ANN", 1280, 1000, pictures)
	b.Sees("message-"+alert.TS, "DiskFull")
	b.TabTo(`[role="log"]`)
	b.Keys(kb.ArrowUp)
	b.TabTo(`[data-testid="more-` + alert.TS + `"]`)
	b.Keys(kb.Enter)
	b.Holds("the menu is open", `document.activeElement.matches('[role="menuitem"]')`)
	b.Keys(kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Holds(
		"the machine is in it",
		`(document.querySelector('[data-testid^="field-target"]')?.value ?? "").startsWith("web-01 ·")`,
	)
	b.Picture("alert-form")
	b.Click("modal-submit")
	b.Sees("message-"+newestCard(t, st), "Wipe web-01 ")
}

// proposeWeb01 has Ann propose web-01.
func proposeWeb01(t *testing.T, st *stage) {
	t.Helper()
	if _, err := st.slack.Command(t.Context(), "U0ANN", channel, `web-01 --reason "kernel panics"`); err != nil {
		t.Fatal(err)
	}
}

// Home is drawn when it is opened and, while it is open, by itself.
func TestHomeOnThePageSaysWhatWaitsForMyKey(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page+"#as=U0BOB", 1280, 1000, pictures)
	b.Click("open-home")
	b.Sees("home", "Nothing waits for your approval.")
	proposeWeb01(t, st)
	b.Sees("home", "Waits for your approval (1)")
	b.Sees("home", "You can give: approval, backup confirmation")
	b.Picture("home")
	b.Button("home", "Refresh")
	b.Sees("home", "web-01")
}

func TestHomeOnThePageFitsAPhone(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	proposeWeb01(t, st)
	b := browse.OpenPhone(t, st.page+"#as=U0BOB", pictures)
	b.Do("going home", chromedp.SetValue(browse.ID("pick-channel"), "home"))
	b.Sees("home", "Waits for your approval (1)")
	b.Picture("phone-home")
	b.Fits("Home")
}

// An approver on a phone gives their key on Home: the card's question comes first, its
// answer in red, and then Home says that the key counts.
func TestAnApproverOnAPhoneApprovesOnHome(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	proposeWeb01(t, st)
	b := browse.Open(t, st.page+"#as=U0BOB", 390, 844, pictures)
	b.Do("going home", chromedp.SetValue(browse.ID("pick-channel"), "home"))
	b.Sees("home", "Waits for your approval (1)")
	b.Sees("home", "Lost: all of its 50 GiB system disk.")
	b.Button("home", "Approve")
	b.Sees("confirm", "Approve the wipe of web-01?")
	b.Sees("confirm", "Yours is approval 1 of 1.")
	b.Holds("it is red", `!!document.querySelector('[data-testid="confirm-ok"].danger-solid')`)
	b.Picture("phone-home-asks")
	b.Fits("the question on Home")
	b.Click("confirm-ok")
	b.Sees("home", "✓ You approved (1 of 1)")
	b.Holds("there is no second press", `!document.querySelector('[data-testid="home"] [data-action="approve"]')`)
	b.Picture("phone-home-approved")
	b.Fits("Home after an approval")
}
