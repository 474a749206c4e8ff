package model

import (
	"strings"
)

// AccountRegion is one region of one account.
type AccountRegion struct{ Account, Region string }

func (s AccountRegion) String() string { return "region " + s.Region + " of account " + s.Account }

// UnaskedRegion is a region that could not be asked.
type UnaskedRegion struct {
	AccountRegion
	Why string // in a few words, for people
	Err error  // for operators
}

// UnaskedError says that a machine was looked for, and that not all regions answered.
// What the others have is not an answer: another machine may have the same name.
type UnaskedError struct {
	Asked   []AccountRegion // they answered
	Missing []UnaskedRegion
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
