package chat

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/chat/blockkit"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

// inThread posts a card of ours as a reply, so that its buttons are pressed in a
// thread.
func (b *theBench) inThread(parent string) string {
	b.t.Helper()
	_, ts, err := b.chat.web.API().PostMessageContext(b.t.Context(), infra, slack.MsgOptionText("card", false),
		slack.MsgOptionBlocks(blockkit.Card(aCard())...), slack.MsgOptionTS(parent))
	b.must(err)
	return ts
}

// People are answered in the place that they look at, over HTTP and over Socket Mode,
// also if the first way fails.
func TestWhoeverPressesIsAnsweredWhereTheyLook(t *testing.T) {
	t.Parallel()
	ways := map[string]func(t *testing.T) *theBench{
		"HTTP":        func(t *testing.T) *theBench { return bench(t) },
		"Socket Mode": func(t *testing.T) *theBench { b, _ := listening(t); return b },
	}
	for way, open := range ways {
		for name, c := range map[string]struct {
			inside bool
			fault  string
			thread bool // it is shown in the thread
			calls  []string
		}{
			"in the channel": {false, "", false, []string{"response_url"}},
			"in the channel, no answer is taken": {
				false, "response_url:error_500", false,
				[]string{"response_url", "chat.postEphemeral"},
			},
			"in the thread": {true, "", true, []string{"chat.postEphemeral"}},
			"in the thread, which takes no whisper": {
				true, "chat.postEphemeral:internal_error", false,
				[]string{"chat.postEphemeral", "response_url"},
			},
			"in the channel, the answer is not formed": {
				false, "response_url:invalid_blocks", false,
				[]string{"response_url"},
			},
		} {
			t.Run(way+" "+name, func(t *testing.T) {
				b := open(t)
				b.front.press = reply("Not approved.")
				a := b.postCard(aCard())
				reply := b.inThread(a.TS)
				on := a.TS
				if c.inside {
					on = reply
				}
				if c.fault != "" {
					b.must(b.slack.Switch(c.fault, "1"))
				}
				b.must(b.slack.Click(t.Context(), "U0BOB", infra, on, "Approve"))
				b.settle()
				shown := b.slack.Ephemerals("U0BOB")
				if len(shown) != 1 || b.slack.PlainText(shown[0]) != "Not approved." ||
					(shown[0].ThreadTS == a.TS) != c.thread {
					t.Errorf("shown: %+v; not shown: %+v", shown, b.slack.Unshown("U0BOB"))
				}
				var calls []string
				for _, call := range b.slack.Calls() {
					if call.Method == "response_url" || call.Method == "chat.postEphemeral" {
						calls = append(calls, call.Method)
					}
				}
				if !slices.Equal(slices.Compact(calls), c.calls) {
					t.Errorf("%v, want %v", calls, c.calls)
				}
			})
		}
	}
}

// A form that a press opened brings back the place of the press.
func TestAFormBringsBackWhereItWasOpened(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	on := b.inThread(a.TS)
	var opened port.Inbound
	b.front.press = func(ctx context.Context, in port.Inbound) port.Reply {
		opened = in
		f := aForm()
		f.Channel, f.Thread, f.Reply = in.Channel, in.Thread, in.Reply
		_, _, err := b.chat.OpenForm(ctx, in.Trigger, f)
		b.must(err)
		return port.Reply{}
	}
	for ts, thread := range map[string]string{a.TS: "", on: a.TS} {
		b.must(b.slack.Click(t.Context(), "U0BOB", infra, ts, "Confirm backup"))
		_, err := b.slack.Submit(t.Context(), "U0BOB", map[string]string{"name": "web-01", "backup": "image:img-2"})
		b.must(err)
		all := b.front.asked()
		in := all[len(all)-1]
		if opened.Thread != thread || opened.Message != ts || opened.Reply == "" {
			t.Errorf("pressed: %+v", opened)
		}
		if in.Reply != opened.Reply || in.Thread != thread || in.Channel != infra {
			t.Errorf("submitted: %+v", in)
		}
	}
}

func TestAFormWhoseStateIsFullLeavesOutWhereToAnswer(t *testing.T) {
	b := bench(t)
	f := aForm()
	for n, want := range map[int]string{2000: "https://hooks.slack.com/actions/T0/1/abc", 2860: ""} {
		f.Reply, f.Memo = "https://hooks.slack.com/actions/T0/1/abc", strings.Repeat("m", n)
		s, ok := b.chat.openState(b.chat.sealState(f))
		if !ok || s.Reply != want || s.Memo != f.Memo {
			t.Errorf("%d: %v, %q", n, ok, s.Reply)
		}
	}
}

// A response_url is used up after five answers, and too old after half an hour. Later
// answers are whispers in the channel.
func TestAnAnswerThatIsTooLateIsWhisperedInTheChannel(t *testing.T) {
	at := time.Now()
	b := bench(t, func(f *fakeslack.Config, _ *Config) { f.Now = func() time.Time { return at } })
	a := b.postCard(aCard())
	b.must(b.chat.PostLine(t.Context(), a, view.Say("a reply"), "7K3Q.1.0"))
	url := func() string {
		p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
		b.must(err)
		return p["response_url"].(string)
	}
	told := func(reply, text string) {
		t.Helper()
		b.must(port.SendPrivately(t.Context(), b.chat, port.PrivateMessage{
			Channel: infra, User: "U0BOB", Reply: reply,
			Text: view.Say(text),
		}))
		shown := b.whispers("U0BOB")
		if len(shown) == 0 || shown[len(shown)-1] != text {
			t.Errorf("%q is not shown: %q", text, shown)
		}
	}
	used := url()
	for _, n := range []string{"one", "two", "three", "four", "five", "six"} {
		told(used, n)
	}
	old := url()
	at = at.Add(31 * time.Minute)
	isPermanent(t, b.chat.Answer(t.Context(), port.PrivateMessage{Reply: old, Text: view.Say("x")}), "used_url", "half an hour")
	told(old, "late")
	if n := len(b.calls("chat.postEphemeral")); n != 2 {
		t.Errorf("%d whispers", n)
	}
}
