package fakeslack

import (
	"fmt"
	"strings"
	"time"
)

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

// RefuseCalls has the next calls of a method refused by a code of Slack's, so many
// of them. Codes of client_msg_id only meet posts that have one.
func (s *Slack) RefuseCalls(method, code string, times int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := methods[method]; !known || code == "" || times < 1 {
		return fmt.Errorf("%w: %d calls of %s refused by %q", ErrNoSuch, times, method, code)
	}
	if s.codes == nil {
		s.codes = map[string][]string{}
	}
	for range times {
		s.codes[method] = append(s.codes[method], code)
	}
	s.touch()
	return nil
}

// refusesNow takes the code by which a call is to be refused, "" if it is not.
// Callers hold s.mu.
func (s *Slack) refusesNow(method string, a args) string {
	next := s.codes[method]
	if len(next) == 0 || strings.HasPrefix(next[0], "duplicate_") && a["client_msg_id"] == "" {
		return ""
	}
	s.codes[method] = next[1:]
	return next[0]
}
