package screen

import (
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// QuestionText is the one thing to find out about an unknown outcome.
func QuestionText(op oper) text {
	return say("Nobody knows whether ", strong(op.TypedName()), " was wiped: log in, does it run ",
		strong(orNone(shortSystem(op.Plan.Image.OSName))), "?")
}

// ResolvedWaiting are the machines of a proposal of which somebody has to say what
// became of them.
func ResolvedWaiting(ops []oper) []oper { return InState(ops, reinstall.Unknown, reinstall.Tampered) }

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
	out := []text{QuestionText(op), say(strong("Why"), ": ", view.Capitalize(view.EndSentence(op.End.Why)))}
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
