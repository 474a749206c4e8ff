package page

import (
	"context"
	"net/http"
	"slices"
	"time"

	"twokey/bot/fakeslack"
)

// A Action is a button of the practice desk: something that happens around
// the workspace, on purpose.
type Action struct {
	ID    string
	Group string // the heading under which it stands
	Label string
	Help  string // one sentence
	// Fields are what the person may choose before it is done.
	Fields []Field
	// Do does it and says in one sentence what was done. given has a value for
	// each field. It runs on the goroutine of the HTTP request; its error is
	// shown to the person who pressed the button.
	Do func(ctx context.Context, given map[string]string) (done string, err error)
	// State says in one sentence what is in force now, "" for nothing; nil
	// if it is over as soon as it is done. It is asked at every look at the
	// page, without any lock held, and so must be quick.
	State func() string
	// End puts right what is in force, and says so; nil if it ends alone.
	End func(context.Context) (done string, err error)
}

// A Field is one choice of a Action. The first option is preset.
type Field struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Options []string `json:"options"`
}

// A actionButton is a Action as the page draws it.
type actionButton struct {
	ID     string  `json:"id"`
	Group  string  `json:"group"`
	Label  string  `json:"label"`
	Help   string  `json:"help"`
	Fields []Field `json:"fields"`
	State  string  `json:"state"`
	Ends   bool    `json:"ends"`
}

// A doneLine is one thing that was done at the desk.
type doneLine struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// maxLines is how many of them are kept.
const maxLines = 50

// actionButtons is the desk as it stands. It takes no lock.
func (p *Page) actionButtons() []actionButton {
	out := []actionButton{}
	for _, a := range p.actions {
		b := actionButton{ID: a.ID, Group: a.Group, Label: a.Label, Help: a.Help, Fields: a.Fields}
		if a.State != nil {
			b.State = a.State()
		}
		b.Ends = b.State != "" && a.End != nil
		out = append(out, b)
	}
	return out
}

// addLine keeps a line of what was done at the desk.
func (p *Page) addLine(text string) {
	p.mu.Lock()
	p.lines = append(p.lines, doneLine{At: p.slack.Now(), Text: text})
	p.lines = p.lines[max(0, len(p.lines)-maxLines):]
	p.mu.Unlock()
	p.slack.Refresh()
}

func (p *Page) doneLines() []doneLine {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.lines)
}

// The control calls: what a person does at the practice desk, and what a story
// or a script does from outside.
//
//	GET  /page/control            every switch with its value
//	POST /page/control            {"name": "chat.update:rate_limit", "value": "3"}
//	POST /page/control/ID         runs the desk action ID; the body is its fields, {} for none
//	POST /page/control/ID/end     ends what it has put in force; the body is {}

func (p *Page) serveSwitches(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{"switches": p.slack.Switches()})
}

func (p *Page) setSwitch(w http.ResponseWriter, r *http.Request) {
	var c struct{ Name, Value string }
	if !readJSON(w, r, &c) {
		return
	}
	if err := p.slack.Switch(c.Name, c.Value); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		writeJSON(w, map[string]any{"error": err.Error()})
		return
	}
	done := "Slack behaves again: " + c.Name + " is off."
	for _, f := range p.slack.InForce() {
		if f.Name == c.Name {
			done = f.Text
		}
	}
	p.addLine(done)
	writeJSON(w, map[string]any{"switches": p.slack.Switches(), "done": done})
}

func (p *Page) doAction(w http.ResponseWriter, r *http.Request) {
	p.answerAction(w, r, func(a Action, given map[string]string) (string, error) {
		for _, f := range a.Fields {
			if given[f.Name] == "" {
				given[f.Name] = f.Options[0]
			}
		}
		return a.Do(r.Context(), given)
	})
}

func (p *Page) endAction(w http.ResponseWriter, r *http.Request) {
	p.answerAction(w, r, func(a Action, _ map[string]string) (string, error) {
		if a.End == nil {
			return "", fakeslack.ErrNoSwitch
		}
		return a.End(r.Context())
	})
}

func (p *Page) answerAction(w http.ResponseWriter, r *http.Request, act func(Action, map[string]string) (string,
	error),
) {
	given := map[string]string{}
	if !readJSON(w, r, &given) {
		return
	}
	i := slices.IndexFunc(p.actions, func(a Action) bool { return a.ID == r.PathValue("action") })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	done, err := act(p.actions[i], given)
	reply := map[string]any{"done": done}
	if err != nil {
		reply = map[string]any{"error": err.Error()}
		done = p.actions[i].Label + ": " + err.Error()
	}
	p.addLine(done)
	writeJSON(w, reply)
}
