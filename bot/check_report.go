package main

import (
	"fmt"
	"strconv"
	"strings"
)

// reportText is what people read: at most 80 columns wide if words allow it.
func (c *needsCheck) reportText() string {
	var b strings.Builder
	for _, f := range c.findings {
		b.WriteString(foldLine(fmt.Sprintf("%-8s %s: %s", f.Status, f.What, f.Say), "         ", 80))
		if f.Add != "" {
			b.WriteString("         The line to add under oauth_config, scopes, bot:\n" + f.Add + "\n")
		}
	}
	missing, warnings := c.countStatus(isMissing), countNoun(c.countStatus(isWarning), "warning")
	switch missing {
	case 0:
		fmt.Fprintf(&b, "\nNothing is missing; %s. bot serve can start.\n", warnings)
	case 1:
		fmt.Fprintf(&b, "\n1 thing is missing; %s. Mend it, then run bot check again.\n", warnings)
	default:
		fmt.Fprintf(&b, "\n%d things are missing; %s. Mend them, then run bot check again.\n", missing, warnings)
	}
	return b.String()
}

// foldLine breaks a line between words. The lines after the first have the indent.
func foldLine(line, indent string, width int) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.SplitAfter(line, " ") {
		if bare := len([]rune(strings.TrimRight(word, " "))); i > 0 && n+bare > width && n > len(indent) {
			b.WriteString("\n" + indent)
			n = len(indent)
		}
		b.WriteString(word)
		n += len([]rune(word))
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// countNoun is "1 key" or "2 keys".
func countNoun(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
