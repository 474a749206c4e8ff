package screen

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall"
)

// compareWith is how many of them are compared with.
const compareWith = 5

// Earlier is how long earlier resets took, newest first. They are of the machine
// itself or, where it has none, of others in its account: to the same image or,
// where there is none of that either, to the same platform.
type Earlier struct {
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

// Likest is what an operation is compared with: of its machine's own records, or
// of those of all machines.
func Likest(op oper, own, all []oper) Earlier {
	if e := Like(own, op, SameMachine); len(e.Took) > 0 {
		return e
	}
	if e := Like(all, op, SameImage); len(e.Took) > 0 {
		return e
	}
	return Like(all, op, SamePlatform)
}

// Like is the newest of the records that are as like the operation as that.
func Like(ops []oper, op oper, as Likeness) Earlier {
	out := Earlier{Of: as}
	for _, o := range ops {
		took, ok := took(o, op.Plan.Family)
		alike := o.Plan.Account == op.Plan.Account && (as != SameImage || o.Plan.Image.ID == op.Plan.Image.ID)
		if ok && alike && o.ID != op.ID && len(out.Took) < compareWith {
			out.Took = append(out.Took, took)
		}
	}
	return out
}

// Running reports whether a reset is under way.
func Running(op oper) bool { return op.State == reinstall.Armed || op.State == reinstall.Sent }

// took is how long a reset took that was verified, to a system of this family.
func took(op oper, family reinstall.OSFamily) (time.Duration, bool) {
	if op.State != reinstall.Done || op.Arming == nil || op.End == nil || op.Plan.Family != family {
		return 0, false
	}
	return op.End.At.Sub(op.Arming.At), true
}

// usually is what the product's FAQ says (facts/tencent.md section 2).
const usually = "A reset usually takes 10 to 30 minutes"

// compared says how long such resets took before.
func compared(op oper, before Earlier) text {
	n := len(before.Took)
	if n == 0 {
		return say(usually, "; from ", reinstall.Ago(reinstall.SlowAfter), " on it is called slow.")
	}
	return say(before.what(n, "Its last reset", string(op.Plan.Family)), " took ", span(before.Took), ", so it should be over by ", at(op.Arming.At.Add(slices.Max(before.Took))), ".")
}

// what names the n resets; own is what one of the machine itself is called.
func (e Earlier) what(n int, own, family string) string {
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

// comparedAll says how long resets of the machines under way took before, those
// of this proposal among them; where there are none, how long those of others.
func comparedAll(ops, under []oper, before map[string]Earlier) text {
	family := under[0].Plan.Family
	var own, others []time.Duration
	as := SamePlatform
	for _, op := range under {
		if e := before[op.ID]; e.Of == SameMachine {
			own = append(own, e.Took...)
		} else if len(others) == 0 {
			others, as = e.Took, e.Of
		}
	}
	for _, op := range ops {
		if d, ok := took(op, family); ok {
			own = append(own, d)
		}
	}
	switch {
	case len(own) > 1:
		return say(fmt.Sprintf("The last %d resets of these machines took ", len(own)), span(own), ".")
	case len(own) == 1:
		return say("The last reset of these machines took ", span(own), ".")
	case len(others) > 0:
		return say(Earlier{Of: as}.what(len(others), "", string(family)), " took ", span(others), ".")
	}
	return say(usually, "; from ", reinstall.Ago(reinstall.SlowAfter), " on one is called slow.")
}

// ticket is Tencent's own advice for a reset that takes longer than that.
func ticket(op oper) text {
	return say("Tencent's advice is to submit a ticket: name ", mono(op.Plan.Instance), " and request ", mono(orNone(op.RequestID)), ".")
}
