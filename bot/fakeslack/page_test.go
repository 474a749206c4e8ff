package fakeslack_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

// A tab is a browser on the page. Pictures go to the folder that the
// environment variable FAKESLACK_PICTURES names, if any.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func browse(t *testing.T, url string, width, height int64) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("the page's tests need Chromium on the PATH")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(int(width), int(height)),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	browser, cancel := chromedp.NewContext(alloc)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	ctx, expire := context.WithTimeout(browser, 90*time.Second)
	t.Cleanup(func() { expire(); cancel(); stop() })
	b := &tab{t: t, ctx: ctx}
	b.do("opening", chromedp.EmulateViewport(width, height), chromedp.Navigate(url), chromedp.WaitVisible(id("composer")))
	return b
}

func id(testid string) chromedp.CSS { return chromedp.CSS(`[data-testid="` + testid + `"]`) }

func (b *tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.picture("failed")
		b.t.Fatalf("%s: %v", what, err)
	}
}

func (b *tab) click(testid string) {
	b.t.Helper()
	b.do("clicking "+testid, chromedp.Click(id(testid), chromedp.NodeVisible))
}

func (b *tab) write(testid, text string) {
	b.t.Helper()
	b.do("typing into "+testid, chromedp.SendKeys(id(testid), text, chromedp.NodeVisible))
}

// button presses a button by its exact text, inside the element at.
func (b *tab) button(at, label string) {
	b.t.Helper()
	b.do("pressing "+label, chromedp.Click(`(//*[@data-testid="`+at+`"]//button[normalize-space(.)="`+label+`"])[1]`))
}

// sees waits until the element's text holds the words.
func (b *tab) sees(testid, words string) {
	b.t.Helper()
	script := `(document.querySelector('` + string(id(testid)) + `')?.innerText ?? "").includes(` + quoted(words) + `)`
	b.do("waiting for "+words+" in "+testid, chromedp.Poll[chromedp.Void](script, chromedp.WithPollingTimeout(10*time.Second)))
}

func quoted(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` }

func (b *tab) gone(testid string) {
	b.t.Helper()
	b.do("waiting for the end of "+testid, chromedp.WaitNotPresent(id(testid)))
}

func (b *tab) scheme(name string) {
	b.t.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		b.t.Fatalf("colours: %v", err)
	}
}

func (b *tab) picture(name string) {
	dir := os.Getenv("FAKESLACK_PICTURES")
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

// staged is a world whose bot behaves like one for reinstalling: a form, a
// card, a thread.
func staged(t *testing.T) *world {
	t.Helper()
	var killed atomic.Bool
	w := newWorld(t, func(c *fakeslack.Config) {
		c.Shortcuts = []fakeslack.Shortcut{{Name: "Reinstall this machine", CallbackID: "reinstall", OnMessage: true}}
		c.Desk = []fakeslack.DeskAction{
			{ID: "kill", Label: "Kill the bot", Help: "kill -9; it is started again after two seconds", Do: func(context.Context) error { killed.Store(true); return nil }},
			{ID: "lose", Label: "The cloud loses the next answer", Help: "The reset is done, its answer never arrives", Do: func(context.Context) error { return errors.New("no cloud here") }},
			{ID: "fast", Label: "Time × 60", Help: "A reset takes seconds", Do: func(context.Context) error { return nil }},
		}
	})
	for _, x := range [][2]string{
		{"U0DEE", "web-01 answers nothing but 500 since 02:40"},
		{"U0ANN", "Looking. Its disk is read-only, fsck does not help."},
		{"U0ANN", "@bob @cho I would wipe it. Anybody against?"},
		{"U0BOB", "Is it out of the load balancer? See https://example.com/lb/web"},
	} {
		if _, err := w.Say(x[0], "C0INFRA", "", x[1]); err != nil {
			t.Fatal(err)
		}
	}
	w.onRun(w.stageCommand)
	w.onAct(w.stageAct)
	return w
}

func (w *world) stageCommand(c slack.SlashCommand) any {
	if c.Text != "" {
		return map[string]any{"response_type": "ephemeral", "text": ":warning: *Not proposed.* There are two machines called `" + c.Text + "`. Say which one by its id."}
	}
	if _, err := w.api.OpenViewContext(w.ctx, c.TriggerID, form()); err != nil {
		return map[string]any{"text": err.Error()}
	}
	return nil
}

func (w *world) stageAct(c slack.InteractionCallback) any {
	switch c.Type {
	case slack.InteractionTypeBlockSuggestion:
		return machines(c.Value)
	case slack.InteractionTypeViewSubmission:
		if c.View.State.Values["reason"]["reason"].Value == "x" {
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "Say what is broken, in a few words: the approvers decide by it."})
		}
		ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...), slack.MsgOptionText("web-01 will be wiped", false))
		w.post("C0INFRA", slack.MsgOptionTS(ts), slack.MsgOptionText("Proposed by <@U0ANN>. Two keys are owed.", false))
	case slack.InteractionTypeBlockActions:
		w.stageClick(c)
	}
	return nil
}

func (w *world) stageClick(c slack.InteractionCallback) {
	a := c.ActionCallback.BlockActions[0]
	if a.ActionID != "approve" {
		_, _ = w.api.PostEphemeralContext(w.ctx, c.Channel.ID, c.User.ID, slack.MsgOptionText("Only approvers may turn this key.", false), slack.MsgOptionTS(c.Message.ThreadTimestamp))
		return
	}
	decided := append(card(2)[:6], slack.NewContextBlock("", md(":key: Approved by <@"+c.User.ID+">")))
	if _, _, _, err := w.api.UpdateMessageContext(w.ctx, c.Channel.ID, c.Message.Timestamp, slack.MsgOptionBlocks(decided...), slack.MsgOptionText("approved", false)); err != nil {
		w.t.Error(err)
	}
	w.post(c.Channel.ID, slack.MsgOptionTS(c.Message.Timestamp), slack.MsgOptionText(":key: <@"+c.User.ID+"> turned the first key.", false))
}

func TestAPersonReinstallsAMachineOnThePage(t *testing.T) {
	w := staged(t)
	b := browse(t, pageURL(w), 1280, 860)
	b.click("person-U0ANN")
	b.write("composer", "/reinstall web"+kb.Enter)
	b.sees("toast", "")
	b.do("the refusal", chromedp.WaitVisible(`//article[contains(@class,"ephemeral")][contains(., "Only visible to you")]`))
	b.write("composer", "/rei")
	b.picture("wide-slash")
	b.write("composer", kb.Tab+kb.Enter)
	b.do("the form", chromedp.WaitVisible(id("modal")))
	b.picture("wide-modal")
	b.write("field-instance", "web")
	b.do("type-ahead", chromedp.WaitVisible(`[data-value="ins-1a2b3c4d"]`))
	b.picture("wide-typeahead")
	b.write("field-instance", kb.Enter)
	b.write("field-image", "D")
	b.do("the image is chosen", chromedp.Poll[chromedp.Void](`document.querySelector('[data-testid="field-image"]').value === "img-debian13"`))
	b.write("field-reason", "x")
	b.click("modal-submit")
	b.sees("error-reason", "Say what is broken")
	b.picture("wide-modal-error")
	b.write("field-reason", " disk is read-only")
	b.click("modal-submit")
	b.gone("modal")
	card := latest(t, w)
	b.sees("message-"+card, "web-01 will be wiped")
	b.sees("message-"+card, "<!channel> *not bold*")
	b.picture("wide-card")
	b.click("open-thread-" + card)
	b.sees("thread", "Two keys are owed")
	b.click("person-U0DEE")
	b.button("thread", "Reject")
	b.sees("thread", "Only approvers may turn this key")
	b.click("person-U0BOB")
	b.button("thread", "Approve")
	b.do("confirming", chromedp.WaitVisible(id("confirm")))
	b.picture("wide-confirm")
	b.click("confirm-ok")
	b.sees("thread", "turned the first key")
	b.sees("message-"+card, "(edited)")
	b.click("open-desk")
	b.click("desk-lose")
	b.sees("toast", "no cloud here")
	b.click("switch-rate_limit")
	b.picture("wide-thread-desk")
	b.scheme("dark")
	b.picture("wide-dark")
}

func TestThePageFitsAPhone(t *testing.T) {
	w := staged(t)
	b := browse(t, pageURL(w), 390, 844)
	b.picture("phone-channel")
	b.write("composer", "/reinstall"+kb.Enter)
	b.do("the form", chromedp.WaitVisible(id("modal")))
	b.picture("phone-modal")
	if r, err := w.Submit(w.ctx, "U0ANN", filled); err != nil || !r.Closed {
		t.Fatalf("%+v, %v", r, err)
	}
	b.gone("modal")
	card := latest(t, w)
	b.sees("message-"+card, "web-01 will be wiped")
	b.picture("phone-card")
	b.click("open-thread-" + card)
	b.sees("thread", "Two keys are owed")
	b.picture("phone-thread")
	b.scheme("dark")
	b.picture("phone-thread-dark")
	overflows, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
	if err != nil || overflows {
		t.Errorf("the page is wider than the phone: %v, %v", overflows, err)
	}
	b.click("close-thread")
	b.gone("thread")
}

func TestAClickThatTheBotMissesShowsAMarkOnThePage(t *testing.T) {
	w := staged(t)
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(slack.NewActionBlock("", button("hold", "Hold", ""))), slack.MsgOptionText("x", false))
	b := browse(t, pageURL(w), 1280, 800)
	b.sees("message-"+ts, "Hold")
	w.bot.Close()
	b.button("message-"+ts, "Hold")
	b.sees("warning-"+ts, "did not respond")
	b.picture("wide-warning")
}

func latest(t *testing.T, w *world) string {
	t.Helper()
	ms := w.Messages("C0INFRA")
	return ms[len(ms)-1].TS
}

func pageURL(w *world) string { return w.origin + "/" }
