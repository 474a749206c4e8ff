package port

import (
	"fmt"
	"strings"
	"time"

	"twokey/commands/view"
)

// Kinds that only the outbox knows. A doubt says that what is named behind its
// key's prefix may have been told. An unreadable entry is one that the store
// could not decode; Text says why, and Posted sets it aside.
const (
	PostDoubt      PostKind = "doubt"
	PostUnreadable PostKind = "unreadable"

	DoubtPrefix = "doubt."
)

// Post is one thing to be told in Slack. Key is unique and the same at every
// attempt: it travels as message metadata, so that a post whose answer was lost
// is found again.
type Post struct {
	Kind    PostKind  `json:"kind"`
	Key     string    `json:"key"`
	Op      string    `json:"op"`
	Rev     int64     `json:"rev"`
	Channel string    `json:"channel,omitempty"`
	User    string    `json:"user,omitempty"`   // of a whisper, a direct post or a call
	Thread  string    `json:"thread,omitempty"` // of a whisper: the thread that was pressed in
	Reply   string    `json:"reply,omitempty"`  // of a whisper: the response_url of what it answers, see SendPrivately
	Text    view.Text `json:"text,omitempty"`
	Loud    bool      `json:"loud,omitempty"` // a line that the channel shows as well
	// Corrections are buttons below a whisper.
	Corrections []view.Correction `json:"corrections,omitempty"`
	// Counts is set on the line of a countdown: whose, and when it was announced.
	Counts *view.Countdown `json:"counts,omitempty"`
	// Line is the key of the line that an edit changes. Stops says that it keeps the
	// buttons that stop something.
	Line  string `json:"line,omitempty"`
	Stops bool   `json:"stops,omitempty"`
	// Steps is how many steps a button of the line shows.
	Steps int `json:"steps,omitempty"`
	// Stream is the outbox's own id of the entry, and At when it was appended, by
	// Redis' clock; both are set by the store.
	Stream string    `json:"-"`
	At     time.Time `json:"-"`
}

// PostKind is what a post is.
type PostKind string

// A card post says that the card changed (the newest record is drawn when it
// is worked off); a line goes to the thread; a whisper to one person only, in the
// channel; a direct post to one person, in their direct messages. A call asks for
// direct posts: to User, or to all who may approve.
const (
	PostCard    PostKind = "card"
	PostLine    PostKind = "line"
	PostWhisper PostKind = "whisper"
	PostNotify  PostKind = "call"
	PostDirect  PostKind = "direct"
	// PostEdit gives the line with the key Line another text. If that line is gone, the
	// text becomes a line of its own.
	PostEdit PostKind = "edit"
	// PostOver is what earlier versions wrote at the end of a countdown: its line loses its
	// buttons and keeps its text. Key is the line's with overSuffix.
	PostOver PostKind = "over"
)

// CountdownKey is the key of a countdown's line: the same for whoever ends it.
func CountdownKey(c view.Countdown) string {
	return fmt.Sprintf("%s.countdown.%d", c.Op, c.Of.UnixNano())
}

const overSuffix = ".over"

// EditedLine is the key of the line that a post edits; empty: it edits none.
func (p Post) EditedLine() string {
	switch p.Kind {
	case PostEdit:
		return p.Line
	case PostOver:
		return strings.TrimSuffix(p.Key, overSuffix)
	}
	return ""
}

// UnreadablePost is an entry of the outbox that the store could not decode, and why.
func UnreadablePost(stream string, why error) Post {
	return Post{Kind: PostUnreadable, Key: stream, Text: view.Say(why.Error())}
}
