package people

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

const (
	// latelyAge is how old may be what is read of people just before arming, and
	// of a channel at a click: many machines of one approver share it.
	latelyAge = 3 * time.Second
	// WitnessFor is how long Slack may take to say who has approved.
	WitnessFor = 15 * time.Second
	WhoUnread  = "Slack cannot be asked whether those who approved still may"
	// MostLately bounds each memory; a full one is emptied.
	MostLately = 4096
	// clickAge is how old may be who clicked. A no is remembered as well: whoever
	// is none of us costs one look-up in that time, whatever they do.
	clickAge = 5 * time.Second
	// roomAge is how old may be what is read of a channel for a proposal.
	roomAge = 10 * time.Second
)

// lately remembers for some seconds who somebody is, who is in a group, and
// where a proposal stands. Errors are never remembered, nor, but for
// clicks, is what would be a no. What was read at a click serves no re-check.
type lately struct {
	clicks  memo[reinstall.Person]
	persons memo[reinstall.Person]
	groups  memo[[]string]
	rooms   memo[port.Room]

	stopping singleflight.Group // who is asked about for a stop
}

type memo[T any] struct {
	mu sync.Mutex
	m  map[string]memory[T]
}

type memory[T any] struct {
	value T
	at    time.Time
}

func (m *memo[T]) get(key string, now time.Time, most time.Duration) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.m[key]
	if age := now.Sub(e.at); !ok || age < 0 || age > most {
		var none T
		return none, false
	}
	return e.value, true
}

// put remembers what was asked for at a time.
func (m *memo[T]) put(key string, v T, asked time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.m == nil || len(m.m) >= MostLately {
		m.m = map[string]memory[T]{}
	}
	m.m[key] = memory[T]{v, asked}
}

// Person is who somebody is just before the call, or was some seconds before.
func (l *Lookup) Person(ctx context.Context, user string) (reinstall.Person, error) {
	now := l.now()
	if p, ok := l.lately.persons.get(user, now, latelyAge); ok {
		return p, nil
	}
	p, err := l.chat.PersonNow(ctx, user)
	if err == nil && (reinstall.Standing{Person: p}).Member("") == nil {
		l.lately.persons.put(user, p, now)
	}
	return p, err
}

// members is who is in a group, or was some seconds ago.
func (l *Lookup) members(ctx context.Context, group string) ([]string, error) {
	now := l.now()
	if m, ok := l.lately.groups.get(group, now, latelyAge); ok {
		return m, nil
	}
	m, err := l.chat.MembersNow(ctx, group)
	if err == nil {
		l.lately.groups.put(group, m, now)
	}
	return m, err
}

// Witnesses reads again the standing of everybody whose approval counts. An
// error means that it could not be found out: then the call waits.
func (l *Lookup) Witnesses(ctx context.Context, op reinstall.Operation) (map[string]reinstall.Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, WitnessFor)
	defer cancel()
	out := map[string]reinstall.Standing{}
	var unread error
	for _, user := range op.Keys().By {
		p, err := l.Person(ctx, user)
		if err != nil {
			return nil, l.Unwitnessed(op, err)
		}
		st := reinstall.Standing{Person: p}
		st.Approver, err = l.WithinNow(ctx, user, op.Approvers())
		unread = errors.Join(unread, err)
		st.Seats, err = seatsIn(op, op.SeatsOf(user), func(p reinstall.People) (bool, error) { return l.WithinNow(ctx, user, p) })
		unread = errors.Join(unread, err)
		out[user] = st
	}
	if unread != nil && len(op.Lapsed(reinstall.Reading{Who: out}, l.now())) > 0 {
		return nil, l.Unwitnessed(op, unread) // what was not read takes no approval back
	}
	return out, nil
}

// Unwitnessed notes that it could not be read again who has approved.
func (l *Lookup) Unwitnessed(op reinstall.Operation, err error) error {
	l.log.Warn("could not read again who has approved", "op", op.ID, "err", err)
	l.count("fault", "standing")
	return err
}

// WithinNow is within as of now, or of some seconds ago where that was a yes.
func (l *Lookup) WithinNow(ctx context.Context, user string, p reinstall.People) (bool, error) {
	may, err := within(ctx, user, p, l.members)
	if err == nil && !may {
		may, err = within(ctx, user, p, l.chat.MembersNow)
	}
	return may, err
}

// AmongOurselves refuses to turn keys where another company reads along: the
// channel of the proposal may have been shared since it was made.
func (l *Lookup) AmongOurselves(ctx context.Context, it port.Item, s reinstall.Standing, op reinstall.Operation) (*reinstall.Refusal, error) {
	member := s.Member(screen.DoingOf(it.Verb)) == nil // who is none is refused for that
	if !reinstall.TurnsKeys(it.Verb) || !member {
		return nil, nil
	}
	now := l.now()
	if _, ok := l.lately.rooms.get(op.Channel, now, latelyAge); ok {
		return nil, nil
	}
	room, err := l.chat.Channel(ctx, op.Channel)
	if err != nil {
		return port.AsRefusal(err), err
	}
	if room.Shared {
		return reinstall.Refuse(screen.DoingOf(it.Verb), "the proposal's channel is shared with another company now, and keys are turned among ourselves only",
			"End the sharing, or cancel it and propose in a channel of your own workspace"), nil
	}
	l.lately.rooms.put(op.Channel, room, now)
	return nil, nil
}
