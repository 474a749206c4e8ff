package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/aftercare"
	"twokey/commands/view"
)

// Details have everything that is known of a proposal and that its card has no room
// for: of each machine the plan, the keys, the checks and what happened.

// Slack's limits of a form: so many paragraphs, of so many letters.
const (
	mostParagraphs = 95
	mostParagraph  = 2400
	mostShown      = 2700 // of an answer to a command
)

// DetailsForm shows everything about a proposal, and changes nothing. rev is its
// revision; currency is an account's.
func DetailsForm(ops []oper, rev int64, currency func(account string) string, now time.Time) view.Form {
	f := view.Form{Verb: model.VerbShow, Op: ops[0].ID, Rev: rev, Title: "Details of " + ops[0].ID}
	if len(ops) > 1 {
		f.Intro = append(f.Intro, labelled("Order", orderText(ops), endsOrder))
	}
	for _, op := range ops {
		f.Intro = append(f.Intro, machineParagraphs(op, rev, currency(op.Plan.Account), now)...)
	}
	for _, op := range InState(ops, reinstall.Done) {
		f.Intro = append(f.Intro, aftercare.Paragraphs(op)...)
	}
	if n := len(f.Intro) - mostParagraphs; n > 0 {
		f.Intro = append(f.Intro[:mostParagraphs], say(fmt.Sprintf("%d more paragraphs have no room here. ", n),
			"Type /reinstall show with the operation's id to read them."))
	}
	return f
}

// DetailsText is the card and its details in words, within what an answer may have.
func DetailsText(c view.Card, details view.Form) text {
	t := say(strong(c.Title), " · ", c.Status.Word)
	for _, p := range slices.Concat(c.Lines, []text{c.Foot}, details.Intro) {
		if p = cutLine(p); lengthOf(t)+lengthOf(p) > mostShown {
			return append(t, say("\nThe rest has no room here. Press Details on the card to read it.")...)
		}
		t = append(t, say("\n", p)...)
	}
	return t
}

// cutLine is a line that has room in a paragraph: one that is too long is cut, and says
// so.
func cutLine(l text) text {
	if lengthOf(l) <= mostParagraph/2 {
		return l
	}
	return say(view.ShortenTo(l.String(), mostParagraph/2), " (cut: too long to be shown)")
}

// machineParagraphs are all about one machine.
func machineParagraphs(op oper, rev int64, currency string, now time.Time) []text {
	if op.State == reinstall.Tampered { // nothing that its record says is believed
		return paragraphs(op.TypedName(), op.ID, []text{leadTextOf(op), say(strong("Machine"), ": ",
			machineIdentity(op.Plan))})
	}
	name := op.TypedName()
	out := paragraphs(name, statusOf(op).Word, planLines(op, rev, currency))
	out = append(out, paragraphs(name, "keys and backups", keyLines(op, now))...)
	out = append(out, paragraphs(name, "warnings and checks", slices.Concat(warningLines(op, now), checkLines(op)))...)
	return append(out, paragraphs(name, "what happened", historyLines(op))...)
}

// paragraphs put lines below a heading, in as many paragraphs as they need.
func paragraphs(name, about string, lines []text) []text {
	if len(lines) == 0 {
		return nil
	}
	var out []text
	head := say(strong(shortenName(name)), " · ", about)
	t := head
	for _, l := range lines {
		if l = cutLine(l); lengthOf(t)+lengthOf(l) > mostParagraph {
			out, t = append(out, t), append(slices.Clone(head), say(", more")...)
		}
		t = append(slices.Clone(t), say("\n", l)...)
	}
	return append(out, t)
}

func labelled(label string, value ...any) text {
	return append(say(strong(label), ": "), say(value...)...)
}

// planLines are the plan, in full.
func planLines(op oper, rev int64, currency string) []text {
	p := op.Plan
	out := []text{
		labelled("Machine", machineIdentity(p)),
		labelled("Type", orNone(p.Type)),
		labelled("Lost", "system disk ", systemDiskText(p), ", with ", orNone(p.FromOS), ", image ",
			mono(orNone(p.FromImage))),
		labelled("Then", becomesText(p)),
		labelled("Kept", staysText(p)),
		labelled("Login", loginText(p.Login)),
	}
	if p.HostName != "" {
		out = append(out, labelled("Host name", p.HostName))
	}
	out = append(out, labelled("Price", priceText(p, currency)), labelled("Tags", tagsText(p)))
	if op.Request.Reason != "" {
		out = append(out, labelled("Reason", view.OneLine(op.Request.Reason)))
	}
	return append(out, labelled("Plan", mono(op.Fingerprint[:min(8, len(op.Fingerprint))]), fmt.Sprintf(", revision %d",
		rev)))
}

// keyLines are who turned which key, who may, and every backup that is known.
func keyLines(op oper, now time.Time) []text {
	var out []text
	for _, r := range slices.Concat(approvalRows(op), breakGlassRows(op), escalatedRows(op), backupRow(op, now)) {
		out = append(out, labelled(r.Label, r.Value))
	}
	for _, e := range op.Evidence {
		t := labelled("Known backup", evidenceText(e))
		if no := e.Usable(op.Plan, now); no != nil {
			t = append(t, say(". It does not count: ", view.EndSentence(no.Why))...)
		}
		out = append(out, t)
	}
	return out
}

// warningLines are all warnings, each in full.
func warningLines(op oper, now time.Time) []text {
	return slices.Concat(fullChanges(op), willStop(op), closedWarning(op, now), fullFindings(op))
}

// nearSource is who says what is looked for around a machine.
var nearSource = map[string]string{
	model.NearCLB: "CLB", model.NearTraffic: "Cloud Monitor", model.NearCPU: "Cloud Monitor",
	model.NearGroup: "Auto Scaling", model.NearTKE: "TKE", model.NearEMR: "CVM and tags",
	model.NearSiblings: "Twokey's proposals", model.NearMaintenance: "CVM repair tasks", model.NearGuard: "CVM",
	model.NearPublicIP: "CVM", model.NearDataDisks: "CVM",
}

// checkLines are each thing that was looked for, what came of it and who says so.
func checkLines(op oper) []text {
	if len(op.Around) == 0 {
		return nil
	}
	out := []text{labelled("In use?", "read ", at(checkedAt(op)))}
	for _, n := range op.Around {
		name := model.NearName(n.Code) + " (" + orNone(nearSource[n.Code]) + ")"
		more := ""
		if slices.Contains(op.Plan.Terms.OneMoreFor, n.Code) {
			more = " One more approval is needed for it."
		}
		switch n.Detection {
		case model.Detected:
			out = append(out, say(sign("warning"), " ", name, ": it ", view.EndSentence(n.What), more))
		case model.NotDetected:
			out = append(out, say("✓ ", name, ": clear.", more))
		default:
			out = append(out, say(sign("question"), " ", name, ": not checked: ", view.EndSentence(n.What), more))
		}
	}
	return out
}

// checkedAt is when what stands around a machine was read last.
func checkedAt(op oper) time.Time {
	return slices.MaxFunc([]time.Time{op.ProposedAt, op.AskedAt, op.Announced}, time.Time.Compare)
}

// historyLines are who did what and when, and how it ended.
func historyLines(op oper) []text {
	out := []text{labelled("Asked", proposedBy(op))}
	if op.HeldBy != "" {
		out = append(out, withReason(labelled("Held", "by ", who(op.HeldBy)), op.HeldWhy))
	}
	if op.Arming != nil {
		out = append(out, labelled("Request", "sent ", at(op.Arming.At), ", id ", mono(orNone(op.RequestID))))
	}
	if op.MachineStatus != "" && IsRunning(op) {
		out = append(out, labelled("Machine", "shows ", mono(op.MachineStatus)))
	}
	if op.Proof != nil {
		out = append(out, labelled("Login port", aftercare.ProofRow(op)[0].Value))
	}
	if op.End == nil {
		return out
	}
	ended := labelled("Ended", statusOf(op).Word, ", ", at(op.End.At))
	if op.End.By != "" {
		ended = append(ended, say(", by ", who(op.End.By))...)
	}
	if why := strings.TrimSpace(op.End.Why); why != "" {
		ended = append(ended, say(": ", view.OneLine(why))...)
	}
	if out = append(out, ended); op.End.LastKnown != nil {
		out = append(out, evidenceLines(op)...)
	}
	return out
}

// proposedBy is who made a proposal, and when if that is known: of a record that was
// changed outside Twokey it is not.
func proposedBy(op oper) text {
	t := say("asked by ", who(op.Proposer))
	if !op.ProposedAt.IsZero() {
		t = append(t, say(", ", at(op.ProposedAt))...)
	}
	return t
}
