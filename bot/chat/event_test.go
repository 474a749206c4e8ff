package chat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"twokey/bot/chat/webapi"
	"twokey/bot/fakeslack"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// sendJSON signs a body and sends it as Slack sends events.
func (b *theBench) sendJSON(path, body string, change ...func(*http.Request)) (int, string) {
	b.t.Helper()
	r := b.slack.SignedRequest(b.bot.URL+path, []byte(body), time.Now())
	r.Header.Set("Content-Type", "application/json")
	return b.do(r, change...)
}

// anOpenedHome is the event, with some fields as they should not be.
func anOpenedHome(change map[string]any) string {
	e := map[string]any{
		"type": "event_callback", "api_app_id": "A0TWOKEY", "team_id": "T0HOME",
		"event": map[string]any{"type": "app_home_opened", "user": "U0BOB", "tab": "home"},
	}
	for k, v := range change {
		e[k] = v
	}
	raw, _ := json.Marshal(e)
	return string(raw)
}

func unsigned(r *http.Request) { r.Header.Set("X-Slack-Signature", "v0="+strings.Repeat("0", 64)) }

func TestAnOpenedHomeReachesTheFrontAfterTheAck(t *testing.T) {
	b := bench(t)
	b.must(b.slack.OpenHome(t.Context(), "U0BOB"))
	b.settle()
	if in := b.front.asked(); len(in) != 1 || in[0].Verb != "home" || in[0].User != "U0BOB" {
		t.Errorf("%+v", in)
	}
}

func TestTheAckOfAnOpenedHomeWaitsForNobody(t *testing.T) {
	slow := &slowFront{frontDouble: &frontDouble{}, goOn: make(chan struct{})}
	b := bench(t, func(_ *fakeslack.Config, c *Config) { c.Front = slow })
	b.must(b.slack.OpenHome(t.Context(), "U0BOB")) // acknowledged while it is being drawn
	close(slow.goOn)
}

// slowFront shows a Home when the test lets it.
type slowFront struct {
	*frontDouble
	goOn chan struct{}
}

func (s *slowFront) OpenHome(ctx context.Context, user string) {
	<-s.goOn
	s.frontDouble.OpenHome(ctx, user)
}

func TestAChallengeIsAnsweredOnlyWhereItsSignatureHolds(t *testing.T) {
	b := bench(t)
	const challenge = `{"token":"x","type":"url_verification",` +
		`"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}`
	if status, body := b.sendJSON("/slack/interactions", challenge); status != 200 ||
		!strings.Contains(body, `"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := b.sendJSON("/slack/interactions", challenge, unsigned); status != 401 ||
		strings.Contains(body, "3eZbrw") {
		t.Errorf("unsigned: %d %s", status, body)
	}
}

func TestAnEventThatIsNotOursIsTurnedAway(t *testing.T) {
	b := bench(t)
	for name, c := range map[string]struct {
		path, body string
		change     []func(*http.Request)
		want       int
		reason     string
	}{
		"unsigned": {"/slack/interactions", anOpenedHome(nil), []func(*http.Request){unsigned}, 401, "signature"},
		"another app": {
			"/slack/interactions", anOpenedHome(map[string]any{"api_app_id": "A0EVIL"}), nil, 403,
			"foreign_app",
		},
		"another team": {
			"/slack/interactions", anOpenedHome(map[string]any{"team_id": "T0EVIL"}), nil, 403,
			"foreign_team",
		},
		"no user": {
			"/slack/interactions",
			anOpenedHome(map[string]any{"event": map[string]any{
				"type": "app_home_opened", "tab": "home",
				"user": "me",
			}}), nil, 400, "malformed",
		},
		"no event":             {"/slack/interactions", `{"type":"other"}`, nil, 400, "malformed"},
		"no JSON":              {"/slack/interactions", `payload=%7B%7D`, nil, 400, "malformed"},
		"an empty challenge":   {"/slack/interactions", `{"type":"url_verification"}`, nil, 400, "malformed"},
		"where commands go to": {"/slack/commands", anOpenedHome(nil), nil, 415, "content_type"},
	} {
		before := b.seen.count(c.reason)
		if status, _ := b.sendJSON(c.path, c.body, c.change...); status != c.want || b.seen.count(c.reason) != before+
			1 {
			t.Errorf("%s: %d, counted %v", name, status, b.seen.refused)
		}
	}
	b.settle()
	if in := b.front.asked(); len(in) != 0 {
		t.Errorf("the front heard of %+v", in)
	}
}

func TestOtherTabsAndOtherEventsAreTakenAndLeftAlone(t *testing.T) {
	b := bench(t)
	for _, e := range []map[string]any{
		{"type": "app_home_opened", "tab": "messages", "user": "U0BOB"},
		{"type": "member_joined_channel", "user": "U0BOB"},
	} {
		if status, body := b.sendJSON("/slack/interactions", anOpenedHome(map[string]any{"event": e})); status != 200 ||
			body != "" {
			t.Errorf("%v: %d %s", e, status, body)
		}
	}
	b.settle()
	if in := b.front.asked(); len(in) != 0 {
		t.Errorf("the front heard of %+v", in)
	}
}

func TestRefreshDrawsAHomeAnewAndOpenOnlyLeadsToTheCard(t *testing.T) {
	b := bench(t)
	h := view.Home{Refresh: view.Button{Label: "Refresh", Verb: model.VerbRefresh}, Sections: []view.Section{{
		Title: "Waits for your approval", Total: 1, Rows: []view.HomeRow{{
			Name: "web-01", Text: aCard().Foot,
			Link: "https://home.slack.com/archives/C0INFRA/p1", Open: "Open",
		}},
	}}}
	b.must(b.chat.PublishHome(t.Context(), "U0BOB", h))
	b.must(b.slack.PressHome(t.Context(), "U0BOB", "Open"))
	b.settle()
	if in := b.front.asked(); len(in) != 0 {
		t.Fatalf("Open reached the front: %+v", in)
	}
	b.must(b.slack.PressHome(t.Context(), "U0BOB", "Refresh"))
	b.settle()
	if in := b.front.asked(); len(in) != 1 || in[0].Verb != "home" || in[0].User != "U0BOB" {
		t.Errorf("%+v", in)
	}
}

func TestAHomeTabThatIsOffIsToldToWhoeverRunsTwokey(t *testing.T) {
	b := bench(t, func(f *fakeslack.Config, _ *Config) { f.NoHomeTab = true })
	err := b.chat.PublishHome(t.Context(), "U0BOB",
		view.Home{Sections: []view.Section{{Title: "Runs now", Empty: "Nothing runs now."}}})
	var no *webapi.Permanent
	if !errors.As(err, &no) || no.Code != "not_enabled" || !strings.Contains(no.Sentence, "turn it on under App Home") {
		t.Errorf("%v", err)
	}
}

func TestAnOpenedHomeReachesTheFrontOverSocketMode(t *testing.T) {
	t.Parallel()
	b, stop := listening(t)
	b.must(b.slack.OpenHome(t.Context(), "U0BOB"))
	b.must(stop())
	b.settle()
	if in := b.front.asked(); len(in) != 1 || in[0].User != "U0BOB" {
		t.Errorf("%+v", in)
	}
}
