package fakeslack

import (
	"strings"

	"twokey/bot/fakeslack/switches"
)

// mayPost refuses a new message of a kind that is not taken now. Callers hold
// s.mu.
func (s *webAPI) mayPost(m Message) *refusal {
	for _, k := range switches.Kinds {
		if s.faults.On(k.Name) && (m.IsReply() && k.Replies || !m.IsReply() && k.Threads) {
			return refuse(k.Code)
		}
	}
	return nil
}

// refusesNow takes the code by which a call is to be refused, "" if it is not.
// Callers hold s.mu.
func (s *webAPI) refusesNow(method string, a args) string {
	next := s.codes[method]
	if len(next) == 0 || strings.HasPrefix(next[0], "duplicate_") && a["client_msg_id"] == "" {
		return ""
	}
	s.codes[method] = next[1:]
	return next[0]
}
