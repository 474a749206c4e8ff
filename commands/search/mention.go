package search

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"twokey/commands/reinstall/model"
)

// Mentions is what a message says of machines.
type Mentions struct {
	Named  []model.Instance // in its words, each once
	Linked []model.Instance // only within its links: the alert's own tool, perhaps
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

// FindMentions finds the machines that a message names, by id, IP and name. An id
// is sure; a name or an address of a machine that is named by its id as well
// stands for that machine alone, whoever else has it.
func FindMentions(parts []model.FleetPart, said, links []string) Mentions {
	words, within := joinTexts(said), joinTexts(links)
	ix := newIndex(parts)
	var m Mentions
	var named, linked foundOnce
	explained := map[string]bool{}
	for _, id := range uniqueStrings(idInText.FindAllString(words+"\n"+within, -1)) {
		id = strings.ToLower(id)
		if len(ix.ids[id]) == 0 {
			m.Unknown = append(m.Unknown, id)
		}
		for _, i := range ix.ids[id] {
			named.addOnce(i)
			explained[strings.TrimSpace(i.Name)] = true
			for _, s := range i.IPs() {
				explained[normalizeIP(s)] = true
			}
		}
	}
	inWords, unknown := ix.findIn(words, explained)
	for _, i := range inWords {
		named.addOnce(i)
	}
	inLinks, _ := ix.findIn(within, explained)
	for _, i := range inLinks {
		if !named.known[i.Ref] {
			linked.addOnce(i)
		}
	}
	m.Named, m.Linked = named.list, linked.list
	m.Unknown = append(m.Unknown, unknown...)
	return m
}

func joinTexts(texts []string) string {
	s := strings.Join(texts, "\n")
	if len(s) > maxSaid {
		s = strings.ToValidUTF8(s[:maxSaid], "")
	}
	return s
}

func uniqueStrings(ss []string) []string {
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
	list  []model.Instance
	known map[model.Ref]bool
}

func (f *foundOnce) addOnce(i *model.Instance) {
	if f.known[i.Ref] {
		return
	}
	if f.known == nil {
		f.known = map[model.Ref]bool{}
	}
	f.known[i.Ref] = true
	f.list = append(f.list, *i)
}

// isTokenEnd reports what a nameToken ends at.
func isTokenEnd(r rune) bool {
	return !unicode.In(r, unicode.Latin, unicode.N) && r != '.' && r != '_' && r != '-'
}

// index finds remembered machines by what a text may call them.
type index struct {
	ids, ips, names map[string][]*model.Instance
	folded          map[string][]*model.Instance // names in lower case
	odd             []string                     // names that are no single word
	longest         int                          // the most bytes that a word can have which is a name
}

func newIndex(parts []model.FleetPart) index {
	ix := index{ids: by{}, ips: by{}, names: by{}, folded: by{}}
	for _, p := range parts {
		for n := range p.Machines {
			i := &p.Machines[n]
			ix.ids[i.Instance] = append(ix.ids[i.Instance], i)
			for _, ip := range i.IPs() {
				ix.ips[normalizeIP(ip)] = append(ix.ips[normalizeIP(ip)], i)
			}
			name := strings.TrimSpace(i.Name)
			if utf8.RuneCountInString(name) < minName || strings.Trim(name, "0123456789._-") == "" {
				continue
			}
			if strings.ContainsFunc(name, isTokenEnd) && ix.names[name] == nil {
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

// normalizeIP is an address as all texts of it come to; what is none stays.
func normalizeIP(s string) string {
	if ip, ok := model.ParseIP(s); ok {
		return ip.String()
	}
	return s
}

// addressesIn are the addresses in a text, each once and plain.
func addressesIn(text string) []string {
	var out []string
	for _, s := range slices.Concat(ipInText.FindAllString(text, -1), ip6InText.FindAllString(text, -1)) {
		s = strings.TrimRight(s, ".-_") // a sentence ends
		if _, ok := model.ParseIP(s); !ok {
			s = strings.TrimSuffix(s, ":")
		}
		if ip, ok := model.ParseIP(s); ok {
			out = append(out, ip.String())
		}
	}
	return uniqueStrings(out)
}

type by = map[string][]*model.Instance

// findIn finds machines by address and by name in a text, in the order of the text,
// and the addresses that are nobody's. What is explained already finds nothing.
func (ix index) findIn(text string, explained map[string]bool) (found []*model.Instance, unknown []string) {
	for _, s := range addressesIn(text) {
		switch {
		case explained[s]:
		case len(ix.ips[s]) > 0:
			found = append(found, ix.ips[s]...)
		case !strings.Contains(s, ":") || machineRange.MatchString(s):
			unknown = append(unknown, s)
		}
	}
	for _, word := range uniqueStrings(nameToken.FindAllString(text, -1)) {
		if name, machines := ix.lookUpName(word); !explained[name] {
			found = append(found, machines...)
		}
	}
	for _, name := range ix.odd {
		if !explained[name] && containsPhrase(text, name) {
			found = append(found, ix.names[name]...)
		}
	}
	return found, unknown
}

// foldGrows is how many bytes a letter may have for each of that which it is in
// lower case, such as the Kelvin sign's three for a k.
const foldGrows = 3

// lookUpName finds the machines of which a word is the name: as it stands, without
// dots and dashes at its edges, or with a domain behind it. Letter case counts
// where a name is written exactly so.
func (ix index) lookUpName(word string) (string, []*model.Instance) {
	for _, w := range []string{word, strings.Trim(word, "._-")} {
		for w = ix.trimDomains(w); w != ""; {
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

// trimDomains takes away domains until what is left may be a name: a long word costs no
// more than a short one.
func (ix index) trimDomains(w string) string {
	if len(w) <= ix.longest {
		return w
	}
	return w[:max(strings.LastIndexByte(w[:ix.longest+1], '.'), 0)]
}

var wordEdge = regexp.MustCompile(`^[\p{Latin}\p{N}_-]`)

// containsPhrase reports whether a name of several words stands in a text as such, not
// as a part of longer words.
func containsPhrase(text, name string) bool {
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
func StillReading(parts []model.FleetPart) bool {
	for _, p := range parts {
		if errors.Is(p.Err, context.DeadlineExceeded) {
			return true
		}
	}
	return false
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
