package reinstall

import "time"

// WatchFor is how long the machine of a proposal that has ended is looked at.
const WatchFor = 7 * 24 * time.Hour

// Watched reports whether the operation has ended so lately that a reset from
// outside is to be reported.
func (op Operation) Watched(now time.Time) bool {
	return op.State.Ended() && op.End != nil && now.Before(op.End.At.Add(WatchFor))
}

// ForeignReset reports whether a machine's record shows a reset that this
// operation neither made nor knew of: neither its own request, nor one that was
// its baseline, nor one that its end has told of already.
func (op Operation) ForeignReset(l Latest) bool {
	if !wipes(l.Operation) || l.RequestID == "" {
		return false
	}
	known := append([]string{op.RequestID, op.Baseline.RequestID}, op.Told...)
	if op.Arming != nil {
		known = append(known, op.Arming.Baseline.RequestID)
	}
	if op.Other != nil {
		known = append(known, op.Other.RequestID)
	}
	if op.End != nil {
		known = append(known, op.End.Known)
		if op.End.Doubt != nil {
			known = append(known, op.End.Doubt.Latest.RequestID)
		}
	}
	for _, k := range known {
		if k == l.RequestID {
			return false
		}
	}
	return true
}
