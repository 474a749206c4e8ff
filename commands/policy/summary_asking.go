package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// How the keys are asked for, an emergency, limits by tag and what stands around
// a machine, as bot policy check and explain say it.

// askingLines are the terms of asking in words, a line for each.
func askingLines(t reinstall.Terms) []string {
	a := t.Asking
	out := []string{tellWords(a.Tell), "Reminders: none."}
	if a.RemindAfter > 0 {
		out[1] = fmt.Sprintf("Reminders: %s after the keys were asked for, at most %d.", reinstall.Ago(a.RemindAfter), reinstall.MostReminders)
	}
	if later := t.Later(); !later.Empty() {
		out = append(out, "Escalation: approvals still owed after "+reinstall.Ago(a.EscalateAfter)+" may also be given by "+later.Mentions("", ", ").String()+view.AnyPlace(t)+".")
	}
	if a.Quiet != (reinstall.Quiet{}) {
		out = append(out, "Quiet hours: "+a.Quiet.String()+"; reminders and escalation wait for their end, a countdown never does.")
	}
	switch {
	case a.BreakGlass && t.Approvals > 1 && len(t.Quorum) > 0:
		out = append(out, "Break-glass: the proposer or an approver may leave one place empty, once, with a reason.")
	case a.BreakGlass && t.Approvals > 1:
		out = append(out, "Break-glass: the proposer or an approver may take one approval less, once, with a reason.")
	case a.BreakGlass:
		out = append(out, "Break-glass: allowed, but of no use, for the last approval is never given up.")
	}
	if len(t.Around) > 0 {
		out = append(out, "Around the machine: "+weightWords(t.Around)+".")
	}
	return out
}

// weightWords are the weights that the file gives to what stands around.
func weightWords(around map[string]reinstall.Weight) string {
	words := map[reinstall.Weight]string{
		reinstall.WeighsWarn: "only warns", reinstall.WeighsBlock: "blocks", reinstall.WeighsOneKey: "asks for one more approval",
	}
	var out []string
	for _, code := range slices.Sorted(maps.Keys(around)) {
		out = append(out, code+" "+words[around[code]])
	}
	return strings.Join(out, ", ")
}

// asksOf says what a rule replaces of how the keys are asked for.
func asksOf(a reinstall.AskingRule) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch {
	case a.RemindAfter != nil && *a.RemindAfter > 0:
		add("reminders after %s", reinstall.Ago(*a.RemindAfter))
	case a.RemindAfter != nil:
		add("no reminders")
	}
	switch {
	case a.EscalateAfter != nil && *a.EscalateAfter > 0:
		add("escalation after %s", reinstall.Ago(*a.EscalateAfter))
	case a.EscalateAfter != nil:
		add("no escalation")
	}
	if a.EscalateTo != nil {
		add("escalation to %s", a.EscalateTo.Mentions("", ", "))
	}
	switch {
	case a.Quiet != nil && *a.Quiet == (reinstall.Quiet{}):
		add("no quiet hours")
	case a.Quiet != nil:
		add("quiet hours %s", *a.Quiet)
	}
	if a.BreakGlass != nil && *a.BreakGlass {
		add("break-glass allowed")
	} else if a.BreakGlass != nil {
		add("no break-glass")
	}
	if a.Tell != nil {
		add("tell: %s", *a.Tell)
	}
	return out
}

// limitLines are the budget, a line for each limit.
func limitLines(l reinstall.Limits) []string {
	number := func(n int) string {
		if n == 0 {
			return "any number"
		}
		return fmt.Sprint("at most ", n)
	}
	out := []string{fmt.Sprintf("In each account: %s at once, %s an hour.", number(l.AtOnce), number(l.PerHour))}
	for _, t := range l.ByTag {
		out = append(out, fmt.Sprintf("Of its machines tagged %s: %s at once, %s an hour.", t.Tag, number(t.AtOnce), number(t.PerHour)))
	}
	if l.None() {
		return out
	}
	return append(out, "Whatever is too much waits in a queue, by when the last key was turned.")
}

// later words what the user may do once approvals were owed for long.
func (q Question) later(m membership, t reinstall.Terms, not string) []string {
	p := t.Later()
	if p.Empty() {
		return nil
	}
	return []string{m.may(q.User, "approve what others propose once it is escalated, after "+reinstall.Ago(t.Asking.EscalateAfter)+view.AnyPlace(t), p, not)}
}

// budget says which limits hold for the machine.
func (q Question) budget() []string {
	var out []string
	for _, l := range q.Policy.Limits.Of(q.Instance.Tags) {
		if l.Tag != "" {
			out = append(out, "The limit of machines tagged "+l.Tag+" holds for it, beside the account's.")
		}
	}
	return out
}
