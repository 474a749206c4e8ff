package commands

import (
	"context"
	"encoding/hex"
	"io"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// showPassword opens the sealed password before the proposer's eyes, once. It
// goes into a dialog of theirs and nowhere else: no channel, no outbox, no log.
// The record forgets it first, by a transition of which only one is taken: of two
// presses one shows it, and after a crash none does.
func (h *Handler) showPassword(ctx context.Context, in port.Inbound) port.Reply {
	asking, cancel := askedAtGate(ctx)
	p, err := h.chat.Person(asking, in.User) // not as remembered
	cancel()
	if err != nil {
		return refused(reinstall.Refuse(screen.DoingOf(reinstall.VerbPassword), "Slack could not say who you are", "Try again in a minute"))
	}
	command, err := h.onlyThis("password:" + in.Dedupe)
	if err != nil {
		return h.notTaken(reinstall.VerbPassword, err)
	}
	var of reinstall.Operation
	var clear string
	r, err := h.engine.Change(ctx, in.Op, command, in.User, func(_ context.Context, rec port.Record) (reinstall.Event, *reinstall.Refusal, error) {
		e := reinstall.ShowPassword{By: reinstall.Standing{Person: p}}
		if _, no := reinstall.Step(rec.Op, e, h.now()); no != nil {
			return nil, no, nil
		}
		var no *reinstall.Refusal
		of = rec.Op
		clear, no = h.unsealed(rec.Op)
		return e, no, nil
	})
	switch {
	case port.IsNotFound(err):
		return refused(people.NotYours(reinstall.VerbPassword, in.Op))
	case err != nil:
		return h.notTaken(reinstall.VerbPassword, err)
	case r != nil:
		return refused(r)
	}
	return h.openPassword(ctx, in, of, clear)
}

// onlyThis makes a command's id another one at each attempt: the same delivery
// again is no second effect of the first, and shows nothing.
func (h *Handler) onlyThis(command string) (string, error) {
	var b [8]byte
	_, err := io.ReadFull(h.rand, b[:])
	return command + ":" + hex.EncodeToString(b[:]), err
}

func (h *Handler) unsealed(op reinstall.Operation) (string, *reinstall.Refusal) {
	clear, err := h.seal.Open(op.ID, op.Password)
	if err != nil {
		h.log.Error("a sealed password cannot be opened", "op", op.ID, "err", err)
		return "", reinstall.Refuse(screen.DoingOf(reinstall.VerbPassword), "Twokey's own secret has changed since it was sealed", "Reset the password in the console")
	}
	return clear, nil
}

// openPassword shows what the record has forgotten already. Where it is certain
// that no form was opened, the record has it again.
func (h *Handler) openPassword(ctx context.Context, in port.Inbound, op reinstall.Operation, clear string) port.Reply {
	_, _, err := h.chat.OpenForm(ctx, in.Trigger, view.Form{
		Verb: reinstall.VerbPassword, Title: "Password, once", Channel: in.Channel, Thread: in.Thread, Reply: in.Reply,
		Intro: []reinstall.Text{
			reinstall.Say("The password of ", reinstall.Strong(op.TypedName()), ":"), reinstall.Say(reinstall.Mono(clear)),
			reinstall.Say("Twokey has forgotten it. Keep it, or change it on the machine."),
		},
	})
	if err == nil {
		return port.Reply{}
	}
	h.log.Warn("could not open a form", "verb", reinstall.VerbPassword, "op", op.ID, "err", err)
	if port.IsUnsure(err) {
		return refused(reinstall.Refuse(screen.DoingOf(reinstall.VerbPassword), "Slack did not say whether it opened the form, and a password is never shown twice", "If you did not see it, reset the password in the console"))
	}
	back, err := h.onlyThis("password back:" + in.Dedupe)
	if err == nil {
		_, err = h.engine.Change(context.WithoutCancel(ctx), op.ID, back, "twokey", func(context.Context, port.Record) (reinstall.Event, *reinstall.Refusal, error) {
			return reinstall.PasswordUnseen{Sealed: op.Password}, nil, nil
		})
	}
	if err != nil {
		h.log.Error("a password that nobody saw could not be kept", "op", op.ID, "err", err)
		return refused(reinstall.Refuse(screen.DoingOf(reinstall.VerbPassword), "Slack did not open the form, and then the password could not be kept", "Reset the password in the console"))
	}
	return refused(reinstall.Refuse(screen.DoingOf(reinstall.VerbPassword), "Slack did not open the form in time", "Press it again: nobody has seen it"))
}
