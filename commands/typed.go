package commands

import (
	"twokey/commands/grammar"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// Parse reads what was typed behind /reinstall.
func Parse(text string) (port.Line, *model.Refusal) { return grammar.Parse(text) }
