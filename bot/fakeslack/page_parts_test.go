package fakeslack_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"

	"twokey/bot/fakeslack/browse"
	"twokey/bot/fakeslack/page"
)

// within is a JavaScript expression about the document of one of two columns.
func within(side, script string) string {
	return `((document) => ` + script + `)(window.document.querySelector('[data-testid="column-` + side +
		`"]')?.contentDocument)`
}

func TestTwoPeopleStandSideBySideEachWithTheirOwnForms(t *testing.T) {
	t.Parallel()
	w := staged(t)
	b := browse.Open(t, pageURL(w)+"#as=U0ANN", 1440, 900, pictures)
	b.Click("open-beside")
	b.Holds("Ann is on the left", `document.querySelector('[data-testid="column-left"]').title === "Ann Okafor"`)
	b.Holds(
		"somebody else is on the right",
		`document.querySelector('[data-testid="column-right"]').title === "Bob Lindqvist"`,
	)
	b.Holds("Ann can write", within("left", `!!document?.querySelector('[data-testid="composer"]')`))
	b.Holds("she does", within("left", `(document.querySelector('[data-testid="composer"]').focus(), true)`))
	b.Keys("/reinstall" + kb.Enter + kb.Enter)
	b.Holds("her form is open on her side", within("left", `!!document.querySelector('dialog[open]')`))
	b.Holds("and not on his", within("right", `!document.querySelector('dialog[open]')`))
	b.Keys(kb.F6)
	b.Holds(
		"F6 leads to him",
		within("right", `document.hasFocus() && document.activeElement.matches('[data-testid="composer"]')`),
	)
	b.Keys("is that the right one?" + kb.Enter)
	b.Picture("wide-columns")
	b.Holds(
		"he can write while she has a form open",
		within("right", `document.body.innerText.includes("is that the right one?")`),
	)
	b.Holds(
		"and she reads it",
		within("left", `document.querySelector('main').textContent.includes("is that the right one?")`),
	)
	if r, err := w.Submit(w.ctx, "U0ANN", filled); err != nil || !r.Closed {
		t.Fatalf("%+v, %v", r, err)
	}
	b.Holds(
		"the card is on both sides",
		within("left", `document.body.innerText.includes("web-01 will be wiped")`)+" && "+within(
			"right", `document.body.innerText.includes("web-01 will be wiped")`,
		),
	)
	b.Turn()
	b.Holds(
		"on a phone there is one at a time",
		`getComputedStyle(document.querySelector('[data-testid="column-right"]')).display !== "none" && getComputedStyle(document.querySelector('[data-testid="column-left"]')).display === "none"`,
	)
	b.Fits("two people on a phone")
	b.Click("show-left")
	b.Holds(
		"a tap shows the other",
		`getComputedStyle(document.querySelector('[data-testid="column-left"]')).display !== "none"`,
	)
	b.Click("close-beside")
	b.Sees("message-"+latest(t, w), "web-01 will be wiped")
}

func TestShortcutsAreInMenusThatTheKeyboardOpens(t *testing.T) {
	t.Parallel()
	w := staged(t)
	ts := latest(t, w)
	b := browse.Open(t, pageURL(w)+"#as=U0ANN", 1280, 800, pictures)
	b.Holds("the messages are there", `document.querySelectorAll("article.message").length === 4`)
	b.TabTo(`[role="log"]`)
	b.Keys(kb.ArrowUp)
	b.Holds("arrow up leads to the newest message", `document.activeElement.dataset.testid === "message-`+ts+`"`)
	b.TabTo(`[data-testid="more-` + ts + `"]`)
	b.Keys(kb.Enter)
	b.Holds("the menu has the keyboard", `document.activeElement.matches('[role="menuitem"]')`)
	b.Picture("wide-menu")
	b.Keys(kb.Escape)
	b.Holds("Escape gives it back", `document.activeElement.dataset.testid === "more-`+ts+`"`)
	b.Keys(kb.Enter + kb.Enter)
	told(t, w, slack.InteractionTypeMessageAction, "reinstall")
	b.TabTo(`[data-testid="shortcuts"]`)
	b.Keys(kb.Enter + kb.Enter)
	told(t, w, slack.InteractionTypeShortcut, "anywhere")
}

// told waits until the bot heard of an interaction.
func told(t *testing.T, w *world, kind slack.InteractionType, id string) {
	t.Helper()
	if err := w.Wait(w.ctx, func() bool {
		for _, c := range w.interactions() {
			if c.Type == kind && (c.CallbackID == id || len(c.ActionCallback.BlockActions) > 0 &&
				c.ActionCallback.BlockActions[0].Value == id) {
				return true
			}
		}
		return false
	}); err != nil {
		t.Fatalf("%s %s: %v", kind, id, err)
	}
}

func TestWhatOnlyOnePersonSeesSaysSoAndGoesAway(t *testing.T) {
	t.Parallel()
	w := staged(t)
	b := browse.Open(t, pageURL(w)+"#as=U0ANN", 1280, 800, pictures)
	b.Write("composer", "/reinstall web"+kb.Enter)
	b.Holds("it is marked", `document.querySelector("article.ephemeral")?.innerText.includes("Only visible to you")`)
	ts := w.Ephemerals("U0ANN")[0].TS
	b.Click("dismiss-" + ts)
	b.Gone("message-" + ts)
}

// An input that dispatches reaches the bot on Enter, and not when it is left.
func TestAnInputDispatchesOnEnterAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page.Open(w.Slack, nil, nil)
	w.onRun(func(c slack.SlashCommand) any {
		field := slack.NewInputBlock("who", pt("Who"), nil, slack.NewPlainTextInputBlockElement(nil, "who"))
		field.DispatchAction = true
		view := slack.ModalViewRequest{
			Type: slack.VTModal, Title: pt("Ask"), Submit: pt("Go"),
			Blocks: slack.Blocks{
				BlockSet: []slack.Block{
					field, slack.NewInputBlock("why", pt("Why"), nil, slack.NewPlainTextInputBlockElement(nil, "why")),
				},
			},
		}
		if _, err := w.api.OpenViewContext(w.ctx, c.TriggerID, view); err != nil {
			return map[string]any{"text": err.Error()}
		}
		return nil
	})
	b := browse.Open(t, pageURL(w)+"#as=U0ANN", 1280, 800, pictures)
	b.Write("composer", "/reinstall"+kb.Enter+kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Write("field-who", "me")
	b.Write("field-why", "because"+kb.Tab)
	typed := func(block string) string {
		v, _ := w.OpenView("U0ANN")
		s, _ := v.Values[block][block]["value"].(string)
		return s
	}
	if err := w.Wait(w.ctx, func() bool { return typed("who") == "me" && typed("why") == "because" }); err != nil {
		t.Fatal(err)
	}
	for _, r := range w.Requests() {
		if strings.HasPrefix(r.Kind, "block_actions") {
			t.Fatal("the bot was told although the input was only left")
		}
	}
	b.Write("field-who", " too"+kb.Enter)
	told(t, w, slack.InteractionTypeBlockActions, "me too")
	if _, open := w.OpenView("U0ANN"); !open {
		t.Error("Enter has sent the form")
	}
}

func TestChoicesInGroupsAreGroupsOnThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page.Open(w.Slack, nil, nil)
	w.onRun(func(c slack.SlashCommand) any {
		region := func(name string, ids ...string) *slack.OptionGroupBlockObject {
			var options []*slack.OptionBlockObject
			for _, id := range ids {
				options = append(options, slack.NewOptionBlockObject(id, pt(id), nil))
			}
			return slack.NewOptionGroupBlockElement(pt(name), options...)
		}
		zero := 0
		search := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, nil, "machine")
		search.MinQueryLength = &zero
		view := slack.ModalViewRequest{
			Type: slack.VTModal, Title: pt("Pick"), Submit: pt("Go"),
			Blocks: slack.Blocks{BlockSet: []slack.Block{
				slack.NewInputBlock(
					"image", pt("Image"), nil,
					slack.NewOptionsGroupSelectBlockElement(
						slack.OptTypeStatic, nil, "image", region("Public", "debian", "ubuntu"),
						region("Own", "golden"),
					),
				),
				slack.NewInputBlock("machine", pt("Machine"), nil, search),
			}},
		}
		if _, err := w.api.OpenViewContext(w.ctx, c.TriggerID, view); err != nil {
			return map[string]any{"text": err.Error()}
		}
		return nil
	})
	w.onAct(func(slack.InteractionCallback) any {
		option := func(id string) any {
			return map[string]any{"text": map[string]any{"type": "plain_text", "text": id}, "value": id}
		}
		group := func(name string, options ...any) any {
			return map[string]any{"label": map[string]any{"type": "plain_text", "text": name}, "options": options}
		}
		return map[string]any{
			"option_groups": []any{
				group("Guangzhou", option("web-01"), option("web-02")),
				group("Singapore", option("sg-01")),
			},
		}
	})
	b := browse.Open(t, pageURL(w)+"#as=U0ANN", 1280, 800, pictures)
	b.Write("composer", "/reinstall"+kb.Enter+kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Holds(
		"a select has its groups",
		`[...document.querySelectorAll('[data-testid="field-image"] optgroup')].map((g) => g.label).join() === "Public,Own"`,
	)
	b.TabTo(`[data-testid="field-machine"]`)
	b.Holds(
		"type-ahead has its groups",
		`[...document.querySelectorAll('[role="listbox"] [role="group"]')].map((g) => g.getAttribute("aria-label")).join() === "Guangzhou,Singapore"`,
	)
	b.Keys(kb.ArrowDown + kb.ArrowDown)
	b.Holds(
		"arrows go through all of them",
		`document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.dataset.value === "sg-01"`,
	)
	b.Picture("wide-groups")
	b.Keys(kb.Escape)
	b.Holds(
		"Escape closes the list and not the form",
		`document.activeElement.getAttribute("aria-expanded") === "false" && !!document.querySelector("dialog[open]")`,
	)
	b.Keys(kb.ArrowDown)
	b.Holds("arrow down opens it again", `document.querySelectorAll('[role="option"]').length === 3`)
	b.Keys(kb.Enter)
	b.Holds("Enter takes it", `document.activeElement.value === "web-01"`)
}
