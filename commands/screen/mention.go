package screen

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"twokey/commands/reinstall"
)

// naming is what a message says of machines.
type naming struct {
	Named  []reinstall.Instance // in its words, each once
	Linked []reinstall.Instance // only within its links: the alert's own tool, perhaps
	// Unknown are ids and addresses in it that are no remembered machine's.
	Unknown []string
}

const (
	// maxSaid is how much of a message is looked through.
	maxSaid = 100_000
	// minName is the shortest name that is looked for: a shorter one is a word
	// of any message.
	minName = 3
)

var (
	idInText = regexp.MustCompile(`(?i)\bins-[0-9a-z]{8}\b`)
	ipInText = regexp.MustCompile(`[0-9]+(?:\.[0-9]+){3,}`)
	// ip6InText is what may be an IPv6 address, with whatever touches it: a time, a
	// path or a class of a program are none.
	ip6InText = regexp.MustCompile(`[\p{L}\p{N}_:.%-]*:[\p{L}\p{N}_.%-]*:[\p{L}\p{N}_:.%-]*`)
	// machineRange is where machines have addresses; A::B is one, and more often
	// something else.
	machineRange = regexp.MustCompile(`^(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}):`)
	nameToken    = regexp.MustCompile(`[\p{Latin}\p{N}._-]+`)
)

// Mentioned finds the machines that a message names, by id, IP and name. An id
// is sure; a name or an address of a machine that is named by its id as well
// stands for that machine alone, whoever else has it.
func Mentioned(parts []reinstall.Part, said, links []string) naming {
	words, within := joined(said), joined(links)
	ix := indexOf(parts)
	var m naming
	var named, linked foundOnce
	explained := map[string]bool{}
	for _, id := range unique(idInText.FindAllString(words+"\n"+within, -1)) {
		id = strings.ToLower(id)
		if len(ix.ids[id]) == 0 {
			m.Unknown = append(m.Unknown, id)
		}
		for _, i := range ix.ids[id] {
			named.add(i)
			explained[strings.TrimSpace(i.Name)] = true
			for _, s := range i.IPs() {
				explained[plain(s)] = true
			}
		}
	}
	inWords, unknown := ix.in(words, explained)
	for _, i := range inWords {
		named.add(i)
	}
	inLinks, _ := ix.in(within, explained)
	for _, i := range inLinks {
		if !named.known[i.Ref] {
			linked.add(i)
		}
	}
	m.Named, m.Linked = named.list, linked.list
	m.Unknown = append(m.Unknown, unknown...)
	return m
}

func joined(texts []string) string {
	s := strings.Join(texts, "\n")
	if len(s) > maxSaid {
		s = strings.ToValidUTF8(s[:maxSaid], "")
	}
	return s
}

func unique(ss []string) []string {
	var out []string
	known := map[string]bool{}
	for _, s := range ss {
		if !known[s] {
			known[s] = true
			out = append(out, s)
		}
	}
	return out
}

// foundOnce are machines, each once, in the order in which they were found.
type foundOnce struct {
	list  []reinstall.Instance
	known map[reinstall.Ref]bool
}

func (f *foundOnce) add(i *reinstall.Instance) {
	if f.known[i.Ref] {
		return
	}
	if f.known == nil {
		f.known = map[reinstall.Ref]bool{}
	}
	f.known[i.Ref] = true
	f.list = append(f.list, *i)
}

// offToken reports what a nameToken ends at.
func offToken(r rune) bool {
	return !unicode.In(r, unicode.Latin, unicode.N) && r != '.' && r != '_' && r != '-'
}

// index finds remembered machines by what a text may call them.
type index struct {
	ids, ips, names map[string][]*reinstall.Instance
	folded          map[string][]*reinstall.Instance // names in lower case
	odd             []string                         // names that are no single word
	longest         int                              // the most bytes that a word can have which is a name
}

func indexOf(parts []reinstall.Part) index {
	ix := index{ids: by{}, ips: by{}, names: by{}, folded: by{}}
	for _, p := range parts {
		for n := range p.Machines {
			i := &p.Machines[n]
			ix.ids[i.Instance] = append(ix.ids[i.Instance], i)
			for _, ip := range i.IPs() {
				ix.ips[plain(ip)] = append(ix.ips[plain(ip)], i)
			}
			name := strings.TrimSpace(i.Name)
			if utf8.RuneCountInString(name) < minName || strings.Trim(name, "0123456789._-") == "" {
				continue
			}
			if strings.ContainsFunc(name, offToken) && ix.names[name] == nil {
				ix.odd = append(ix.odd, name)
			}
			ix.names[name] = append(ix.names[name], i)
			ix.longest = max(ix.longest, foldGrows*len(name))
			low := strings.ToLower(name)
			ix.folded[low] = append(ix.folded[low], i)
		}
	}
	return ix
}

// plain is an address as all texts of it come to; what is none stays.
func plain(s string) string {
	if ip, ok := reinstall.ParseIP(s); ok {
		return ip.String()
	}
	return s
}

// addressesIn are the addresses in a text, each once and plain.
func addressesIn(text string) []string {
	var out []string
	for _, s := range slices.Concat(ipInText.FindAllString(text, -1), ip6InText.FindAllString(text, -1)) {
		s = strings.TrimRight(s, ".-_") // a sentence ends
		if _, ok := reinstall.ParseIP(s); !ok {
			s = strings.TrimSuffix(s, ":")
		}
		if ip, ok := reinstall.ParseIP(s); ok {
			out = append(out, ip.String())
		}
	}
	return unique(out)
}

type by = map[string][]*reinstall.Instance

// in finds machines by address and by name in a text, in the order of the text,
// and the addresses that are nobody's. What is explained already finds nothing.
func (ix index) in(text string, explained map[string]bool) (found []*reinstall.Instance, unknown []string) {
	for _, s := range addressesIn(text) {
		switch {
		case explained[s]:
		case len(ix.ips[s]) > 0:
			found = append(found, ix.ips[s]...)
		case !strings.Contains(s, ":") || machineRange.MatchString(s):
			unknown = append(unknown, s)
		}
	}
	for _, word := range unique(nameToken.FindAllString(text, -1)) {
		if name, machines := ix.called(word); !explained[name] {
			found = append(found, machines...)
		}
	}
	for _, name := range ix.odd {
		if !explained[name] && standsIn(text, name) {
			found = append(found, ix.names[name]...)
		}
	}
	return found, unknown
}

// foldGrows is how many bytes a letter may have for each of that which it is in
// lower case, such as the Kelvin sign's three for a k.
const foldGrows = 3

// called finds the machines of which a word is the name: as it stands, without
// dots and dashes at its edges, or with a domain behind it. Letter case counts
// where a name is written exactly so.
func (ix index) called(word string) (string, []*reinstall.Instance) {
	for _, w := range []string{word, strings.Trim(word, "._-")} {
		for w = ix.fit(w); w != ""; {
			if is := ix.names[w]; is != nil {
				return w, is
			}
			if is := ix.folded[strings.ToLower(w)]; is != nil {
				return strings.TrimSpace(is[0].Name), is
			}
			w = w[:max(strings.LastIndexByte(w, '.'), 0)]
		}
	}
	return "", nil
}

// fit takes away domains until what is left may be a name: a long word costs no
// more than a short one.
func (ix index) fit(w string) string {
	if len(w) <= ix.longest {
		return w
	}
	return w[:max(strings.LastIndexByte(w[:ix.longest+1], '.'), 0)]
}

var wordEdge = regexp.MustCompile(`^[\p{Latin}\p{N}_-]`)

// standsIn reports whether a name of several words stands in a text as such, not
// as a part of longer words.
func standsIn(text, name string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		first, size := utf8.DecodeRuneInString(name)
		last, _ := utf8.DecodeLastRuneInString(name)
		after, _ := utf8.DecodeRuneInString(text[at+len(name):])
		inside := wordEdge.MatchString(string(before)) && wordEdge.MatchString(string(first)) && at > 0 ||
			at+len(name) < len(text) && wordEdge.MatchString(string(last)) && wordEdge.MatchString(string(after))
		if !inside {
			return true
		}
		from = at + size
	}
}

// maxReason is how much of an alert's first line becomes the reason.
const maxReason = 200

// StillReading reports whether a region was not read in time. One that the
// cloud refuses will not be there soon either.
func StillReading(parts []reinstall.Part) bool {
	for _, p := range parts {
		if errors.Is(p.Err, context.DeadlineExceeded) {
			return true
		}
	}
	return false
}

// Of is the draft with what a message was found to name. One machine is filled
// in; one that only stands in a link is not.
func (dr Draft) Of(m naming, parts []reinstall.Part) Draft {
	dr.Parts, dr.Message = parts, true
	found := m.Named
	if len(found) == 0 {
		found, dr.Linked = m.Linked, len(m.Linked) > 0
	}
	for _, i := range found {
		if len(dr.Picks) == maxPicks {
			dr.More++
			continue
		}
		dr.Picks = append(dr.Picks, i.Ref.String())
	}
	dr.Unknown = m.Unknown[:min(len(m.Unknown), 8)]
	if len(m.Named) == 1 {
		dr.Values = maps.Clone(dr.Values)
		dr.Values[FieldTarget] = dr.Picks[0]
	}
	return dr
}

// ReasonOf is the first line of an alert, as a proposal's reason.
func ReasonOf(said []string) string {
	for _, s := range said {
		for line := range strings.SplitSeq(s, "\n") {
			line = strings.Join(strings.Fields(line), " ")
			if line == "" {
				continue
			}
			if r := []rune(line); len(r) > maxReason {
				line = string(r[:maxReason-1]) + "…"
			}
			return "Alert: " + line
		}
	}
	return ""
}
