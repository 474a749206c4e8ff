package browse

import (
	"fmt"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys presses keys, one after the other, wherever the keyboard is.
func (b *Tab) Keys(keys string) {
	b.t.Helper()
	b.Do("pressing keys", chromedp.KeyEvent(keys))
}

// TabTo presses Tab until the keyboard is on an element that a selector finds. People
// see at each stop where the keyboard is.
func (b *Tab) TabTo(selector string) {
	b.t.Helper()
	there := fmt.Sprintf(`!!document.activeElement?.matches(%q)`, selector)
	for range 200 {
		if b.Is(there) {
			return
		}
		b.Keys(kb.Tab)
		b.Holds("people see where the keyboard is", isSeen)
	}
	b.Picture("failed")
	b.t.Fatalf("no Tab leads to %s", selector)
}

// KeepsKeyboard waits until the keyboard is on an element that a selector finds, or
// inside one.
func (b *Tab) KeepsKeyboard(what, selector string) {
	b.t.Helper()
	b.Holds(what, fmt.Sprintf(`!!document.activeElement?.closest(%q)`, selector))
}

// isSeen reports whether what has the keyboard is marked, and at least partly in sight.
// At the end of the page the browser itself has the keyboard, and in a frame the frame.
const isSeen = `(e => {
	if (!e || e === document.body || e.matches("iframe")) return true;
	const marked = (of) => {
		const s = getComputedStyle(of);
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
	};
	const r = e.getBoundingClientRect();
	const inSight = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
	return inSight && e.checkVisibility({ visibilityProperty: true }) &&
		(marked(e) || e.matches("textarea") && marked(e.parentElement));
})(document.activeElement)`
