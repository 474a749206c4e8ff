package fakeslack_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"

	"twokey/bot/fakeslack/browse"
)

// Nobody touches a mouse: Escape leaves a question unanswered and gives the keyboard
// back, and Tab stays inside it.
func TestTheKeyboardGoesThroughConfirmAndOverflow(t *testing.T) {
	t.Parallel()
	w := staged(t)
	pressed := make(chan string, 4)
	w.onAct(func(c slack.InteractionCallback) any {
		pressed <- c.ActionCallback.BlockActions[0].ActionID
		return nil
	})
	plain := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	ask := slack.NewConfirmationBlockObject(plain("Approve?"), plain("web-01 is wiped."), plain("Approve it"), plain("No"))
	ask.Style = slack.StyleDanger
	approve := slack.NewButtonBlockElement("approve", "x", plain("Approve"))
	approve.Confirm = ask
	more := slack.NewOverflowBlockElement("more", slack.NewOptionBlockObject("cancel", plain("Cancel"), nil))
	more.Confirm = ask
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(slack.NewActionBlock("", approve, more)),
		slack.MsgOptionText("x", false))
	b := browse.Open(t, pageURL(w), 1280, 800, pictures)
	confirm := string(browse.ID("confirm"))

	button := `[data-testid="message-` + ts + `"] [data-action="approve"]`
	b.TabTo(button)
	b.Keys(kb.Enter)
	b.Holds("what does nothing has the keyboard, and what destroys is red",
		`document.activeElement.matches('[data-testid="confirm-deny"]') && !!document.querySelector('[data-testid="confirm-ok"].danger-solid')`)
	b.Picture("confirm-keyboard")
	for range 5 {
		b.Keys(kb.Tab)
		if !b.Is(`document.activeElement === document.body || !!document.activeElement.closest('` + confirm + `')`) {
			t.Fatal("Tab leads out of the question")
		}
	}
	b.Keys(kb.Escape)
	b.Gone("confirm")
	b.Holds("Escape gives the keyboard back", `document.activeElement.matches('`+button+`')`)
	b.Keys(kb.Enter)
	b.TabTo(string(browse.ID("confirm-ok")))
	b.Keys(kb.Enter)
	if got := <-pressed; got != "approve" {
		t.Errorf("the first press that came was of %q", got)
	}

	b.TabTo(`[data-testid="message-` + ts + `"] [aria-haspopup="menu"].btn`)
	b.Keys(kb.Enter)
	b.Holds("the first entry has the keyboard", `document.activeElement.matches('[role="menuitem"]')`)
	b.Keys(kb.Enter)
	b.TabTo(string(browse.ID("confirm-ok")))
	b.Keys(kb.Enter)
	if got := <-pressed; got != "more" {
		t.Errorf("%q was pressed", got)
	}
}
