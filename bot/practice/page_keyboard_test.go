package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack/browse"
)

// Nobody touches a mouse: the main story, by Tab, Enter, Space, arrows and Escape.
// TabTo holds that people see at each stop where the keyboard is.
func TestThePagePlaysTheMainStoryByKeyboardAlone(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page, 1280, 1000, pictures)
	b.TabTo(on("composer"))
	b.Keys("/reinstall" + kb.Enter + kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.TabTo(on("field-target"))
	b.Keys("web-01")
	b.Holds(
		"type-ahead tells where it is",
		`(e => e.getAttribute("aria-expanded") === "true" &&
			document.getElementById(e.getAttribute("aria-activedescendant"))?.dataset.value.endsWith(
				"ins-1a2b3c4d"))(document.activeElement)`,
	)
	b.Keys(kb.Enter)
	b.Holds("it is picked", `document.activeElement.value.startsWith("web-01 ·")`)
	staysInside(t, b, "dialog", 25)
	b.TabTo(on("field-reason"))
	b.Keys("kernel panics at boot")
	b.TabTo(on("modal-submit"))
	b.Keys(" ")
	b.Gone("modal")
	b.KeepsKeyboard("the form gives the keyboard back", on("composer"))
	card := newestCard(t, st)
	b.Sees("message-"+card, "Wipe web-01 ")

	approveByKeyboard(b, card)

	b.TabTo(on("person-U0ANN"))
	b.Keys(" ")
	b.Sees("message-"+card, "✓ @Bob Lindqvist")
	backup := on("message-"+card, `[data-action^="backup"]`)
	b.TabTo(backup)
	b.Keys(" ")
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	staysInside(t, b, "dialog", 12)
	b.Keys(kb.Escape)
	b.Gone("modal")
	b.KeepsKeyboard("a form that Escape leaves gives the keyboard back", backup)
	b.Keys(kb.Enter)
	b.Do("the form again", chromedp.WaitVisible(browse.ID("modal")))
	b.TabTo(on("field-typed"))
	b.Keys("web-O1" + kb.Enter)
	b.Sees("error-typed", "its name is “web-01”")
	b.KeepsKeyboard("what is wrong has the keyboard", on("field-typed"))
	b.Keys(kb.Backspace + kb.Backspace + "01")
	b.TabTo(on("modal-submit"))
	b.Keys(kb.Enter)
	b.Gone("modal")
	b.KeepsKeyboard("the button is gone, its card has the keyboard", on("message-"+card))
	b.Sees("message-"+card, "Verified")
	b.KeepsKeyboard("and keeps it however often it is redrawn", on("message-"+card))
	if n := st.cloud.Resets("ins-1a2b3c4d"); n != 1 {
		t.Errorf("web-01 was reinstalled %d times", n)
	}
}

// approveByKeyboard has Bob open the thread, ask himself twice, and approve.
func approveByKeyboard(b *browse.Tab, card string) {
	b.TabTo(on("person-U0BOB"))
	b.Keys(kb.Enter)
	b.TabTo(on("open-thread-" + card))
	b.Keys(kb.Enter)
	b.KeepsKeyboard("the thread has the keyboard", on("thread"))
	approve := on("thread", `[data-action^="approve"]`)
	b.TabTo(approve)
	b.Picture("keyboard-approve")
	b.Keys(" ")
	b.Sees("confirm", "Approve the wipe of web-01?")
	b.Keys(kb.Escape)
	b.Gone("confirm")
	b.KeepsKeyboard("a question left unanswered gives the keyboard back", approve)
	b.Keys(kb.Enter)
	b.Sees("confirm", "Approve the wipe of web-01?")
	b.TabTo(on("confirm-ok"))
	b.Keys(kb.Enter)
	b.Sees("thread", "Approved by")
	b.KeepsKeyboard("the keyboard is not lost with the button", on("thread"))
	b.Keys(kb.Escape)
	b.Gone("thread")
	b.KeepsKeyboard("Escape leads back to where the thread was opened", on("open-thread-"+card))
}

// staysInside presses Tab so often: the keyboard is in there, or with the browser itself.
func staysInside(t *testing.T, b *browse.Tab, selector string, times int) {
	t.Helper()
	for range times {
		b.Keys(kb.Tab)
		if !b.Is(`document.activeElement === document.body || !!document.activeElement.closest("` + selector + `")`) {
			t.Fatalf("Tab leads out of %s", selector)
		}
	}
}

// A card is redrawn while somebody reaches for its button: the keyboard stays on it.
func TestTheKeyboardStaysOnAButtonWhileItsCardIsRedrawn(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	proposeWeb01(t, st)
	card := newestCard(t, st)
	b := browse.Open(t, st.page+"#as=U0ANN", 1280, 1000, pictures)
	b.TabTo(on("message-"+card, `[data-action^="show"]`))
	b.Holds("it is marked", `(document.activeElement.was = true)`)
	if err := st.slack.Click(t.Context(), "U0BOB", channel, card, "Approve"); err != nil {
		t.Fatal(err)
	}
	b.Sees("message-"+card, "✓ @Bob Lindqvist")
	b.Holds("the same button has the keyboard", `document.activeElement.was &&
		document.activeElement.matches('[data-action^="show"]')`)
}

// The story ends with *Now you*: whoever watched it by keyboard is on the first thing to
// do, and whoever looked at the desk is back where they opened it.
func TestTheFrontIsUsedByKeyboardAlone(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page, 1280, 1000, pictures)
	b.TabTo(on("front-desk"))
	b.Keys(kb.Enter)
	b.KeepsKeyboard("the desk has the keyboard", on("desk"))
	b.Keys(kb.Escape)
	b.Gone("desk")
	b.KeepsKeyboard("and gives it back", on("front-desk"))

	b.TabTo(on("front-watch"))
	b.Keys(kb.Enter)
	b.Sees("tour-act", "Ann types")
	b.KeepsKeyboard("Pause has the keyboard", on("tour-play"))
	b.Keys(" ")
	b.Sees("tour-play", "Play")
	b.Holds("all of it is recorded", `!document.querySelector('[data-testid="tour-at"]').innerText.includes("…")`)
	b.TabTo(on("tour-next"))
	for !b.Is(`!!document.querySelector('[data-testid="tour-next"][aria-disabled="true"]')`) {
		b.Keys(kb.Enter)
		b.KeepsKeyboard("Next has the keyboard, whatever is shown", on("tour-next"))
	}
	b.TabTo(on("tour-leave"))
	b.Sees("tour-leave", "Now you")
	b.Keys(kb.Enter)
	b.KeepsKeyboard("the first thing to do has the keyboard", on("front-wipe"))
	b.Keys(kb.Enter)
	b.Sees("message-"+newestCard(t, st), "Wipe web-01 ")
	b.KeepsKeyboard("the channel has it when the front is gone", `[role="log"]`)
}
