package port

import (
	"context"
)

// A Belief is about Slack or the cloud: Twokey rests on it, and its makers could
// not prove it. Whoever has an account and a workspace can look.
type Belief struct {
	Name string
	Says string // what is believed: one sentence without its full stop
	// Source is where it was learnt.
	Source string
	// Safety is set where a machine could be wiped wrongly, or its outcome told
	// wrongly, if it is not so. The others are about ease.
	Safety bool
	// How is how it is looked at. It changes nothing.
	How string
	// ByHand is how a person can look: always given where Look is nil, which means
	// that no harmless call can tell.
	ByHand string
	Look   func(ctx context.Context) BeliefResult
}

// BeliefState is how a belief stands after a look.
type BeliefState string

// A failed look is no yes: it is inconclusive.
const (
	Holds        BeliefState = "holds"
	Differs      BeliefState = "differs"
	Inconclusive BeliefState = "inconclusive"
)

// A BeliefResult is what a look came to. Details are fit to be shown to strangers: counts,
// codes and shapes, no secrets, no names and no ids.
type BeliefResult struct {
	State  BeliefState
	Detail string
}
