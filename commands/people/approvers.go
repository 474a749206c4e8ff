package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
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

// candidates is who is named to approve a proposal, as far as Slack told in time.
type candidates struct {
	who    []model.Prospect
	groups []model.IneligibleApprover // those that Slack does not know
	unread bool                       // there may be others
}

// CheckEnoughApprovers refuses a proposal that could never be approved: of its approvers there
// are too few besides the proposer who count. What Slack did not say refuses
// nothing, for a key is checked when it is turned; it is a warning for the card.
func (l *Lookup) CheckEnoughApprovers(
	ctx context.Context, proposer string, plan model.Plan,
) (warn []model.Finding, err error) {
	me, err := l.WhoIs(ctx, proposer)
	if err != nil {
		return nil, err
	}
	asking, done := context.WithTimeout(ctx, approversWithin)
	defer done()
	t := plan.Terms
	r := l.namedApprovers(asking, t)
	read, can := []model.Prospect(nil), 0
	for i, p := range r.who {
		if can, _ = t.PossibleApprovals(me, read); can >= t.TotalApprovals() {
			return nil, nil
		}
		if i == mostProspects {
			r.unread = true
			break
		}
		read = append(read, l.lookUpProspect(asking, p))
	}
	if can, _ = t.PossibleApprovals(me, knownProspects(read)); can >= t.TotalApprovals() {
		return nil, nil
	}
	perhaps, none := t.PossibleApprovals(me, read)
	if r.unread || perhaps >= t.TotalApprovals() {
		l.log.Warn("approvers: not known whether enough can approve", "instance", plan.Instance)
		return []model.Finding{{
			Code: "approvers-unread", Severity: model.Warns,
			Why:  "Slack did not say in time whether enough approvers can still approve",
			Next: "Notify one of them now; Twokey checks each approval when it comes",
		}}, nil
	}
	return nil, screen.TooFewApprovers(t, perhaps, append(none, r.groups...), model.OwnAccount(me, r.who) ||
		model.OwnAccount(me, read))
}

// knownProspects are those of whom Slack said who they are.
func knownProspects(ps []model.Prospect) []model.Prospect {
	return slices.DeleteFunc(slices.Clone(ps), func(p model.Prospect) bool { return p.Unread })
}

// namedApprovers lists all whom the terms name, each once, with the seats of each.
func (l *Lookup) namedApprovers(ctx context.Context, t model.Terms) candidates {
	var r candidates
	for i, s := range t.Quorum {
		l.addCandidates(ctx, &r, s.People, []int{i})
	}
	if len(t.Quorum) == 0 {
		l.addCandidates(ctx, &r, t.Approvers, nil)
	}
	l.addCandidates(ctx, &r, t.LaterApprovers(), t.AllSeats())
	return r
}

// addCandidates adds people, through groups or directly, who may fill seats.
func (l *Lookup) addCandidates(ctx context.Context, r *candidates, p model.People, seats []int) {
	ids := slices.Clone(p.Users)
	for _, g := range p.Groups {
		m, err := l.chat.Members(ctx, g)
		switch {
		case IsNobody(err):
			no := model.IneligibleApprover{ID: g, Why: whyNoGroup(err)}
			if !slices.ContainsFunc(r.groups, func(x model.IneligibleApprover) bool { return x.ID == g }) {
				r.groups = append(r.groups, no)
			}
		case err != nil:
			r.unread = true
		}
		ids = append(ids, m...)
	}
	for _, id := range ids {
		i := slices.IndexFunc(r.who, func(o model.Prospect) bool { return o.ID == id })
		if i < 0 {
			i, r.who = len(r.who), append(r.who, model.Prospect{Person: model.Person{ID: id}})
		}
		for _, s := range seats {
			if !slices.Contains(r.who[i].Seats, s) {
				r.who[i].Seats = append(r.who[i].Seats, s)
			}
		}
	}
}

// lookUpProspect looks somebody up who is named.
func (l *Lookup) lookUpProspect(ctx context.Context, p model.Prospect) model.Prospect {
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

func whyNoGroup(err error) string {
	var n noGroups
	if errors.As(err, &n) && n.NoGroups() {
		return "a group, and the workspace's plan has none"
	}
	return "a group that is disabled or unknown"
}

func IsNobody(err error) bool {
	var n screen.Nobody
	return errors.As(err, &n) && n.Nobody()
}

// WhoApproves lists all who are named to approve any of these, each once. A
// group that Slack does not know names nobody.
func (l *Lookup) WhoApproves(ctx context.Context, ops []reinstall.Operation) ([]string, error) {
	var all model.People
	for _, op := range ops {
		all = all.With(op.Approvers())
	}
	named := model.People{Users: all.Users}
	for _, g := range all.Groups {
		m, err := l.chat.Members(ctx, g)
		if err != nil && !IsNobody(err) {
			return nil, err
		}
		named = named.With(model.People{Users: m})
	}
	return slices.DeleteFunc(named.Users, func(u string) bool { return u == ops[0].Proposer }), nil
}
