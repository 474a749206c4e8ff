package screen

import (
	"fmt"
	"slices"
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
const usually = "A reset usually takes 10 to 30 minutes"

// comparisonText says how long resets of the machines under way took before, those of this
// proposal among them; if there are none, how long those of others. One machine's
// also say when it should be over. At least one of ops is under way.
func comparisonText(ops []oper, before map[string]EarlierResets) text {
	under := slices.DeleteFunc(slices.Clone(ops), func(op oper) bool { return !IsRunning(op) })
	first, single := under[0], len(ops) == 1
	own, others := earlierOf(ops, under, before)
	took, of := own, ""
	switch n := len(own); {
	case n > 0 && single:
		of = EarlierResets{Of: SameMachine}.resetsLabel(n, "Its last reset", string(first.Plan.Family))
	case n > 1:
		of = fmt.Sprintf("The last %d resets of these machines", n)
	case n == 1:
		of = "The last reset of these machines"
	case len(others.Took) > 0:
		took, of = others.Took, others.resetsLabel(len(others.Took), "", string(first.Plan.Family))
	case single:
		return say(usually, "; from ", model.HumanDuration(model.SlowAfter), " on it is called slow.")
	default:
		return say(usually, "; from ", model.HumanDuration(model.SlowAfter), " on one is called slow.")
	}
	t := say(of, " took ", durationRange(took))
	if single {
		t = append(t, say(", so it should be over by ", at(first.Arming.At.Add(slices.Max(took))))...)
	}
	return append(t, say(".")...)
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

// resetsLabel names the n resets; own is what one of the machine itself is called.
func (e EarlierResets) resetsLabel(n int, own, family string) string {
	out := own
	if e.Of != SameMachine {
		out = "The last reset"
	}
	if n > 1 {
		out = fmt.Sprintf("%s %d resets", out[:len(out)-len(" reset")], n)
	}
	switch e.Of {
	case SameImage:
		return out + " to this image in this account"
	case SamePlatform:
		return out + " to " + family + " in this account"
	}
	return out + " to " + family
}

// ticketAdvice is Tencent's own advice for a reset that takes longer than that.
func ticketAdvice(op oper) text {
	return say("Tencent's advice is to submit a ticket: name ", mono(op.Plan.Instance), " and request ",
		mono(orNone(op.RequestID)), ".")
}
