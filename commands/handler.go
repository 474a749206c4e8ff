// Package commands is the front: what people type, press, submit and search becomes
// an item for the engine, or an answer at once. It knows no Slack, no Redis and no
// Tencent Cloud, only the ports.
package commands

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"

	"twokey/commands/grammar"
	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/proposals"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/seal"
	"twokey/commands/view"
)

// Store is what the front needs of the memory.
type Store interface {
	port.Inbox
	port.Records
	port.Lists
	port.Audit
}

// Chat is what the front needs of Slack.
type Chat interface {
	port.Directory
	port.Cards
	port.Forms
}

// Handler is where everything arrives that people do: Command, Press, Submit,
// Suggest, Change and Shortcut, each answered within the ack and without waiting for
// the cloud.
type Handler struct {
	store     Store
	cloud     port.Machines
	chat      Chat
	policy    func() model.Policy
	now       func() time.Time
	rand      io.Reader
	seal      *seal.Sealer
	log       *slog.Logger
	count     func(what string, labels ...string)
	faults    *port.FaultLog
	engine    Engine
	people    *people.Lookup
	proposals *proposals.Loader
	allowed   allowances // how much is taken from whom
}

// Engine is what the front needs of the engine.
type Engine interface {
	// HandIn has the worker begin with what was stored just now.
	HandIn(c port.Claim)
	// Background runs what nobody waits for, and what the process finishes before it
	// ends.
	Background(do func())
	// Facts reads a proposal's machine from the cloud, now.
	Facts(ctx context.Context, op reinstall.Operation) (model.Facts, error)
	// Change writes the transition that decide comes to, once by its command.
	Change(ctx context.Context, id, command, by string, decide port.Decision) error
}

// Config is what a Handler needs; every field is required.
type Config struct {
	Store     Store
	Cloud     port.Machines
	Chat      Chat
	Policy    func() model.Policy
	Engine    Engine
	People    *people.Lookup
	Proposals *proposals.Loader
	Sealer    *seal.Sealer
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger
	Count     func(what string, labels ...string)
	Faults    *port.FaultLog
}

// New returns a Handler.
func New(c Config) *Handler {
	return &Handler{
		store: c.Store, cloud: c.Cloud, chat: c.Chat, policy: c.Policy, now: c.Now, rand: c.Rand, seal: c.Sealer,
		log: c.Log, count: c.Count,
		faults: c.Faults, engine: c.Engine, people: c.People, proposals: c.Proposals,
	}
}

// Command answers what was typed behind /reinstall. What cannot be understood
// is no deed, and not in the audit.
func (h *Handler) Command(ctx context.Context, in port.Inbound) port.Reply {
	l, r := grammar.Parse(in.Text)
	if r != nil {
		meant, buttons := meantBy(in.Text)
		return port.Reply{Text: append(screen.RefusalText(r), meant...), Corrections: buttons}
	}
	in.Verb, in.Op, in.As = l.Verb, l.ID, l.As
	if do := verbTable[l.Verb]; people.OpenToAll(l.Verb) && do.typed != nil {
		return do.typed(h, ctx, in)
	}
	if no, ok := h.admitPerson(ctx, in, l.Verb); !ok {
		return h.auditRefusal(ctx, in, l.Verb, no)
	}
	return h.auditRefusal(ctx, in, l.Verb, h.answerCommand(ctx, in, l))
}

// Press answers a button: a dialog, or a stored item.
func (h *Handler) Press(ctx context.Context, in port.Inbound) port.Reply {
	if in.Verb == port.VerbCorrection {
		return pressCorrection(ctx, h, in)
	}
	if no, ok := h.admitPerson(ctx, in, in.Verb); !ok {
		return h.auditRefusal(ctx, in, in.Verb, no)
	}
	return h.auditRefusal(ctx, in, in.Verb, h.answerPress(ctx, in))
}

// checkCardChannel refuses a button that was pressed in another channel than the
// proposal's: on a copy of its card, before the eyes of others.
func (h *Handler) checkCardChannel(ctx context.Context, in port.Inbound) *model.Refusal {
	rec, err := h.store.Recent(ctx, in.Op) // the channel never changes
	switch {
	case err != nil && !port.IsNotFound(err):
		h.faults.Error("operation: could not load it", in.Verb, err, "op", in.Op)
		return screen.StoreUnreachable(model.RefusalTitle(in.Verb), port.WhyRefused(err))
	case err != nil:
		go h.markGone(context.WithoutCancel(ctx), in)
		return screen.NoProposalHere(in.Verb)
	case rec.Op.Channel != in.Channel:
		return screen.NoProposalHere(in.Verb)
	}
	return nil
}

// Submit answers a dialog: with errors by field, or by storing an item.
func (h *Handler) Submit(ctx context.Context, in port.Inbound) port.Reply {
	if no, ok := h.admitPerson(ctx, in, in.Verb); !ok {
		return h.auditRefusal(ctx, in, in.Verb, no)
	}
	return h.auditRefusal(ctx, in, in.Verb, h.answerSubmit(ctx, in))
}

// storeItem stores what somebody did before it is acknowledged, and hands it to the
// worker (promise 4). answer is what they read meanwhile.
func (h *Handler) storeItem(ctx context.Context, in port.Inbound, l port.Line, answer view.Text) port.Reply {
	args, err := json.Marshal(l)
	if err != nil {
		return h.notStored(l.Verb, err)
	}
	claim, fresh, err := h.store.Receive(ctx, port.Item{
		Dedupe: in.Dedupe, Op: l.ID, Rev: in.Rev, Verb: l.Verb, Args: string(args), User: in.User, Team: in.Team,
		Channel: in.Channel, Thread: in.Thread, Reply: in.Reply, At: h.now(), Stops: model.Stops(l.Verb),
		AtHome: in.AtHome, Trigger: homeTrigger(in),
	})
	if err != nil {
		return h.notStored(l.Verb, err)
	}
	if !fresh {
		h.count("replayed", l.Verb)
		h.log.Info("delivered again, with no second effect", "verb", l.Verb, "op", l.ID, "by", in.User)
		return port.Reply{}
	}
	h.count("received", l.Verb)
	h.engine.HandIn(claim)
	return port.Reply{Text: answer}
}

// homeTrigger is what opens the answer to a press on the Home tab; other answers need none.
func homeTrigger(in port.Inbound) string {
	if in.AtHome {
		return in.Trigger
	}
	return ""
}

// notStored words that the memory cannot be reached: nothing was started.
func (h *Handler) notStored(verb string, err error) port.Reply {
	h.faults.Error("request: could not store it", verb, err)
	if no := (*port.RefusedError)(nil); errors.As(err, &no) {
		return unauditedReply(screen.StoreUnreachable(model.RefusalTitle(verb), port.WhyRefused(err)))
	}
	return unauditedReply(model.Refuse(model.RefusalTitle(verb),
		"Twokey could not confirm that it noted this (Redis did not answer)",
		"Look at the card or /reinstall list before you do it again"))
}

func refusalReply(r *model.Refusal) port.Reply {
	return port.Reply{Text: screen.RefusalText(r), No: true}
}

// unauditedReply is a refusal for want of the memory, which holds the audit too.
func unauditedReply(r *model.Refusal) port.Reply { return port.Reply{Text: screen.RefusalText(r)} }

// auditRefusal puts a refusal that is answered at once into the audit. Nothing was
// done, so a fault of the audit does not change the answer.
func (h *Handler) auditRefusal(ctx context.Context, in port.Inbound, verb string, r port.Reply) port.Reply {
	if !r.No {
		return r
	}
	label := verb
	if model.RefusalTitle(verb) == model.RefusalTitle("") {
		label = "unknown" // never what somebody made up
	}
	h.count("refused", label)
	detail := r.Text.String()
	for _, why := range r.Errors {
		detail = why
	}
	n := port.Note{
		Key: in.Dedupe + ".no", Kind: port.NoteRefusal, Op: in.Op, By: in.User, What: verb,
		Detail: detail + port.PressedWhere(in.AtHome),
	}
	if err := h.store.Note(ctx, n); err != nil {
		h.faults.Error("audit: a refusal is missing", label, err, "by", in.User)
	}
	return r
}

// loadOrRefuse loads an operation or words why it cannot.
func (h *Handler) loadOrRefuse(ctx context.Context, id, verb string) (port.Record, *model.Refusal) {
	rec, err := h.store.Load(ctx, id)
	switch {
	case err == nil:
		return rec, nil
	case port.IsNotFound(err):
		return rec, people.NoSuchProposal(verb, id)
	}
	h.faults.Error("operation: could not load it", verb, err, "op", id)
	return rec, screen.StoreUnreachable(model.RefusalTitle(verb), port.WhyRefused(err))
}
