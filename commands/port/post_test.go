package port_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// The key of a countdown's line is the same for whoever ends it, on whichever replica,
// and another for each countdown of one proposal.
func TestACountdownsLineIsFoundByWhoeverEndsIt(t *testing.T) {
	at := time.Date(2026, 3, 14, 3, 10, 2, 5, time.UTC)
	one := port.CountdownKey(view.Countdown{Op: "7K3Q", Of: at})
	for name, same := range map[string]view.Countdown{
		"read again from Redis": {Op: "7K3Q", Of: at.Round(0)},
		"in another time zone":  {Op: "7K3Q", Of: at.In(time.FixedZone("CST", 8*3600))},
	} {
		if got := port.CountdownKey(same); got != one {
			t.Errorf("%s it is %q, not %q", name, got, one)
		}
	}
	for name, other := range map[string]view.Countdown{
		"another proposal":  {Op: "7K3R", Of: at},
		"a later countdown": {Op: "7K3Q", Of: at.Add(time.Nanosecond)},
	} {
		if got := port.CountdownKey(other); got == one {
			t.Errorf("%s has the same key %q", name, got)
		}
	}
}

// An edit names the line that it edits, and no other post names one. So does what earlier
// versions wrote at the end of a countdown.
func TestAnEditNamesItsLine(t *testing.T) {
	line := port.CountdownKey(view.Countdown{Op: "7K3Q", Of: time.Unix(1_800_000_000, 0)})
	for name, c := range map[string]struct {
		post port.Post
		want string
	}{
		"an edit":                       {port.Post{Kind: port.PostEdit, Key: "7K3Q.9.edit", Line: line}, line},
		"the end of an earlier version": {port.Post{Kind: port.PostOver, Key: line + ".over"}, line},
		"a line":                        {port.Post{Kind: port.PostLine, Key: line}, ""},
		"a card":                        {port.Post{Kind: port.PostCard, Key: "7K3Q.9.card"}, ""},
	} {
		if got := c.post.EditedLine(); got != c.want {
			t.Errorf("%s edits %q, not %q", name, got, c.want)
		}
	}
}

// What the store could not decode says why, and is set aside by its place in the outbox.
func TestAnUnreadableEntryIsFoundByItsPlace(t *testing.T) {
	p := port.UnreadablePost("1-7", errors.New("unexpected end of JSON input"))
	if p.Kind != port.PostUnreadable || p.Key != "1-7" || !strings.Contains(p.Text.String(), "unexpected end") {
		t.Errorf("%+v", p)
	}
}

// What stands in Redis is read by the next version: these are its words, to the letter.
// Whoever changes one has to read the old one as well.
func TestWhatStandsInRedisIsReadByTheNextVersion(t *testing.T) {
	at := time.Date(2026, 3, 14, 3, 7, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		value any
		json  string
	}{
		"an item": {
			port.Item{
				ID: "i1", Dedupe: "d1", Op: "7K3Q", Rev: 3, Verb: "approve", Args: "{}", User: "U0BOB", Team: "T0HOME",
				Channel: "C0INFRA", Thread: "17.2", Reply: "https://hooks/1", At: at, Tries: 2, Stops: true,
			},
			`{"id":"i1","dedupe":"d1","op":"7K3Q","rev":3,"verb":"approve","args":"{}","user":"U0BOB","team":"T0HOME",` +
				`"channel":"C0INFRA","thread":"17.2","reply":"https://hooks/1","at":"2026-03-14T03:07:00Z","tries":2,` +
				`"stops":true}`,
		},
		"a card's post": {
			port.Post{Kind: port.PostCard, Key: "7K3Q.3", Op: "7K3Q", Rev: 3},
			`{"kind":"card","key":"7K3Q.3","op":"7K3Q","rev":3}`,
		},
		"the address of a card": {
			port.Address{Channel: "C0INFRA", TS: "1710385620.000100"},
			`{"channel":"C0INFRA","ts":"1710385620.000100"}`,
		},
		"an entry of the log": {
			port.Entry{
				Rev: 2, At: at, State: "proposed", Command: "i1", By: "U0BOB", What: "approve", Detail: "1 of 1",
				Fingerprint: "9eaa459b", Unsealed: true,
			},
			`{"rev":2,"at":"2026-03-14T03:07:00Z","state":"proposed","command":"i1","by":"U0BOB","what":"approve",` +
				`"detail":"1 of 1","fingerprint":"9eaa459b"}`,
		},
	} {
		got, err := json.Marshal(c.value)
		if err != nil || !sameJSON(t, c.json, got) {
			t.Errorf("%s is written as\n%s\n%v, and stands in Redis as\n%s", name, got, err, c.json)
		}
	}
}

// sameJSON reports whether two texts say the same, but for the post's empty text, which
// each version may write in its own way.
func sameJSON(t *testing.T, want string, got []byte) bool {
	t.Helper()
	var a, b map[string]any
	if err := errors.Join(json.Unmarshal([]byte(want), &a), json.Unmarshal(got, &b)); err != nil {
		t.Fatal(err)
	}
	delete(b, "text")
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// What somebody asked for was once called a wish, and items of then are still worked off.
func TestALineOfAnOlderVersionIsUnderstood(t *testing.T) {
	var l port.Line
	old := `{"Verb":"propose","Wish":{"Image":"img-487zeit5","Reason":"kernel panics"},"Targets":["web-01","web-02"]}`
	if err := json.Unmarshal([]byte(old), &l); err != nil {
		t.Fatal(err)
	}
	if l.Verb != model.VerbPropose || l.Request.Image != "img-487zeit5" || l.Request.Reason != "kernel panics" ||
		len(l.Targets) != 2 {
		t.Errorf("it is read as %+v", l)
	}
}

// The kinds of what stands in Redis and in the audit are words that never change.
func TestTheWordsInRedisStay(t *testing.T) {
	for got, want := range map[string]string{
		string(port.PostCard): "card", string(port.PostLine): "line", string(port.PostWhisper): "whisper",
		string(port.PostNotify): "call", string(port.PostDirect): "direct", string(port.PostOver): "over",
		string(port.PostDoubt): "doubt", string(port.PostUnreadable): "unreadable",
		string(port.ClaimOp): "op", string(port.ClaimItem): "item", string(port.ClaimOutbox): "outbox",
		string(port.NoteRefusal): "refusal", string(port.NoteDecision): "decision", string(port.NoteFinding): "finding",
		string(port.Accepted): "accepted", string(port.Declined): "refused", string(port.Ambiguous): "ambiguous",
		string(port.NeverSent): "never sent",
	} {
		if got != want {
			t.Errorf("%q stands in Redis as %q", got, want)
		}
	}
}
