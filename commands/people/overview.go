package people

import (
	"context"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
)

// What somebody sees at a glance is gathered here, for the Home tab and for
// /reinstall list alike. A proposal is shown to whoever made it, to the members
// of its channel, and to those whom its plan names as approvers; what cannot be
// found out counts as no.

const (
	// lookBack is how many of those that ended last are looked at to find ten
	// that somebody may see.
	lookBack = 60
	lastTen  = 10
)

// LiveState is what there is, whoever looks.
type LiveState struct {
	Mark   string // as it was before anything was read
	At     time.Time
	freeze *model.Freeze // nil: none
	live   []Entry       // oldest first
	ended  []port.Record
}

// Entry is one card: a proposal, or what is live of one for several machines.
type Entry struct {
	Recs []port.Record
	// Approval and Backup are the keys that whoever looks may give now.
	Approval, Backup bool
	// Approved: the approval of whoever looks is counted already.
	Approved bool
	Link     string // to the card
	// Ask are all machines of a proposal that whoever looks may approve, the lead first:
	// read at once, so that a press approves what is shown. Empty: no button.
	Ask []port.Record
}

func (e Entry) entryOps() []reinstall.Operation { return port.Ops(e.Recs) }

// First is the operation that stands for all.
func (e Entry) First() reinstall.Operation { return e.Recs[0].Op }

// inState reports whether one of the operations is in one of the states.
func (e Entry) inState(states ...reinstall.State) bool {
	return len(screen.InState(e.entryOps(), states...)) > 0
}

// Overview is what one person may see of it, by what it is to them. What they
// proposed stands under mine, and again under running where it is that too.
type Overview struct {
	LiveState
	AwaitsApproval, AwaitsBackup, Mine, Running, Others, Last []Entry
	// unsure: of something it could not be found out whether they may see it.
	Unsure bool
}

// Shown is an overview as the screen words it.
func (o Overview) Shown() screen.OverviewShown {
	entries := func(es []Entry) []screen.EntryShown {
		out := make([]screen.EntryShown, len(es))
		for i, e := range es {
			out[i] = screen.EntryShown{
				Ops: e.entryOps(), Approval: e.Approval, Backup: e.Backup, Approved: e.Approved, Link: e.Link,
				Ask: port.Ops(e.Ask),
			}
			if len(e.Ask) > 0 {
				out[i].Rev = e.Ask[0].Rev
			}
		}
		return out
	}
	return screen.OverviewShown{
		At: o.At, Freeze: o.freeze, Unsure: o.Unsure,
		AwaitsApproval: entries(o.AwaitsApproval), AwaitsBackup: entries(o.AwaitsBackup), Mine: entries(o.Mine),
		Running: entries(o.Running), Others: entries(o.Others), Last: entries(o.Last),
	}
}

// ReadLive reads all that is open or running, what ended last, and the freeze.
func (l *Lookup) ReadLive(ctx context.Context) (LiveState, error) {
	p := LiveState{At: l.now()}
	var err error
	if p.Mark, err = l.store.Mark(ctx); err != nil {
		return p, err
	}
	if p.freeze, err = l.store.Frozen(ctx); err != nil {
		return p, err
	}
	live, err := l.store.Live(ctx)
	if err != nil {
		return p, err
	}
	slices.SortStableFunc(live, func(a, b port.Record) int { return a.Op.ProposedAt.Compare(b.Op.ProposedAt) })
	at := map[string]int{}
	for _, r := range live {
		i, known := at[r.Op.LeadID()]
		if !known {
			i = len(p.live)
			at[r.Op.LeadID()] = i
			p.live = append(p.live, Entry{})
		}
		p.live[i].Recs = append(p.live[i].Recs, r)
	}
	for _, e := range p.live {
		slices.SortFunc(e.Recs, func(a, b port.Record) int { return a.Op.Index() - b.Op.Index() })
	}
	p.ended, err = l.store.Ended(ctx, lookBack)
	return p, err
}

// CheckMayLook refuses whoever is no full member of the workspace. A refusal is told
// by what; an error means that it could not be found out.
func (l *Lookup) CheckMayLook(ctx context.Context, user, what string) (model.Person, *model.Refusal) {
	p, err := l.WhoIs(ctx, user)
	if err != nil {
		l.log.Warn("people: could not read who asks", "by", user, "err", err)
		return p, model.Refuse(what, "Slack did not say who you are, and a failed check counts as no",
			"Try again in a minute")
	}
	return p, NotMember(what, p)
}

// OverviewFor sorts out what a person may see.
func (l *Lookup) OverviewFor(ctx context.Context, p LiveState, by model.Person) Overview {
	o := Overview{LiveState: p}
	may := func(op reinstall.Operation) bool {
		yes, err := l.MayRead(ctx, by.ID, op)
		if err != nil {
			l.log.Warn("people: could not find out who may see a proposal", "op", op.ID, "by", by.ID, "err", err)
			o.Unsure = true
		}
		return yes && err == nil
	}
	for _, e := range p.live {
		if !may(e.First()) {
			continue
		}
		if err := l.findNeededKeys(ctx, by, &e); err != nil {
			o.Unsure = true
		}
		e.Approved = hasApproved(by.ID, e)
		o.sortEntry(by.ID, e)
	}
	for _, r := range p.ended {
		if len(o.Last) == lastTen {
			break
		}
		if may(r.Op) {
			o.Last = append(o.Last, Entry{Recs: []port.Record{r}})
		}
	}
	return o
}

// sortEntry puts what is live where it belongs.
func (o *Overview) sortEntry(user string, e Entry) {
	mine := e.First().Proposer == user
	running := e.inState(reinstall.Approved, reinstall.Ready, reinstall.Armed, reinstall.Sent)
	switch {
	case e.Approval:
		o.AwaitsApproval = append(o.AwaitsApproval, e)
	case e.Backup:
		o.AwaitsBackup = append(o.AwaitsBackup, e)
	}
	if mine {
		o.Mine = append(o.Mine, e)
	}
	if running {
		o.Running = append(o.Running, e)
	}
	if !e.Approval && !e.Backup && !mine && !running {
		o.Others = append(o.Others, e)
	}
}

// hasApproved reports whether somebody's approval is counted on one of the machines.
func hasApproved(user string, e Entry) bool {
	return slices.ContainsFunc(e.entryOps(), func(op reinstall.Operation) bool {
		return slices.Contains(op.Keys().By, user)
	})
}

// findNeededKeys notes the keys of an entry that somebody may give now. What could not
// be found out counts as no.
func (l *Lookup) findNeededKeys(ctx context.Context, by model.Person, e *Entry) error {
	approval, backup := false, false
	for _, op := range screen.InState(e.entryOps(), reinstall.Proposed) {
		k := op.Keys()
		approver, err := l.Among(ctx, by.ID, op.Approvers())
		if err != nil {
			return err
		}
		if approver && !approval && l.now().Before(op.Expires) {
			if approval, err = l.needsApproval(ctx, by, op, k); err != nil {
				return err
			}
		}
		underWay := op.Making != nil && (op.Making.Stage == reinstall.ImageAsked ||
			op.Making.Stage == reinstall.ImageMaking)
		backup = backup || k.Required && !k.Backup && !underWay && (approver || by.ID == op.Proposer)
	}
	e.Approval, e.Backup = approval, backup
	return nil
}

// needsApproval reports whether an approver's key is needed, as far as can be told
// before they give it: at the click everything is read again.
func (l *Lookup) needsApproval(ctx context.Context, by model.Person, op reinstall.Operation, k reinstall.Keys) (bool,
	error,
) {
	mail := by.Mailbox()
	if by.ID == op.Proposer || mail != "" && mail == op.ProposerMail || len(k.By) >= k.Needed ||
		slices.Contains(k.By, by.ID) {
		return false, nil
	}
	for _, a := range op.Approvals {
		if mail != "" && a.Mail == mail && slices.Contains(k.By, a.By) {
			return false, nil
		}
	}
	if len(k.Slots) == 0 {
		return true, nil
	}
	for _, p := range k.Slots {
		if p.By != "" {
			continue
		}
		if yes, err := l.Among(ctx, by.ID, p.Candidates); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}
