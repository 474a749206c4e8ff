package policy

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Summarize says what a policy file means, line by line, for whoever keeps it.
func Summarize(f File) []string {
	p := f.Policy
	var out []string
	for _, a := range p.Accounts {
		out = append(out, "Account "+a.Name+": "+strings.Join(a.Regions, ", ")+".")
	}
	where := "wherever Twokey was invited"
	if len(p.Channels) > 0 {
		where = "in " + strings.Join(p.Channels, ", ")
	}
	who := "every full member of the workspace"
	if !p.Proposers.Empty() {
		who = p.Proposers.Words()
	}
	out = append(out, "Proposals: made "+where+", by "+who+".", "Unless a rule says otherwise:")
	out = append(out, indentLines(termLines(p.TermsFor(model.Subject{})))...)
	out = append(append(out, limitLines(p.Limits)...), afterLines(f)...)
	for i, r := range p.Rules {
		out = append(out, ruleLine(i+1, r))
	}
	if len(p.Rules) > 1 {
		out = append(out, "The first rule that matches decides; one that forbids counts wherever it stands.")
	}
	return out
}

// afterLines say what is kept, and what is looked at once a reset is over.
func afterLines(f File) []string {
	kept := "A ResetInstance request is sent only while Redis keeps a record of it."
	if f.BestEffort {
		kept = "A ResetInstance request is sent even if Redis could lose its record in a crash."
	}
	if f.Replicas != nil {
		kept += fmt.Sprintf(" Each primary of Redis is taken to have %s, or as many more as are connected.",
			countOf(*f.Replicas, "replica"))
	}
	out := []string{kept, auditLine(f.Audit), "Machines of ended proposals are looked at every " +
		model.HumanDuration(f.Policy.WatchEvery) + ", for resets from outside."}
	p := f.Policy.Probe
	if p == nil {
		return out
	}
	var ports []string
	for name, port := range map[string]int{"SSH": p.SSH, "RDP": p.RDP} {
		if port > 0 {
			ports = append(ports, fmt.Sprintf("%s on port %d", name, port))
		}
	}
	slices.Sort(ports)
	at := "private"
	if p.Public {
		at = "public"
	}
	return append(out, fmt.Sprintf("After a reset Twokey looks for %s at the %s address, for %s.",
		strings.Join(ports, " and "), at, model.HumanDuration(p.Within)))
}

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func indentLines(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "  " + l
	}
	return out
}

// termLines are terms in words, a line for each.
func termLines(t model.Terms) []string {
	backup := "Backup: optional; if one is confirmed, at most " + model.HumanDuration(t.BackupMaxAge) + " old."
	if t.Backup {
		backup = "Backup: required, at most " + model.HumanDuration(t.BackupMaxAge) + " old."
	}
	calls := "Reinstalls: allowed at any time."
	if !t.Calendar.Always() {
		calls = "Reinstalls: " + t.Calendar.String() + "."
	}
	out := []string{
		"Approvals: " + approvalWords(t).String() + ", never the proposer.", backup,
		"Keys are collected for " + model.HumanDuration(t.ExpiresAfter) + "; the countdown takes " +
			model.HumanDuration(t.Countdown) + ".", holdLine(t.Hold), calls,
	}
	if len(t.IgnoreTags) > 0 {
		out = append(out, "Tags that may change while people approve: "+strings.Join(t.IgnoreTags, ", ")+".")
	}
	return append(append(out, askingLines(t)...), costLine(t), marketLine(t))
}

// costLine and marketLine say what a price that is not known and a marketplace
// image come to.
func costLine(t model.Terms) string {
	if t.Price {
		return "Price: required; a reset whose price the cloud does not quote is blocked."
	}
	return "Price: optional; if the cloud does not quote it, the card warns."
}

func marketLine(t model.Terms) string {
	if t.Market {
		return "Marketplace images: the card warns."
	}
	return "Marketplace images: blocked, except the one that the machine runs; for that one the card warns."
}

// approvalWords says how many approvals are needed, and whose.
func approvalWords(t model.Terms) view.Text {
	if len(t.Quorum) > 0 {
		out := view.SeatWords(t, "")
		if t.Approvals > 1 {
			out = append(out, view.Say(", each by another person")...)
		}
		return out
	}
	return view.Say(fmt.Sprintf("%d of ", t.Approvals), view.Mentions(t.Approvers))
}

// ruleLine says what a rule replaces, and for what.
func ruleLine(n int, r model.Rule) string {
	var does []string
	add := func(format string, args ...any) { does = append(does, fmt.Sprintf(format, args...)) }
	if r.Forbid != "" {
		add("forbids it: %s", r.Forbid)
	}
	if r.Quorum != nil {
		add("approvals: %s", approvalWords(model.Terms{
			Quorum:    *r.Quorum,
			Approvals: model.ApprovalsOfSeats(*r.Quorum),
		}))
	}
	if r.Approvals != nil && *r.Approvals == 1 {
		add("1 approval")
	} else if r.Approvals != nil {
		add("%d approvals", *r.Approvals)
	}
	if r.Approvers != nil {
		add("approvers %s", r.Approvers.Words())
	}
	if r.Backup != nil && *r.Backup {
		add("backup required")
	} else if r.Backup != nil {
		add("backup optional")
	}
	if r.BackupMaxAge != nil {
		add("backup at most %s old", model.HumanDuration(*r.BackupMaxAge))
	}
	if r.Countdown != nil {
		add("countdown %s", model.HumanDuration(*r.Countdown))
	}
	if r.ExpiresAfter != nil {
		add("keys collected for %s", model.HumanDuration(*r.ExpiresAfter))
	}
	if r.Hold != nil {
		add("%s may hold", r.Hold.Words())
	}
	if r.Price != nil {
		add("price %s", chooseWord(*r.Price, "required", "optional"))
	}
	if r.Market != nil {
		add("other marketplace images %s", chooseWord(*r.Market, "only warned of", "blocked"))
	}
	does = append(append(does, hourChanges(r)...), askingChanges(r.Asking)...)
	if len(r.Around) > 0 {
		add("around the machine, %s", weightWords(r.Around))
	}
	if len(does) == 0 {
		add("changes nothing, and keeps the rules below from deciding")
	}
	return fmt.Sprintf("Rule %d, for %s: %s.", n, r.Conditions(), strings.Join(does, "; "))
}

func chooseWord(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

// hourChanges says what a rule replaces of the calendar.
func hourChanges(r model.Rule) []string {
	var out []string
	if r.Zone != nil {
		out = append(out, "time zone "+*r.Zone)
	}
	if r.Open != nil && len(*r.Open) == 0 {
		out = append(out, "open at any hour")
	}
	if r.Open != nil && len(*r.Open) > 0 {
		var ws []string
		for _, w := range *r.Open {
			ws = append(ws, w.String())
		}
		out = append(out, "open "+strings.Join(ws, ", "))
	}
	if r.Closed != nil && len(*r.Closed) == 0 {
		out = append(out, "no days closed")
	}
	if r.Closed != nil && len(*r.Closed) > 0 {
		out = append(out, model.Calendar{Closed: *r.Closed}.String())
	}
	return out
}
