package engine

import (
	"errors"
	"slices"
	"strings"

	"twokey/commands/grammar"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/search"
	"twokey/commands/view"
)

// An obstacle stands in the way of one machine.
type obstacle struct {
	alone error     // the refusal if no other machine was named
	line  view.Text // the same as a line among those of several
}

// unresolved is the refusal of a word that names no machine, or several; nil if the
// obstacle is another.
func (o obstacle) unresolved() *unresolvedError {
	no := (*unresolvedError)(nil)
	errors.As(o.alone, &no)
	return no
}

// isUnknown reports whether a word names no machine.
func (o obstacle) isUnknown() bool {
	no := o.unresolved()
	return no != nil && no.none
}

// refuseSeveral refuses a proposal for several machines with one text: a sentence for all
// words that name none, and a line for each other machine. in has an obstacle for each of
// the requests, which is empty if nothing stands in its way.
func refuseSeveral(requests []model.Request, fs []examined, in []obstacle) error {
	refused := screen.SeveralRefused{Of: len(requests)}
	for i, o := range in {
		switch {
		case o.isUnknown():
			refused.Words = append(refused.Words, requests[i].Target)
			refused.Near = append(refused.Near, search.NamesOf(o.unresolved().meant)...)
		case o.alone != nil:
			refused.Lines = append(refused.Lines, o.line)
		}
	}
	refused.Refused = len(refused.Words) + len(refused.Lines)
	n := machinesBefore(requests, in)
	if n == 0 {
		return &longRefusal{text: refused.Text()}
	}
	meant := withReason(requests, n)
	if refused.Reason = meant.Request.Reason; !slices.ContainsFunc(in[:n], obstacle.isUnknown) {
		refused.Line = grammar.Write(meant)
	}
	no := &longRefusal{text: refused.Text()}
	if n > 1 { // the form is for one
		return no
	}
	switch u := in[0].unresolved(); {
	case u != nil:
		no.corrections = corrections(meant, u.meant)
	case in[0].alone == nil:
		no.corrections = corrections(meant, []model.Instance{fs[0].facts.Instance})
		for i := range no.corrections {
			no.corrections[i].Label = view.WithThisReason(no.corrections[i].Label)
		}
	}
	return no
}

// machinesBefore is how many words are before those that may be a reason: the last ones
// that neither name a machine nor nearly do. It is 0 if there are none, or no machine is
// before them, or there is a reason already.
func machinesBefore(requests []model.Request, in []obstacle) int {
	n := len(requests)
	for n > 0 && in[n-1].isUnknown() && len(in[n-1].unresolved().meant) == 0 {
		n--
	}
	if n == len(requests) || requests[0].Reason != "" {
		return 0
	}
	return n
}

// withReason is the line of the first n machines, with the words behind them as the reason.
func withReason(requests []model.Request, n int) port.Line {
	var words []string
	for _, w := range requests {
		words = append(words, w.Target)
	}
	l := port.Line{Verb: model.VerbPropose, Request: requests[0]}
	l.Request.Reason = model.CleanText(strings.Join(words[n:], " "))
	if n > 1 {
		l.Request.Target, l.Targets = "", words[:n]
	}
	return l
}
