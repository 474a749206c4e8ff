package screen

import (
	"fmt"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

// broken tells everybody who is passed over.
func broken(before, after oper) text {
	g := after.Glass
	t := say(sign("rotating_light"), " ", strong("Break-glass"), " by ", who(g.By), ": ", reinstall.Quote(g.Why),
		". One approval less is needed to wipe ", strong(after.TypedName()), fmt.Sprintf(": %d instead of %d. Passed over: ", after.Keys().Needed, before.Keys().Needed))
	t = append(t, mention(before.Owing(), g.By)...)
	return append(t, say("whoever objects presses Reject or Cancel on the card, or Hold while it counts down.")...)
}

// glassRows mark a break-glass on the card, for good.
func glassRows(op oper) []view.Row {
	g := op.Glass
	if g == nil {
		return nil
	}
	t := say(sign("rotating_light"), " by ", who(g.By), ": ", reinstall.Quote(g.Why), ", ", at(g.At))
	if op.Broken() {
		if len(op.Plan.Terms.Quorum) > 0 {
			return []view.Row{{Label: "Break-glass", Value: append(t, say("; one place stays empty by break-glass")...)}}
		}
		return []view.Row{{Label: "Break-glass", Value: append(t, say("; one approval less")...)}}
	}
	return []view.Row{{Label: "Break-glass", Value: append(t, say("; it counts no longer, for the plan has changed since")...)}}
}
