package browse

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// A phone is so wide and high, in CSS pixels. With its keyboard out, so much is left.
const (
	phoneWidth    = 390
	phoneHeight   = 844
	aboveKeyboard = 508
)

// OpenPhone is Open on a phone: a small screen, and a finger in place of a mouse.
func OpenPhone(t *testing.T, url, pictures string) *Tab {
	t.Helper()
	return openAs(t, url, phoneWidth, phoneHeight, pictures, phone...)
}

var phone = []chromedp.EmulateViewportOption{
	chromedp.EmulatePortrait, chromedp.EmulateMobile, chromedp.EmulateTouch,
}

// Turn makes any screen that of a phone.
func (b *Tab) Turn() {
	b.t.Helper()
	b.Do("turning it into a phone", chromedp.EmulateViewport(phoneWidth, phoneHeight, phone...))
}

// Keyboard puts a phone's keyboard out, or away: it takes the lower part of the screen.
func (b *Tab) Keyboard(out bool) {
	b.t.Helper()
	height := int64(phoneHeight)
	if out {
		height = aboveKeyboard
	}
	b.Do("the phone's keyboard", chromedp.EmulateViewport(phoneWidth, height, phone...))
}

// Tap puts a finger on the first element that a selector finds. Nothing may lie over it.
func (b *Tab) Tap(selector string) {
	b.t.Helper()
	find := fmt.Sprintf(`(e => { e?.scrollIntoView({ block: "nearest" }); const r = e?.getBoundingClientRect();
		return r ? [r.x + r.width / 2, r.y + r.height / 2] : []; })(document.querySelector(%q))`, selector)
	free := fmt.Sprintf(`(e => { e?.scrollIntoView({ block: "nearest" }); const r = e?.getBoundingClientRect();
		const at = r && [r.x, r.y].join(), still = at === window.lastAt; // what moves is tapped beside
		window.lastAt = at;
		return r && still && r.width > 0 && e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); })(
		document.querySelector(%q))`, selector)
	b.Holds("a finger reaches "+selector, free)
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](find))
	if err != nil || len(at) != 2 {
		b.t.Fatalf("looking for %s: %v", selector, err)
	}
	for _, e := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		if _, err := chromedp.Call(b.ctx, input.DispatchTouchEvent, e); err != nil {
			b.t.Fatalf("tapping %s: %v", selector, err)
		}
	}
}

// Fits waits until nothing is cut or wider than the page, nothing can be scrolled
// sideways, and every control is in reach and large enough for a thumb.
func (b *Tab) Fits(state string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Poll[chromedp.Void](
		`(`+misfits+`).length === 0`, chromedp.WithPollingTimeout(Patience/3),
	))
	if err == nil {
		return
	}
	b.Picture("failed")
	which, _ := chromedp.Run(ctx, chromedp.Evaluate[[]string](misfits+`.map((e) => e.outerHTML.slice(0, 200))`))
	b.t.Fatalf("%s does not fit a phone: %v:\n%s", state, err, strings.Join(which, "\n"))
}

// misfits are the elements that do not fit: a line of text, in a link, may be
// lower than a thumb. A phone zooms out if anything is wider than its screen. A choice
// may show its beginning if all of it stands below.
const misfits = `[...document.querySelectorAll("body *")].filter((e) => {
	if (!e.checkVisibility({ visibilityProperty: true }) || e.closest("svg")) return false;
	const width = document.documentElement.clientWidth;
	const at = e.matches("input[type=radio], input[type=checkbox]") ? e.closest("label") : e;
	const r = at.getBoundingClientRect(), s = getComputedStyle(e);
	if (r.width < 2) return false;
	const wide = e.scrollWidth > e.clientWidth + 1, high = e.scrollHeight > e.clientHeight + 1;
	const scrolls = wide && /auto|scroll/.test(s.overflowX) && !e.matches("textarea");
	const pen = Object.assign(document.createElement("canvas").getContext("2d"), { font: s.font });
	const below = e.parentElement.querySelector(".whole");
	const choice = e.matches("select") && !below &&
		pen.measureText(e.selectedOptions[0]?.text ?? "").width > e.clientWidth - 36;
	const cut = wide && !(below && e.matches("[role=combobox]")) && (e.matches("button") || /hidden|clip/.test(s.overflowX)) || choice ||
		high && /hidden|clip/.test(s.overflowY);
	const small = e.matches("button, select, textarea, input, summary, [role=option]") &&
		(r.height < 43.5 || r.width < 43.5);
	const scroller = (of) => of && (/auto|scroll/.test(getComputedStyle(of).overflowY) || scroller(of.parentElement));
	const beyond = (r.bottom > innerHeight + 1 || r.top < -1) && !scroller(e.parentElement);
	return scrolls || cut || small || beyond || r.right > width + 1 || r.left < -1 || innerWidth > width + 1;
})`
