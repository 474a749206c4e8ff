package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack"
	"twokey/bot/fakeslack/browse"
)

// pictures names the folder for screenshots; make picture sets it.
const pictures = "TWOKEY_PICTURES"

// played is a stage as the page's own, with a shorter countdown.
func played(t *testing.T) *stage {
	t.Helper()
	st, err := newStage(t.Context(), setting{
		bin: built, dir: t.TempDir(), policy: policyWith(5 * time.Second), addr: "127.0.0.1:0", speed: 30,
		desk: func(st *stage) []fakeslack.DeskAction { return desk(t.Context(), st) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.close)
	if err := st.bot.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return st
}

// newest waits for a card and returns its ts.
func newest(t *testing.T, st *stage) string {
	t.Helper()
	ctx, cancel := withPatience(t.Context())
	defer cancel()
	var ts string
	if err := st.slack.Wait(ctx, func() bool { m, err := st.card(); ts = m.TS; return err == nil }); err != nil {
		t.Fatal(err)
	}
	return ts
}

func TestThePageTurnsTwoKeysAndTheMachineIsReinstalledOnce(t *testing.T) {
	st := played(t)
	b := browse.Open(t, st.page, 1280, 1000, pictures)
	b.Click("person-U0ANN")
	b.Write("composer", "/reinstall"+kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Write("field-target", "web-01")
	b.Do("type-ahead", chromedp.WaitVisible(`[data-value="main/ap-guangzhou/ins-1a2b3c4d"]`))
	b.Picture("form")
	b.Do("picking it", chromedp.Click(`[data-value="main/ap-guangzhou/ins-1a2b3c4d"]`))
	b.Holds("it is picked", `document.querySelector('[data-testid="field-target"]').value.startsWith("web-01 ·")`)
	b.Write("field-reason", "kernel panics at boot")
	b.Click("modal-submit")
	card := newest(t, st)
	b.Sees("message-"+card, "Waiting for keys")
	b.Picture("card-proposed")

	b.Click("person-U0BOB")
	b.Click("open-thread-" + card)
	b.Sees("thread", "asks to wipe and reinstall")
	b.Button("thread", "Approve")
	b.Sees("thread", "Approved by")
	b.Picture("card-approved")

	b.Click("person-U0ANN")
	b.Button("thread", "Confirm backup")
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Write("field-typed", "web-O1")
	b.Click("modal-submit")
	b.Sees("error-typed", "its name is “web-01”")
	b.Picture("backup-refused")
	b.Write("field-typed", strings.Repeat(kb.Backspace, 6)+"web-01")
	b.Click("modal-submit")
	b.Sees("thread", "is wiped in")
	b.Picture("card-countdown")
	b.Sees("message-"+card, "Reinstalling")
	b.Picture("card-running")
	b.Sees("thread", "What to do next")
	b.Sees("message-"+card, "Verified")
	b.Picture("practice")
	if n := st.cloud.Resets("ins-1a2b3c4d"); n != 1 {
		t.Errorf("web-01 was reinstalled %d times", n)
	}
}

func TestThePageIsUsableOnAPhone(t *testing.T) {
	st := played(t)
	b := browse.Open(t, st.page+"#as=U0ANN&channel=C0INFRA", 390, 844, pictures)
	b.Write("composer", `/reinstall web-02 --reason "same panic as web-01"`+kb.Enter)
	card := newest(t, st)
	b.Sees("message-"+card, "Waiting for keys")
	b.Picture("phone-card")
	b.Click("open-thread-" + card)
	b.Sees("thread", "asks to wipe and reinstall")
	b.Picture("phone-thread")
	b.Button("thread", "Confirm backup")
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Picture("phone-form")
	b.Write("field-typed", "web-02")
	b.Click("modal-submit")
	b.Sees("thread", "Backup confirmed")
	b.Button("thread", "Cancel")
	b.Sees("thread", "Cancelled by")
	b.Picture("phone-cancelled")
}
