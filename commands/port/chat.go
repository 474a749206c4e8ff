package port

import (
	"context"
	"time"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Chat is Slack. Whoever needs a part of it takes that part.
type Chat interface {
	Directory
	Cards
	Thread
	Whisperer
	DirectMessages
	Forms
	HomeTabs
}

// Directory knows people, groups and channels.
type Directory interface {
	// Person asks who somebody is, now; an error counts as no.
	Person(ctx context.Context, user string) (model.Person, error)
	// PersonNow is Person for what may not wait, a stop or the last look before
	// the call: a share of Slack's limit is kept for it, and it never shares the
	// answer to an earlier question.
	PersonNow(ctx context.Context, user string) (model.Person, error)
	// Members lists a user group's members, at most 30 s old.
	Members(ctx context.Context, group string) ([]string, error)
	// MembersNow is Members, asked for now.
	MembersNow(ctx context.Context, group string) ([]string, error)
	// Handle is a user group's name behind the @, at most some minutes old.
	Handle(ctx context.Context, group string) (string, error)
	// Channel reads what matters of a channel.
	Channel(ctx context.Context, id string) (ChannelInfo, error)
	// InChannel lists a channel's members, at most 30 s old.
	InChannel(ctx context.Context, channel string) ([]string, error)
}

// Cards shows a proposal's one message.
type Cards interface {
	// PostCard posts the card and returns its address; key is its metadata.
	PostCard(ctx context.Context, c view.Card, key string) (Address, error)
	// UpdateCard redraws it. Where Slack's limits are near, calm cards let the
	// others go first.
	UpdateCard(ctx context.Context, a Address, c view.Card) error
	// FindCard looks for a card by its key.
	FindCard(ctx context.Context, channel, key string, since time.Time) (Address, bool, error)
	// Permalink is the address of a message, for people.
	Permalink(ctx context.Context, a Address) (string, error)
}

// Thread shows what happened, in order.
type Thread interface {
	// PostLine posts a line in the card's thread.
	PostLine(ctx context.Context, a Address, t view.Text, key string) error
	// PostLoud is PostLine for what the channel shows as well.
	PostLoud(ctx context.Context, a Address, t view.Text, key string) error
	// PostWithButtons is PostLine with buttons of the card at a, and loud if the line is.
	PostWithButtons(ctx context.Context, a Address, l view.LineWithButtons, key string) error
	// EditLine gives the line with that key another text, and these buttons instead of
	// its own. Without a text only the buttons go. edited is false if the line is gone, or
	// cannot be edited any more. The same edit twice is as good as once.
	EditLine(ctx context.Context, a Address, l view.LineWithButtons, key string) (edited bool, err error)
	// FindLine looks for a line by its key.
	FindLine(ctx context.Context, a Address, key string) (bool, error)
}

// Whisperer tells one person alone.
type Whisperer interface {
	// Whisper tells one person alone, in a channel; or in a thread, which they see
	// only where they have it open.
	Whisper(ctx context.Context, w PrivateMessage) error
	// Answer tells whoever caused a delivery, alone, through its response_url:
	// five times within half an hour, and also where the bot is no member.
	Answer(ctx context.Context, w PrivateMessage) error
}

// DirectMessages tells one person outside of any channel.
type DirectMessages interface {
	// Direct tells one person in their direct messages; key is its metadata.
	Direct(ctx context.Context, user string, t view.Text, key string) error
	// FindDirect looks for what was told somebody directly, by its key, from a
	// moment on.
	FindDirect(ctx context.Context, user, key string, since time.Time) (bool, error)
}

// Forms shows dialogs.
type Forms interface {
	// OpenForm opens a form on a trigger that lives three seconds.
	OpenForm(ctx context.Context, trigger string, f view.Form) (view, hash string, err error)
	// UpdateForm redraws an open form (view id and hash).
	UpdateForm(ctx context.Context, view, hash string, f view.Form) error
}

// HomeTabs shows Home tabs.
type HomeTabs interface {
	// PublishHome shows somebody their Home tab, in place of what it showed. Where
	// Slack's limits would not let it before ctx ends, nothing is sent.
	PublishHome(ctx context.Context, user string, h view.Home) error
}

// ChannelInfo is what matters of a channel.
type ChannelInfo struct {
	ID     string
	Name   string
	Shared bool // with another company
	// Private: its name is nobody's business who is not in it.
	Private bool
	Member  bool // the bot is in it
}

// UrgentKey marks what is posted under it as urgent.
type UrgentKey struct{}

// IsUrgent reports whether what is posted is urgent: it leaves nothing to others.
func IsUrgent(ctx context.Context) bool { return ctx.Value(UrgentKey{}) != nil }
