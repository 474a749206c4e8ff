package reinstall

import "strings"

// called is what people call a machine: its name without blanks around it, or
// its id where the name shows nothing.
func called(name, id string) string {
	if name = strings.TrimSpace(name); strings.ContainsFunc(name, func(r rune) bool { return !unseen(r) }) {
		return name
	}
	return id
}

// Called is what people call the machine, and type to confirm that they mean it.
func (i Instance) Called() string { return called(i.Name, i.Instance) }

// Called is what people call the plan's machine.
func (p Plan) Called() string { return called(p.Name, p.Instance) }

// Nameless reports whether the plan's machine has no name that can be read.
func (p Plan) Nameless() bool { return p.Called() == p.Instance }
