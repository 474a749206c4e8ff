package fakeslack

import "strings"

// Settings of a channel or a workspace under which Slack takes some messages and
// refuses others, by the switch that turns them on. Edits of what is there go
// through.
var kinds = []struct {
	name, code       string
	replies, threads bool // what is refused: replies, and messages outside threads
}{
	{name: "threads_off", code: "restricted_action_non_threadable_channel", replies: true},
	{name: "threads_locked", code: "restricted_action_thread_locked", replies: true},
	{name: "threads_only", code: "restricted_action_thread_only_channel", threads: true},
	{name: "read_only", code: "restricted_action", replies: true, threads: true},
}

// mayPost refuses a new message of a kind that is not taken now. Callers hold
// s.mu.
func (s *webAPI) mayPost(m Message) *refusal {
	for _, k := range kinds {
		if s.faults.On(k.name) && (m.IsReply() && k.replies || !m.IsReply() && k.threads) {
			return refuse(k.code)
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
