package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/fakeslack"
)

// doForger is somebody who knocks at the bot's Slack endpoints by hand.
//
//	forger sends WHAT STATUS          a request that is not as Slack makes them: see forgeries
//	forger clicks-as ann WHAT STATUS  a click on the newest card, as Slack would sign it: see tricks
//	forger presses-bobs-home-as ann WHAT STATUS  Approve of bob's Home tab: see trickedHomePress
//	forger replays STATUS             what somebody last did, with its signature
//	forger makes-a-form-as eve STATUS the form that was submitted last, as somebody makes
//	                                  it who has the signing secret and no bot token
//	forger resends-as eve STATUS      the form that was submitted last, as if eve had
func doForger(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 2)
	st := stageOf(ts)
	want := number(ts, args[len(args)-1])
	var r *http.Request
	var err error
	switch args[0] {
	case "sends":
		r, err = st.forgedRequest(args[1])
	case "clicks-as":
		needWords(ts, args, 4)
		r, err = st.trickedClick(userOf(st.slack, args[1]), args[2])
	case "presses-bobs-home-as":
		needWords(ts, args, 4)
		r, err = st.trickedHomePress(args[1], args[2])
	case "replays":
		r, err = st.replayedRequest(func(req fakeslack.Request) (string, time.Time) { return req.Body, req.At })
	case "makes-a-form-as":
		r, err = st.replayedRequest(func(req fakeslack.Request) (string, time.Time) {
			return withForgedSeal(withOtherUser(req, userNamed(st.slack, args[1]))), time.Now()
		})
	case "resends-as":
		r, err = st.replayedRequest(func(req fakeslack.Request) (string, time.Time) {
			return withOtherUser(req, userNamed(st.slack, args[1])), time.Now()
		})
	default:
		ts.Fatalf("a forger cannot %s", args[0])
	}
	ts.Check(err)
	resp, err := http.DefaultClient.Do(r.WithContext(playOf(ts).ctx))
	ts.Check(err)
	answer, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	ts.Check(err)
	if args[0] == "resends-as" || args[0] == "makes-a-form-as" { // a form's answer stands in its place
		playOf(ts).said[userOf(st.slack, args[1])] += string(answer)
	}
	if resp.StatusCode != want {
		ts.Fatalf("the bot answers %s, not %d", resp.Status, want)
	}
}

func (st *stage) signedForm(path string, body url.Values, when time.Time) *http.Request {
	return st.slack.SignedRequest(path, []byte(body.Encode()), when)
}

// forgedRequest is a request that the door must not let in.
func (st *stage) forgedRequest(what string) (*http.Request, error) {
	form, err := st.slack.CommandForm("U0BOB", channel, "freeze by a forger")
	if err != nil {
		return nil, err
	}
	now := time.Now()
	r := st.signedForm("/slack/commands", form, now)
	switch what {
	case "unsigned":
		r.Header.Del("X-Slack-Signature")
	case "signed-by-another":
		r.Header.Set(
			"X-Slack-Signature",
			fakeslack.Sign("another secret", r.Header.Get("X-Slack-Request-Timestamp"), []byte(form.Encode())),
		)
	case "six-minutes-old":
		r = st.signedForm("/slack/commands", form, now.Add(-6*time.Minute))
	case "six-minutes-ahead":
		r = st.signedForm("/slack/commands", form, now.Add(6*time.Minute))
	case "a-megabyte":
		form.Set("text", strings.Repeat("x", 1<<20))
		r = st.signedForm("/slack/commands", form, now)
	case "JSON":
		r.Header.Set("Content-Type", "application/json")
	case "in-the-query":
		r = st.signedForm("/slack/commands?"+form.Encode(), url.Values{"x": {"y"}}, now)
	case "by-two-people":
		form.Add("user_id", "U0CHO")
		r = st.signedForm("/slack/commands", form, now)
	case "to-another-app":
		form.Set("api_app_id", "A0EVIL")
		r = st.signedForm("/slack/commands", form, now)
	case "in-another-workspace":
		form.Set("team_id", "T0EVIL")
		r = st.signedForm("/slack/commands", form, now)
	default:
		return nil, fmt.Errorf("nobody forges %q", what)
	}
	return r, nil
}

// trickedClick is a click on Approve, on something that only looks like the card.
func (st *stage) trickedClick(user, what string) (*http.Request, error) {
	m, err := st.newestCard()
	if err != nil {
		return nil, err
	}
	p, err := st.slack.ClickPayload(user, channel, m.TS, 0, "Approve")
	if err != nil {
		return nil, err
	}
	part := func(name string) map[string]any { return p[name].(map[string]any) }
	button := p["actions"].([]any)[0].(map[string]any)
	switch what {
	case "a-copy-by-another-app":
		part("message")["app_id"] = "A0EVIL"
	case "a-copy-by-a-person":
		part("message")["user"] = "U0EVE"
	case "a-copy-elsewhere":
		part("channel")["id"], part("container")["channel_id"] = "C0RANDOM", "C0RANDOM"
	case "another-revision":
		button["value"] = strings.Split(button["value"].(string), "|")[0] + "|99"
	case "a-button-that-freezes":
		button["action_id"] = "freeze"
	case "nothing-else":
	default:
		return nil, fmt.Errorf("nobody is tricked by %q", what)
	}
	raw, err := json.Marshal(p)
	return st.signedForm("/slack/interactions", url.Values{"payload": {string(raw)}}, time.Now()), err
}

var errNothingDone = errors.New("nobody has done anything")

// replayedRequest is what was last sent to the bot, changed.
func (st *stage) replayedRequest(change func(fakeslack.Request) (body string, when time.Time)) (*http.Request, error) {
	all := st.slack.Requests()
	i := len(all) - 1
	for i >= 0 && !slices.Contains([]string{"command", "block_actions", "view_submission"}, all[i].Kind) {
		i--
	}
	if i < 0 {
		return nil, errNothingDone
	}
	body, when := change(all[i])
	path := all[i].URL
	switch { // lost on its way, or sent over Socket Mode
	case path == "" && all[i].Kind == "command":
		path = "/slack/commands"
	case path == "":
		path = "/slack/interactions"
	}
	return st.slack.SignedRequest(path, []byte(body), when), nil
}

// withOtherUser is the body of a click or a form with another user in it. Of somebody
// of another company it names their team, as Slack does (bot/chat/doc.go, "Who clicked").
func withOtherUser(req fakeslack.Request, u fakeslack.User) string {
	var p map[string]any
	form, err := url.ParseQuery(req.Body)
	if err != nil || json.Unmarshal([]byte(form.Get("payload")), &p) != nil {
		return req.Body
	}
	p["user"] = map[string]any{"id": u.ID, "team_id": u.TeamID}
	p["team"] = map[string]any{"id": u.TeamID}
	if view, ok := p["view"].(map[string]any); ok {
		view["team_id"] = u.TeamID
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return req.Body
	}
	return url.Values{"payload": {string(raw)}}.Encode()
}

// withForgedSeal is the body of a form whose state is right but for its seal, which was
// made of the signing secret.
func withForgedSeal(body string) string {
	var p map[string]any
	form, err := url.ParseQuery(body)
	if err != nil || json.Unmarshal([]byte(form.Get("payload")), &p) != nil {
		return body
	}
	view, _ := p["view"].(map[string]any)
	var state map[string]any
	text, _ := view["private_metadata"].(string)
	if json.Unmarshal([]byte(text), &state) != nil {
		return body
	}
	mac := hmac.New(sha256.New, []byte("practice-signing-secret"))
	_, _ = mac.Write([]byte(text))
	state["m"] = hex.EncodeToString(mac.Sum(nil)[:16])
	made, err := json.Marshal(state)
	if err != nil {
		return body
	}
	view["private_metadata"] = string(made)
	raw, err := json.Marshal(p)
	if err != nil {
		return body
	}
	return url.Values{"payload": {string(raw)}}.Encode()
}
