package chat

import (
	"fmt"
	"sync"
)

// Slack takes at most ten Socket Mode connections of an app. It lets another one
// be made, says too_many_websockets instead of hello, and ends it (facts/slack.md
// section 7). slack-go hands that reason to nobody (fault 5), so that it is known
// by what is missing: a connection that ends before its hello, twice in a row.

// mostConnections is what Slack takes of an app.
const mostConnections = 10

// MostReplicas is how many replicas may use Socket Mode at a time.
const MostReplicas = mostConnections / connections

// crowd is what connections have come to, of all sessions.
type crowd struct {
	mu     sync.Mutex
	silent int  // connections in a row that ended before their hello
	told   bool // it was said
}

// greeted notes a hello; over: there were too many before.
func (w *crowd) greeted() (over bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	over = w.told
	w.silent, w.told = 0, false
	return over
}

// unheard notes a connection that ended before its hello; news: it is to be said
// now.
func (w *crowd) unheard() (news bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent++
	news = w.silent >= 2 && !w.told
	w.told = w.told || news
	return news
}

// Crowded reports whether Slack ends connections as fast as they are made.
func (c *Chat) Crowded() bool {
	c.crowd.mu.Lock()
	defer c.crowd.mu.Unlock()
	return c.crowd.told
}

// CrowdedWords say it to operators.
func CrowdedWords() string {
	return fmt.Sprintf("Slack ends Socket Mode connections as soon as they are made, as it does with too many of one app (too_many_websockets): it takes at most %d connections, and each replica has %d. Run at most %d replicas, end other programs that use the app token, or use HTTP",
		mostConnections, connections, MostReplicas)
}

// connected notes a connection that was made; the one before it in this session is
// over.
func (s *session) connected() {
	s.chat.log.Info("Socket Mode is connected")
	s.over()
	s.waits = true
}

// over notes the end of a connection that had no hello.
func (s *session) over() {
	if s.waits {
		s.waits = false
		if s.chat.crowd.unheard() {
			s.chat.log.Error(CrowdedWords())
			s.chat.notice(NoticeCrowded)
		}
	}
}

// hello notes that Slack has taken the connection.
func (s *session) hello() {
	s.waits = false
	if s.chat.crowd.greeted() {
		s.chat.log.Info("Slack takes its Socket Mode connections again")
	}
}
