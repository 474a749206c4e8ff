package commands

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
	// witnessFor is how long Slack may take to say who has approved.
	witnessFor = 15 * time.Second
	whoUnread  = "Slack cannot be asked whether those who approved still may"
	// mostLately bounds each memory; a full one is emptied.
	mostLately = 4096
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
	if m.m == nil || len(m.m) >= mostLately {
		m.m = map[string]memory[T]{}
	}
	m.m[key] = memory[T]{v, asked}
}

// person is who somebody is just before the call, or was some seconds before.
func (d *Desk) person(ctx context.Context, user string) (reinstall.Person, error) {
	now := d.now()
	if p, ok := d.lately.persons.get(user, now, latelyAge); ok {
		return p, nil
	}
	p, err := d.chat.PersonNow(ctx, user)
	if err == nil && (reinstall.Standing{Person: p}).Member("") == nil {
		d.lately.persons.put(user, p, now)
	}
	return p, err
}

// members is who is in a group, or was some seconds ago.
func (d *Desk) members(ctx context.Context, group string) ([]string, error) {
	now := d.now()
	if m, ok := d.lately.groups.get(group, now, latelyAge); ok {
		return m, nil
	}
	m, err := d.chat.MembersNow(ctx, group)
	if err == nil {
		d.lately.groups.put(group, m, now)
	}
	return m, err
}

// witnesses reads again the standing of everybody whose approval counts. An
// error means that it could not be found out: then the call waits.
func (d *Desk) witnesses(ctx context.Context, op reinstall.Operation) (map[string]reinstall.Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, witnessFor)
	defer cancel()
	out := map[string]reinstall.Standing{}
	var unread error
	for _, user := range op.Keys().By {
		p, err := d.person(ctx, user)
		if err != nil {
			return nil, d.unwitnessed(op, err)
		}
		st := reinstall.Standing{Person: p}
		st.Approver, err = d.withinNow(ctx, user, op.Approvers())
		unread = errors.Join(unread, err)
		st.Seats, err = seatsIn(op, op.SeatsOf(user), func(p reinstall.People) (bool, error) { return d.withinNow(ctx, user, p) })
		unread = errors.Join(unread, err)
		out[user] = st
	}
	if unread != nil && len(op.Lapsed(reinstall.Reading{Who: out}, d.now())) > 0 {
		return nil, d.unwitnessed(op, unread) // what was not read takes no approval back
	}
	return out, nil
}

// unwitnessed notes that it could not be read again who has approved.
func (d *Desk) unwitnessed(op reinstall.Operation, err error) error {
	d.log.Warn("could not read again who has approved", "op", op.ID, "err", err)
	d.count("fault", "standing")
	return err
}

// withinNow is within as of now, or of some seconds ago where that was a yes.
func (d *Desk) withinNow(ctx context.Context, user string, p reinstall.People) (bool, error) {
	may, err := within(ctx, user, p, d.members)
	if err == nil && !may {
		may, err = within(ctx, user, p, d.chat.MembersNow)
	}
	return may, err
}

// amongOurselves refuses to turn keys where another company reads along: the
// channel of the proposal may have been shared since it was made.
func (d *Desk) amongOurselves(ctx context.Context, it port.Item, s reinstall.Standing, op reinstall.Operation) (*reinstall.Refusal, error) {
	member := s.Member(screen.DoingOf(it.Verb)) == nil // who is none is refused for that
	if !reinstall.TurnsKeys(it.Verb) || !member {
		return nil, nil
	}
	now := d.now()
	if _, ok := d.lately.rooms.get(op.Channel, now, latelyAge); ok {
		return nil, nil
	}
	room, err := d.chat.Channel(ctx, op.Channel)
	if err != nil {
		return asRefusal(err), err
	}
	if room.Shared {
		return reinstall.Refuse(screen.DoingOf(it.Verb), "the proposal's channel is shared with another company now, and keys are turned among ourselves only",
			"End the sharing, or cancel it and propose in a channel of your own workspace"), nil
	}
	d.lately.rooms.put(op.Channel, room, now)
	return nil, nil
}
