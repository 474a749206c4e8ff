package engine

import (
	"context"
	"errors"
	"time"

	"twokey/commands/grammar"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/search"
	"twokey/commands/view"
)

// An unresolvedError refuses a word that names no machine, or several. meant are those
// that may be meant: whoever asked chooses.
type unresolvedError struct {
	*model.Refusal
	none  bool // it names none
	meant []model.Instance
	line  port.Line // with the word
}

func (e *unresolvedError) Unwrap() error { return e.Refusal }

// nearTimeout is how long a refusal may wait for the machines' names.
const nearTimeout = 1500 * time.Millisecond

// refuseUnknown refuses a word that names no machine. It asks whether one is meant that is
// called nearly so.
func (m *proposer) refuseUnknown(ctx context.Context, l port.Line, word, where, next string) error {
	soon, cancel := context.WithTimeout(ctx, nearTimeout)
	defer cancel()
	near := search.Near(m.cloud.Fleet(soon), word)
	if len(near) > 0 {
		next = screen.DidYouMean(search.NamesOf(near)) + next
	}
	return &unresolvedError{
		Refusal: model.Refuse(model.RefusalTitle(l.Verb), screen.NoMachine(word)+where, next), none: true,
		meant: near, line: l,
	}
}

// refuseAmbiguous refuses a word that names several machines.
func refuseAmbiguous(l port.Line, word string, hits []model.Instance) error {
	e := &unresolvedError{Refusal: screen.Ambiguous(model.RefusalTitle(l.Verb), word, hits), line: l}
	if len(hits) <= view.MostCorrections { // a part of them would look like all
		e.meant = hits
	}
	return e
}

// correctionsOf are the buttons under a refusal: one for each machine that may be meant.
func correctionsOf(err error) []view.Correction {
	var no *unresolvedError
	if many := (*longRefusal)(nil); errors.As(err, &many) {
		return many.corrections
	}
	if !errors.As(err, &no) {
		return nil
	}
	return corrections(no.line, no.meant)
}

// corrections are the buttons for a line with each of several machines in place of what it
// names.
func corrections(l port.Line, machines []model.Instance) []view.Correction {
	var out []view.Correction
	for _, i := range machines {
		if l.Verb == model.VerbHistory {
			l.Target = i.Ref.String()
		} else {
			l.Targets, l.Request.Target, l.Request.Account, l.Request.Region = nil, i.Ref.String(), "", ""
		}
		if line := grammar.Write(l); line != "" {
			out = append(out, view.Correction{Label: screen.NameAmong(i, machines), Line: line})
		}
	}
	return out
}
