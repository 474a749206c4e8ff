package commands

import (
	"context"
	"strconv"
	"strings"

	"twokey/commands/reinstall"
)

// Field ids of the dialogs.
const (
	fieldTarget = "target"
	fieldImage  = "image"
	fieldDisk   = "disk"
	fieldLogin  = "login"
	fieldKeys   = "keys"
	fieldHost   = "host"
	fieldBackup = "backup"
	fieldReason = "reason"
	fieldTyped  = "typed"
	fieldHow    = "how"
	fieldPlace  = "place"
)

// open shows a dialog on the trigger of what somebody just did.
func (d *Desk) open(ctx context.Context, in Inbound, f Form) Reply {
	f = openedBy(f, in)
	if _, _, err := d.chat.OpenForm(ctx, in.Trigger, f); err != nil {
		return d.notOpened(f.Verb, err)
	}
	return Reply{}
}

// openedBy is the form with what it was opened by, so that whoever submits it is
// answered there.
func openedBy(f Form, in Inbound) Form {
	f.Channel, f.Thread, f.Reply = in.Channel, in.Thread, in.Reply
	return f
}

func (d *Desk) notOpened(verb string, err error) Reply {
	d.log.Warn("could not open a form", "verb", verb, "err", err)
	return refused(reinstall.Refuse(doingOf(verb), "Slack did not open the form in time", "Press it again, or type it: /reinstall help"))
}

func (d *Desk) openPropose(ctx context.Context, in Inbound) Reply {
	return d.open(ctx, in, proposeForm(draft{}, d.policy()))
}

func (d *Desk) submitPropose(ctx context.Context, in Inbound) Reply {
	w, errs := wishOf(in.Values)
	place, picked := in.Values[fieldPlace]
	allowed := true
	if picked {
		in.Channel = place
		if why := d.placed(ctx, place); why != "" {
			errs[fieldPlace] = why
		}
	} else if allowed = d.policy().Allows(in.Channel); !allowed {
		errs[fieldTarget] = "This channel is not one where reinstalls are handled."
	}
	if len(errs) > 0 {
		return Reply{Errors: errs, no: !allowed}
	}
	return d.take(ctx, in, Line{Verb: VerbPropose, Wish: w}, nil)
}

// wishOf reads a proposal's form: a wish, and what is wrong by field.
func wishOf(v map[string]string) (reinstall.Wish, map[string]string) {
	errs := map[string]string{}
	w := reinstall.Wish{
		Target: v[fieldTarget], Image: v[fieldImage], HostName: strings.TrimSpace(v[fieldHost]), Reason: reinstall.Said(v[fieldReason]),
	}
	switch w.Target {
	case "":
		errs[fieldTarget] = "Pick the machine."
	case notAChoice:
		errs[fieldTarget] = "That line only says which machines are missing. Pick a machine."
	}
	if w.Image == notAChoice {
		errs[fieldImage] = "That line only says what there is not. Pick an image, or leave it empty."
	}
	if s := strings.TrimSpace(v[fieldDisk]); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 32000 {
			errs[fieldDisk] = "Give a whole number of GiB, such as 100."
		}
		w.DiskGB = n
	}
	login := v[fieldLogin]
	if login == reinstall.LoginKeys {
		login += ":" + v[fieldKeys]
	}
	l, r := reinstall.ParseLogin(login)
	if r != nil {
		errs[fieldKeys] = "Give the key pair's id, such as skey-1a2b3c4d."
	}
	w.Login = l
	if v[fieldBackup] == reinstall.EvidenceImage {
		w.Backup = reinstall.EvidenceImage
	}
	return w, errs
}

// openReject asks for the reason. Where Slack cannot say who it is the form names
// nothing, for to stop is safe.
func (d *Desk) openReject(ctx context.Context, in Inbound, sure bool) Reply {
	rec, r := d.find(ctx, in.Op, VerbReject)
	if r != nil {
		return refused(r)
	}
	what := strong(in.Op)
	if sure {
		what = strong(titleOf(rec.Op))
	}
	return d.open(ctx, in, rejectForm(in.Op, in.Rev, what))
}

// rejectForm asks for the reason of a rejection; what is the machine, or whatever
// the reader may know.
func rejectForm(op string, rev int64, what reinstall.Span) Form {
	return Form{
		Verb: VerbReject, Op: op, Rev: rev, Title: "Reject " + op, Submit: "Reject",
		Intro: []text{say("This ends the proposal to reinstall ", what, ". The reason is shown in the thread.")},
		Fields: []Field{
			{ID: fieldReason, Kind: FieldLong, Label: "Reason", Holder: "Why not?"},
		},
	}
}

func (d *Desk) submitReject(ctx context.Context, in Inbound) Reply {
	why := reinstall.Said(in.Values[fieldReason])
	if why == "" {
		return Reply{Errors: map[string]string{fieldReason: "Say why."}}
	}
	return d.take(ctx, in, Line{Verb: VerbReject, ID: in.Op, Text: why}, nil)
}

func (d *Desk) openImage(ctx context.Context, in Inbound) Reply {
	rec, r := d.find(ctx, in.Op, VerbImage)
	if r != nil {
		return refused(r)
	}
	return d.open(ctx, in, imageForm(rec.Op, in.Op, in.Rev))
}

// imageForm asks how the backup image is to be made.
func imageForm(of oper, op string, rev int64) Form {
	return Form{
		Verb: VerbImage, Op: op, Rev: rev, Title: "Make backup image", Submit: "Make image",
		Intro: []text{imageIntro(of)},
		Fields: []Field{{ID: fieldHow, Kind: FieldChoice, Label: "May the machine be stopped for it?", Value: "run", Options: []Option{
			{Value: "run", Label: "No, take it while it runs", Note: "what is being written then may be missing"},
			{Value: "stop", Label: "Yes, power it off first", Note: "complete, but it stops serving"},
		}}},
	}
}

// stopIntro says what stopping a machine takes.
const stopIntro = "Nobody stops a machine alone: that waits for the approvals, or for an approver who did not make the proposal."

// imageIntro says what an image is made of.
func imageIntro(op oper) text {
	if op.Batch != nil {
		return say("The cloud makes an image of the system disk of each machine that has no backup that counts. Data disks are not in it. ", stopIntro)
	}
	if op.StopNotBegun() {
		return say(who(op.Making.By), " asked for an image for which ", strong(op.TypedName()), " is stopped. It waits. ", stopIntro)
	}
	return say("The cloud makes an image of ", strong(op.TypedName()), "'s system disk. Data disks are not in it. ", stopIntro)
}

// openRefreshed shows a dialog as last read, and redraws it where it is another
// one by now.
func (d *Desk) openRefreshed(ctx context.Context, in Inbound, f Form, newer func(context.Context) (Form, bool)) Reply {
	f = openedBy(f, in)
	f.Op, f.Rev = in.Op, in.Rev
	view, hash, err := d.chat.OpenForm(ctx, in.Trigger, f)
	if err != nil {
		return d.notOpened(f.Verb, err)
	}
	d.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), formRefresh)
		defer cancel()
		now, is := newer(ctx)
		if !is {
			return
		}
		now = openedBy(now, in)
		now.Op, now.Rev = f.Op, f.Rev
		if err := d.updateForm(ctx, view, hash, now); err != nil {
			d.log.Info("a form was not redrawn; it may be closed", "op", f.Op, "err", err)
		}
	})
	return Reply{}
}
