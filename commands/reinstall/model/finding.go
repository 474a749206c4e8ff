package model

// Severity of a finding.
type Severity string

// A finding blocks the proposal or warns on the card.
const (
	Blocks Severity = "blocks"
	Warns  Severity = "warns"
)

// A Finding is what one check of the preflight has to say.
type Finding struct {
	Code     string   `json:"code"` // stable, for tests and metrics
	Severity Severity `json:"severity"`
	Why      string   `json:"why"`            // one sentence
	Next     string   `json:"next,omitempty"` // what to do; always set if it blocks
}
