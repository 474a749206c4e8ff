package screen

import (
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// compareWith is how many of them are compared with.
const compareWith = 5

// EarlierResets is how long earlier resets took, newest first. They are of the machine
// itself or, where it has none, of others in its account: to the same image or,
// where there is none of that either, to the same platform.
type EarlierResets struct {
	Took []time.Duration
	Of   Likeness
}

// Likeness is what earlier resets have in common with one.
type Likeness int

// From the nearest to the farthest.
const (
	SameMachine Likeness = iota
	SameImage
	SamePlatform
)

// ClosestResets is what an operation is compared with: of its machine's own records, or
// of those of all machines.
func ClosestResets(op oper, own, all []oper) EarlierResets {
	if e := SimilarResets(own, op, SameMachine); len(e.Took) > 0 {
		return e
	}
	if e := SimilarResets(all, op, SameImage); len(e.Took) > 0 {
		return e
	}
	return SimilarResets(all, op, SamePlatform)
}

// SimilarResets is the newest of the records that are as like the operation as that.
func SimilarResets(ops []oper, op oper, as Likeness) EarlierResets {
	out := EarlierResets{Of: as}
	for _, o := range ops {
		took, ok := resetDuration(o, op.Plan.Family)
		alike := o.Plan.Account == op.Plan.Account && (as != SameImage || o.Plan.Image.ID == op.Plan.Image.ID)
		if ok && alike && o.ID != op.ID && len(out.Took) < compareWith {
			out.Took = append(out.Took, took)
		}
	}
	return out
}

// IsRunning reports whether a reset is under way.
func IsRunning(op oper) bool { return op.State == reinstall.Armed || op.State == reinstall.Sent }

// resetDuration is how long a reset took that was verified, to a system of this family.
func resetDuration(op oper, family model.OSFamily) (time.Duration, bool) {
	if op.State != reinstall.Done || op.Arming == nil || op.End == nil || op.Plan.Family != family {
		return 0, false
	}
	return op.End.At.Sub(op.Arming.At), true
}

// usually is what the product's FAQ says (cloud/doc.go 1.8).
const usually = "10 to 30 min"

// usualText is how long resets of the machines under way took before, those of this
// proposal among them; if there are none, how long those of others did.
func usualText(ops, running []oper, before map[string]EarlierResets) string {
	switch own, others := earlierOf(ops, running, before); {
	case len(own) > 0:
		return durationRange(own)
	case len(others.Took) > 0:
		return durationRange(others.Took) + others.resetsLabel()
	}
	return usually
}

// earlierOf parts the resets that the machines under way are compared with: their
// own, and those of others.
func earlierOf(ops, under []oper, before map[string]EarlierResets) (own []time.Duration, others EarlierResets) {
	for _, op := range under {
		if e := before[op.ID]; e.Of == SameMachine {
			own = append(own, e.Took...)
		} else if len(others.Took) == 0 {
			others = e
		}
	}
	for _, op := range ops {
		if d, ok := resetDuration(op, under[0].Plan.Family); ok {
			own = append(own, d)
		}
	}
	return own, others
}

// resetsLabel names those that are not of the machine itself.
func (e EarlierResets) resetsLabel() string {
	switch e.Of {
	case SameImage:
		return " with this image"
	case SamePlatform:
		return " in this account"
	}
	return ""
}

// ticketAdvice is Tencent's own advice for a reset that takes longer than that.
func ticketAdvice(op oper) text {
	return say("Tencent's advice is to submit a ticket: name ", mono(op.Plan.Instance), " and request ",
		mono(orNone(op.RequestID)), ".")
}
