package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// denied is a fault of the cloud's that only a person mends.
type denied interface{ Denied() bool }

// lacks says in brackets what a denial asks for: the permission that the cloud
// names, or what else it can be.
func lacks(err error, otherwise string) string {
	var named interface{ Missing() string }
	if errors.As(err, &named) && named.Missing() != "" {
		return " (its CAM policy does not allow " + named.Missing() + ")"
	}
	return " (" + otherwise + ")"
}

// explained is a fault that can say what it means: sentences without their full
// stops.
type explained interface {
	Explained() (why, next string)
}

// meaning is what a fault means for people, behind a colon, where it can say so.
func meaning(err error) string {
	var x explained
	if !errors.As(err, &x) {
		return ""
	}
	why, _ := x.Explained()
	return ": " + why
}

const (
	// unheardSlow is how often the cloud is asked while it cannot be;
	// unheardSlower, once that has lasted for unheardLong.
	unheardSlow   = 10 * time.Second
	unheardSlower = 30 * time.Second
	unheardLong   = 5 * time.Minute
)

// unheard notes that the cloud cannot be asked about what is under way, goes on
// asking, and ends it after the limit. It logs each change, not each attempt.
func (f *following) unheard(ctx context.Context, l leased, doing string, err error) {
	e := reinstall.Unheard{Why: "it does not answer", Next: "Look at the console, and at the network between Twokey and the cloud"}
	var x explained
	if r := port.AsRefusal(err); r != nil {
		e.Why, e.Next = r.Why, r.Next
	} else if errors.As(err, &x) {
		e.Why, e.Next = x.Explained()
	}
	f.count("fault", doing)
	what := f.silent(ctx, l.Op, e)
	if what == nil {
		f.log.Debug("the cloud still cannot be asked", "op", l.Op.ID, "doing", doing, "err", err)
		f.Release(ctx, l.Claim, unheardIn(l.Op, f.now()))
		return
	}
	f.log.Error("the cloud cannot be asked", "op", l.Op.ID, "doing", doing, "then", what.Name(), "err", err)
	if err := f.advance(ctx, l, what); err != nil {
		f.Fault(ctx, l.Claim, doing, err)
	}
}

func unheardIn(op reinstall.Operation, now time.Time) time.Duration {
	if op.Silence != nil && now.Sub(op.Silence.Since) > unheardLong {
		return unheardSlower
	}
	return unheardSlow
}

// absent notes that the cloud answers without showing the machine that is under
// way, until that is believed.
func (f *following) absent(ctx context.Context, l leased) error {
	if reinstall.Gone(l.Op, f.now(), reinstall.Testimony{}) != nil {
		return f.advance(ctx, l, reinstall.Gone(l.Op, f.now(), f.machines.ask(ctx, l.Op)))
	}
	return f.unseen(ctx, l, "the machine")
}

// unseen notes that the cloud answers without showing what was asked for.
func (f *following) unseen(ctx context.Context, l leased, what string) error {
	e := reinstall.Unheard{Why: "it answers, but does not show " + what + " just now", Next: "Look at the console", Absent: true}
	if next := f.silent(ctx, l.Op, e); next != nil {
		return f.advance(ctx, l, next)
	}
	f.Release(ctx, l.Claim, unheardSlow)
	return nil
}

// silent is what comes of a silence. Of several machines in one place one alone
// tells of it, and the last one of its end.
func (f *following) silent(ctx context.Context, op reinstall.Operation, e reinstall.Unheard) reinstall.Event {
	e.Quiet = op.TellsSilence(f.now()) && f.othersSilent(ctx, op)
	return op.Silent(e, f.now())
}

// heard notes that the cloud answers again.
func (f *following) heard(ctx context.Context, l leased) error {
	return f.advance(ctx, l, reinstall.Heard{Quiet: l.Op.Silence.Told && f.othersSilent(ctx, l.Op)})
}

// othersSilent reports whether the thread has been told the same of another one
// of the proposal. Where that cannot be read it is told twice.
func (f *following) othersSilent(ctx context.Context, op reinstall.Operation) bool {
	recs, err := f.proposals.All(ctx, port.Record{Op: op})
	return err == nil && slices.ContainsFunc(recs, func(r port.Record) bool {
		s, p := r.Op.Silence, r.Op.Plan
		return r.Op.ID != op.ID && s != nil && s.Told && p.Account == op.Plan.Account && p.Region == op.Plan.Region
	})
}
