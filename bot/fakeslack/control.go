package fakeslack

import "net/http"

// The control calls: what a person does at the practice desk, and what a story
// or a script does from outside.
//
//	GET  /page/control            every switch with its value
//	POST /page/control            {"name": "chat.update:rate_limit", "value": "3"}
//	POST /page/control/ID         runs the desk action ID; the body is {}

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
	writePageJSON(w, map[string]any{"switches": s.Switches()})
}

func (s *Slack) controlDesk(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if !readPageJSON(w, r, &body) {
		return
	}
	for _, a := range s.cfg.Desk {
		if a.ID != r.PathValue("action") {
			continue
		}
		reply := map[string]any{"done": true}
		if err := a.Do(r.Context()); err != nil {
			reply = map[string]any{"error": err.Error()}
		}
		s.wake()
		writePageJSON(w, reply)
		return
	}
	http.NotFound(w, r)
}
