package commands

import (
	"context"
	"strconv"
	"strings"
	"time"

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
)

// open shows a dialog on the trigger of what somebody just did.
func (d *Desk) open(ctx context.Context, in Inbound, f Form) Reply {
	f.Channel, f.Thread = in.Channel, in.Thread
	if _, _, err := d.chat.OpenForm(ctx, in.Trigger, f); err != nil {
		return d.notOpened(f.Verb, err)
	}
	return Reply{}
}

func (d *Desk) notOpened(verb string, err error) Reply {
	d.log.Warn("could not open a form", "verb", verb, "err", err)
	return refused(reinstall.Refuse(doing[verb], "Slack did not open the form in time", "Press it again, or type it: /reinstall help"))
}

func (d *Desk) openPropose(ctx context.Context, in Inbound) Reply {
	return d.open(ctx, in, Form{
		Verb: VerbPropose, Title: "Reinstall a machine", Submit: "Propose",
		Intro: []text{say("This proposes to wipe one machine's system disk. Nothing happens before somebody else approves and a backup is confirmed.")},
		Fields: []Field{
			{ID: fieldTarget, Kind: FieldSearch, Label: "Machine", Holder: "name, id or IP"},
			{ID: fieldImage, Kind: FieldSearch, Label: "Image", Holder: "name or id", Hint: "Empty: the image that it runs now", Optional: true},
			{ID: fieldDisk, Kind: FieldNumber, Label: "System disk (GiB)", Hint: "Empty: as it is. It can only grow, and growing is billed", Optional: true},
			{ID: fieldLogin, Kind: FieldChoice, Label: "Login afterwards", Value: reinstall.LoginMessageCenter, Options: []Option{
				{Value: reinstall.LoginMessageCenter, Label: "New password to the Message Center"},
				{Value: reinstall.LoginPassword, Label: "Generated password, shown to me once"},
				{Value: reinstall.LoginKeepImage, Label: "As set in the image", Note: "custom and shared images"},
				{Value: reinstall.LoginKeys, Label: "Key pair", Note: "Linux only; fill in its id below"},
			}},
			{ID: fieldKeys, Kind: FieldText, Label: "Key pair ids", Holder: "skey-..", Optional: true},
			{ID: fieldHost, Kind: FieldText, Label: "Host name", Hint: "Empty: left to the image", Optional: true},
			{ID: fieldBackup, Kind: FieldChoice, Label: "Backup", Value: "later", Options: []Option{
				{Value: "later", Label: "Confirm one that exists"},
				{Value: "image", Label: "Make an image now", Note: "while the machine runs"},
			}},
			{ID: fieldReason, Kind: FieldLong, Label: "Reason", Holder: "What is broken?", Optional: true},
		},
	})
}

func (d *Desk) submitPropose(ctx context.Context, in Inbound) Reply {
	v := in.Values
	errs := map[string]string{}
	w := reinstall.Wish{
		Target: v[fieldTarget], Image: v[fieldImage], HostName: strings.TrimSpace(v[fieldHost]), Reason: strings.TrimSpace(v[fieldReason]),
	}
	if w.Target == "" {
		errs[fieldTarget] = "Pick the machine."
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
	if !d.policy().Allows(in.Channel) {
		errs[fieldTarget] = "This channel is not one where reinstalls are handled."
	}
	if len(errs) > 0 {
		return Reply{Errors: errs, no: !d.policy().Allows(in.Channel)}
	}
	return d.take(ctx, in, Line{Verb: VerbPropose, Wish: w}, nil)
}

func (d *Desk) openReject(ctx context.Context, in Inbound) Reply {
	rec, r := d.find(ctx, in.Op, doing[VerbReject])
	if r != nil {
		return refused(r)
	}
	return d.open(ctx, in, Form{
		Verb: VerbReject, Op: in.Op, Rev: in.Rev, Title: "Reject " + in.Op, Submit: "Reject",
		Intro: []text{say("This ends the proposal to reinstall ", strong(titleOf(rec.Op)), ". The reason is shown in the thread.")},
		Fields: []Field{
			{ID: fieldReason, Kind: FieldLong, Label: "Reason", Holder: "Why not?"},
		},
	})
}

func (d *Desk) submitReject(ctx context.Context, in Inbound) Reply {
	why := strings.TrimSpace(in.Values[fieldReason])
	if why == "" {
		return Reply{Errors: map[string]string{fieldReason: "Say why."}}
	}
	return d.take(ctx, in, Line{Verb: VerbReject, ID: in.Op, Text: why}, nil)
}

func (d *Desk) openImage(ctx context.Context, in Inbound) Reply {
	rec, r := d.find(ctx, in.Op, doing[VerbImage])
	if r != nil {
		return refused(r)
	}
	return d.open(ctx, in, Form{
		Verb: VerbImage, Op: in.Op, Rev: in.Rev, Title: "Make backup image", Submit: "Make image",
		Intro: []text{imageIntro(rec.Op)},
		Fields: []Field{{ID: fieldHow, Kind: FieldChoice, Label: "May the machine be stopped for it?", Value: "run", Options: []Option{
			{Value: "run", Label: "No, take it while it runs", Note: "what is being written then may be missing"},
			{Value: "stop", Label: "Yes, power it off first", Note: "complete, but it stops serving"},
		}}},
	})
}

// imageIntro says what an image is made of.
func imageIntro(op oper) text {
	if op.Batch != nil {
		return say("The cloud makes an image of the system disk of each machine that has no backup that counts. Data disks are not in it.")
	}
	return say("The cloud makes an image of ", strong(op.TypedName()), "'s system disk. Data disks are not in it.")
}

// openRefreshed shows a dialog as last read, and redraws it where it is another
// one by now.
func (d *Desk) openRefreshed(ctx context.Context, in Inbound, f Form, newer func(context.Context) (Form, bool)) Reply {
	f.Op, f.Rev, f.Channel, f.Thread = in.Op, in.Rev, in.Channel, in.Thread
	view, hash, err := d.chat.OpenForm(ctx, in.Trigger, f)
	if err != nil {
		return d.notOpened(f.Verb, err)
	}
	d.work.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
		defer cancel()
		now, is := newer(ctx)
		if !is {
			return
		}
		now.Op, now.Rev, now.Channel, now.Thread = f.Op, f.Rev, f.Channel, f.Thread
		if err := d.chat.UpdateForm(ctx, view, hash, now); err != nil {
			d.log.Info("a form was not redrawn; it may be closed", "op", f.Op, "err", err)
		}
	})
	return Reply{}
}

// showPassword opens the sealed password before the proposer's eyes, once. It
// goes into a dialog of theirs and nowhere else: no channel, no outbox, no log.
func (d *Desk) showPassword(ctx context.Context, in Inbound) Reply {
	rec, r := d.find(ctx, in.Op, doing[VerbPassword])
	if r != nil {
		return refused(r)
	}
	s, err := d.standing(ctx, in.User, rec.Op.Approvers())
	if err != nil {
		return refused(reinstall.Refuse(doing[VerbPassword], "Slack could not say who you are", "Try again in a minute"))
	}
	e := reinstall.ShowPassword{By: s}
	next, r := reinstall.Step(rec.Op, e, d.now())
	if r != nil {
		return refused(r)
	}
	clear, err := d.seal.Open(rec.Op.ID, rec.Op.Password)
	if err != nil {
		d.log.Error("a sealed password cannot be opened", "op", rec.Op.ID, "err", err)
		return refused(reinstall.Refuse(doing[VerbPassword], "Twokey's own secret has changed since it was sealed", "Reset the password in the console"))
	}
	in.Op = rec.Op.ID
	shown := Note{Key: in.Dedupe + ".shows", Kind: NoteDecision, Op: rec.Op.ID, By: in.User, What: VerbPassword, Detail: "the generated password is shown"}
	if err := d.store.Note(ctx, shown); err != nil { // no audit, no action
		return d.notTaken(VerbPassword, err)
	}
	re := d.open(ctx, in, Form{Verb: VerbPassword, Title: "Password, once", Intro: []text{
		say("The password of ", strong(rec.Op.TypedName()), ":"), say(mono(clear)),
		say("Twokey forgets it now. Keep it, or change it on the machine."),
	}})
	if re.Text != nil {
		return re
	}
	if err := d.commit(ctx, rec, next, e, Claim{}, "password:"+in.Dedupe, in.User); err != nil {
		d.log.Error("a password was shown, but the record still has it", "op", rec.Op.ID, "err", err)
	}
	return Reply{}
}

// Suggest answers the type-ahead of a dialog.
func (d *Desk) Suggest(ctx context.Context, in Inbound, field, query string) []Option {
	const most = 30
	switch field {
	case fieldTarget:
		hits, err := d.cloud.Suggest(ctx, query, most)
		if err != nil {
			d.log.Warn("could not suggest machines", "err", err)
		}
		var out []Option
		for _, h := range hits {
			out = append(out, Option{Value: h.Ref.String(), Label: h.Name + " · " + h.Ref.Instance, Note: h.Note})
		}
		return out
	case fieldImage:
		ref, ok := parseRef(in.Values[fieldTarget])
		if !ok {
			return nil
		}
		images, err := d.cloud.SuggestImages(ctx, ref, query, most)
		if err != nil {
			d.log.Warn("could not suggest images", "err", err)
		}
		var out []Option
		for _, i := range images {
			out = append(out, Option{Value: i.ID, Label: i.Name + " · " + i.ID, Note: i.OSName})
		}
		return out
	}
	return nil
}

func parseRef(s string) (reinstall.Ref, bool) {
	p := strings.Split(s, "/")
	if len(p) != 3 {
		return reinstall.Ref{}, false
	}
	return reinstall.Ref{Account: p[0], Region: p[1], Instance: p[2]}, true
}
