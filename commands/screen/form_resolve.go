package screen

import (
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// questionText is the one thing to find out about an unknown outcome.
func questionText(op oper) text {
	return say("Nobody knows whether ", strong(op.TypedName()), " was wiped: log in, does it run ",
		strong(orNone(shortSystem(op.Plan.Image.OSName))), "?")
}

// ResolvedWaiting are the machines of a proposal of which somebody has to say what
// became of them.
func ResolvedWaiting(ops []oper) []oper { return InState(ops, reinstall.Unknown, reinstall.Tampered) }

// ResolveForm asks how somebody knows that an unknown outcome is as they say. ops are
// those of ResolvedWaiting: of several, one is picked. Its memo says as what.
func ResolveForm(ops []oper, as, op string, rev int64) view.Form {
	f := view.Form{
		Verb: model.VerbResolve, Op: op, Rev: rev, Memo: as, Title: "It was wiped", Submit: "It was wiped",
		Intro: []text{say("This ends proposal ", mono(op), " on your word, and not the cloud's. "+
			"The machine is free for another proposal then.")},
	}
	if as == AsNotWiped {
		f.Title, f.Submit = "It was not wiped", "It was not"
	}
	if len(ops) == 1 && ops[0].State == reinstall.Unknown {
		f.Intro = append([]text{questionText(ops[0])}, f.Intro...)
	}
	if len(ops) > 1 {
		pick := view.Field{ID: FieldTarget, Kind: view.FieldChoice, Label: "Machine"}
		for _, o := range ops {
			pick.Options = append(pick.Options, view.Option{Value: o.ID, Label: o.TypedName(), Note: o.Plan.Instance})
		}
		f.Fields = append(f.Fields, pick)
	}
	f.Fields = append(f.Fields, view.Field{
		ID: FieldReason, Kind: view.FieldLong, Label: "How do you know?",
		Holder: "I logged in, and it runs the new system",
	})
	return f
}

// EvidenceForm shows what is known of unknown outcomes, side by side.
func EvidenceForm(ops []oper, op string) view.Form {
	f := view.Form{Verb: model.VerbShow, Op: op, Title: "Evidence"}
	for _, o := range ResolvedWaiting(ops) {
		if o.State == reinstall.Unknown {
			f.Intro = append(f.Intro, paragraphs(o.TypedName(), o.ID, evidenceLines(o))...)
		}
	}
	if len(f.Intro) == 0 {
		f.Intro = []text{say("No outcome of this proposal is unknown now.")}
	}
	return f
}

// evidenceLines are what is known of an unknown outcome: before, now, and what the
// cloud's own log shows.
func evidenceLines(op oper) []text {
	out := []text{questionText(op), say(strong("Why"), ": ", view.Capitalize(view.EndSentence(op.End.Why)))}
	if op.Arming != nil {
		out = append(out, say(strong("Before"), ": ", mono(operationText(op.Arming.Baseline)), ", image ",
			mono(orNone(op.Plan.FromImage))))
	}
	if d := op.End.LastKnown; d != nil {
		out = append(out, say(strong("Seen now"), ": ", lastKnownText(*d)),
			say(strong("CloudAudit"), ": ", view.EndSentence(d.Audit)))
	}
	return append(out, say(strong("Planned"), ": image ", mono(op.Plan.Image.ID), ", request ",
		mono(orNone(op.RequestID))))
}
