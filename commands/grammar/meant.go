package grammar

import (
	"maps"
	"slices"
	"strings"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/spelling"
)

// mostMeant is how many lines are said of those that may be meant.
const mostMeant = 3

// Meant are the lines that somebody may have meant: with the verb that the first word
// nearly is, or with a reason that its flag or its quotation marks are missing from. They
// are said, and never done: a machine may be called so.
func Meant(text string) []string {
	line := Straighten(text)
	first, rest, _ := strings.Cut(line, " ")
	first = strings.ToLower(first)
	if _, known := verbs[first]; known {
		return nil
	}
	if near := nearVerbs(first, rest); len(near) > 0 {
		return near
	}
	_, meant, no := readProposal(command{verb: model.VerbPropose, rest: line})
	if l := Write(meant); no != nil && l != "" {
		return []string{l}
	}
	return nil
}

// nearVerbs are the lines with the verbs that a word nearly is: those of which the fewest
// letters differ.
func nearVerbs(word, rest string) (near []string) {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return nil
	}
	apart := map[string]int{}
	for _, verb := range slices.Sorted(maps.Keys(verbs)) {
		l := strings.TrimSpace(verb + " " + rest)
		if _, no := Parse(l); no == nil && isNear(word, verb) {
			l = model.CleanText(l)
			near, apart[l] = append(near, l), spelling.Distance(word, verb)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return apart[a] - apart[b] })
	for n := range near {
		if n == mostMeant || apart[near[n]] > apart[near[0]] {
			return near[:n]
		}
	}
	return near
}

// isNear reports whether few letters differ: two that changed places count as two.
func isNear(word, verb string) bool {
	if len(verb) <= 4 && len(word) != len(verb) {
		return spelling.Distance(word, verb) <= 1
	}
	return spelling.Distance(word, verb) <= 2 && word[:min(1, len(word))] == verb[:1]
}

// withReason is a line that names one machine, and has what stood behind it as its reason.
// It is none if there is a reason already, or if most words may be names of machines.
func withReason(l port.Line) port.Line {
	numbered := 0
	for _, w := range l.Targets {
		if strings.ContainsAny(w, "0123456789") {
			numbered++
		}
	}
	if 2*numbered >= len(l.Targets) || l.Request.Reason != "" || l.Verb != model.VerbPropose {
		return port.Line{}
	}
	l.Request.Target, l.Request.Reason = l.Targets[0], model.CleanText(strings.Join(l.Targets[1:], " "))
	l.Targets = nil
	return l
}
