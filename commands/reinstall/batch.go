package reinstall

import (
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// MostInBatch is how many machines one proposal takes.
const MostInBatch = 20

// Batch ties an operation to the others of one proposal for several machines. Each
// keeps its own lock, keys, arming and outcome. The first is the lead: its card is the
// card of all, and it goes alone before the rest.
type Batch struct {
	Item    string   `json:"item"`    // what made it
	Members []string `json:"members"` // the operations' ids, in order; the lead's first
	Index   int      `json:"index"`   // its own place among them
	// Round is how often the keys were taken back. A member's plan changes with
	// its round only, and keys count for a round of all.
	Round int `json:"round,omitempty"`
	// Checked says that the machine was read after the last key, and is as the
	// plan has it.
	Checked bool `json:"checked,omitempty"`
	// Stopped is the operation whose end ended this one.
	Stopped string `json:"stopped,omitempty"`
}

// Single reports whether the operation is the only one of its proposal.
func (op Operation) Single() bool { return op.Batch == nil }

// ownBatch ties the operation to all of its proposal; to itself if it is alone.
func ownBatch(op Operation) Batch {
	if op.Batch == nil {
		return Batch{Members: []string{op.ID}}
	}
	return *op.Batch
}

// Members are the ids of all operations of its proposal, in order; the lead's
// is the first.
func (op Operation) Members() []string { return ownBatch(op).Members }

// Index is the operation's place among the members, from 0.
func (op Operation) Index() int { return ownBatch(op).Index }

// Leads reports whether the operation's card is its own: it is alone, or the
// first of several.
func (op Operation) Leads() bool { return op.Index() == 0 }

// LeadID is the operation whose card shows this one.
func (op Operation) LeadID() string { return op.Members()[0] }

// Round is how often the keys of several machines were taken back. It stays 0
// if the operation is alone.
func (op Operation) Round() int { return ownBatch(op).Round }

// Checked reports whether the machine was read after the last key, and only
// waits for its turn among several.
func (op Operation) Checked() bool { return ownBatch(op).Checked }

// StoppedBy is the operation whose end ended this one; empty if none did.
func (op Operation) StoppedBy() string { return ownBatch(op).Stopped }

// OfItem reports whether it is one of several that the item made.
func (op Operation) OfItem(item string) bool { return !op.Single() && op.Batch.Item == item }

// EndedDone reports whether the operation has ended as it was meant to: verified, or
// by a person's word.
func (op Operation) EndedDone() bool {
	return op.State == Done || op.State == Resolved && op.End != nil && op.End.As == Done
}

// StopsBatch reports whether nothing more of the batch may go out after this one. It
// ended badly, or nobody knows how.
func (op Operation) StopsBatch() bool {
	return (op.State.Ended() || op.State == Unknown) && !op.EndedDone()
}

// A Clearance says what the others of a batch mean for one operation of it. If nothing
// is set, it may go.
type Clearance struct {
	Stop   *Operation // its end ends this one too
	Recall *Operation // its keys were taken back, so these are
	Wait   string     // why it is not its turn yet, without a full stop
	Soon   bool       // that is over in a moment
}

// Go reports whether the operation may go, as far as the others are concerned.
func (t Clearance) Go() bool { return t.Stop == nil && t.Recall == nil && t.Wait == "" }

// ClearanceAmong reads the others of the batch, as they are now. The lead goes once
// all the others have their keys and were read again. The others go once the lead is
// done, those of a kind one after the other. Nobody goes after one that ended
// otherwise.
func (op Operation) ClearanceAmong(all []Operation) Clearance {
	others := slices.DeleteFunc(slices.Clone(all), func(o Operation) bool { return o.ID == op.ID })
	if by := findStopper(others); by != nil {
		return Clearance{Stop: by}
	}
	open := slices.DeleteFunc(slices.Clone(others), func(o Operation) bool { return !o.State.Open() })
	for i, o := range open {
		if o.Round() > op.Round() {
			return Clearance{Recall: &open[i]}
		}
	}
	for _, o := range open {
		if o.Round() < op.Round() {
			return Clearance{Wait: "the keys of " + o.TypedName() + " are being taken back", Soon: true}
		}
	}
	if op.Leads() {
		return leadClearance(op, others)
	}
	for _, o := range others {
		if o.Leads() && o.EndedDone() {
			return siblingClearance(op, others)
		} else if o.Leads() {
			return Clearance{Wait: "it waits for " + o.TypedName() + ", which goes first"}
		}
	}
	return Clearance{Wait: "the first of its proposal cannot be found", Soon: true}
}

// leadClearance is the lead's clearance: everything has to be ready before anything is
// wiped.
func leadClearance(op Operation, others []Operation) Clearance {
	if len(others) != len(op.Members())-1 {
		return Clearance{Wait: "not all of its proposal can be found", Soon: true}
	}
	for _, o := range others {
		switch {
		case o.State == Approved && o.Checked():
		case o.State == Approved && o.Waits == "":
			return Clearance{Wait: o.TypedName() + " is being read once more", Soon: true}
		case o.State == Approved:
			return Clearance{Wait: "nothing goes before all can, and " + o.TypedName() + " cannot yet: " + o.Waits}
		default:
			return Clearance{Wait: "nothing goes before all can, and " + o.TypedName() + " " + o.State.Words()}
		}
	}
	return Clearance{}
}

// LeadBehind reports whether keys were taken back since the lead started, and the lead
// has not noted that yet.
func LeadBehind(lead Operation, all []Operation) (by Operation, is bool) {
	for _, o := range all {
		if o.State.Open() && o.Round() > max(lead.Round(), by.Round()) {
			by, is = o, true
		}
	}
	return by, is && !lead.State.Open() && lead.State != Armed
}

// siblingClearance is the clearance of one behind the lead. Machines of a kind go one
// after the other, in their order.
func siblingClearance(op Operation, others []Operation) Clearance {
	for _, o := range slices.Backward(others) {
		if o.Index() < op.Index() && !o.EndedDone() && model.Siblings(op.Plan, o.Plan) {
			return Clearance{Wait: "it waits for " + o.TypedName() + ", which is of its kind and goes before it"}
		}
	}
	return Clearance{}
}

// findStopper is the operation whose end stops the others: the first to end that no
// other one stopped.
func findStopper(ops []Operation) *Operation {
	var first *Operation
	for i, o := range ops {
		if !o.StopsBatch() || o.End == nil {
			continue
		}
		if first == nil || stopsBefore(o, *first) {
			first = &ops[i]
		}
	}
	return first
}

func stopsBefore(a, b Operation) bool {
	if x, y := a.StoppedBy() != "", b.StoppedBy() != ""; x != y {
		return y
	}
	return a.End.At.Before(b.End.At)
}

// Stopped ends an operation whose batch was stopped by another one's end.
type Stopped struct{ By Operation }

func (e Stopped) Name() string { return "stopped" }

func (e Stopped) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not noted", Proposed, Approved, Ready, Held); r != nil {
		return r
	}
	if op.Single() || !e.By.StopsBatch() || e.By.ID == op.ID {
		return model.Refuse("Not noted", "nothing stops it", "Look at the card")
	}
	finishAs(op, NotSent, now, "", e.By.TypedName()+" "+e.By.State.Words()+
		"; if one machine does not finish, the rest are not started")
	op.Batch.Stopped = e.By.ID
	return nil
}

// Recall takes the keys back because those of another one of the batch were taken
// back: the plan of a batch is one. An operation that has started only notes the
// round.
type Recall struct{ By Operation }

func (e Recall) Name() string { return "recall" }

func (e Recall) applyTo(op *Operation, now time.Time) *model.Refusal {
	if op.State == Armed {
		return model.Refuse("Not noted", "its call is just going out", "Wait")
	}
	if op.Single() || e.By.Round() <= op.Round() {
		return model.Refuse("Not noted", "its keys are of the same round", "Look at the card")
	}
	if !op.State.Open() { // the lead's revision shows the round of its card
		op.Batch.Round = e.By.Round()
		return nil
	}
	takeKeysBack(op, op.Plan, Recalled{Of: e.By.TypedName()}, now)
	op.Batch.Round = e.By.Round()
	op.HeldBy, op.HeldWhy = "", ""
	if op.BreakGlass != nil {
		op.BreakGlass.Fingerprint, op.BreakGlass.Seal = "", "" // a break-glass is of one round, too
	}
	return nil
}

// AwaitClearance is the re-check after the last key of one that does not go first. If
// the machine is as planned, it waits for its turn. If not, its keys are taken back.
type AwaitClearance struct {
	Result RecheckResult
	Why    string
}

func (e AwaitClearance) Name() string { return "await turn" }

func (e AwaitClearance) applyTo(op *Operation, now time.Time) *model.Refusal {
	if r := requireState(op, "Not re-checked", Approved); r != nil {
		return r
	}
	if r := checkClear(op, e.Result); r != nil {
		return r
	}
	if op.Leads() {
		return model.Refuse("Not re-checked", op.ID+" waits for nobody's turn", "Look at the card")
	}
	if applyRecheck(op, e.Result, now) {
		op.Waits, op.WaitsUntil, op.KeepsPosition = e.Why, time.Time{}, false
		op.Batch.Checked = true
	}
	return nil
}

// Shared is what somebody did on the card of a batch: the same event for each
// operation that takes it. One of them reports it for all.
type Shared struct {
	Event
	For []string // the machines that it is for; none: another operation reports it
	All bool     // they are all of the batch
}

// startNewRound notes that keys are asked for again, in one more round.
func startNewRound(op *Operation) {
	if !op.Single() {
		op.Batch.Round++
	}
	clearChecked(op)
}

// clearChecked makes one of several be read again before its turn.
func clearChecked(op *Operation) {
	if !op.Single() {
		op.Batch.Checked = false
	}
}
