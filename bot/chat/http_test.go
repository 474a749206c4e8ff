package chat

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

// The example of Slack's own page on verifying requests.
const (
	exampleSecret    = "8f742231b10e8888abcd99yyyzzz85a5"
	exampleTime      = "1531420618"
	exampleSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	exampleBody      = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow" +
		"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect" +
		"&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J" +
		"%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)

func TestSlacksOwnExampleOfASignatureHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(time.Unix(1531420618+60, 0))) // the bubble's clock, not ours
		h := http.Header{"X-Slack-Request-Timestamp": {exampleTime}, "X-Slack-Signature": {exampleSignature}}
		if reason := checkSignature(h, []byte(exampleBody), exampleSecret); reason != "" {
			t.Errorf("refused: %s", reason)
		}
		if reason := checkSignature(h, []byte(exampleBody+"&"), exampleSecret); reason != "signature" {
			t.Errorf("a changed body: %q", reason)
		}
		<-time.After(5 * time.Minute)
		if reason := checkSignature(h, []byte(exampleBody), exampleSecret); reason != "expired" {
			t.Errorf("six minutes later: %q", reason)
		}
	})
}

// commandForm is a command as Slack sends it.
func (b *theBench) commandForm(text string) url.Values {
	b.t.Helper()
	f, err := b.slack.CommandForm("U0ANN", infra, text)
	b.must(err)
	return f
}

func TestASSLCheckIsAnsweredAndNothingElse(t *testing.T) {
	b := bench(t)
	f := b.commandForm("freeze now")
	f.Set("ssl_check", "1")
	for name, change := range map[string]func(*http.Request){
		"signed":   func(*http.Request) {},
		"unsigned": func(r *http.Request) { r.Header.Del("X-Slack-Signature") },
	} {
		if status, body := b.send("/slack/commands", f, change); status != 200 || body != "" {
			t.Errorf("%s: %d %q", name, status, body)
		}
	}
	if status, _ := b.send("/slack/commands", f, func(r *http.Request) {
		r.Header.Set("X-Slack-Signature", "v0="+strings.Repeat("00", 32))
	}); status != 401 {
		t.Errorf("badly signed: %d", status)
	}
	if n := len(b.front.asked()); n != 0 {
		t.Errorf("%d reached the front", n)
	}
}

// The same delivery has the same fingerprint, and a second click another.
func TestTheSameDeliveryHasTheSameFingerprint(t *testing.T) {
	b := bench(t)
	body := []byte(b.commandForm("approve 7K3Q").Encode())
	when := time.Now()
	for range 2 {
		b.do(b.slack.SignedRequest(b.bot.URL+"/slack/commands", body, when))
	}
	b.send("/slack/commands", b.commandForm("approve 7K3Q"))
	in := b.front.asked()
	if len(in) != 3 || in[0].Dedupe != in[1].Dedupe || in[0].Dedupe == in[2].Dedupe || len(in[0].Dedupe) != 64 {
		t.Errorf("%+v", in)
	}
}

func TestBeforeTheFrontIsSetNothingIsTaken(t *testing.T) {
	b := bench(t, func(_ *fakeslack.Config, c *Config) { c.Front = nil })
	if status, _ := b.send("/slack/commands", b.commandForm("list")); status != 503 {
		t.Errorf("status %d", status)
	}
	b.chat.SetFront(b.front)
	if status, _ := b.send("/slack/commands", b.commandForm("list")); status != 200 {
		t.Errorf("status %d once it is set", status)
	}
}

func TestWhileItIsNotKnownWhoTheBotIsNothingIsTaken(t *testing.T) {
	b := bench(t)
	b.must(b.slack.Switch("auth.test:error_500", "1"))
	if status, _ := b.send("/slack/commands", b.commandForm("list")); status != 503 || b.seen.count("not_ready") != 1 {
		t.Errorf("status %d", status)
	}
	if status, _ := b.send("/slack/commands", b.commandForm("list")); status != 200 {
		t.Errorf("status %d once Slack answers", status)
	}
}

func TestTheFrontHasLessThanSlacksThreeSeconds(t *testing.T) {
	b := bench(t)
	var left time.Duration
	b.front.command = func(ctx context.Context, _ port.Inbound) port.Reply {
		end, _ := ctx.Deadline()
		left = time.Until(end)
		return port.Reply{}
	}
	b.send("/slack/commands", b.commandForm("list"))
	if left <= 0 || left > 2500*time.Millisecond {
		t.Errorf("%s left", left)
	}
}

func TestWithoutASigningSecretThereAreNoEndpoints(t *testing.T) {
	b := bench(t, func(_ *fakeslack.Config, c *Config) { c.SigningSecret, c.AppToken = "", "xapp-practice" })
	if status, _ := b.send("/slack/commands", b.commandForm("list")); status != 404 {
		t.Errorf("status %d", status)
	}
}

// inProcess carries calls to the double without a network.
type inProcess struct{ http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Result(), nil
}

// BenchmarkAckOfASignedCommand measures a command from its signature to its ack, with a
// front that answers at once.
func BenchmarkAckOfASignedCommand(b *testing.B) {
	s := fakeslack.New(fakeslack.Config{})
	front := &frontDouble{}
	c, err := New(Config{
		Token: "xoxb-practice", SigningSecret: "practice-signing-secret", APIURL: "http://slack.test/api/",
		Transport: inProcess{s}, Log: slog.New(slog.DiscardHandler), Front: silentFront{front},
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := c.Hello(b.Context()); err != nil {
		b.Fatal(err)
	}
	form, err := s.CommandForm("U0ANN", infra, "web-01 --image Ubuntu --reason broken")
	if err != nil {
		b.Fatal(err)
	}
	form.Del("response_url")
	body := []byte(form.Encode())
	signed := s.SignedRequest("http://bot.test/slack/commands", body, time.Now())
	h := c.Handler()
	b.ReportAllocs()
	for b.Loop() {
		r := signed.Clone(b.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
	}
}

// silentFront answers at once and remembers nothing.
type silentFront struct{ *frontDouble }

func (silentFront) Command(context.Context, port.Inbound) port.Reply {
	return port.Reply{Text: view.Say("Looking at ", view.Mono("web-01"), ".")}
}

// FuzzSignedRequests sends requests that nobody signed, and signed ones with one byte
// changed: none may get in, whatever its headers and body.
func FuzzSignedRequests(f *testing.F) {
	now := strconv.FormatInt(time.Now().Unix(), 10)
	f.Add(now, "v0=00", "application/x-www-form-urlencoded", []byte("command=/reinstall&text=web-01"), 0)
	f.Add("", "", "", []byte{}, 3)
	f.Add("-1", "v0="+strings.Repeat("a", 64), "text/plain; charset=\x00", []byte("payload=%zz"), 7)
	in := false
	c, err := New(Config{
		Token: "xoxb-1", SigningSecret: "the secret",
		Front: &frontDouble{command: func(context.Context, port.Inbound) port.Reply {
			in = true
			return port.Reply{}
		}},
	})
	if err != nil {
		f.Fatal(err)
	}
	c.who.Store(&Identity{TeamID: "T1", BotUserID: "U0"})
	f.Fuzz(func(t *testing.T, stamp, signature, kind string, body []byte, flip int) {
		send := func(signature string, body []byte) int {
			r := httptest.NewRequest(http.MethodPost, "/slack/commands", bytes.NewReader(body))
			r.Header.Set("X-Slack-Request-Timestamp", stamp)
			r.Header.Set("X-Slack-Signature", signature)
			r.Header.Set("Content-Type", kind)
			w := httptest.NewRecorder()
			c.Handler().ServeHTTP(w, r)
			return w.Code
		}
		if code := send(signature, body); code == http.StatusOK && !isSSLCheck(body) || in {
			t.Errorf("unsigned, and answered %d", code)
		}
		stamp = strconv.FormatInt(time.Now().Unix(), 10)
		good := fakeslack.Sign("the secret", stamp, body)
		if changed := slices.Clone(body); len(changed) > 0 {
			changed[max(flip, 0)%len(changed)] ^= 1
			if code := send(good, changed); code == http.StatusOK || in {
				t.Errorf("changed after it was signed, and answered %d", code)
			}
		}
	})
}
