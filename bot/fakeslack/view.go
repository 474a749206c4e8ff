package fakeslack

import (
	"time"

	"twokey/bot/fakeslack/blockkit"
	"twokey/bot/fakeslack/views"
)

// A View is a modal or a home tab as one person sees it.
type View = views.View

// A view is what is needed to run one.
type view = views.Surface

const triggerLife = 3 * time.Second

// CheckView returns what Slack would refuse about a view, in Slack's words;
// nil if it would take it. v is anything that marshals to a JSON object.
func CheckView(v any) []string { return blockkit.CheckView(v) }
