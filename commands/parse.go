package commands

import (
	"twokey/commands/grammar"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

// Parse reads what was typed behind /reinstall.
func Parse(text string) (port.Line, *reinstall.Refusal) { return grammar.Parse(text) }
