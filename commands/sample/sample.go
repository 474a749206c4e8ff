// Package sample is made-up proposals, led through the rules to every state that
// a card can show. The pictures in deploy/cards are of them, and `bot check
// beliefs` asks Slack whether it takes them. Nothing in it is of anybody.
package sample

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/view"
)

// A Card is one thing that a card can show.
type Card struct {
	Name   string
	Card   view.Card
	Record port.Record   // that it is drawn of; of several, the first
	All    []port.Record // of its machines
	Thread []view.Text   // what the thread says below the card, in order
	At     time.Time     // when it is drawn
}

// Cards are all of them, in the order of a proposal's life. An error is a fault
// of this package: the rules refused a step.
func Cards() ([]Card, error) {
	var out []Card
	for _, s := range slices.Concat(cardStates...) {
		l := s.life()
		if err := l.firstError(); err != nil {
			return nil, fmt.Errorf("the sample card %s: %w", s.name, err)
		}
		out = append(out, Card{
			Name: s.name, Card: l.drawCard(), Record: l.asRecord(), All: l.records(), Thread: l.wholeThread(), At: l.latest(),
		})
	}
	return out, nil
}
