package fakeslack_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

func TestEachFaultDoesWhatItsNameSays(t *testing.T) {
	for _, c := range []struct {
		name string
		done bool // the message is there all the same
		fits func(error, string) bool
	}{
		{"rate_limit", false, func(err error, _ string) bool {
			var r *slack.RateLimitedError
			return errors.As(err,
				&r)
		}},
		{"rate_limit_bare", false, status(429)},
		{"rate_limit_odd", false, func(err error, _ string) bool {
			var n *strconv.NumError
			return errors.As(err,
				&n)
		}},
		{"error_500", false, status(500)},
		{"internal_error", false, named("internal_error")},
		{"fatal_error", false, named("fatal_error")},
		{"fatal_after", true, named("fatal_error")},
		{"empty_ok", false, func(err error, ts string) bool { return err == nil && ts == "" }},
		{"drop_before", false, failed},
		{"drop_after", true, failed},
		{"hang", false, failed},
		{"hang_after", true, failed},
	} {
		w := newWorld(t)
		if err := w.Switch("chat.postMessage:"+c.name, "1"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.api.AuthTestContext(w.ctx); err != nil {
			t.Errorf("%s spoilt another method: %v", c.name, err)
		}
		ctx, cancel := context.WithTimeout(w.ctx, 300*time.Millisecond)
		_, ts, err := w.api.PostMessageContext(ctx, "C0INFRA", slack.MsgOptionText("x", false))
		cancel()
		if !c.fits(err, ts) || (len(w.Messages("C0INFRA")) == 1) != c.done {
			t.Errorf("%s: %q, %v, %d messages", c.name, ts, err, len(w.Messages("C0INFRA")))
		}
		w.post("C0INFRA", slack.MsgOptionText("after", false))
		if calls := w.Calls(); calls[1].Fault != c.name || calls[1].Args["token"] != "" {
			t.Errorf("%s is recorded as %+v", c.name, calls[1])
		}
	}
}

func failed(err error, _ string) bool { return err != nil }

func status(code int) func(error, string) bool {
	return func(err error, _ string) bool {
		var s slack.StatusCodeError
		return errors.As(err, &s) && s.Code == code
	}
}

func named(code string) func(error, string) bool {
	return func(err error, _ string) bool { return err != nil && err.Error() == code }
}

func TestSlackCanBeGoneAndComeBack(t *testing.T) {
	w := newWorld(t)
	for _, s := range []string{"down", "revoke_token"} {
		if err := w.Switch(s, "on"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.api.AuthTestContext(w.ctx); err == nil {
			t.Errorf("%s: a call went through", s)
		}
		if err := w.Switch(s, "off"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.api.AuthTestContext(w.ctx); err != nil {
			t.Errorf("after %s: %v", s, err)
		}
	}
	for _, bad := range [][2]string{{"nonsense", "1"}, {"down", "7"}, {"slow", "soon"}, {"chat.update:down", "on"}} {
		if err := w.Switch(bad[0], bad[1]); !errors.Is(err, fakeslack.ErrNoSwitch) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestWaitingEndsWithTheChangeAndNotBefore(t *testing.T) {
	w := newWorld(t)
	done := make(chan error, 1)
	go func() { done <- w.Wait(w.ctx, func() bool { return len(w.Messages("C0INFRA")) == 1 }) }()
	w.post("C0INFRA", slack.MsgOptionText("x", false))
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if err := w.Wait(ctx, func() bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for nothing: %v", err)
	}
}

// A channel takes some kinds of messages and refuses others; edits go through.
func TestKindsOfMessagesAreRefusedAndEditsAreNot(t *testing.T) {
	for name, c := range map[string]struct{ top, reply string }{
		"threads_off":    {"", "restricted_action_non_threadable_channel"},
		"threads_locked": {"", "restricted_action_thread_locked"},
		"threads_only":   {"restricted_action_thread_only_channel", ""},
		"read_only":      {"restricted_action", "restricted_action"},
	} {
		w := newWorld(t)
		_, ts, err := w.api.PostMessageContext(w.ctx, "C0INFRA", slack.MsgOptionText("card", false))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Switch(name, "on"); err != nil {
			t.Fatal(err)
		}
		for code, opts := range map[string][]slack.MsgOption{
			"top " + c.top: nil, "reply " + c.reply: {slack.MsgOptionTS(ts)},
		} {
			_, want, _ := strings.Cut(code, " ")
			_, _, err := w.api.PostMessageContext(w.ctx, "C0INFRA", append(opts, slack.MsgOptionText("x", false))...)
			if want == "" && err != nil || want != "" && !named(want)(err, "") {
				t.Errorf("%s, %s: %v", name, code, err)
			}
		}
		if _, _, _, err := w.api.UpdateMessageContext(
			w.ctx, "C0INFRA", ts, slack.MsgOptionText("edited", false),
		); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
