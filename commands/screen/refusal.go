package screen

import (
	"cmp"
	"fmt"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// DoingOf is the first part of a verb's refusals, also of one that is none.
func DoingOf(verb string) string { return cmp.Or(Doing[verb], "Not done") }

// Doing is the first part of a verb's refusals.
var Doing = map[string]string{
	reinstall.VerbPropose: "Not proposed", reinstall.VerbApprove: "Not approved", reinstall.VerbReject: "Not rejected",
	reinstall.VerbBackup: "Backup not confirmed", reinstall.VerbImage: "No backup image made", reinstall.VerbHold: "Not held",
	reinstall.VerbResume: "Not resumed", reinstall.VerbCancel: "Not cancelled", reinstall.VerbResolve: "Not resolved",
	reinstall.VerbShow: "Not shown", reinstall.VerbPassword: "Password not shown", reinstall.VerbHistory: "Not looked up",
	reinstall.VerbCheck: "Not checked", reinstall.VerbFreeze: "Not frozen", reinstall.VerbUnfreeze: "Not unfrozen", reinstall.VerbList: "Not listed",
	reinstall.VerbBreakGlass: "Glass not broken",
}

func Ambiguous(what, target string, hits []reinstall.Instance) *reinstall.Refusal {
	return reinstall.Refuse(what, fmt.Sprintf("%d machines are called %s: %s", len(hits), reinstall.Quote(target), listed(hits)), "Use the id of the one you mean")
}

// listed names machines so that one can be told from another.
func listed(hits []reinstall.Instance) string {
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

func Either(r *reinstall.Refusal, err error) error {
	if r != nil {
		return r
	}
	return err
}

// Blocked words a preflight that says no: every finding that blocks.
func Blocked(what string, p reinstall.Plan, b []reinstall.Finding) text {
	t := say(sign("no_entry"), " ", strong(what), ": ", Whole(p.Called(), p.Instance), " cannot be reinstalled like this.")
	for _, x := range b {
		t = append(t, say("\n• ", Capital(view.Dot(x.Why)), " ", view.Dot(x.Next))...)
	}
	return append(t, say("\nNothing was started.")...)
}

// Who presses a button on a card that has been drawn anew since is told so where
// that is why it has no effect. What the card still asks for counts: somebody
// else's key in between changes nothing of the plan that was read.

// Meanwhile words a refusal of what was pressed on a card as it is no longer.
func Meanwhile(r *reinstall.Refusal) text {
	return say(sign("no_entry"), " ", strong("This changed meanwhile."), " ", r.What, ": ", WhyNot(r))
}

// Unreached words that the memory did not do what it was asked: why, where it
// said so.
func Unreached(what, why string) *reinstall.Refusal {
	if why != "" {
		return reinstall.Refuse(what, why, "Tell whoever operates Twokey; do it again when that is mended")
	}
	return reinstall.Refuse(what, "Twokey cannot reach its memory (Redis)", "Try again in a minute")
}

// cannotAsk names the sites that could not be asked, and why each.
func cannotAsk(e *reinstall.UnaskedError) string {
	var out []string
	for _, m := range e.Missing {
		out = append(out, m.Site.String()+" cannot be asked just now ("+m.Why+")")
	}
	return reinstall.And(out)
}

// NobodyAnswers words that no site could be asked, once that has lasted.
func NobodyAnswers(e *reinstall.UnaskedError, what string) *reinstall.Refusal {
	return reinstall.Refuse(what, cannotAsk(e)+", and a failed check counts as no", "Try again in a minute; whoever runs Twokey finds the reason in its log")
}

// NotSought words what a target that names the hits comes to where some sites could
// not be asked: a machine is taken only if it is the only one for sure. flags
// says that the verb takes --region.
func NotSought(e *reinstall.UnaskedError, what, target string, hits []reinstall.Instance, flags bool) *reinstall.Refusal {
	alone := func(region string) string {
		if !flags {
			return ""
		}
		return ", or seek in one region alone: --region " + region
	}
	if len(hits) == 0 {
		return reinstall.Refuse(what, "no other region has "+reinstall.Quote(target)+", and "+cannotAsk(e), "Try again in a minute; if it lies in another region, check the spelling")
	}
	return reinstall.Refuse(what, cannotAsk(e)+", and another machine that is called so could be there. What is called "+reinstall.Quote(target)+" elsewhere: "+listed(hits),
		"Name the one you mean by its id"+alone(hits[0].Region))
}

// NoReason refuses a freeze that says nothing.
func NoReason(verb string) *reinstall.Refusal {
	return reinstall.Refuse(DoingOf(verb), "there is no reason", "Say why: /reinstall "+verb+" TEXT")
}
