package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"twokey/bot/fakeslack"
)

// A tab is a browser on the practice page. Pictures go to the folder that
// TWOKEY_PICTURES names, if it names one: `make pictures` does.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func browse(t *testing.T, url string, width, height int64) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("the page is tested in Chromium, and there is none: make test installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(int(width), int(height)), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	browser, cancel := chromedp.NewContext(alloc)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	ctx, expire := context.WithTimeout(browser, 3*time.Minute)
	t.Cleanup(func() { expire(); cancel(); stop() })
	b := &tab{t: t, ctx: ctx}
	b.do("opening the page", chromedp.EmulateViewport(width, height), chromedp.Navigate(url), chromedp.WaitVisible(testID("composer")))
	return b
}

func testID(name string) chromedp.CSS { return chromedp.CSS(`[data-testid="` + name + `"]`) }

func (b *tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.picture("failed")
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b *tab) click(name string) {
	b.t.Helper()
	b.do("clicking "+name, chromedp.Click(testID(name), chromedp.NodeVisible))
}

func (b *tab) write(name, text string) {
	b.t.Helper()
	b.do("typing into "+name, chromedp.SendKeys(testID(name), text, chromedp.NodeVisible))
}

// button presses a button by its exact text, inside an element.
func (b *tab) button(in, label string) {
	b.t.Helper()
	b.do("pressing "+label, chromedp.Click(`(//*[@data-testid="`+in+`"]//button[normalize-space(.)="`+label+`"])[1]`))
}

// sees waits until the element's text holds the words.
func (b *tab) sees(name, words string) {
	b.t.Helper()
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(words) + `"`
	script := `(document.querySelector('` + string(testID(name)) + `')?.innerText ?? "").includes(` + quoted + `)`
	b.do("waiting for "+words+" in "+name, chromedp.Poll[chromedp.Void](script, chromedp.WithPollingTimeout(patience)))
}

// picture takes a screenshot where pictures are wanted.
func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("TWOKEY_PICTURES")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Errorf("picture %s: %v", name, err)
	}
}

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
	b := browse(t, st.page, 1280, 1000)
	b.click("person-U0ANN")
	b.write("composer", "/reinstall"+kb.Enter)
	b.do("the form", chromedp.WaitVisible(testID("modal")))
	b.write("field-target", "web-01")
	b.do("type-ahead", chromedp.WaitVisible(`[data-value="main/ap-guangzhou/ins-1a2b3c4d"]`))
	b.picture("form")
	b.do("picking it", chromedp.Click(`[data-value="main/ap-guangzhou/ins-1a2b3c4d"]`))
	b.do("it is picked", chromedp.Poll[chromedp.Void](`document.querySelector('[data-testid="field-target"]').value.startsWith("web-01 ·")`, chromedp.WithPollingTimeout(patience)))
	b.write("field-reason", "kernel panics at boot")
	b.click("modal-submit")
	card := newest(t, st)
	b.sees("message-"+card, "Waiting for keys")
	b.picture("card-proposed")

	b.click("person-U0BOB")
	b.click("open-thread-" + card)
	b.sees("thread", "asks to wipe and reinstall")
	b.button("thread", "Approve")
	b.sees("thread", "Approved by")
	b.picture("card-approved")

	b.click("person-U0ANN")
	b.button("thread", "Confirm backup")
	b.do("the form", chromedp.WaitVisible(testID("modal")))
	b.write("field-typed", "web-O1")
	b.click("modal-submit")
	b.sees("error-typed", "its name is “web-01”")
	b.picture("backup-refused")
	b.write("field-typed", strings.Repeat(kb.Backspace, 6)+"web-01")
	b.click("modal-submit")
	b.sees("thread", "is wiped in")
	b.picture("card-countdown")
	b.sees("message-"+card, "Reinstalling")
	b.picture("card-running")
	b.sees("thread", "What to do next")
	b.sees("message-"+card, "Verified")
	b.picture("practice")
	if n := st.cloud.Resets("ins-1a2b3c4d"); n != 1 {
		t.Errorf("web-01 was reinstalled %d times", n)
	}
}

func TestThePageIsUsableOnAPhone(t *testing.T) {
	st := played(t)
	b := browse(t, st.page+"#as=U0ANN&channel=C0INFRA", 390, 844)
	b.write("composer", `/reinstall web-02 --reason "same panic as web-01"`+kb.Enter)
	card := newest(t, st)
	b.sees("message-"+card, "Waiting for keys")
	b.picture("phone-card")
	b.click("open-thread-" + card)
	b.sees("thread", "asks to wipe and reinstall")
	b.picture("phone-thread")
	b.button("thread", "Confirm backup")
	b.do("the form", chromedp.WaitVisible(testID("modal")))
	b.picture("phone-form")
	b.write("field-typed", "web-02")
	b.click("modal-submit")
	b.sees("thread", "Backup confirmed")
	b.button("thread", "Cancel")
	b.sees("thread", "Cancelled by")
	b.picture("phone-cancelled")
}
