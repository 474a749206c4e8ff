package people

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

const (
	// recheckAge is how old may be what is read of people just before arming, and
	// of a channel at a click: many machines of one approver share it.
	recheckAge = 3 * time.Second
	// RereadTimeout is how long Slack may take to say who has approved.
	RereadTimeout = 15 * time.Second
	// WhoUnread is why a reset waits if that cannot be found out.
	WhoUnread = "Slack cannot be asked whether those who approved still may"
	// MostRemembered bounds each memory; a full one is emptied.
	MostRemembered = 4096
	// clickAge is how old may be who clicked. A no is remembered as well: whoever
	// is none of us costs one look-up in that time, whatever they do.
	clickAge = 5 * time.Second
	// channelAge is how old may be what is read of a channel for a proposal.
	channelAge = 10 * time.Second
)

// cache remembers for some seconds who somebody is, who is in a group, and
// where a proposal stands. Errors are never remembered, nor, but for
// clicks, is what would be a no. What was read at a click serves no re-check.
type cache struct {
	clicks   ttlCache[model.Person]
	persons  ttlCache[model.Person]
	groups   ttlCache[[]string]
	channels ttlCache[port.ChannelInfo]

	stopping singleflight.Group // who is asked about for a stop
}

type ttlCache[T any] struct {
	mu sync.Mutex
	m  map[string]cachedValue[T]
}

type cachedValue[T any] struct {
	value T
	at    time.Time
}

func (m *ttlCache[T]) getFresh(key string, now time.Time, most time.Duration) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.m[key]
	if age := now.Sub(e.at); !ok || age < 0 || age > most {
		var none T
		return none, false
	}
	return e.value, true
}

// putAt remembers what was asked for at a time.
func (m *ttlCache[T]) putAt(key string, v T, asked time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.m == nil || len(m.m) >= MostRemembered {
		m.m = map[string]cachedValue[T]{}
	}
	m.m[key] = cachedValue[T]{v, asked}
}

// Person is who somebody is just before the request, or was some seconds before.
func (l *Lookup) Person(ctx context.Context, user string) (model.Person, error) {
	now := l.now()
	if p, ok := l.cache.persons.getFresh(user, now, recheckAge); ok {
		return p, nil
	}
	p, err := l.chat.PersonNow(ctx, user)
	if err == nil && (reinstall.Actor{Person: p}).CheckMember("") == nil {
		l.cache.persons.putAt(user, p, now)
	}
	return p, err
}

// membersRecently is who is in a group, or was some seconds ago.
func (l *Lookup) membersRecently(ctx context.Context, group string) ([]string, error) {
	now := l.now()
	if m, ok := l.cache.groups.getFresh(group, now, recheckAge); ok {
		return m, nil
	}
	m, err := l.chat.MembersNow(ctx, group)
	if err == nil {
		l.cache.groups.putAt(group, m, now)
	}
	return m, err
}

// RereadApprovers reads again the standing of everybody whose approval counts. An
// error means that it could not be found out: then the reset waits.
func (l *Lookup) RereadApprovers(ctx context.Context, op reinstall.Operation) (map[string]reinstall.Actor, error) {
	ctx, cancel := context.WithTimeout(ctx, RereadTimeout)
	defer cancel()
	out := map[string]reinstall.Actor{}
	var unread error
	for _, user := range op.Keys().By {
		p, err := l.Person(ctx, user)
		if err != nil {
			return nil, l.LogUnread(op, err)
		}
		st := reinstall.Actor{Person: p}
		st.Approver, err = l.AmongNow(ctx, user, op.Approvers())
		unread = errors.Join(unread, err)
		st.Seats, err = seatsIn(op, op.SeatsOf(user), func(p model.People) (bool,
			error,
		) {
			return l.AmongNow(ctx, user, p)
		})
		unread = errors.Join(unread, err)
		out[user] = st
	}
	if unread != nil && len(op.RevokedApprovals(reinstall.RecheckResult{Actors: out}, l.now())) > 0 {
		return nil, l.LogUnread(op, unread) // what was not read takes no approval back
	}
	return out, nil
}

// LogUnread notes that it could not be read again who has approved.
func (l *Lookup) LogUnread(op reinstall.Operation, err error) error {
	l.log.Warn("approvers: could not read them again", "op", op.ID, "err", err)
	l.count("fault", "standing")
	return err
}

// AmongNow is isAmong as of now, or of some seconds ago where that was a yes.
func (l *Lookup) AmongNow(ctx context.Context, user string, p model.People) (bool, error) {
	may, err := isAmong(ctx, user, p, l.membersRecently)
	if err == nil && !may {
		may, err = isAmong(ctx, user, p, l.chat.MembersNow)
	}
	return may, err
}

// CheckNotShared refuses to turn keys where another company reads along: the
// channel of the proposal may have been shared since it was made.
func (l *Lookup) CheckNotShared(ctx context.Context, it port.Item, s reinstall.Actor,
	op reinstall.Operation,
) error {
	member := s.CheckMember(model.RefusalTitle(it.Verb)) == nil // who is none is refused for that
	if !model.TurnsKeys(it.Verb) || !member {
		return nil
	}
	now := l.now()
	if _, ok := l.cache.channels.getFresh(op.Channel, now, recheckAge); ok {
		return nil
	}
	room, err := l.chat.Channel(ctx, op.Channel)
	if err != nil {
		return err
	}
	if room.Shared {
		return model.Refuse(model.RefusalTitle(it.Verb),
			"another company shares the proposal's channel now, and approvals are not accepted in shared channels",
			"End the sharing, or cancel it and propose in a channel of your own workspace")
	}
	l.cache.channels.putAt(op.Channel, room, now)
	return nil
}
