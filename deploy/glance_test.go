package deploy_test

import (
	"slices"
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/sample"
	"twokey/deploy/glance"
)

// phoneRows is about what stays within glance.MostWaitingPixels on a phone 390 pixels
// wide: so many rows of so many letters above the first button. make glance measures it.
const (
	phoneRows    = 15
	phoneLetters = 42
)

func shownStates(all []shownCard) (out []glance.Shown) {
	for _, s := range all {
		out = append(out, glance.Shown{Name: s.name, Text: s.text, Waiting: s.op.State == reinstall.Proposed})
	}
	return out
}

func TestACardIsReadAtAGlance(t *testing.T) {
	_, _, all := postCards(t)
	if n := glance.MedianWords(shownStates(all)); n >= glance.MostMedianWords {
		t.Errorf("half of the cards have %d words or more, not below %d", n, glance.MostMedianWords)
	}
}

func TestAWaitingCardHasItsButtonsOnTheFirstScreenOfAPhone(t *testing.T) {
	_, _, all := postCards(t)
	waiting := 0
	for _, s := range shownStates(all) {
		if !s.Waiting {
			continue
		}
		above, ok := glance.AboveButtons(s.Text)
		if !ok {
			t.Errorf("%s has no button", s.Name)
		}
		if n := glance.CountRows(above, phoneLetters); n > phoneRows {
			t.Errorf("%s has %d rows above its first button, not at most %d", s.Name, n, phoneRows)
		}
		waiting++
	}
	if waiting < 15 {
		t.Errorf("only %d cards wait", waiting)
	}
}

// The main story of practice has the same sentences.
func TestTheThreadOfAPlainReinstallIsShort(t *testing.T) {
	all := sampleCards(t)
	i := slices.IndexFunc(all, func(s sample.Card) bool { return s.Name == "done" })
	words := 0
	for _, line := range all[i].Thread {
		words += glance.CountWords(line.String())
	}
	if words >= glance.MostThreadWords || len(all[i].Thread) != 5 {
		t.Errorf("%d messages with %d words, not below %d", len(all[i].Thread), words, glance.MostThreadWords)
	}
}
