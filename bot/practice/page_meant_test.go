package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack/browse"
)

// On a phone, a private answer shows its buttons. A press opens the form, filled in.
func TestAPhoneShowsTheButtonsOfAPrivateAnswer(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	b := browse.Open(t, st.page+"#as=U0ANN&channel=C0INFRA", 390, 844, pictures)
	b.Write("composer", `/reinstall web-03 --reason "same panic as web-01"`+kb.Enter)
	const last = `[...document.querySelectorAll("article.ephemeral")].at(-1)`
	b.Holds("the answer has its buttons", last+`?.innerText.includes("Did you mean web-01 or web-02?") &&
		[...`+last+`.querySelectorAll("button[data-action]")].map((e) => e.innerText.trim()).join() === "web-01,web-02"`)
	b.Picture("phone-did-you-mean")
	b.Fits("the answer")
	told := st.slack.Ephemerals("U0ANN")
	b.Button(fmt.Sprintf("message-%s", told[len(told)-1].TS), "web-02")
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Holds("the machine is filled in", `document.querySelector('dialog [data-testid^="field-target"]')?.value?.startsWith("web-02 ·")`)
	b.Holds("so is the reason", `document.querySelector('dialog [data-testid^="field-reason"]')?.value === "same panic as web-01"`)
	b.Picture("phone-did-you-mean-form")
	b.Fits("the form")
	b.Click("modal-submit")
	b.Sees("message-"+newestCard(t, st), "Wipe web-02 ")
	b.Write("composer", "/reinstall web-01 kernel panics at boot"+kb.Enter)
	b.Holds("the line to copy is shown", last+`.innerText.includes('--reason "kernel panics at boot"')`)
	b.Picture("phone-reason-without-its-flag")
	b.Fits("the line to copy")
}
