package commands

import (
	"context"
	"slices"
	"sync"
	"time"

	"twokey/commands/reinstall"
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
)

// lately remembers for some seconds who somebody is, who is in a group, and
// where a proposal stands. Errors are never remembered, nor is what
// would be a no. What was read at a click serves no re-check.
type lately struct {
	clicks  memo[reinstall.Person]
	persons memo[reinstall.Person]
	groups  memo[[]string]
	rooms   memo[Room]
}

type memo[T any] struct {
	mu sync.Mutex
	m  map[string]memory[T]
}

type memory[T any] struct {
	value T
	at    time.Time
}

func (m *memo[T]) get(key string, now time.Time) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.m[key]
	if age := now.Sub(e.at); !ok || age < 0 || age > latelyAge {
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

// clicked is who somebody was when they clicked, some seconds ago.
func (d *Desk) clicked(ctx context.Context, user string) (reinstall.Person, error) {
	if p, ok := d.lately.clicks.get(user, d.now()); ok {
		return p, nil
	}
	return d.chat.Person(ctx, user)
}

// person is who somebody is, or was some seconds ago.
func (d *Desk) person(ctx context.Context, user string) (reinstall.Person, error) {
	now := d.now()
	if p, ok := d.lately.persons.get(user, now); ok {
		return p, nil
	}
	p, err := d.chat.Person(ctx, user)
	if err == nil && (reinstall.Standing{Person: p}).Member("") == nil {
		d.lately.persons.put(user, p, now)
	}
	return p, err
}

// members is who is in a group, or was some seconds ago.
func (d *Desk) members(ctx context.Context, group string) ([]string, error) {
	now := d.now()
	if m, ok := d.lately.groups.get(group, now); ok {
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
	for _, user := range op.Keys().By {
		p, err := d.person(ctx, user)
		if err == nil {
			s := reinstall.Standing{Person: p}
			s.Approver, err = d.withinNow(ctx, user, op.Approvers())
			if err == nil {
				s.Seats, err = seatsIn(op, op.SeatsOf(user), func(p reinstall.People) (bool, error) { return d.withinNow(ctx, user, p) })
			}
			out[user] = s
		}
		if err != nil {
			d.log.Warn("could not read again who has approved", "op", op.ID, "by", user, "err", err)
			d.count("fault", "standing")
			return nil, err
		}
	}
	return out, nil
}

// withinNow is within as of now, or of some seconds ago where that was a yes.
func (d *Desk) withinNow(ctx context.Context, user string, p reinstall.People) (bool, error) {
	may, err := d.within(ctx, user, p, d.members)
	if err == nil && !may {
		may, err = d.within(ctx, user, p, d.chat.MembersNow)
	}
	return may, err
}

// within reports whether the user is named, or in one of the groups as members
// lists them.
func (d *Desk) within(ctx context.Context, user string, p reinstall.People, members func(context.Context, string) ([]string, error)) (bool, error) {
	if slices.Contains(p.Users, user) {
		return true, nil
	}
	for _, g := range p.Groups {
		m, err := members(ctx, g)
		if err != nil {
			return false, err
		}
		if slices.Contains(m, user) {
			return true, nil
		}
	}
	return false, nil
}

// turnsKeys are the verbs that bring a proposal nearer to its call.
var turnsKeys = map[string]bool{VerbApprove: true, VerbBackup: true, VerbImage: true, VerbResume: true, VerbBreakGlass: true}

// amongOurselves refuses to turn keys where another company reads along: the
// channel of the proposal may have been shared since it was made.
func (d *Desk) amongOurselves(ctx context.Context, it Item, s reinstall.Standing, op reinstall.Operation) (*reinstall.Refusal, error) {
	member := s.Member(doing[it.Verb]) == nil // who is none is refused for that
	if !turnsKeys[it.Verb] || !member {
		return nil, nil
	}
	now := d.now()
	if _, ok := d.lately.rooms.get(op.Channel, now); ok {
		return nil, nil
	}
	room, err := d.chat.Channel(ctx, op.Channel)
	if err != nil {
		return asRefusal(err), err
	}
	if room.Shared {
		return reinstall.Refuse(doing[it.Verb], "the proposal's channel is shared with another company now, and keys are turned among ourselves only",
			"End the sharing, or cancel it and propose in a channel of your own workspace"), nil
	}
	d.lately.rooms.put(op.Channel, room, now)
	return nil, nil
}

// lapsed words approvals that were taken back for who gave them.
func lapsed(after oper, gone []reinstall.Lapse) text {
	var t text
	for _, l := range gone {
		t = append(t, say(sign("warning"), " The approval of ", who(l.By), " no longer counts: ", dot(l.Why), " ")...)
	}
	if after.State != reinstall.Proposed {
		return append(t, say("The others are enough.")...)
	}
	return append(append(t, say("It is asked for again. ")...), append(mention(after.Owing(), after.Proposer), say("please read the card and approve by ", at(after.Expires), ".")...)...)
}
