package page

import (
	"errors"
	"net/http"

	"twokey/bot/fakeslack"
)

// A call is what the page sends; which fields count depends on what.
type call struct {
	User     string `json:"user"`
	Channel  string `json:"channel"`
	TS       string `json:"ts"`
	Thread   string `json:"thread"`
	Text     string `json:"text"`
	Block    string `json:"block"`
	Action   string `json:"action"`
	Value    string `json:"value"`
	Version  int    `json:"version"`
	Callback string `json:"callback"`
	View     string `json:"view"` // "home" for the home tab
	// Quiet: the bot is not asked yet, although the input dispatches: the person
	// has only left it.
	Quiet bool `json:"quiet"`
}

// element is what the call is about.
func (c call) element() fakeslack.Element {
	return fakeslack.Element{Block: c.Block, Action: c.Action, Value: c.Value}
}

// serveAct does one thing in a person's name.
func (p *Page) serveAct(w http.ResponseWriter, r *http.Request) {
	var c call
	if !readJSON(w, r, &c) {
		return
	}
	act, ok := acts[r.PathValue("what")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	out, err := act(p.slack, r, c)
	reply := map[string]any{"result": out}
	var unacked *fakeslack.NotAcked
	switch {
	case errors.As(err, &unacked):
		reply["warning"] = err.Error()
	case err != nil:
		reply["error"] = err.Error()
	}
	writeJSON(w, reply)
}

// acts are what a person does, by name.
var acts = map[string]func(*fakeslack.Slack, *http.Request, call) (any, error){
	"command": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		reply, err := s.Command(r.Context(), c.User, c.Channel, c.Text)
		return map[string]any{"warning": reply.Warning}, err
	},
	"say": func(s *fakeslack.Slack, _ *http.Request, c call) (any, error) {
		_, err := s.Say(c.User, c.Channel, c.Thread, c.Text)
		return nil, err
	},
	"act": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		return nil, s.ClickElement(r.Context(), c.User, c.Channel, c.TS, c.Version, c.element())
	},
	"press": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		if c.View == "home" {
			return nil, s.PressHomeElement(r.Context(), c.User, c.element())
		}
		return nil, s.PressViewElement(r.Context(), c.User, c.element())
	},
	"fill": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		return nil, s.FillField(r.Context(), c.User, c.Block, c.Value, !c.Quiet)
	},
	"suggest": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		return s.Suggest(r.Context(), c.User, c.Action, c.Text)
	},
	"submit": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		return s.Submit(r.Context(), c.User, nil)
	},
	"close": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		return nil, s.CloseView(r.Context(), c.User)
	},
	"shortcut": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		return nil, s.Shortcut(r.Context(), c.User, c.Callback, c.Channel, c.TS)
	},
	"thread": func(s *fakeslack.Slack, _ *http.Request, c call) (any, error) {
		s.OpenThread(c.User, c.Channel, c.Thread)
		return nil, nil
	},
	"home": func(s *fakeslack.Slack, r *http.Request, c call) (any, error) {
		return nil, s.OpenHome(r.Context(), c.User)
	},
	"dismiss": func(s *fakeslack.Slack, _ *http.Request, c call) (any, error) {
		s.Dismiss(c.User, c.Channel, c.TS)
		return nil, nil
	},
}
