package chat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"twokey/bot/fakeslack"
	"twokey/commands/reinstall"
	"twokey/commands/view"
)

func TestACardReadsFromTheTopDown(t *testing.T) {
	b := bench(t)
	a := b.postCard(aCard())
	got := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0])
	at := -1
	for _, want := range []string{
		"web-01", "Waiting for keys", "Nothing happens before", "Machine", "ins-1a2b3c4d", "Becomes", "Warning: the price", "Seen: it is behind",
		"Approval", "owed by one of", "[Approve]", "[Reject]", "[Confirm backup]", "[Cancel]", "asked by", "Proposal 7K3Q, revision 12",
	} {
		i := strings.Index(got, want)
		if i <= at {
			t.Errorf("%q is missing or out of order in:\n%s", want, got)
		}
		at = i
	}
}

func TestACardInHasteHasItsButtonsRightBelowItsLead(t *testing.T) {
	b := bench(t)
	c := aCard()
	c.Haste, c.Buttons = true, []view.Button{{Label: "Hold", Verb: "hold", Style: "primary"}}
	a := b.postCard(c)
	got := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0])
	if hold := strings.Index(got, "[Hold]"); hold < strings.Index(got, "Nothing happens before") || hold > strings.Index(got, "Machine") || strings.Count(got, "[Hold]") != 1 {
		t.Errorf("Hold is not below the lead and above the rest:\n%s", got)
	}
}

func TestEachButtonSaysItsMachineToAScreenReader(t *testing.T) {
	for _, v := range walk(t, Card(aCard())) {
		if v["type"] == "button" {
			if v["accessibility_label"] != v["text"].(map[string]any)["text"].(string)+", web-01" || v["value"] != "7K3Q|12" {
				t.Errorf("%v", v)
			}
		}
	}
}

func TestTwoButtonsOfOneVerbHaveTheirOwnIDAndBothAreRead(t *testing.T) {
	c := aCard()
	c.Buttons = []view.Button{{Label: "Hold", Verb: "hold"}, {Label: "Hold all", Verb: "hold"}}
	blocks := Card(c)
	if err := CheckBlocks(blocks); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"hold", "hold#1"} {
		for _, block := range []string{"7K3Q.12.act", "7K3Q.12.0a1b2c3d.act"} { // the first as an earlier version drew it
			if verb, op, rev, ok := ReadButton(id, "7K3Q|12", block); !ok || verb != "hold" || op != "7K3Q" || rev != 12 {
				t.Errorf("%s: %s %s %d", id, verb, op, rev)
			}
		}
	}
}

func TestEveryChangeOfACardHasNewBlockIDsAndNoOtherHas(t *testing.T) {
	ids := func(c view.Card) (out []string) {
		for _, v := range walk(t, Card(c)) {
			if id, ok := v["block_id"].(string); ok {
				out = append(out, id)
			}
		}
		return out
	}
	before := ids(aCard())
	if again := ids(aCard()); !slices.Equal(before, again) || len(before) < 5 {
		t.Fatalf("the same card has other ids: %v, %v", before, again)
	}
	frozen := aCard() // the revision stays
	frozen.Findings = append(frozen.Findings, reinstall.Say("Frozen"))
	for _, id := range ids(frozen) {
		if slices.Contains(before, id) {
			t.Errorf("%s stays when the card changes", id)
		}
	}
}

// hostile are texts that somebody might call a machine.
var hostile = []string{
	"<!channel> now", "@here @channel @everyone", "<@U0BOB>", "<!subteam^S0ONCALL>", "*bold* _it_ ~no~ `code`", "```\nblock\n```",
	"> quote", "<https://evil.example|Approve>", "https://evil.example/", ":white_check_mark: Done", "web\u202e10-bew", "\u2066a\u2069\u200f\u200e",
	"\x00\x1b[31m\x7f", "a\nBackup  turned\nApproval", "a\r\nb\tc", strings.Repeat("界", 4000), strings.Repeat("x", 4000),
	strings.Repeat("\U0001F469\u200d\U0001F692", 2000), strings.Repeat("\u202e", 4000), "&lt;!channel&gt;", "\xff\xfe", "", "   ", "\u200b", "{{.Token}}", "{date}",
}

func TestHostileTextIsShownAsTextEverywhere(t *testing.T) {
	for i, h := range hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			b := bench(t)
			c := aCard()
			c.Title, c.Summary = h, reinstall.Say(h)
			c.Lead, c.Foot = reinstall.Say("Wiped: ", h), reinstall.Say(h)
			c.Facts = []view.Row{{Label: "Reason", Value: reinstall.Say(h)}, {Label: h, Value: reinstall.Say(reinstall.Mono(h), reinstall.Strong(h))}}
			c.Findings, c.Keys, c.Around = []reinstall.Text{reinstall.Say(h)}, c.Facts, []reinstall.Text{reinstall.Say(h)}
			c.Status.Word = h
			a := b.postCard(c)
			b.must(b.chat.PostLine(t.Context(), a, reinstall.Say("Rejected: ", h), "7K3Q.13.0"))
			b.must(b.chat.Whisper(t.Context(), infra, "", "U0BOB", reinstall.Say(h, reinstall.Span{Kind: reinstall.User, Text: h}, reinstall.Span{Kind: reinstall.Group, Text: h}, reinstall.Address(h), reinstall.Emoji(h))))
			b.desk.command = reply(h)
			r, err := b.slack.Command(t.Context(), "U0ANN", infra, "x")
			b.must(err)
			if r.Warning != "" {
				t.Error(r.Warning)
			}
			if b.seen.count("own_blocks") != 0 {
				t.Errorf("the check failed: %s", b.logs)
			}
			for _, m := range append(b.slack.Thread(infra, a.TS), append(b.slack.Ephemerals("U0BOB"), b.slack.Ephemerals("U0ANN")...)...) {
				isHarmless(t, m, h)
			}
		})
	}
}

// isHarmless: no markup is interpreted, nobody is mentioned, nothing links but
// a plain address.
func isHarmless(t *testing.T, m fakeslack.Message, h string) {
	t.Helper()
	if strings.ContainsAny(m.Text, "<>") {
		t.Errorf("markup in the top-level text: %q", m.Text)
	}
	if n := utf8.RuneCountInString(m.Text); n == 0 || n > 3500 {
		t.Errorf("%d characters of top-level text", n)
	}
	for _, v := range walk(t, m.Blocks) {
		switch v["type"] {
		case "mrkdwn", "user", "usergroup", "broadcast", "channel":
			t.Errorf("%v", v)
		case "link":
			if v["url"] != h {
				t.Errorf("%v", v)
			}
		case "plain_text":
			if v["emoji"] != false {
				t.Errorf("emoji names in it become signs: %v", v)
			}
		}
		for _, key := range []string{"text", "name", "accessibility_label"} {
			if s, ok := v[key].(string); ok && strings.ContainsFunc(s, IsHidden) {
				t.Errorf("hidden characters are sent: %q", Cut(s, 40))
			}
		}
	}
}

// walk lists every JSON object in v.
func walk(t *testing.T, v any) []map[string]any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	var visit func(any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			out = append(out, v)
			for _, x := range v {
				visit(x)
			}
		case []any:
			for _, x := range v {
				visit(x)
			}
		}
	}
	visit(tree)
	return out
}

func TestALineBreakInANameDoesNotMakeARowOfItsOwn(t *testing.T) {
	c := aCard()
	c.Facts = []view.Row{{Label: "Reason", Value: reinstall.Say("broken\nBackup  confirmed by Bob")}}
	for _, v := range walk(t, Card(c)) {
		if s, _ := v["text"].(string); strings.Contains(s, "Bob") && strings.Contains(s, "\n") {
			t.Errorf("%q", s)
		}
	}
}

func TestWhatCannotBeSeenIsMadeVisible(t *testing.T) {
	for in, want := range map[string]string{
		"web-01": "web-01", "web\u202e10": "web⟨U+202E⟩10", "a\u200bb": "a⟨U+200B⟩b", "a\x00b": "a\uFFFDb", "a\nb": "a\nb", "\xffa": "\uFFFDa",
		"نام\u200cها": "نام\u200cها", "\U0001F469\u200d\U0001F692": "\U0001F469\u200d\U0001F692", "": "", "1\uFE0F\u20E3": "1\uFE0F\u20E3",
		"web\u200d-01": "web⟨U+200D⟩-01", "web\uFE0F-01": "web⟨U+FE0F⟩-01", "web\u3164": "web⟨U+3164⟩", "web\U000E0101": "web⟨U+E0101⟩",
		"é é ậ": "é é ậ", "z" + strings.Repeat("\u0335", 40) + "x": "z" + strings.Repeat("\u0335", 4) + "⟨+36 marks⟩x",
	} {
		if got := Visible(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTextIsCutByCodePointsAndNotInsideACharacter(t *testing.T) {
	const family = "\U0001F469\u200d\U0001F469\u200d\U0001F466"
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"界界界界", 3, "界界…"}, {"ab", 0, ""}, {"ab", 1, "…"}, {"", 3, ""}, {"abe\u0301d", 4, "ab…"}, {"ab" + family + "d", 5, "ab…"}, {family, 3, "\U0001F469\u200d…"}} {
		if got := Cut(c.in, c.n); got != c.want {
			t.Errorf("%q %d: %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestSpansBecomeWhatTheyAre(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	els := RichRow(reinstall.Say("plain ", reinstall.Strong("bold"), reinstall.Mono("code"), reinstall.Who("U0BOB"), reinstall.Everyone("S0ONCALL"),
		reinstall.At(at), reinstall.Address("https://example.com/x"), reinstall.Emoji("key"), reinstall.At(time.Time{})), 1000)
	raw, err := json.Marshal(els)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"type":"text","text":"plain "},{"type":"text","text":"bold","style":{"bold":true}},{"type":"text","text":"code","style":{"code":true}},` +
		`{"type":"user","user_id":"U0BOB"},{"type":"usergroup","usergroup_id":"S0ONCALL"},` +
		`{"type":"date","timestamp":1795435200,"format":"{date_short_pretty} {time_secs}","fallback":"2026-11-23 12:00:00 UTC"},` +
		`{"type":"link","url":"https://example.com/x"},{"type":"emoji","name":"key"},{"type":"text","text":"at an unknown time"}]`
	if string(raw) != want {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
}

func TestTheTopLevelTextNamesPeopleAndMoments(t *testing.T) {
	at := time.Unix(1800000000, 0)
	got := TopLevelText(reinstall.Say(reinstall.Emoji("key"), " Approved by ", reinstall.Who("U0BOB"), " at ", reinstall.At(at), ": ", reinstall.Strong("<!channel> & co")))
	want := "Approved by <@U0BOB> at <!date^1800000000^{date_short_pretty} {time_secs}|" + TimeWords(at) + ">: &lt;!channel&gt; &amp; co"
	if got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestNamesOfEmojiStayWordsInANotification(t *testing.T) {
	got := TopLevelText(reinstall.Say(":boom: at 03:10:33 :+1: fe80::1"))
	if split := TopLevelText(reinstall.Say(":a", ": waiting, ", reinstall.Who("U0BOB"), ":b", reinstall.Strong(":"))); split != "\uA789a\uA789 waiting, <@U0BOB>\uA789b\uA789" {
		t.Errorf("of two spans: %q", split)
	}
	if strings.Contains(got, ":boom:") || strings.Contains(got, ":+1:") || !strings.Contains(got, "boom") || !strings.Contains(got, "03:10:33") || !strings.Contains(got, "fe80::1") {
		t.Errorf("%q", got)
	}
}

func TestShouldACardEverFailTheCheckABareOneIsPosted(t *testing.T) {
	b := bench(t)
	c := aCard()
	c.Buttons = []view.Button{{Label: "Approve", Verb: strings.Repeat("v", 300)}}
	a := b.postCard(c)
	if p := b.slack.PlainText(b.slack.Thread(infra, a.TS)[0]); !strings.Contains(p, "web-01") || !strings.Contains(p, "/reinstall show 7K3Q") {
		t.Error(p)
	}
	if b.seen.count("own_blocks") != 1 || !strings.Contains(b.logs.String(), "action_id") {
		t.Errorf("not told: %s", b.logs)
	}
	f := aForm()
	f.Fields = append(f.Fields, f.Fields[0])
	b.openForm("U0BOB", f)
	if v, ok := b.slack.OpenView("U0BOB"); !ok || !strings.Contains(b.slack.PlainBlocks(v.Blocks), "/reinstall help") {
		t.Errorf("%+v", v)
	}
}

func TestTheCheckCatchesWhatSlackRefuses(t *testing.T) {
	long := strings.Repeat("x", 4000)
	raw := func(s string) *slack.TextBlockObject { return &slack.TextBlockObject{Type: "plain_text", Text: s} }
	section := func(es ...slack.RichTextSectionElement) slack.Block {
		return slack.NewRichTextBlock("", slack.NewRichTextSection(es...))
	}
	button := func(change func(*slack.ButtonBlockElement)) slack.Block {
		k := slack.NewButtonBlockElement("a", "v", raw("L"))
		k.AccessibilityLabel = "L"
		change(k)
		return slack.NewActionBlock("", k)
	}
	many := make([]slack.Block, 51)
	for i := range many {
		many[i] = slack.NewDividerBlock()
	}
	for name, blocks := range map[string][]slack.Block{
		"none":            {},
		"51":              many,
		"long header":     {&slack.HeaderBlock{Type: slack.MBTHeader, Text: raw(strings.Repeat("x", 151))}},
		"empty header":    {&slack.HeaderBlock{Type: slack.MBTHeader, Text: raw("")}},
		"mrkdwn header":   {&slack.HeaderBlock{Type: slack.MBTHeader, Text: &slack.TextBlockObject{Type: "mrkdwn", Text: "x"}}},
		"two ids":         {slack.NewContextBlock("a", raw("x")), slack.NewContextBlock("a", raw("x"))},
		"long id":         {slack.NewContextBlock(long, raw("x"))},
		"long context":    {slack.NewContextBlock("", raw(long))},
		"empty context":   {slack.NewContextBlock("")},
		"long text":       {section(slack.NewRichTextSectionTextElement(long, nil))},
		"empty text":      {section(slack.NewRichTextSectionTextElement("", nil))},
		"a strange user":  {section(slack.NewRichTextSectionUserElement("bob", nil))},
		"a strange group": {section(slack.NewRichTextSectionUserGroupElement("oncall"))},
		"no sections":     {slack.NewRichTextBlock("")},
		"long button":     {button(func(k *slack.ButtonBlockElement) { k.Text = raw(strings.Repeat("x", 76)) })},
		"long value":      {button(func(k *slack.ButtonBlockElement) { k.Value = long })},
		"strange style":   {button(func(k *slack.ButtonBlockElement) { k.Style = "success" })},
		"long label":      {button(func(k *slack.ButtonBlockElement) { k.AccessibilityLabel = strings.Repeat("x", 76) })},
		"no actions":      {slack.NewActionBlock("")},
		"an input":        {slack.NewInputBlock("i", raw("L"), nil, slack.NewPlainTextInputBlockElement(nil, "i"))},
		"another kind":    {slack.NewSectionBlock(raw("x"), nil, nil)},
		"too many bytes":  {section(RichRow(reinstall.Say(strings.Repeat("x", 9000)), 9000)...), section(RichRow(reinstall.Say(strings.Repeat("界", 1900)), 9000)...)},
		"too much in all": {section(RichRow(reinstall.Say(strings.Repeat("x", 10000)), 10000)...), section(RichRow(reinstall.Say(strings.Repeat("x", 10000)), 10000)...)},
	} {
		if err := CheckBlocks(blocks); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// Generators of everything that commands might draw.

func words(t *rapid.T, label string) string {
	if rapid.Bool().Draw(t, label+" hostile") {
		return hostile[rapid.IntRange(0, len(hostile)-1).Draw(t, label)]
	}
	return rapid.String().Draw(t, label)
}

func anyText(t *rapid.T, label string) reinstall.Text {
	var out reinstall.Text
	for range rapid.IntRange(0, 12).Draw(t, label+" spans") {
		kind := rapid.SampledFrom([]reinstall.SpanKind{reinstall.Plain, reinstall.Bold, reinstall.Code, reinstall.User, reinstall.Group, reinstall.Time, reinstall.Clock, reinstall.Link, reinstall.Sign, "?"}).Draw(t, label+" kind")
		s := reinstall.Span{Kind: kind, Text: words(t, label)}
		if rapid.Bool().Draw(t, label+" sound") {
			switch kind {
			case reinstall.User:
				s.Text = "U0BOB"
			case reinstall.Group:
				s.Text = "S0ONCALL"
			case reinstall.Link:
				s.Text = "https://example.com/" + strings.Repeat("x", rapid.IntRange(0, 4000).Draw(t, "path"))
			case reinstall.Sign:
				s.Text = "key"
			case reinstall.Time, reinstall.Clock:
				s.At = time.Unix(rapid.Int64Range(-1e13, 1e13).Draw(t, "at"), 0)
			}
		}
		out = append(out, s)
	}
	return out
}

func anyRows(t *rapid.T, label string) []view.Row {
	var out []view.Row
	for range rapid.IntRange(0, 20).Draw(t, label) {
		out = append(out, view.Row{Label: words(t, label), Value: anyText(t, label)})
	}
	return out
}

func anyCard(t *rapid.T) view.Card {
	c := view.Card{
		ID: rapid.StringMatching(`[0-9A-HJKMNP-TV-Z]{4}`).Draw(t, "id"), Rev: rapid.Int64Range(1, 1e18-1).Draw(t, "rev"), Channel: infra,
		Title: words(t, "title"), Status: view.Status{Emoji: words(t, "emoji"), Word: words(t, "word")}, Lead: anyText(t, "lead"),
		Facts: anyRows(t, "facts"), Keys: anyRows(t, "keys"), Foot: anyText(t, "foot"), Summary: anyText(t, "summary"),
	}
	for range rapid.IntRange(0, 5).Draw(t, "progress") {
		c.Progress, c.Changed = append(c.Progress, anyText(t, "stage")), append(c.Changed, anyText(t, "change"))
	}
	for range rapid.IntRange(0, 14).Draw(t, "findings") {
		c.Findings = append(c.Findings, anyText(t, "finding"))
	}
	if rapid.Bool().Draw(t, "of several machines") {
		c.Machines = anyRows(t, "machines")
	}
	for range rapid.IntRange(0, 14).Draw(t, "around") {
		c.Around = append(c.Around, anyText(t, "around"))
	}
	for range rapid.IntRange(0, 30).Draw(t, "buttons") {
		c.Buttons = append(c.Buttons, view.Button{
			Label: words(t, "label"), Verb: rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "verb"), Style: rapid.SampledFrom([]string{"", "primary", "danger", "green"}).Draw(t, "style"),
		})
	}
	return c
}

func TestTheFullestCardIsDrawnWhole(t *testing.T) {
	long := strings.Repeat("w", 5000)
	rows, lines := []view.Row{}, []reinstall.Text{}
	for range 20 {
		rows, lines = append(rows, view.Row{Label: long, Value: reinstall.Say(long)}), append(lines, reinstall.Say(long))
	}
	c := aCard()
	c.Title, c.Lead, c.Foot, c.Status.Word = long, reinstall.Say(long), reinstall.Say(long), long
	c.Facts, c.Keys, c.Findings, c.Around, c.Progress, c.Changed = rows, rows, lines, lines, lines, lines
	for range 7 {
		c.Buttons = append(c.Buttons, view.Button{Label: long, Verb: "cancel"})
	}
	for what, machines := range map[string][]view.Row{"one machine": nil, "twenty machines": rows} {
		c.Machines = machines
		if err := CheckBlocks(Card(c)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Of twenty machines each has its row, whatever else is left out.
func TestACardOfTwentyMachinesHasARowForEach(t *testing.T) {
	c := aCard()
	for i := range reinstall.MostInBatch {
		c.Machines = append(c.Machines, view.Row{Label: fmt.Sprintf("web-%02d", i+1), Value: reinstall.Say("Waiting for keys")})
	}
	drawn, err := json.Marshal(Card(c))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Machines {
		if !strings.Contains(string(drawn), m.Label) {
			t.Errorf("%s has no row", m.Label)
		}
	}
}

func TestEveryCardIsDrawnWithinSlacksLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCard(t)
		blocks := Card(c)
		if err := CheckBlocks(blocks); err != nil {
			t.Fatalf("%+v\n%v", c, err)
		}
		if bad := fakeslack.CheckBlocks(blocks); len(bad) > 0 {
			t.Fatalf("the double refuses what the check lets through: %v", bad)
		}
		if bad := fakeslack.CheckBlocks(ReducedCard(c)); len(bad) > 0 {
			t.Fatalf("the bare card: %v", bad)
		}
		for _, block := range blocks {
			if a, ok := block.(*slack.ActionBlock); ok {
				for _, e := range a.Elements.ElementSet {
					k := e.(*slack.ButtonBlockElement)
					if _, op, rev, ok := ReadButton(k.ActionID, k.Value, a.BlockID); !ok || op != c.ID || rev != c.Rev {
						t.Fatalf("a button that is not read again: %+v", k)
					}
				}
			}
		}
	})
}

func TestEveryTextIsDrawnWithinSlacksLimits(t *testing.T) {
	chat, err := New(Config{Token: "xoxb-1", SigningSecret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := anyText(t, "text")
		d := chat.drawText(text, MaxLine)
		blocks, top, alone := d[0].Blocks, d[0].Text, d[1].Text
		if bad := fakeslack.CheckBlocks(blocks); len(bad) > 0 || CheckBlocks(blocks) != nil {
			t.Fatalf("%v %v", bad, CheckBlocks(blocks))
		}
		for _, words := range []string{top, alone} {
			if n := utf8.RuneCountInString(words); n == 0 || n > 12000 {
				t.Fatalf("%d characters of top-level text", n)
			}
		}
		if bad := fakeslack.CheckView(NoticeModal("Twokey", text)); len(bad) > 0 {
			t.Fatal(bad)
		}
	})
}

func anyForm(t *rapid.T) view.Form {
	f := view.Form{
		Verb: rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "verb"), Op: rapid.SampledFrom([]string{"", "7K3Q"}).Draw(t, "op"), Rev: rapid.Int64Range(0, 1e9).Draw(t, "rev"),
		Title: words(t, "title"), Submit: words(t, "submit"), Channel: infra, Thread: "1800000000.000100",
	}
	for range rapid.IntRange(0, 3).Draw(t, "intro") {
		f.Intro = append(f.Intro, anyText(t, "intro"))
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "fields") {
		field := view.Field{
			ID: fmt.Sprintf("field%d", i), Label: words(t, "label"), Hint: words(t, "hint"), Holder: words(t, "holder"), Value: words(t, "value"), Optional: rapid.Bool().Draw(t, "optional"),
			Kind: rapid.SampledFrom([]view.FieldKind{view.FieldText, view.FieldLong, view.FieldNumber, view.FieldChoice, view.FieldSearch}).Draw(t, "kind"),
		}
		for range rapid.IntRange(0, 5).Draw(t, "options") {
			field.Options = append(field.Options, view.Option{Value: words(t, "option"), Label: words(t, "option label"), Note: words(t, "note")})
		}
		if len(field.Options) > 0 && rapid.Bool().Draw(t, "chosen") {
			field.Value = field.Options[0].Value
		}
		f.Fields = append(f.Fields, field)
	}
	return f
}

func TestEveryFormIsDrawnWithinSlacksLimits(t *testing.T) {
	chat, err := New(Config{Token: "xoxb-1", SigningSecret: "s"})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		f := anyForm(t)
		v := Modal(f, chat.sealState(f))
		if err := CheckModal(v); err != nil {
			t.Fatalf("%+v\n%v", f, err)
		}
		if bad := fakeslack.CheckView(v); len(bad) > 0 {
			t.Fatalf("the double refuses what the check lets through: %v", bad)
		}
		if s, ok := chat.openState(v.PrivateMetadata); !ok || s.Verb != f.Verb || s.Op != f.Op || s.Rev != f.Rev || s.Channel != infra {
			t.Fatalf("the state does not come back: %+v", s)
		}
	})
}
