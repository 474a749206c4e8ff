package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// WatchFor is how long the machine of a proposal that has ended is watched.
const WatchFor = 7 * 24 * time.Hour

// Watched reports whether the operation ended so recently that a reset from outside is
// to be reported.
func (op Operation) Watched(now time.Time) bool {
	return op.State.Ended() && op.End != nil && now.Before(op.End.At.Add(WatchFor))
}

// ForeignReset reports whether a machine's record shows a reset that this operation
// neither made nor knew of. It is not its own request, not one that was its baseline,
// and not one that its end has reported.
func (op Operation) ForeignReset(l model.Latest) bool {
	if !model.WipesDisk(l.Operation) || l.RequestID == "" {
		return false
	}
	known := append([]string{op.RequestID, op.Baseline.RequestID}, op.ReportedResets...)
	if op.Arming != nil {
		known = append(known, op.Arming.Baseline.RequestID)
	}
	if op.OtherReset != nil {
		known = append(known, op.OtherReset.RequestID)
	}
	if op.End != nil {
		known = append(known, op.End.Known)
		if op.End.LastKnown != nil {
			known = append(known, op.End.LastKnown.Latest.RequestID)
		}
	}
	for _, k := range known {
		if k == l.RequestID {
			return false
		}
	}
	return true
}
