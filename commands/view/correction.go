package view

// Correction is a button under an answer to one person alone: what they may have meant.
// Line is what they could type for it behind /reinstall. A press of it shows an answer or
// opens a form, and never does more.
type Correction struct {
	Label string `json:"label"` // cut to fit
	Line  string `json:"line"`
}

// WithThisReason is the label of a form that has the machine and the reason as typed.
func WithThisReason(machine string) string { return machine + " with this reason" }

// MostCorrections is how many stand under one answer.
const MostCorrections = 3
