package fakeslack

import "time"

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
func (s *Slack) mayPost(m Message) *refusal {
	for _, k := range kinds {
		if s.faults.counts[k.name] != 0 && (m.isReply() && k.replies || !m.isReply() && k.threads) {
			return refuse(k.code)
		}
	}
	return nil
}

// SetAhead sets Slack's clock: so much ahead of the Config's, or behind it. It
// must not make the clock go backwards, so it comes before anything is said.
func (s *Slack) SetAhead(d time.Duration) { s.ahead.Store(int64(d)) }

// Delete is an administrator's: the message is gone, or a tombstone where it has
// replies.
func (s *Slack) Delete(channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.findPublic(channel, ts); r != nil {
		s.remove(s.channels[channel], r)
	}
}
