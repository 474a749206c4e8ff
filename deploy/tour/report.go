package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

const legend = `lines, tests: lines of files without tests, and of tests; files: without tests.
type: the one with most methods declared on it. interface: the one with most
methods, those of interfaces that it embeds too; own: those that it declares.
one-word: functions and methods named by one lower-case word. long: lines of
more than 120 characters, tests too. comment: lines with nothing but a comment,
of those that are not blank, without tests. twins: pairs of functions for one
and for several.
`

// drawReport is the table of the packages, their totals, their arrows, their twins.
func drawReport(m module) string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "package\tlines\ttests\tfiles\ttype\tinterface\tone-word\tlong\tcomment\ttwins")
	all := &pkg{path: fmt.Sprintf("all %d", len(m.packages)), methods: map[string]int{}}
	faces, twins := map[string]int{}, 0
	for _, p := range m.packages {
		n, wide := len(p.findTwins()), m.widths(p)
		drawRow(t, p, wide, n)
		twins += n
		all.addPackage(p)
		for name, n := range wide {
			faces[lastPart(p.path)+"."+name] = n
		}
	}
	drawRow(t, all, faces, twins)
	t.Flush() // into memory
	return legend + "\n" + b.String() + "\nARROWS\n" + drawArrows(m) + "\nTWINS\n" + listTwins(m)
}

func (p *pkg) addPackage(q *pkg) {
	p.files += q.files
	p.lines.addLines(q.lines)
	p.tests.addLines(q.tests)
	p.funcs += q.funcs
	p.oneWord += q.oneWord
	for name, n := range q.methods {
		p.methods[lastPart(q.path)+"."+name] = n
	}
}

func drawRow(t *tabwriter.Writer, p *pkg, faces map[string]int, twins int) {
	fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%d\n", p.path, p.lines.all, p.tests.all, p.files,
		widestOf(p.methods), widestOf(faces),
		percentOf(p.oneWord, p.funcs, 0), percentOf(p.lines.long+p.tests.long, p.lines.all+p.tests.all, 2),
		percentOf(p.lines.comment, p.lines.filled, 0), twins)
}

// widestOf names the one with most methods; of equals, the first by name.
func widestOf(of map[string]int) string {
	name := ""
	for _, n := range slices.Sorted(maps.Keys(of)) {
		if name == "" || of[n] > of[name] {
			name = n
		}
	}
	if name == "" {
		return "-"
	}
	return fmt.Sprintf("%s %d", name, of[name])
}

func percentOf(part, whole, digits int) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.*f %%", digits, 100*float64(part)/float64(whole))
}

// drawArrows lists for each package those of the module that it imports. Tests
// do not count.
func drawArrows(m module) string {
	wide := 0
	for _, p := range m.packages {
		wide = max(wide, len(p.path))
	}
	var b strings.Builder
	for _, p := range m.packages {
		if p.files > 0 {
			fmt.Fprintln(&b, strings.TrimRight(fmt.Sprintf("%-*s -> %s", wide, p.path,
				strings.Join(slices.Sorted(maps.Keys(p.imports)), ", ")), " "))
		}
	}
	return b.String()
}

func listTwins(m module) string {
	var b strings.Builder
	for _, p := range m.packages {
		for _, t := range p.findTwins() {
			fmt.Fprintf(&b, "%s: %s, %s\n", p.path, t[0], t[1])
		}
	}
	return b.String()
}
