package glance

import (
	"strings"
	"testing"
)

func TestTheReportHasEachCardAndTheTotals(t *testing.T) {
	got := DrawReport(
		[]Shown{
			{Name: "keys", Text: card, Waiting: true, Pixels: 321},
			{Name: "done", Text: "web-01\nDone", Pixels: 0},
			{Name: "unknown", Text: "web-01 is unknown.\n[Evidence]", Pixels: 999},
		},
		Totals{
			Width: 390, Help: "a b c", Thread: []string{"One.", "Two three."},
			Texts: []string{strings.Repeat("1 ", 20) + "2. e", "e"},
		},
	)
	for _, want := range []string{
		"keys     6      33     4      321", "done     2      2      -      -",
		"321 (target: 420 at most) px above the first button of a waiting card: keys",
		"4 (target: 79 at most) words of the card in the middle", "33 words of the longest card: keys",
		"3 (target: 149 at most) words of the main story's thread, in 2 messages", "3 words of help",
		"21 (target: 20 at most, MISSED) words of the longest sentence: 1 1 1", "1 of 2 sentences are longer",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}
