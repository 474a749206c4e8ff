package blockkit

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"twokey/bot/fakeslack"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

func TestSpansBecomeWhatTheyAre(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	els := RichRow(view.Say("plain ", view.Strong("bold"), view.Mono("code"), view.Who("U0BOB"),
		view.Everyone("S0ONCALL"),
		view.At(at), view.Address("https://example.com/x"), view.Emoji("key"), view.At(time.Time{})), 1000)
	raw, err := json.Marshal(els)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"type":"text","text":"plain ` +
		`"},{"type":"text","text":"bold","style":{"bold":true}},{"type":"text","text":"code","style":{"code":true}},` +
		`{"type":"user","user_id":"U0BOB"},{"type":"usergroup","usergroup_id":"S0ONCALL"},` +
		`{"type":"date","timestamp":1795435200,"format":"{date_short_pretty} {time_secs}","fallback":"2026-11-23 ` +
		`12:00:00 UTC"},` +
		`{"type":"link","url":"https://example.com/x"},{"type":"emoji","name":"key"},{"type":"text","text":"at an ` +
		`unknown time"}]`
	if string(raw) != want {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
}

func TestTheTopLevelTextNamesPeopleAndMoments(t *testing.T) {
	at := time.Unix(1800000000, 0)
	got := TopLevelText(view.Say(view.Emoji("key"), " Approved by ", view.Who("U0BOB"), " at ",
		view.At(at), ": ", view.Strong("<!channel> & co")))
	want := "Approved by <@U0BOB> at <!date^1800000000^{date_short_pretty} {time_secs}|" + model.FormatTime(at) +
		">: &lt;!channel&gt; &amp; co"
	if got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestNamesOfEmojiStayWordsInANotification(t *testing.T) {
	got := TopLevelText(view.Say(":boom: at 03:10:33 :+1: fe80::1"))
	if split := TopLevelText(view.Say(":a", ": waiting, ", view.Who("U0BOB"), ":b",
		view.Strong(":"))); split != "\uA789a\uA789 waiting, <@U0BOB>\uA789b\uA789" {
		t.Errorf("of two spans: %q", split)
	}
	if strings.Contains(got, ":boom:") || strings.Contains(got, ":+1:") || !strings.Contains(got, "boom") ||
		!strings.Contains(got, "03:10:33") || !strings.Contains(got, "fe80::1") {
		t.Errorf("%q", got)
	}
}

func TestEveryTextIsDrawnWithinSlacksLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText(t, "text")
		d, _ := TextRenderings(text, MaxLine)
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
