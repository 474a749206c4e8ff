package reinstall

import (
	"slices"
	"time"
)

// LookGood is how old the last look at the machine may be when it is armed.
const LookGood = 5 * time.Second

// A LastLook is the machine by itself, read after everything else of a Reading:
// what the call would do is judged by it, and nothing is armed without one.
type LastLook struct {
	Instance Instance
	At       time.Time // when the cloud was asked, by our clock; zero: it was not
	Skew     time.Duration
}

// Stale says why nothing may be armed on this reading at a moment, though that
// passes with another reading; empty where nothing is in the way.
func (r Reading) Stale(at time.Time) string {
	switch age := at.Sub(r.Last.At); {
	case r.Last.At.IsZero():
		return "the machine was not looked at last"
	case age < 0 || age > LookGood:
		return "the last look at the machine is older than " + Ago(LookGood)
	}
	return ""
}

// On is the plan with all that it takes of the machine taken from i.
func (p Plan) On(i Instance) Plan {
	p.Ref, p.Name, p.Type, p.PrivateIPs, p.PublicIPs, p.IPv6s, p.Tags = i.Ref, i.Name, i.Type, i.PrivateIPs, i.PublicIPs, i.IPv6s, i.Tags
	p.DataDisks, p.FromOS, p.FromImage = i.DataDisks, i.OSName, i.ImageID
	p.Disk, p.DiskGB = i.SystemDisk, max(p.DiskGB, i.SystemDisk.SizeGB)
	return p
}

// SamePlan reports whether a plan takes the same from both. What was read for
// one of them, such as its price and its backups, then holds for the other.
func (i Instance) SamePlan(other Instance, t Terms) bool {
	p := Plan{Terms: t}
	return i.Role == other.Role && p.On(i).Fingerprint() == p.On(other).Fingerprint()
}

// lookBlocks is what the last look alone has against a reset.
func (l LastLook) lookBlocks() []Finding {
	c := Case{Facts: Facts{Instance: l.Instance}}
	return Blocking(slices.Concat(checkSpot(c), checkAccount(c), checkState(c), checkBusy(c)))
}

// notAsSeen refuses a reading whose last look shows another machine, in whatever
// way, than the keys were turned on.
func (op Operation) notAsSeen(r Reading) *Refusal {
	const what = "Not sent"
	r.Latest = r.Last.Instance.Latest
	switch b := r.Last.lookBlocks(); {
	case op.Plan.On(r.Last.Instance).Fingerprint() != op.Print:
		return Refuse(what, "the machine is not the one that was approved", "Look at what changed, and approve again")
	case len(b) > 0:
		return Refuse(what, b[0].Why, b[0].Next)
	case op.Unclear(r) != "":
		return Refuse(what, op.Unclear(r), "Propose again when it does")
	case op.operated(r):
		return Refuse(what, "somebody operated on the machine meanwhile", "Look at it, and propose again")
	}
	return nil
}
