package port

import (
	"context"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// A Decision looks at a record and says what happened to it. A *model.Refusal as its
// error says that nothing may happen to it.
type Decision func(ctx context.Context, rec Record) (reinstall.Event, error)

// Line is a command line, understood. Only the verb's own fields are set.
type Line struct {
	Verb    string
	Request model.Request `json:"Wish"` // propose, check
	ID      string        // approve, reject, ..: normalised
	Target  string        // history
	Text    string        // reject, cancel, hold, resolve, freeze
	As      string        // resolve: done or failed; help: AsAll or empty
	Stop    bool          // image: the machine may be stopped for it

	Targets []string          `json:",omitempty"` // propose: several machines, in place of Request.Target
	Each    map[string]string `json:",omitempty"` // backup: what was picked, by operation
}

// ShortcutGlobal is the callback id of the shortcut that opens the form from anywhere. A
// button on the Home tab does the same.
const ShortcutGlobal = "reinstall"

// AsAll is the way of help that lists everything.
const AsAll = "all"

// VerbCorrection is the verb of a button below an answer to one person alone. It stands
// for a line, which is in Inbound.Text.
const VerbCorrection = "correction"

// Inbound is one thing that somebody did, as the chat understood it.
type Inbound struct {
	Dedupe  string // fingerprint of the delivery
	User    string
	Team    string
	Channel string
	Message string // ts of the message that was pressed on
	Thread  string // ts of the thread that it was done in; empty: in the channel
	Reply   string // response_url
	Trigger string
	Text    string // of a command, or of a correction
	Verb    string // of a button or form
	As      string // which of a verb's ways is meant; empty if there is one
	Op      string
	Rev     int64
	Values  map[string]string // of a form, by field id
	View    string            // of an open form, with its hash
	Hash    string
	Memo    string   // of a form
	Said    []string // of a message that a shortcut was used on: all its words
	Links   []string // the same: all its links
	At      time.Time
	AtHome  bool // pressed on the Home tab: there is no channel, message or response_url
}

// PressedWhere says in the audit where a button was pressed; nothing for one on a card.
func PressedWhere(atHome bool) string {
	if atHome {
		return " Pressed on App Home."
	}
	return ""
}

// Reply is what is answered at once, within the ack.
type Reply struct {
	Text   view.Text         // shown to that person alone; empty: nothing
	Errors map[string]string // of a form, by field id: the form stays open
	// Corrections are buttons below the text.
	Corrections []view.Correction

	No bool // a refusal, for the audit
}
