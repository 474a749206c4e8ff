package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twokey/commands/view"
)

// Every attack over HTTP is turned away, counted once and logged without secrets.
func TestEveryAttackOverHTTPIsTurnedAway(t *testing.T) {
	for _, a := range attacks() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			b := bench(t)
			status, body := b.do(a.over(b))
			b.settle()
			if status != max(a.status, http.StatusOK) {
				t.Errorf("%d %q, want %d", status, body, a.status)
			}
			body += strings.Join(b.whispers("U0BOB"), "\n")
			if a.says == "" && len(body) > 60 || !strings.Contains(body, a.says) {
				t.Errorf("the answer is %q", body)
			}
			a.check(b)
		})
	}
}

// The same attacks over Socket Mode are acknowledged and turned away.
func TestTheSameAttacksOverSocketModeAreTurnedAway(t *testing.T) {
	for _, a := range attacks() {
		if a.payload == nil && a.command == nil {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			b := bench(t)
			hub := newHub(t)
			hub.raw(strings.ReplaceAll(a.envelope(b), b.chat.web.BaseURL().Host,
				strings.TrimPrefix(hub.url, "http://")))
			c := hub.chat(b.front, func(c *Config) { c.Metrics, c.Log = b.seen, b.chat.log })
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			ended := make(chan error, 1)
			go func() { ended <- c.Listen(ctx) }()
			select {
			case id := <-hub.acks:
				if id != "E-1" {
					t.Errorf("acknowledged %q", id)
				}
			case err := <-ended:
				t.Fatalf("it ended: %v", err)
			case <-time.After(10 * time.Second):
				t.Fatal("not acknowledged")
			}
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			b.must(c.Close(t.Context()))
			a.check(b)
		})
	}
}

// over is the attack as an HTTP request.
func (a attack) over(b *theBench) *http.Request {
	switch {
	case a.request != nil:
		return a.request(b)
	case a.command != nil:
		return b.slack.SignedRequest(b.bot.URL+"/slack/commands", []byte(a.command(b).Encode()), time.Now())
	}
	return b.slack.SignedRequest(b.bot.URL+"/slack/interactions",
		[]byte(url.Values{"payload": {a.payload(b)}}.Encode()),
		time.Now())
}

// envelope is the attack as a frame. What is no JSON comes as a text.
func (a attack) envelope(b *theBench) string {
	kind, payload := "interactive", []byte(nil)
	if a.command != nil {
		fields := map[string]string{}
		for k, v := range a.command(b) {
			fields[k] = v[0]
		}
		kind = "slash_commands"
		payload, _ = json.Marshal(fields)
	} else if payload = []byte(a.payload(b)); !json.Valid(payload) {
		payload, _ = json.Marshal(string(payload))
	}
	return `{"type":"` + kind + `","envelope_id":"E-1","accepts_response_payload":true,"payload":` + string(payload) +
		`}`
}

// check looks at what must hold whichever way it came.
func (a attack) check(b *theBench) {
	b.t.Helper()
	if got := b.seen.all(); !maps.Equal(got, map[string]int{a.reason: 1}) {
		b.t.Errorf("counted as %v, not once as %s", got, a.reason)
	}
	if n := len(b.front.asked()); (n == 1) != a.in || n > 1 {
		b.t.Errorf("%d reached the front", n)
	}
	for _, in := range b.front.asked() {
		if in.Reply != "" {
			b.t.Errorf("what is said would go to %s", in.Reply)
		}
	}
	log := b.logs.String()
	if !strings.Contains(log, "reason="+a.reason) {
		b.t.Errorf("not logged: %s", log)
	}
	for _, secret := range []string{
		"xoxb-practice", "xapp-practice", practiceSecret, "v0=", "legacy-verification-token",
		marker, "/response/", "hooks.slack.com",
	} {
		if strings.Contains(log, secret) {
			b.t.Errorf("%s is in the log: %s", secret, log)
		}
	}
}

// all is what was counted so far.
func (t *tally) all() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.refused)
}

func TestAnEndlessFloodDoesNotFillTheLog(t *testing.T) {
	t.Parallel()
	b := bench(t)
	const knocks = 500
	for range knocks {
		r := typing(0, func(_ *theBench, r *http.Request) { r.Header.Del("X-Slack-Signature") })(b)
		if status, _ := b.do(r); status != 401 {
			t.Fatal(status)
		}
	}
	if n := strings.Count(b.logs.String(), "request rejected"); n > 2*refusalBurst {
		t.Errorf("%d lines", n)
	}
	if n := b.seen.count("unsigned"); n != knocks {
		t.Errorf("counted %d", n)
	}
}

func TestAClickOnTheLargestCardComesIn(t *testing.T) {
	t.Parallel()
	b := bench(t)
	long := strings.Repeat("界", 4000)
	c := aCard()
	c.Title, c.Foot = long, view.Say(long)
	for range 40 {
		c.Lines = append(c.Lines, view.Say(long))
	}
	a := b.postCard(c)
	p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
	b.must(err)
	raw, err := json.Marshal(p)
	b.must(err)
	var escaped bytes.Buffer // as PHP would: nothing but ASCII
	for _, r := range string(raw) {
		if r < 0x80 {
			escaped.WriteRune(r)
			continue
		}
		escaped.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			escaped.WriteByte("0123456789abcdef"[r>>shift&15])
		}
	}
	if status, body := b.send("/slack/interactions", url.Values{"payload": {escaped.String()}}); status != 200 ||
		len(b.front.asked()) != 1 {
		t.Errorf("%d bytes: %d %s", escaped.Len(), status, body)
	}
}
