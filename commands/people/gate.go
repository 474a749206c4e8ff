package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// This file is the one gate in front of every verb, button, form, shortcut and
// suggestion. Each of them is in the table of deeds, which says what its answers
// are about; nothing gets past the gate that is not for whoever asks. A refusal
// says the same whether there is what they asked for or not.

// subject is what the answers to a verb are about.
type subject int

const (
	// unsaid is refused to everybody: a verb that nobody sorted in.
	unsaid subject = iota
	// theWords: they say what was typed, or what anybody may know.
	theWords
	// theHouse: they are for full members, or sort out themselves what each sees.
	theHouse
	// aProposal: they name its machine, people and backups.
	aProposal
	// theMachines: they name machines, addresses and images.
	theMachines
)

// subjects says of every verb what its answers are about. One that is not here is
// refused to everybody.
var subjects = map[string]subject{
	reinstall.VerbHelp:       theWords,
	reinstall.VerbList:       theHouse,
	reinstall.VerbShow:       aProposal,
	reinstall.VerbPropose:    theMachines,
	reinstall.VerbCheck:      theMachines,
	reinstall.VerbHistory:    theMachines,
	reinstall.VerbFreeze:     theHouse,
	reinstall.VerbUnfreeze:   theHouse,
	reinstall.VerbApprove:    aProposal,
	reinstall.VerbHold:       aProposal,
	reinstall.VerbResume:     aProposal,
	reinstall.VerbCancel:     aProposal,
	reinstall.VerbResolve:    aProposal,
	reinstall.VerbBreakGlass: aProposal,
	reinstall.VerbReject:     aProposal,
	reinstall.VerbBackup:     aProposal,
	reinstall.VerbImage:      aProposal,
	reinstall.VerbPassword:   aProposal,
}

// OpenToAll reports a verb whose answers say nothing that is not known to anybody.
func OpenToAll(verb string) bool { return subjects[verb] == theWords }

// asker is who does something, with which verb, about which proposal. At is the
// channel in which Slack says that they do it; what they picked is none.
type asker struct{ user, Verb, op, At string }

func AskerOf(in port.Inbound) asker { return asker{in.User, in.Verb, in.Op, in.Channel} }

func askerOfItem(it port.Item) asker { return asker{it.User, it.Verb, it.Op, it.Channel} }

// errUnasked: Slack could not say who asks or where they are. It counts as no.
var errUnasked = errors.New("it could not be found out who may see it")

// Gate returns nil where a verb may be answered, a *reinstall.Refusal where it is
// known that it may not, and else an error: errUnasked, or a fault of the memory.
func (l *Lookup) Gate(ctx context.Context, a asker) error {
	about := subjects[a.Verb]
	if about == unsaid {
		return reinstall.Refuse(screen.DoingOf(a.Verb), "this is not one of Twokey's verbs", "See /reinstall help")
	}
	if about == theWords {
		return nil
	}
	p, err := l.WhoIs(ctx, a.user)
	if err != nil {
		return l.unasked(a, err)
	}
	if r := NotMember(screen.DoingOf(a.Verb), p); r != nil {
		return r
	}
	switch about {
	case aProposal:
		return l.mayAnswer(ctx, a)
	case theMachines:
		return l.mayKnow(ctx, a)
	}
	return nil
}

// NotMember refuses whoever is no full member of the workspace, whatever they ask.
func NotMember(what string, p reinstall.Person) *reinstall.Refusal {
	if r := (reinstall.Standing{Person: p}).Member(what); r != nil {
		return reinstall.Refuse(what, r.Why, "Ask a full member of this workspace")
	}
	return nil
}

// mayAnswer refuses whoever may not see the proposal, if there is one.
func (l *Lookup) mayAnswer(ctx context.Context, a asker) error {
	rec, err := l.store.Recent(ctx, a.op) // who may see it changes only with an escalation
	if port.IsNotFound(err) {
		return NotYours(a.Verb, a.op)
	}
	if err != nil {
		return err
	}
	if a.At == rec.Op.Channel && a.At != "" || a.user == rec.Op.Proposer {
		return nil
	}
	approvers, err := l.deciders(ctx, a.Verb, rec)
	if err != nil {
		return err
	}
	approver, unread := l.Among(ctx, a.user, approvers)
	if approver {
		return nil
	}
	if unread != nil && reinstall.Stops(a.Verb) { // it may be an approver who stops it
		return l.unasked(a, unread)
	}
	here, away := l.inside(ctx, a.user, rec.Op.Channel)
	switch {
	case here:
		return nil
	case (unread != nil || away != nil) && !reinstall.Stops(a.Verb):
		return l.unasked(a, errors.Join(unread, away))
	}
	return NotYours(a.Verb, a.op)
}

// deciders are all who may decide on a proposal as approvers, of whichever of its
// machines.
func (l *Lookup) deciders(ctx context.Context, verb string, rec port.Record) (reinstall.People, error) {
	if reinstall.ForOne(verb) {
		return l.MayDecide(verb, rec.Op), nil
	}
	var all reinstall.People
	recs, err := l.proposals.All(ctx, rec)
	for _, r := range recs {
		all = all.With(l.MayDecide(verb, r.Op))
	}
	return all, err
}

// mayKnow refuses whoever is not where reinstalls are handled, and is not named
// by the policy.
func (l *Lookup) mayKnow(ctx context.Context, a asker) error {
	p := l.policy()
	if len(p.Channels) == 0 || p.Allows(a.At) {
		return nil
	}
	named, unread := l.Among(ctx, a.user, p.Named())
	if named {
		return nil
	}
	for _, c := range p.Channels {
		here, err := l.inside(ctx, a.user, c)
		if here {
			return nil
		}
		unread = errors.Join(unread, err)
	}
	if unread != nil {
		return l.unasked(a, unread)
	}
	return reinstall.Refuse(screen.DoingOf(a.Verb), "the machines are shown to members of a channel in which reinstalls are handled, and you are in none",
		"Ask a colleague who is on call to invite you")
}

// inside reports whether somebody is in a channel.
func (l *Lookup) inside(ctx context.Context, user, channel string) (bool, error) {
	ctx, done := inHaste(ctx)
	defer done()
	members, err := l.chat.InChannel(ctx, channel)
	return err == nil && slices.Contains(members, user), err
}

// MayRead reports whether somebody, who is a full member, may see an operation.
func (l *Lookup) MayRead(ctx context.Context, user string, op reinstall.Operation) (bool, error) {
	if user == op.Proposer {
		return true, nil
	}
	here, away := l.inside(ctx, user, op.Channel)
	if here {
		return true, nil
	}
	yes, err := l.Among(ctx, user, op.Approvers())
	if err == nil && !yes {
		err = away
	}
	return yes, err
}

// Sees is mayRead for what an answer only mentions: what could not be found out
// counts as no.
func (l *Lookup) Sees(ctx context.Context, it port.Item, op reinstall.Operation) bool {
	if it.Channel == op.Channel {
		return true
	}
	yes, err := l.MayRead(ctx, it.User, op)
	return yes && err == nil
}

func (l *Lookup) unasked(a asker, err error) error {
	l.log.Warn("could not find out who may see something", "verb", a.Verb, "op", a.op, "by", a.user, "err", err)
	return fmt.Errorf("%w: %w", errUnasked, err)
}

// NotYours is the refusal where there is no such proposal, and where there is one
// for others.
func NotYours(verb, id string) *reinstall.Refusal {
	return reinstall.Refuse(screen.DoingOf(verb), "there is no proposal "+id+" that you may see: the id is wrong, or it was made in a channel that you are not in",
		"Compare the id with /reinstall list, or join the channel")
}

// notAsked words errUnasked for what is answered at once.
func notAsked(verb string) *reinstall.Refusal {
	return reinstall.Refuse(screen.DoingOf(verb), "Slack could not be asked who you are or what you may see, and a failed check counts as no", "Try again in a minute")
}

// Barred words what the gate said, for what is answered at once.
func (l *Lookup) Barred(verb string, err error) *reinstall.Refusal {
	if errors.Is(err, errUnasked) {
		return notAsked(verb)
	}
	if r := port.AsRefusal(err); r != nil {
		return r
	}
	l.faults.Error("could not load an operation", verb, err)
	return screen.Unreached(screen.DoingOf(verb), port.WhyRefused(err))
}

// AtGate is a refusal of the gate: it says nothing of how a proposal stands.
type AtGate struct{ *reinstall.Refusal }

func (e AtGate) Unwrap() error { return e.Refusal }

// Passes is the gate in front of what was stored. Whoever stops something does
// not wait for Slack: what it cannot say is left to the stop itself.
func (l *Lookup) Passes(ctx context.Context, it port.Item) error {
	err := l.Gate(ctx, askerOfItem(it))
	if r := (*reinstall.Refusal)(nil); !errors.Is(err, errUnasked) && errors.As(err, &r) {
		return AtGate{r}
	}
	if errors.Is(err, errUnasked) && reinstall.Stops(it.Verb) {
		return nil
	}
	return err
}

// MayDecide are those who may use a verb as approvers. An outcome is settled by
// the plan's, or by those whom today's policy names: the plan's may be gone.
func (l *Lookup) MayDecide(verb string, op reinstall.Operation) reinstall.People {
	if verb != reinstall.VerbResolve {
		return op.Approvers()
	}
	return op.Approvers().With(l.policy().For(op.Plan.Subject()).Approvers)
}
