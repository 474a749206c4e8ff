package screen

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
)

// endsOrder is what a card has no room for: Details have it.
const endsOrder = ". If one does not finish, the rest are not started."

// orderText says in which order they go.
func orderText(ops []oper) text {
	rest := "the others"
	if len(ops) == 2 {
		rest = ops[1].TypedName()
	}
	t := say(strong(ops[0].TypedName()), " first, then ", rest)
	if a, b := siblingPair(ops); a != "" {
		t = append(t, say("; ", a, " and ", b, " are siblings, so they are never wiped at once")...)
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

func becomesText(p model.Plan) text {
	return say(strong(p.Image.OSName), fmt.Sprintf(", %d GiB, from image ", p.DiskGB), mono(p.Image.ID),
		" "+imageSource(p.Image))
}

func imageSource(i model.Image) string {
	switch i.Type {
	case model.ImagePublic:
		return "(public)"
	case model.ImageShared:
		return "(shared image " + i.Name + ")"
	case model.ImageMarket:
		return "(marketplace image " + i.Name + ")"
	}
	return "(own image " + i.Name + ")"
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
