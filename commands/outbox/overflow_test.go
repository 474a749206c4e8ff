package outbox

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"twokey/commands/screen"
	"twokey/commands/view"
)

func TestWhatACardHasNoRoomForIsWordedByItsParts(t *testing.T) {
	details := []view.Row{
		{Label: "web-01", Value: view.Say("ins-1 · disk-1")},
		{Label: "web-02", Value: view.Say("ins-2 · disk-2")},
	}
	over := view.Card{
		Machines: []view.Row{{Label: "web-02", Value: view.Say("Waiting for keys · ins-2")}},
		Facts: []view.Row{
			{Label: "Tags", Value: view.Say("a=b\nBackup  turned")},
			{Label: screen.LabelPort, Value: view.Say("open")},
		},
		Findings: []view.Text{view.Say("Warning: the price.")},
	}
	var got []string
	for _, l := range overflowLines(over, details) {
		got = append(got, l.String())
	}
	want := []string{
		"The rest of the card: the machines\n• web-02  ins-2 · disk-2",
		"The rest of the card: findings\n• Warning: the price.",
		"The rest of the card: the plan\n• Tags  a=b ↵ Backup  turned",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
	if l := overflowLines(view.Card{}, details); len(l) != 0 {
		t.Errorf("nothing is left out, and this is told: %v", l)
	}
}

// What a machine's state is stands on the card: a change of it tells nothing anew.
func TestAChangeOfStateTellsNoRestAnew(t *testing.T) {
	details := []view.Row{{Label: "web-02", Value: view.Say("ins-2 · disk-2")}}
	before := overflowLines(view.Card{Machines: []view.Row{{Label: "web-02", Value: view.Say("Waiting for keys")}}},
		details)
	after := overflowLines(view.Card{Machines: []view.Row{{Label: "web-02", Value: view.Say("Done")}}}, details)
	if len(before) != 1 || before[0].String() != after[0].String() {
		t.Errorf("%q, then %q", before, after)
	}
}

func TestALongRestGoesInSeveralLinesAndNothingOfItIsLost(t *testing.T) {
	var rows []view.Row
	for i := range 60 {
		rows = append(rows, view.Row{Label: fmt.Sprintf("row-%02d", i), Value: view.Say(strings.Repeat("x", 100))})
	}
	lines := overflowLines(view.Card{Keys: rows}, nil)
	all := ""
	for _, l := range lines {
		if n := utf8.RuneCountInString(l.String()); n > mostOverflow+200 {
			t.Errorf("%d characters in a line", n)
		}
		all += l.String()
	}
	for _, r := range rows {
		if strings.Count(all, r.Label) != 1 {
			t.Errorf("%s is told %d times", r.Label, strings.Count(all, r.Label))
		}
	}
	if len(lines) != 5 {
		t.Errorf("%d lines", len(lines))
	}
}
