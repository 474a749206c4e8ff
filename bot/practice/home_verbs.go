package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// elsewhere is another channel of the policy's; whoever types there has joined it.
const elsewhere = "C0SHARED"

// doHome is what people do and see at their Home tab, and outside the channel.
func doHome(ts *testscript.TestScript, neg bool, name string, args []string) {
	p := playOf(ts)
	user := userOf(p.stage.slack, name)
	if args[0] == "opens-home" {
		wantError(ts, neg, p.stage.slack.OpenHome(p.ctx, user))
		return
	}
	needWords(ts, args, 2)
	if args[0] == "types-elsewhere" {
		m := proposalID.FindStringSubmatch(p.cardText())
		if m == nil {
			ts.Fatalf("there is no card")
		}
		p.stage.slack.Join(user, elsewhere)
		r, err := p.stage.slack.Command(p.ctx, user, elsewhere, strings.ReplaceAll(args[1], " ID", " "+m[1]))
		p.said[user] = r.Text + r.Warning
		wantError(ts, neg, err)
		return
	}
	home := func() string {
		v, ok := p.stage.slack.Home(user)
		if !ok {
			return "nothing was published"
		}
		return p.stage.slack.PlainBlocks(v.Blocks)
	}
	switch args[0] {
	case "presses-at-home":
		wantError(ts, neg, p.stage.slack.PressHome(p.ctx, user, args[1]))
	case "sees-at-home":
		wantText(ts, neg, name+" sees at home "+args[1], args[1], home)
	case "is-asked-at-home":
		needWords(ts, args, 3)
		asked := func() string { return questionAtHome(p, user, args[1]) }
		wantText(ts, neg, name+" is asked at home "+args[2], args[2], asked)
	case "no-longer-sees":
		ts.Check(
			p.waitUntil(name+" no longer sees "+args[1], home, func() bool {
				return !strings.Contains(home(),
					args[1])
			}),
		)
	default:
		ts.Fatalf("%s cannot %s", name, args[0])
	}
}

// questionAtHome is what the first button of a label on somebody's Home tab asks first.
func questionAtHome(p *play, user, label string) string {
	payload, err := p.stage.slack.HomePayload(user, label)
	if err != nil {
		return err.Error()
	}
	button, _ := payload["actions"].([]any)[0].(map[string]any)
	asked, _ := button["confirm"].(map[string]any)
	var out []string
	for _, part := range []string{"title", "text", "confirm", "deny"} {
		words, _ := asked[part].(map[string]any)
		out = append(out, fmt.Sprint(words["text"]))
	}
	return strings.Join(append(out, fmt.Sprint(asked["style"])), "\n")
}

// trickedHomePress is a press on Approve of bob's Home tab, changed by somebody who can
// sign it.
func (st *stage) trickedHomePress(user, what string) (*http.Request, error) {
	p, err := st.slack.HomePayload(userOf(st.slack, "bob"), "Approve")
	if err != nil {
		return nil, err
	}
	who := userNamed(st.slack, user)
	p["user"] = map[string]any{"id": who.ID, "team_id": who.TeamID}
	button := p["actions"].([]any)[0].(map[string]any)
	value, block := button["value"].(string), button["block_id"].(string)
	switch what {
	case "as-it-is":
	case "another-revision":
		button["value"] = strings.Replace(value, `"r":`, `"r":9`, 1)
	case "another-block":
		button["block_id"] = "0000" + block[4:]
	case "the-card-s-value":
		button["value"] = strings.Replace(strings.TrimSuffix(block, ".home"), ".", "|", 1)
	case "a-button-that-cancels":
		button["action_id"] = "cancel"
	case "made-for-them":
		button["value"] = strings.Replace(value, `"h":"U0BOB"`, `"h":"`+who.ID+`"`, 1)
	default:
		return nil, fmt.Errorf("nobody is tricked by %q", what)
	}
	raw, err := json.Marshal(p)
	return st.signedForm("/slack/interactions", url.Values{"payload": {string(raw)}}, time.Now()), err
}
