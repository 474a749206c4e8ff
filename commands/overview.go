package commands

import (
	"context"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
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

// present is what there is, whoever looks.
type present struct {
	mark   string // as it was before anything was read
	at     time.Time
	freeze *reinstall.Freeze // nil: none
	live   []entry           // oldest first
	ended  []port.Record
}

// entry is one card: a proposal, or what is live of one for several machines.
type entry struct {
	recs []port.Record
	owed []string // the keys that whoever looks may turn
	link string   // to the card
}

func (e entry) ops() []reinstall.Operation { return port.Ops(e.recs) }

// first is the operation that stands for all.
func (e entry) first() reinstall.Operation { return e.recs[0].Op }

// in reports whether one of the operations is in one of the states.
func (e entry) in(states ...reinstall.State) bool { return len(screen.InState(e.ops(), states...)) > 0 }

// overview is what one person may see of it, by what it is to them. What they
// proposed stands under mine, and again under running where it is that too.
type overview struct {
	present
	turn, mine, running, others, last []entry
	// unsure: of something it could not be found out whether they may see it.
	unsure bool
}

// shown is an overview as the screen words it.
func (o overview) shown() screen.OverviewShown {
	entries := func(es []entry) []screen.EntryShown {
		out := make([]screen.EntryShown, len(es))
		for i, e := range es {
			out[i] = screen.EntryShown{Ops: e.ops(), Owed: e.owed, Link: e.link}
		}
		return out
	}
	return screen.OverviewShown{
		At: o.at, Freeze: o.freeze, Unsure: o.unsure,
		Turn: entries(o.turn), Mine: entries(o.mine), Running: entries(o.running), Others: entries(o.others), Last: entries(o.last),
	}
}

// present reads all that is open or running, what ended last, and the freeze.
func (d *Desk) present(ctx context.Context) (present, error) {
	p := present{at: d.now()}
	var err error
	if p.mark, err = d.store.Mark(ctx); err != nil {
		return p, err
	}
	if p.freeze, err = d.store.Frozen(ctx); err != nil {
		return p, err
	}
	live, err := d.store.Live(ctx)
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
			p.live = append(p.live, entry{})
		}
		p.live[i].recs = append(p.live[i].recs, r)
	}
	for _, e := range p.live {
		slices.SortFunc(e.recs, func(a, b port.Record) int { return numberIn(a.Op) - numberIn(b.Op) })
	}
	p.ended, err = d.store.Ended(ctx, lookBack)
	return p, err
}

// numberIn is an operation's number among those of its proposal.
func numberIn(op reinstall.Operation) int {
	if op.Batch == nil {
		return 0
	}
	return op.Batch.Index
}

// mayLook refuses whoever is no full member of the workspace. A refusal is told
// by what; an error means that it could not be found out.
func (d *Desk) mayLook(ctx context.Context, user, what string) (reinstall.Person, *reinstall.Refusal) {
	p, err := d.whoIs(ctx, user)
	if err != nil {
		d.log.Warn("could not read who wants to look", "by", user, "err", err)
		return p, reinstall.Refuse(what, "Slack could not be asked who you are, and a failed check counts as no", "Try again in a minute")
	}
	return p, notMember(what, p)
}

// seenBy sorts out what a person may see.
func (d *Desk) seenBy(ctx context.Context, p present, by reinstall.Person) overview {
	o := overview{present: p}
	may := func(op reinstall.Operation) bool {
		yes, err := d.mayRead(ctx, by.ID, op)
		if err != nil {
			d.log.Warn("could not find out who may see a proposal", "op", op.ID, "by", by.ID, "err", err)
			o.unsure = true
		}
		return yes && err == nil
	}
	for _, e := range p.live {
		if !may(e.first()) {
			continue
		}
		var err error
		if e.owed, err = d.owed(ctx, by, e); err != nil {
			o.unsure = true
		}
		o.sort(by.ID, e)
	}
	for _, r := range p.ended {
		if len(o.last) == lastTen {
			break
		}
		if may(r.Op) {
			o.last = append(o.last, entry{recs: []port.Record{r}})
		}
	}
	return o
}

// sort puts what is live where it belongs.
func (o *overview) sort(user string, e entry) {
	turn, mine := len(e.owed) > 0, e.first().Proposer == user
	running := e.in(reinstall.Approved, reinstall.Ready, reinstall.Armed, reinstall.Sent)
	if turn {
		o.turn = append(o.turn, e)
	}
	if mine {
		o.mine = append(o.mine, e)
	}
	if running {
		o.running = append(o.running, e)
	}
	if !turn && !mine && !running {
		o.others = append(o.others, e)
	}
}

// owed are the keys of an entry that somebody may turn now, in words.
func (d *Desk) owed(ctx context.Context, by reinstall.Person, e entry) ([]string, error) {
	approval, backup := false, false
	for _, op := range screen.InState(e.ops(), reinstall.Proposed) {
		k := op.Keys()
		approver, err := d.among(ctx, by.ID, op.Approvers())
		if err != nil {
			return nil, err
		}
		if approver && !approval {
			if approval, err = d.mayFill(ctx, by, op, k); err != nil {
				return nil, err
			}
		}
		underWay := op.Making != nil && (op.Making.Stage == reinstall.ImageAsked || op.Making.Stage == reinstall.ImageMaking)
		backup = backup || k.Required && !k.Backup && !underWay && (approver || by.ID == op.Proposer)
	}
	var out []string
	if approval {
		out = append(out, "approval")
	}
	if backup {
		out = append(out, "backup confirmation")
	}
	return out, nil
}

// mayFill reports whether an approver's key is owed, as far as can be told
// before they turn it: at the click everything is read again.
func (d *Desk) mayFill(ctx context.Context, by reinstall.Person, op reinstall.Operation, k reinstall.Keys) (bool, error) {
	mail := by.Mailbox()
	if by.ID == op.Proposer || mail != "" && mail == op.ProposerMail || len(k.By) >= k.Needed || slices.Contains(k.By, by.ID) {
		return false, nil
	}
	for _, a := range op.Approvals {
		if mail != "" && a.Mail == mail && slices.Contains(k.By, a.By) {
			return false, nil
		}
	}
	if len(k.Places) == 0 {
		return true, nil
	}
	for _, p := range k.Places {
		if p.By != "" {
			continue
		}
		if yes, err := d.among(ctx, by.ID, p.Owed); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}
