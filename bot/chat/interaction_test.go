package chat

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"twokey/bot/chat/blockkit"
	"twokey/commands/port"
	"twokey/commands/view"
)

func reply(t ...any) func(context.Context, port.Inbound) port.Reply {
	return func(context.Context, port.Inbound) port.Reply {
		return port.Reply{Text: view.Say(t...)}
	}
}

// A command reaches the front as it was typed, and one person alone sees its answer.
func TestACommandReachesTheFrontAsItWasTyped(t *testing.T) {
	b := bench(t)
	b.front.command = reply("Looking at ", view.Mono("web-01"), ".")
	r, err := b.slack.Command(t.Context(), "U0ANN", infra, `web-01 --reason "disk < 1 & dead"`)
	b.must(err)
	if r.Status != 200 || r.Text != "Looking at web-01." || r.Message.EphemeralTo != "U0ANN" || r.Warning != "" {
		t.Errorf("%+v", r)
	}
	want := []port.Inbound{{User: "U0ANN", Team: "T0HOME", Channel: infra, Text: `web-01 --reason "disk < 1 & dead"`}}
	ignore := cmpopts.IgnoreFields(port.Inbound{}, "Dedupe", "Reply", "Trigger", "At")
	if d := cmp.Diff(want, b.front.asked(), ignore); d != "" {
		t.Error(d)
	}
	if in := b.front.asked()[0]; in.Reply == "" || in.Trigger == "" || in.At.IsZero() {
		t.Errorf("%+v", in)
	}
}

func TestACommandWithNothingToSayIsAnsweredWithNothing(t *testing.T) {
	b := bench(t)
	r, err := b.slack.Command(t.Context(), "U0ANN", infra, "")
	b.must(err)
	if r.Status != 200 || r.Message != nil {
		t.Errorf("%+v", r)
	}
}

func TestAPressReachesTheFrontWithVerbOperationAndRevision(t *testing.T) {
	b := bench(t)
	b.front.press = reply("Noted.")
	a := b.postCard(aCard())
	b.must(b.slack.Click(t.Context(), "U0BOB", infra, a.TS, "Approve"))
	b.settle()
	want := []port.Inbound{{
		User: "U0BOB", Team: "T0HOME", Channel: infra, Message: a.TS, Verb: "approve", Op: "7K3Q",
		Rev: 12,
	}}
	ignore := cmpopts.IgnoreFields(port.Inbound{}, "Dedupe", "Reply", "Trigger", "At")
	if d := cmp.Diff(want, b.front.asked(), ignore); d != "" {
		t.Error(d)
	}
	if w := b.whispers("U0BOB"); !slices.Equal(w, []string{"Noted."}) {
		t.Errorf("whispers: %q", w)
	}
	if m := b.slack.Messages(infra)[0]; m.Version != 1 {
		t.Errorf("the card was replaced: %+v", m)
	}
}

func TestAPressWithNothingToSayIsAcknowledgedInSilence(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	b.must(b.slack.Click(t.Context(), "U0BOB", infra, a.TS, "Cancel"))
	b.settle()
	if n := len(b.calls("response_url")); n != 0 || b.whispers("U0BOB") != nil {
		t.Errorf("%d uses of the response_url", n)
	}
}

func TestAnOutsidersPressReachesTheFrontUnderTheirOwnTeam(t *testing.T) {
	b := bench(t)
	card := aCard()
	card.Channel = "C0SHARED"
	a := b.postCard(card)
	b.front.press = reply("Not approved: you are of another company.")
	b.must(b.slack.Click(t.Context(), "U0EVE", "C0SHARED", a.TS, "Approve"))
	b.settle()
	if in := b.front.asked(); len(in) != 1 || in[0].Team != "T0OTHER" || in[0].User != "U0EVE" {
		t.Errorf("%+v", in)
	}
	if w := b.whispers("U0EVE"); len(w) != 1 {
		t.Errorf("whispers: %q", w)
	}
}

func TestAForgedButtonIsRefusedInWordsAndNeverReachesTheFront(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	for name, change := range map[string]func(button map[string]any){
		"no value":          func(x map[string]any) { delete(x, "value") },
		"no revision":       func(x map[string]any) { x["value"] = "7K3Q" },
		"another operation": func(x map[string]any) { x["value"] = "8888|12" },
		"another revision":  func(x map[string]any) { x["value"] = "7K3Q|13" },
		"revision zero":     func(x map[string]any) { x["value"], x["block_id"] = "7K3Q|0", "7K3Q.0.act" },
		"a sign":            func(x map[string]any) { x["value"] = "7K3Q|+12" },
		"more":              func(x map[string]any) { x["value"] = "7K3Q|12|approve" },
		"a long id":         func(x map[string]any) { x["value"], x["block_id"] = "7K3QQ|12", "7K3QQ.12.act" },
		"a key":             func(x map[string]any) { x["value"] = "op:{7}:*|12" },
		"huge":              func(x map[string]any) { x["value"] = "7K3Q|" + strings.Repeat("9", 40) },
		"a strange verb":    func(x map[string]any) { x["action_id"] = "approve\n" },
		"an upper verb":     func(x map[string]any) { x["action_id"] = "APPROVE" },
	} {
		t.Run(name, func(t *testing.T) {
			p, err := b.slack.ClickPayload("U0DEE", infra, a.TS, 0, "Approve")
			b.must(err)
			change(p["actions"].([]any)[0].(map[string]any))
			before, counted := len(b.whispers("U0DEE")), b.seen.count("forged_button")
			if status, _ := b.sendPayload(p); status != 200 {
				t.Errorf("status %d", status)
			}
			b.settle()
			w := b.whispers("U0DEE")
			if len(w) != before+1 || !strings.Contains(w[before], "newest card") {
				t.Errorf("whispers: %q", w)
			}
			if b.seen.count("forged_button") != counted+1 {
				t.Error("not counted")
			}
		})
	}
	if n := len(b.front.asked()); n != 0 {
		t.Errorf("%d reached the front", n)
	}
}

func TestAPressOfAnotherAppOrWorkspaceIsTurnedAway(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	for name, change := range map[string]func(p map[string]any){
		"foreign_app":  func(p map[string]any) { p["api_app_id"] = "A0EVIL" },
		"foreign_team": func(p map[string]any) { p["team"] = map[string]any{"id": "T0EVIL"}; delete(p, "message") },
		"malformed":    func(p map[string]any) { p["user"] = "me" },
	} {
		p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
		b.must(err)
		change(p)
		status, _ := b.sendPayload(p)
		if b.seen.count(name) != 1 || status != 403 && name != "malformed" {
			t.Errorf("%s: %d, %v", name, status, b.seen.refused)
		}
	}
	p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
	b.must(err)
	p["message"].(map[string]any)["app_id"] = "A0OTHER"
	if status, _ := b.sendPayload(p); status != 403 {
		t.Errorf("a copied message: %d", status)
	}
	if n := len(b.front.asked()); n != 0 {
		t.Errorf("%d reached the front", n)
	}
}

func TestAMalformedBlockInTheMessageDoesNotLoseThePress(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
	b.must(err)
	p["message"].(map[string]any)["blocks"] = []any{map[string]any{"type": "section", "text": 7, "fields": "x"}, 3}
	if status, _ := b.sendPayload(p); status != 200 || len(b.front.asked()) != 1 {
		t.Errorf("status %d, front %+v", status, b.front.asked())
	}
}

func TestAResponseURLOfAForeignHostGetsNothing(t *testing.T) {
	b := bench(t)
	b.front.press = reply("Noted.")
	a := b.postCard(aCard())
	for _, host := range []string{
		"https://hooks.slack.com.evil.example/x", "https://evil.example/hooks.slack.com", "http://hooks.slack.com/x",
		"https://hooks.slack.com@evil.example/x", "https://user@hooks.slack.com/x", "file:///etc/passwd", "://",
	} {
		p, err := b.slack.ClickPayload("U0BOB", infra, a.TS, 0, "Approve")
		b.must(err)
		p["response_url"] = host
		b.sendPayload(p)
	}
	b.settle()
	for _, in := range b.front.asked() {
		if in.Reply != "" {
			t.Errorf("kept %q", in.Reply)
		}
	}
	if w := b.whispers("U0BOB"); len(w) != 7 {
		t.Errorf("the answers were not whispered instead: %q", w)
	}
	if b.seen.count("response_url") != 7 || strings.Contains(b.logs.String(), "evil.example") {
		t.Errorf("%v %s", b.seen.refused, b.logs)
	}
	if c := b.chat; c.replyURL("https://hooks.slack.com/actions/T/1/x") == "" {
		t.Error("Slack's own is refused")
	}
}

func TestAUsedUpResponseURLIsReplacedByAWhisper(t *testing.T) {
	b := bench(t)
	b.front.press = reply("Noted.")
	a := b.postCard(aCard())
	b.must(b.slack.Switch("response_url:error_500", "1"))
	b.must(b.slack.Click(t.Context(), "U0BOB", infra, a.TS, "Approve"))
	b.settle()
	if w := b.whispers("U0BOB"); !slices.Equal(w, []string{"Noted."}) {
		t.Errorf("%q", w)
	}
}

// aForm has a field of every kind.
func aForm() view.Form {
	return view.Form{
		Verb: "backup", Op: "7K3Q", Rev: 12, Title: "Confirm backup", Submit: "Confirm", Channel: infra,
		Thread: "1800000000.000100",
		Intro:  []view.Text{view.Say("Type the name of the machine.")},
		Fields: []view.Field{
			{
				ID: "backup", Kind: view.FieldChoice, Label: "Backup",
				Options: []view.Option{
					{Value: "image:img-2", Label: "image img-2", Note: "2 h old"},
					{Value: "snap:1", Label: "snapshot 1"},
				},
			},
			{ID: "name", Kind: view.FieldText, Label: "Name", Holder: "web-01", Hint: "letter by letter"},
			{ID: "why", Kind: view.FieldLong, Label: "Why", Optional: true, Value: "line\nline"},
			{ID: "disk", Kind: view.FieldNumber, Label: "GiB", Value: "100"},
			{ID: "image", Kind: view.FieldSearch, Label: "Image"},
		},
	}
}

// openForm has somebody press a button whose answer is the form.
func (b *theBench) openForm(user string, f view.Form) {
	b.t.Helper()
	a := b.postCard(aCard())
	b.front.press = func(ctx context.Context, in port.Inbound) port.Reply {
		if _, _, err := b.chat.OpenForm(ctx, in.Trigger, f); err != nil {
			b.t.Error(err)
		}
		return port.Reply{}
	}
	b.must(b.slack.Click(b.t.Context(), user, infra, a.TS, "Confirm backup"))
}

func TestAFormComesBackWithItsValuesAndWhereItCameFrom(t *testing.T) {
	b := bench(t)
	b.openForm("U0BOB", aForm())
	b.front.suggest = func(in port.Inbound, field, query string) []view.Option {
		if in.Verb != "backup" || in.Op != "7K3Q" || field != "image" {
			t.Errorf("%+v %s", in, field)
		}
		return []view.Option{{Value: "img-ubuntu", Label: "Ubuntu " + query, Note: "public"}}
	}
	r, err := b.slack.Submit(t.Context(), "U0BOB", map[string]string{
		"Backup": "image img-2", "Name": "web-01", "GiB": "120", "image": "img-ubuntu",
	})
	b.must(err)
	if !r.Closed || r.Warning != "" || len(r.Errors) != 0 {
		t.Errorf("%+v", r)
	}
	in := b.front.asked()
	last := in[len(in)-1]
	want := port.Inbound{
		User: "U0BOB", Team: "T0HOME", Channel: infra, Thread: "1800000000.000100", Verb: "backup", Op: "7K3Q", Rev: 12,
		Values: map[string]string{
			"backup": "image:img-2", "name": "web-01", "why": "line\nline", "disk": "120",
			"image": "img-ubuntu",
		},
	}
	if d := cmp.Diff(want, last, cmpopts.IgnoreFields(port.Inbound{}, "Dedupe", "Reply", "Trigger", "At", "View",
		"Hash")); d != "" || last.View == "" || last.Hash == "" {
		t.Errorf("%s %q %q", d, last.View, last.Hash)
	}
}

func TestErrorsStandUnderTheirFieldsAndTheFormStaysOpen(t *testing.T) {
	b := bench(t)
	b.openForm("U0BOB", aForm())
	b.front.submit = func(context.Context, port.Inbound) port.Reply {
		return port.Reply{Errors: map[string]string{"name": "that is not web-01", "nowhere": "lost"}}
	}
	fill := map[string]string{"Backup": "image img-2", "Name": "web-10", "GiB": "120"}
	b.front.suggest = func(port.Inbound, string, string) []view.Option {
		return []view.Option{{Value: "i", Label: "i"}}
	}
	fill["image"] = "i"
	r, err := b.slack.Submit(t.Context(), "U0BOB", fill)
	b.must(err)
	if r.Closed || !maps.Equal(r.Errors, map[string]string{"name": "that is not web-01"}) {
		t.Errorf("%+v", r)
	}
	b.front.submit = func(context.Context, port.Inbound) port.Reply {
		return port.Reply{Errors: map[string]string{"nowhere": "lost"}}
	}
	r, err = b.slack.Submit(t.Context(), "U0BOB", fill)
	b.must(err)
	if r.Closed || !maps.Equal(r.Errors, map[string]string{"backup": "lost"}) {
		t.Errorf("an error of no field: %+v", r)
	}
}

func TestWhatIsSaidOfASubmissionStandsInPlaceOfTheForm(t *testing.T) {
	b := bench(t)
	form := aForm()
	form.Fields = form.Fields[1:2]
	b.openForm("U0BOB", form)
	b.front.submit = reply("Backup not confirmed: Redis is away. Try again in a minute.")
	r, err := b.slack.Submit(t.Context(), "U0BOB", map[string]string{"Name": "web-01"})
	b.must(err)
	open, ok := b.slack.OpenView("U0BOB")
	if r.Warning != "" || !ok || !strings.Contains(b.slack.PlainBlocks(open.Blocks), "Redis is away") ||
		open.Submit != "" {
		t.Errorf("%+v %+v", r, open)
	}
}

func TestEditedPrivateMetadataIsRefused(t *testing.T) {
	b := bench(t)
	state := b.chat.sealState(aForm())
	if _, ok := b.chat.openState(state); !ok {
		t.Fatal("our own is refused")
	}
	other, err := New(Config{Token: "xoxb-other", SigningSecret: "x"})
	b.must(err)
	forged := []string{
		"", "{}", "null", "7", strings.Replace(state, "7K3Q", "8888", 1), strings.Replace(state, `"r":12`, `"r":13`, 1),
		strings.Replace(state, "backup", "cancel", 1), strings.Replace(state, infra, "C0EVIL", 1),
		other.sealState(aForm()),
		strings.Replace(state, "{", `{"x":1,`, 1), state + state, state + strings.Repeat(" ", blockkit.MaxState),
	}
	for _, raw := range forged {
		if s, ok := b.chat.openState(raw); ok {
			t.Errorf("%q is taken: %+v", raw, s)
		}
	}
	view := func(raw string) map[string]any {
		return map[string]any{
			"type": "view_submission", "api_app_id": "A0TWOKEY", "team": map[string]any{"id": "T0HOME"},
			"user": map[string]any{"id": "U0DEE", "team_id": "T0HOME"},
			"view": map[string]any{
				"id": "V1", "callback_id": "backup", "app_id": "A0TWOKEY", "private_metadata": raw,
				"state": map[string]any{},
			},
		}
	}
	status, body := b.sendPayload(view(forged[4]))
	if status != 200 || !strings.Contains(body, "not one of Twokey") || b.seen.count("forged_form") != 1 {
		t.Errorf("%d %s", status, body)
	}
	suggestion := view(forged[4])
	suggestion["type"] = "block_suggestion"
	if _, body := b.sendPayload(suggestion); body != `{"options":[]}` {
		t.Errorf("a suggestion: %s", body)
	}
	if n := len(b.front.asked()); n != 0 {
		t.Errorf("%d reached the front", n)
	}
}

// Type-ahead offers at most a hundred options, and nothing that Slack would refuse.
func TestTypeAheadOffersNothingThatSlackWouldRefuse(t *testing.T) {
	b := bench(t)
	b.openForm("U0BOB", aForm())
	b.front.suggest = func(_ port.Inbound, _, query string) []view.Option {
		if query == "none" {
			return nil
		}
		os := []view.Option{
			{Value: strings.Repeat("v", 151), Label: "cut would be another"},
			{Value: "same", Label: "1"},
			{Value: "same", Label: "2"},
			{Value: "bare"},
			{Label: "no value"},
		}
		for i := range 200 {
			os = append(os, view.Option{
				Value: strings.Repeat("é", 140) + string(rune('一'+i)), Label: strings.Repeat("界", 100),
				Note: strings.Repeat("n", 100),
			})
		}
		return os
	}
	got, err := b.slack.Suggest(t.Context(), "U0BOB", "image", "")
	b.must(err)
	if len(got) != 100 || got[0].Text != "1" || got[1].Text != "bare" || !strings.HasSuffix(got[2].Text, "…") {
		t.Errorf("%d: %+v", len(got), got[:3])
	}
	if got, err = b.slack.Suggest(t.Context(), "U0BOB", "image", "none"); err != nil || len(got) != 0 {
		t.Errorf("%v %v", got, err)
	}
}

func TestAFormThatIsClosedAndKindsOfTomorrowAreAcknowledged(t *testing.T) {
	b := bench(t)
	for _, kind := range []string{"view_closed", "something_new", "block_actions"} {
		p := map[string]any{
			"type": kind, "api_app_id": "A0TWOKEY", "team": map[string]any{"id": "T0HOME"},
			"user": map[string]any{"id": "U0BOB"},
		}
		if status, body := b.sendPayload(p); status != 200 || body != "" {
			t.Errorf("%s: %d %q", kind, status, body)
		}
	}
}
