package model

import (
	"slices"
)

// Weight is what it means that something is seen around a machine.
type Weight string

// Weights, as the policy file writes them. The zero Weight only shows.
const (
	Shows        Weight = ""
	WeighsWarn   Weight = "warns"
	WeighsBlock  Weight = "blocks"
	WeighsOneKey Weight = "approval" // one more approval
)

// MostApprovals is the most that can be asked for, extra ones included.
const MostApprovals = 5

// Weight of a code under these terms.
func (t Terms) Weight(code string) Weight {
	if w, ok := t.Around[code]; ok {
		return w
	}
	if slices.Contains(harmless, code) {
		return Shows
	}
	return WeighsWarn
}

// hasWeight reports whether what was seen has its weight. If the policy blocks or asks
// for one more approval, a failed check counts as seen.
func (t Terms) hasWeight(s Nearby) bool {
	w := t.Weight(s.Code)
	return s.Detection == Detected || s.Detection != NotDetected && (w == WeighsBlock || w == WeighsOneKey)
}

// Weighed returns the terms with one more approval for each thing seen that the policy
// weighs so, at most five in all. What was needed stays needed as long as the policy asks
// for it. Traffic that has ceased by the re-check takes no key back.
func (t Terms) Weighed(around []Nearby, before ...string) Terms {
	t.OneMoreFor = nil
	for _, code := range NearCodes() {
		if t.Weight(code) == WeighsOneKey && (slices.Contains(before, code) || t.hasWeight(nearbyByCode(around, code))) {
			t.OneMoreFor = append(t.OneMoreFor, code)
		}
	}
	t.Approvals = max(t.Approvals, min(t.Approvals+len(t.OneMoreFor), MostApprovals))
	return t
}

// checkAround blocks if the policy says so. What only warns has its own part of the
// card, so that nothing is said twice.
func checkAround(c Case) []Finding {
	var out []Finding
	for _, code := range NearCodes() {
		s := nearbyByCode(c.Facts.Around, code)
		if c.Terms.Weight(s.Code) != WeighsBlock || !c.Terms.hasWeight(s) {
			continue
		}
		if s.Detection == Detected {
			out = append(out, blockingFinding("around-"+s.Code, "it "+s.What+
				", and the policy does not let such a machine be reinstalled", nearNext[s.Code])...)
			continue
		}
		out = append(out, blockingFinding(CodeUnchecked, "it could not be checked for “"+NearName(s.Code)+"” ("+s.What+
			"), and what could not be checked counts as seen",
			"Try again in a minute; if it stays so, ask whoever runs Twokey")...)
	}
	return out
}

// CodeUnchecked is the finding of a failed check that blocks. CodeSiblings is
// that of a sibling. Both may end by themselves.
const (
	CodeUnchecked = "around-unchecked"
	CodeSiblings  = "around-" + NearSiblings
)

// nearNext is what to do about what blocks.
var nearNext = map[string]string{
	NearCLB:         "Take it out of the load balancer first, then propose again",
	NearTraffic:     "Drain it first, then propose again in some minutes",
	NearCPU:         "Stop what it works on first, then propose again in some minutes",
	NearGroup:       "Remove it from the group first, or let the group replace it",
	NearTKE:         "Remove the node from its cluster first, or let the cluster replace it",
	NearEMR:         "Replace the node from the EMR console",
	NearPublicIP:    "Unbind the public IP first, or ask whoever keeps the policy file",
	NearDataDisks:   "Detach the data disks first, or ask whoever keeps the policy file",
	NearGuard:       "Take the protection off first, once whoever set it agrees",
	NearMaintenance: "Settle the maintenance task in the console first",
	NearSiblings:    "Wait until that one has ended, then propose again",
}
