package fakeslack_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

func TestACommandReachesTheBotSignedAndItsAnswerIsSeenByOnePerson(t *testing.T) {
	w := newWorld(t)
	var got slack.SlashCommand
	w.onRun(func(c slack.SlashCommand) any {
		got = c
		return map[string]any{"text": "Looking at *web-01*, <@U0ANN>"}
	})
	reply, err := w.Command(w.ctx, "U0ANN", "C0INFRA", "web-01 --reason \"a < b & c\"")
	if err != nil || reply.Text != "Looking at *web-01*, @Ann Okafor" || reply.Status != 200 {
		t.Fatalf("reply %+v, %v", reply, err)
	}
	if got.UserID != "U0ANN" || got.ChannelID != "C0INFRA" || got.TeamID != "T0HOME" || got.APIAppID != "A0TWOKEY" ||
		got.Command != "/reinstall" {
		t.Errorf("the bot got %+v", got)
	}
	if got.Text != `web-01 --reason "a &lt; b &amp; c"` || got.TriggerID == "" ||
		!strings.Contains(got.ResponseURL, "/response/") {
		t.Errorf("the bot got text %q, response_url %q", got.Text, got.ResponseURL)
	}
	if len(w.Ephemerals("U0ANN")) != 1 || len(w.Ephemerals("U0BOB")) != 0 || len(w.Messages("C0INFRA")) != 0 {
		t.Error("the answer is not Ann's alone")
	}
}

func TestAnOutsiderCannotRunACommandYetMayClick(t *testing.T) {
	w := newWorld(t)
	reply, err := w.Command(w.ctx, "U0EVE", "C0SHARED", "web-01")
	if err != nil || reply.Warning == "" || len(w.Requests()) != 0 {
		t.Errorf("Eve's command went through: %+v, %v", reply, err)
	}
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...), slack.MsgOptionText("card", false))
	if err := w.Click(w.ctx, "U0EVE", "C0INFRA", ts, "Approve"); err != nil {
		t.Fatal(err)
	}
	if c := w.interactions()[0]; c.User.ID != "U0EVE" || c.Team.ID != "T0OTHER" {
		t.Errorf("the click came from %s of %s", c.User.ID, c.Team.ID)
	}
	if _, err := w.Command(w.ctx, "U0REX", "C0INFRA", "x"); !errors.Is(err, fakeslack.ErrCannotType) {
		t.Errorf("who has left could type: %v", err)
	}
}

func TestABotThatIsTooSlowOrBrokenIsToldToThePerson(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) { c.AckTimeout = 50 * time.Millisecond })
	release := make(chan struct{})
	defer close(release)
	w.onRun(func(slack.SlashCommand) any { <-release; return nil })
	reply, err := w.Command(w.ctx, "U0ANN", "C0INFRA", "web-01")
	if err != nil || reply.Warning != `/reinstall failed with the error "operation_timeout"` || reply.Status != 0 {
		t.Errorf("a slow bot: %+v, %v", reply, err)
	}
	w.onRun(func(slack.SlashCommand) any { return http.StatusInternalServerError })
	if reply, _ = w.Command(
		w.ctx, "U0ANN", "C0INFRA", "web-01",
	); reply.Warning != `/reinstall failed with the error "dispatch_failed"` || reply.Status != 500 {
		t.Errorf("a broken bot: %+v", reply)
	}
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...))
	w.onAct(func(slack.InteractionCallback) any { return http.StatusBadGateway })
	var unacked *fakeslack.NotAcked
	if err := w.Click(w.ctx, "U0BOB", "C0INFRA", ts, "Approve"); !errors.As(err, &unacked) || unacked.Status != 502 {
		t.Errorf("clicking: %v", err)
	}
	if w.warning("U0BOB", ts) == "" {
		t.Error("whoever pressed sees no warning")
	}
	if w.warning("U0ANN", ts) != "" {
		t.Error("somebody else sees the warning")
	}
	w.onAct(nil)
	if err := w.Click(w.ctx, "U0BOB", "C0INFRA", ts, "Approve"); err != nil || w.warning("U0BOB", ts) != "" {
		t.Errorf("the warning stays: %v", err)
	}
}

func TestAWarningGoesWhenTheBotStartsAgain(t *testing.T) {
	w := newWorld(t)
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...))
	w.onAct(func(slack.InteractionCallback) any { return http.StatusBadGateway })
	if err := w.Click(w.ctx, "U0BOB", "C0INFRA", ts, "Approve"); err == nil || w.warning("U0BOB", ts) == "" {
		t.Fatalf("a missed press shows nothing: %v", err)
	}
	if _, err := w.api.AuthTestContext(w.ctx); err != nil || w.warning("U0BOB", ts) != "" {
		t.Errorf("the warning stays: %v", err)
	}
}

// warning is what somebody's screen shows beside a message.
func (w *world) warning(user, ts string) (out string) {
	w.ShowScreen(user, func(s fakeslack.Screen) {
		for _, c := range s.Channels {
			for _, m := range c.Messages {
				if m.TS == ts {
					out = m.Warning
				}
			}
		}
	})
	return out
}

func TestAClickCarriesTheMessageItsActionAndAWayToAnswer(t *testing.T) {
	w := newWorld(t)
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...), slack.MsgOptionText("card", false))
	line := w.post(
		"C0INFRA", slack.MsgOptionBlocks(slack.NewActionBlock("", button("hold", "Hold", slack.StyleDanger))),
		slack.MsgOptionTS(ts),
	)
	if err := w.Click(w.ctx, "U0CHO", "C0INFRA", line, "Hold"); err != nil {
		t.Fatal(err)
	}
	c := w.interactions()[0]
	a := c.ActionCallback.BlockActions[0]
	if a.ActionID != "hold" || a.Value != "op-7K3Q" || a.Text.Text != "Hold" || a.BlockID == "" || a.ActionTs == "" {
		t.Errorf("action %+v", a)
	}
	if c.Message.Timestamp != line || c.Message.ThreadTimestamp != ts || c.Container.MessageTs != line ||
		c.Container.ThreadTs != ts || c.Channel.ID != "C0INFRA" {
		t.Errorf(
			"message %s in %s, container %+v, channel %+v", c.Message.Timestamp, c.Message.ThreadTimestamp, c.Container,
			c.Channel,
		)
	}
	for _, thread := range []string{"", ts} {
		err := slack.PostWebhookContext(
			w.ctx, c.ResponseURL, &slack.WebhookMessage{Text: "this changed meanwhile", ThreadTimestamp: thread},
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	if e := w.Ephemerals("U0CHO"); len(e) != 2 || e[0].ThreadTS != "" || e[1].ThreadTS != ts {
		t.Errorf("ephemerals %+v", e)
	}
}

func TestAStaleVersionCanStillBeClicked(t *testing.T) {
	w := newWorld(t)
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...))
	if _, _, _, err := w.api.UpdateMessageContext(
		w.ctx, "C0INFRA", ts, slack.MsgOptionText("decided", false),
	); err != nil {
		t.Fatal(err)
	}
	if err := w.Click(w.ctx, "U0BOB", "C0INFRA", ts, "Approve"); !errors.Is(err, fakeslack.ErrNoButton) {
		t.Errorf("the button is still there: %v", err)
	}
	versions := w.Versions("C0INFRA", ts)
	if len(versions) != 2 || len(versions[1].Blocks) != 0 {
		t.Fatalf("update without blocks kept them: %+v", versions)
	}
	if err := w.ClickStale(w.ctx, "U0BOB", "C0INFRA", ts, versions[0].Version, "Approve"); err != nil {
		t.Fatal(err)
	}
	if a := w.interactions()[0].ActionCallback.BlockActions[0]; a.BlockID != "keys-1" {
		t.Errorf("stale block_id %q", a.BlockID)
	}
}

func TestAClickCanArriveTwiceOrNever(t *testing.T) {
	w := newWorld(t)
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(card(1)...))
	if err := w.Switch("deliver_twice", "1"); err != nil {
		t.Fatal(err)
	}
	if err := w.Click(w.ctx, "U0BOB", "C0INFRA", ts, "Approve"); err != nil || len(w.interactions()) != 2 {
		t.Errorf("%d deliveries, %v", len(w.interactions()), err)
	}
	if err := w.Switch("lose_click", "1"); err != nil {
		t.Fatal(err)
	}
	if err := w.Click(w.ctx, "U0BOB", "C0INFRA", ts, "Approve"); err == nil || len(w.interactions()) != 2 {
		t.Errorf("a lost click arrived: %v", err)
	}
}

func TestAResponseURLWorksFiveTimesInHalfAnHour(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(c *fakeslack.Config) { c.Now = func() time.Time { return now } })
	urls := make(chan string, 2)
	w.onRun(func(c slack.SlashCommand) any { urls <- c.ResponseURL; return nil })
	for range 2 {
		if _, err := w.Command(w.ctx, "U0ANN", "C0RANDOM", "help"); err != nil {
			t.Fatal(err)
		}
	}
	first, second := <-urls, <-urls
	for i := range 6 {
		err := slack.PostWebhookContext(w.ctx, first, &slack.WebhookMessage{Text: "hello"})
		if (err == nil) != (i < 5) {
			t.Errorf("use %d: %v", i+1, err)
		}
	}
	now = now.Add(31 * time.Minute)
	if err := slack.PostWebhookContext(w.ctx, second, &slack.WebhookMessage{Text: "late"}); err == nil {
		t.Error("an old response_url still works")
	}
}

func TestAForgedRequestIsWhatTheTestMakesOfIt(t *testing.T) {
	w := newWorld(t)
	form, err := w.CommandForm("U0ANN", "C0INFRA", "web-01")
	if err != nil {
		t.Fatal(err)
	}
	form.Set("team_id", "T0OTHER")
	for _, c := range []struct {
		when time.Time
		want int
	}{{time.Now(), 200}, {time.Now().Add(-6 * time.Minute), 401}} {
		resp, err := http.DefaultClient.Do(
			w.SignedRequest("/slack/commands", []byte(form.Encode()), c.when).WithContext(w.ctx),
		)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("signed %s ago: %d, want %d", time.Since(c.when), resp.StatusCode, c.want)
		}
	}
	if got := fakeslack.Sign(
		"8f742231b10e8888abcd99yyyzzz85a5", "1531420618",
		[]byte(
			"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
		),
	); !strings.HasPrefix(got, "v0=a2114d57") || !strings.HasSuffix(got, "b503") {
		t.Errorf("Slack's documented example signs as %s", got)
	}
}

func TestShortcutsAndMenusReachTheBot(t *testing.T) {
	w := newWorld(t, func(c *fakeslack.Config) {
		c.Shortcuts = []fakeslack.Shortcut{
			{Name: "Reinstall a machine", CallbackID: "global"},
			{Name: "Reinstall this", CallbackID: "alert", OnMessage: true},
		}
	})
	said, err := w.Say("U0DEE", "C0INFRA", "", "web-01 is down, see @bob")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"global", "alert"} {
		if err := w.Shortcut(w.ctx, "U0ANN", id, "C0INFRA", said.TS); err != nil {
			t.Fatal(err)
		}
	}
	menu := slack.NewOptionsSelectBlockElement(
		"static_select", pt("Pick"), "pick", slack.NewOptionBlockObject("1", pt("One"), nil),
	)
	ts := w.post("C0INFRA", slack.MsgOptionBlocks(slack.NewActionBlock("menu", menu)))
	if err := w.Choose(w.ctx, "U0BOB", "C0INFRA", ts, "pick", "One"); err != nil {
		t.Fatal(err)
	}
	seen := w.interactions()
	if seen[0].Type != slack.InteractionTypeShortcut || seen[0].TriggerID == "" {
		t.Errorf("global: %+v", seen[0])
	}
	if seen[1].Type != slack.InteractionTypeMessageAction || seen[1].Message.Text != "web-01 is down, see <@U0BOB>" ||
		seen[1].ResponseURL == "" {
		t.Errorf("on a message: %+v", seen[1])
	}
	if v := seen[2].BlockActionState.Values["menu"]["pick"].SelectedOption.Value; v != "1" {
		t.Errorf("the state holds %q", v)
	}
}
