package chat

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"twokey/bot/chat/webapi"
	"twokey/bot/fakeslack"
)

// both is a bench with the endpoints and Socket Mode, which listens. ended gets
// what Listen returns.
func both(t *testing.T, change ...func(*fakeslack.Config, *Config)) (b *theBench, ended chan error) {
	t.Helper()
	b = bench(t, append([]func(*fakeslack.Config, *Config){func(f *fakeslack.Config, c *Config) {
		c.AppToken = "xapp-practice"
	}}, change...)...)
	b.chat.firstRedial, b.chat.firstTokenRetry = time.Millisecond, time.Millisecond
	ended = make(chan error, 1)
	return b, ended
}

func (b *theBench) listen(ended chan error) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); ended <- b.chat.Listen(ctx) }()
	b.t.Cleanup(func() { cancel(); <-done })
}

// until waits for what Slack was asked to come to something.
func (b *theBench) until(what string, ok func() bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	defer cancel()
	for !ok() {
		n := len(b.slack.Calls())
		if err := b.slack.Wait(ctx, func() bool { return len(b.slack.Calls()) > n || ok() }); err != nil {
			b.t.Fatalf("%s: %v", what, err)
		}
	}
}

// An app token that is refused at the start is tried again if HTTP is set.
func TestWithHTTPARefusedAppTokenIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"invalid_auth", "token_revoked", "token_expired", "not_allowed_token_type",
		"account_inactive", "access_denied", "org_login_required",
	} {
		t.Run(code, func(t *testing.T) {
			b, ended := both(t)
			b.must(b.slack.RefuseToken(fakeslack.AppToken, code))
			b.listen(ended)
			b.until("refused", func() bool {
				return b.chat.AppTokenRefused() != nil &&
					len(b.calls(webapi.AppsConnectionsOpen)) > 3
			})
			says := webapi.Words(b.chat.AppTokenRefused())
			if !strings.HasPrefix(says, "SLACK_APP_TOKEN: ") || !strings.HasSuffix(says, "("+code+")") ||
				strings.Contains(says, "SLACK_BOT_TOKEN") || strings.Contains(says, "docs.slack.dev") {
				t.Errorf("%q", says)
			}
			if b.chat.BotTokenRefused() != nil {
				t.Error("the bot token counts as refused")
			}
			b.must(b.slack.RefuseToken(fakeslack.AppToken, ""))
			b.sockets(connections)
			if err := b.chat.AppTokenRefused(); err != nil {
				t.Errorf("still refused: %v", err)
			}
			if log := b.logs.String(); strings.Count(log, "SLACK_APP_TOKEN") != 2 ||
				strings.Contains(log, "xapp-practice") {
				t.Errorf("not told once, and once that it is over:\n%s", log)
			}
			select {
			case err := <-ended:
				t.Errorf("Socket Mode ended: %v", err)
			default:
			}
		})
	}
}

func TestAnAppTokenThatHasWorkedIsTriedAgainWithoutHTTPToo(t *testing.T) {
	t.Parallel()
	b, stop := listening(t)
	b.must(b.slack.RefuseToken(fakeslack.AppToken, "token_revoked"))
	b.slack.DropSockets()
	b.until("refused", func() bool { return b.chat.AppTokenRefused() != nil })
	b.must(b.slack.RefuseToken(fakeslack.AppToken, ""))
	b.sockets(connections)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// counting is a Slack that refuses the app token.
type counting struct{ calls atomic.Int64 }

func (c *counting) RoundTrip(*http.Request) (*http.Response, error) {
	c.calls.Add(1)
	return &http.Response{
		StatusCode: http.StatusOK,
		Body:       io.NopCloser(strings.NewReader(`{"ok":false,"error":"token_revoked"}`)),
	}, nil
}

func TestWhileTheAppTokenIsRefusedSlackIsAskedEverMoreRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slack := &counting{}
		limit := newDialLimit(1, time.Now, firstTokenRetry)
		limit.retries.RandomizationFactor = 0
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		done := make(chan struct{}, connections)
		for range connections {
			go func() {
				defer func() { done <- struct{}{} }()
				for ctx.Err() == nil {
					req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://slack.example/", http.NoBody)
					if err != nil {
						t.Error(err)
						return
					}
					if resp, err := limit.doRequest(req, &http.Client{Transport: slack}); err == nil {
						body, _ := io.ReadAll(resp.Body)
						if !strings.Contains(string(body), "token_revoked") {
							t.Errorf("what is read again: %q", body)
						}
					}
				}
			}()
		}
		for range connections {
			<-done
		}
		if n := slack.calls.Load(); n < 20 || n > 60 {
			t.Errorf("asked %d times in an hour", n)
		}
		if left := limit.bucket.TokensAt(time.Now()); left < connections {
			t.Errorf("of Slack's limit %.1f calls are left for when it takes the token again", left)
		}
	})
}

func TestARefusedBotTokenIsToldOnceAndNamedAsItWasGiven(t *testing.T) {
	for _, code := range []string{
		"invalid_auth", "account_inactive", "token_revoked", "token_expired",
		"user_removed_from_team", "team_access_not_granted",
	} {
		t.Run(code, func(t *testing.T) {
			b := bench(t, func(_ *fakeslack.Config, c *Config) { c.TokenName = "SLACK_BOT_TOKEN_FILE" })
			_, err := b.chat.Hello(t.Context())
			b.must(err)
			b.must(b.slack.RefuseToken(fakeslack.BotToken, code))
			for range 5 {
				if _, err = b.chat.Person(t.Context(), "U0ANN"); err == nil {
					t.Fatal("somebody is known")
				}
			}
			var p *webapi.Permanent
			if !errors.As(err, &p) || !p.TokenRefused() || !strings.HasPrefix(p.Sentence, "SLACK_BOT_TOKEN_FILE: ") {
				t.Errorf("%v", err)
			}
			if after, ok := p.RetryAfter(); !ok || after <= 0 {
				t.Errorf("what it is to say waits %s, %t", after, ok)
			}
			if says := webapi.Words(b.chat.BotTokenRefused()); says != webapi.Words(p) {
				t.Errorf("%q", says)
			}
			b.must(b.slack.RefuseToken(fakeslack.BotToken, ""))
			_, err = b.chat.Person(t.Context(), "U0ANN")
			b.must(err)
			if err := b.chat.BotTokenRefused(); err != nil {
				t.Errorf("still refused: %v", err)
			}
			if log := b.logs.String(); strings.Count(log, "SLACK_BOT_TOKEN_FILE") != 2 ||
				strings.Contains(log, "xoxb-practice") {
				t.Errorf("not told once, and once that it is over:\n%s", log)
			}
		})
	}
}

func TestWhatIsRefusedForOtherReasonsIsNotTheTokensFault(t *testing.T) {
	b := bench(t)
	_, err := b.chat.Hello(t.Context())
	b.must(err)
	card := aCard()
	card.Channel = "C0NOWHERE"
	_, err = b.chat.PostCard(t.Context(), card, "k")
	var p *webapi.Permanent
	if !errors.As(err, &p) || p.TokenRefused() || strings.Contains(p.Sentence, "SLACK_") ||
		b.chat.BotTokenRefused() != nil {
		t.Errorf("%v", err)
	}
	if _, ok := p.RetryAfter(); ok {
		t.Error("it asks to be tried again")
	}
}

func TestAnAppForAWholeOrganisationIsRefusedWithWhatToDo(t *testing.T) {
	const rest = `"ok":true,"user":"twokey","user_id":"U0TWOKEY","bot_id":"B0"`
	for name, c := range map[string]struct {
		answer  string
		refused bool
	}{
		"the organisation for a workspace": {`{` + rest +
			`,"team":"Org","team_id":"E0ORG","enterprise_id":"E0ORG","is_enterprise_install":true}`, true},
		"a workspace beside it": {`{` + rest +
			`,"team":"Home","team_id":"T0HOME","enterprise_id":"E0ORG","is_enterprise_install":true}`, true},
		"no workspace":       {`{` + rest + `,"enterprise_id":"E0ORG","is_enterprise_install":true}`, true},
		"it does not say so": {`{` + rest + `,"team":"Org","team_id":"E0ORG","enterprise_id":"E0ORG"}`, true},
		"one workspace of an organisation": {`{` + rest +
			`,"team":"Home","team_id":"T0HOME","enterprise_id":"E0ORG","is_enterprise_install":false}`, false},
		"a workspace of its own": {`{` + rest + `,"team":"Home","team_id":"T0HOME"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answering(t, http.StatusOK, nil, c.answer).Token(t.Context())
			if !c.refused {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if webapi.CodeOf(err) != "is_enterprise_install" || !strings.Contains(webapi.Words(err), "E0ORG") ||
				!strings.Contains(webapi.Words(err), "in that workspace alone") {
				t.Errorf("%v", err)
			}
		})
	}
}
