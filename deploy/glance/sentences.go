// Package glance counts what a person has to read: lines, words, sentences. Tests
// and make glance use it; no binary has it.
package glance

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	signName = regexp.MustCompile(`:[a-z][a-z_]*:`)
	quoted   = regexp.MustCompile(`“[^”]*”`)
	moment   = regexp.MustCompile(`(\d{4}-\d\d-\d\d )?\d\d:\d\d(:\d\d)? UTC`)
	listMark = regexp.MustCompile(`^\s*(•|\d+\.)\s+`)
	ending   = regexp.MustCompile(`([^.\s])[.!?] +`)
	partEnds = regexp.MustCompile(` · |\s{2,}`)

	// An id of the cloud, perhaps with its size; a request's id; a command to type; lists.
	oneID = `(?:[a-z]{2,5}-[0-9a-z]{8}\b(?: \d+ GiB)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}` +
		`|ssh-keygen -R [^ ,]+[^ ,.])`
	listOfIDs = regexp.MustCompile(oneID + `(?:,? ` + oneID + `)*`)
)

// CountWords counts what has a letter or a digit. A sign is no word; a moment is one.
func CountWords(text string) (n int) {
	text = moment.ReplaceAllString(signName.ReplaceAllString(text, " "), "moment")
	for word := range strings.FieldsSeq(text) {
		if strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// SentenceWords is how long a sentence is to read. Nobody reads an id or a command to
// copy word by word: a list of them is one word, however long it is.
func SentenceWords(sentence string) int {
	return CountWords(listOfIDs.ReplaceAllString(sentence, "ids"))
}

// CountLines counts the lines of a text that are not empty.
func CountLines(text string) (n int) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

// AboveButtons is what a card shows above its first button, as plain text. ok is
// false if the card has no button.
func AboveButtons(card string) (above string, ok bool) {
	above, _, ok = strings.Cut(card, "\n[")
	return above, ok
}

// CountRows estimates how many rows a text takes on a screen with so many letters in a row.
func CountRows(text string, letters int) (n int) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(signName.ReplaceAllString(line, "##"))
		n += (utf8.RuneCountInString(line) + letters - 1) / letters
	}
	return n
}

// Sentences are those of a plain text. What stands between dots or in a list is a
// sentence of its own; buttons and commands are none. Quotations are left out: people
// and machines wrote them.
func Sentences(text string) (out []string) {
	text = quoted.ReplaceAllString(text, "“…”")
	for line := range strings.Lines(text) {
		if line = listMark.ReplaceAllString(strings.TrimSpace(line), ""); strings.HasPrefix(line, "[") {
			continue
		}
		for _, part := range partEnds.Split(line, -1) {
			if strings.HasPrefix(part, "/reinstall") {
				continue
			}
			for _, s := range strings.Split(ending.ReplaceAllString(part, "$1.\n"), "\n") {
				if s = strings.TrimSpace(s); CountWords(s) > 0 {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// LongestSentence is the one with most words to read, of several the first.
func LongestSentence(texts ...string) (sentence string, words int) {
	for _, t := range texts {
		for _, s := range Sentences(t) {
			if n := SentenceWords(s); n > words {
				sentence, words = s, n
			}
		}
	}
	return sentence, words
}
