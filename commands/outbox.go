package commands

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"twokey/commands/reinstall"
)

const (
	drain    = 500             // entries of an outbox read at once
	stuckFor = 5 * time.Second // a channel that cannot be posted to is tried again
)

// Errors of the chat that matter here; package bot/chat's errors satisfy them.
type (
	retryLater     interface{ RetryAfter() (time.Duration, bool) }
	outcomeUnknown interface{ OutcomeUnknown() bool }
	permanent      interface{ Permanent() bool }
)

// deliver works off one partition's outbox, each operation's entries in order.
// An entry that cannot be told now holds back those behind it of the same
// operation, and no others.
func (d *Desk) deliver(ctx context.Context, c Claim) {
	posts, err := d.store.Posts(ctx, c.ID, drain)
	if err != nil {
		d.fault(ctx, c, "read the outbox", err)
		return
	}
	newest := map[string]string{} // operation -> its last card entry
	for _, p := range posts {
		if p.Kind == PostCard {
			newest[p.Op] = p.Stream
		}
	}
	x := delivery{desk: d, claim: c, outbox: c.ID, newest: newest, stuck: map[string]bool{}, told: map[string]bool{}, all: c.Taken}
	for _, p := range posts {
		x.one(ctx, p)
	}
	d.release(ctx, c, x.again())
}

// delivery is one pass over an outbox.
type delivery struct {
	desk   *Desk
	claim  Claim
	outbox string
	newest map[string]string
	stuck  map[string]bool // operations that wait
	told   map[string]bool // operations of which this pass has told something
	all    bool            // the last holder vanished: what is first may have been told
	wait   time.Duration
	failed bool
}

// again is when the outbox is due next: at once when entries came meanwhile
// (the store sees to it), later where something is stuck.
func (x *delivery) again() time.Duration {
	if x.failed {
		return max(x.wait, 250*time.Millisecond)
	}
	return never
}

func (x *delivery) one(ctx context.Context, p Post) {
	if x.stuck[p.Op] && p.Kind != PostWhisper {
		return
	}
	if p.Kind == PostCard && x.newest[p.Op] != p.Stream {
		x.done(ctx, p) // a newer one tells the same and more
		return
	}
	// One after the other: of each operation only the first can have been told.
	err := x.underLease(ctx, func(ctx context.Context) error { return x.desk.post(ctx, p, x.all && !x.told[p.Op]) })
	if err == nil {
		x.told[p.Op] = true
		x.done(ctx, p)
		return
	}
	x.desk.count("fault", "post")
	if isPermanent(err) && p.Kind == PostWhisper {
		x.desk.log.Error("could not whisper; given up", "op", p.Op, "user", p.User, "err", err)
		x.done(ctx, p)
		return
	}
	x.hold(p, err)
}

// underLease gives a post no longer than the outbox is held for sure. A process
// that was frozen meanwhile must not post what another has posted since.
func (x *delivery) underLease(ctx context.Context, post func(context.Context) error) error {
	ctx, cancel := context.WithDeadline(ctx, x.desk.held.until(x.claim))
	defer cancel()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the outbox is no longer held: %w", err)
	}
	return post(ctx)
}

// hold leaves the entry for later, and what is behind it.
func (x *delivery) hold(p Post, err error) {
	x.failed = true
	x.stuck[p.Op] = true
	wait := stuckFor
	var later retryLater
	if errors.As(err, &later) {
		if w, ok := later.RetryAfter(); ok {
			wait = w
		}
	}
	if x.wait == 0 || wait < x.wait {
		x.wait = wait
	}
	x.desk.log.Warn("could not post; will try again", "op", p.Op, "kind", p.Kind, "in", wait, "err", err)
	var unk outcomeUnknown
	if errors.As(err, &unk) && unk.OutcomeUnknown() {
		x.desk.unsure.add(p.Key)
	}
}

func (x *delivery) done(ctx context.Context, p Post) {
	x.desk.unsure.drop(p.Key)
	if err := x.desk.store.Posted(ctx, x.outbox, p); err != nil {
		x.failed, x.stuck[p.Op] = true, true
		x.desk.unsure.add(p.Key)
		x.desk.log.Warn("told, but could not note it", "op", p.Op, "err", err)
	}
}

// post tells one entry. Where it may have been told before, it is looked for
// first (facts/slack.md section 6).
func (d *Desk) post(ctx context.Context, p Post, unsure bool) error {
	unsure = unsure || d.unsure.has(p.Key)
	if p.Kind == PostWhisper {
		return d.postWhisper(ctx, p)
	}
	rec, err := d.store.Load(ctx, p.Op)
	if isNotFound(err) {
		return nil // kept no longer
	}
	if err != nil {
		return err
	}
	if p.Kind == PostCard {
		return d.postCard(ctx, rec, unsure)
	}
	if rec.Card.TS == "" {
		if err := d.postCard(ctx, rec, true); err != nil {
			return err
		}
		if rec, err = d.store.Load(ctx, p.Op); err != nil {
			return err
		}
		if rec.Card.TS == "" {
			return nil // it cannot be posted at all, and that was told
		}
	}
	if unsure {
		found, err := d.chat.FindLine(ctx, rec.Card, p.Key)
		if err != nil {
			return err
		}
		if found {
			return nil
		}
	}
	return d.chat.PostLine(ctx, rec.Card, p.Text, p.Key)
}

// postWhisper tells one person alone: in the channel, or where that is not
// possible (they or the bot are no member) through the response_url.
func (d *Desk) postWhisper(ctx context.Context, p Post) error {
	err := d.chat.Whisper(ctx, p.Channel, p.Thread, p.User, p.Text)
	if isPermanent(err) && p.Reply != "" {
		return d.chat.Answer(ctx, p.Reply, p.Text)
	}
	return err
}

// postCard posts the card the first time, and edits it ever after.
func (d *Desk) postCard(ctx context.Context, rec Record, unsure bool) error {
	card := cardOf(rec, d.currency(rec.Op.Plan.Account), d.now())
	if rec.Card.TS != "" {
		err := d.chat.UpdateCard(ctx, rec.Card, card)
		if isPermanent(err) {
			d.log.Error("the card can no longer be changed; its thread goes on", "op", rec.Op.ID, "err", err)
			return nil
		}
		return err
	}
	key := rec.Op.ID + ".card"
	var a Address
	if unsure || d.unsure.has(key) {
		found, ok, err := d.chat.FindCard(ctx, rec.Op.Channel, key, rec.Op.ProposedAt.Add(-time.Minute))
		if err != nil {
			return err
		}
		if ok {
			a = found
		}
	}
	if a.TS == "" {
		var err error
		d.unsure.add(key) // until its address is kept
		if a, err = d.chat.PostCard(ctx, card, key); err != nil {
			if unk := outcomeUnknown(nil); !errors.As(err, &unk) || !unk.OutcomeUnknown() {
				d.unsure.drop(key)
			}
			if isPermanent(err) {
				return d.unpostable(ctx, rec, err)
			}
			return err
		}
	}
	if err := d.store.SetCard(ctx, rec.Op.ID, a); err != nil {
		return err
	}
	d.unsure.drop(key)
	return nil
}

// unpostable ends a proposal that nobody could ever see, and tells whoever made
// it.
func (d *Desk) unpostable(ctx context.Context, rec Record, cause error) error {
	d.log.Error("the card cannot be posted", "op", rec.Op.ID, "channel", rec.Op.Channel, "err", cause)
	if rec.Op.State.Open() {
		command := rec.Op.ID + ":unpostable"
		_, err := d.change(ctx, rec.Op.ID, command, "twokey", func(context.Context, Record) (reinstall.Event, *reinstall.Refusal, error) {
			return reinstall.NothingSent{Why: "the proposal could not be posted"}, nil, nil
		})
		if err != nil {
			return err
		}
	}
	return d.store.Tell(ctx, rec.Op.ID, Post{
		Kind: PostWhisper, Key: rec.Op.ID + ".unpostable", Op: rec.Op.ID, Channel: rec.Op.Channel, User: rec.Op.Proposer,
		Text: refusal(reinstall.Refuse(doing[VerbPropose], "Slack does not let Twokey post in this channel", "Invite it (/invite), or propose in another channel")),
	})
}

func isPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p) && p.Permanent()
}

func (d *Desk) currency(account string) string {
	for _, a := range d.policy().Accounts {
		if a.Name == account {
			return a.Currency
		}
	}
	return ""
}

// keySet is a set of post keys whose outcome is unknown.
type keySet struct {
	mu sync.Mutex
	m  map[string]bool
}

func (s *keySet) add(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil {
		s.m = map[string]bool{}
	}
	s.m[k] = true
}

func (s *keySet) has(k string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.m[k]
}

func (s *keySet) drop(k string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.m, k)
}
