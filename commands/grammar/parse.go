// Package grammar reads what people type behind /reinstall: verbs, ids, flags and
// quotation marks, also as a phone's keyboard writes them. It is pure, and it never
// guesses: what it does not understand is a refusal that says what to type instead.
package grammar

import (
	"strings"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// Parse reads a command line. An empty line asks for the form: it is a proposal
// without a target. The line is empty if it was refused.
func Parse(text string) (port.Line, *model.Refusal) {
	line := Straighten(text)
	first, rest, _ := strings.Cut(line, " ")
	verb := strings.ToLower(first)
	if verb == "" {
		return port.Line{Verb: model.VerbPropose}, nil
	}
	rest = strings.TrimSpace(rest)
	s, known := verbs[verb]
	if !known { // a proposal begins with a machine
		verb, rest, s = model.VerbPropose, line, syntax{read: proposal}
	}
	if model.InWords(verb) { // what people say stays as they typed it
		_, rest, _ = strings.Cut(plainBlanks(text), " ")
	}
	return s.read(command{verb: verb, rest: rest})
}

// syntax is how a verb is written.
type syntax struct {
	read func(command) (port.Line, *model.Refusal)
}

// verbs are all verbs that can be typed. A line without one is a proposal.
var verbs = map[string]syntax{
	model.VerbList:       {read: alone},
	model.VerbUnfreeze:   {read: alone},
	model.VerbHelp:       {read: help},
	model.VerbShow:       {read: onlyID},
	model.VerbApprove:    {read: onlyID},
	model.VerbBackup:     {read: onlyID},
	model.VerbResume:     {read: onlyID},
	model.VerbPassword:   {read: onlyID},
	model.VerbHold:       {read: idAndText},
	model.VerbCancel:     {read: idAndText},
	model.VerbReject:     {read: idAndReason},
	model.VerbBreakGlass: {read: idAndReason},
	model.VerbResolve:    {read: idAndOutcome},
	model.VerbFreeze:     {read: onlyReason},
	model.VerbImage:      {read: idAndStop},
	model.VerbHistory:    {read: oneMachine},
	model.VerbCheck:      {read: proposal},
}

// command is a verb with what stands behind it.
type command struct{ verb, rest string }

func (c command) refuse(why, next string) *model.Refusal {
	return model.Refuse(model.RefusalTitle(c.verb), why, next)
}

// id reads the proposal's id at the beginning, and returns what is behind it.
func (c command) id() (id, rest string, no *model.Refusal) {
	word, rest, _ := strings.Cut(c.rest, " ")
	if word == "" {
		return "", "", c.refuse("there is no proposal's id", "Use /reinstall "+c.verb+" ID; /reinstall list shows them")
	}
	id, ok := NormalID(word)
	if !ok {
		return "", "", c.refuse(model.Quote(word)+" is not a proposal's id",
			"An id is four letters and digits, such as 7K3Q; /reinstall list shows them")
	}
	return id, strings.TrimSpace(rest), nil
}

// alone reads a verb that needs nothing. What stands behind it does not count.
func alone(c command) (port.Line, *model.Refusal) { return port.Line{Verb: c.verb}, nil }

// help reads [all]. Nobody is refused help: what else stands behind it does not count.
func help(c command) (port.Line, *model.Refusal) {
	l := port.Line{Verb: c.verb}
	if strings.EqualFold(c.rest, port.AsAll) {
		l.As = port.AsAll
	}
	return l, nil
}

// onlyID reads ID.
func onlyID(c command) (port.Line, *model.Refusal) {
	id, rest, no := c.id()
	if no != nil {
		return port.Line{}, no
	}
	if rest != "" {
		return port.Line{}, c.refuse("there is more than an id", "Use /reinstall "+c.verb+" "+id)
	}
	return port.Line{Verb: c.verb, ID: id}, nil
}

// idAndText reads ID [TEXT].
func idAndText(c command) (port.Line, *model.Refusal) {
	id, rest, no := c.id()
	if no != nil {
		return port.Line{}, no
	}
	return port.Line{Verb: c.verb, ID: id, Text: model.CleanText(rest)}, nil
}

// idAndReason reads ID TEXT.
func idAndReason(c command) (port.Line, *model.Refusal) {
	l, no := idAndText(c)
	if no == nil && l.Text == "" {
		return port.Line{}, model.RefuseNoReason(c.verb, l.ID)
	}
	return l, no
}

// idAndOutcome reads ID done|failed TEXT.
func idAndOutcome(c command) (port.Line, *model.Refusal) {
	l, no := idAndText(c)
	if no != nil {
		return l, no
	}
	as, text, _ := strings.Cut(l.Text, " ")
	l.As, l.Text = strings.ToLower(as), model.CleanText(text)
	if (l.As != "done" && l.As != "failed") || l.Text == "" {
		return port.Line{}, c.refuse("it needs an outcome and how you know it",
			"Use /reinstall resolve "+l.ID+" done|failed TEXT")
	}
	return l, nil
}

// idAndStop reads ID [--stop].
func idAndStop(c command) (port.Line, *model.Refusal) {
	l, no := idAndText(c)
	if no != nil {
		return l, no
	}
	if l.Text != "" && l.Text != "--stop" {
		return port.Line{}, c.refuse(model.Quote(l.Text)+" is not understood",
			"Use /reinstall image "+l.ID+" or /reinstall image "+l.ID+" --stop")
	}
	l.Stop, l.Text = l.Text == "--stop", ""
	return l, nil
}

// onlyReason reads TEXT.
func onlyReason(c command) (port.Line, *model.Refusal) {
	why := model.CleanText(c.rest)
	if why == "" {
		return port.Line{}, model.RefuseNoReason(c.verb)
	}
	return port.Line{Verb: c.verb, Text: why}, nil
}

// oneMachine reads INSTANCE.
func oneMachine(c command) (port.Line, *model.Refusal) {
	if c.rest == "" || strings.Contains(c.rest, " ") {
		return port.Line{}, c.refuse("history takes one machine", "Use /reinstall history INSTANCE")
	}
	return port.Line{Verb: c.verb, Target: c.rest}, nil
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var lookAlikes = strings.NewReplacer("I", "1", "L", "1", "O", "0")

// NormalID reads a proposal's id as people type it: any case, I and L for 1, O
// for 0 (Crockford's alphabet).
func NormalID(s string) (string, bool) {
	s = lookAlikes.Replace(strings.ToUpper(strings.TrimSpace(s)))
	if len(s) != 4 || strings.Trim(s, crockford) != "" {
		return "", false
	}
	return s, true
}
