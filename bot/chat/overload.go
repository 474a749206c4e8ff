package chat

import (
	"fmt"
	"sync"
)

// Slack takes at most ten Socket Mode connections of an app. It lets another one be made,
// says too_many_websockets instead of hello, and ends it (section 7.1). slack-go does not
// pass that reason on (fault 5). So the sign is what is missing: two connections in a row
// that end before their hello.

// maxConnections is what Slack takes of an app.
const maxConnections = 10

// MostReplicas is how many replicas may use Socket Mode at a time.
const MostReplicas = maxConnections / connections

// overload counts the connections of all sessions that Slack ended at once.
type overload struct {
	mu       sync.Mutex
	silent   int  // connections in a row that ended before their hello
	reported bool // operators know
}

// noteHello notes a hello; over says that there were too many connections before.
func (o *overload) noteHello() (over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	over = o.reported
	o.silent, o.reported = 0, false
	return over
}

// noteSilentEnd notes a connection that ended before its hello; news says that it is to
// be reported now.
func (o *overload) noteSilentEnd() (news bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.silent++
	news = o.silent >= 2 && !o.reported
	o.reported = o.reported || news
	return news
}

// Crowded reports whether Slack ends connections as fast as they are made.
func (m *socketMode) Crowded() bool {
	m.overload.mu.Lock()
	defer m.overload.mu.Unlock()
	return m.overload.reported
}

// CrowdedWords say it to operators.
func CrowdedWords() string {
	return fmt.Sprintf(
		"Slack ends Socket Mode connections as soon as they are made: the app has too many (too_many_websockets). "+
			"Slack takes at most %d connections, and each replica has %d. Run at most %d "+
			"replicas, end other programs that use the app token, or use HTTP",
		maxConnections, connections, MostReplicas)
}

// noteConnected notes a new connection, which ends the one before it in this session.
func (s *session) noteConnected() {
	s.mode.log.Info("Socket Mode is connected")
	s.noteConnectionEnd()
	s.awaitsHello = true
}

// noteConnectionEnd notes the end of a connection that had no hello.
func (s *session) noteConnectionEnd() {
	if s.awaitsHello {
		s.awaitsHello = false
		if s.mode.overload.noteSilentEnd() {
			s.mode.log.Error(CrowdedWords())
			s.mode.dispatcher.notices.notify(NoticeCrowded)
		}
	}
}

// noteHello notes that Slack has taken the connection.
func (s *session) noteHello() {
	s.awaitsHello = false
	if s.mode.overload.noteHello() {
		s.mode.log.Info("Slack takes its Socket Mode connections again")
	}
}
