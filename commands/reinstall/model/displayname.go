package model

import (
	"strings"
)

// displayName is what people call a machine: its name without blanks around it, or its
// id if the name shows nothing.
func displayName(name, id string) string {
	if name = strings.TrimSpace(name); strings.ContainsFunc(name, func(r rune) bool { return !isInvisible(r) }) {
		return name
	}
	return id
}

// DisplayName is what people call the machine, and type to confirm that they mean it.
func (i Instance) DisplayName() string { return displayName(i.Name, i.Instance) }

// DisplayName is what people call the plan's machine.
func (p Plan) DisplayName() string { return displayName(p.Name, p.Instance) }

// Nameless reports whether the plan's machine has no name that can be read.
func (p Plan) Nameless() bool { return p.DisplayName() == p.Instance }
