package search

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// MostOffered is how many options a list under a field has. Slack would take 100,
// but over Socket Mode no answer of 20 KB or more (bot/chat, sections 3.5 and 7.3).
const MostOffered = 50

// NotAChoice is the value of a line that only says something.
const NotAChoice = "-"

// matchRank puts what is the query (0) before what begins with it (1), and that
// before what has it somewhere (2); -1 is none of them. The query is in lower
// case.
func matchRank(query string, texts ...string) int {
	best := -1
	for _, t := range texts {
		t = strings.ToLower(t)
		switch at := strings.Index(t, query); {
		case t == query:
			return 0
		case at == 0:
			best = 1
		case at > 0 && best < 0:
			best = 2
		}
	}
	return best
}

// machineHit is a machine that a search found.
type machineHit struct {
	*model.Instance
	rank int
	name string // in lower case
}

// searchMachines finds the machines whose name, id or IP has the query in it, the best
// first.
func searchMachines(parts []model.FleetPart, query string) []machineHit {
	query = normalizeQuery(query)
	pasted := strings.Contains(query, "ins-") // as it is shown, or as account/region/id
	var hits []machineHit
	for _, p := range parts {
		for n := range p.Machines {
			i := &p.Machines[n]
			at := matchRank(query, strings.TrimSpace(i.Name), i.Instance)
			if r := matchRank(query, i.IPs()...); r >= 0 && (at < 0 || r < at) {
				at = r
			}
			if at < 0 && pasted && (i.Ref.String() == query || strings.ToLower(i.DisplayName())+" · "+
				i.Instance == query) {
				at = 0
			}
			if at >= 0 {
				hits = append(hits, machineHit{i, at, strings.ToLower(i.DisplayName())})
			}
		}
	}
	slices.SortFunc(hits, func(a, b machineHit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name),
			cmp.Compare(a.Instance.Instance, b.Instance.Instance))
	})
	return hits
}

// normalizeQuery is a query as names and addresses are compared with it: an address
// shortened, as the cloud writes them.
func normalizeQuery(query string) string {
	query = strings.ToLower(strings.TrimSpace(query))
	if ip, ok := model.ParseIP(query); ok {
		return ip.String()
	}
	return strings.TrimPrefix(query, "[")
}

// MachineOptions are the machines that fit the query, by region, the region
// with the best hit first. Those in picks come before all where nothing is asked
// for. What is missing is said.
func MachineOptions(parts []model.FleetPart, query string, picks []string) []view.Option {
	hits := searchMachines(parts, query)
	out := mentionOptions(parts, query, picks)
	missing := MissingOptions(parts)
	room := MostOffered - len(out)
	if missing != nil {
		room--
	}
	shown := hits[:min(len(hits), room)]
	groups := map[string][]view.Option{}
	var order []string
	for _, h := range shown {
		g := RegionHeading(parts, h.Account, h.Region)
		if groups[g] == nil {
			order = append(order, g)
		}
		if !slices.ContainsFunc(out, func(o view.Option) bool { return o.Value == h.Ref.String() }) {
			groups[g] = append(groups[g], MachineOption(*h.Instance, query, g))
		}
	}
	for _, g := range order {
		out = append(out, groups[g]...)
	}
	if len(hits) == 0 {
		out = append(out, nearOptions(parts, query)...)
	}
	if more := len(hits) - len(shown); more > 0 && len(out) > 0 {
		last := out[len(out)-1].Group
		for n := range out {
			if out[n].Group == last {
				out[n].Group = fmt.Sprintf("%s · %d more match, type more", last, more)
			}
		}
	}
	return append(out, missing...)
}

// nearOptions are the machines whose name the query nearly is, for a query that no machine
// has in it.
func nearOptions(parts []model.FleetPart, query string) []view.Option {
	var out []view.Option
	for _, i := range Near(parts, query) {
		out = append(out, MachineOption(i, "", "None is called so. Did you mean"))
	}
	return out
}

// mentionOptions are the machines that a message names, while nothing is typed.
func mentionOptions(parts []model.FleetPart, query string, picks []string) []view.Option {
	var out []view.Option
	if strings.TrimSpace(query) != "" {
		return nil
	}
	for _, ref := range picks {
		if i, ok := FindRemembered(parts, ref); ok {
			out = append(out, MachineOption(i, "", "Named in the message"))
		}
	}
	return out
}

// FindRemembered finds a machine by account/region/id.
func FindRemembered(parts []model.FleetPart, ref string) (model.Instance, bool) {
	r, ok := ParseRef(ref)
	if !ok {
		return model.Instance{}, false
	}
	for _, p := range parts {
		if p.Account != r.Account || p.Region != r.Region {
			continue
		}
		for _, i := range p.Machines {
			if i.Instance == r.Instance {
				return i, true
			}
		}
	}
	return model.Instance{}, false
}

// Named are the machines that are remembered by just this name, id, address or reference,
// in the account and region that a request leaves.
func Named(parts []model.FleetPart, w model.Request) []model.Instance {
	word := strings.TrimSpace(w.Target)
	if ip, ok := model.ParseIP(word); ok {
		word = ip.String()
	}
	var out []model.Instance
	for _, p := range parts {
		if w.Account != "" && p.Account != w.Account || w.Region != "" && p.Region != w.Region {
			continue
		}
		for _, i := range p.Machines {
			if slices.Contains(append(i.IPs(), strings.TrimSpace(i.Name), i.Instance, i.Ref.String()), word) {
				out = append(out, i)
			}
		}
	}
	return out
}

func ParseRef(s string) (model.Ref, bool) {
	p := strings.Split(s, "/")
	if len(p) != 3 {
		return model.Ref{}, false
	}
	return model.Ref{Account: p[0], Region: p[1], Instance: p[2]}, true
}

// RegionHeading is a region's heading; the account is told where there are several.
func RegionHeading(parts []model.FleetPart, account, region string) string {
	if slices.ContainsFunc(parts, func(p model.FleetPart) bool { return p.Account != account }) {
		return account + " · " + region
	}
	return region
}

func MachineOption(i model.Instance, query, group string) view.Option {
	return view.Option{
		Value: i.Ref.String(), Label: i.DisplayName(), Tail: " · " + i.Instance,
		Note: machineNote(i, query), Group: group,
	}
}

// machineNote is what tells the machine from one of the same name: the address
// that was asked for first.
func machineNote(i model.Instance, query string) string {
	query = normalizeQuery(query)
	ips := i.IPs()
	if query != "" {
		slices.SortStableFunc(ips, func(a, b string) int {
			return cmp.Compare(addressRank(a, query), addressRank(b, query))
		})
	}
	parts := ips[:min(len(ips), 2)]
	for _, p := range []string{i.Zone, i.OSName} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

func addressRank(s, query string) int {
	if strings.Contains(s, query) {
		return 0
	}
	return 1
}

// MissingOptions is a line that says which machines are not in the list, if any
// are not.
func MissingOptions(parts []model.FleetPart) []view.Option {
	var reading, broken []string
	for _, p := range parts {
		switch {
		case p.Err == nil:
		case errors.Is(p.Err, context.DeadlineExceeded), errors.Is(p.Err, context.Canceled):
			reading = append(reading, RegionHeading(parts, p.Account, p.Region))
		default:
			broken = append(broken, RegionHeading(parts, p.Account, p.Region))
		}
	}
	const group = "Not in this list"
	switch {
	case len(broken) > 0:
		return []view.Option{{
			Value: NotAChoice, Label: "The cloud does not answer for " +
				model.JoinAnd(slices.Concat(broken, reading)),
			Note: "Type again in a minute, or use /reinstall with the machine's id", Group: group,
		}}
	case len(reading) > 0:
		return []view.Option{{
			Value: NotAChoice, Label: "Still reading " + model.JoinAnd(reading),
			Note: "Type again in a moment", Group: group,
		}}
	}
	return nil
}

// ImageOptions are the images that fit the machine, by where they come from; the
// one that it runs now comes first. Where only others match, it is said why they
// do not fit.
func ImageOptions(i model.Instance, images []model.Image, query string, p model.Policy) []view.Option {
	query = strings.ToLower(strings.TrimSpace(query))
	current := ImageByID(images, i.ImageID)
	type hit struct {
		model.Image
		rank int
	}
	var hits []hit
	var unfit model.Image
	why, others := "", 0
	for _, img := range images {
		r := matchRank(query, img.Name, img.ID, img.OSName, img.Name+" · "+img.ID)
		if r < 0 {
			continue
		}
		if w := model.WhyMisfit(i, current, img, p); w != "" {
			if others++; others == 1 {
				why, unfit = w, img
			}
			continue
		}
		hits = append(hits, hit{img, r})
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(compareFirst(a.ID == i.ImageID, b.ID == i.ImageID), cmp.Compare(imageSourceRank(a.Image),
			imageSourceRank(b.Image)), cmp.Compare(a.rank, b.rank))
	})
	var out []view.Option
	for _, h := range hits[:min(len(hits), MostOffered-1)] {
		out = append(out, ImageOption(h.Image, i))
	}
	if more := len(hits) - len(out); more > 0 {
		last := out[len(out)-1].Group
		for n := range out {
			if out[n].Group == last {
				out[n].Group = fmt.Sprintf("%s · %d more match, type more", last, more)
			}
		}
	}
	if others > 0 && (len(hits) == 0 || query != "") {
		label := unfit.Name
		if others > 1 {
			label = fmt.Sprintf("%d images do not fit, such as %s", others, unfit.Name)
		}
		out = append(out, view.Option{
			Value: NotAChoice, Label: label, Note: view.Capitalize(why),
			Group: "Do not fit this machine",
		})
	}
	return out
}

// compareFirst orders two of which one may have to come first.
func compareFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

var imageSources = []struct{ kind, words string }{
	{model.ImagePrivate, "Your own images"},
	{model.ImageShared, "Shared with you"},
	{model.ImagePublic, "Public images"},
}

func imageSourceRank(img model.Image) int {
	return slices.IndexFunc(imageSources, func(s struct{ kind, words string }) bool { return s.kind == img.Type })
}

func ImageByID(images []model.Image, id string) model.Image {
	for _, img := range images {
		if img.ID == id {
			return img
		}
	}
	return model.Image{}
}

func ImageOption(img model.Image, i model.Instance) view.Option {
	o := view.Option{Value: img.ID, Label: img.Name, Tail: " · " + img.ID, Note: img.OSName, Group: "Other images"}
	if n := imageSourceRank(img); n >= 0 {
		o.Group = imageSources[n].words
	}
	if img.ID == i.ImageID {
		o.Group = "As it is now"
	}
	if img.SizeGB > i.SystemDisk.SizeGB {
		o.Note = fmt.Sprintf("needs %d GiB: the disk grows, and is billed · %s", img.SizeGB, img.OSName)
	}
	return o
}
