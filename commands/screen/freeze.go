package screen

import (
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// UnderFreeze is an open card under a freeze; nil: there is none.
func UnderFreeze(c view.Card, f *model.Freeze) view.Card {
	if f != nil {
		c.Lines = append([]text{freezeText(*f)}, c.Lines...)
	}
	return c
}

// freezeText says that nothing goes out.
func freezeText(f model.Freeze) text {
	if f.Way != "" {
		return say(sign("snowflake"), " ", strong("Frozen"), ": ", f.Why,
			". Nothing starts until whoever runs Twokey goes on with ", mono(f.Way), ".")
	}
	if f.Lost {
		return say(sign("snowflake"), " ", strong("Frozen"), ": ", f.Why,
			", so it counts as one. Nothing starts until /reinstall unfreeze.")
	}
	return say(sign("snowflake"), " ", strong("Frozen"), " by ", who(f.By), UncheckedBy(f), ", ", at(f.When), ": ",
		model.Quote(f.Why), ". Nothing starts until /reinstall unfreeze.")
}

// UncheckedBy says that nobody knows whether they may, if so.
func UncheckedBy(f model.Freeze) string {
	if f.Unchecked {
		return " (Slack could not say in time whether they may)"
	}
	return ""
}
