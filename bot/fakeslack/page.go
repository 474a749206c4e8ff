package fakeslack

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"slices"
	"strings"
)

//go:embed page/dist
var dist embed.FS

// pageRoutes serves the page and its own calls. Nothing of it belongs to
// Slack's API, and the bot never uses it.
func (s *Slack) pageRoutes(mux *http.ServeMux) {
	files, err := fs.Sub(dist, "page/dist")
	if err != nil {
		panic("fakeslack: " + err.Error())
	}
	mux.Handle("/", http.FileServerFS(files))
	mux.HandleFunc("GET /archives/{channel}/{message}", s.openAt)
	mux.HandleFunc("GET /page/state", s.pageState)
	mux.HandleFunc("GET /page/events", s.pageEvents)
	mux.HandleFunc("POST /page/{what}", s.pageAct)
	mux.HandleFunc("GET /page/control", s.controlState)
	mux.HandleFunc("POST /page/control", s.controlSwitch)
	mux.HandleFunc("POST /page/control/{action}", s.controlDesk)
	mux.HandleFunc("POST /page/control/{action}/end", s.controlEnd)
	mux.HandleFunc("GET /page/tours/{name}", s.tourFrames)
}

// openAt sends a permalink's reader to the page, at that message.
func (s *Slack) openAt(w http.ResponseWriter, r *http.Request) {
	ts := strings.TrimPrefix(r.PathValue("message"), "p")
	if len(ts) > 6 {
		ts = ts[:len(ts)-6] + "." + ts[len(ts)-6:]
	}
	target := "/#channel=" + r.PathValue("channel") + "&message=" + ts
	if thread := r.URL.Query().Get("thread_ts"); thread != "" {
		target += "&thread=" + thread
	}
	http.Redirect(w, r, target, http.StatusFound)
}

// A pageView is all that one person sees, as the page draws it.
type pageView struct {
	Revision  uint64        `json:"revision"`
	Workspace string        `json:"workspace"`
	Command   string        `json:"command"`
	Usage     string        `json:"usage"`
	Shortcuts []Shortcut    `json:"shortcuts"`
	Me        string        `json:"me"`
	Bot       User          `json:"bot"`
	People    []User        `json:"people"`
	Groups    []Group       `json:"groups"`
	Channels  []pageChannel `json:"channels"`
	Modal     *pageModal    `json:"modal"`
	Home      *pageModal    `json:"home"`
	Desk      []deskButton  `json:"desk"`
	Done      []deskLine    `json:"done"`     // at the desk, oldest first
	InForce   []Force       `json:"in_force"` // of Slack's switches
	Tours     []Tour        `json:"tours"`
}

type pageChannel struct {
	Channel
	Label    string        `json:"label"` // as people read it
	Member   bool          `json:"member"`
	Messages []pageMessage `json:"messages"`
}

type pageMessage struct {
	Message
	State values `json:"state,omitempty"`
}

type pageModal struct {
	ID      string            `json:"id"`
	Hash    string            `json:"hash"`
	Title   string            `json:"title"`
	Submit  string            `json:"submit"`
	Close   string            `json:"close"`
	Blocks  []Block           `json:"blocks"`
	Values  values            `json:"values"`
	Errors  map[string]string `json:"errors"`
	Depth   int               `json:"depth"`
	Warning string            `json:"warning"`
}

func (s *Slack) pageState(w http.ResponseWriter, r *http.Request) {
	desk, tours := s.deskNow(), []Tour{}
	if s.cfg.Tours != nil {
		tours = s.cfg.Tours.Tours()
	}
	s.mu.Lock()
	v := s.pageFor(r.URL.Query().Get("as"))
	v.Desk, v.Tours = desk, tours
	body, err := json.Marshal(v)
	s.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}

// pageFor gathers what the person sees. Callers hold s.mu until the result was
// marshalled, as it shares the workspace's own values.
func (s *Slack) pageFor(me string) pageView {
	v := pageView{
		Revision: s.revision, Workspace: "Home", Command: s.cfg.Command, Usage: s.cfg.Usage, Shortcuts: s.cfg.Shortcuts,
		Me: me, Bot: *s.botUser(), Groups: s.groups, Desk: []deskButton{}, Done: s.desk, InForce: s.inForce(), Tours: []Tour{},
	}
	for _, id := range s.userOrder {
		v.People = append(v.People, *s.users[id])
	}
	for _, id := range s.roomOrder {
		c := s.channels[id]
		if c.Has(me) {
			v.Channels = append(v.Channels, pageChannel{Channel: c.Channel, Label: s.labelOf(c.Channel), Member: true, Messages: s.visible(c, me)})
		}
	}
	if top := s.top(me); top != nil {
		v.Modal = s.pageModal(top, len(s.stacks[me]))
	}
	if home := s.homes[me]; home != nil {
		v.Home = s.pageModal(home, 1)
	}
	return v
}

// labelOf is what people call a channel; a direct conversation is called by whom
// it is with.
func (s *Slack) labelOf(c Channel) string {
	if c.IM != "" {
		return s.botUser().RealName + " (direct messages)"
	}
	return "#" + c.Name
}

// visible merges a channel's messages with the person's ephemerals, by time.
func (s *Slack) visible(c *room, me string) []pageMessage {
	out := []pageMessage{}
	add := func(r *record) {
		out = append(out, pageMessage{Message: r.Message, State: r.stateFor(me)})
	}
	for _, r := range c.records {
		add(r)
	}
	for _, r := range s.ephemeral {
		if r.EphemeralTo == me && r.Channel == c.ID {
			add(r)
		}
	}
	slices.SortStableFunc(out, func(a, b pageMessage) int { return strings.Compare(a.TS, b.TS) })
	return out
}

func (s *Slack) pageModal(v *view, depth int) *pageModal {
	shown := s.shown(v, depth)
	return &pageModal{
		ID: shown.ID, Hash: shown.Hash, Title: shown.Title, Submit: shown.Submit, Close: shown.Close, Blocks: v.blocks,
		Values: v.values, Errors: shown.Errors, Depth: depth, Warning: shown.Warning,
	}
}

// pageEvents tells the page by server-sent events that something changed.
func (s *Slack) pageEvents(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "no streaming", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	for {
		changed, revision := s.watch()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", revision); err != nil {
			return
		}
		flusher.Flush()
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// A pageCall is what the page sends; which fields count depends on what.
type pageCall struct {
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
	// Quiet: what was filled in tells the bot nothing yet, although the input
	// dispatches: it was only left.
	Quiet bool `json:"quiet"`
}

// pageAct does one thing in a person's name.
func (s *Slack) pageAct(w http.ResponseWriter, r *http.Request) {
	var c pageCall
	if !readPageJSON(w, r, &c) {
		return
	}
	act, ok := pageActions[r.PathValue("what")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	out, err := act(s, r, c)
	reply := map[string]any{"result": out}
	var unacked *NotAcked
	switch {
	case errors.As(err, &unacked):
		reply["warning"] = err.Error()
	case err != nil:
		reply["error"] = err.Error()
	}
	writePageJSON(w, reply)
}

var pageActions = map[string]func(*Slack, *http.Request, pageCall) (any, error){
	"command": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		reply, err := s.Command(r.Context(), c.User, c.Channel, c.Text)
		return map[string]any{"warning": reply.Warning}, err
	},
	"say": func(s *Slack, _ *http.Request, c pageCall) (any, error) {
		_, err := s.Say(c.User, c.Channel, c.Thread, c.Text)
		return nil, err
	},
	"act": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		p, err := s.messagePayload(c.User, c.Channel, c.TS, c.Version, byPlace(c.Block, c.Action, c.Value, nil))
		if err != nil {
			return nil, err
		}
		return nil, s.act(r.Context(), c.User, c.Channel, c.TS, p)
	},
	"press": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		where := func() *view { return s.top(c.User) }
		if c.View == "home" {
			where = func() *view { return s.homes[c.User] }
		}
		find := func(v *view) picker { return byPlace(c.Block, c.Action, c.Value, v.offered[c.Block+" "+c.Action]) }
		return nil, s.pressIn(r.Context(), c.User, where, find)
	},
	"fill": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		return nil, s.enterInto(r.Context(), c.User, c.Block, c.Value, !c.Quiet)
	},
	"suggest": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		return s.Suggest(r.Context(), c.User, c.Action, c.Text)
	},
	"submit": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		return s.Submit(r.Context(), c.User, nil)
	},
	"close": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		return nil, s.CloseView(r.Context(), c.User)
	},
	"shortcut": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		return nil, s.Shortcut(r.Context(), c.User, c.Callback, c.Channel, c.TS)
	},
	"thread": func(s *Slack, _ *http.Request, c pageCall) (any, error) {
		s.OpenThread(c.User, c.Channel, c.Thread)
		return nil, nil
	},
	"home": func(s *Slack, r *http.Request, c pageCall) (any, error) {
		return nil, s.OpenHome(r.Context(), c.User)
	},
	"dismiss": func(s *Slack, _ *http.Request, c pageCall) (any, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if m := s.find(c.Channel, c.TS); m != nil && m.EphemeralTo == c.User {
			s.discard(m)
		}
		return nil, nil
	},
}

// readPageJSON insists on a JSON content type, which another site's form
// cannot send.
func readPageJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		http.Error(w, "send application/json", http.StatusUnsupportedMediaType)
		return false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(v); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func writePageJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
