package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

const (
	// approversWithin is how long Slack may take to say who could approve a
	// proposal. Each key is checked when it is turned, so nobody waits for more.
	approversWithin = 3 * time.Second
	// mostProspects is how many approvers are looked up for one proposal: further
	// ones may count.
	mostProspects = 50
)

// roll is who is named to approve a proposal, as far as Slack told in time.
type roll struct {
	who    []reinstall.Prospect
	groups []reinstall.Discount // those that Slack does not know
	unread bool                 // there may be others
}

// Enough refuses a proposal that could never be approved: of its approvers there
// are too few besides the proposer who count. What Slack did not say refuses
// nothing, for a key is checked when it is turned; it is a warning for the card.
func (l *Lookup) Enough(ctx context.Context, proposer string, plan reinstall.Plan) (warn []reinstall.Finding, no *reinstall.Refusal, err error) {
	me, err := l.WhoIs(ctx, proposer)
	if err != nil {
		return nil, nil, err
	}
	asking, done := context.WithTimeout(ctx, approversWithin)
	defer done()
	t := plan.Terms
	r := l.named(asking, t)
	read, can := []reinstall.Prospect(nil), 0
	for i, p := range r.who {
		if can, _ = t.CanGive(me, read); can >= t.Wanted() {
			return nil, nil, nil
		}
		if i == mostProspects {
			r.unread = true
			break
		}
		read = append(read, l.prospect(asking, p))
	}
	if can, _ = t.CanGive(me, sure(read)); can >= t.Wanted() {
		return nil, nil, nil
	}
	perhaps, none := t.CanGive(me, read)
	if r.unread || perhaps >= t.Wanted() {
		l.log.Warn("proposed without knowing whether enough people can approve", "instance", plan.Instance)
		return []reinstall.Finding{{
			Code: "approvers-unread", Severity: reinstall.Warns,
			Why: "Slack did not say in time whether enough approvers can still approve", Next: "Call one of them now; each key is checked when it is turned",
		}}, nil, nil
	}
	return nil, screen.TooFew(t, perhaps, append(none, r.groups...), reinstall.OwnAccount(me, r.who) || reinstall.OwnAccount(me, read)), nil
}

// sure are those of whom Slack said who they are.
func sure(ps []reinstall.Prospect) []reinstall.Prospect {
	return slices.DeleteFunc(slices.Clone(ps), func(p reinstall.Prospect) bool { return p.Unread })
}

// named lists all whom the terms name, each once, with the seats of each.
func (l *Lookup) named(ctx context.Context, t reinstall.Terms) roll {
	var r roll
	for i, s := range t.Quorum {
		l.enrol(ctx, &r, s.People, []int{i})
	}
	if len(t.Quorum) == 0 {
		l.enrol(ctx, &r, t.Approvers, nil)
	}
	l.enrol(ctx, &r, t.Later(), t.AllSeats())
	return r
}

// enrol adds people, through groups or directly, who may fill seats.
func (l *Lookup) enrol(ctx context.Context, r *roll, p reinstall.People, seats []int) {
	ids := slices.Clone(p.Users)
	for _, g := range p.Groups {
		m, err := l.chat.Members(ctx, g)
		switch {
		case IsNobody(err):
			no := reinstall.Discount{ID: g, Why: whyNoGroup(err)}
			if !slices.ContainsFunc(r.groups, func(x reinstall.Discount) bool { return x.ID == g }) {
				r.groups = append(r.groups, no)
			}
		case err != nil:
			r.unread = true
		}
		ids = append(ids, m...)
	}
	for _, id := range ids {
		i := slices.IndexFunc(r.who, func(o reinstall.Prospect) bool { return o.ID == id })
		if i < 0 {
			i, r.who = len(r.who), append(r.who, reinstall.Prospect{Person: reinstall.Person{ID: id}})
		}
		for _, s := range seats {
			if !slices.Contains(r.who[i].Seats, s) {
				r.who[i].Seats = append(r.who[i].Seats, s)
			}
		}
	}
}

// prospect looks somebody up who is named.
func (l *Lookup) prospect(ctx context.Context, p reinstall.Prospect) reinstall.Prospect {
	who, err := l.WhoIs(ctx, p.ID)
	switch {
	case IsNobody(err):
		p.Unknown = true
	case err != nil:
		p.Unread = true
	default:
		p.Person = who
	}
	return p
}

// noGroups is one that knows none, since the workspace's plan has no user groups.
type noGroups interface{ NoGroups() bool }

func whyNoGroup(err error) reinstall.Text {
	var n noGroups
	if errors.As(err, &n) && n.NoGroups() {
		return reinstall.Say("a group, and the workspace's plan has none")
	}
	return reinstall.Say("a group that is disabled or unknown")
}

func IsNobody(err error) bool {
	var n screen.Nobody
	return errors.As(err, &n) && n.Nobody()
}

// WhoApproves lists all who are named to approve any of these, each once. A
// group that Slack does not know names nobody.
func (l *Lookup) WhoApproves(ctx context.Context, ops []reinstall.Operation) ([]string, error) {
	var all reinstall.People
	for _, op := range ops {
		all = all.With(op.Approvers())
	}
	named := reinstall.People{Users: all.Users}
	for _, g := range all.Groups {
		m, err := l.chat.Members(ctx, g)
		if err != nil && !IsNobody(err) {
			return nil, err
		}
		named = named.With(reinstall.People{Users: m})
	}
	return slices.DeleteFunc(named.Users, func(u string) bool { return u == ops[0].Proposer }), nil
}
