package fakeslack

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
}

// A Frame is one moment of a recording: what one person sees, and what there is
// to say about it.
type Frame struct {
	// Caption says what this part of the tour is about.
	Caption string `json:"caption"`
	// Who does something now: a user's id, or bot, cloud, slack or somebody;
	// empty where it is only looked at.
	Who string `json:"who"`
	// Act says what is done, Looks what there is to see. One may be empty.
	Act   string   `json:"act"`
	Looks []string `json:"looks"`
	// Press is the label of the button that is pressed, Typed what stands in the
	// composer.
	Press string `json:"press"`
	Typed string `json:"typed"`
	// As is whose page it is, State what that person sees (Seen), Thread the ts
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

// Seen is all that one person sees now, as the page draws it: the state of a
// Frame.
func (s *Slack) Seen(user string) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.pageFor(user)
	v.Revision = 0 // the same picture has the same text
	body, err := json.Marshal(v)
	if err != nil {
		panic("fakeslack: " + err.Error())
	}
	return body
}

// tourFrames answers GET /page/tours/NAME?after=N.
func (s *Slack) tourFrames(w http.ResponseWriter, r *http.Request) {
	if s.cfg.Tours == nil {
		http.NotFound(w, r)
		return
	}
	after, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil || after < 0 {
		http.Error(w, "after has to be a number of frames", http.StatusBadRequest)
		return
	}
	reel, err := s.cfg.Tours.Reel(r.Context(), r.PathValue("name"), after)
	if err != nil {
		reel = Reel{Frames: []Frame{}, Done: true, Failed: err.Error()}
	}
	writePageJSON(w, reel)
}
