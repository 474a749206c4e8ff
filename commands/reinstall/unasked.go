package reinstall

import (
	"strings"
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
