package chat

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// askingHome is Bob's Home with a proposal that he may approve.
func askingHome(rev int64) view.Home {
	return view.Home{Sections: []view.Section{{Title: "Waits for your approval", Total: 1, Rows: []view.HomeRow{{
		Name: "web-01", Text: aCard().Foot, Link: "https://home.slack.com/archives/C0INFRA/p1", Open: "Open",
		ID: "7K3Q", Rev: rev, Approve: view.Button{Label: "Approve", Verb: model.VerbApprove},
	}}}}}
}

// pressHome signs and sends a press on Approve of Bob's Home, changed.
func (b *theBench) pressHome(change func(p, view, button map[string]any)) {
	b.t.Helper()
	p, err := b.slack.HomePayload("U0BOB", "Approve")
	b.must(err)
	change(p, p["view"].(map[string]any), p["actions"].([]any)[0].(map[string]any))
	if status, _ := b.sendPayload(p); status != http.StatusOK {
		b.t.Errorf("it is answered with %d", status)
	}
	b.settle()
}

func TestApproveOnAHomeReachesTheFrontWithWhatWasSeen(t *testing.T) {
	b := bench(t)
	b.front.press = func(context.Context, port.Inbound) port.Reply { return port.Reply{Text: view.Say("Not approved")} }
	b.must(b.chat.PublishHome(t.Context(), "U0BOB", askingHome(12)))
	b.must(b.slack.PressHome(t.Context(), "U0BOB", "Approve"))
	b.settle()
	in := b.front.asked()
	if len(in) != 2 {
		t.Fatalf("%+v", in)
	}
	p := in[0]
	if p.Verb != model.VerbApprove || p.Op != "7K3Q" || p.Rev != 12 || p.User != "U0BOB" || !p.AtHome || p.Trigger == "" {
		t.Errorf("the press: %+v", p)
	}
	if p.Channel+p.Message+p.Thread+p.Reply != "" {
		t.Errorf("a Home has no channel: %+v", p)
	}
	if a := in[1]; a.Verb != "home answer" || a.User != "U0BOB" || a.Trigger != p.Trigger || a.Text != "Not approved" {
		t.Errorf("the answer: %+v", a)
	}
}

// A client may show an older Home than the one that Slack has: what was pressed counts.
func TestAPressIsForWhatWasSeenNotForWhatIsThereNow(t *testing.T) {
	b := bench(t)
	b.must(b.chat.PublishHome(t.Context(), "U0BOB", askingHome(12)))
	old, err := b.slack.HomePayload("U0BOB", "Approve")
	b.must(err)
	b.must(b.chat.PublishHome(t.Context(), "U0BOB", askingHome(13)))
	b.pressHome(func(p, _, _ map[string]any) { p["actions"] = old["actions"] })
	if in := b.front.asked(); len(in) != 1 || in[0].Rev != 12 {
		t.Errorf("%+v", in)
	}
}

func TestAForgedApproveOnAHomeIsRefusedInWordsAndNeverReachesTheFront(t *testing.T) {
	edit := func(from, to string) func(p, v, k map[string]any) {
		return func(_, _, k map[string]any) {
			was := k["value"].(string)
			if k["value"] = strings.Replace(was, from, to, 1); k["value"] == was {
				panic("nothing was forged in " + was)
			}
		}
	}
	set := func(key, to string) func(p, v, k map[string]any) {
		return func(_, _, k map[string]any) { k[key] = to }
	}
	form := newStateSealer("xoxb-practice").sealState(view.Form{Verb: model.VerbApprove, Op: "7K3Q", Rev: 12})
	for name, change := range map[string]func(p, v, k map[string]any){
		"another revision":           edit(`"r":12`, `"r":13`),
		"another proposal":           edit(`"o":"7K3Q"`, `"o":"8K3Q"`),
		"another verb":               edit(`"v":"approve"`, `"v":"cancel"`),
		"another person's, reworked": edit(`"h":"U0BOB"`, `"h":"U0CHO"`),
		"another person presses it": func(p, _, _ map[string]any) {
			p["user"].(map[string]any)["id"] = "U0CHO"
		},
		"another block":          set("block_id", "7K3Q.13.home"),
		"a card's block":         set("block_id", "7K3Q.12.act"),
		"no block":               set("block_id", ""),
		"a card's value":         set("value", "7K3Q|12"),
		"a form's state":         set("value", form),
		"no value":               set("value", ""),
		"not JSON":               set("value", "{"),
		"another page's":         func(_, v, _ map[string]any) { v["callback_id"] = "approve" },
		"more behind the state":  func(_, _, k map[string]any) { k["value"] = k["value"].(string) + "{}" },
		"a field that is not":    edit(`{"v"`, `{"x":1,"v"`),
		"a seal that is cut off": edit(`"m":"`, `"m":"0`),
	} {
		t.Run(name, func(t *testing.T) {
			b := bench(t)
			b.must(b.chat.PublishHome(t.Context(), "U0BOB", askingHome(12)))
			b.pressHome(change)
			in := b.front.asked()
			if len(in) != 1 || in[0].Verb != "home answer" || !strings.HasPrefix(in[0].Text, "Not done: this button") {
				t.Errorf("the front hears %+v", in)
			}
			if n := b.seen.count("forged_button"); n != 1 {
				t.Errorf("counted %d times", n)
			}
		})
	}
}

// What a Home does not have does nothing there, whoever signs it.
func TestNoOtherVerbIsPressedOnAHome(t *testing.T) {
	for _, verb := range []string{
		model.VerbCancel, model.VerbHold, model.VerbFreeze, model.VerbUnfreeze, model.VerbResume, model.VerbResolve,
		model.VerbBackup, model.VerbPassword, "open", "", "approve.done", "approve#1",
	} {
		b := bench(t)
		b.must(b.chat.PublishHome(t.Context(), "U0BOB", askingHome(12)))
		b.pressHome(func(_, _, k map[string]any) { k["action_id"] = verb })
		if in := b.front.asked(); len(in) != 0 {
			t.Errorf("%q: the front hears %+v", verb, in)
		}
	}
}

// The value of a Home's button is no form, and opens none.
func TestAHomeButtonsValueIsNoForm(t *testing.T) {
	b := bench(t)
	sealer := newStateSealer("xoxb-practice")
	value := sealer.sealHomeButton("U0BOB", askingHome(12).Sections[0].Rows[0])
	if s, ok := sealer.openState(value); !ok || s.Home != "U0BOB" {
		t.Fatalf("%+v %v", s, ok)
	}
	b.must(b.chat.PublishHome(t.Context(), "U0BOB", askingHome(12)))
	b.pressHome(func(p, v, _ map[string]any) {
		p["type"], v["type"], v["callback_id"], v["private_metadata"] = "view_submission", "modal", "approve", value
	})
	if in := b.front.asked(); len(in) != 0 {
		t.Errorf("the front hears %+v", in)
	}
	if n := b.seen.count("forged_form"); n != 1 {
		t.Errorf("counted %d times", n)
	}
}
