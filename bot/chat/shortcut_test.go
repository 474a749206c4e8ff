package chat

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/view"
)

func withShortcuts(f *fakeslack.Config, _ *Config) {
	f.Shortcuts = []fakeslack.Shortcut{
		{Name: "Reinstall a machine", CallbackID: "reinstall"},
		{Name: "Reinstall this machine", CallbackID: "reinstall_message", OnMessage: true},
	}
}

func TestAShortcutOnAnAlertTellsTheDeskEveryWordOfIt(t *testing.T) {
	b := bench(t, withShortcuts)
	raw := func(kind string, more map[string]any) fakeslack.Block {
		out := fakeslack.Block{"type": kind}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	words := func(s string) map[string]any { return map[string]any{"type": "mrkdwn", "text": s} }
	alert, err := b.slack.Alert(infra, "<!channel> first &lt;line&gt;", []fakeslack.Block{
		raw("section", map[string]any{"text": words("in section <@U0ANN>"), "fields": []any{words("in field")}}),
		raw("context", map[string]any{"elements": []any{words("in context <https://a.example/x|label of a>")}}),
		raw("rich_text", map[string]any{"elements": []any{map[string]any{"type": "rich_text_section", "elements": []any{
			map[string]any{"type": "text", "text": "in rich text"}, map[string]any{
				"type": "link", "url": "https://b.example",
				"text": "label of b",
			},
		}}}}),
		raw("actions", map[string]any{"elements": []any{map[string]any{
			"type": "button", "action_id": "x", "text": map[string]any{
				"type": "plain_text",
				"text": "on a button",
			}, "value": "hidden ins-00000000",
		}}}),
	}, []map[string]any{{
		"pretext": "in pretext", "title": "in title", "title_link": "https://c.example", "text": "in attachment " +
			"https://d.example/y", "footer": "in footer",
		"fields": []any{map[string]any{"title": "field title", "value": "field value"}}, "color": "#ff0000",
		"blocks": []any{map[string]any{"type": "section", "text": words("in a block of an attachment")}},
	}})
	b.must(err)
	b.must(b.slack.Shortcut(t.Context(), "U0ANN", "reinstall_message", infra, alert.TS))
	in := b.desk.asked()[0]
	if in.Verb != "reinstall_message" || in.Channel != infra || in.User != "U0ANN" || in.Trigger == "" || in.Reply == "" {
		t.Errorf("%+v", in)
	}
	said := strings.Join(in.Said, "|")
	for _, want := range []string{
		"in section", "in field", "in context label of a", "in rich text", "label of b", "on a button", "in pretext",
		"in title", "in attachment", "in footer",
		"field title", "field value", "in a block of an attachment",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is missing in %q", want, said)
		}
	}
	if in.Said[0] != "first <line>" {
		t.Errorf("the first word is %q", in.Said[0])
	}
	for _, never := range []string{"hidden", "U0ANN", "example", "#ff0000", "U0ALERTS"} {
		if strings.Contains(said, never) {
			t.Errorf("%q stands in %q", never, said)
		}
	}
	if got := strings.Join(in.Links,
		" "); got != "https://a.example/x https://b.example https://d.example/y https://c.example" {
		t.Errorf("links: %s", got)
	}
}

// Options stand under their headings, and hostile names are cut by code points.
func TestOptionsStandUnderTheirHeadings(t *testing.T) {
	b := bench(t)
	b.openForm("U0BOB", aForm())
	names := []string{"<!channel> *bold* `x`", "\u202egpj.exe", strings.Repeat("界", 4000), "a\nb", ""}
	b.desk.suggest = func(port.Inbound, string, string) []view.Option {
		var os []view.Option
		for n, name := range names {
			os = append(os, view.Option{
				Value: string(rune('a' + n)), Label: name, Tail: " · ins-1a2b3c4d", Note: name,
				Group: strings.Repeat("g", 10) + name,
			})
		}
		return append(os, view.Option{Value: "a", Label: "again", Group: "last"})
	}
	got, err := b.slack.Suggest(t.Context(), "U0BOB", "image", "x")
	b.must(err)
	if len(got) != len(names) {
		t.Fatalf("%d options: %+v", len(got), got)
	}
	for n, o := range got {
		if !strings.HasSuffix(o.Text, " · ins-1a2b3c4d") || utf8.RuneCountInString(o.Text) > 75 ||
			utf8.RuneCountInString(o.Group) > 75 || o.Group == "" {
			t.Errorf("%d: %+v", n, o)
		}
		if strings.ContainsAny(o.Text+o.Group+o.Description, "\u202e\n") {
			t.Errorf("%q deceives the eye", o.Text)
		}
	}
	if !strings.HasPrefix(got[0].Text, "<!channel> *bold* `x`") || !strings.HasPrefix(got[1].Text, "⟨U+202E⟩gpj.exe") {
		t.Errorf("%q %q", got[0].Text, got[1].Text)
	}
}

func (b *theBench) lastAsked() port.Inbound {
	b.t.Helper()
	all := b.desk.asked()
	if len(all) == 0 {
		b.t.Fatal("nothing reached the desk")
	}
	return all[len(all)-1]
}

// A choice in a form reaches the desk after the ack, and the form is updated.
func TestAChoiceInAFormReachesTheDeskAfterTheAck(t *testing.T) {
	b := bench(t)
	f := aForm()
	f.Memo = `{"t":"x"}`
	f.Fields = []view.Field{
		{
			ID: "login", Kind: view.FieldChoice, Label: "Login", Asks: true,
			Options: []view.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}},
		},
		{
			ID: "keys", Kind: view.FieldChoice, Label: "Keys", Fresh: "1", Value: "k",
			Options: []view.Option{{Value: "k", Label: "K"}, {Value: "l", Label: "L"}},
		},
		{ID: "why", Kind: view.FieldText, Label: "Why"},
	}
	b.openForm("U0BOB", f)
	b.desk.change = func(ctx context.Context, in port.Inbound) {
		next := f
		next.Fields = append([]view.Field(nil), f.Fields...)
		next.Fields[1].Fresh, next.Fields[1].Value = "2", "l"
		b.must(b.chat.UpdateForm(ctx, in.View, in.Hash, next))
	}
	b.must(b.slack.Fill(t.Context(), "U0BOB", map[string]string{"Why": "because"}))
	b.must(b.slack.Fill(t.Context(), "U0BOB", map[string]string{"Login": "B"}))
	b.settle()
	in := b.lastAsked()
	if in.Memo != f.Memo || in.Verb != f.Verb || in.Values["login"] != "b" || in.Values["keys"] != "k" ||
		in.Values["why"] != "because" {
		t.Errorf("%+v", in)
	}
	v, _ := b.slack.OpenView("U0BOB")
	if v.Values["why"]["why"]["value"] != "because" || v.Values["keys~2"] == nil || v.Values["keys~1"] != nil {
		t.Errorf("%+v", v.Values)
	}
	b.desk.submit = func(context.Context, port.Inbound) port.Reply {
		return port.Reply{Errors: map[string]string{"keys": "not these"}}
	}
	r, err := b.slack.Submit(t.Context(), "U0BOB", nil)
	b.must(err)
	if r.Errors["keys~2"] != "not these" {
		t.Errorf("an error finds its field: %+v", r)
	}
}

func TestAChoiceInAnEditedFormIsRefused(t *testing.T) {
	b := bench(t)
	p := map[string]any{
		"type": "block_actions", "api_app_id": "A0TWOKEY", "team": map[string]any{"id": "T0HOME"},
		"user": map[string]any{"id": "U0BOB", "team_id": "T0HOME"},
		"view": map[string]any{
			"id": "V1", "hash": "1", "app_id": "A0TWOKEY", "team_id": "T0HOME",
			"callback_id": "propose", "private_metadata": `{"v":"propose","n":"{}","m":"00"}`,
		},
		"actions": []any{map[string]any{"type": "external_select", "action_id": "target", "block_id": "target"}},
	}
	if status, body := b.sendPayload(p); status != 200 || body != "" {
		t.Errorf("%d %q", status, body)
	}
	b.settle()
	if len(b.desk.asked()) != 0 || b.seen.count("forged_form") != 1 {
		t.Errorf("%d reached the desk; %v", len(b.desk.asked()), b.seen.refused)
	}
}

func TestAskingForAnyChannelLeavesOutThoseOfOtherCompanies(t *testing.T) {
	b := bench(t)
	f := aForm()
	f.Fields = []view.Field{{ID: "place", Kind: view.FieldChannel, Label: "Channel"}}
	b.openForm("U0ANN", f)
	if err := b.slack.Fill(t.Context(), "U0ANN", map[string]string{"Channel": "C0SHARED"}); err == nil {
		t.Error("a shared channel can be picked")
	}
	b.must(b.slack.Fill(t.Context(), "U0ANN", map[string]string{"Channel": "C0RANDOM"}))
	_, err := b.slack.Submit(t.Context(), "U0ANN", nil)
	b.must(err)
	if in := b.lastAsked(); in.Values["place"] != "C0RANDOM" {
		t.Errorf("%+v", in)
	}
}
