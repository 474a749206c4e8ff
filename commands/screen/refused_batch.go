package screen

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// SeveralRefused is why a proposal for several machines is refused.
type SeveralRefused struct {
	Of, Refused int
	Words, Near []string // that name no machine, and the machines that are called nearly so
	Reason      string   // which may be the last words; empty if not
	Line        string   // with that reason, to copy; empty if there is none
	Lines       []text   // why each other machine is refused
}

// Text words it: one sentence for the words that name no machine, and a line for each
// other machine.
func (s SeveralRefused) Text() text {
	t := say(sign("no_entry"), " ", strong(model.RefusalTitle(model.VerbPropose)), ": ")
	if len(s.Lines) > 0 {
		t = append(t, say(fmt.Sprintf("%d of %d machines cannot be reinstalled like this, so nothing is proposed.",
			s.Refused, s.Of))...)
	}
	for _, l := range s.Lines {
		t = append(t, say("\n• ", l)...)
	}
	if len(s.Words) > 0 {
		t = append(t, s.wordsText()...)
	}
	t = append(t, say("\nNothing was started.")...)
	if len(s.Lines) > 0 {
		t = append(t, say(" Leave them out, or propose them one by one.")...)
	}
	return t
}

// wordsText is about the words that name no machine.
func (s SeveralRefused) wordsText() text {
	why := view.EndSentence(NoMachine(s.Words...))
	t := say(why)
	if len(s.Lines) > 0 {
		t = say("\n• ", view.Capitalize(why))
	}
	if len(s.Near) > 0 {
		t = append(t, say(" ", strings.TrimSpace(DidYouMean(slices.Compact(slices.Sorted(slices.Values(s.Near))))))...)
	}
	switch {
	case s.Line != "":
		return append(t, say(" If that is the reason, it goes behind --reason: ", mono("/reinstall "+s.Line))...)
	case s.Reason != "":
		return append(t, say(" If the rest is the reason, it goes behind --reason: ",
			mono("--reason \""+s.Reason+"\""))...)
	}
	return append(t, say(" Check the spelling (letter case counts). A reason goes behind --reason, in quotation marks.")...)
}
