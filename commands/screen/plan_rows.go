package screen

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// factRows are what is lost and what follows. Of several machines each fact stands
// once for those of which it is so, by weight: a card with too many leaves out the
// last, so the evidence of an unknown outcome comes before all.
func factRows(ops []oper, currency func(account string) string) []view.Row {
	first := ops[0]
	if len(ops) == 1 && first.State == reinstall.Tampered {
		return []view.Row{{Label: "Machine", Value: machineIdentity(first.Plan)}}
	}
	row := func(label string, of func(oper) text) view.Row {
		return view.Row{Label: label, Value: groupedText(ops, of)}
	}
	becomes := row(becomesLabel(ops), func(op oper) text { return becomesText(op.Plan) })
	stays := row("Stays", func(op oper) text { return say(staysText(op.Plan)) })
	login := row("Login", func(op oper) text { return say(loginText(op.Plan.Login)) })
	price := row("Price", func(op oper) text { return say(priceText(op.Plan, currency(op.Plan.Account))) })
	tags := row("Tags", func(op oper) text { return say(tagsText(op.Plan)) })
	var reason, optional []view.Row
	if first.Request.Reason != "" {
		reason = []view.Row{{Label: "Reason", Value: say(first.Request.Reason)}}
	}
	if len(ops) > 1 {
		return slices.Concat(lastKnownRows(ops), []view.Row{{Label: "Order", Value: orderText(ops)}, becomes, stays},
			reason,
			proofRows(ops), []view.Row{login, price, tags})
	}
	p := first.Plan
	if p.HostName != "" {
		optional = append(optional, view.Row{Label: "Host name", Value: say(p.HostName)})
	}
	if optional = append(optional, price); len(p.Tags) > 0 {
		optional = append(optional, tags)
	}
	wipes, _ := wipeLabels(first.State)
	return slices.Concat([]view.Row{
		{Label: "Machine", Value: machineIdentity(p)},
		{Label: wipes, Value: say("system disk " + systemDiskText(p) + ", with " + p.FromOS)},
		becomes, stays, login,
	}, optional, reason, proofRows(ops), lastKnownRows(ops))
}

// proofRows is the row of whether one can log in, of those that are done.
func proofRows(ops []oper) []view.Row {
	if len(ops) == 1 {
		return proofRow(ops[0])
	}
	var t text
	for _, op := range ops {
		if op.Proof == nil {
			continue
		}
		if t != nil {
			t = append(t, say("; ")...)
		}
		t = append(t, say(strong(op.TypedName()), ": ", proofRow(op)[0].Value)...)
	}
	if t == nil {
		return nil
	}
	return []view.Row{{Label: LabelPort, Value: t}}
}

// becomesLabel is the label of what they become; of different states, the one that is
// true of each.
func becomesLabel(ops []oper) string {
	_, turns := wipeLabels(ops[0].State)
	for _, op := range ops {
		if _, other := wipeLabels(op.State); other != turns {
			return "By the plan"
		}
	}
	return turns
}

// lastKnownRows are the evidence of unknown outcomes, side by side.
func lastKnownRows(ops []oper) []view.Row {
	var rows []view.Row
	for _, op := range ops {
		if op.End == nil || op.End.LastKnown == nil {
			continue
		}
		of := ""
		if len(ops) > 1 {
			of = shortenName(op.TypedName()) + ", "
		}
		rows = append(rows,
			view.Row{Label: of + "Before", Value: say(mono(operationText(op.Arming.Baseline)), ", image ",
				mono(orNone(op.Plan.FromImage)))},
			view.Row{Label: of + "Seen", Value: lastKnownText(*op.End.LastKnown)},
			view.Row{Label: of + "CloudAudit", Value: say(view.EndSentence(op.End.LastKnown.Audit))})
	}
	return rows
}

// orderText says in which order they go.
func orderText(ops []oper) text {
	rest := "the others"
	if len(ops) == 2 {
		rest = ops[1].TypedName()
	}
	t := say(strong(ops[0].TypedName()), " first, alone; when it is done, ", rest,
		". After one that is not done, nothing more goes out")
	if a, b := siblingPair(ops); a != "" {
		t = append(t, say("; ", a, " and ", b, " are of a kind, so they are never wiped at once")...)
	}
	return t
}

// siblingPair names two that are siblings.
func siblingPair(ops []oper) (a, b string) {
	for i := range ops {
		for _, o := range ops[i+1:] {
			if model.Siblings(ops[i].Plan, o.Plan) {
				return ops[i].TypedName(), o.TypedName()
			}
		}
	}
	return "", ""
}

// NameAndID is a machine's name and id, or the id alone where it has no name.
func NameAndID(called, id string) text {
	if called == id {
		return say(mono(id))
	}
	return say(strong(called), " (", mono(id), ")")
}

// machineIdentity tells the machine from all others.
func machineIdentity(p model.Plan) text {
	name := ""
	if p.Nameless() {
		name = "it has no name · "
	}
	return say(mono(p.Instance), " · ", name, strings.Join(slices.Concat([]string{p.Account, p.Region}, p.PrivateIPs,
		p.IPv6s), " · "))
}

// systemDiskText is the disk that is wiped.
func systemDiskText(p model.Plan) string {
	return fmt.Sprintf("%s, %d GiB", strings.TrimSpace(p.Disk.ID+" "+p.Disk.Type), p.Disk.SizeGB)
}

func tagsText(p model.Plan) string {
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

// wipeLabels names the rows of what is lost and of what follows: a card that has
// ended does not read as if the machine had been wiped, unless it was.
func wipeLabels(s reinstall.State) (wipes, turns string) {
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

func becomesText(p model.Plan) text {
	return say(strong(p.Image.OSName), fmt.Sprintf(", %d GiB, from image ", p.DiskGB), mono(p.Image.ID),
		" "+imageSource(p.Image))
}

func imageSource(i model.Image) string {
	switch i.Type {
	case model.ImagePublic:
		return "(public)"
	case model.ImageShared:
		return "(shared: " + i.Name + ")"
	}
	return "(own: " + i.Name + ")"
}

func staysText(p model.Plan) string {
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
		out = append(out, fmt.Sprintf("%d data disks, to be mounted again afterwards: %s", len(disks),
			strings.Join(disks, ", ")))
	}
	if len(out) == 0 {
		return "no public IP, no data disks"
	}
	return strings.Join(out, "; ")
}

func loginText(l model.Login) string {
	switch l.Kind {
	case model.LoginKeepImage:
		return "as set in the image"
	case model.LoginKeys:
		return "key pair " + strings.Join(l.Keys, ", ")
	case model.LoginPassword:
		return "a generated password, shown once to the proposer"
	}
	return "a new password, sent to the account's Message Center"
}

func priceText(p model.Plan, currency string) string {
	in := func(p *model.Price) string {
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
