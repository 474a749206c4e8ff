package screen_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"twokey/bot/chat"
	"twokey/bot/fakeslack"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/form"
	"twokey/commands/view"
)

const infra = "C0INFRA"

var hostile = []string{
	"<!channel>", "<!here|x>", "@here @everyone", "<@U0BOB>", "<#C0INFRA>", "<!subteam^S0ONCALL>",
	"<https://evil.example|Approve>", "https://evil.example/x", "<!date^1^{ago}|now>",
	"*b* _i_ ~s~ `c` ```x```", "> quote", ":boom: :+1: :white_check_mark: Done", "web\u202e10-bew",
	"\u2066a\u2069\u200f\u061c", "\u200b\u2060\ufeff", "web\u200d-01", "\U000e0041",
	"\x00\x1b[31m\x7f", "a\nBackup  turned", "a\r\nb", "\xff\xfe", "z" + strings.Repeat("\u0335", 300),
	strings.Repeat("x", 4000), strings.Repeat("界", 4000), strings.Repeat("\u202e", 500),
	strings.Repeat("\U0001F469\u200d\U0001F692", 1500), "$(reboot)", "`; rm -rf / #", "", "   ", "\u3164", "|",
	"7K3Q|1", "ins-1a2b3c4d", "web-01",
}

// fill puts hostile words into every string that v has, however deep.
func fill(t *rapid.T, v reflect.Value, at time.Time) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(at.Add(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "at")))))
		return
	case !v.CanSet():
		return
	}
	switch v.Kind() {
	case reflect.String:
		s := rapid.SampledFrom(hostile).Draw(t, "words")
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			s = rapid.String().Draw(t, "any words")
		}
		v.SetString(s)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), at)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), at)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 2).Draw(t, "how many")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i), at)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, at)
		fill(t, value, at)
		v.SetMapIndex(key, value)
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "yes"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(0, 9).Draw(t, "number"))
	}
}

// nasty is an operation of which everything that comes from outside is hostile.
func nasty(t *rapid.T, id string, s reinstall.State, at time.Time) reinstall.Operation {
	var op reinstall.Operation
	fill(t, reflect.ValueOf(&op).Elem(), at)
	op.ID, op.State, op.Channel, op.Proposer, op.Batch = id, s, infra, "U0ANN", nil
	op.Plan.Terms.Quorum, op.Plan.Terms.Calendar = nil, model.Calendar{}
	op.Plan.Family = rapid.SampledFrom([]model.OSFamily{model.Linux, model.Windows}).Draw(t, "family")
	op.Plan.Login.Kind = rapid.SampledFrom([]string{
		model.LoginMessageCenter, model.LoginKeepImage, model.LoginKeys,
		model.LoginPassword,
	}).Draw(t, "login")
	op.Fingerprint = op.Plan.Fingerprint()
	if rapid.Bool().Draw(t, "the backup is confirmed") {
		op.Backup.Fingerprint = op.Fingerprint
	}
	for i := range op.Approvals {
		op.Approvals[i].Fingerprint = op.Fingerprint
	}
	if s != reinstall.Proposed || rapid.Bool().Draw(t, "keys were not taken back") {
		op.Recalled = nil
	}
	return op
}

// event is one of those that a thread tells of, with hostile words.
func event(t *rapid.T, at time.Time) reinstall.Event {
	e := rapid.SampledFrom([]reinstall.Event{
		reinstall.Approve{},
		reinstall.ConfirmBackup{},
		reinstall.AskImage{},
		reinstall.ImageStarted{},
		reinstall.ImageReady{},
		reinstall.ImageGone{},
		reinstall.Hold{},
		reinstall.Resume{},
		reinstall.Reject{},
		reinstall.Cancel{},
		reinstall.BreakGlass{},
		reinstall.Remind{},
		reinstall.Escalate{},
		reinstall.Disowned{},
		reinstall.Accepted{},
		reinstall.Arm{},
		reinstall.Waiting{},
		reinstall.AnswerLost{},
		reinstall.StatusChanged{},
		reinstall.BecameSlow{},
		reinstall.CloudUnreachable{},
		reinstall.Reseal{},
		reinstall.Declined{},
		reinstall.ResetFailed{},
		reinstall.NothingSent{},
		reinstall.Resolve{},
	}).Draw(t, "event")
	v := reflect.New(reflect.TypeOf(e)).Elem()
	fill(t, v, at)
	return v.Interface().(reinstall.Event)
}

var (
	angle = regexp.MustCompile(`<[^>]*>?`)
	ours  = regexp.MustCompile(`^<(@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!date\^[0-9]+\^[^<>|]*\|[0-9: -]+UTC)>$`)
	code  = regexp.MustCompile(`:[a-z0-9_+'-]*[a-z_+-][a-z0-9_+'-]*:`)
)

// harmless: nobody is called whom Twokey did not call, nothing is linked or
// turned into a picture, and what is sent can be seen.
func harmless(t *rapid.T, text string, blocks any) {
	for _, tag := range angle.FindAllString(text, -1) {
		if !ours.MatchString(tag) {
			t.Fatalf("markup %s in the text %q", tag, text)
		}
	}
	if bad := code.FindString(angle.ReplaceAllString(text, "")); bad != "" {
		t.Fatalf("%s becomes a picture in %q", bad, text)
	}
	raw, err := json.Marshal(blocks)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	visible(t, text)
	visit(t, tree)
}

func visit(t *rapid.T, v any) {
	switch v := v.(type) {
	case string:
		visible(t, v)
	case []any:
		for _, x := range v {
			visit(t, x)
		}
	case map[string]any:
		switch v["type"] {
		case "mrkdwn", "section", "markdown", "broadcast", "channel", "channel_id":
			t.Fatalf("markup is read in %v", v)
		case "plain_text":
			if v["emoji"] != false {
				t.Fatalf("names of emoji become pictures in %v", v)
			}
		case "link":
			if u, _ := v["url"].(string); !strings.HasPrefix(u, "https://cloud.tencent.com/") {
				t.Fatalf("a link that is not ours: %v", v)
			}
		}
		for _, x := range v {
			visit(t, x)
		}
	}
}

func visible(t *rapid.T, s string) {
	if !utf8.ValidString(s) {
		t.Fatalf("not UTF-8: %q", s)
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) ||
			strings.ContainsRune("\u200b\u2060\ufeff\u3164\U000e0041", r) {
			t.Fatalf("%U is sent in %q", r, s)
		}
	}
}

// opener answers every command with a form.
type opener struct {
	chat *chat.Chat
	form view.Form
	err  error
}

func (o *opener) Command(ctx context.Context, in port.Inbound) port.Reply {
	_, _, o.err = o.chat.OpenForm(ctx, in.Trigger, o.form)
	return port.Reply{}
}

func (o *opener) Press(context.Context, port.Inbound) port.Reply { return port.Reply{} }

func (o *opener) OpenHome(context.Context, string) {}

func (o *opener) AnswerHome(context.Context, string, string, view.Text) {}

func (o *opener) Change(context.Context, port.Inbound) {}

func (o *opener) Shortcut(context.Context, port.Inbound) port.Reply { return port.Reply{} }

func (o *opener) Submit(context.Context, port.Inbound) port.Reply { return port.Reply{} }

func (o *opener) Suggest(context.Context, port.Inbound, string, string) []view.Option {
	return nil
}

// counting counts what was turned away.
type counting map[string]int

func (c counting) Refused(reason string) { c[reason]++ }

func (c counting) Acked(string, time.Duration) {}

func (c counting) Called(string, string) {}

// slackOf is a workspace of its own, and a bot that answers commands with forms.
func slackOf(t *rapid.T) (double *fakeslack.Slack, front *opener, refused counting) {
	double = fakeslack.New(fakeslack.Config{RateScale: 1e6, People: fakeslack.SamplePeople()})
	server := httptest.NewServer(double)
	t.Cleanup(server.Close)
	double.SetURL(server.URL)
	front, refused = &opener{}, counting{}
	c, err := chat.New(chat.Config{
		Token: "xoxb-practice", SigningSecret: "practice-signing-secret", APIURL: server.URL + "/api/", RateScale: 1e6,
		Metrics: refused, Front: front,
	})
	if err != nil {
		t.Fatal(err)
	}
	front.chat = c
	bot := httptest.NewServer(c.Handler())
	t.Cleanup(bot.Close)
	double.SetBot(bot.URL+"/slack/commands", bot.URL+"/slack/interactions")
	return double, front, refused
}

// Whatever a machine, an image, a disk, a tag, a person's reason or the cloud's
// error is called: every card, line, whisper and form that can come of it is
// taken by Slack as it is, and shows it as text.
func TestWhateverAnythingIsCalledEveryPostShowsItAsText(t *testing.T) {
	at := time.Date(2026, 3, 14, 3, 7, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		double, front, refused := slackOf(t)
		c := front.chat
		s := rapid.SampledFrom(reinstall.States).Draw(t, "state")
		op := nasty(t, "7K3Q", s, at)
		currency := rapid.SampledFrom(hostile).Draw(t, "currency")
		card := screen.UnderFreeze(screen.DrawCard([]reinstall.Operation{op}, 3,
			func(string) string { return currency }, at,
			map[string]screen.EarlierResets{op.ID: {Took: []time.Duration{time.Minute}}}),
			&model.Freeze{By: "U0LEA", Why: rapid.SampledFrom(hostile).Draw(t, "freeze"), When: at})
		a, err := c.PostCard(t.Context(), card, "7K3Q.card")
		if err != nil {
			t.Fatal(err)
		}
		both := []reinstall.Operation{op, nasty(t, "7K3R", rapid.SampledFrom(reinstall.States).Draw(t, "another state"),
			at)}
		recs := make([]port.Record, len(both))
		for i := range both {
			both[i].Batch = &reinstall.Batch{Members: []string{"7K3Q", "7K3R"}, Index: i}
			recs[i] = port.Record{Op: both[i], Rev: 4}
		}
		if err := c.UpdateCard(t.Context(), a, screen.DrawCard(port.Ops(recs), 4, func(string) string { return "CNY" },
			at, nil)); err != nil {
			t.Fatal(err)
		}
		e, shift := event(t, at), rapid.IntRange(0, 2).Draw(t, "which third")
		before := nasty(t, "7K3Q", rapid.SampledFrom(reinstall.States).Draw(t, "state before"), at)
		for i, line := range screen.Sentences(before, both[rapid.IntRange(0, 1).Draw(t, "which")], e,
			rapid.SampledFrom(hostile).Draw(t, "why"), at) {
			if len(line) == 0 || i%3 != shift { // every third, so that it does not take minutes
				continue
			}
			post := func() error { return c.PostLine(t.Context(), a, line, fmt.Sprintf("7K3Q.4.%d", i)) }
			if i%2 == 1 {
				post = func() error {
					return c.Whisper(t.Context(), port.PrivateMessage{Channel: infra, Thread: a.TS, User: "U0BOB", Text: line})
				}
			}
			if err := post(); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range slices.Concat(double.Versions(infra, a.TS), double.Thread(infra, a.TS),
			double.Ephemerals("U0BOB")) {
			harmless(t, m.Text, m.Blocks)
		}
		single := both[:1:1]
		for _, f := range []view.Form{
			form.Backup(both, at), form.Image(single[0], "7K3Q", 1), form.Resolve(both, screen.AsWiped, "7K3Q", 1),
			screen.EvidenceForm(both, "7K3Q"), screen.DetailsForm(both, 1, func(string) string { return currency }, at),
		} {
			front.form = f
			if r, err := double.Command(t.Context(), "U0BOB", infra, "x"); err != nil || front.err != nil ||
				r.Warning != "" {
				t.Fatalf("%v %v %s", err, front.err, r.Warning)
			}
			v, _ := double.OpenView("U0BOB")
			harmless(t, "", v.Blocks)
		}
		if len(refused) > 0 {
			t.Fatalf("something was drawn in another way than meant: %v", refused)
		}
	})
}
