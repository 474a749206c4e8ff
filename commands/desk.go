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

	"twokey/commands/reinstall"
)

// Desk is where everything arrives: what people do (Command, Press, Submit,
// Suggest, each within the ack and without waiting for the cloud) and what is
// due (Run).
type Desk struct {
	reported reports
	hush     hush
	store    Store
	cloud    Cloud
	chat     Chat
	prober   Prober
	policy   func() reinstall.Policy
	now      func() time.Time
	rand     io.Reader
	seal     *Sealer
	rooms    seenRooms
	log      *slog.Logger
	count    func(what string, labels ...string)

	wake    chan struct{} // something may be due
	hand    chan Claim    // items taken by this process, leased already
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
	Store  Store
	Cloud  Cloud
	Chat   Chat
	Prober Prober // nil: no login service is looked for
	Policy func() reinstall.Policy
	Sealer *Sealer
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
		wake: make(chan struct{}, 1), hand: make(chan Claim, 1024), slots: make(chan struct{}, atOnce), reads: make(chan struct{}, cloudside),
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
	return d
}

// Command answers what was typed behind /reinstall. What cannot be understood
// is no deed, and not in the audit.
func (d *Desk) Command(ctx context.Context, in Inbound) Reply {
	l, r := Parse(in.Text)
	if r != nil {
		return Reply{Text: refusal(r)}
	}
	in.Verb, in.Op = l.Verb, l.ID
	if do := deeds[l.Verb]; do.about == theWords && do.typed != nil {
		return do.typed(d, ctx, in)
	}
	if no, ok := d.admit(ctx, in, l.Verb); !ok {
		return d.audited(ctx, in, l.Verb, no)
	}
	return d.audited(ctx, in, l.Verb, d.command(ctx, in, l))
}

// Press answers a button: a dialog, or a stored item.
func (d *Desk) Press(ctx context.Context, in Inbound) Reply {
	if no, ok := d.admit(ctx, in, in.Verb); !ok {
		return d.audited(ctx, in, in.Verb, no)
	}
	return d.audited(ctx, in, in.Verb, d.press(ctx, in))
}

// ofItsCard refuses a button that was pressed in another channel than the
// proposal's: on a copy of its card, before the eyes of others.
func (d *Desk) ofItsCard(ctx context.Context, in Inbound) *reinstall.Refusal {
	rec, err := d.store.Recent(ctx, in.Op) // the channel never changes
	switch {
	case err != nil && !isNotFound(err):
		d.troubled("could not load an operation", in.Verb, err, "op", in.Op)
		return unreached(doingOf(in.Verb), whyRefused(err))
	case err != nil:
		go d.markGone(context.WithoutCancel(ctx), in)
		return noProposalHere(in.Verb)
	case rec.Op.Channel != in.Channel:
		return noProposalHere(in.Verb)
	}
	return nil
}

// Submit answers a dialog: with errors by field, or by storing an item.
func (d *Desk) Submit(ctx context.Context, in Inbound) Reply {
	if no, ok := d.admit(ctx, in, in.Verb); !ok {
		return d.audited(ctx, in, in.Verb, no)
	}
	return d.audited(ctx, in, in.Verb, d.submit(ctx, in))
}

// take stores what somebody did before it is acknowledged, and hands it to the
// worker (promise 4). answer is what they read meanwhile.
func (d *Desk) take(ctx context.Context, in Inbound, l Line, answer text) Reply {
	args, err := json.Marshal(l)
	if err != nil {
		return d.notTaken(l.Verb, err)
	}
	claim, fresh, err := d.store.Receive(ctx, Item{
		Dedupe: in.Dedupe, Op: l.ID, Rev: in.Rev, Verb: l.Verb, Args: string(args), User: in.User, Team: in.Team,
		Channel: in.Channel, Thread: in.Thread, Reply: in.Reply, At: d.now(), Stops: stops(l.Verb),
	})
	if err != nil {
		return d.notTaken(l.Verb, err)
	}
	if !fresh {
		d.count("replayed", l.Verb)
		d.log.Info("delivered again, with no second effect", "verb", l.Verb, "op", l.ID, "by", in.User)
		return Reply{}
	}
	d.count("received", l.Verb)
	select {
	case d.hand <- claim:
	default: // the worker is behind; the lease runs out and the item is claimed
	}
	return Reply{Text: answer}
}

// notTaken words that the memory cannot be reached: nothing was started.
func (d *Desk) notTaken(verb string, err error) Reply {
	d.troubled("could not store what somebody did", verb, err)
	if no := (*RefusedError)(nil); errors.As(err, &no) {
		return unaudited(unreached(doingOf(verb), whyRefused(err)))
	}
	return unaudited(reinstall.Refuse(doingOf(verb), "Twokey could not confirm that it noted this (Redis did not answer)",
		"Look at the card or /reinstall list before you do it again"))
}

func refused(r *reinstall.Refusal) Reply { return Reply{Text: refusal(r), no: true} }

// unaudited is a refusal for want of the memory, which holds the audit too.
func unaudited(r *reinstall.Refusal) Reply { return Reply{Text: refusal(r)} }

// audited puts a refusal that is answered at once into the audit. Nothing was
// done, so a fault of the audit does not change the answer.
func (d *Desk) audited(ctx context.Context, in Inbound, verb string, r Reply) Reply {
	if !r.no {
		return r
	}
	label := verb
	if doingOf(verb) == doingOf("") {
		label = "unknown" // never what somebody made up
	}
	d.count("refused", label)
	detail := r.Text.String()
	for _, why := range r.Errors {
		detail = why
	}
	n := Note{Key: in.Dedupe + ".no", Kind: NoteRefusal, Op: in.Op, By: in.User, What: verb, Detail: detail}
	if err := d.store.Note(ctx, n); err != nil {
		d.troubled("a refusal is not in the audit", label, err, "by", in.User)
	}
	return r
}

// find loads an operation or words why it cannot.
func (d *Desk) find(ctx context.Context, id, verb string) (Record, *reinstall.Refusal) {
	rec, err := d.store.Load(ctx, id)
	switch {
	case err == nil:
		return rec, nil
	case isNotFound(err):
		return rec, notYours(verb, id)
	}
	d.troubled("could not load an operation", verb, err, "op", id)
	return rec, unreached(doingOf(verb), whyRefused(err))
}

// nudge tells the worker that something may be due at once.
func (d *Desk) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}
