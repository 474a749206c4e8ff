package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
)

// This file is the one gate in front of every verb, button, form, shortcut and
// suggestion. Each of them is in the table of deeds, which says what its answers
// are about; nothing gets past the gate that is not for whoever asks. A refusal
// says the same whether there is what they asked for or not.

// subject is what the answers to a verb are about.
type subject int

const (
	// subjectNone is refused to everybody: a verb that nobody sorted in.
	subjectNone subject = iota
	// subjectPublic: they say what was typed, or what anybody may know.
	subjectPublic
	// subjectMembers: they are for full members, or sort out themselves what each sees.
	subjectMembers
	// subjectProposal: they name its machine, people and backups.
	subjectProposal
	// subjectMachines: they name machines, addresses and images.
	subjectMachines
)

// subjects says of every verb what its answers are about. One that is not here is
// refused to everybody.
var subjects = map[string]subject{
	model.VerbHelp:       subjectPublic,
	model.VerbList:       subjectMembers,
	model.VerbShow:       subjectProposal,
	model.VerbPropose:    subjectMachines,
	model.VerbCheck:      subjectMachines,
	model.VerbHistory:    subjectMachines,
	model.VerbFreeze:     subjectMembers,
	model.VerbUnfreeze:   subjectMembers,
	model.VerbApprove:    subjectProposal,
	model.VerbHold:       subjectProposal,
	model.VerbResume:     subjectProposal,
	model.VerbCancel:     subjectProposal,
	model.VerbResolve:    subjectProposal,
	model.VerbBreakGlass: subjectProposal,
	model.VerbReject:     subjectProposal,
	model.VerbBackup:     subjectProposal,
	model.VerbImage:      subjectProposal,
	model.VerbPassword:   subjectProposal,
}

// OpenToAll reports a verb whose answers say nothing that is not known to anybody.
func OpenToAll(verb string) bool { return subjects[verb] == subjectPublic }

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
	if about == subjectNone {
		return model.Refuse(model.RefusalTitle(a.Verb), "this is not one of Twokey's verbs", "See /reinstall help")
	}
	if about == subjectPublic {
		return nil
	}
	p, err := l.WhoIs(ctx, a.user)
	if err != nil {
		return l.wrapUnasked(a, err)
	}
	if r := NotMember(model.RefusalTitle(a.Verb), p); r != nil {
		return r
	}
	switch about {
	case subjectProposal:
		return l.mayAnswer(ctx, a)
	case subjectMachines:
		return l.mayKnow(ctx, a)
	}
	return nil
}

// NotMember refuses whoever is no full member of the workspace, whatever they ask.
func NotMember(what string, p model.Person) *model.Refusal {
	if r := (reinstall.Actor{Person: p}).CheckMember(what); r != nil {
		return model.Refuse(what, r.Why, "Ask a full member of this workspace")
	}
	return nil
}

// mayAnswer refuses whoever may not see the proposal, if there is one.
func (l *Lookup) mayAnswer(ctx context.Context, a asker) error {
	rec, err := l.store.Recent(ctx, a.op) // who may see it changes only with an escalation
	if port.IsNotFound(err) {
		return NoSuchProposal(a.Verb, a.op)
	}
	if err != nil {
		return err
	}
	if a.At == rec.Op.Channel && a.At != "" || a.user == rec.Op.Proposer {
		return nil
	}
	approvers, err := l.whoDecides(ctx, a.Verb, rec)
	if err != nil {
		return err
	}
	approver, unread := l.Among(ctx, a.user, approvers)
	if approver {
		return nil
	}
	if unread != nil && model.Stops(a.Verb) { // it may be an approver who stops it
		return l.wrapUnasked(a, unread)
	}
	here, away := l.inChannel(ctx, a.user, rec.Op.Channel)
	switch {
	case here:
		return nil
	case (unread != nil || away != nil) && !model.Stops(a.Verb):
		return l.wrapUnasked(a, errors.Join(unread, away))
	}
	return NoSuchProposal(a.Verb, a.op)
}

// whoDecides are all who may decide on a proposal as approvers, of whichever of its
// machines.
func (l *Lookup) whoDecides(ctx context.Context, verb string, rec port.Record) (model.People, error) {
	if model.ForOne(verb) {
		return l.MayDecide(verb, rec.Op), nil
	}
	var all model.People
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
	if len(p.Channels) == 0 || p.AllowsChannel(a.At) {
		return nil
	}
	named, unread := l.Among(ctx, a.user, p.PeopleNamed())
	if named {
		return nil
	}
	for _, c := range p.Channels {
		here, err := l.inChannel(ctx, a.user, c)
		if here {
			return nil
		}
		unread = errors.Join(unread, err)
	}
	if unread != nil {
		return l.wrapUnasked(a, unread)
	}
	return model.Refuse(model.RefusalTitle(a.Verb),
		"only members of a channel in which reinstalls are handled see the machines, and you are not in one",
		"Ask a colleague who is on call to invite you")
}

// inChannel reports whether somebody is in a channel.
func (l *Lookup) inChannel(ctx context.Context, user, channel string) (bool, error) {
	ctx, done := lookupContext(ctx)
	defer done()
	members, err := l.chat.InChannel(ctx, channel)
	return err == nil && slices.Contains(members, user), err
}

// MayRead reports whether somebody, who is a full member, may see an operation.
func (l *Lookup) MayRead(ctx context.Context, user string, op reinstall.Operation) (bool, error) {
	if user == op.Proposer {
		return true, nil
	}
	here, away := l.inChannel(ctx, user, op.Channel)
	if here {
		return true, nil
	}
	yes, err := l.Among(ctx, user, op.Approvers())
	if err == nil && !yes {
		err = away
	}
	return yes, err
}

// MaySee is MayRead for what an answer only mentions: what could not be found out
// counts as no.
func (l *Lookup) MaySee(ctx context.Context, it port.Item, op reinstall.Operation) bool {
	if it.Channel == op.Channel {
		return true
	}
	yes, err := l.MayRead(ctx, it.User, op)
	return yes && err == nil
}

func (l *Lookup) wrapUnasked(a asker, err error) error {
	l.log.Warn("people: could not find out who may see something", "verb", a.Verb, "op", a.op, "by", a.user, "err", err)
	return fmt.Errorf("%w: %w", errUnasked, err)
}

// NoSuchProposal is the refusal where there is no such proposal, and where there is one
// for others.
func NoSuchProposal(verb, id string) *model.Refusal {
	return model.Refuse(model.RefusalTitle(verb), "there is no proposal "+id+
		" that you may see. The id is wrong, or it belongs to a channel that you are not in",
		"Compare the id with /reinstall list, or join the channel")
}

// notAsked words errUnasked for what is answered at once.
func notAsked(verb string) *model.Refusal {
	return model.Refuse(model.RefusalTitle(verb),
		"Slack did not say who you are or what you may see, and a failed check counts as no",
		"Try again in a minute")
}

// GateRefusal words what the gate said, for what is answered at once.
func (l *Lookup) GateRefusal(verb string, err error) *model.Refusal {
	if errors.Is(err, errUnasked) {
		return notAsked(verb)
	}
	if r := port.AsRefusal(err); r != nil {
		return r
	}
	l.faults.Error("operation: could not load it", verb, err)
	return screen.StoreUnreachable(model.RefusalTitle(verb), port.WhyRefused(err))
}

// AtGate is a refusal of the gate: it says nothing of how a proposal stands.
type AtGate struct{ *model.Refusal }

func (e AtGate) Unwrap() error { return e.Refusal }

// CheckStored is the gate in front of what was stored. Whoever stops something does
// not wait for Slack: what it cannot say is left to the stop itself.
func (l *Lookup) CheckStored(ctx context.Context, it port.Item) error {
	err := l.Gate(ctx, askerOfItem(it))
	if r := (*model.Refusal)(nil); !errors.Is(err, errUnasked) && errors.As(err, &r) {
		return AtGate{r}
	}
	if errors.Is(err, errUnasked) && model.Stops(it.Verb) {
		return nil
	}
	return err
}

// MayDecide are those who may use a verb as approvers. An outcome is settled by
// the plan's, or by those whom today's policy names: the plan's may be gone.
func (l *Lookup) MayDecide(verb string, op reinstall.Operation) model.People {
	if verb != model.VerbResolve {
		return op.Approvers()
	}
	return op.Approvers().With(l.policy().TermsFor(op.Plan.Subject()).Approvers)
}
