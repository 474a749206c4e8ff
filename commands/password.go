package commands

import (
	"context"
	"encoding/hex"
	"io"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// showPassword opens the sealed password before the proposer's eyes, once. It
// goes into a dialog of theirs and nowhere else: no channel, no outbox, no log.
// The record forgets it first, by a transition of which only one is taken: of two
// presses one shows it, and after a crash none does.
func (h *Handler) showPassword(ctx context.Context, in port.Inbound) port.Reply {
	asking, cancel := gateContext(ctx)
	p, err := h.chat.Person(asking, in.User) // not as remembered
	cancel()
	if err != nil {
		return refusalReply(model.Refuse(model.RefusalTitle(model.VerbPassword), "Slack could not say who you are",
			"Try again in a minute"))
	}
	command, err := uniqueCommand(h.rand, "password:"+in.Dedupe)
	if err != nil {
		return h.notStored(model.VerbPassword, err)
	}
	var of reinstall.Operation
	var clear string
	err = h.engine.Change(ctx, in.Op, command, in.User, func(_ context.Context, rec port.Record) (reinstall.Event,
		error,
	) {
		e := reinstall.ShowPassword{By: reinstall.Actor{Person: p}}
		if _, no := reinstall.Step(rec.Op, e, h.now()); no != nil {
			return nil, no
		}
		var err error
		of = rec.Op
		clear, err = h.openSealed(rec.Op)
		return e, err
	})
	switch r := port.AsRefusal(err); {
	case r != nil:
		return refusalReply(r)
	case port.IsNotFound(err):
		return refusalReply(people.NoSuchProposal(model.VerbPassword, in.Op))
	case err != nil:
		return h.notStored(model.VerbPassword, err)
	}
	return h.openPassword(ctx, in, of, clear)
}

// uniqueCommand makes a command's id another one at each attempt: the same delivery
// again is no second effect of the first, and shows nothing.
func uniqueCommand(rand io.Reader, command string) (string, error) {
	var b [8]byte
	_, err := io.ReadFull(rand, b[:])
	return command + ":" + hex.EncodeToString(b[:]), err
}

func (h *Handler) openSealed(op reinstall.Operation) (string, error) {
	clear, err := h.seal.Open(op.ID, op.Password)
	if err != nil {
		h.log.Error("password: cannot be unsealed", "op", op.ID, "err", err)
		return "", model.Refuse(model.RefusalTitle(model.VerbPassword),
			"Twokey's own secret has changed since it was sealed", "Reset the password in the console")
	}
	return clear, nil
}

// openPassword shows what the record has forgotten already. Where it is certain
// that no form was opened, the record has it again.
func (h *Handler) openPassword(ctx context.Context, in port.Inbound, op reinstall.Operation, clear string) port.Reply {
	_, _, err := h.chat.OpenForm(ctx, in.Trigger, view.Form{
		Verb: model.VerbPassword, Title: "Password, once", Channel: in.Channel, Thread: in.Thread, Reply: in.Reply,
		Intro: []view.Text{
			view.Say("The password of ", view.Strong(op.TypedName()), ":"), view.Say(view.Mono(clear)),
			view.Say("Twokey has forgotten it. Keep it, or change it on the machine."),
		},
	})
	if err == nil {
		return port.Reply{}
	}
	h.log.Warn("form: could not open it", "verb", model.VerbPassword, "op", op.ID, "err", err)
	if port.IsUnsure(err) {
		return refusalReply(model.Refuse(model.RefusalTitle(model.VerbPassword),
			"Slack did not say whether it opened the form, and a password is never shown twice",
			"If you did not see it, reset the password in the console"))
	}
	back, err := uniqueCommand(h.rand, "password back:"+in.Dedupe)
	if err == nil {
		err = port.ExceptRefusal(h.engine.Change(context.WithoutCancel(ctx), op.ID, back, "twokey",
			func(context.Context, port.Record) (reinstall.Event, error) {
				return reinstall.PasswordNotSeen{Sealed: op.Password}, nil
			}))
	}
	if err != nil {
		h.log.Error("password: nobody saw it, and it could not be kept", "op", op.ID, "err", err)
		return refusalReply(model.Refuse(model.RefusalTitle(model.VerbPassword),
			"Slack did not open the form, and then the password could not be kept",
			"Reset the password in the console"))
	}
	return refusalReply(model.Refuse(model.RefusalTitle(model.VerbPassword), "Slack did not open the form in time",
		"Press it again: nobody has seen it"))
}
