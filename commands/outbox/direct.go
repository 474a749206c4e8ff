package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// Who is told in direct messages, where the policy's tell says so. What holds:
//   - the post that asks for it stands in the outbox with the transition; when
//     its turn comes, it becomes one post for each person;
//   - a person is told once of a proposal, whoever crashes: what may have been
//     told is looked for first;
//   - whether somebody may be told is asked just before they are;
//   - whom Slack does not let be told is called in the thread, and nothing waits
//     for it.

// mostDirect is how many are told directly of one proposal; if there are more,
// all are called in the thread.
const mostDirect = 30

// notifyPeople makes a post for each person of one that asks to tell people directly.
// taken: the last holder of the outbox vanished, so each may be told already.
func (o *Outbox) notifyPeople(ctx context.Context, p port.Post, taken bool) error {
	rec, err := o.store.Load(ctx, p.Op)
	if port.IsNotFound(err) {
		return nil // kept no longer
	}
	if err != nil {
		return err
	}
	recs, err := o.proposals.All(ctx, rec)
	switch {
	case port.IsNotFound(err):
		return nil // it was never made as a whole
	case err != nil:
		return err
	case p.User != "":
		return o.notifyProposer(ctx, p, port.Ops(recs), taken)
	}
	return o.notifyApprovers(ctx, p.Op, screen.NotifiedDirectly(screen.InState(port.Ops(recs), reinstall.Proposed)),
		taken)
}

// notifyProposer has the proposer told; of several machines once, when all have
// ended.
func (o *Outbox) notifyProposer(ctx context.Context, p port.Post, ops []reinstall.Operation, taken bool) error {
	told := port.Post{Kind: port.PostDirect, Key: p.Key + ".direct", Op: p.Op, User: p.User, Text: p.Text}
	if len(ops) > 1 {
		if slices.ContainsFunc(ops, func(op reinstall.Operation) bool { return !op.State.Ended() }) {
			return nil // the last one tells
		}
		resolved := len(screen.InState(ops, reinstall.Resolved))
		told.Op = ops[0].LeadID()
		told.Key, told.Text = fmt.Sprintf("%s.outcome.%d.direct", told.Op, resolved), screen.OutcomeText(ops)
	}
	return o.appendOnce(ctx, taken, told)
}

// notifyApprovers has each told who is named to approve any of these.
func (o *Outbox) notifyApprovers(ctx context.Context, id string, ops []reinstall.Operation, taken bool) error {
	if len(ops) == 0 {
		return nil
	}
	who, err := o.people.WhoApproves(ctx, ops)
	switch {
	case port.IsPermanent(err) && !port.IsTokenRefused(err):
		return o.notifyInThread(ctx, id, ops, screen.SlackReason(err), err, taken)
	case err != nil:
		return err
	case len(who) > mostDirect:
		return o.notifyInThread(ctx, id, ops, fmt.Sprintf(
			"%d people may approve, and Twokey notifies at most %d directly",
			len(who), mostDirect), nil, taken)
	}
	again := slices.ContainsFunc(ops, func(op reinstall.Operation) bool { return !op.Escalated.IsZero() })
	var posts []port.Post
	for _, user := range who {
		posts = append(posts, port.Post{Kind: port.PostDirect, Key: id + ".direct." + user, Op: id, User: user})
	}
	return o.appendOnce(ctx, taken || again, posts...)
}

// appendOnce appends posts. If they may have been told before, longer ago than the
// store knows, each is looked for first.
func (o *Outbox) appendOnce(ctx context.Context, doubt bool, posts ...port.Post) error {
	if len(posts) == 0 {
		return nil
	}
	var all []port.Post
	for _, p := range posts {
		if doubt {
			all = append(all, port.Post{Kind: port.PostDoubt, Key: port.DoubtPrefix + p.Key, Op: p.Op})
		}
		all = append(all, p)
	}
	return o.store.Tell(ctx, posts[0].Op, all...)
}

// notifyInThread notifies approvers who cannot be told directly, once a proposal.
func (o *Outbox) notifyInThread(ctx context.Context, id string, ops []reinstall.Operation, why string, cause error,
	taken bool,
) error {
	if len(ops) == 0 {
		return nil // nobody has to approve any more
	}
	if _, yes := o.faults.ShouldLog("direct|" + id); yes { // once for all of them
		o.log.Warn("approvers: notified in the thread, not directly", "op", id, "why", why, "err", cause)
		o.count("fault", "direct")
	}
	return o.appendOnce(ctx, taken, port.Post{
		Kind: port.PostLine, Key: id + ".direct", Op: id,
		Text: screen.NotifyHereText(ops, why),
	})
}

// postDirect tells one person directly, if they may still be told.
func (o *Outbox) postDirect(ctx context.Context, p port.Post, unsure bool) error {
	rec, err := o.store.Load(ctx, p.Op)
	if port.IsNotFound(err) {
		return nil // kept no longer
	}
	if err != nil {
		return err
	}
	ops, t, err := o.directText(ctx, p, rec)
	if t == nil || err != nil {
		return err
	}
	link, err := o.linkFor(ctx, rec, p)
	if err != nil {
		return err
	}
	t = append(t, link...)
	err = o.sendDirect(ctx, p, t, rec.Op.ProposedAt, unsure)
	if port.IsPermanent(err) && !port.IsTokenRefused(err) {
		return o.postUnreachable(ctx, p, rec, ops, err, unsure)
	}
	return err
}

// sendDirect makes the one message, unless it is there already.
func (o *Outbox) sendDirect(ctx context.Context, p port.Post, t view.Text, since time.Time, unsure bool) error {
	if unsure {
		found, err := o.chat.FindDirect(ctx, p.User, p.Key, since.Add(-time.Minute))
		switch {
		case port.IsPermanent(err) && !port.IsTokenRefused(err):
			return err
		case err != nil:
			return &lookupFault{err}
		case found:
			return nil
		}
	}
	return markDoubtful(p.Key, o.chat.Direct(ctx, p.User, t, p.Key))
}

// directText is what somebody is told, and of what; nil: they may not be told of
// it, or need not any more.
func (o *Outbox) directText(ctx context.Context, p port.Post, rec port.Record) ([]reinstall.Operation, view.Text,
	error,
) {
	who, err := o.people.WhoIs(ctx, p.User)
	if people.IsNobody(err) {
		o.log.Warn("direct message: Slack does not know this user", "op", p.Op, "user", p.User)
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	if p.User == rec.Op.Proposer {
		if why := whyNotMember(who); why != "" {
			o.log.Info("direct message: the proposer gets none", "op", p.Op, "user", p.User, "why", why)
			return nil, nil, nil
		}
		return nil, p.Text, nil
	}
	ops, err := o.stillAsked(ctx, who, rec)
	if len(ops) == 0 || err != nil {
		return nil, nil, err
	}
	return ops, screen.AskApprovalText(ops), nil
}

// whyNotMember says why somebody is no full member of the workspace; empty: they are.
func whyNotMember(who model.Person) string {
	if no := (reinstall.Actor{Person: who}).CheckMember(""); no != nil {
		return no.Why
	}
	return ""
}

// stillAsked are those of a proposal that somebody may approve and that still wait
// for keys.
func (o *Outbox) stillAsked(ctx context.Context, who model.Person, rec port.Record) ([]reinstall.Operation, error) {
	recs, err := o.proposals.All(ctx, rec)
	if port.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []reinstall.Operation
	for _, op := range screen.NotifiedDirectly(screen.InState(port.Ops(recs), reinstall.Proposed)) {
		named, err := o.people.Among(ctx, who.ID, op.Approvers())
		if err != nil {
			return nil, err
		}
		if named && op.MayTurnKey(who) {
			out = append(out, op)
		}
	}
	return out, nil
}

// errCardAwaited says that the card is not there yet: nothing is wrong, and nobody
// else waits for it.
var errCardAwaited = &port.RateLimitedError{
	After: time.Second, Alone: true, Cause: errors.New("its card is not posted yet"),
}

// linkFor ends a direct message: with the card's link or, if there is none, with
// what to type. Who is asked to approve waits for the card.
func (o *Outbox) linkFor(ctx context.Context, rec port.Record, p port.Post) (view.Text, error) {
	lead, err := o.proposals.LeadOf(ctx, rec)
	if err != nil {
		return nil, err
	}
	if lead.Card.TS == "" {
		if p.User != rec.Op.Proposer {
			return nil, errCardAwaited
		}
		return screen.ShowHint(rec.Op), nil
	}
	link, err := o.chat.Permalink(ctx, lead.Card)
	if port.IsPermanent(err) && !port.IsTokenRefused(err) {
		o.log.Warn("card: no link to it", "op", p.Op, "err", err)
		return screen.ShowHint(rec.Op), nil
	}
	if err != nil {
		return nil, err
	}
	return view.Say(" ", view.Address(link)), nil
}

// postUnreachable tells in the thread what could not be told directly: whom it was
// for or, if nobody can be told, all.
func (o *Outbox) postUnreachable(ctx context.Context, p port.Post, rec port.Record, ops []reinstall.Operation,
	cause error, doubt bool,
) error {
	why := screen.SlackReason(cause)
	if p.User != rec.Op.Proposer && !screen.IsPersonal(cause) {
		recs, err := o.proposals.All(ctx, rec)
		if err != nil {
			recs = []port.Record{rec}
		}
		return o.notifyInThread(ctx, p.Op, screen.NotifiedDirectly(screen.InState(port.Ops(recs), reinstall.Proposed)),
			"Twokey cannot send direct messages: "+why, cause, doubt)
	}
	o.log.Warn("direct message: failed, notifying in the thread", "op", p.Op, "user", p.User, "err",
		cause)
	o.count("fault", "direct")
	t := screen.OutcomeHereText(p.User, why)
	if p.User != rec.Op.Proposer {
		t = screen.ApproverHereText(p.User, why, ops)
	}
	return o.appendOnce(ctx, doubt, port.Post{Kind: port.PostLine, Key: p.Key + ".here", Op: p.Op, Text: t})
}
