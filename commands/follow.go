package commands

import (
	"context"
	"errors"
	"strings"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// batch is how many instances one read takes; askFor, how long CloudAudit may
// take.
const (
	batch  = 100
	askFor = 15 * time.Second
)

// follow reads the machines of many operations, a hundred a call, and writes
// what the sights prove.
func (d *Desk) follow(ctx context.Context, ls []leased) {
	groups := map[[2]string][]leased{}
	for _, l := range ls {
		k := [2]string{l.Op.Plan.Account, l.Op.Plan.Region}
		groups[k] = append(groups[k], l)
	}
	for k, g := range groups {
		for len(g) > 0 {
			n := min(len(g), batch)
			d.look(ctx, k[0], k[1], g[:n])
			g = g[n:]
		}
	}
}

func (d *Desk) look(ctx context.Context, account, region string, ls []leased) {
	ids := make([]string, len(ls))
	for i, l := range ls {
		ids[i] = l.Op.Plan.Instance
	}
	seen, err := d.cloud.Look(ctx, account, region, ids)
	for _, l := range ls {
		if err != nil {
			d.unheard(ctx, l, "follow", err)
			continue
		}
		if err := d.sight(ctx, l, seen); err != nil {
			d.fault(ctx, l.Claim, "follow", err)
		}
	}
}

// sight writes what one machine's sight proves of a reset under way.
func (d *Desk) sight(ctx context.Context, l leased, seen map[string]port.Seen) error {
	s, ok := seen[l.Op.Plan.Instance]
	if !ok {
		return d.absent(ctx, l)
	}
	if l.Op.Silence != nil {
		return d.heard(ctx, l)
	}
	now := reinstall.Sight{Instance: s.Instance, ServerTime: s.ServerTime}
	e := reinstall.Follow(l.Op, now, reinstall.Testimony{})
	if reinstall.Weighty(e) || l.Op.Inferred && (e != nil || onTheMinute(l.Op, d.now())) {
		e = reinstall.Follow(l.Op, now, d.ask(ctx, l.Op))
	}
	if done, ok := e.(reinstall.Succeeded); ok {
		done.Probe = d.wanted()
		e = done
	}
	switch {
	case e != nil:
		return d.advance(ctx, l, e)
	case l.Op.Seen != s.Instance.State && ours(l.Op, s.Instance):
		return d.advance(ctx, l, reinstall.Moved{Seen: s.Instance.State})
	case !l.Op.Slow && s.ServerTime.Sub(l.Op.Arming.At) > reinstall.SlowAfter:
		return d.advance(ctx, l, reinstall.RunsLong{})
	}
	d.release(ctx, l.Claim, followIn(l.Op, d.now()))
	return nil
}

// onTheMinute is true in one of the polls of each minute.
func onTheMinute(op reinstall.Operation, now time.Time) bool {
	return time.Duration(now.UnixNano())%time.Minute < gridOf(op, now)
}

// ask asks CloudAudit what was called on the machine since it matters. That it
// cannot be asked is part of what is known, and no fault: nothing waits for it.
func (d *Desk) ask(ctx context.Context, op reinstall.Operation) reinstall.Testimony {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	es, err := d.cloud.Events(ctx, op.Plan.Ref, op.EventsSince(d.now()))
	if err == nil {
		ops, known := d.callers(ctx, op)
		own, all := reinstall.Signers(ops)
		return reinstall.Testimony{Asked: d.now(), Events: es}.Judged(own, all && known).Recorded(ops)
	}
	d.faults.Warn("CloudAudit could not be asked", op.Plan.Account+" "+op.Plan.Region, err, "op", op.ID)
	d.count("fault", "cloudaudit")
	why := "it did not answer"
	var no denied
	refused := errors.As(err, &no) && no.Denied()
	if refused {
		why = "the account does not let Twokey read it" + lacks(err, "its key, its permissions, or CloudAudit is off")
	}
	return reinstall.Testimony{Failed: why, Denied: refused}
}

// signed is how many of a machine's operations are looked through for the keys
// that signed their calls.
const signed = 50

// callers are the operations of a machine, whose records name its calls and the
// keys that signed them; all says that they could be read.
func (d *Desk) callers(ctx context.Context, op reinstall.Operation) (ops []reinstall.Operation, all bool) {
	recs, err := d.store.History(ctx, op.Plan.Ref, signed)
	if err != nil {
		d.log.Warn("the keys of earlier calls could not be read", "op", op.ID, "err", err)
		recs = nil
	}
	return append(port.Ops(recs), op), err == nil
}

func ours(op reinstall.Operation, i reinstall.Instance) bool {
	return i.Latest.RequestID == op.RequestID
}

// reconcile finds out what became of an armed operation whose answer nobody
// has. It only ever reads.
func (d *Desk) reconcile(ctx context.Context, l leased) error {
	p := l.Op.Plan
	seen, err := d.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance})
	if err != nil {
		d.unheard(ctx, l, "reconcile", err)
		return nil
	}
	s, ok := seen[p.Instance]
	if !ok {
		return d.absent(ctx, l)
	}
	if l.Op.Silence != nil {
		return d.heard(ctx, l)
	}
	now := reinstall.Sight{Instance: s.Instance, ServerTime: s.ServerTime}
	e := reinstall.Reconcile(l.Op, now, reinstall.Testimony{})
	if reinstall.AsksAudit(l.Op, e) {
		e = reinstall.Reconcile(l.Op, now, d.ask(ctx, l.Op))
	}
	if e != nil {
		return d.advance(ctx, l, e)
	}
	d.release(ctx, l.Claim, reconciles)
	return nil
}

// imageGrace is how long an image may fail to be started, or to be listed,
// before people are told.
const imageGrace = 3 * time.Minute

// startImage starts the backup image, or finds the one that was started before
// the answer was lost: its name is the operation's.
func (d *Desk) startImage(ctx context.Context, l leased) error {
	p, m := l.Op.Plan, l.Op.Making
	if !m.Looked { // no call of it can be out
		if done, err := d.mayStop(ctx, l); done || err != nil {
			return err
		}
	}
	img, found, err := d.cloud.ImageByName(ctx, p.Ref, m.Name)
	if err != nil {
		d.unheard(ctx, l, "start an image", err)
		return nil
	}
	if !found && !m.Looked {
		seen, err := d.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance})
		s, ok := seen[p.Instance]
		switch {
		case err != nil:
			d.unheard(ctx, l, "look before an image", err)
			return nil
		case !ok:
			return d.unseen(ctx, l, "the machine")
		case l.Op.Silence == nil:
			return d.advance(ctx, l, reinstall.ImageLooked{Latest: s.Instance.Latest})
		}
	}
	switch {
	case l.Op.Silence != nil: // all that was asked is answered again
		return d.heard(ctx, l)
	case found:
		return d.advance(ctx, l, reinstall.ImageStarted{ID: img.ID})
	}
	return d.beginImage(ctx, l)
}

// beginImage makes the call for the backup image.
func (d *Desk) beginImage(ctx context.Context, l leased) error {
	p, m := l.Op.Plan, l.Op.Making
	id := ""
	full, err := d.roomForImage(ctx, p.Ref)
	if full != nil {
		return d.advance(ctx, l, reinstall.ImageGone{Why: full.Why, Next: full.Next})
	}
	if err == nil && m.Clean { // looking took place before the questions above
		if seen, err := d.cloud.Look(ctx, p.Account, p.Region, []string{p.Instance}); err != nil {
			return err
		} else if now := seen[p.Instance].Instance.Latest; !now.Same(l.Op.Baseline) {
			return d.advance(ctx, l, reinstall.ImageLooked{Latest: now})
		}
	}
	if err == nil {
		if done, err := d.mayStop(ctx, l); done || err != nil {
			return err
		}
		id, err = d.cloud.CreateImage(ctx, p.Ref, m.Name, m.Stop)
	}
	if r := asRefusal(err); r != nil {
		return d.advance(ctx, l, reinstall.ImageGone{Why: strings.TrimSuffix(r.Why, "."), Next: r.Next})
	}
	var no denied
	switch {
	case errors.As(err, &no) && no.Denied():
		d.log.Error("may not make an image", "op", l.Op.ID, "err", err)
		return d.advance(ctx, l, reinstall.ImageGone{Why: "the cloud does not let Twokey make images of it" + lacks(err, "its key or its permissions")})
	case err != nil && d.now().Sub(m.At) > imageGrace:
		d.log.Error("could not start an image", "op", l.Op.ID, "err", err)
		return d.advance(ctx, l, reinstall.ImageGone{Why: "the cloud did not take the request for " + reinstall.Ago(imageGrace)})
	case err != nil:
		return err
	}
	return d.advance(ctx, l, reinstall.ImageStarted{ID: id})
}

// awaitImage follows the backup image until it is usable and the machine is
// free again.
func (d *Desk) awaitImage(ctx context.Context, l leased) error {
	p, m := l.Op.Plan, l.Op.Making
	img, found, err := d.cloud.ImageByName(ctx, p.Ref, m.Name)
	if err != nil {
		d.unheard(ctx, l, "follow an image", err)
		return nil
	}
	switch {
	case !found && l.Op.AbsentFor(d.now()) < imageGrace: // listings are late at times
		return d.unseen(ctx, l, "the image "+m.ID)
	case !found:
		return d.advance(ctx, l, reinstall.ImageGone{Why: "the cloud does not show " + m.ID})
	case l.Op.Silence != nil:
		return d.heard(ctx, l)
	case img.State == "CREATEFAILED":
		return d.advance(ctx, l, reinstall.ImageGone{Why: "the cloud could not make " + m.ID})
	case img.State != reinstall.ImageNormal && l.Op.ImageOverdue(d.now()):
		return d.advance(ctx, l, reinstall.ImageGone{Why: m.ID + " is not ready after " + reinstall.Ago(reinstall.ImageAfter) + " (" + img.State + ")"})
	case img.State != reinstall.ImageNormal && img.Percent >= m.Percent+screen.ProgressStep && img.Percent <= 100:
		return d.advance(ctx, l, reinstall.ImageProgress{Percent: img.Percent})
	case img.State != reinstall.ImageNormal:
		d.release(ctx, l.Claim, imagePoll)
		return nil
	}
	f, err := d.cloud.Read(ctx, p.Ref, l.Op.Wish, m.ID)
	if err != nil {
		d.unheard(ctx, l, "read after the backup image", err)
		return nil
	}
	if f.Instance.Latest.State == "OPERATING" {
		d.release(ctx, l.Claim, imagePoll)
		return nil
	}
	return d.advance(ctx, l, reinstall.ImageReady{Evidence: f.Evidence, Latest: f.Instance.Latest})
}
