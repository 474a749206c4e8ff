package chat

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/bot/chat/webapi"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

// A recorded payload is one of testdata/payloads: the shape is as a client of
// Slack's own recorded or documented it, the ids and words are made up.
type recorded struct {
	Source  string         `json:"source"`
	Shape   string         `json:"shape"` // what is particular of it
	Kind    string         `json:"kind"`  // command, interaction or event
	Payload map[string]any `json:"payload"`
	Does    struct {
		Status  int            `json:"status"`  // over HTTP
		Reason  string         `json:"reason"`  // why it is turned away, as it is counted
		Answers string         `json:"answers"` // in the answer
		Told    string         `json:"told"`    // through the response_url
		Front   map[string]any `json:"desk"`    // all that reaches the front; none: nothing does
	} `json:"does"`
}

func recordings(t *testing.T) map[string]recorded {
	t.Helper()
	files, err := filepath.Glob("testdata/payloads/*.json")
	if err != nil || len(files) < 50 {
		t.Fatal(len(files), err)
	}
	out := map[string]recorded{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var r recorded
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.DisallowUnknownFields()
		if err := d.Decode(&r); err != nil || r.Source == "" || r.Shape == "" || r.Does.Status == 0 {
			t.Fatalf("%s: %v", f, err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".json")] = r
	}
	return out
}

// theForm is the one whose state stands for SEALED in a recording.
func theForm() view.Form {
	return view.Form{Verb: "backup", Op: "7K3Q", Rev: 12, Channel: infra, Thread: "1800000000.000100"}
}

// body is the payload as JSON with a form's state in it.
func (r recorded) body(t *testing.T, c *Chat) []byte {
	t.Helper()
	raw, err := json.Marshal(r.Payload)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := json.Marshal(c.sealState(theForm()))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(string(raw), `"SEALED"`, string(sealed)))
}

// request is the recording as Slack sends it over HTTP.
func (r recorded) request(t *testing.T, b *theBench) *http.Request {
	t.Helper()
	body := r.body(t, b.chat)
	switch r.Kind {
	case "event":
		req := b.slack.SignedRequest(b.bot.URL+"/slack/interactions", body, time.Now())
		req.Header.Set("Content-Type", webapi.JSONType)
		return req
	case "command":
		form := url.Values{}
		for k, v := range r.Payload {
			form.Set(k, v.(string))
		}
		return b.slack.SignedRequest(b.bot.URL+"/slack/commands", []byte(form.Encode()), time.Now())
	}
	return b.slack.SignedRequest(b.bot.URL+"/slack/interactions",
		[]byte(url.Values{"payload": {string(body)}}.Encode()),
		time.Now())
}

// hooked carries what goes to Slack's response_urls nowhere, and keeps it.
type hooked struct {
	http.RoundTripper
	mu   sync.Mutex
	said string
}

func (h *hooked) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != "hooks.slack.com" {
		return h.RoundTripper.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said += string(body)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader("ok")),
	}, err
}

func (h *hooked) told() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said
}

func TestRecordedPayloadsAreDealtWithOverHTTP(t *testing.T) {
	t.Parallel()
	for name, r := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			h := &hooked{RoundTripper: http.DefaultTransport}
			b := bench(t, func(_ *fakeslack.Config, c *Config) { c.Transport = h })
			b.slack.JoinOrganisation("E0ORG", "Org")
			status, body := b.do(r.request(t, b))
			b.settle()
			if status != r.Does.Status || !strings.Contains(body, r.Does.Answers) {
				t.Errorf("%s: %d %s, want %d %s", r.Shape, status, body, r.Does.Status, r.Does.Answers)
			}
			if status == http.StatusOK && r.Does.Answers == "" && body != "" {
				t.Errorf("it says %s", body)
			}
			r.check(t, b, h)
		})
	}
}

func TestRecordedPayloadsAreDealtWithOverSocketMode(t *testing.T) {
	kinds := map[string]string{"command": "slash_commands", "interaction": "interactive", "event": "events_api"}
	for name, r := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &hooked{RoundTripper: http.DefaultTransport}
			b := bench(t)
			hub := newHub(t)
			c := hub.chat(b.front, func(c *Config) { c.Metrics, c.Log, c.Transport = b.seen, b.chat.log, h })
			c.who.Store(&Identity{TeamID: "T0HOME", EnterpriseID: "E0ORG", BotUserID: "U0TWOKEY", AppID: "A0TWOKEY"})
			hub.send(map[string]any{
				"envelope_id": "57d6a792", "payload": json.RawMessage(r.body(t, c)), "type": kinds[r.Kind],
				"accepts_response_payload": r.Kind == "command", "retry_attempt": 0, "retry_reason": "",
			})
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended := make(chan error, 1)
			go func() { ended <- c.Listen(ctx) }()
			select {
			case id := <-hub.acks:
				if id != "57d6a792" {
					t.Errorf("acknowledged %q", id)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("not acknowledged")
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			b.must(c.Close(t.Context()))
			r.check(t, b, h)
		})
	}
}

// check looks at what must hold whichever way it came.
func (r recorded) check(t *testing.T, b *theBench, h *hooked) {
	t.Helper()
	want := map[string]int{}
	if r.Does.Reason != "" {
		want[r.Does.Reason] = 1
	}
	if got := b.seen.all(); !maps.Equal(got, want) {
		t.Errorf("%s: counted as %v, want %v", r.Shape, got, want)
	}
	if !strings.Contains(h.told(), r.Does.Told) || r.Does.Told == "" && h.told() != "" {
		t.Errorf("told %q, want %q", h.told(), r.Does.Told)
	}
	var got map[string]any
	switch in := b.front.asked(); len(in) {
	case 0:
	case 1:
		got = asSeen(t, in[0])
	default:
		t.Errorf("%d reached the front", len(in))
	}
	if d := cmp.Diff(r.Does.Front, got); d != "" {
		t.Errorf("%s: what reaches the front (-want +got):\n%s", r.Shape, d)
	}
}

// asSeen is what the front was asked, by the names of a recording; of an address
// and a trigger only that they are there.
func asSeen(t *testing.T, in port.Inbound) map[string]any {
	t.Helper()
	full := map[string]any{
		"verb": in.Verb, "op": in.Op, "rev": in.Rev, "user": in.User, "channel": in.Channel, "message": in.Message,
		"thread": in.Thread, "text": in.Text,
		"view": in.View, "hash": in.Hash, "values": in.Values, "said": in.Said, "links": in.Links,
		"reply":   in.Reply != "",
		"trigger": in.Trigger != "",
	}
	for k, v := range full {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		switch string(raw) {
		case `""`, `0`, `null`, `false`, `{}`:
			delete(full, k)
		}
	}
	if in.Verb != "home" {
		full["team"] = in.Team
	}
	raw, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
