package fakeslack

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// A Call is one use of the Web API or of a response_url by the bot.
type Call struct {
	Method     string // chat.postMessage, .., or response_url
	At         time.Time
	Args       map[string]string // without the token
	Status     int               // 0: no answer was sent
	Answer     json.RawMessage
	Error      string // the API error's code
	RetryAfter int    // seconds, of a 429
	Fault      string // the switch that spoilt it
}

// Calls returns every call so far, in the order in which they ended.
func (s *workspace) Calls() []Call {
	s.mu.Lock()
	calls := s.calls[:len(s.calls):len(s.calls)]
	s.mu.Unlock()
	out := slices.Clone(calls) // what was recorded never changes: nobody waits for the copy
	for i := range out {
		out[i].Args = maps.Clone(out[i].Args)
	}
	return out
}

// Requests returns every request to the bot so far, in the order in which they
// ended.
func (s *workspace) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *workspace) recordCall(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	s.markChanged()
}

func (s *workspace) recordRequest(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	s.markChanged()
}
