package view

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// Card is the one message that shows a proposal's state.
type Card struct {
	ID      string // of the operation
	Rev     int64
	Channel string
	Title   string // what is asked, or the machine's name, large
	Status  Status // for the summary, and where not all of the card can be shown
	Lines   []Text // below the title: what must be decided on, the weightiest first
	Buttons []Button
	// More are behind one small button; MoreConfirm is asked before any of them.
	More        []Button
	MoreConfirm *Confirm
	Foot        Text
	// Calm: nobody has to act on it, and something else follows soon. Since is
	// when it first changed after it was shown last; zero where that is not known.
	Calm  bool
	Since time.Time
	// Counts are the countdowns that it shows and that are not known to be shown.
	Counts []Counting
	// Summary stands alone: notifications and screen readers have only it.
	Summary Text
}

// AllButtons are those in sight, and those behind the small one.
func (c Card) AllButtons() []Button { return append(slices.Clone(c.Buttons), c.More...) }

// LineWithButtons is a line of the thread with buttons below it.
type LineWithButtons struct {
	Text Text
	// Card gives the line its buttons, and the revision that travels with them. A card
	// without buttons gives none.
	Card Card
	Loud bool // the channel shows it as well
}

// Stops is the card with only the buttons that hold or cancel, none of them behind the
// small one.
func (c Card) Stops() Card {
	c.Buttons = slices.DeleteFunc(c.AllButtons(), func(b Button) bool {
		return b.Verb != model.VerbHold && b.Verb != model.VerbCancel
	})
	c.More, c.MoreConfirm = nil, nil
	return c
}

// WithOnly is the card with just these buttons.
func (c Card) WithOnly(buttons ...Button) Card {
	c.Buttons, c.More, c.MoreConfirm = buttons, nil, nil
	return c
}

// Counting is a countdown on a card; Waits: as one that cannot be shown.
type Counting struct {
	Countdown
	Waits bool
}

// Status is a word with its sign: never a colour or a sign alone.
type Status struct {
	Emoji string // :hourglass_flowing_sand:
	Word  string // "Waiting for keys"
}

// Row is a label and what stands behind it.
type Row struct {
	Label string
	Value Text
}

// Button is pressed on a card. Its verb and the card's revision travel with it.
type Button struct {
	Label   string // exactly as in the design
	Verb    string
	As      string // which of a verb's ways is meant; empty where there is one
	Style   string // "", primary or danger
	Confirm *Confirm
}

// Confirm is what is asked before a button counts: plain words, at most 100 characters
// in the title, 300 in the text and 30 on each button.
type Confirm struct {
	Title, Text, Yes, No string
	Danger               bool // what is agreed to destroys something
}

// Stops reports whether it only stops something, so that it can do no harm where
// the card does not say all.
func (b Button) Stops() bool { return model.Stops(b.Verb) }

// Typed is what can be typed in its place.
func (b Button) Typed(id string) string {
	typed := "/reinstall " + b.Verb + " " + id
	if b.Verb == model.VerbResolve {
		typed += " " + b.As + " TEXT"
	}
	return typed
}

// Home is all that somebody may see, at a glance: on their Home tab, and as the
// text of /reinstall list.
type Home struct {
	At       time.Time // when it was gathered
	Alerts   []Text    // above all: a freeze, what could not be found out
	Sections []Section
	// Foot says when it was drawn; empty where nothing is shown.
	Foot    Text
	Refresh Button // pressed without a proposal; none where it has no label
	Start   Button // opens the form of a proposal; stands first; none if it has no label
}

// Section is one part of a Home. Its title or, where there are no rows, Empty
// stands alone.
type Section struct {
	Title string
	Empty string
	Rows  []HomeRow
	// Total is how many there are, also those without a row.
	Total int
}

// HomeRow is one proposal.
type HomeRow struct {
	Name  string // what it is for
	Text  Text
	Lines []Text // below it: what somebody decides on who presses a button of the row
	Link  string // to its card; empty: none is known
	Open  string // the label of a button that leads there too; empty: none
	// Approve acts on proposal ID as it was at revision Rev; none if it has no label.
	Approve Button
	ID      string
	Rev     int64
}

// Form is a dialog.
type Form struct {
	Verb   string // what a submission does
	Op     string // the operation it concerns; empty for a new proposal
	Rev    int64
	Title  string // at most 24 characters
	Submit string // at most 24; empty: nothing to submit
	Intro  []Text
	Fields []Field
	// Channel, Thread, Reply and Memo come back with whatever is done in the form:
	// whoever submits it looks where they opened it. Memo is at most 2000 characters.
	Channel string
	Thread  string
	Reply   string
	Memo    string
}

// FieldKind is what a field takes.
type FieldKind string

// The kinds of field.
const (
	FieldText    FieldKind = "text"
	FieldLong    FieldKind = "long"
	FieldNumber  FieldKind = "number"
	FieldChoice  FieldKind = "choice" // one of Options
	FieldSearch  FieldKind = "search" // type-ahead, answered by Suggest
	FieldChannel FieldKind = "place"  // any channel of one's own workspace
	FieldButton  FieldKind = "button" // pressed, it tells Change its Value; it takes no entry
)

// Field is one input of a form.
type Field struct {
	ID       string
	Kind     FieldKind
	Label    string
	Hint     string
	Holder   string // placeholder
	Value    string // initial
	Options  []Option
	Optional bool
	Least    int  // of a number; 0: any
	Asks     bool // what is chosen here is told at once, to Change
	// Fresh is another one where what was entered before no longer fits the
	// field; then Value is shown. Otherwise what was entered stays.
	Fresh string
}

// Option is one choice.
type Option struct {
	Value string // at most 150; a longer one is left out
	Label string // cut to fit
	Tail  string // follows the label and is never cut
	Note  string // cut to 75
	Group string // a heading over this option and those of the same beside it
}

// More says how many of a section have no row among n.
func (s Section) More(n int) string {
	if s.Total <= n {
		return ""
	}
	return fmt.Sprintf("and %d more", s.Total-n)
}

// Countdown is one that waits to be shown.
type Countdown struct {
	Op string    `json:"op"`
	Of time.Time `json:"of"`
}
