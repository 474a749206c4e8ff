package view

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

var three = time.Date(2026, 3, 14, 3, 9, 0, 0, time.UTC)

// What is stored in Redis was written by an older Twokey, and is read by a newer one.
func TestATextKeepsItsStoredForm(t *testing.T) {
	for stored, text := range map[string]Text{
		`[{"k":"","t":"web-01"}]`:                    Say("web-01"),
		`[{"k":"b","t":"done"},{"k":"c","t":"x"}]`:   Say(Strong("done"), Mono("x")),
		`[{"k":"u","t":"U0BOB"},{"k":"g","t":"S0"}]`: Say(Who("U0BOB"), Everyone("S0")),
		`[{"k":"d","at":"2026-03-14T03:09:00Z"}]`:    Say(At(three)),
		`[{"k":"s","at":"2026-03-14T03:09:00Z"}]`:    Say(Since(three)),
		`[{"k":"l","t":"https://x"}]`:                Say(Address("https://x")),
		`[{"k":"e","t":"key"}]`:                      Say(Emoji("key")),
	} {
		wrote, err := json.Marshal(text)
		if err != nil || string(wrote) != stored {
			t.Errorf("%s, not %s (%v)", wrote, stored, err)
		}
		var read Text
		if err := json.Unmarshal([]byte(stored), &read); err != nil || !slices.Equal(read, text) {
			t.Errorf("%s is read as %v (%v)", stored, read, err)
		}
	}
}

// Logs and notifications have words only: a sign has none, and a moment is in UTC.
func TestAPlainTextHasWordsOnly(t *testing.T) {
	east := time.FixedZone("", 8*3600)
	for want, text := range map[string]Text{
		"":                            nil,
		"done: web-01":                Say(Emoji("tada"), " ", Strong("done"), ": ", Mono("web-01")),
		"@U0BOB of @S0DBA":            Say(Who("U0BOB"), " of ", Everyone("S0DBA")),
		"see https://x":               Say("see ", Address("https://x")),
		"at 2026-03-14 03:09:00 UTC":  Say("at ", At(three.In(east))),
		"for 2026-03-14 03:09:00 UTC": Say("for ", Since(three)),
		"never":                       Say("never ", At(time.Time{})),
	} {
		if got := text.String(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestTextsAreJoinedInOrder(t *testing.T) {
	got := Say("a", Say("b", Strong("c")), Who("U0D"), Text(nil))
	want := Text{{Text: "a"}, {Text: "b"}, {Kind: Bold, Text: "c"}, {Kind: User, Text: "U0D"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

func TestOnlyWordsAreJoined(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a number became words")
		}
	}()
	Say("a", 1)
}

// Two texts that differ by their moments only say the same.
func TestATextIsComparedWithoutItsMoments(t *testing.T) {
	text := func(at time.Time) Text { return Say("since ", Since(at), ", until ", At(at.Add(time.Hour))) }
	first, second := text(three), text(three.Add(time.Minute))
	if !slices.Equal(first.Timeless(), second.Timeless()) || slices.Equal(first, second) {
		t.Errorf("%v and %v", first.Timeless(), second.Timeless())
	}
	if len(first) != 4 {
		t.Errorf("the text itself has lost its moments: %v", first)
	}
}

// A moment of today needs no date; any other has one, and none is taken for today.
func TestAMomentHasItsDateUnlessItIsNear(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for want, at := range map[string]time.Time{
		"04:00 UTC": now.Add(time.Hour), "02:00 UTC": now.Add(-time.Hour), "23:00 UTC": now.Add(20 * time.Hour),
		"2026-11-25 03:00:00 UTC": now.Add(24 * time.Hour), "2026-11-22 03:00:00 UTC": now.Add(-48 * time.Hour),
	} {
		if got := Say(AtHour(at, now)).String(); got != want {
			t.Errorf("%s: %q", at, got)
		}
	}
	if got := AtHour(time.Time{}, now); got.Kind == Hour {
		t.Errorf("no moment is shown as %+v", got)
	}
}
