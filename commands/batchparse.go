package commands

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// namedTwice finds a word that is there twice.
func namedTwice(words []string) (string, bool) {
	for i, w := range words {
		if slices.Contains(words[:i], w) {
			return w, true
		}
	}
	return "", false
}

// severalRefused says why a command line cannot be for several machines.
func severalRefused(what string, f flags, login reinstall.Login) *reinstall.Refusal {
	twice, is := namedTwice(f.Target)
	one := func(why string) *reinstall.Refusal {
		return reinstall.Refuse(what, fmt.Sprintf("%s one machine, and %d are named", why, len(f.Target)), "Propose these machines one by one, or leave it out")
	}
	switch {
	case is:
		return reinstall.Refuse(what, reinstall.Quote(twice)+" is named twice", "Name each machine once")
	case what == screen.DoingOf(reinstall.VerbCheck):
		return reinstall.Refuse(what, "check takes one machine", "Check them one by one; put quotation marks around words that belong together")
	case len(f.Target) > reinstall.MostInBatch:
		return reinstall.Refuse(what, fmt.Sprintf("%d machines are named, and one proposal takes at most %d", len(f.Target), reinstall.MostInBatch), "Make several proposals")
	case f.Hostname != "":
		return one("a host name is for")
	case login.Kind == reinstall.LoginPassword:
		return one("a generated password is shown for")
	case strings.Contains(f.Backup, ":"):
		return one("the backup " + reinstall.Quote(f.Backup) + " is of")
	}
	return nil
}
