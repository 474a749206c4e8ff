package commands

import (
	"strings"

	"twokey/commands/reinstall"
)

// Site is one region of one account.
type Site struct{ Account, Region string }

func (s Site) String() string { return "region " + s.Region + " of account " + s.Account }

// Unasked is a site that could not be asked.
type Unasked struct {
	Site
	Why string // in a few words, for people
	Err error  // for operators
}

// UnaskedError says that a machine was sought, and not all sites where it could
// be were able to say. What the others have is no answer: it may not be the only
// one that is called so.
type UnaskedError struct {
	Asked   []Site // they answered
	Missing []Unasked
}

func (e *UnaskedError) Error() string {
	var out []string
	for _, m := range e.Missing {
		out = append(out, m.Err.Error())
	}
	return strings.Join(out, "; ")
}

func (e *UnaskedError) Unwrap() []error {
	var out []error
	for _, m := range e.Missing {
		out = append(out, m.Err)
	}
	return out
}

// cannotAsk names the sites that could not be asked, and why each.
func cannotAsk(e *UnaskedError) string {
	var out []string
	for _, m := range e.Missing {
		out = append(out, m.Site.String()+" cannot be asked just now ("+m.Why+")")
	}
	return reinstall.And(out)
}

// nobodyAnswers words that no site could be asked, once that has lasted.
func nobodyAnswers(e *UnaskedError, what string) *reinstall.Refusal {
	return reinstall.Refuse(what, cannotAsk(e)+", and a failed check counts as no", "Try again in a minute; whoever runs Twokey finds the reason in its log")
}

// notSought words what a target that names the hits comes to where some sites could
// not be asked: a machine is taken only if it is the only one for sure. flags
// says that the verb takes --region.
func notSought(e *UnaskedError, what, target string, hits []reinstall.Instance, flags bool) *reinstall.Refusal {
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
