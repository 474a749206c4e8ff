package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// How the keys are asked for, an emergency, limits by tag and what stands around
// a machine, as bot policy check and explain say it.

// askingLines are the terms of asking in words, a line for each.
func askingLines(t model.Terms) []string {
	a := t.Asking
	out := []string{notifyWords(a.Notify), "Reminders: none."}
	if a.RemindAfter > 0 {
		out[1] = fmt.Sprintf("Reminders: %s after the request for approval, at most %d.",
			model.HumanDuration(a.RemindAfter), model.MostReminders)
	}
	if later := t.LaterApprovers(); !later.Empty() {
		out = append(out, "Escalation: approvals still missing after "+model.HumanDuration(a.EscalateAfter)+
			" may also be given by "+later.Words()+view.AnySlotWords(t)+".")
	}
	if a.QuietHours != (model.QuietHours{}) {
		out = append(out, "Quiet hours: "+a.QuietHours.String()+
			"; reminders and escalation wait for their end, a countdown never does.")
	}
	switch {
	case a.BreakGlass && t.Approvals > 1 && len(t.Quorum) > 0:
		out = append(out, "Break-glass: the proposer or an approver may leave one place empty, once, with a reason.")
	case a.BreakGlass && t.Approvals > 1:
		out = append(out, "Break-glass: the proposer or an approver may take one approval less, once, with a reason.")
	case a.BreakGlass:
		out = append(out, "Break-glass: allowed, but of no use: the only approval cannot be waived.")
	}
	if len(t.Around) > 0 {
		out = append(out, "Around the machine: "+weightWords(t.Around)+".")
	}
	return out
}

// weightWords are the weights that the file gives to what stands around.
func weightWords(around map[string]model.Weight) string {
	words := map[model.Weight]string{
		model.WeighsWarn: "only warns", model.WeighsBlock: "blocks", model.WeighsOneKey: "asks for one more approval",
	}
	var out []string
	for _, code := range slices.Sorted(maps.Keys(around)) {
		out = append(out, code+" "+words[around[code]])
	}
	return strings.Join(out, ", ")
}

// askingChanges says what a rule replaces of how the keys are asked for.
func askingChanges(a model.AskingRule) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch {
	case a.RemindAfter != nil && *a.RemindAfter > 0:
		add("reminders after %s", model.HumanDuration(*a.RemindAfter))
	case a.RemindAfter != nil:
		add("no reminders")
	}
	switch {
	case a.EscalateAfter != nil && *a.EscalateAfter > 0:
		add("escalation after %s", model.HumanDuration(*a.EscalateAfter))
	case a.EscalateAfter != nil:
		add("no escalation")
	}
	if a.EscalateTo != nil {
		add("escalation to %s", a.EscalateTo.Words())
	}
	switch {
	case a.QuietHours != nil && *a.QuietHours == (model.QuietHours{}):
		add("no quiet hours")
	case a.QuietHours != nil:
		add("quiet hours %s", *a.QuietHours)
	}
	if a.BreakGlass != nil && *a.BreakGlass {
		add("break-glass allowed")
	} else if a.BreakGlass != nil {
		add("no break-glass")
	}
	if a.Notify != nil {
		add("tell: %s", *a.Notify)
	}
	return out
}

// limitLines are the budget, a line for each limit.
func limitLines(l model.Limits) []string {
	number := func(n int) string {
		if n == 0 {
			return "any number"
		}
		return fmt.Sprint("at most ", n)
	}
	out := []string{fmt.Sprintf("In each account: %s at once, %s an hour.", number(l.AtOnce), number(l.PerHour))}
	for _, t := range l.ByTag {
		out = append(out, fmt.Sprintf("Of its machines tagged %s: %s at once, %s an hour.", t.Tag, number(t.AtOnce),
			number(t.PerHour)))
	}
	if l.None() {
		return out
	}
	return append(out, "What exceeds a limit waits in a queue, in the order in which the last keys came.")
}

// laterLines words what the user may do once approvals were missing for long.
func (q Question) laterLines(m membership, t model.Terms, not string) []string {
	p := t.LaterApprovers()
	if p.Empty() {
		return nil
	}
	return []string{m.mayLine(q.User, "approve what others propose once it is escalated, after "+
		model.HumanDuration(t.Asking.EscalateAfter)+view.AnySlotWords(t), p, not)}
}

// budgetLines says which limits hold for the machine.
func (q Question) budgetLines() []string {
	var out []string
	for _, l := range q.Policy.Limits.LimitsFor(q.Instance.Tags) {
		if l.Tag != "" {
			out = append(out, "The limit of machines tagged "+l.Tag+" holds for it, beside the account's.")
		}
	}
	return out
}
