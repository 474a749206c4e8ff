package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"twokey/bot/fakeslack/browse"
)

// readmePicture is two phones side by side: a card that waits, and its thread.
const readmePicture = `(async () => {
	const at = "as=U0BOB&channel=C0INFRA";
	document.body.innerHTML = ["", "&thread=%s"].map((more) =>
		'<iframe style="width:390px;height:844px;border:0" src="/?' + more.length + "#" + at + more + '"></iframe>').join("");
	document.body.style = "display:flex;gap:20px;background:#ddd;margin:0";
})()`

// make picture takes the README's picture here.
func TestTheREADMEShowsAWaitingCard(t *testing.T) {
	t.Parallel()
	st := startStage(t, pageSetting(t))
	proposeWeb01(t, st)
	card := newestCard(t, st)
	b := browse.Open(t, st.page, 800, 844, pictures)
	b.Do("two phones", chromedp.Evaluate[chromedp.Void](strings.Replace(readmePicture, "%s", card, 1)))
	b.Holds("the card waits on one, and its thread is on the other", `(f => f.length === 2 &&
		!!f[0].contentDocument?.querySelector('[data-testid="message-`+card+`"] [data-action^="approve"]') &&
		!!f[1].contentDocument?.querySelector('[data-testid="thread"]'))(document.querySelectorAll("iframe"))`)
	b.Holds("nothing is cut", `[...document.querySelectorAll("iframe")].every(
		(f) => f.contentDocument.documentElement.scrollWidth <= 390)`)
	b.Picture("waiting")
}
