package audit

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
)

// replay goes through what the audit says of one operation as the rules would. Each
// state follows from the one before it. A call follows only from the keys that its
// plan demanded, each turned by somebody on just that plan.
type replay struct {
	state      string
	approved   map[string]bool // person and plan
	backups    map[string]bool // evidence and plan
	breakGlass map[string]bool // plan
}

func newReplay() *replay {
	return &replay{approved: map[string]bool{}, backups: map[string]bool{}, breakGlass: map[string]bool{}}
}

// step takes the operation's next transition, and says what is wrong with it; empty:
// nothing.
func (r *replay) step(b Body) string {
	before := r.state
	r.state = b.State
	switch {
	case b.Approvals == 0 && b.Proposer == "":
		return "" // of a Twokey that did not write what was demanded
	case before == "":
		if b.State != string(reinstall.Proposed) && !reinstall.State(b.State).Ended() {
			return "begins as " + b.State
		}
	case !reinstall.CanFollow(reinstall.State(before), b.What, reinstall.State(b.State)):
		return fmt.Sprintf("goes from %s to %s by %q, which no rule allows", before, b.State, b.What)
	}
	on := func(who string) string { return who + " " + b.Plan }
	switch b.What {
	case reinstall.Approve{}.Name():
		r.approved[on(b.By)] = true
	case reinstall.ConfirmBackup{}.Name():
		r.backups[on(b.Evidence)] = true
	case reinstall.BreakGlass{}.Name():
		r.breakGlass[b.Plan] = true
	}
	if b.State == string(reinstall.Armed) && before != b.State {
		return r.missingKeys(b, on)
	}
	return ""
}

// missingKeys says what an arming lacks.
func (r *replay) missingKeys(b Body, on func(string) string) string {
	var lacks []string
	if b.Approvals < 1 {
		lacks = append(lacks, "a demand of at least one approval")
	}
	given := 0
	for i, who := range b.Keys {
		switch {
		case who == b.Proposer || slices.Contains(b.Keys[:i], who):
		case !r.approved[on(who)]:
			lacks = append(lacks, "the approval of "+who)
		default:
			given++
		}
	}
	if given < b.Approvals && len(lacks) == 0 {
		lacks = append(lacks, fmt.Sprintf("%d of %d approvals", b.Approvals-given, b.Approvals))
	}
	if b.Backup && !r.backups[on(b.Evidence)] {
		lacks = append(lacks, "the confirmation of a backup")
	}
	if len(lacks) == 0 {
		return ""
	}
	return "was armed without " + strings.Join(lacks, ", ") + " on plan " + shortPrint(b.Plan)
}

func shortPrint(print string) string { return print[:min(len(print), 8)] }
