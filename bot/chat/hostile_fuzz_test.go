package chat

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"twokey/bot/chat/blockkit"
	"twokey/bot/chat/payload"
	"twokey/commands/port"
	"twokey/commands/view"
)

// FuzzWhatSlackSigned sends payloads and commands of any content, as somebody
// may make Slack sign them: nothing breaks, and what reaches the front is of our
// app and workspace, by one user, and as we made it.
func FuzzWhatSlackSigned(f *testing.F) {
	var in []port.Inbound
	hear := func(_ context.Context, x port.Inbound) port.Reply {
		in = append(in, x)
		return port.Reply{}
	}
	c, err := New(Config{
		Token: "xoxb-1", SigningSecret: "the secret", APIURL: "http://127.0.0.1:1/api/",
		Front: &frontDouble{
			command: hear, press: hear, submit: hear,
			suggest: func(x port.Inbound, _, _ string) []view.Option { in = append(in, x); return nil },
		},
	})
	if err != nil {
		f.Fatal(err)
	}
	c.who.Store(&Identity{TeamID: "T0HOME", BotUserID: "U0TWOKEY", AppID: "A0TWOKEY"})
	state, _ := json.Marshal(c.sealState(aForm()))
	head := `{"type":"block_actions","api_app_id":"A0TWOKEY","team":{"id":"T0HOME"},"user":{"id":"U0BOB",` +
		`"team_id":"T0HOME"},`
	f.Add(true, []byte(head+`"channel":{"id":"C0INFRA"},"actions":[{"type":"button","action_id":"approve",`+
		`"block_id":"7K3Q.12.act","value":"7K3Q|12"}]}`))
	f.Add(true, []byte(head+`"type":"view_submission","view":{"app_id":"A0TWOKEY","callback_id":"backup",`+
		`"private_metadata":`+string(state)+`}}`))
	f.Add(true, []byte(`{"type":"view_submission","api_app_id":"A0TWOKEY","team":{"id":"T0HOME"},`+
		`"user":{"id":"U0BOB"},"view":{"app_id":"A0TWOKEY","callback_id":"backup","private_metadata":`+string(state)+
		`}}`))
	f.Add(true, []byte(`{"User":{"id":"U0BOB"},"user":{"id":"U0EVE"}}`))
	f.Add(false, []byte(`{"api_app_id":"A0TWOKEY","team_id":"T0HOME","user_id":"U0ANN","channel_id":"C0INFRA",`+
		`"text":"<@U0BOB|bob> \u0000"}`))
	f.Add(false, []byte(`[[[[`))
	f.Fuzz(func(t *testing.T, click bool, raw []byte) {
		in = nil
		kind := "slash_commands"
		if click {
			kind = "interactive"
		}
		a := c.openEnvelope(t.Context(), envelope{ID: "E-1", Type: kind, Payload: raw},
			delivery{dedupe: fingerprint(raw), at: time.Now()})
		if a.body != nil {
			if _, err := encodeAnswer(a.body); err != nil {
				t.Errorf("the answer cannot be written: %v", err)
			}
		}
		if len(in) > 1 || len(in) == 1 && a.reason != "" && a.reason != "response_url" {
			t.Errorf("heard %d times, and turned away as %q", len(in), a.reason)
		}
		for _, x := range in {
			var p struct {
				App  string `json:"api_app_id"`
				User any    `json:"user"`
			}
			if json.Unmarshal(raw, &p) != nil || p.App != "A0TWOKEY" || payload.IsAmbiguous(raw) ||
				!blockkit.IsUserID(x.User) {
				t.Errorf("it came in: %q", raw)
			}
			if click && (!blockkit.IsVerb(x.Verb) || x.Op != "" && !blockkit.IsOperationID(x.Op)) {
				t.Errorf("it came in as %q of %q: %q", x.Verb, x.Op, raw)
			}
		}
	})
}
