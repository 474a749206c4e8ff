package fakeslack

import "slices"

// An aside is a thread of a channel.
type aside struct{ channel, ts string }

// OpenThread opens a thread beside the channel, as a person does in their client;
// an empty ts closes it. One is open at a time.
func (s *clients) OpenThread(user, channel, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.openThread(user, channel, ts)
}

// openThread is OpenThread; callers hold s.mu. Whoever writes or presses in a
// thread has it open.
func (s *workspace) openThread(user, channel, ts string) {
	if ts == "" {
		delete(s.opened, user)
		return
	}
	s.opened[user] = aside{channel, ts}
}

// hasOpen reports whether a message that only this person sees would show in the
// thread. Slack shows it if the thread is active, which means that it has replies,
// and only in the thread's own pane (bot/chat/doc.go, "Messages for one person").
// Callers hold s.mu.
func (s *workspace) hasOpen(user, channel, ts string) bool {
	active := slices.ContainsFunc(s.replies[ts], func(r *record) bool { return r.TS != ts && !r.Deleted })
	return active && s.opened[user] == aside{channel, ts}
}

// addUnshown keeps a message that nobody is shown, and returns its timestamp: the app
// hears that all went well. Callers hold s.mu.
func (s *workspace) addUnshown(m Message) string {
	m.TS, m.Version = s.nextTS(), 1
	s.unshown = append(s.unshown, m)
	s.markChanged()
	return m.TS
}

// Unshown returns the messages that were for this person alone and that their
// client never showed, oldest first.
func (s *workspace) Unshown(user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.unshown {
		if m.EphemeralTo == user {
			out = append(out, m.Clone())
		}
	}
	return out
}
