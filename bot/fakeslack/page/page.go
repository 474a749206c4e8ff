// Package page is a page that looks and works like a Slack channel, on a fakeslack
// workspace: one person's client, or two people's side by side, by mouse, by keyboard
// or on a phone. It has a practice desk beside it, for accidents on purpose, and shows
// recordings moment by moment.
//
// Nothing of it belongs to Slack's API, and the bot never uses it. The page's source
// is under src/; `npm ci && npm run build` makes dist/, which is embedded.
package page

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"strings"
	"sync"

	"twokey/bot/fakeslack"
)

//go:embed dist
var dist embed.FS

// maxBody is how much a call of the page may send.
const maxBody = 4 << 20

// A Page is the page of one workspace.
type Page struct {
	slack   *fakeslack.Slack
	actions []Action
	tours   Tours
	mux     *http.ServeMux

	mu    sync.Mutex
	lines []doneLine // of what was done at the desk, oldest first
}

// Open makes the page of a workspace, which then serves it at /. actions are the buttons
// of its practice desk, tours the recordings that it can show; both may be nil.
func Open(s *fakeslack.Slack, actions []Action, tours Tours) *Page {
	p := &Page{slack: s, actions: actions, tours: tours, mux: http.NewServeMux(), lines: []doneLine{}}
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("page: " + err.Error())
	}
	p.mux.Handle("/", http.FileServerFS(files))
	p.mux.HandleFunc("GET /archives/{channel}/{message}", p.openAt)
	p.mux.HandleFunc("GET /page/state", p.serveState)
	p.mux.HandleFunc("GET /page/events", p.serveEvents)
	p.mux.HandleFunc("POST /page/{what}", p.serveAct)
	p.mux.HandleFunc("GET /page/control", p.serveSwitches)
	p.mux.HandleFunc("POST /page/control", p.setSwitch)
	p.mux.HandleFunc("POST /page/control/{action}", p.doAction)
	p.mux.HandleFunc("POST /page/control/{action}/end", p.endAction)
	p.mux.HandleFunc("GET /page/tours/{name}", p.serveFrames)
	s.Mount(p.mux)
	return p
}

// openAt sends a permalink's reader to the page, at that message.
func (p *Page) openAt(w http.ResponseWriter, r *http.Request) {
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

// A state is what the page draws: a person's screen, the desk and the recordings.
type state struct {
	fakeslack.Screen
	Buttons []actionButton `json:"desk"`
	Done    []doneLine     `json:"done"` // at the desk, oldest first
	Tours   []Tour         `json:"tours"`
}

func (p *Page) serveState(w http.ResponseWriter, r *http.Request) {
	st := state{Buttons: p.actionButtons(), Done: p.doneLines(), Tours: []Tour{}}
	if p.tours != nil {
		st.Tours = p.tours.Tours()
	}
	var body []byte
	var err error
	p.slack.ShowScreen(r.URL.Query().Get("as"), func(screen fakeslack.Screen) {
		st.Screen = screen
		body, err = json.Marshal(st)
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}

// Picture is what the page draws for one person now, without the desk: the state of
// a Frame. The same picture has the same text.
func Picture(s *fakeslack.Slack, user string) json.RawMessage {
	st := state{Buttons: []actionButton{}, Done: []doneLine{}, Tours: []Tour{}}
	var body []byte
	var err error
	s.ShowScreen(user, func(screen fakeslack.Screen) {
		st.Screen, st.Revision = screen, 0
		body, err = json.Marshal(st)
	})
	if err != nil {
		panic("page: " + err.Error())
	}
	return body
}

// serveEvents says by server-sent events that something changed.
func (p *Page) serveEvents(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "no streaming", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	for {
		changed, revision := p.slack.Changed()
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

// readJSON insists on a JSON content type, which another site's form cannot send.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
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

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
