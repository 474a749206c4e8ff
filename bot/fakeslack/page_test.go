package fakeslack_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
	"twokey/bot/fakeslack/browse"
	"twokey/bot/fakeslack/page"
)

// pictures names the folder for screenshots.
const pictures = "FAKESLACK_PICTURES"

// staged is a world whose bot behaves like one for reinstalling: a form, a
// card, a thread.
func staged(t *testing.T) *world {
	t.Helper()
	var killed atomic.Bool
	w := newWorld(t, func(c *fakeslack.Config) {
		c.Shortcuts = []fakeslack.Shortcut{
			{Name: "Reinstall this machine", CallbackID: "reinstall", OnMessage: true},
			{Name: "Reinstall a machine", CallbackID: "anywhere"},
		}
	})
	page.Open(w.Slack, []page.Action{
		{
			ID: "kill", Group: "The bot", Label: "Kill the bot", Help: "kill -9; it stays down until you end it.",
			Do: func(context.Context, map[string]string) (string, error) {
				killed.Store(true)
				return "The bot was killed.", nil
			},
			State: func() string { return map[bool]string{true: "The bot is down."}[killed.Load()] },
			End:   func(context.Context) (string, error) { killed.Store(false); return "The bot runs again.", nil },
		},
		{
			ID: "lose", Group: "The cloud", Label: "The cloud loses the next answer",
			Help:   "The reset is done, its answer never arrives.",
			Fields: []page.Field{{Name: "machine", Label: "Which machine", Options: []string{"web-01", "web-02"}}},
			Do: func(_ context.Context, given map[string]string) (string, error) {
				return "", errors.New("no cloud here for " + given["machine"])
			},
		},
	}, nil)
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
		return map[string]any{
			"response_type": "ephemeral",
			"text": ":warning: *Not proposed.* There are two machines called `" + c.Text +
				"`. Say which one by its id.",
		}
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
			return slack.NewErrorsViewSubmissionResponse(
				map[string]string{"reason": "Say what is broken, in a few words: the approvers decide by it."},
			)
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
		_, _ = w.api.PostEphemeralContext(
			w.ctx, c.Channel.ID, c.User.ID, slack.MsgOptionText("Only approvers may turn this key.", false),
			slack.MsgOptionTS(c.Message.ThreadTimestamp),
		)
		return
	}
	decided := append(card(2)[:6], slack.NewContextBlock("", md(":key: Approved by <@"+c.User.ID+">")))
	if _, _, _, err := w.api.UpdateMessageContext(
		w.ctx, c.Channel.ID, c.Message.Timestamp, slack.MsgOptionBlocks(decided...),
		slack.MsgOptionText("approved", false),
	); err != nil {
		w.t.Error(err)
	}
	w.post(
		c.Channel.ID, slack.MsgOptionTS(c.Message.Timestamp),
		slack.MsgOptionText(":key: <@"+c.User.ID+"> turned the first key.", false),
	)
}

func TestAPersonReinstallsAMachineOnThePage(t *testing.T) {
	t.Parallel()
	w := staged(t)
	b := browse.Open(t, pageURL(w), 1280, 860, pictures)
	b.Click("person-U0ANN")
	b.Write("composer", "/reinstall web"+kb.Enter)
	b.Do(
		"the refusal", chromedp.WaitVisible(`//article[contains(@class,"ephemeral")][contains(., "Only visible to you")]`),
	)
	b.Holds("what was sent has left", `document.querySelector('[data-testid="composer"]').value === ""`)
	b.Write("composer", "/rei")
	b.Picture("wide-slash")
	b.Write("composer", kb.Tab+kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Picture("wide-modal")
	b.Write("field-instance", "web")
	b.Do("type-ahead", chromedp.WaitVisible(`[data-value="ins-1a2b3c4d"]`))
	b.Picture("wide-typeahead")
	b.Write("field-instance", kb.Enter)
	b.Write("field-image", "D")
	b.Do(
		"the image is chosen",
		chromedp.Poll[chromedp.Void](`document.querySelector('[data-testid="field-image"]').value === "img-debian13"`),
	)
	b.Write("field-reason", "x")
	b.Click("modal-submit")
	b.Sees("error-reason", "Say what is broken")
	b.Picture("wide-modal-error")
	b.Write("field-reason", " disk is read-only")
	b.Click("modal-submit")
	b.Gone("modal")
	card := latest(t, w)
	b.Sees("message-"+card, "web-01 will be wiped")
	b.Sees("message-"+card, "<!channel> *not bold*")
	b.Picture("wide-card")
	b.Click("open-thread-" + card)
	b.Sees("thread", "Two keys are owed")
	b.Click("person-U0DEE")
	b.Button("thread", "Reject")
	b.Sees("thread", "Only approvers may turn this key")
	b.Click("person-U0BOB")
	b.Button("thread", "Approve")
	b.Do("confirming", chromedp.WaitVisible(browse.ID("confirm")))
	b.Picture("wide-confirm")
	b.Click("confirm-ok")
	b.Sees("thread", "turned the first key")
	b.Sees("message-"+card, "(edited)")
	b.Click("open-desk")
	b.Click("desk-lose")
	b.Sees("toast", "no cloud here for web-01")
	b.Sees("desk-done", "The cloud loses the next answer: no cloud here for web-01")
	b.Click("switches")
	b.Click("switch-rate_limit")
	b.Sees("force-rate_limit", "answer 429")
	b.Picture("wide-thread-desk")
	b.Scheme("dark")
	b.Picture("wide-dark")
}

func TestThePageFitsAPhone(t *testing.T) {
	t.Parallel()
	w := staged(t)
	b := browse.OpenPhone(t, pageURL(w), pictures)
	b.Picture("phone-channel")
	b.Fits("the channel")
	b.Write("composer", "/reinstall"+kb.Enter)
	b.Do("the form", chromedp.WaitVisible(browse.ID("modal")))
	b.Picture("phone-modal")
	b.Fits("the form")
	b.Write("field-instance", "web")
	b.Do("type-ahead", chromedp.WaitVisible(`[data-value="ins-1a2b3c4d"]`))
	b.Fits("the type-ahead")
	if r, err := w.Submit(w.ctx, "U0ANN", filled); err != nil || !r.Closed {
		t.Fatalf("%+v, %v", r, err)
	}
	b.Gone("modal")
	card := latest(t, w)
	b.Sees("message-"+card, "web-01 will be wiped")
	b.Picture("phone-card")
	b.Click("open-thread-" + card)
	b.Sees("thread", "Two keys are owed")
	b.Picture("phone-thread")
	b.Scheme("dark")
	b.Picture("phone-thread-dark")
	b.Fits("the thread")
	b.Click("back-from-thread")
	b.Gone("thread")
	b.Fits("the card")
	b.Click("open-desk")
	b.Click("switches")
	b.Click("desk-kill")
	b.Sees("force-kill", "The bot is down")
	b.Fits("the practice desk")
	b.Click("end-kill")
	b.Gone("force-kill")
	b.Click("close-desk")
	b.Click("swap")
	b.Holds("one tap makes Ann Bob", `document.querySelector('[data-testid="pick-person"]').value === "U0BOB"`)
	b.Click("swap")
	b.Holds("and Bob Ann", `document.querySelector('[data-testid="pick-person"]').value === "U0ANN"`)
}

func TestAClickThatTheBotMissesShowsAMarkOnThePage(t *testing.T) {
	t.Parallel()
	w := staged(t)
	ts := w.post(
		"C0INFRA", slack.MsgOptionBlocks(slack.NewActionBlock("", button("hold", "Hold", ""))),
		slack.MsgOptionText("x", false),
	)
	b := browse.Open(t, pageURL(w), 1280, 800, pictures)
	b.Sees("message-"+ts, "Hold")
	w.bot.Close()
	b.Button("message-"+ts, "Hold")
	b.Sees("warning-"+ts, "did not respond")
	b.Picture("wide-warning")
}

func latest(t *testing.T, w *world) string {
	t.Helper()
	ms := w.Messages("C0INFRA")
	return ms[len(ms)-1].TS
}

func pageURL(w *world) string { return w.origin + "/" }
