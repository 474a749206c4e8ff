package port

// Note is an entry of the audit chain that belongs to no transition. Key makes
// it unique: the same note twice is written once.
type Note struct {
	Key    string
	Kind   NoteKind
	Op     string // empty: none
	By     string // user id, or "twokey"
	What   string // the verb
	Detail string // one line for people
}

// NoteKind is what a note is of.
type NoteKind string

// What is in the audit besides transitions.
const (
	NoteRefusal  NoteKind = "refusal"  // somebody was told no
	NoteDecision NoteKind = "decision" // something holds for more than one proposal
	NoteFinding  NoteKind = "finding"  // something was seen that Twokey did not do
)
