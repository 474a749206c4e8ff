package fakeslack

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// A DeskAction is a button of the practice desk: something that happens around
// the workspace, on purpose.
type DeskAction struct {
	ID    string
	Group string // the heading under which it stands
	Label string
	Help  string // one sentence
	// Fields are what the person may choose before it is done.
	Fields []DeskField
	// Do does it and tells in one sentence what was done. given has a value for
	// each field. It runs on the goroutine of the HTTP request; its error is
	// shown to the person who pressed the button.
	Do func(ctx context.Context, given map[string]string) (done string, err error)
	// State tells in one sentence what is in force now, "" for nothing; nil
	// where it is over as soon as it is done. It is asked at every look at the
	// page, without any lock held, and so must be quick.
	State func() string
	// End puts right what is in force, and tells so; nil where it ends alone.
	End func(context.Context) (done string, err error)
}

// A DeskField is one choice of a DeskAction. The first option is preset.
type DeskField struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Options []string `json:"options"`
}

// A deskButton is a DeskAction as the page draws it.
type deskButton struct {
	ID     string      `json:"id"`
	Group  string      `json:"group"`
	Label  string      `json:"label"`
	Help   string      `json:"help"`
	Fields []DeskField `json:"fields"`
	State  string      `json:"state"`
	Ends   bool        `json:"ends"`
}

// A deskLine is one thing that was done at the desk.
type deskLine struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// deskLines is how many of them are kept.
const deskLines = 50

// deskNow is the desk as it stands. It takes no lock.
func (s *Slack) deskNow() []deskButton {
	out := []deskButton{}
	for _, a := range s.cfg.Desk {
		b := deskButton{ID: a.ID, Group: a.Group, Label: a.Label, Help: a.Help, Fields: a.Fields}
		if a.State != nil {
			b.State = a.State()
		}
		b.Ends = b.State != "" && a.End != nil
		out = append(out, b)
	}
	return out
}

// Refresh has the page look again, as when something that a State of the desk
// tells has changed by itself.
func (s *Slack) Refresh() { s.wake() }

// note keeps a line of what was done at the desk.
func (s *Slack) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk = append(s.desk, deskLine{At: s.cfg.Now(), Text: text})
	s.desk = s.desk[max(0, len(s.desk)-deskLines):]
	s.touch()
}

// The control calls: what a person does at the practice desk, and what a story
// or a script does from outside.
//
//	GET  /page/control            every switch with its value
//	POST /page/control            {"name": "chat.update:rate_limit", "value": "3"}
//	POST /page/control/ID         runs the desk action ID; the body is its fields, {} for none
//	POST /page/control/ID/end     ends what it has put in force; the body is {}

func (s *Slack) controlState(w http.ResponseWriter, _ *http.Request) {
	writePageJSON(w, map[string]any{"switches": s.Switches()})
}

func (s *Slack) controlSwitch(w http.ResponseWriter, r *http.Request) {
	var c struct{ Name, Value string }
	if !readPageJSON(w, r, &c) {
		return
	}
	if err := s.Switch(c.Name, c.Value); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		writePageJSON(w, map[string]any{"error": err.Error()})
		return
	}
	done := "Slack behaves again: " + c.Name + " is off."
	for _, f := range s.InForce() {
		if f.Name == c.Name {
			done = f.Text
		}
	}
	s.note(done)
	writePageJSON(w, map[string]any{"switches": s.Switches(), "done": done})
}

func (s *Slack) controlDesk(w http.ResponseWriter, r *http.Request) {
	s.atDesk(w, r, func(a DeskAction, given map[string]string) (string, error) {
		for _, f := range a.Fields {
			if given[f.Name] == "" {
				given[f.Name] = f.Options[0]
			}
		}
		return a.Do(r.Context(), given)
	})
}

func (s *Slack) controlEnd(w http.ResponseWriter, r *http.Request) {
	s.atDesk(w, r, func(a DeskAction, _ map[string]string) (string, error) {
		if a.End == nil {
			return "", ErrNoSwitch
		}
		return a.End(r.Context())
	})
}

func (s *Slack) atDesk(w http.ResponseWriter, r *http.Request, act func(DeskAction, map[string]string) (string, error)) {
	given := map[string]string{}
	if !readPageJSON(w, r, &given) {
		return
	}
	i := slices.IndexFunc(s.cfg.Desk, func(a DeskAction) bool { return a.ID == r.PathValue("action") })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	done, err := act(s.cfg.Desk[i], given)
	reply := map[string]any{"done": done}
	if err != nil {
		reply = map[string]any{"error": err.Error()}
		done = s.cfg.Desk[i].Label + ": " + err.Error()
	}
	s.note(done)
	writePageJSON(w, reply)
}

// A Force is a switch that is on, as the page tells it.
type Force struct {
	Name string `json:"name"`
	Text string `json:"text"` // one sentence
}

// InForce returns every switch that is on, with a sentence that says what it
// does now.
func (s *Slack) InForce() []Force {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inForce()
}

func (s *Slack) inForce() []Force {
	out := []Force{}
	for _, x := range s.switches() {
		if x.Value != "" {
			out = append(out, Force{Name: x.Name, Text: x.sentence()})
		}
	}
	return out
}

// sentence is the switch's help with its value in it.
func (x Switch) sentence() string {
	method, bare, prefixed := strings.Cut(x.Name, ":")
	if !prefixed {
		bare = x.Name
	}
	i := slices.IndexFunc(switchTable, func(k Switch) bool { return k.Name == bare })
	help, left := strings.Replace(switchTable[i].Help, "the next N ", "the next ", 1), ""
	switch x.Takes {
	case "duration":
		help = strings.Replace(help, "this much", x.Value, 1)
	case "count":
		left = " (" + x.Value + " left)"
		if x.Value == "on" {
			left = " (until it is ended)"
		}
	}
	if prefixed {
		for _, what := range []string{"calls", "connections"} {
			help = strings.Replace(help, what, what+" of "+method, 1)
		}
	}
	return "Slack: " + help + left + "."
}
