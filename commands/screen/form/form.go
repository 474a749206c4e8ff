// Package form makes the dialogs that people fill in, and reads what they filled in.
// It is pure.
package form

import (
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

type (
	text = view.Text
	oper = reinstall.Operation
)

var (
	say    = view.Say
	who    = view.Who
	strong = view.Strong
	mono   = view.Mono
	sign   = view.Emoji
)

// Field ids of the dialogs.
const (
	FieldTarget  = "target"
	FieldImage   = "image"
	fieldDisk    = "disk"
	fieldLogin   = "login"
	fieldKeys    = "keys"
	fieldHost    = "host"
	FieldBackup  = "backup"
	FieldReason  = "reason"
	FieldTyped   = "typed"
	fieldMode    = "how"
	FieldChannel = "place"
	FieldMore    = "more" // More options
)

// Reject asks for the reason of a rejection; what is the machine, or whatever
// the reader may know.
func Reject(op string, rev int64, what view.Span) view.Form {
	return view.Form{
		Verb: model.VerbReject, Op: op, Rev: rev, Title: "Reject " + op, Submit: "Reject",
		Intro: []text{say("This ends the proposal to reinstall ", what, ". The reason is shown in the thread.")},
		Fields: []view.Field{
			{ID: FieldReason, Kind: view.FieldLong, Label: "Reason", Holder: "Why not?"},
		},
	}
}

// Image asks how the backup image is to be made.
func Image(of oper, op string, rev int64) view.Form {
	return view.Form{
		Verb: model.VerbImage, Op: op, Rev: rev, Title: "Make backup image", Submit: "Make image",
		Intro: []text{imageIntro(of)},
		Fields: []view.Field{{
			ID: fieldMode, Kind: view.FieldChoice, Label: "May the machine be stopped for it?",
			Value: "run", Options: []view.Option{
				{Value: "run", Label: "No, take it while it runs", Note: "what is being written then may be missing"},
				{Value: "stop", Label: "Yes, power it off first", Note: "complete, but it stops serving"},
			},
		}},
	}
}

// stopIntro says what stopping a machine takes.
const stopIntro = "Nobody stops a machine alone: that waits for the approvals, or for an approver who did not make " +
	"the proposal."

// imageIntro says what an image is made of.
func imageIntro(op oper) text {
	if !op.Single() {
		return say("The cloud makes an image of the system disk of each machine that has no backup that counts. "+
			"Data disks are not in it. ", stopIntro)
	}
	if op.StopNotBegun() {
		return say(who(op.Making.By), " asked for an image for which ", strong(op.TypedName()),
			" is stopped. It waits. ", stopIntro)
	}
	return say("The cloud makes an image of ", strong(op.TypedName()), "'s system disk. Data disks are not in it. ",
		stopIntro)
}
