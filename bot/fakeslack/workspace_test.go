package fakeslack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"twokey/bot/fakeslack"
)

// A world is a workspace with a small bot in it, which is written on slack-go:
// a client that knows nothing of the double.
type world struct {
	*fakeslack.Slack
	t      *testing.T
	ctx    context.Context
	api    *slack.Client
	bot    *httptest.Server
	origin string // the double's own

	mu      sync.Mutex
	command func(slack.SlashCommand) any // what to answer; nil: an empty ack
	act     func(slack.InteractionCallback) any
	seen    []slack.InteractionCallback
	refused int // requests whose signature did not hold
}

func newWorld(t *testing.T, change ...func(*fakeslack.Config)) *world {
	t.Helper()
	cfg := fakeslack.Config{
		SigningSecret: "s3cret", BotToken: "xoxb-test", AppToken: "xapp-test",
		Usage: "<machine> [--image ID] [--reason TEXT]",
	}
	for _, c := range change {
		c(&cfg)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute) // some of it waits for a browser
	w := &world{Slack: fakeslack.New(cfg), t: t, ctx: ctx}
	w.bot = httptest.NewServer(w)
	origin, stop, err := w.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); w.bot.Close(); stop() })
	w.origin = origin
	w.SetBot(w.bot.URL+"/slack/commands", w.bot.URL+"/slack/interactions")
	w.api = slack.New(
		cfg.BotToken, slack.OptionAPIURL(origin+"/api/"), slack.OptionAppLevelToken(cfg.AppToken),
		slack.OptionHTTPClient(lenient{}),
	)
	return w
}

// lenient makes an object of the list that stands for no values: slack-go cannot
// read it (slack-go issue 943).
type lenient struct{}

func (lenient) Do(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(readable(body)))
	return resp, err
}

// readable is a body for slack-go, in JSON or in a form.
func readable(body []byte) []byte {
	for _, spelt := range []func(string) string{url.QueryEscape, strings.Clone} {
		body = bytes.ReplaceAll(body, []byte(spelt(`"values":[]`)), []byte(spelt(`"values":{}`)))
	}
	return body
}

// ServeHTTP is the bot: it verifies the signature, then answers.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	verifier, verr := slack.NewSecretsVerifier(r.Header, "s3cret")
	if err == nil && verr == nil {
		_, _ = verifier.Write(body)
		verr = verifier.Ensure()
	}
	if err != nil || verr != nil {
		w.mu.Lock()
		w.refused++
		w.mu.Unlock()
		http.Error(rw, "bad signature", http.StatusUnauthorized)
		return
	}
	body = readable(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var answer any
	if strings.HasSuffix(r.URL.Path, "commands") {
		answer = w.onCommand(r)
	} else {
		answer = w.onInteraction(r)
	}
	if status, ok := answer.(int); ok {
		rw.WriteHeader(status)
	} else if answer != nil {
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(answer)
	}
}

func (w *world) onCommand(r *http.Request) any {
	c, err := slack.SlashCommandParse(r)
	if err != nil {
		return http.StatusBadRequest
	}
	w.mu.Lock()
	f := w.command
	w.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(c)
}

func (w *world) onInteraction(r *http.Request) any {
	c, err := slack.InteractionCallbackParse(r)
	if err != nil {
		return http.StatusBadRequest
	}
	w.mu.Lock()
	w.seen = append(w.seen, c)
	f := w.act
	w.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(c)
}

// onAct and onRun set the bot's behaviour.
func (w *world) onAct(f func(slack.InteractionCallback) any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.act = f
}

func (w *world) onRun(f func(slack.SlashCommand) any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.command = f
}

func (w *world) interactions() []slack.InteractionCallback {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]slack.InteractionCallback{}, w.seen...)
}

// post posts as the bot and must succeed.
func (w *world) post(channel string, options ...slack.MsgOption) string {
	w.t.Helper()
	_, ts, err := w.api.PostMessageContext(w.ctx, channel, options...)
	if err != nil {
		w.t.Fatalf("posting: %v", err)
	}
	return ts
}

// refusedAs asserts the code of an API error.
func refusedAs(t *testing.T, err error, code string) slack.SlackErrorResponse {
	t.Helper()
	var got slack.SlackErrorResponse
	if err == nil || !strings.Contains(err.Error(), code) {
		t.Fatalf("got %v, want a refusal %s", err, code)
	}
	if e, ok := err.(slack.SlackErrorResponse); ok {
		got = e
	}
	return got
}

func md(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("mrkdwn", s, false, false) }

func pt(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", s, false, false)
}

func button(action, label string, style slack.Style) *slack.ButtonBlockElement {
	b := slack.NewButtonBlockElement(action, "op-7K3Q", pt(label))
	b.Style = style
	return b
}

// card is a rich message such as a bot for reinstalling would post.
func card(revision int) []slack.Block {
	confirm := slack.NewConfirmationBlockObject(
		pt("Approve this wipe?"), md("*web-01* will be erased."), pt("Approve"), pt("Not yet"),
	)
	confirm.Style = slack.StyleDanger
	approve := button("approve", "Approve", slack.StylePrimary)
	approve.Confirm = confirm
	state := slack.RichTextSection{Type: slack.RTESection, Elements: []slack.RichTextSectionElement{
		slack.NewRichTextSectionTextElement("Reason: ", &slack.RichTextSectionTextStyle{Bold: true}),
		slack.NewRichTextSectionTextElement("disk is read-only since 02:40 <!channel> *not bold*", nil),
		slack.NewRichTextSectionTextElement("\nAsked by ", nil),
		slack.NewRichTextSectionUserElement("U0ANN", nil),
	}}
	keys := slack.NewRichTextList(slack.RTEListBullet, 0,
		slack.RichTextSection{
			Type: slack.RTESection,
			Elements: []slack.RichTextSectionElement{
				slack.NewRichTextSectionTextElement("approval by one of ", nil),
				slack.NewRichTextSectionUserGroupElement("S0ONCALL"),
			},
		},
		slack.RichTextSection{
			Type:     slack.RTESection,
			Elements: []slack.RichTextSectionElement{slack.NewRichTextSectionTextElement("a proven backup", nil)},
		})
	table := slack.NewTableBlock("").WithColumnSettings(
		slack.ColumnSetting{Align: slack.ColumnAlignmentLeft}, slack.ColumnSetting{Align: slack.ColumnAlignmentRight},
		slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true},
	)
	row := func(name string, size float64, unit, fate string) {
		table.AddRow(
			slack.NewTableRawTextCell(name), slack.NewTableRawNumberCell(size).WithText(unit),
			slack.NewTableRawTextCell(fate),
		)
	}
	row("Disk", 0, "Size", "Afterwards")
	row("disk-sys1 (system)", 50, "50 GiB", "erased")
	row("disk-data1", 200, "200 GiB", "kept, mount it again")
	return []slack.Block{
		slack.NewHeaderBlock(slack.NewTextBlockObject("plain_text", "web-01 will be wiped :warning:", true, false)),
		slack.NewSectionBlock(md(
			"Reinstall *web-01* (`ins-1a2b3c4d`) with *Debian 13* for <@U0ANN>. Needs <!subteam^S0ONCALL>.\nStarts "+
				"<!date^1795435200^{date_short_pretty} {time_secs}|2026-11-23 12:00 UTC> · "+
				"<https://example.com/plan|the plan>",
		),
			[]*slack.TextBlockObject{
				md("*Lost*\nsystem disk, 50 GiB"), md("*Stays*\npublic IP, 2 data disks"),
				md("*Backup*\nimg-backup1, 2 h old"),
				md("*Costs*\n+0.12 CNY/h"),
			}, nil),
		slack.NewDividerBlock(),
		slack.NewRichTextBlock("", state, keys),
		table,
		slack.NewContextBlock(
			"", md("Operation `7K3Q` · revision "+fmt.Sprint(revision)+" · in <#C0INFRA>"), pt("No *bold* here <b>"),
		),
		slack.NewActionBlock(fmt.Sprintf("keys-%d", revision), approve, button("reject", "Reject", slack.StyleDanger),
			button("backup", "Confirm backup", ""), button("image", "Make backup image", ""),
			button("cancel", "Cancel", "")),
	}
}

// form is a modal with every kind of field that a bot for reinstalling uses.
func form() slack.ModalViewRequest {
	opt := func(value, label string) *slack.OptionBlockObject {
		return slack.NewOptionBlockObject(value, pt(label), nil)
	}
	instance := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, pt("Name, id or private IP"), "instance")
	one := 1
	instance.MinQueryLength = &one
	login := slack.NewRadioButtonsBlockElement(
		"login", opt("message-center", "Message Center"), opt("keep-image", "Keep the image's"), opt("key", "Key pair"),
	)
	login.InitialOption = login.Options[0]
	reason := slack.NewPlainTextInputBlockElement(pt("What is broken?"), "reason")
	reason.Multiline, reason.MaxLength = true, 200
	disk := slack.NewNumberInputBlockElement(nil, "disk", false)
	disk.MinValue, disk.MaxValue, disk.InitialValue = "20", "500", "50"
	host := slack.NewInputBlock(
		"host", pt("Host name"), pt("Left empty, it stays as it is."), slack.NewPlainTextInputBlockElement(nil, "host"),
	)
	host.Optional = true
	image := slack.NewOptionsSelectBlockElement(
		slack.OptTypeStatic, pt("Choose an image"), "image", opt("img-debian13", "Debian 13"),
		opt("img-ubuntu26", "Ubuntu 26.04"),
	)
	alert := slack.NewAlertBlock(
		md("The system disk is *erased*. Data disks stay."), slack.AlertBlockOptionLevel(slack.AlertLevelWarning),
	)
	checks := slack.NewInputBlock(
		"sure", pt("Before you go on"), nil,
		slack.NewCheckboxGroupsBlockElement("sure", opt("seen", "I looked at its traffic")),
	)
	checks.Optional = true
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: pt("Reinstall a machine"), Submit: pt("Propose"), Close: pt("Cancel"),
		CallbackID: "propose", PrivateMetadata: "C0INFRA",
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			alert,
			slack.NewInputBlock("instance", pt("Machine"), nil, instance),
			slack.NewInputBlock("image", pt("Image"), nil, image),
			slack.NewInputBlock("disk", pt("System disk, GiB"), nil, disk),
			slack.NewInputBlock("login", pt("Login"), nil, login),
			host,
			slack.NewInputBlock("reason", pt("Reason"), nil, reason),
			checks,
		}},
	}
}

// machines answers type-ahead.
func machines(query string) any {
	var out []*slack.OptionBlockObject
	for _, m := range [][2]string{{"ins-1a2b3c4d", "web-01"}, {"ins-1a2b3c4e", "web-02"}, {"ins-9z9z9z9z", "db-01"}} {
		if strings.Contains(m[0]+m[1], query) {
			out = append(out, slack.NewOptionBlockObject(m[0], pt(m[1]), pt(m[0]+" · 10.0.0.4 · Guangzhou")))
		}
	}
	return slack.OptionsResponse{Options: out}
}
