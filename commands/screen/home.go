package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/inuse"
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
// their approval or their word on the backup, what they proposed, what runs, what else is
// open, what ended last.
type OverviewShown struct {
	At                                                        time.Time
	Freeze                                                    *model.Freeze // nil: none
	Unsure                                                    bool          // something may be missing
	AwaitsApproval, AwaitsBackup, Mine, Running, Others, Last []EntryShown
}

// EntryShown is one card: a proposal, or what is live of one for several
// machines. Ops are never empty.
type EntryShown struct {
	Ops              []oper
	Approval, Backup bool // the keys that whoever looks may give
	Approved         bool // their approval is counted already
	Link             string
	// Ask are all machines of a proposal that whoever looks may approve, and Rev is the
	// card's revision that they are of; empty: it cannot be approved from here.
	Ask []oper
	Rev int64
}

func (e EntryShown) firstOp() oper { return e.Ops[0] }

// Home words an overview.
func Home(o OverviewShown) view.Home {
	h := view.Home{
		At: o.At, Refresh: view.Button{Label: "Refresh", Verb: model.VerbRefresh},
		Start: view.Button{Label: "Reinstall a machine", Verb: model.VerbPropose, Style: loud},
	}
	if o.Freeze != nil {
		alert := freezeText(*o.Freeze)
		if o.Freeze.Way == "" {
			alert = append(alert, say(" An approver types it.")...)
		}
		h.Alerts = append(h.Alerts, alert)
	}
	if o.Unsure {
		h.Alerts = append(h.Alerts, say(sign("warning"),
			" Slack could not say who is in every channel or group, so something may be missing here. Try again in "+
				"a minute."))
	}
	addSection(&h, "Waits for your approval", "Nothing waits for your approval.", o.AwaitsApproval, needsYouRow)
	for i, e := range o.AwaitsApproval[:min(len(o.AwaitsApproval), HomeRows)] {
		offerApproval(&h.Sections[0].Rows[i], e, o.At)
	}
	if len(o.AwaitsBackup) > 0 {
		addSection(&h, "Waits for a backup confirmation", "", o.AwaitsBackup, needsYouRow)
	}
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
		r := view.HomeRow{Name: entryName(e), Text: word(e), Link: e.Link}
		if (e.Approval || e.Backup) && e.Link != "" {
			r.Open = "Open"
		}
		s.Rows = append(s.Rows, r)
	}
	h.Sections = append(h.Sections, s)
}

// offerApproval gives a row the card's Approve button, with the card's question and what
// the card says first. Without a link to the card there is none: nobody approves what
// they cannot read.
func offerApproval(r *view.HomeRow, e EntryShown, now time.Time) {
	if len(e.Ask) == 0 || e.Link == "" || !sameRound(e.Ask) {
		return
	}
	asks := func(op oper) bool { return hasButton(op, approveButton, now) }
	if !slices.ContainsFunc(e.Ask, asks) {
		return
	}
	open, first := InState(e.Ask, reinstall.Proposed), e.Ask[0]
	r.ID, r.Rev = first.ID, e.Rev
	r.Approve = approveButton
	r.Approve.Confirm = confirmApprove(e.Ask)
	r.Lines = []text{
		askedText(first), say(lostText(open), ". ", inuse.Words(open)),
		say(strong("Then"), ": ", groupedText(open, func(op oper) text { return systemText(op.Plan) })),
	}
	if changed := groupedLines(open, changedLines); len(changed) > 0 {
		line := changed[0]
		if n := len(changed); n > 1 {
			line = append(line, say(fmt.Sprintf(" The card shows all %d.", n))...)
		}
		r.Lines = append(r.Lines, line)
	}
}

// entryName is what an entry is for: a machine, or several.
func entryName(e EntryShown) string {
	op := e.firstOp()
	if op.Single() || op.State.Ended() {
		return op.TypedName()
	}
	all := len(op.Members())
	names := ": " + strings.Join(MachineNames(e.Ops), ", ")
	if len(e.Ops) == all {
		return MachineCount(all) + names
	}
	return fmt.Sprintf("%d of %s", len(e.Ops), MachineCount(all)) + names
}

// liveRow is what is open or running, in one line.
func liveRow(e EntryShown) text {
	op := e.firstOp()
	if op.Single() {
		t := proposalRow(op)
		if op.CountdownRuns() && op.Waits == "" {
			t = append(t, say("; the wipe starts ", at(op.Starts))...)
		}
		return append(append(t, countdownBlockedText(op)...), approvedText(e)...)
	}
	s := proposalStatus(e.Ops)
	t := append(say(statusSign(s), mono(op.LeadID()), " ", strong(entryName(e)), ": ", s.Word, ", "), proposedBy(op)...)
	for _, op := range e.Ops {
		t = append(t, countdownBlockedText(op)...)
	}
	return append(t, approvedText(e)...)
}

// approvedText says that the approval of whoever reads it counts, and which it is.
func approvedText(e EntryShown) text {
	if !e.Approved {
		return nil
	}
	k := slices.MaxFunc(e.Ops, func(a, b oper) int { return len(a.Keys().By) - len(b.Keys().By) }).Keys()
	return say(fmt.Sprintf(". ✓ You approved (%d of %d)", len(k.By), k.Needed))
}

// needsYouRow is liveRow with the keys that whoever reads it may give.
func needsYouRow(e EntryShown) text {
	var keys []string
	if e.Approval {
		keys = append(keys, "approval")
	}
	if e.Backup {
		keys = append(keys, "backup confirmation")
	}
	return append(liveRow(e), say(". You can give: ", strong(strings.Join(keys, ", ")), "; open until ",
		at(earliestExpiry(e.Ops)))...)
}

// endedRow is what has ended, in one line, and why.
func endedRow(e EntryShown) text { return EndedLine(e.firstOp(), maxWhy) }

func EndedLine(op oper, limit int) text {
	t := proposalRow(op)
	if op.End == nil {
		return t
	}
	t = append(t, say("; ended ", at(op.End.At))...)
	if why := op.End.Why; why != "" {
		if utf8.RuneCountInString(why) > limit {
			why = string([]rune(why)[:limit]) + "…"
		}
		t = append(t, say(". ", view.Capitalize(view.EndSentence(why)))...)
	}
	return t
}

// proposalRow is an operation in one line.
func proposalRow(op oper) text {
	s := statusOf(op)
	t := append(say(statusSign(s), mono(op.ID), " ", strong(op.TypedName()), " ", op.Plan.Instance, ": ", s.Word, ", "),
		proposedBy(op)...)
	return append(t, BatchPosition(op)...)
}

// statusSign is a status' sign, which stands before its row.
func statusSign(s view.Status) text { return say(sign(strings.Trim(s.Emoji, ":")), " ") }

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
			t = append(t, say("\n", more, "; ", mono("/reinstall show ID"), " and ",
				mono("/reinstall history INSTANCE"), " tell of each")...)
		}
	}
	return t
}

// AnswerForm shows the answer to a press on the Home tab.
func AnswerForm(t text) view.Form {
	return view.Form{Verb: model.VerbHelp, Title: "Twokey", Intro: []text{t}}
}

// HiddenHome is a Home for somebody who sees nothing.
func HiddenHome(r *model.Refusal) view.Home { return view.Home{Alerts: []text{RefusalText(r)}} }
