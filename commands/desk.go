// Package commands decides: what each verb of /reinstall does, what the worker
// does when something is due, and every sentence that people read. It knows no
// Slack, no Redis and no Tencent Cloud, only the ports.
package commands

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/seal"
)

// Desk is where everything arrives: what people do (Command, Press, Submit,
// Suggest, each within the ack and without waiting for the cloud) and what is
// due (Run).
type Desk struct {
	reported reports
	faults   *port.FaultLog
	store    port.Store
	cloud    port.Cloud
	chat     port.Chat
	prober   port.Prober
	policy   func() reinstall.Policy
	now      func() time.Time
	rand     io.Reader
	seal     *seal.Sealer
	rooms    seenRooms
	log      *slog.Logger
	count    func(what string, labels ...string)
	outbox   func(ctx context.Context, c port.Claim) // works off an outbox

	wake    chan struct{}   // something may be due
	hand    chan port.Claim // items taken by this process, leased already
	slots   chan struct{}
	reads   chan struct{} // taken by items that read the cloud
	work    sync.WaitGroup
	held    leases
	rests   rests       // of the outbox
	shows   shows       // which countdowns stand on cards and in threads
	overs   overs       // what cards have no room for
	lately  lately      // who somebody is, and where
	allowed allowances  // how much is taken from whom
	homes   homes       // who has their Home open
	ending  atomic.Bool // Run is on its way out: nothing new is armed
}

// Config is what a desk is made of. Now, Rand, Log and Count have defaults.
type Config struct {
	Store  port.Store
	Cloud  port.Cloud
	Chat   port.Chat
	Prober port.Prober // nil: no login service is looked for
	Policy func() reinstall.Policy
	Sealer *seal.Sealer
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
	Count  func(what string, labels ...string)
}

// NewDesk returns a desk; Run starts its work.
func NewDesk(c Config) *Desk {
	d := &Desk{
		store: c.Store, cloud: c.Cloud, chat: c.Chat, prober: c.Prober, policy: c.Policy, seal: c.Sealer, now: c.Now, rand: c.Rand,
		log: c.Log, count: c.Count,
		wake: make(chan struct{}, 1), hand: make(chan port.Claim, 1024), slots: make(chan struct{}, atOnce), reads: make(chan struct{}, cloudside),
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.rand == nil {
		d.rand = rand.Reader
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.count == nil {
		d.count = func(string, ...string) {}
	}
	d.faults = port.NewFaultLog(d.log, d.now)
	d.outbox = d.deliver
	return d
}

// Command answers what was typed behind /reinstall. What cannot be understood
// is no deed, and not in the audit.
func (d *Desk) Command(ctx context.Context, in port.Inbound) port.Reply {
	l, r := Parse(in.Text)
	if r != nil {
		return port.Reply{Text: screen.Refusal(r)}
	}
	in.Verb, in.Op = l.Verb, l.ID
	if do := deeds[l.Verb]; openToAll(l.Verb) && do.typed != nil {
		return do.typed(d, ctx, in)
	}
	if no, ok := d.admit(ctx, in, l.Verb); !ok {
		return d.audited(ctx, in, l.Verb, no)
	}
	return d.audited(ctx, in, l.Verb, d.command(ctx, in, l))
}

// Press answers a button: a dialog, or a stored item.
func (d *Desk) Press(ctx context.Context, in port.Inbound) port.Reply {
	if no, ok := d.admit(ctx, in, in.Verb); !ok {
		return d.audited(ctx, in, in.Verb, no)
	}
	return d.audited(ctx, in, in.Verb, d.press(ctx, in))
}

// ofItsCard refuses a button that was pressed in another channel than the
// proposal's: on a copy of its card, before the eyes of others.
func (d *Desk) ofItsCard(ctx context.Context, in port.Inbound) *reinstall.Refusal {
	rec, err := d.store.Recent(ctx, in.Op) // the channel never changes
	switch {
	case err != nil && !port.IsNotFound(err):
		d.faults.Error("could not load an operation", in.Verb, err, "op", in.Op)
		return screen.Unreached(screen.DoingOf(in.Verb), port.WhyRefused(err))
	case err != nil:
		go d.markGone(context.WithoutCancel(ctx), in)
		return screen.NoProposalHere(in.Verb)
	case rec.Op.Channel != in.Channel:
		return screen.NoProposalHere(in.Verb)
	}
	return nil
}

// Submit answers a dialog: with errors by field, or by storing an item.
func (d *Desk) Submit(ctx context.Context, in port.Inbound) port.Reply {
	if no, ok := d.admit(ctx, in, in.Verb); !ok {
		return d.audited(ctx, in, in.Verb, no)
	}
	return d.audited(ctx, in, in.Verb, d.submit(ctx, in))
}

// take stores what somebody did before it is acknowledged, and hands it to the
// worker (promise 4). answer is what they read meanwhile.
func (d *Desk) take(ctx context.Context, in port.Inbound, l port.Line, answer reinstall.Text) port.Reply {
	args, err := json.Marshal(l)
	if err != nil {
		return d.notTaken(l.Verb, err)
	}
	claim, fresh, err := d.store.Receive(ctx, port.Item{
		Dedupe: in.Dedupe, Op: l.ID, Rev: in.Rev, Verb: l.Verb, Args: string(args), User: in.User, Team: in.Team,
		Channel: in.Channel, Thread: in.Thread, Reply: in.Reply, At: d.now(), Stops: reinstall.Stops(l.Verb),
	})
	if err != nil {
		return d.notTaken(l.Verb, err)
	}
	if !fresh {
		d.count("replayed", l.Verb)
		d.log.Info("delivered again, with no second effect", "verb", l.Verb, "op", l.ID, "by", in.User)
		return port.Reply{}
	}
	d.count("received", l.Verb)
	d.handIn(claim)
	return port.Reply{Text: answer}
}

// notTaken words that the memory cannot be reached: nothing was started.
func (d *Desk) notTaken(verb string, err error) port.Reply {
	d.faults.Error("could not store what somebody did", verb, err)
	if no := (*port.RefusedError)(nil); errors.As(err, &no) {
		return unaudited(screen.Unreached(screen.DoingOf(verb), port.WhyRefused(err)))
	}
	return unaudited(reinstall.Refuse(screen.DoingOf(verb), "Twokey could not confirm that it noted this (Redis did not answer)",
		"Look at the card or /reinstall list before you do it again"))
}

func refused(r *reinstall.Refusal) port.Reply { return port.Reply{Text: screen.Refusal(r), No: true} }

// unaudited is a refusal for want of the memory, which holds the audit too.
func unaudited(r *reinstall.Refusal) port.Reply { return port.Reply{Text: screen.Refusal(r)} }

// audited puts a refusal that is answered at once into the audit. Nothing was
// done, so a fault of the audit does not change the answer.
func (d *Desk) audited(ctx context.Context, in port.Inbound, verb string, r port.Reply) port.Reply {
	if !r.No {
		return r
	}
	label := verb
	if screen.DoingOf(verb) == screen.DoingOf("") {
		label = "unknown" // never what somebody made up
	}
	d.count("refused", label)
	detail := r.Text.String()
	for _, why := range r.Errors {
		detail = why
	}
	n := port.Note{Key: in.Dedupe + ".no", Kind: port.NoteRefusal, Op: in.Op, By: in.User, What: verb, Detail: detail}
	if err := d.store.Note(ctx, n); err != nil {
		d.faults.Error("a refusal is not in the audit", label, err, "by", in.User)
	}
	return r
}

// find loads an operation or words why it cannot.
func (d *Desk) find(ctx context.Context, id, verb string) (port.Record, *reinstall.Refusal) {
	rec, err := d.store.Load(ctx, id)
	switch {
	case err == nil:
		return rec, nil
	case port.IsNotFound(err):
		return rec, notYours(verb, id)
	}
	d.faults.Error("could not load an operation", verb, err, "op", id)
	return rec, screen.Unreached(screen.DoingOf(verb), port.WhyRefused(err))
}

// nudge tells the worker that something may be due at once.
func (d *Desk) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}
