package commands

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"twokey/commands/reinstall"
)

const (
	// homeRows is how many rows a part of a Home has at most.
	homeRows = 15
	// maxWhy is how much is shown of why something ended.
	maxWhy = 160
	// maxListed is how much text the rows of a list have with what stands above
	// them: with the titles it stays below the 3000 that an answer to a command
	// may have. A row's mentions and moments count rowExtra more.
	maxListed = 2200
	rowExtra  = 25
)

// home words an overview.
func (o overview) home() Home {
	h := Home{At: o.at, Refresh: Button{Label: "Refresh", Verb: VerbRefresh}}
	if o.freeze != nil {
		alert := frozen(*o.freeze)
		if o.freeze.Way == "" {
			alert = append(alert, say(" An approver types it.")...)
		}
		h.Alerts = append(h.Alerts, alert)
	}
	if o.unsure {
		h.Alerts = append(h.Alerts, say(sign("warning"), " Slack could not say who is in every channel or group, so something may be missing here. Try again in a minute."))
	}
	h.add("Waits for your key", "Nothing waits for your key.", o.turn, turnRow)
	h.add("You proposed", "Nothing that you proposed is open or running.", o.mine, liveRow)
	h.add("Runs now", "Nothing runs now.", o.running, liveRow)
	if len(o.others) > 0 {
		h.add("Also open", "", o.others, liveRow)
	}
	h.add("Ended last", "Nothing has ended yet.", o.last, endedRow)
	h.Foot = say("As of ", at(o.at), ". The same in text: ", mono("/reinstall list"))
	return h
}

func (h *Home) add(title, empty string, es []entry, word func(entry) text) {
	s := Section{Title: title, Empty: empty, Total: len(es)}
	for _, e := range es[:min(len(es), homeRows)] {
		r := HomeRow{Name: nameIn(e), Text: word(e), Link: e.link}
		if len(e.owed) > 0 && e.link != "" {
			r.Open = "Open"
		}
		s.Rows = append(s.Rows, r)
	}
	h.Sections = append(h.Sections, s)
}

// More says how many of a section have no row among n.
func (s Section) More(n int) string {
	if s.Total <= n {
		return ""
	}
	return fmt.Sprintf("and %d more", s.Total-n)
}

// nameIn is what an entry is for: a machine, or several.
func nameIn(e entry) string {
	op := e.first()
	if op.Batch == nil || op.State.Ended() {
		return op.TypedName()
	}
	all := len(op.Batch.Members)
	names := ": " + strings.Join(namesOf(e.ops()), ", ")
	if len(e.recs) == all {
		return several(all) + names
	}
	return fmt.Sprintf("%d of %s", len(e.recs), several(all)) + names
}

// liveRow is what is open or running, in one line.
func liveRow(e entry) text {
	op := e.first()
	if op.Batch == nil {
		t := row(op)
		if op.Counts() && op.Waits == "" {
			t = append(t, say("; the wipe starts ", at(op.Starts))...)
		}
		return append(t, notShownFor(op)...)
	}
	s := statusOfAll(e.ops())
	t := append(say(signOf(s), mono(op.LeadID()), " ", strong(nameIn(e)), ": ", s.Word, ", "), askedBy(op)...)
	for _, op := range e.ops() {
		t = append(t, notShownFor(op)...)
	}
	return t
}

// turnRow is liveRow with the keys that whoever reads it may turn.
func turnRow(e entry) text {
	return append(liveRow(e), say(". You may turn: ", strong(strings.Join(e.owed, ", ")), "; open until ", at(soonest(e.ops())))...)
}

// endedRow is what has ended, in one line, and why.
func endedRow(e entry) text { return endOf(e.first(), maxWhy) }

func endOf(op oper, limit int) text {
	t := row(op)
	if op.End == nil {
		return t
	}
	t = append(t, say("; ended ", at(op.End.At))...)
	if why := op.End.Why; why != "" {
		if utf8.RuneCountInString(why) > limit {
			why = string([]rune(why)[:limit]) + "…"
		}
		t = append(t, say(". ", capital(dot(why)))...)
	}
	return t
}

// row is an operation in one line.
func row(op oper) text {
	s := status(op)
	t := append(say(signOf(s), mono(op.ID), " ", strong(op.TypedName()), " ", op.Plan.Instance, ": ", s.Word, ", "), askedBy(op)...)
	return append(t, oneOf(op)...)
}

// signOf is a status' sign, which stands before its row.
func signOf(s Status) text { return say(sign(strings.Trim(s.Emoji, ":")), " ") }

// text is a Home as text. What is too long is cut, in every section from its
// end.
func (h Home) text() text {
	var t text
	left := maxListed
	for _, a := range h.Alerts {
		t = append(t, say(a, "\n")...)
		left -= utf8.RuneCountInString(a.String()) + rowExtra
	}
	for i, s := range h.Sections {
		if i > 0 {
			t = append(t, say("\n")...)
		}
		if s.Total == 0 {
			t = append(t, say(s.Empty)...)
			continue
		}
		t = append(t, say(strong(s.Title))...)
		shown := 0
		for _, r := range s.Rows {
			size := utf8.RuneCountInString(r.Text.String()) + rowExtra
			if size > left {
				break
			}
			left -= size
			shown++
			t = append(t, say("\n", r.Text)...)
		}
		if more := s.More(shown); more != "" {
			t = append(t, say("\n", more, "; ", mono("/reinstall show ID"), " and ", mono("/reinstall history INSTANCE"), " tell of each")...)
		}
	}
	return t
}

// notShown is a Home for somebody who sees nothing.
func notShown(r *reinstall.Refusal) Home { return Home{Alerts: []text{refusal(r)}} }
