// Package inuse words whether machines are in use, as far as the cloud shows it. It is
// pure.
package inuse

import (
	"fmt"
	"slices"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

type (
	text = view.Text
	oper = reinstall.Operation
)

var (
	say    = view.Say
	strong = view.Strong
	sign   = view.Emoji
)

// mostOfName is how much of a name stands in a line, in code points.
const mostOfName = 60

// useGroups part what is looked for by what it says of a machine.
var useGroups = []struct {
	label string
	codes []string
}{
	{"In service", []string{model.NearCLB, model.NearTraffic, model.NearCPU, model.NearTKE, model.NearEMR}},
	{"", []string{
		model.NearGroup, model.NearMaintenance, model.NearGuard, model.NearPublicIP, model.NearDataDisks,
	}},
	{"", []string{model.NearSiblings}},
}

// shortNearby says how what the cloud's readers word is shortened: prefix is replaced,
// and dropped is left out.
var shortNearby = []struct{ prefix, short, dropped string }{
	{"is behind load balancer ", "", ""},
	{"sends ", "", " (mean of 15 minutes)"},
	{"has a CPU that is ", "CPU ", " (mean of 15 minutes)"},
	{"belongs to auto-scaling group ", "in group ", ", which may replace it meanwhile"},
	{"is a node of ", "node of ", ", which a reinstall tears out of it"},
	{"has a sibling that is being reinstalled now: ", "sibling being wiped: ", "proposal "},
	{"has a sibling of which nobody knows whether it was reinstalled: ", "sibling with unknown outcome: ", "proposal "},
	{"has maintenance task ", "maintenance task ", ", which"},
	{
		"is protected against termination", "termination-protected",
		"; that does not stop a reinstall, so somebody meant it to stay",
	},
	{"has ", "", ", to be mounted again afterwards"},
}

// nearbyWords is what is seen, shortened.
func nearbyWords(n model.Nearby) string {
	for _, s := range shortNearby {
		if rest, ok := strings.CutPrefix(n.What, s.prefix); ok {
			return s.short + strings.Replace(rest, s.dropped, "", 1)
		}
	}
	return n.What
}

// Lines say whether machines are in use: what is seen, then what could not be
// checked, or that no sign of use was seen. Of several each has one line, the worst
// first. Those without a sign of use have one together.
func Lines(ops []oper) []text {
	if len(ops) == 1 {
		return useLinesOf(ops[0])
	}
	ranked := slices.SortedStableFunc(slices.Values(ops), func(a, b oper) int { return useRank(a) - useRank(b) })
	loud := slices.DeleteFunc(slices.Clone(ranked), func(op oper) bool { return useRank(op) == withoutSign })
	var out []text
	for i, op := range loud {
		if i == MostMachines && len(loud) > MostMachines+1 {
			out = append(out, say(fmt.Sprintf("… and %d more machines: press Details", len(loud)-i)))
			break
		}
		out = append(out, useLineOf(op))
	}
	if quiet := ranked[len(loud):]; len(quiet) > 0 {
		out = append(out, quietLine(quiet, len(ops)))
	}
	return out
}

// MostMachines is how many machines have a line of their own on a card.
const MostMachines = 5

// Ranks of a machine, the worst first.
const (
	inUse = iota
	notChecked
	withoutSign
)

func useRank(op oper) int {
	switch seen, unchecked, _ := useOf(op); {
	case len(slices.Concat(seen...)) > 0:
		return inUse
	case len(unchecked) > 0:
		return notChecked
	}
	return withoutSign
}

// fewNames is how many machines without a sign of use are named. More are counted.
const fewNames = 4

// quietLine is that of the machines without a sign of use, of so many in all.
func quietLine(quiet []oper, all int) text {
	which := fmt.Sprintf("%d of %d machines", len(quiet), all)
	switch {
	case len(quiet) == all && all == 2:
		which = "both machines"
	case len(quiet) == all:
		which = fmt.Sprintf("all %d machines", all)
	case len(quiet) <= fewNames:
		var names []string
		for _, op := range quiet {
			names = append(names, view.ShortenTo(op.TypedName(), mostOfName))
		}
		which = model.JoinAnd(names)
	}
	return say(sign("white_circle"), " ", strong("No sign of use"), ": ", which)
}

// useOf is what is seen, in the groups of useGroups, what could not be checked, and how
// many checks there were.
func useOf(op oper) (seen [][]string, unchecked []string, checks int) {
	seen = make([][]string, len(useGroups))
	terms := op.Plan.Terms
	for _, n := range op.Around {
		if terms.Weight(n.Code) == model.Shows {
			continue
		}
		checks++
		more := ""
		if slices.Contains(terms.OneMoreFor, n.Code) {
			more = " (+1 approval)"
		}
		switch n.Detection {
		case model.NotDetected:
		case model.Detected:
			g := max(slices.IndexFunc(useGroups, func(g struct {
				label string
				codes []string
			},
			) bool {
				return slices.Contains(g.codes, n.Code)
			}), 0)
			seen[g] = append(seen[g], nearbyWords(n)+more)
		default:
			unchecked = append(unchecked, model.NearName(n.Code)+more)
		}
	}
	if checks == 0 {
		unchecked = []string{"whether it is in use"}
	}
	return seen, unchecked, checks
}

func useLinesOf(op oper) []text {
	seen, unchecked, checks := useOf(op)
	var out []text
	for i, words := range seen {
		switch label := useGroups[i].label; {
		case len(words) == 0:
		case label != "":
			out = append(out, say(sign("warning"), " ", strong(label), ": ", strings.Join(words, ", ")))
		default:
			out = append(out, say(sign("warning"), " ", view.Capitalize(strings.Join(words, "; "))))
		}
	}
	if len(unchecked) > 0 {
		out = append(out, say(sign("question"), " ", strong("Not checked"), ": ", strings.Join(unchecked, ", ")))
	}
	if len(out) == 0 {
		out = append(out, clearText(checks))
	}
	return out
}

func clearText(checks int) text {
	return say(sign("white_circle"), " ", strong("No sign of use"), fmt.Sprintf(": %d of %d checks clear", checks, checks))
}

// useLineOf is all that useLinesOf says of a machine in use or not checked, in one line.
func useLineOf(op oper) text {
	seen, unchecked, _ := useOf(op)
	name := strong(view.ShortenTo(op.TypedName(), mostOfName))
	all := slices.Concat(seen...)
	switch {
	case len(all) > 0 && len(unchecked) > 0:
		return say(sign("warning"), " ", name, ": ", strings.Join(all, "; "), "; not checked: ",
			strings.Join(unchecked, ", "))
	case len(all) > 0:
		return say(sign("warning"), " ", name, ": ", strings.Join(all, "; "))
	}
	return say(sign("question"), " ", name, ": not checked: ", strings.Join(unchecked, ", "))
}

// mostSigns is how many signs of use a question has room for.
const mostSigns = 3

func firstSigns(seen []string) string {
	if n := len(seen) - mostSigns; n > 0 {
		return strings.Join(seen[:mostSigns], "; ") + fmt.Sprintf("; and %d more", n)
	}
	return strings.Join(seen, "; ")
}

// Words says in a few words whether any of them is in use, for a question.
func Words(ops []oper) string {
	var in, unsure []string
	for _, op := range ops {
		switch useRank(op) {
		case inUse:
			seen, _, _ := useOf(op)
			in = append(in, firstSigns(slices.Concat(seen...)))
		case notChecked:
			unsure = append(unsure, op.TypedName())
		}
	}
	switch {
	case len(in) > 0 && len(ops) > 1:
		return fmt.Sprintf("%d of %d machines show signs of use.", len(in), len(ops))
	case len(in) > 0:
		return "Signs of use: " + in[0] + "."
	case len(unsure) > 0:
		return "Not everything could be checked for use."
	}
	return "No sign of use."
}
