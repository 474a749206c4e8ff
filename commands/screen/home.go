package screen

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

const (
	// HomeRows is how many rows a part of a Home has at most.
	HomeRows = 15
	// maxWhy is how much is shown of why something ended.
	maxWhy = 160
	// maxListed is how much text the rows of a list have with what stands above
	// them: with the titles it stays below the 3000 that an answer to a command
	// may have. A row's mentions and moments count rowExtra more.
	maxListed = 2200
	rowExtra  = 25
)

// OverviewShown is what one person may see, by what it is to them: what waits for
// their key, what they proposed, what runs, what else is open, what ended last.
type OverviewShown struct {
	At                                time.Time
	Freeze                            *reinstall.Freeze // nil: none
	Unsure                            bool              // something may be missing
	Turn, Mine, Running, Others, Last []EntryShown
}

// EntryShown is one card: a proposal, or what is live of one for several
// machines. Ops are never empty.
type EntryShown struct {
	Ops  []oper
	Owed []string // the keys that whoever looks may turn
	Link string   // to the card
}

func (e EntryShown) first() oper { return e.Ops[0] }

// Home words an overview.
func Home(o OverviewShown) view.Home {
	h := view.Home{At: o.At, Refresh: view.Button{Label: "Refresh", Verb: reinstall.VerbRefresh}}
	if o.Freeze != nil {
		alert := frozen(*o.Freeze)
		if o.Freeze.Way == "" {
			alert = append(alert, say(" An approver types it.")...)
		}
		h.Alerts = append(h.Alerts, alert)
	}
	if o.Unsure {
		h.Alerts = append(h.Alerts, say(sign("warning"), " Slack could not say who is in every channel or group, so something may be missing here. Try again in a minute."))
	}
	addSection(&h, "Waits for your key", "Nothing waits for your key.", o.Turn, turnRow)
	addSection(&h, "You proposed", "Nothing that you proposed is open or running.", o.Mine, liveRow)
	addSection(&h, "Runs now", "Nothing runs now.", o.Running, liveRow)
	if len(o.Others) > 0 {
		addSection(&h, "Also open", "", o.Others, liveRow)
	}
	addSection(&h, "Ended last", "Nothing has ended yet.", o.Last, endedRow)
	h.Foot = say("As of ", at(o.At), ". The same in text: ", mono("/reinstall list"))
	return h
}

func addSection(h *view.Home, title, empty string, es []EntryShown, word func(EntryShown) text) {
	s := view.Section{Title: title, Empty: empty, Total: len(es)}
	for _, e := range es[:min(len(es), HomeRows)] {
		r := view.HomeRow{Name: nameIn(e), Text: word(e), Link: e.Link}
		if len(e.Owed) > 0 && e.Link != "" {
			r.Open = "Open"
		}
		s.Rows = append(s.Rows, r)
	}
	h.Sections = append(h.Sections, s)
}

// nameIn is what an entry is for: a machine, or several.
func nameIn(e EntryShown) string {
	op := e.first()
	if op.Single() || op.State.Ended() {
		return op.TypedName()
	}
	all := len(op.Members())
	names := ": " + strings.Join(namesOf(e.Ops), ", ")
	if len(e.Ops) == all {
		return Several(all) + names
	}
	return fmt.Sprintf("%d of %s", len(e.Ops), Several(all)) + names
}

// liveRow is what is open or running, in one line.
func liveRow(e EntryShown) text {
	op := e.first()
	if op.Single() {
		t := row(op)
		if op.Counts() && op.Waits == "" {
			t = append(t, say("; the wipe starts ", at(op.Starts))...)
		}
		return append(t, notShownFor(op)...)
	}
	s := status(e.Ops)
	t := append(say(signOf(s), mono(op.LeadID()), " ", strong(nameIn(e)), ": ", s.Word, ", "), askedBy(op)...)
	for _, op := range e.Ops {
		t = append(t, notShownFor(op)...)
	}
	return t
}

// turnRow is liveRow with the keys that whoever reads it may turn.
func turnRow(e EntryShown) text {
	return append(liveRow(e), say(". You may turn: ", strong(strings.Join(e.Owed, ", ")), "; open until ", at(soonest(e.Ops)))...)
}

// endedRow is what has ended, in one line, and why.
func endedRow(e EntryShown) text { return EndOf(e.first(), maxWhy) }

func EndOf(op oper, limit int) text {
	t := row(op)
	if op.End == nil {
		return t
	}
	t = append(t, say("; ended ", at(op.End.At))...)
	if why := op.End.Why; why != "" {
		if utf8.RuneCountInString(why) > limit {
			why = string([]rune(why)[:limit]) + "…"
		}
		t = append(t, say(". ", Capital(view.Dot(why)))...)
	}
	return t
}

// row is an operation in one line.
func row(op oper) text {
	s := statusOf(op)
	t := append(say(signOf(s), mono(op.ID), " ", strong(op.TypedName()), " ", op.Plan.Instance, ": ", s.Word, ", "), askedBy(op)...)
	return append(t, OneOf(op)...)
}

// signOf is a status' sign, which stands before its row.
func signOf(s view.Status) text { return say(sign(strings.Trim(s.Emoji, ":")), " ") }

// HomeText is a Home as text. What is too long is cut, in every section from its
// end.
func HomeText(h view.Home) text {
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

// NotShown is a Home for somebody who sees nothing.
func NotShown(r *reinstall.Refusal) view.Home { return view.Home{Alerts: []text{Refusal(r)}} }
