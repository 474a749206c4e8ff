package commands

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhatACardHasNoRoomForIsWordedByItsParts(t *testing.T) {
	details := []Row{{"web-01", say("ins-1 · disk-1")}, {"web-02", say("ins-2 · disk-2")}}
	over := Card{
		Machines: []Row{{"web-02", say("Waiting for keys · ins-2")}},
		Facts:    []Row{{"Tags", say("a=b\nBackup  turned")}, {labelPort, say("open")}},
		Findings: []text{say("Warning: the price.")},
	}
	var got []string
	for _, l := range overLines(over, details) {
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
	if l := overLines(Card{}, details); len(l) != 0 {
		t.Errorf("nothing is left out, and this is told: %v", l)
	}
}

// What a machine's state is stands on the card: a change of it tells nothing anew.
func TestAChangeOfStateTellsNoRestAnew(t *testing.T) {
	details := []Row{{"web-02", say("ins-2 · disk-2")}}
	before := overLines(Card{Machines: []Row{{"web-02", say("Waiting for keys")}}}, details)
	after := overLines(Card{Machines: []Row{{"web-02", say("Done")}}}, details)
	if len(before) != 1 || before[0].String() != after[0].String() {
		t.Errorf("%q, then %q", before, after)
	}
}

func TestALongRestGoesInSeveralLinesAndNothingOfItIsLost(t *testing.T) {
	var rows []Row
	for i := range 60 {
		rows = append(rows, Row{fmt.Sprintf("row-%02d", i), say(strings.Repeat("x", 100))})
	}
	lines := overLines(Card{Keys: rows}, nil)
	all := ""
	for _, l := range lines {
		if n := utf8.RuneCountInString(l.String()); n > mostOver+200 {
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
