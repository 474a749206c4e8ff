package screen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/inuse"
	"twokey/commands/view"
)

// waitingLines are those of a card that waits for keys. Warnings that a phone has no
// room for are counted, the lightest first.
func waitingLines(ops []oper, currency func(string) string, now time.Time) []text {
	open := OpenOps(ops)
	head := []text{askedText(ops[0])}
	if s := proposalStatus(ops); s.Word != statuses[reinstall.Proposed].Word {
		head = []text{againText(ops, now), head[0]}
	}
	if done := len(InState(ops, reinstall.Done)); done > 0 {
		head = append([]text{say(sign("white_check_mark"), fmt.Sprintf(" %d of %d are done.", done, len(ops)))}, head...)
	}
	tail := []text{lostText(open), keptText(open), thenText(open, currency)}
	if len(ops) > 1 {
		tail = append(tail, say(strong("Order"), ": ", orderText(ops)))
	}
	tail = append(tail, neededText(open, now))
	alerts := slices.Concat(groupedLines(open, changedLines), warningsBeforeUse(open, now), inuse.Lines(open))
	light := groupedLines(open, findingLines)
	return slices.Concat(head, fitWarnings(alerts, light, mostLines-heightOf(head)-heightOf(tail)), tail)
}

// againText says that keys are needed again, and why.
func againText(ops []oper, now time.Time) text {
	head := say(sign("warning"), " ", strong("Waiting for keys again"), ": ")
	if !sameRound(ops) {
		return say(head, "one machine changed.")
	}
	op := ops[slices.IndexFunc(ops, func(op oper) bool { return op.State == reinstall.Proposed && op.Recalled != nil })]
	why := "the plan changed"
	if names := recalledNames(ops); len(ops) > 1 && len(names) > 0 {
		why = abbreviateNames(names) + " changed"
	}
	if op.Recalled.Distrust != "" {
		why = "the keys do not count"
	}
	return say(head, why, ", ", view.AtHour(op.Recalled.At, now), ".")
}

// warningsBeforeUse are the warnings that weigh more than whether a machine is in use.
func warningsBeforeUse(ops []oper, now time.Time) []text {
	return groupedLines(ops, func(op oper) []text {
		out := append(willStop(op), closedWarning(op, now)...)
		if op.BreakGlass != nil {
			out = append(out, breakGlassLine(op))
		}
		if op.Outage != nil && op.Making != nil {
			out = append(out, outageLines(op, *op.Outage)...)
		}
		return out
	})
}

// lostText is what the reset destroys.
func lostText(ops []oper) text {
	if len(ops) == 1 {
		return say(strong("Lost"), fmt.Sprintf(": all of its %d GiB system disk", ops[0].Plan.Disk.SizeGB))
	}
	total := 0
	for _, op := range ops {
		total += op.Plan.Disk.SizeGB
	}
	return say(strong("Lost"), fmt.Sprintf(": all of their %d system disks, %d GiB", len(ops), total))
}

// keptText is what stays as it is.
func keptText(ops []oper) text {
	return say(strong("Kept"), ": ", groupedText(ops, func(op oper) text { return say(keptWords(op.Plan)) }))
}

func keptWords(p model.Plan) string {
	var out []string
	switch n := len(p.PublicIPs); {
	case n == 1:
		out = append(out, "public IP")
	case n > 1:
		out = append(out, fmt.Sprintf("%d public IPs", n))
	}
	total := 0
	for _, d := range p.DataDisks {
		total += d.SizeGB
	}
	switch n := len(p.DataDisks); {
	case n == 1:
		out = append(out, fmt.Sprintf("data disk %d GiB", total))
	case n > 1:
		out = append(out, fmt.Sprintf("%d data disks, %d GiB", n, total))
	}
	return cmp.Or(strings.Join(out, ", "), "no public IP, no data disks")
}

// thenText is what the machines become: only what changes.
func thenText(ops []oper, currency func(string) string) text {
	return say(strong("Then"), ": ", groupedText(ops, func(op oper) text {
		return changesText(op.Plan, currency(op.Plan.Account))
	}))
}

func changesText(p model.Plan, currency string) text {
	t := systemText(p)
	if p.Image.Type != model.ImagePublic {
		t = append(t, say(" "+imageSource(p.Image))...)
	}
	if p.DiskGB != p.Disk.SizeGB {
		t = append(t, say(fmt.Sprintf(" · disk %d → %d GiB", p.Disk.SizeGB, p.DiskGB))...)
	}
	if p.Before.String() != p.After.String() {
		t = append(t, say(" · ", priceText(p, currency))...)
	}
	if p.Login.Kind != "" && p.Login.Kind != model.LoginMessageCenter {
		t = append(t, say(" · login: ", loginText(p.Login))...)
	}
	if p.HostName != "" && p.HostName != p.Name {
		t = append(t, say(" · host name ", p.HostName)...)
	}
	return t
}

// systemText is the system now and then: "Ubuntu 20.04 → 22.04".
func systemText(p model.Plan) text {
	from, to := shortSystem(p.FromOS), shortSystem(p.Image.OSName)
	if from == to {
		return say(strong(orNone(to)), " again")
	}
	name, version, versioned := strings.Cut(to, " ")
	if versioned && strings.HasPrefix(from, name+" ") {
		return say(from, " → ", strong(version))
	}
	return say(orNone(from), " → ", strong(orNone(to)))
}

// shortSystem is a system's name without what does not distinguish it.
func shortSystem(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(view.OneLine(name), " 64bit"), " LTS")
	return strings.Replace(name, "Ubuntu Server ", "Ubuntu ", 1)
}

// neededText is what is missing before it starts, and then what is there.
func neededText(ops []oper, now time.Time) text {
	approvals := groupedText(ops, func(op oper) text { return approvalsNeeded(op, now) })
	backups := groupedText(ops, func(op oper) text { return backupNeeded(op, now) })
	if !slices.ContainsFunc(ops, func(op oper) bool { return len(op.Keys().By) < op.Keys().Needed }) {
		return say(strong("Needed"), ": ", backups, " · ", approvals) // what is missing comes first
	}
	return say(strong("Needed"), ": ", approvals, " · ", backups)
}

// mostLocks is how many locks stand beside each other.
const mostLocks = 3

func approvalsNeeded(op oper, now time.Time) text {
	k := op.Keys()
	var missing, there text
	if len(k.Slots) > 0 {
		missing, there = slotsNeeded(op, k, now)
	} else {
		if n := k.Needed - len(k.By); n > 0 {
			missing = say(locks(n), fmt.Sprintf(" %d of ", n), approverMentions(op))
		}
		for _, by := range k.By {
			there = appendAfter(there, " · ", "✓ ", who(by), " ", view.AtHour(approvedAt(op, by), now))
		}
	}
	if len(missing) > 0 && len(there) > 0 {
		return say(missing, " · ", there)
	}
	return append(missing, there...)
}

func locks(n int) text {
	var t text
	for range min(n, mostLocks) {
		t = append(t, sign("lock"))
	}
	return t
}

// slotsNeeded are the places of a quorum: those that are missing, and those that are
// taken. After a break-glass one of those that are open stays so, whichever it is.
func slotsNeeded(op oper, k reinstall.Keys, now time.Time) (missing, there text) {
	n, open, places := k.Needed-len(k.By), 0, text(nil)
	for _, p := range k.Slots {
		from := view.Mentions(p.Candidates.Without(op.Proposer))
		switch {
		case p.By != "":
			there = appendAfter(there, " · ", "✓ ", who(p.By), " ", view.AtHour(approvedAt(op, p.By), now), " for ",
				view.Mentions(p.People.Without(op.Proposer)))
		case n > 0:
			open++
			missing = appendAfter(missing, " · ", sign("lock"), " 1 of ", from)
			places = appendAfter(places, "; ", from)
		}
	}
	if n < open {
		missing = say(locks(n), fmt.Sprintf(" %d of %d places: ", n, open), places)
	}
	return missing, there
}

func backupNeeded(op oper, now time.Time) text {
	k := op.Keys()
	switch {
	case k.Backup:
		return say("✓ backup by ", who(op.Backup.By), " ", view.AtHour(op.Backup.At, now))
	case op.Making != nil && op.Making.Stage != reinstall.ImageMade:
		return imageProgress(op)
	case !k.Required:
		return say("backup not required, none confirmed")
	}
	usable := usableBackups(op, now)
	if len(usable) == 0 {
		return say(sign("lock"), " backup (no usable backup found)")
	}
	newest := slices.MaxFunc(usable, func(a, b model.Evidence) int { return a.Created.Compare(b.Created) })
	return say(sign("lock"), fmt.Sprintf(" backup (%d found, %s old)", len(usable),
		model.HumanDuration(now.Sub(newest.Created))))
}
