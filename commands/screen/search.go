package screen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// MostOffered is how many options a list under a field has. Slack would take 100,
// but over Socket Mode no answer of 20 KB or more (bot/chat, sections 3.5 and 7.3).
const MostOffered = 50

// NotAChoice is the value of a line that only says something.
const NotAChoice = "-"

// rank puts what is the query (0) before what begins with it (1), and that
// before what has it somewhere (2); -1 is none of them. The query is in lower
// case.
func rank(query string, texts ...string) int {
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

// sought is a machine that a search found.
type sought struct {
	*reinstall.Instance
	rank int
	name string // in lower case
}

// seek finds the machines whose name, id or IP has the query in it, the best
// first.
func seek(parts []reinstall.Part, query string) []sought {
	query = written(query)
	pasted := strings.Contains(query, "ins-") // as it is shown, or as account/region/id
	var hits []sought
	for _, p := range parts {
		for n := range p.Machines {
			i := &p.Machines[n]
			at := rank(query, strings.TrimSpace(i.Name), i.Instance)
			if r := rank(query, i.IPs()...); r >= 0 && (at < 0 || r < at) {
				at = r
			}
			if at < 0 && pasted && (i.Ref.String() == query || strings.ToLower(i.Called())+" · "+i.Instance == query) {
				at = 0
			}
			if at >= 0 {
				hits = append(hits, sought{i, at, strings.ToLower(i.Called())})
			}
		}
	}
	slices.SortFunc(hits, func(a, b sought) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name), cmp.Compare(a.Instance.Instance, b.Instance.Instance))
	})
	return hits
}

// written is a query as names and addresses are compared with it: an address
// shortened, as the cloud writes them.
func written(query string) string {
	query = strings.ToLower(strings.TrimSpace(query))
	if ip, ok := reinstall.ParseIP(query); ok {
		return ip.String()
	}
	return strings.TrimPrefix(query, "[")
}

// MachineOptions are the machines that fit the query, by region, the region
// with the best hit first. Those in picks come before all where nothing is asked
// for. What is missing is said.
func MachineOptions(parts []reinstall.Part, query string, picks []string) []view.Option {
	hits := seek(parts, query)
	out := namedFirst(parts, query, picks)
	missing := missingPart(parts)
	room := MostOffered - len(out)
	if missing != nil {
		room--
	}
	shown := hits[:min(len(hits), room)]
	groups := map[string][]view.Option{}
	var order []string
	for _, h := range shown {
		g := place(parts, h.Account, h.Region)
		if groups[g] == nil {
			order = append(order, g)
		}
		if !slices.ContainsFunc(out, func(o view.Option) bool { return o.Value == h.Ref.String() }) {
			groups[g] = append(groups[g], machineOption(*h.Instance, query, g))
		}
	}
	for _, g := range order {
		out = append(out, groups[g]...)
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

// namedFirst are the machines that a message names, while nothing is typed.
func namedFirst(parts []reinstall.Part, query string, picks []string) []view.Option {
	var out []view.Option
	if strings.TrimSpace(query) != "" {
		return nil
	}
	for _, ref := range picks {
		if i, ok := Recall(parts, ref); ok {
			out = append(out, machineOption(i, "", "Named in the message"))
		}
	}
	return out
}

// Recall finds a machine by account/region/id.
func Recall(parts []reinstall.Part, ref string) (reinstall.Instance, bool) {
	r, ok := ParseRef(ref)
	if !ok {
		return reinstall.Instance{}, false
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
	return reinstall.Instance{}, false
}

func ParseRef(s string) (reinstall.Ref, bool) {
	p := strings.Split(s, "/")
	if len(p) != 3 {
		return reinstall.Ref{}, false
	}
	return reinstall.Ref{Account: p[0], Region: p[1], Instance: p[2]}, true
}

// place is a region's heading; the account is told where there are several.
func place(parts []reinstall.Part, account, region string) string {
	if slices.ContainsFunc(parts, func(p reinstall.Part) bool { return p.Account != account }) {
		return account + " · " + region
	}
	return region
}

func machineOption(i reinstall.Instance, query, group string) view.Option {
	return view.Option{Value: i.Ref.String(), Label: i.Called(), Tail: " · " + i.Instance, Note: machineNote(i, query), Group: group}
}

// machineNote is what tells the machine from one of the same name: the address
// that was asked for first.
func machineNote(i reinstall.Instance, query string) string {
	query = written(query)
	ips := i.IPs()
	if query != "" {
		slices.SortStableFunc(ips, func(a, b string) int {
			return cmp.Compare(askedFor(a, query), askedFor(b, query))
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

func askedFor(s, query string) int {
	if strings.Contains(s, query) {
		return 0
	}
	return 1
}

// missingPart is a line that says which machines are not in the list, if any
// are not.
func missingPart(parts []reinstall.Part) []view.Option {
	var reading, broken []string
	for _, p := range parts {
		switch {
		case p.Err == nil:
		case errors.Is(p.Err, context.DeadlineExceeded), errors.Is(p.Err, context.Canceled):
			reading = append(reading, place(parts, p.Account, p.Region))
		default:
			broken = append(broken, place(parts, p.Account, p.Region))
		}
	}
	const group = "Not in this list"
	switch {
	case len(broken) > 0:
		return []view.Option{{Value: NotAChoice, Label: "The cloud does not answer for " + reinstall.And(slices.Concat(broken, reading)), Note: "Type again in a minute, or use /reinstall with the machine's id", Group: group}}
	case len(reading) > 0:
		return []view.Option{{Value: NotAChoice, Label: "Still reading " + reinstall.And(reading), Note: "Type again in a moment", Group: group}}
	}
	return nil
}

// ImageOptions are the images that fit the machine, by where they come from; the
// one that it runs now comes first. Where only others match, it is said why they
// do not fit.
func ImageOptions(i reinstall.Instance, images []reinstall.Image, query string, p reinstall.Policy) []view.Option {
	query = strings.ToLower(strings.TrimSpace(query))
	current := imageByID(images, i.ImageID)
	type hit struct {
		reinstall.Image
		rank int
	}
	var hits []hit
	var unfit reinstall.Image
	why, others := "", 0
	for _, img := range images {
		r := rank(query, img.Name, img.ID, img.OSName, img.Name+" · "+img.ID)
		if r < 0 {
			continue
		}
		if w := reinstall.Misfit(i, current, img, p); w != "" {
			if others++; others == 1 {
				why, unfit = w, img
			}
			continue
		}
		hits = append(hits, hit{img, r})
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(firstIf(a.ID == i.ImageID, b.ID == i.ImageID), cmp.Compare(sourceOf(a.Image), sourceOf(b.Image)), cmp.Compare(a.rank, b.rank))
	})
	var out []view.Option
	for _, h := range hits[:min(len(hits), MostOffered-1)] {
		out = append(out, imageOption(h.Image, i))
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
		out = append(out, view.Option{Value: NotAChoice, Label: label, Note: Capital(why), Group: "Do not fit this machine"})
	}
	return out
}

// firstIf orders two of which one may have to come first.
func firstIf(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

var imageSources = []struct{ kind, words string }{
	{reinstall.ImagePrivate, "Your own images"}, {reinstall.ImageShared, "Shared with you"}, {reinstall.ImagePublic, "Public images"},
}

func sourceOf(img reinstall.Image) int {
	return slices.IndexFunc(imageSources, func(s struct{ kind, words string }) bool { return s.kind == img.Type })
}

func imageByID(images []reinstall.Image, id string) reinstall.Image {
	for _, img := range images {
		if img.ID == id {
			return img
		}
	}
	return reinstall.Image{}
}

func imageOption(img reinstall.Image, i reinstall.Instance) view.Option {
	o := view.Option{Value: img.ID, Label: img.Name, Tail: " · " + img.ID, Note: img.OSName, Group: "Other images"}
	if n := sourceOf(img); n >= 0 {
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
