// Package browse drives Chromium over the page of the Slack double. It is for
// tests: what does not work ends the test, with a picture if one is wanted.
package browse

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Patience is how long one step may take.
const Patience = 30 * time.Second

// Tab is a browser on the page. Pictures go to the folder that the environment
// variable Pictures names, if any.
type Tab struct {
	Pictures string

	t   *testing.T
	ctx context.Context
}

// windows are the browsers that run: they compute much, so that more of them at once
// would only slow one another down.
var windows = make(chan struct{}, 2)

// reserved are the tests that have a place among the windows.
var reserved sync.Map

// Reserve waits until the test may open its browser. A test that holds something
// others wait for reserves first.
func Reserve(t *testing.T) {
	windows <- struct{}{}
	reserved.Store(t, true)
	t.Cleanup(func() { reserved.Delete(t); <-windows })
}

// Open starts Chromium on the page and waits until it can be typed into. A test
// opens one. With -short it skips the test.
func Open(t *testing.T, url string, width, height int64, pictures string) *Tab {
	t.Helper()
	return openAs(t, url, width, height, pictures)
}

func openAs(t *testing.T, url string, width, height int64, pictures string, as ...chromedp.EmulateViewportOption) *Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("-short opens no browser: make test runs this")
	}
	if _, has := reserved.Load(t); !has {
		Reserve(t)
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("the page is tested in Chromium, and there is none: make test installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(int(width), int(height)), chromedp.Flag("disable-quic", true),
		chromedp.Flag(
			"disable-background-networking", true,
		), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	browser, cancel := chromedp.NewContext(alloc)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	t.Cleanup(func() { cancel(); stop() })
	b := &Tab{t: t, ctx: browser, Pictures: pictures}
	b.Do(
		"opening the page", chromedp.EmulateViewport(width, height, as...), chromedp.Navigate(url),
		chromedp.WaitVisible(ID("composer")),
	)
	return b
}

// ID selects an element by its data-testid.
func ID(name string) chromedp.CSS { return chromedp.CSS(`[data-testid="` + name + `"]`) }

// Do runs actions in order, within Patience.
func (b *Tab) Do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.Picture("failed")
		b.t.Fatalf("%s: %v", what, err)
	}
}

// Click clicks an element.
func (b *Tab) Click(name string) {
	b.t.Helper()
	b.Do("clicking "+name, chromedp.Click(ID(name), chromedp.NodeVisible))
}

// Write types into an element.
func (b *Tab) Write(name, text string) {
	b.t.Helper()
	b.Do("typing into "+name, chromedp.SendKeys(ID(name), text, chromedp.NodeVisible))
}

// Button presses a button by its exact text, inside an element.
func (b *Tab) Button(in, label string) {
	b.t.Helper()
	b.Do("pressing "+label, chromedp.Click(`(//*[@data-testid="`+in+`"]//button[normalize-space(.)="`+label+`"])[1]`))
}

// Sees waits until the element's text holds the words.
func (b *Tab) Sees(name, words string) {
	b.t.Helper()
	quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(words) + `"`
	b.Holds(
		"waiting for "+words+" in "+name,
		`(document.querySelector('`+string(ID(name))+`')?.innerText ?? "").includes(`+quoted+`)`,
	)
}

// Holds waits until a JavaScript expression is true.
func (b *Tab) Holds(what, script string) {
	b.t.Helper()
	b.Do(what, chromedp.Poll[chromedp.Void](script, chromedp.WithPollingTimeout(Patience)))
}

// Is reports whether a JavaScript expression is true now.
func (b *Tab) Is(script string) bool {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return yes
}

// AboveFirst is how many pixels are from the top of an element to that of the first
// inside it that a selector finds; 0 if there is none.
func (b *Tab) AboveFirst(name, selector string) int {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	script := fmt.Sprintf(`{ const all = document.querySelector(%q), first = all.querySelector(%q);
		first ? Math.round(first.getBoundingClientRect().top - all.getBoundingClientRect().top) : 0 }`, ID(name), selector)
	pixels, err := chromedp.Run(ctx, chromedp.Evaluate[int](script))
	if err != nil {
		b.t.Fatalf("measuring %s: %v", name, err)
	}
	return pixels
}

// Gone waits until an element is there no longer.
func (b *Tab) Gone(name string) {
	b.t.Helper()
	b.Do("waiting for the end of "+name, chromedp.WaitNotPresent(ID(name)))
}

// Scheme sets the preferred colours: light or dark.
func (b *Tab) Scheme(name string) {
	b.t.Helper()
	params := emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, params); err != nil {
		b.t.Fatalf("colours: %v", err)
	}
}

// StandsAt opens the page again with its clock stopped, in UTC: what it shows is
// the same from run to run.
func (b *Tab) StandsAt(now time.Time) {
	b.t.Helper()
	stop := fmt.Sprintf(`{ const Real = Date; globalThis.Date = class extends Real {
		constructor(...a) { a.length ? super(...a) : super(%[1]d); } static now() { return %[1]d; } }; }`, now.UnixMilli())
	if _, err := chromedp.Call(
		b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: stop},
	); err != nil {
		b.t.Fatalf("the page's clock: %v", err)
	}
	if _, err := chromedp.Call(
		b.ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "UTC"},
	); err != nil {
		b.t.Fatalf("the page's zone: %v", err)
	}
	b.Do("opening the page anew", chromedp.Reload(), chromedp.WaitVisible(ID("composer")))
}

// Only is a picture (PNG) of one message's blocks, with no other message on the
// page: so it is the same whatever else was posted.
func (b *Tab) Only(message string) []byte {
	b.t.Helper()
	b.Do("leaving "+message+" alone", chromedp.Evaluate[chromedp.Void](
		`for (const m of document.querySelectorAll("article.message")) m.style.display = m.dataset.testid === "`+
			message+
			`" ? "" : "none"`))
	blocks := `[data-testid="` + message + `"] .blocks`
	b.Holds(
		message+" is no wider than its place",
		`(e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= innerHeight)(document.querySelector('`+blocks+`'))`,
	)
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.Screenshot(chromedp.CSS(blocks)))
	if err != nil {
		b.t.Fatalf("picture of %s: %v", message, err)
	}
	return png
}

// Picture takes a screenshot if pictures are wanted.
func (b *Tab) Picture(name string) {
	b.t.Helper()
	dir := os.Getenv(b.Pictures)
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
