package chat

import (
	"context"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"twokey/bot/chat/chattest"
	"twokey/commands/port"
	"twokey/commands/view"
)

// ask answers a command with two corrections, and returns the answer's ts.
func (b *theBench) ask(cs ...view.Correction) string {
	b.t.Helper()
	r := port.Reply{Text: view.Say("Did you mean web-01 or web-02?"), Corrections: cs}
	b.front.command = func(context.Context, port.Inbound) port.Reply { return r }
	got, err := b.slack.Command(b.t.Context(), "U0ANN", infra, "web-03")
	b.must(err)
	if got.Message == nil || got.Warning != "" {
		b.t.Fatalf("%+v", got)
	}
	return got.Message.TS
}

var twoMeant = []view.Correction{
	{Label: "web-01", Line: `main/ap-guangzhou/ins-1 --reason "it's <down> & \"out\""`},
	{Label: "web-02", Line: "main/ap-guangzhou/ins-2"},
}

// A press below a private answer reaches the front with the button's line, in the place
// of the answer and with its own trigger. The answer stays.
func TestACorrectionReachesTheFrontWithItsLine(t *testing.T) {
	for _, how := range []string{"command", "whisper", "answer"} {
		t.Run(how, func(t *testing.T) {
			b := bench(t)
			ts := b.ask(twoMeant...)
			w := port.PrivateMessage{Channel: infra, User: "U0ANN", Text: view.Say("x"), Corrections: twoMeant}
			switch how {
			case "whisper":
				b.must(b.chat.Whisper(t.Context(), w))
			case "answer":
				p, err := b.slack.ClickPayload("U0ANN", infra, ts, 0, "web-01")
				b.must(err)
				w.Reply = p["response_url"].(string)
				b.must(b.chat.Answer(t.Context(), w))
			}
			all := b.slack.Ephemerals("U0ANN")
			ts = all[len(all)-1].TS
			before := len(b.front.asked())
			b.front.press = reply("Here it is.")
			b.must(b.slack.Click(t.Context(), "U0ANN", infra, ts, "web-01"))
			b.settle()
			got := b.front.asked()[before:]
			if len(got) != 1 || got[0].Verb != port.VerbCorrection || got[0].Text != twoMeant[0].Line ||
				got[0].Channel != infra || got[0].User != "U0ANN" || got[0].Trigger == "" || got[0].Reply == "" {
				t.Errorf("%+v", got)
			}
			if said := b.whispers("U0ANN"); len(said) != len(all)+1 || !slices.Contains(said, "Here it is.") {
				t.Errorf("%q", said)
			}
		})
	}
}

// What Slack did not deliver with such a button is none, and the front never sees it.
func TestAForgedCorrectionNeverReachesTheFront(t *testing.T) {
	b := bench(t)
	ts := b.ask(twoMeant...)
	card := b.postCard(aCard())
	for name, change := range map[string]func(p, button map[string]any){
		"no value":         func(_, x map[string]any) { delete(x, "value") },
		"an empty value":   func(_, x map[string]any) { x["value"] = "" },
		"too long a value": func(_, x map[string]any) { x["value"] = strings.Repeat("界", 2001) },
		"no block":         func(_, x map[string]any) { x["block_id"] = "" },
		"a card's block":   func(_, x map[string]any) { x["block_id"] = "7K3Q.12.act" },
		"another action":   func(_, x map[string]any) { x["action_id"] = "correction" },
		"on a card": func(p, _ map[string]any) {
			p["container"] = map[string]any{"type": "message", "message_ts": card.TS, "channel_id": infra, "is_ephemeral": false}
		},
		"where nothing says for whom": func(p, _ map[string]any) {
			p["container"] = map[string]any{"type": "message", "message_ts": card.TS, "channel_id": infra}
		},
	} {
		p, err := b.slack.ClickPayload("U0ANN", infra, ts, 0, "web-01")
		b.must(err)
		change(p, p["actions"].([]any)[0].(map[string]any))
		before := len(b.front.asked())
		if status, _ := b.sendPayload(p); status != 200 || len(b.front.asked()) != before {
			t.Errorf("%s: status %d, the front was asked", name, status)
		}
	}
	b.settle()
	if n := b.seen.refused["forged_button"]; n != 8 {
		t.Errorf("%d are counted as forged", n)
	}
}

// Whatever a label or a line has in it: Slack takes the answer, and a button's line comes
// back as it was. What is too long for a value has no button.
func TestAHostileCorrectionIsTakenBySlack(t *testing.T) {
	for _, h := range append(slices.Clone(chattest.Hostile), strings.Repeat("长", 1900), strings.Repeat("\"\\", 990)) {
		b := bench(t)
		cs := []view.Correction{{Label: h, Line: h}, {Label: h, Line: h + "2"}, {Label: h, Line: h + "3"}, {Label: h, Line: h}}
		raw, err := encodeAnswer(b.chat.renderEphemeral(port.Reply{Text: view.Say(strings.Repeat(h, 20)), Corrections: cs}))
		if err != nil || len(raw) >= maxAck {
			t.Errorf("%d bytes for %.80q; %v", len(raw), h, err)
		}
		ts := b.ask(cs...)
		all := b.slack.Ephemerals("U0ANN")
		blocks := all[len(all)-1].Blocks
		buttons, _ := blocks[len(blocks)-1]["elements"].([]any)
		if blocks[len(blocks)-1]["type"] != "actions" {
			if len(h) < 2000 && h != "" && utf8.ValidString(h) {
				t.Errorf("no buttons for %.80q", h)
			}
			continue
		}
		if len(buttons) > view.MostCorrections {
			t.Errorf("%d buttons for %.80q", len(buttons), h)
		}
		first := buttons[0].(map[string]any)
		if diff := cmp.Diff(cs[0].Line, first["value"]); diff != "" && cs[0].Line != "" {
			t.Errorf("%.80q: %s", h, diff)
		}
		b.must(b.slack.Click(t.Context(), "U0ANN", infra, ts, first["action_id"].(string)))
	}
}
