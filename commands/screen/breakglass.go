package screen

import (
	"fmt"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// breakGlassText notifies everybody who is passed over.
func breakGlassText(before, after oper) text {
	g := after.BreakGlass
	t := say(sign("rotating_light"), " ", strong("Break-glass"), " by ", who(g.By), ": ", model.Quote(g.Why),
		". One approval less is needed to wipe ", strong(after.TypedName()),
		fmt.Sprintf(": %d instead of %d. Passed over: ", after.Keys().Needed, before.Keys().Needed))
	t = append(t, mentionPeople(before.PendingApprovers(), g.By)...)
	return append(t, say("whoever objects presses Reject or Cancel on the card, or Hold while it counts down.")...)
}

// breakGlassLine marks a break-glass on the card, for good.
func breakGlassLine(op oper) text {
	t := say(sign("rotating_light"), " ", strong("Break-glass"), " by ", who(op.BreakGlass.By), ": ",
		model.Quote(op.BreakGlass.Why))
	if op.BreakGlassCounts() {
		return append(t, say("; one approval less")...)
	}
	return append(t, say("; it no longer counts")...)
}

// breakGlassRows say all of a break-glass.
func breakGlassRows(op oper) []view.Row {
	g := op.BreakGlass
	if g == nil {
		return nil
	}
	t := say(sign("rotating_light"), " by ", who(g.By), ": ", model.Quote(g.Why), ", ", at(g.At))
	if op.BreakGlassCounts() {
		if len(op.Plan.Terms.Quorum) > 0 {
			return []view.Row{{
				Label: "Break-glass",
				Value: append(t, say("; one place stays empty by break-glass")...),
			}}
		}
		return []view.Row{{Label: "Break-glass", Value: append(t, say("; one approval less")...)}}
	}
	return []view.Row{{
		Label: "Break-glass",
		Value: append(t, say("; it no longer counts: the plan has changed since")...),
	}}
}
