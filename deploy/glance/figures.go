package glance

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// What a card and its thread may have at most.
const (
	MostWaitingPixels = 420 // above the first button of a waiting card, on a phone
	MostMedianWords   = 80  // of all cards, the one in the middle
	MostThreadWords   = 150 // of the main story
)

const legend = `lines, words: of the whole card; signs are no words, a moment is one.
above: lines above the first button. px: pixels from the top of the message to its
first button, %d wide. A waiting card asks for keys.

`

// A Shown is one state of the card. Pixels are 0 if it has no button, or if nobody measured.
type Shown struct {
	Name, Text string
	Waiting    bool
	Pixels     int
}

// Totals are what else is counted: the texts of help, of the main story's thread, one
// for each message, and all in which the longest sentence is looked for.
type Totals struct {
	Width  int
	Help   string
	Thread []string
	Texts  []string
}

// MedianWords is the words of the card in the middle.
func MedianWords(all []Shown) int {
	var words []int
	for _, s := range all {
		words = append(words, CountWords(s.Text))
	}
	slices.Sort(words)
	return words[len(words)/2]
}

// DrawReport is the table of all states, and the totals.
func DrawReport(all []Shown, t Totals) string {
	var b strings.Builder
	fmt.Fprintf(&b, legend, t.Width)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "card\tlines\twords\tabove\tpx")
	tallest, wordiest := Shown{}, Shown{}
	for _, s := range all {
		above, px := "-", "-"
		if text, ok := AboveButtons(s.Text); ok {
			above, px = fmt.Sprint(CountLines(text)), fmt.Sprint(s.Pixels)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\n", s.Name, CountLines(s.Text), CountWords(s.Text), above, px)
		if s.Waiting && s.Pixels > tallest.Pixels {
			tallest = s
		}
		if CountWords(s.Text) > CountWords(wordiest.Text) {
			wordiest = s
		}
	}
	w.Flush() // into memory
	fmt.Fprintln(&b)
	writeFigure(&b, tallest.Pixels, MostWaitingPixels, "px above the first button of a waiting card: "+tallest.Name)
	writeFigure(&b, MedianWords(all), MostMedianWords-1, "words of the card in the middle")
	fmt.Fprintf(&b, "%d words of the longest card: %s\n", CountWords(wordiest.Text), wordiest.Name)
	writeFigure(&b, CountWords(strings.Join(t.Thread, "\n")), MostThreadWords-1,
		fmt.Sprintf("words of the main story's thread, in %d messages", len(t.Thread)))
	fmt.Fprintf(&b, "%d words of help\n", CountWords(t.Help))
	sentence, n := LongestSentence(t.Texts...)
	writeFigure(&b, n, MostWords, "words of the longest sentence: "+sentence)
	long, of := countLong(t.Texts)
	fmt.Fprintf(&b, "%d of %d sentences are longer than %d words\n", long, of, MostWords)
	return b.String()
}

// writeFigure writes a figure with what it may be at most, and whether it is more.
func writeFigure(b *strings.Builder, n, most int, of string) {
	sign := ""
	if n > most {
		sign = ", MISSED"
	}
	fmt.Fprintf(b, "%d (target: %d at most%s) %s\n", n, most, sign, of)
}

// countLong counts different sentences, and those that are too long.
func countLong(texts []string) (long, all int) {
	seen := map[string]bool{}
	for _, t := range texts {
		for _, s := range Sentences(t) {
			if !seen[s] && SentenceWords(s) > MostWords {
				long++
			}
			seen[s] = true
		}
	}
	return long, len(seen)
}
