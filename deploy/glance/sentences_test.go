package glance

import (
	"slices"
	"testing"
)

const card = `Wipe web-01 (env=staging)?
@Ann Okafor: “kernel panics. And again. It is dead”
:warning: Warning: it serves. Stop it first.
Needed: :lock: 1 of @oncall · ✓ backup by @Ann Okafor 03:08 UTC
[Approve] [Reject]
7K3Q · open until 2026-03-14 03:10:00 UTC`

func TestSentencesEndAtStopsDotsAndLines(t *testing.T) {
	want := []string{
		"Wipe web-01 (env=staging)?", "@Ann Okafor: “…”", ":warning: Warning: it serves.", "Stop it first.",
		"Needed: :lock: 1 of @oncall", "✓ backup by @Ann Okafor 03:08 UTC", "7K3Q",
		"open until 2026-03-14 03:10:00 UTC",
	}
	if got := Sentences(card); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := Sentences("1. Log in.\n• Mount it\n/reinstall list  what waits; a .. b"); !slices.Equal(got,
		[]string{"Log in.", "Mount it", "what waits; a .. b"}) {
		t.Errorf("%q", got)
	}
}

func TestSignsAreNoWordsAndAMomentIsOne(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, ":lock: · ✓ →": 0, ":lock: 1 of @oncall": 3, "until 2026-03-14 03:10:00 UTC": 2, card: 33,
	} {
		if got := CountWords(text); got != want {
			t.Errorf("%q has %d words, not %d", text, got, want)
		}
	}
}

func TestWhatIsAboveTheButtonsIsMeasured(t *testing.T) {
	above, ok := AboveButtons(card)
	if !ok || CountLines(above) != 4 || CountRows(above, 42) != 6 {
		t.Errorf("%v, %d lines, %d rows of %q", ok, CountLines(above), CountRows(above, 42), above)
	}
	if _, ok := AboveButtons("no button"); ok {
		t.Error("a card without buttons has one")
	}
}

func TestTheLongestSentenceIsTheOneWithMostWords(t *testing.T) {
	if s, n := LongestSentence("One two. One two three. A b c.", "four"); s != "One two three." || n != 3 {
		t.Errorf("%q, %d", s, n)
	}
}

// What is left of a sentence without its ids is counted in full.
func TestAListOfIDsOrCommandsIsOneWord(t *testing.T) {
	for text, want := range map[string]int{
		"2 data disks: disk-8w1dat01 200 GiB, disk-8w1dat0a 500 GiB":           4,
		"request 5f1c9a54-8a0e-4c7e-9d5b-3f6d2c1b7a10 of ins-1a2b3c4d":         4,
		"Remove it: ssh-keygen -R 10.0.2.20, ssh-keygen -R db-main.":           3,
		"snap-4m7w1a0q does not count":                                         4,
		"after-dinner well-known disk-full 200 GiB, CloudAudit, ResetInstance": 7,
	} {
		if got := SentenceWords(text); got != want {
			t.Errorf("%q has %d words to read, not %d", text, got, want)
		}
	}
}

func TestLongSentencesAndReplacedPhrasesAreFaults(t *testing.T) {
	twenty := "a b c d e f g h i j k l m n o p q r s t"
	got := FaultsOf(twenty + ". " + twenty + " u. Starts anew. Both keys are turned. “anew” returned. Say tell: both.")
	want := []Fault{
		{"long", twenty + " u."},
		{"anew -> again", "Starts anew."},
		{"keys are turned -> approve, confirm", "Both keys are turned."},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestEachFormOfADateIsTold(t *testing.T) {
	got := DateForms("03:07 UTC, 2026-03-14 03:07:00 UTC, 14 March, “12:00”, Mar 14, 2026-03-14, 3:07pm")
	want := []string{"99:99 UTC", "9999-99-99 99:99:99 UTC", "99 March", "Mar 99", "9999-99-99", "9:99pm"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
