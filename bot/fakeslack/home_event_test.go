package fakeslack_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"

	"twokey/bot/fakeslack"
)

// An earful takes events as slack-go reads them.
type earful struct {
	mu      sync.Mutex
	deaf    bool // answers no challenge
	busy    int  // so many events are answered with 503
	opened  []*slackevents.AppHomeOpenedEvent
	retries []string
}

func (e *earful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	v, err := slack.NewSecretsVerifier(r.Header, "s3cret")
	if err == nil {
		_, _ = v.Write(body)
		err = v.Ensure()
	}
	got, bad := slackevents.ParseEvent(json.RawMessage(readable(body)), slackevents.OptionNoVerifyToken())
	switch {
	case err != nil || bad != nil || r.Header.Get("Content-Type") != "application/json":
		http.Error(w, "not taken", http.StatusBadRequest)
		return
	case got.Type == slackevents.URLVerification:
		if c, ok := got.Data.(*slackevents.EventsAPIURLVerificationEvent); ok && !e.deaf {
			_, _ = io.WriteString(w, c.Challenge)
		}
		return
	}
	e.retries = append(e.retries, r.Header.Get("X-Slack-Retry-Num")+r.Header.Get("X-Slack-Retry-Reason"))
	if e.busy > 0 {
		e.busy--
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	if o, ok := got.InnerEvent.Data.(*slackevents.AppHomeOpenedEvent); ok {
		e.opened = append(e.opened, o)
	}
}

func overheard(t *testing.T, e *earful, change ...func(*fakeslack.Config)) *world {
	t.Helper()
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	return newWorld(t, append(change, func(c *fakeslack.Config) { c.EventURL = srv.URL })...)
}

var aHome = slack.HomeTabViewRequest{
	Type:   slack.VTHomeTab,
	Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(pt("Waiting for your approval"))}},
}

func TestAnOpenedHomeIsToldWithWhatItShows(t *testing.T) {
	e := &earful{}
	w := overheard(t, e)
	for range 2 {
		if err := w.OpenHome(w.ctx, "U0BOB"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.api.PublishViewContext(
			w.ctx, slack.PublishViewContextRequest{UserID: "U0BOB", View: aHome},
		); err != nil {
			t.Fatal(err)
		}
	}
	if len(e.opened) != 2 || e.opened[0].User != "U0BOB" || e.opened[0].Tab != "home" ||
		!strings.HasPrefix(e.opened[0].Channel, "D") {
		t.Fatalf("%+v", e.opened)
	}
	if e.opened[0].View != nil && e.opened[0].View.ID != "" || e.opened[1].View == nil ||
		e.opened[1].View.Type != slack.VTHomeTab {
		t.Errorf("first %+v, then %+v", e.opened[0].View, e.opened[1].View)
	}
}

func TestAnAddressThatDoesNotAnswerTheChallengeGetsNoEvent(t *testing.T) {
	e := &earful{deaf: true}
	w := overheard(t, e)
	if err := w.OpenHome(w.ctx, "U0BOB"); !errors.Is(err, fakeslack.ErrUnverified) {
		t.Errorf("%v", err)
	}
	if len(e.opened) != 0 || len(e.retries) != 0 {
		t.Errorf("%+v", e.opened)
	}
}

func TestAnEventThatIsNotTakenIsSentAgain(t *testing.T) {
	e := &earful{busy: 1}
	w := overheard(t, e)
	if err := w.OpenHome(w.ctx, "U0BOB"); err != nil {
		t.Fatal(err)
	}
	if len(e.opened) != 1 || strings.Join(e.retries, " ") != " 1http_error" {
		t.Errorf("%d taken, %q", len(e.opened), e.retries)
	}
	e.busy = 2
	var unacked *fakeslack.NotAcked
	if err := w.OpenHome(w.ctx, "U0BOB"); !errors.As(err, &unacked) {
		t.Errorf("twice not taken: %v", err)
	}
}

func TestAnAppThatDoesNotSubscribeIsToldOfNoHome(t *testing.T) {
	e := &earful{}
	w := overheard(t, e, func(c *fakeslack.Config) { c.Events = []string{} })
	if err := w.OpenHome(w.ctx, "U0BOB"); err != nil || len(e.opened) != 0 {
		t.Errorf("%v %+v", err, e.opened)
	}
}

func TestAnAppWithoutAHomeTabMayPublishNone(t *testing.T) {
	e := &earful{}
	w := overheard(t, e, func(c *fakeslack.Config) { c.NoHomeTab = true })
	if err := w.OpenHome(w.ctx, "U0BOB"); !errors.Is(err, fakeslack.ErrNoHome) || len(e.opened) != 0 {
		t.Errorf("%v %+v", err, e.opened)
	}
	_, err := w.api.PublishViewContext(w.ctx, slack.PublishViewContextRequest{UserID: "U0BOB", View: aHome})
	if err == nil || err.Error() != "not_enabled" {
		t.Errorf("published: %v", err)
	}
}

func TestWhoHasLeftOpensNoHome(t *testing.T) {
	w := overheard(t, &earful{})
	if err := w.OpenHome(w.ctx, "U0REX"); !errors.Is(err, fakeslack.ErrNoHome) {
		t.Errorf("%v", err)
	}
}

// homeAsking is a Home tab with a button that asks first, in a title of so many letters.
func homeAsking(letters int) slack.HomeTabViewRequest {
	ask := pt("Approve")
	k := slack.NewButtonBlockElement("approve", "7K3Q", ask)
	k.Confirm = slack.NewConfirmationBlockObject(pt(strings.Repeat("x", letters)), pt("web-01 is wiped."), ask, pt("Back"))
	return slack.HomeTabViewRequest{
		Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewActionBlock("7K3Q.1.home", k)}},
	}
}

// A press on a Home tab has what Slack sends of it, and nothing of a channel (Slack's page
// reference/interaction-payloads/block_actions-payload).
func TestAPressOnAHomeHasAViewAndNoChannel(t *testing.T) {
	w := overheard(t, &earful{})
	publish := func(v slack.HomeTabViewRequest) error {
		_, err := w.api.PublishViewContext(w.ctx, slack.PublishViewContextRequest{UserID: "U0BOB", View: v})
		return err
	}
	if err := publish(homeAsking(101)); err == nil || !strings.HasPrefix(err.Error(), "invalid_arguments") {
		t.Errorf("a question beyond Slack's limit: %v", err)
	}
	if _, err := w.HomePayload("U0BOB", "Approve"); !errors.Is(err, fakeslack.ErrNoView) {
		t.Errorf("what was refused is shown: %v", err)
	}
	if err := publish(homeAsking(100)); err != nil {
		t.Fatal(err)
	}
	p, err := w.HomePayload("U0BOB", "Approve")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"channel", "message", "response_url"} {
		if _, there := p[key]; there {
			t.Errorf("it has a %s", key)
		}
	}
	v, _ := p["view"].(map[string]any)
	at, _ := p["container"].(map[string]any)
	if v["type"] != "home" || at["type"] != "view" || at["view_id"] != v["id"] || p["trigger_id"] == "" {
		t.Errorf("%v", p)
	}
}
