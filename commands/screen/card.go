package screen

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// Draw draws a record as a card, but for a freeze. currency is the account's;
// now is when it is drawn, for what grows too old; before is how long earlier
// resets took.
func Draw(op oper, rev int64, currency string, now time.Time, before Earlier) view.Card {
	c := view.Card{
		ID: op.ID, Rev: rev, Channel: op.Channel, Title: op.TypedName(), Status: status(op), Lead: lead(op), Progress: progressOf(op, before),
		Facts: facts(op, currency), Keys: keys(op, now), Foot: foot(op), Buttons: buttons(op, now),
	}
	c.Haste = op.State == reinstall.Approved || op.State == reinstall.Ready
	if op.State.Open() {
		c.Changed, c.Findings = changed(op), findings(op, now)
		c.Around = AroundLines(op.Around, op.Plan.Terms, true)
	}
	c.Counts = countingOn(op)
	c.Summary = summary(op, c)
	return c
}

// statuses are the state's sign and word.
var statuses = map[reinstall.State]view.Status{
	reinstall.Proposed:   {Emoji: ":closed_lock_with_key:", Word: "Waiting for keys"},
	reinstall.Approved:   {Emoji: ":mag:", Word: "Checking again"},
	reinstall.Ready:      {Emoji: ":alarm_clock:", Word: "Counting down"},
	reinstall.Held:       {Emoji: ":raised_hand:", Word: "On hold"},
	reinstall.Armed:      {Emoji: ":rotating_light:", Word: "Calling the cloud"},
	reinstall.Sent:       {Emoji: ":gear:", Word: "Reinstalling"},
	reinstall.Done:       {Emoji: ":white_check_mark:", Word: "Done"},
	reinstall.Failed:     {Emoji: ":x:", Word: "Failed"},
	reinstall.Refused:    {Emoji: ":no_entry:", Word: "Refused by the cloud"},
	reinstall.Superseded: {Emoji: ":no_entry:", Word: "Superseded"},
	reinstall.NotSent:    {Emoji: ":no_entry:", Word: "Not sent"},
	reinstall.Unknown:    {Emoji: ":question:", Word: "Unknown"},
	reinstall.Rejected:   {Emoji: ":no_entry:", Word: "Rejected"},
	reinstall.Cancelled:  {Emoji: ":no_entry_sign:", Word: "Cancelled"},
	reinstall.Expired:    {Emoji: ":hourglass:", Word: "Expired"},
	reinstall.Tampered:   {Emoji: ":octagonal_sign:", Word: "Stopped"},
	reinstall.Resolved:   {Emoji: ":memo:", Word: "Resolved by a person"},
}

func status(op oper) view.Status {
	if op.Waits != "" && (op.State == reinstall.Approved || op.State == reinstall.Ready) {
		return view.Status{Emoji: ":double_vertical_bar:", Word: "Waiting"}
	}
	if op.State == reinstall.Proposed && op.Recalled != nil {
		return view.Status{Emoji: ":warning:", Word: "Waiting for keys again"}
	}
	return statuses[op.State]
}

// lead is the one sentence that matters now.
func lead(op oper) text {
	name := strong(op.TypedName())
	switch op.State {
	case reinstall.Proposed:
		if op.Recalled != nil {
			if op.Recalled.Distrust != "" {
				return say("The keys are asked for again, ", at(op.Recalled.At), ". Its system disk will be wiped.")
			}
			return say("Something changed after the keys were turned, so all keys were taken back, ", at(op.Recalled.At), ". Read what changed, then turn them again: its system disk will be wiped.")
		}
		return say("Its system disk will be wiped. Nothing happens before all keys are turned.")
	case reinstall.Approved:
		if op.Waits != "" {
			return say("The keys are turned, but the countdown cannot start yet: ", waiting(op))
		}
		return say(turned(op), " Everything is being read once more.")
	case reinstall.Ready:
		return countdown(op)
	case reinstall.Held:
		return because(say("Held by ", who(op.HeldBy)), op.HeldWhy, " Nothing happens until an approver presses Resume; it expires ", at(op.Expires), ".")
	case reinstall.Armed:
		if op.Lost != "" {
			return say("The call went out, but its answer was lost. The machine's record will tell; there is no second call.")
		}
		return say("The one call is out; it cannot be stopped any more.")
	case reinstall.Sent:
		t := say("The cloud has taken the call and reinstalls ", name, "; that cannot be stopped any more.")
		if op.Slow {
			t = append(t, say(" It takes longer than usual.")...)
		}
		return t
	case reinstall.Done:
		if op.Inferred {
			return say("Verified by the machine's record, for the call's answer was lost: ", name, " runs ", op.Plan.Image.OSName, ". What to do next is in the thread.")
		}
		return say("Verified: ", name, " runs ", op.Plan.Image.OSName, ". What to do next is in the thread.")
	case reinstall.Failed:
		return say("The cloud says that the reinstall failed: ", view.Dot(op.End.Why), " The machine may not start. What to do next is in the thread.")
	case reinstall.Refused, reinstall.Superseded, reinstall.NotSent, reinstall.Expired:
		return say(Capital(view.Dot(op.End.Why)), " ", untouched(op))
	case reinstall.Unknown:
		return say("It is not known whether ", name, " was reinstalled. ", Capital(view.Dot(op.End.Why)), " An approver settles it: ", mono("/reinstall resolve "+op.ID+" done|failed TEXT"))
	case reinstall.Resolved:
		return settled(op)
	case reinstall.Tampered:
		return say("Stopped: its record was changed outside Twokey. Nothing is done with it, and the machine stays locked. What the record said is not believed, so look at the machine. An approver settles it: ", mono("/reinstall resolve "+op.ID+" done|failed TEXT"))
	default: // rejected, cancelled
		return because(say("By ", who(op.End.By)), op.End.Why, " "+untouched(op))
	}
}

func facts(op oper, currency string) []view.Row {
	p := op.Plan
	if op.State == reinstall.Tampered {
		return []view.Row{{Label: "Machine", Value: whichOne(p)}}
	}
	wipes, turns := tense(op.State)
	rows := []view.Row{
		{Label: "Machine", Value: whichOne(p)},
		{Label: wipes, Value: say("system disk " + systemDisk(p) + ", with " + p.FromOS)},
		{Label: turns, Value: becomes(p)},
		{Label: "Stays", Value: say(stays(p))},
		{Label: "Login", Value: say(login(p.Login))},
	}
	if p.HostName != "" {
		rows = append(rows, view.Row{Label: "Host name", Value: say(p.HostName)})
	}
	rows = append(rows, view.Row{Label: "Price", Value: say(price(p, currency))})
	if len(p.Tags) > 0 {
		rows = append(rows, view.Row{Label: "Tags", Value: say(tagsOf(p))})
	}
	if op.Wish.Reason != "" {
		rows = append(rows, view.Row{Label: "Reason", Value: say(op.Wish.Reason)})
	}
	return append(append(rows, proofRow(op)...), doubts(op)...)
}

// Whole is a machine's name and id, or the id alone where it has no name.
func Whole(called, id string) text {
	if called == id {
		return say(mono(id))
	}
	return say(strong(called), " (", mono(id), ")")
}

// whichOne tells the machine from all others.
func whichOne(p reinstall.Plan) text {
	name := ""
	if p.Nameless() {
		name = "it has no name · "
	}
	return say(mono(p.Instance), " · ", name, strings.Join(slices.Concat([]string{p.Account, p.Region}, p.PrivateIPs, p.IPv6s), " · "))
}

// systemDisk is the disk that is wiped.
func systemDisk(p reinstall.Plan) string {
	return fmt.Sprintf("%s, %d GiB", strings.TrimSpace(p.Disk.ID+" "+p.Disk.Type), p.Disk.SizeGB)
}

func tagsOf(p reinstall.Plan) string {
	var ts []string
	for k, v := range p.Tags {
		ts = append(ts, k+"="+v)
	}
	slices.Sort(ts)
	out := orNone(strings.Join(ts, ", "))
	if may := p.MayChange(); len(may) > 0 {
		out += " (not compared: " + strings.Join(may, ", ") + ")"
	}
	return out
}

// tense names the rows of what is lost and of what follows: a card that has
// ended does not read as if the machine had been wiped, unless it was.
func tense(s reinstall.State) (wipes, turns string) {
	switch {
	case s.Open() || s == reinstall.Armed:
		return "To be wiped", "Becomes"
	case s == reinstall.Sent:
		return "Being wiped", "Becomes"
	case s == reinstall.Done:
		return "Wiped", "Became"
	}
	return "Was to be wiped", "Was to become"
}

// settled is what a person said of an unknown outcome.
func settled(op oper) text {
	return say(who(op.End.By), " settled it as ", strong(string(op.End.As)), ": ", reinstall.Quote(op.End.Why), ". A person's word, not the cloud's.")
}

// doubts are the evidence of an unknown outcome, side by side.
func doubts(op oper) []view.Row {
	if op.End == nil || op.End.Doubt == nil {
		return nil
	}
	return []view.Row{
		{Label: "Before", Value: say(mono(latest(op.Arming.Baseline)), ", image ", mono(orNone(op.Plan.FromImage)))},
		{Label: "Seen", Value: seenNow(*op.End.Doubt)},
		{Label: "CloudAudit", Value: say(view.Dot(op.End.Doubt.Audit))},
	}
}

func becomes(p reinstall.Plan) text {
	return say(strong(p.Image.OSName), fmt.Sprintf(", %d GiB, from image ", p.DiskGB), mono(p.Image.ID), " "+imageSource(p.Image))
}

func imageSource(i reinstall.Image) string {
	switch i.Type {
	case reinstall.ImagePublic:
		return "(public)"
	case reinstall.ImageShared:
		return "(shared: " + i.Name + ")"
	}
	return "(own: " + i.Name + ")"
}

func stays(p reinstall.Plan) string {
	var out []string
	if len(p.PublicIPs) > 0 {
		out = append(out, "public IP "+strings.Join(p.PublicIPs, ", "))
	}
	var disks []string
	for _, d := range p.DataDisks {
		disks = append(disks, strings.TrimSpace(fmt.Sprintf("%s %d GiB", d.ID, d.SizeGB)))
	}
	switch len(disks) {
	case 0:
	case 1:
		out = append(out, "data disk "+disks[0]+", to be mounted again afterwards")
	default: // the number first: a long list is cut
		out = append(out, fmt.Sprintf("%d data disks, to be mounted again afterwards: %s", len(disks), strings.Join(disks, ", ")))
	}
	if len(out) == 0 {
		return "no public IP, no data disks"
	}
	return strings.Join(out, "; ")
}

func login(l reinstall.Login) string {
	switch l.Kind {
	case reinstall.LoginKeepImage:
		return "as set in the image"
	case reinstall.LoginKeys:
		return "key pair " + strings.Join(l.Keys, ", ")
	case reinstall.LoginPassword:
		return "a generated password, shown once to the proposer"
	}
	return "a new password, sent to the account's Message Center"
}

func price(p reinstall.Plan, currency string) string {
	in := func(p *reinstall.Price) string {
		if p == nil || currency == "" {
			return p.String()
		}
		return currency + " " + p.String()
	}
	switch before, after := in(p.Before), in(p.After); {
	case p.Before == nil && p.After == nil:
		return after
	case before == after:
		return after + ", as now"
	default:
		return before + " now, " + after + " afterwards"
	}
}

// keys lists each key: turned by whom, or owed by whom.
func keys(op oper, now time.Time) []view.Row {
	return append(approvalRows(op), backupRow(op, op.Keys(), now)...)
}

// approvalRows are the rows of the keys without the backup's.
func approvalRows(op oper) []view.Row {
	if op.State == reinstall.Tampered {
		return nil
	}
	k := op.Keys()
	if len(k.Places) > 0 {
		return slices.Concat(placeRows(op, k), glassRows(op), askedRows(op))
	}
	var rows []view.Row
	for i := range max(k.Needed, len(k.By)) {
		label := "Approval"
		if k.Needed > 1 {
			label = fmt.Sprintf("Approval %d of %d", i+1, k.Needed)
		}
		if i < len(k.By) {
			rows = append(rows, view.Row{Label: label, Value: say(sign("key"), " turned by ", who(k.By[i]), ", ", at(approvedAt(op, k.By[i])))})
		} else if op.State == reinstall.Proposed {
			rows = append(rows, view.Row{Label: label, Value: append(say(sign("lock"), " owed by one of "), approvers(op)...)})
		}
	}
	return slices.Concat(rows, glassRows(op), askedRows(op))
}

func approvers(op oper) text {
	var t text
	sep := func() {
		if len(t) > 0 {
			t = append(t, say(", ")...)
		}
	}
	for _, g := range op.Approvers().Groups {
		sep()
		t = append(t, reinstall.Everyone(g))
	}
	for _, u := range op.Approvers().Users {
		if u != op.Proposer {
			sep()
			t = append(t, who(u))
		}
	}
	return t
}

func backupRow(op oper, k reinstall.Keys, now time.Time) []view.Row {
	switch {
	case k.Backup:
		return confirmed(*op.Backup)
	case op.State != reinstall.Proposed:
		return nil
	case op.Making != nil && op.Making.Stage != reinstall.ImageMade:
		return []view.Row{{Label: "Backup", Value: making(op)}}
	case !k.Required:
		return []view.Row{{Label: "Backup", Value: say("not required by the policy, and none confirmed")}}
	}
	n := BackupsThatCount(op, now)
	if n == 0 {
		return []view.Row{{Label: "Backup", Value: say(sign("lock"), " owed; the cloud knows none that counts. Press Make backup image")}}
	}
	return []view.Row{{Label: "Backup", Value: say(sign("lock"), fmt.Sprintf(" owed; the cloud vouches for %d. Press Confirm backup and type the machine's %s", n, toType(op.Plan)))}}
}

// toType is what is typed to confirm a backup.
func toType(p reinstall.Plan) string {
	if p.Nameless() {
		return "id"
	}
	return "name"
}

func making(op oper) text {
	m := *op.Making
	switch {
	case m.Stage == reinstall.ImageFailed:
		return say(sign("x"), " the backup image failed: ", m.Why)
	case m.Stage == reinstall.ImageMaking && m.Stop:
		return say(sign("hourglass_flowing_sand"), " image ", mono(m.ID), " is being made, with the machine powered off", progress(m), ", since ", at(m.At))
	case m.Stage == reinstall.ImageMaking:
		return say(sign("hourglass_flowing_sand"), " image ", mono(m.ID), " is being made", progress(m), ", since ", at(m.At))
	case m.Stop:
		return say(sign("hourglass_flowing_sand"), " an image was asked for, for which the machine WILL BE STOPPED, ", at(m.At))
	}
	return say(sign("hourglass_flowing_sand"), " an image was asked for, ", at(m.At))
}

// askedBy is who made a proposal, and when if that is known: of a record that was
// changed outside Twokey it is not.
func askedBy(op oper) text {
	t := say("asked by ", who(op.Proposer))
	if !op.ProposedAt.IsZero() {
		t = append(t, say(", ", at(op.ProposedAt))...)
	}
	return t
}

func foot(op oper) text {
	t := append(say(mono(op.ID), " · "), askedBy(op)...)
	if op.State == reinstall.Proposed || op.State == reinstall.Held {
		t = append(t, say(" · open until ", at(op.Expires))...)
	}
	if op.Print == "" {
		return t
	}
	return append(t, say(" · plan ", mono(op.Print[:min(8, len(op.Print))]))...)
}

// buttons are what can be pressed in a state; none once it is decided.
func buttons(op oper, now time.Time) []view.Button {
	switch op.State {
	case reinstall.Proposed:
		var b []view.Button
		k := op.Keys()
		if len(k.By) < k.Needed {
			b = append(b, view.Button{Label: "Approve", Verb: reinstall.VerbApprove, Style: "primary"})
		}
		b = append(b, view.Button{Label: "Reject", Verb: reinstall.VerbReject, Style: ""})
		if !k.Backup {
			b = append(b, view.Button{Label: "Confirm backup", Verb: reinstall.VerbBackup, Style: ""})
			if op.MayMakeImage(now) {
				b = append(b, view.Button{Label: "Make backup image", Verb: reinstall.VerbImage, Style: ""})
			}
		}
		return append(b, view.Button{Label: "Cancel", Verb: reinstall.VerbCancel, Style: "danger"})
	case reinstall.Approved, reinstall.Ready:
		return []view.Button{{Label: "Hold", Verb: reinstall.VerbHold, Style: "primary"}, {Label: "Cancel", Verb: reinstall.VerbCancel, Style: "danger"}}
	case reinstall.Held:
		return []view.Button{{Label: "Resume", Verb: reinstall.VerbResume, Style: "primary"}, {Label: "Cancel", Verb: reinstall.VerbCancel, Style: "danger"}}
	case reinstall.Done, reinstall.Resolved:
		if op.Password != "" {
			return []view.Button{{Label: "Show password", Verb: reinstall.VerbPassword, Style: ""}}
		}
	}
	return nil
}

// aName is a word that is written as it is: an id, a region, whatever has a
// digit in it. No sentence makes another one of it.
var aName = regexp.MustCompile(`^(ins|img|snap|l?disk|skey|ap|eu|me|na|sa)-|[0-9]`)

// Capital begins a sentence with a capital letter, unless with a name.
func Capital(s string) string {
	if first, _, _ := strings.Cut(s, " "); aName.MatchString(first) {
		return s
	}
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// LabelPort is the row of what a login service said, which the thread tells anyway.
const LabelPort = "Login port"
