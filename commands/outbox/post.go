package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// A doubtful fault leaves it open whether the post with that key was made.
type doubtful struct {
	key string
	error
}

func (e *doubtful) Unwrap() error { return e.error }

// markDoubtful marks a fault of posting with its key where the outcome is unknown.
func markDoubtful(key string, err error) error {
	if port.IsOutcomeUnknown(err) {
		return &doubtful{key, err}
	}
	return err
}

// A looking fault is one of looking for a post: nothing was posted.
type lookupFault struct{ error }

func (e *lookupFault) Unwrap() error { return e.error }

// cardKey is the metadata of an operation's card.
func cardKey(op string) string { return op + ".card" }

// postEntry tells one entry. What unsure says may be there already is looked for
// first (bot/chat/doc.go 6.4).
func (o *Outbox) postEntry(ctx context.Context, p port.Post, unsure func(key string) bool) error {
	switch p.Kind {
	case port.PostWhisper:
		return o.postWhisper(ctx, p)
	case port.PostDirect:
		return o.postDirect(ctx, p, unsure(p.Key))
	}
	rec, err := o.store.Load(ctx, p.Op)
	if port.IsNotFound(err) {
		return nil // kept no longer
	}
	if err != nil {
		return err
	}
	if p.Kind == port.PostCard {
		return o.postCard(ctx, rec, p.At, unsure(cardKey(p.Op)))
	}
	if rec.Card.TS == "" {
		if err := o.postCard(ctx, rec, p.At, true); err != nil {
			return err
		}
		if rec, err = o.store.Load(ctx, p.Op); err != nil {
			return err
		}
		if rec.Card.TS == "" {
			return nil // it cannot be posted at all, and that was told
		}
	}
	if p.EditedLine() != "" {
		return o.editLine(ctx, rec, p, unsure)
	}
	return o.postLine(ctx, rec, p, unsure(p.Key))
}

func (o *Outbox) postLine(ctx context.Context, rec port.Record, p port.Post, unsure bool) error {
	if unsure {
		found, err := o.chat.FindLine(ctx, rec.Card, p.Key)
		if err != nil {
			return &lookupFault{err}
		}
		if found {
			return nil
		}
	}
	if p.Counts != nil || p.Steps > 0 {
		l, err := o.lineWithButtons(ctx, rec, p)
		if err != nil {
			return err
		}
		return markDoubtful(p.Key, o.chat.PostWithButtons(ctx, rec.Card, l, p.Key))
	}
	if p.Loud {
		return markDoubtful(p.Key, o.chat.PostLoud(ctx, rec.Card, p.Text, p.Key))
	}
	return markDoubtful(p.Key, o.chat.PostLine(ctx, rec.Card, p.Text, p.Key))
}

// postWhisper tells one person alone, where they look.
func (o *Outbox) postWhisper(ctx context.Context, p port.Post) error {
	return port.SendPrivately(ctx, o.chat, port.PrivateMessage{
		Channel: p.Channel, Thread: p.Thread, User: p.User,
		Reply: p.Reply, Text: p.Text, Corrections: p.Corrections,
	})
}

// postCard posts the card the first time, and edits it ever after. A card that
// was found where it was posted before may show what was so then: it is edited
// too. since is when it first changed after it was shown last.
func (o *Outbox) postCard(ctx context.Context, rec port.Record, since time.Time, unsure bool) error {
	card, err := o.proposals.Draw(ctx, rec)
	if err != nil {
		return err
	}
	card.Calm, card.Since = isCalm(rec.Op), since
	if rec.Card.TS != "" {
		return o.editCard(ctx, rec.Card, card)
	}
	first := card
	if !rec.Op.Plan.Terms.Asking.Notify.InChannel() {
		first = o.withoutMentions(ctx, card)
	}
	a, found, err := o.findOrPostCard(ctx, rec, first, unsure)
	if err == nil && !found {
		o.shown.noteCard(card, nil, o.now())
	}
	if port.IsPermanent(err) && !port.IsTokenRefused(err) {
		return o.endUnpostable(ctx, rec, err)
	}
	if err != nil {
		return err
	}
	if err := o.store.SetCard(ctx, rec.Op.ID, a); err != nil {
		return &doubtful{cardKey(rec.Op.ID), err}
	}
	if found {
		return o.editCard(ctx, a, card)
	}
	return nil
}

// isCalm reports whether nobody has to act on what the card shows now: it is read
// and called, and the outcome follows. The card of several machines shows more
// than one of them.
func isCalm(op reinstall.Operation) bool {
	switch op.State {
	case reinstall.Approved:
		return op.Single() && op.Waits == ""
	case reinstall.Armed, reinstall.Sent:
		return op.Single()
	}
	return false
}

func (o *Outbox) editCard(ctx context.Context, a port.Address, card view.Card) error {
	err := o.chat.UpdateCard(ctx, a, card)
	o.shown.noteCard(card, err, o.now())
	if !port.IsHopeless(err) {
		return err
	}
	o.log.Error("card: can no longer be changed, its thread goes on", "op", card.ID, "err", err)
	if p, ok := errors.AsType[*port.PermanentError](err); !ok || !p.Misshapen {
		return nil
	}
	return o.store.Tell(ctx, card.ID, port.Post{Kind: port.PostLine, Key: fmt.Sprintf("%s.stands.%d", card.ID,
		card.Rev), Op: card.ID, Rev: card.Rev, Text: staleCardText(card)})
}

// staleCardText says in the thread that the card is not the newest truth, where Slack
// takes no form of that.
func staleCardText(c view.Card) view.Text {
	return view.Say(view.Emoji("warning"),
		" The card above is an old one, because Slack refuses every form of the new one. This is so now: ",
		view.Strong(c.Status.Word), ". ", c.Summary,
		" To read all of it, type ", view.Mono("/reinstall show "+c.ID), ".")
}

// findOrPostCard posts the card where it is not there yet; found: it was.
func (o *Outbox) findOrPostCard(ctx context.Context, rec port.Record, card view.Card, unsure bool) (a port.Address,
	found bool, err error,
) {
	key := cardKey(rec.Op.ID)
	if unsure {
		a, found, err = o.chat.FindCard(ctx, rec.Op.Channel, key, rec.Op.ProposedAt.Add(-time.Minute))
		if err != nil {
			return a, false, &lookupFault{err}
		}
		if found {
			return a, true, nil
		}
	}
	a, err = o.chat.PostCard(ctx, card, key)
	return a, false, markDoubtful(key, err)
}

// endUnpostable ends a proposal that nobody could ever see, and tells whoever made
// it.
func (o *Outbox) endUnpostable(ctx context.Context, rec port.Record, cause error) error {
	o.log.Error("card: cannot be posted", "op", rec.Op.ID, "channel", rec.Op.Channel, "err", cause)
	if rec.Op.State.Open() {
		command := rec.Op.ID + ":unpostable"
		err := o.engine.Change(ctx, rec.Op.ID, command, "twokey",
			func(context.Context, port.Record) (reinstall.Event, error) {
				return reinstall.NothingSent{Why: "the proposal could not be posted"}, nil
			})
		if port.ExceptRefusal(err) != nil {
			return err
		}
	}
	return o.store.Tell(ctx, rec.Op.ID, port.Post{
		Kind: port.PostWhisper, Key: rec.Op.ID + ".unpostable", Op: rec.Op.ID, Channel: rec.Op.Channel,
		User: rec.Op.Proposer,
		Text: screen.RefusalText(notPosted(cause)),
	})
}

// notPosted words why Slack refused a card, and what to do about just that.
func notPosted(cause error) *model.Refusal {
	why, next := "Slack refuses the card in this channel",
		"Propose in another channel, or ask whoever runs Twokey: its log has Slack's answer"
	p, permanent := errors.AsType[*port.PermanentError](cause)
	switch {
	case !permanent:
	case p.Hopeless:
		why, next = "Slack refuses the card for its form, and the shortest form of it as well",
			"Tell whoever runs Twokey: its log has Slack's answer"
	default:
		if what, advice, both := strings.Cut(p.Sentence, "; "); both {
			why, next = what, view.Capitalize(advice)
		}
	}
	return model.Refuse(model.RefusalTitle(model.VerbPropose), why, next)
}
