package chat

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/chat/webapi"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

func TestEachFailureOfAPostIsClassed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault   string
		unknown bool
		after   time.Duration
		posted  bool // whether the double did it all the same
	}{
		{"rate_limit", false, time.Second, false},
		{"rate_limit_bare", false, 5 * time.Second, false},
		{"rate_limit_odd", false, 5 * time.Second, false},
		{"error_500", true, 2 * time.Second, false},
		{"internal_error", true, 2 * time.Second, false},
		{"fatal_error", true, 2 * time.Second, false},
		{"fatal_after", true, 2 * time.Second, true},
		{"empty_ok", true, 2 * time.Second, false},
		{"drop_before", true, 2 * time.Second, false},
		{"drop_after", true, 2 * time.Second, true},
	} {
		t.Run(c.fault, func(t *testing.T) {
			b := bench(t)
			b.must(b.slack.Switch("chat.postMessage:"+c.fault, "1"))
			_, err := b.chat.PostCard(t.Context(), aCard(), "7K3Q.card")
			if unknown, after := classed(t, err); unknown != c.unknown || after != c.after {
				t.Errorf("unknown %v, again in %s: %v", unknown, after, err)
			}
			if got := len(b.slack.Messages(infra)); (got == 1) != c.posted {
				t.Errorf("%d posted", got)
			}
			_, found, err := b.chat.FindCard(t.Context(), infra, "7K3Q.card", time.Now().Add(-time.Minute))
			if err != nil || found != c.posted {
				t.Errorf("found %v, %v", found, err)
			}
		})
	}
}

// classed reports whether the outcome of what failed with err is unknown, and when it
// may be asked for again.
func classed(t *testing.T, err error) (unknown bool, again time.Duration) {
	t.Helper()
	if again = port.RetryAfter(err); again <= 0 || port.IsPermanent(err) || strings.Contains(err.Error(), "xoxb-") {
		t.Fatalf("%T: %v", err, err)
	}
	return port.IsOutcomeUnknown(err), again
}

func TestAnswersThatSlackGoTakesForSuccessAreUnknown(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{}`, `null`, `{"ok":false}`, `{"ok":true}`, `{"ok":true,"channel":"C0INFRA"}`, ``,
		`<html>`, `[]`,
	} {
		c := answering(t, http.StatusOK, nil, raw)
		_, err := c.PostCard(t.Context(), aCard(), "k")
		if unknown, _ := classed(t, err); !unknown {
			t.Errorf("%s: %v", raw, err)
		}
		if err := c.UpdateCard(t.Context(), port.Address{Channel: infra, TS: "1.1"}, aCard()); err == nil {
			t.Errorf("%s: updated", raw)
		}
		if err := c.Whisper(t.Context(), port.PrivateMessage{Channel: infra, User: "U0BOB", Text: view.Say("x")}); err == nil {
			t.Errorf("%s: whispered", raw)
		}
	}
}

// answering is a chat whose Slack answers every call in the same way.
func answering(t *testing.T, status int, header map[string]string, body string) *Chat {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(srv.Close)
	c, err := New(Config{Token: "xoxb-secret", SigningSecret: "s", APIURL: srv.URL + "/api", RateScale: 1e6})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRetryAfterIsBelievedAsFarAsItMakesSense(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"30": 30 * time.Second, "0": 5 * time.Second, "-7": 5 * time.Second, "soon": 5 * time.Second,
		"1.5":   5 * time.Second,
		"86400": time.Hour, "99999999999999999999": 5 * time.Second, "9223372036854775807": 5 * time.Second,
	} {
		c := answering(t, http.StatusTooManyRequests, map[string]string{"Retry-After": header},
			`{"ok":false,"error":"ratelimited"}`)
		_, err := c.PostCard(t.Context(), aCard(), "k")
		if unknown, after := classed(t, err); unknown || after != want {
			t.Errorf("post, %s: %v, want %s", header, err, want)
		}
		c.who.Store(&Identity{BotUserID: "U0TWOKEY", TeamID: "T0HOME"})
		_, err = c.FindLine(t.Context(), port.Address{Channel: infra, TS: "1.1"}, "k")
		if unknown, after := classed(t, err); unknown || after != want {
			t.Errorf("find, %s: %v, want %s", header, err, want)
		}
	}
}

func TestAnswersOfSomethingOnTheWayAreTriedAgain(t *testing.T) {
	for status, unknown := range map[int]bool{
		302: false, 403: false, 407: false, 408: true, 500: true, 502: true,
		503: true, 504: true,
	} {
		c := answering(t, status, map[string]string{"Location": "/elsewhere"}, "proxy")
		_, err := c.PostCard(t.Context(), aCard(), "k")
		if got, _ := classed(t, err); got != unknown {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestWhereNoConnectionWasMadeNothingWasDone(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	c, err := New(Config{Token: "xoxb-secret", SigningSecret: "s", APIURL: srv.URL + "/api/"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.PostCard(t.Context(), aCard(), "k")
	if unknown, _ := classed(t, err); unknown {
		t.Error(err)
	}
}

func TestACallThatIsCutOffIsUnknown(t *testing.T) {
	b := bench(t)
	b.must(b.slack.Switch("chat.postMessage:hang_after", "1"))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = b.slack.Wait(t.Context(), func() bool { return len(b.slack.Messages(infra)) == 1 })
		cancel()
	}()
	_, err := b.chat.PostCard(ctx, aCard(), "7K3Q.card")
	if unknown, _ := classed(t, err); !unknown {
		t.Error(err)
	}
}

func TestWhatIsRefusedForGoodSaysWhatToDo(t *testing.T) {
	cases := []struct {
		code, words string
		arrange     func(*theBench)
		card        func(*view.Card)
	}{
		{code: "channel_not_found", words: "invite", card: func(c *view.Card) { c.Channel = "C0NOWHERE" }},
		{code: "not_in_channel", words: "/invite", arrange: func(b *theBench) { b.slack.Leave("U0TWOKEY", infra) }},
		{
			code: "token_revoked", words: "install the app again",
			arrange: func(b *theBench) { b.must(b.slack.Switch("revoke_token", "on")) },
		},
	}
	for _, c := range cases {
		t.Run(c.code, func(t *testing.T) {
			b := bench(t)
			card := aCard()
			if c.arrange != nil {
				c.arrange(b)
			}
			if c.card != nil {
				c.card(&card)
			}
			_, err := b.chat.PostCard(t.Context(), card, "k")
			isPermanent(t, err, c.code, c.words)
		})
	}
	for raw, want := range map[string][2]string{
		`{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"commands"}`: {
			"missing_scope",
			"chat:write",
		},
		`{"ok":false,"error":"missing_scope"}`: {
			"missing_scope",
			"OAuth",
		},
		`{"ok":false,"error":"is_archived"}`: {
			"is_archived",
			"unarchive",
		},
		`{"ok":false,"error":"invalid_auth"}`: {
			"invalid_auth",
			"SLACK_BOT_TOKEN",
		},
		`{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["[ERROR] must be less"]}}`: {
			"invalid_blocks",
			"must be less",
		},
		`{"ok":false,"error":"something_new"}`: {
			"something_new",
			"docs.slack.dev",
		},
	} {
		_, err := answering(t, http.StatusOK, nil, raw).PostCard(t.Context(), aCard(), "k")
		isPermanent(t, err, want[0], want[1])
	}
}

func isPermanent(t *testing.T, err error, code, words string) {
	t.Helper()
	var p *webapi.Permanent
	if !port.IsPermanent(err) || port.IsOutcomeUnknown(err) || !errors.As(err, &p) || p.Code != code {
		t.Fatalf("%T: %v, want %s", err, err, code)
	}
	if !strings.Contains(p.Sentence, words) || strings.Contains(err.Error(), "xoxb-") {
		t.Errorf("%s: %q", code, p.Sentence)
	}
}

func TestAMissingScopeOfTheDoubleIsNamed(t *testing.T) {
	b := bench(t, func(f *fakeslack.Config, _ *Config) {
		f.Scopes = []string{"commands", "users:read", "channels:read"}
	})
	_, err := b.chat.PostCard(t.Context(), aCard(), "k")
	isPermanent(t, err, "missing_scope", "chat:write")
}

// A refusal of one kind of message, or in one thread, does not concern the channel.
func TestARefusalReachesNoFurtherThanItsCodeSays(t *testing.T) {
	for code, reach := range map[string]port.Reach{
		"not_in_channel": port.ReachChannel, "is_archived": port.ReachChannel, "token_revoked": port.ReachChannel,
		"restricted_action": port.ReachKind, "restricted_action_non_threadable_channel": port.ReachKind,
		"restricted_action_thread_only_channel": port.ReachKind, "missing_scope": port.ReachKind,
		"a_new_code":                      port.ReachKind,
		"restricted_action_thread_locked": port.ReachThread,
	} {
		err := webapi.Classify(webapi.ChatPostMessage, slack.SlackErrorResponse{Err: code})
		if p, ok := errors.AsType[*port.PermanentError](err); !ok || p.Reach != reach || p.Sentence == "" {
			t.Errorf("%s: %+v", code, err)
		}
	}
}
