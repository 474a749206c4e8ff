package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack/browse"
)

// on selects an element by its data-testid, and what is inside it.
func on(name string, inside ...string) string {
	out := string(browse.ID(name))
	for _, s := range inside {
		out += " " + s
	}
	return out
}

func TestThePageIsUsableOnAPhone(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.OpenPhone(t, st.page+"#as=U0ANN&channel=C0INFRA", pictures)
	b.Write("composer", `/reinstall web-02 --reason "same panic as web-01"`+kb.Enter)
	card := newestCard(t, st)
	b.Sees("message-"+card, "Wipe web-02 ")
	b.Picture("phone-card")
	b.Fits("the card")
	b.Click("open-thread-" + card)
	b.Sees("thread", "asks to wipe and reinstall")
	b.Picture("phone-thread")
	b.Fits("the thread")
	b.Button("thread", "Confirm backup")
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Picture("phone-form")
	b.Fits("the form")
	b.Write("field-typed", "web-02")
	b.Click("modal-submit")
	b.Sees("thread", "Backup confirmed")
	menu := chromedp.CSS(string(browse.ID("thread")) + ` [aria-haspopup="menu"].btn`)
	b.Do("opening the small button", chromedp.Click(menu))
	b.Do("picking Cancel", chromedp.Click(`//*[@role="menuitem"][normalize-space(.)="Cancel"]`))
	b.Fits("the question")
	b.Click("confirm-ok")
	b.Sees("thread", "Cancelled by")
	b.Picture("phone-cancelled")
}

// Nobody has a mouse: the main story on a phone, by taps. Nothing is cut at any step,
// also with the phone's keyboard out.
func TestThePagePlaysTheMainStoryByTapsOnAPhone(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.OpenPhone(t, st.page, pictures)
	b.Sees("front", "You are Ann")
	b.Tap(on("front-wipe"))
	card := newestCard(t, st)
	b.Sees("message-"+card, "Wipe web-01 ")
	b.Picture("phone-tap-card")
	b.Fits("the waiting card")

	b.Tap(on("swap"))
	b.Holds("one tap makes Ann Bob", `document.querySelector('[data-testid="pick-person"]').value === "U0BOB"`)
	b.Tap(on("message-"+card, `[data-action^="approve"]`))
	b.Sees("confirm", "Approve the wipe of web-01?")
	b.Picture("phone-tap-confirm")
	b.Fits("the question")
	b.Tap(on("confirm-ok"))
	b.Sees("message-"+card, "✓ @Bob Lindqvist")
	b.Holds("nothing lies over the title that was touched", `((h, range) => {
		range.selectNodeContents(h);
		const r = range.getBoundingClientRect();
		return h.contains(document.elementFromPoint(r.right - 4, r.top + r.height / 2));
	})(document.querySelector('`+on("message-"+card, "h3")+`'), document.createRange())`)
	b.Tap(on("open-thread-" + card))
	b.Sees("thread", "Approved by")
	b.Fits("the thread")

	b.Tap(on("swap"))
	b.Tap(on("thread", `[data-action^="backup"]`))
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Holds("all of the choice can be read", `[...document.querySelectorAll("dialog .whole")].some((e) =>
		e.checkVisibility() && e.innerText.includes("50 GiB"))`)
	b.Keyboard(true)
	b.Tap(on("field-typed"))
	b.Keys("web-O1")
	b.Picture("phone-tap-typing")
	b.Fits("the form above the keyboard")
	b.Tap(on("modal-submit"))
	b.Sees("error-typed", "its name is “web-01”")
	b.Fits("what is wrong with the form")
	b.Keys(kb.Backspace + kb.Backspace + "01")
	b.Tap(on("modal-submit"))
	b.Gone("modal")
	b.Keyboard(false)
	b.Sees("thread", "Backup confirmed")
	b.Fits("the countdown")
	b.Picture("phone-tap-countdown")
	b.Sees("thread", "All 6 steps")
	b.Picture("phone-tap-next")
	b.Fits("what to do next")
	b.Tap(on("back-from-thread"))
	b.Sees("message-"+card, "Verified")
	b.Fits("the outcome")
	if n := st.cloud.Resets("ins-1a2b3c4d"); n != 1 {
		t.Errorf("web-01 was reinstalled %d times", n)
	}
}

// Whoever watches the story on a phone sees all of it, and its end leads to the first
// thing to do.
func TestAPhoneShowsEachPictureOfTheStoryWhole(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.OpenPhone(t, st.page, pictures)
	b.Tap(on("front-watch"))
	b.Sees("tour-act", "Ann types")
	b.Tap(on("tour-play"))
	b.Holds("all of it is recorded", `!document.querySelector('[data-testid="tour-at"]').innerText.includes("…")`)
	for !b.Is(`!!document.querySelector('[data-testid="tour-next"][aria-disabled="true"]')`) {
		b.Fits("a picture of the story")
		b.Tap(on("tour-next"))
	}
	b.Fits("the end of the story")
	b.Holds("nothing covers the outcome", `!document.querySelector("dialog[open]")`)
	b.Picture("phone-tour-end")
	b.Sees("tour-leave", "Now you")
	b.Tap(on("tour-leave"))
	b.Sees("front", "Wipe web-01 yourself")
}
