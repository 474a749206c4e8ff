package screen

import (
	"fmt"
	"unicode/utf8"

	"twokey/commands/view"
)

// How much of a card a phone shows: the buttons of a waiting card stand within
// mostLines lines of lineLength letters below its title.

const (
	mostLines  = 13
	lineLength = 42
	// mentionLength is about as long as a name; momentLength as a time of day.
	mentionLength = 10
	momentLength  = 8
)

// heightOf is about how many lines texts take on a phone.
func heightOf(ts []text) (lines int) {
	for _, t := range ts {
		lines += (lengthOf(t) + lineLength - 1) / lineLength
	}
	return lines
}

// lengthOf is about how many letters of a line a text takes.
func lengthOf(t text) (letters int) {
	for _, s := range t {
		switch s.Kind {
		case view.User, view.Group:
			letters += mentionLength
		case view.Sign:
			letters += 2
		case view.Time, view.Clock, view.Hour:
			letters += momentLength
		default:
			letters += utf8.RuneCountInString(s.Text)
		}
	}
	return letters
}

// fitWarnings are the heavy warnings, and as many of the light ones as there are lines
// for. Those left out are counted: none goes without a word.
func fitWarnings(heavy, light []text, lines int) []text {
	lines -= heightOf(heavy)
	for n := len(light); n >= 0; n-- {
		shown := light[:n:n]
		if n < len(light) {
			shown = append(shown, moreWarnings(len(light)-n))
		}
		if heightOf(shown) <= lines || n == 0 {
			return append(heavy, shown...)
		}
	}
	return heavy
}

func moreWarnings(n int) text {
	word := "warnings"
	if n == 1 {
		word = "warning"
	}
	return say(sign("warning"), fmt.Sprintf(" %d more %s: press Details", n, word))
}
