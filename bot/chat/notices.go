package chat

import (
	"sync"
	"time"
)

// A Notice is something of Slack's that operators want to know, beside the log.
type Notice string

// Notices.
const (
	// NoticeEvent: Slack has reached the address for events.
	NoticeEvent Notice = "event"
	// NoticeCrowded: Slack ended a connection of Socket Mode because the app has too
	// many.
	NoticeCrowded Notice = "too_many_websockets"
)

// noticeEvery is how often the same notice is passed on.
const noticeEvery = time.Minute

// notices passes notices on, each at most once a minute.
type notices struct {
	now  func() time.Time
	pass func(Notice) // nil: nobody wants them

	mu   sync.Mutex
	last map[Notice]time.Time
}

func (n *notices) notify(what Notice) {
	if n.pass == nil {
		return
	}
	now := n.now()
	n.mu.Lock()
	last, was := n.last[what]
	due := !was || now.Sub(last).Abs() >= noticeEvery
	if due {
		n.last[what] = now
	}
	n.mu.Unlock()
	if due {
		n.pass(what)
	}
}
