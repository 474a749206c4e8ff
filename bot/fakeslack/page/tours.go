package page

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
)

// A Tour is a recording that the page can show.
type Tour struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	About string `json:"about"` // one sentence
	// First is its button in an empty channel; empty: it has none there.
	First string `json:"first,omitempty"`
}

// A Frame is one moment of a recording: what one person sees, and what there is
// to say about it.
type Frame struct {
	// Caption says what this part of the tour is about.
	Caption string `json:"caption"`
	// Who does something now: a user's id, or bot, cloud, slack or somebody;
	// empty if it is only looked at.
	Who string `json:"who"`
	// Act says what is done, Looks what there is to see. One may be empty.
	Act   string   `json:"act"`
	Looks []string `json:"looks"`
	// Press is the label of the button that is pressed, Typed what stands in the
	// composer.
	Press string `json:"press"`
	Typed string `json:"typed"`
	// As is whose page it is, State what that person sees (Picture), Thread the ts
	// of the open thread.
	As     string          `json:"as"`
	Thread string          `json:"thread"`
	State  json.RawMessage `json:"state"`
}

// A Reel is part of a recording.
type Reel struct {
	Frames []Frame `json:"frames"`
	Done   bool    `json:"done"`
	Failed string  `json:"failed"` // why the recording ended early
}

// Tours are where the page's recordings come from.
type Tours interface {
	// Tours lists them.
	Tours() []Tour
	// Reel returns the frames of one after the first n. It waits until there is
	// at least one more, or no more to come.
	Reel(ctx context.Context, name string, after int) (Reel, error)
}

// serveFrames answers GET /page/tours/NAME?after=N.
func (p *Page) serveFrames(w http.ResponseWriter, r *http.Request) {
	if p.tours == nil {
		http.NotFound(w, r)
		return
	}
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil || after < 0 {
		http.Error(w, "after has to be a number of frames", http.StatusBadRequest)
		return
	}
	reel, err := p.tours.Reel(r.Context(), r.PathValue("name"), after)
	if err != nil {
		reel = Reel{Frames: []Frame{}, Done: true, Failed: err.Error()}
	}
	writeJSON(w, reel)
}
