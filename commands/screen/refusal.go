package screen

import (
	"fmt"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

func Ambiguous(what, target string, hits []model.Instance) *model.Refusal {
	return model.Refuse(what, fmt.Sprintf("%d machines are named %s: %s", len(hits), model.Quote(target),
		machineList(hits)), "Use the id of the one you mean")
}

// NoMachine says that words name no machine.
func NoMachine(words ...string) string {
	quoted := make([]string, 0, mostNamed)
	for _, w := range words[:min(len(words), mostNamed)] {
		quoted = append(quoted, model.Quote(w))
	}
	if more := len(words) - len(quoted); more > 0 {
		return fmt.Sprintf("no machine has the name, id or IP %s, or %d more", strings.Join(quoted, ", "), more)
	}
	return "no machine has the name, id or IP " + model.JoinOr(quoted)
}

// mostNamed is how many words are named that name no machine.
const mostNamed = 6

// DidYouMean asks for machines that are called nearly as what was typed.
func DidYouMean(names []string) string { return "Did you mean " + model.JoinOr(names) + "? " }

// NameAmong is a machine's name, with its id if another one of the machines has that name.
func NameAmong(i model.Instance, machines []model.Instance) string {
	for _, other := range machines {
		if other.Ref != i.Ref && other.DisplayName() == i.DisplayName() {
			return i.DisplayName() + " · " + i.Instance
		}
	}
	return i.DisplayName()
}

// machineList names machines so that one can be told from another.
func machineList(hits []model.Instance) string {
	list := ""
	for i, h := range hits {
		if i == 5 {
			list += fmt.Sprintf(" and %d more", len(hits)-5)
			break
		}
		if i > 0 {
			list += ", "
		}
		ip := ""
		if len(h.PrivateIPs) > 0 {
			ip = " " + h.PrivateIPs[0]
		}
		list += h.Instance + " (" + h.Region + ip + ")"
	}
	return list
}

// BlockedText words a preflight that says no: every finding that blocks.
func BlockedText(what string, p model.Plan, b []model.Finding) text {
	t := say(sign("no_entry"), " ", strong(what), ": ", NameAndID(p.DisplayName(), p.Instance),
		" cannot be reinstalled like this.")
	for _, x := range b {
		t = append(t, say("\n• ", view.Capitalize(view.EndSentence(x.Why)), " ", view.EndSentence(x.Next))...)
	}
	return append(t, say("\nNothing was started.")...)
}

// Who presses a button on a card that has been drawn again since is told so where
// that is why it has no effect. What the card still asks for counts: somebody
// else's key in between changes nothing of the plan that was read.

// ChangedMeanwhile words a refusal of what was pressed on a card as it is no longer.
func ChangedMeanwhile(r *model.Refusal) text {
	return say(sign("no_entry"), " ", strong("This changed meanwhile."), " ", r.What, ": ", RefusalBody(r))
}

// StoreUnreachable words that the memory did not do what it was asked: why, where it
// said so.
func StoreUnreachable(what, why string) *model.Refusal {
	if why != "" {
		return model.Refuse(what, why, "Ask whoever runs Twokey to mend that, then do it again")
	}
	return model.Refuse(what, "Twokey cannot reach its memory (Redis)", "Try again in a minute")
}

// unaskedText names the sites that could not be asked, and why each.
func unaskedText(e *model.UnaskedError) string {
	var out []string
	for _, m := range e.Missing {
		out = append(out, m.AccountRegion.String()+" cannot be asked just now ("+m.Why+")")
	}
	return model.JoinAnd(out)
}

// NobodyAnswers words that no site could be asked, once that has lasted.
func NobodyAnswers(e *model.UnaskedError, what string) *model.Refusal {
	return model.Refuse(what, unaskedText(e)+", and a failed check counts as no",
		"Try again in a minute; Twokey's log has the reason")
}

// SearchIncomplete words what a target that names the hits comes to where some sites could
// not be asked: a machine is taken only if it is the only one for sure. flags
// says that the verb takes --region.
func SearchIncomplete(e *model.UnaskedError, what, target string, hits []model.Instance, flags bool) *model.Refusal {
	alone := func(region string) string {
		if !flags {
			return ""
		}
		return ", or seek in one region alone: --region " + region
	}
	if len(hits) == 0 {
		return model.Refuse(what, "no other region has "+model.Quote(target)+", and "+unaskedText(e),
			"Try again in a minute; if it lies in another region, check the spelling")
	}
	return model.Refuse(what, unaskedText(e)+", so another machine named "+model.Quote(target)+
		" could be there. Elsewhere: "+machineList(hits),
		"Name the one you mean by its id"+alone(hits[0].Region))
}

// RefusalText words a refusal for the person who caused it.
func RefusalText(r *model.Refusal) text {
	return say(sign("no_entry"), " ", strong(r.What), ": ", RefusalBody(r))
}

// RefusalBody is a refusal without its first part.
func RefusalBody(r *model.Refusal) text {
	return say(view.WhyText(r), " ", view.EndSentence(r.Next))
}
