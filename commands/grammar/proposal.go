package grammar

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

const proposalHelp = "Use /reinstall INSTANCE [--image ID] [--disk GIB] [--reason \"TEXT\"], or /reinstall help"

// mostDiskGiB is above what any system disk can have.
const mostDiskGiB = 32000

// proposal reads INSTANCE.. [FLAGS]: what is proposed, or checked. If it names
// several machines they are the line's targets, and the wish has none.
func proposal(c command) (port.Line, *model.Refusal) {
	l, _, no := readProposal(c)
	return l, no
}

// readProposal is proposal; meant is what may have been meant by what is refused.
func readProposal(c command) (l, meant port.Line, no *model.Refusal) {
	ws, closed := words(c.rest)
	if !closed {
		return l, meant, c.refuse("a quotation mark is not closed", "Close it: --reason \"disk is broken\"")
	}
	o, why := sortWords(ws)
	if why == "" && len(o.machines) == 0 {
		why = "no machine is named"
	}
	if why != "" {
		return l, meant, c.refuse(why, proposalHelp)
	}
	login, no := model.ParseLogin(o.values["--login"])
	if no != nil {
		return l, meant, no
	}
	if no := c.checked(&o); no != nil {
		return l, meant, no
	}
	read := port.Line{Verb: c.verb, Request: model.Request{
		Account: o.values["--account"], Region: o.values["--region"], Image: o.values["--image"], DiskGB: o.disk,
		Login:    login,
		HostName: o.values["--hostname"], Backup: o.values["--backup"], Reason: model.CleanText(o.values["--reason"]),
	}}
	if len(o.machines) == 1 {
		read.Request.Target = o.machines[0]
	} else {
		read.Targets = o.machines
	}
	if o.loose != "" {
		return l, read, c.refuse(model.Quote(o.loose)+" stands behind --reason without quotation marks",
			"Put them around the reason: --reason \"disk is broken\"")
	}
	if len(o.machines) > 1 {
		if no := c.checkedForSeveral(o.machines, read.Request); no != nil {
			return l, withReason(read), no
		}
	}
	return read, meant, nil
}

// checked refuses what no machine can be proposed with, and takes blanks off the
// machines' names.
func (c command) checked(o *options) *model.Refusal {
	for i, m := range o.machines {
		o.machines[i] = strings.TrimSpace(m)
	}
	if slices.Contains(o.machines, "") {
		return c.refuse("no machine is named", "Name one: /reinstall INSTANCE")
	}
	if o.disk < 0 || o.disk > mostDiskGiB {
		return c.refuse("--disk is no size that a disk can have", "Give the size in GiB, such as --disk 100")
	}
	if backup := o.values["--backup"]; backup != "" && !isBackup(backup) {
		return c.refuse("--backup "+model.Quote(backup)+" is not understood", "Use image, snapshot:ID or image:ID")
	}
	return nil
}

func isBackup(s string) bool {
	kind, id, named := strings.Cut(s, ":")
	if !named {
		return kind == "image"
	}
	return id != "" && (kind == "image" || kind == "snapshot")
}

// checkedForSeveral refuses what cannot be for several machines.
func (c command) checkedForSeveral(machines []string, w model.Request) *model.Refusal {
	twice, is := repeated(machines)
	one := func(why string) *model.Refusal {
		return c.refuse(fmt.Sprintf("%s one machine, and %d are named", why, len(machines)),
			"Propose these machines one by one, or leave it out")
	}
	switch {
	case is:
		return c.refuse(model.Quote(twice)+" is named twice", "Name each machine once; a reason goes behind --reason")
	case c.verb == model.VerbCheck:
		return c.refuse("check takes one machine",
			"Check them one by one; put quotation marks around words that belong together")
	case len(machines) > reinstall.MostInBatch:
		return c.refuse(fmt.Sprintf("%d machines are named, and one proposal takes at most %d", len(machines),
			reinstall.MostInBatch),
			"Make several proposals")
	case w.HostName != "":
		return one("a host name is for")
	case w.Login.Kind == model.LoginPassword:
		return one("a generated password is shown for")
	case strings.Contains(w.Backup, ":"):
		return one("the backup " + model.Quote(w.Backup) + " is of")
	}
	return nil
}

// repeated finds a name that is there twice.
func repeated(names []string) (string, bool) {
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return n, true
		}
	}
	return "", false
}
