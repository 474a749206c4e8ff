package reinstall

import (
	"fmt"
	"slices"

	"twokey/commands/reinstall/model"
)

// seatApprovers puts those whose approvals count into the places of a quorum. Whoever
// finds no place does not count.
func seatApprovers(op Operation, k *Keys) {
	if len(op.Plan.Terms.Quorum) == 0 {
		return
	}
	k.Slots = op.Plan.Terms.FillSlots(k.By, seatsByApprover(op))
	for i := range k.Slots {
		if p := &k.Slots[i]; p.By == "" {
			p.Candidates = p.Candidates.With(op.EscalatedTo())
		}
	}
	k.By = slices.DeleteFunc(k.By, func(who string) bool {
		return !slices.ContainsFunc(k.Slots, func(p model.Slot) bool { return p.By == who })
	})
}

// SeatsOf are the seats that somebody whose approval is there might fill when
// they were last read.
func (op Operation) SeatsOf(who string) []int { return seatsByApprover(op)[who] }

// seatsStillHeld is what is left of the seats of those who have approved, by what was
// just read. Nobody gains a seat by a change of groups after their click.
func seatsStillHeld(op Operation, r RecheckResult) map[string][]int {
	may := seatsByApprover(op)
	for who, seats := range may {
		may[who] = slices.DeleteFunc(slices.Clone(seats),
			func(i int) bool { return !slices.Contains(r.Actors[who].Seats, i) })
	}
	return may
}

// whoLostSeat are those of these people who no longer find a place: they left a group
// whose key they turned. Who has left no group keeps their place.
func whoLostSeat(op Operation, who []string, r RecheckResult) []string {
	if len(op.Plan.Terms.Quorum) == 0 {
		return nil
	}
	had, may := seatsByApprover(op), seatsStillHeld(op, r)
	var order, less []string
	for _, w := range who {
		if len(may[w]) == len(had[w]) {
			order = append(order, w)
		} else {
			less = append(less, w)
		}
	}
	by := model.MatchSlots(op.Plan.Terms.SlotSeats(), may, append(order, less...))
	return slices.DeleteFunc(less, func(w string) bool { return slices.Contains(by, w) })
}

// updateSeats notes which seats those who have approved may still fill.
func updateSeats(op *Operation, r RecheckResult) {
	may := seatsStillHeld(*op, r)
	for i := range op.Approvals {
		if a := &op.Approvals[i]; a.Fingerprint == op.Fingerprint && len(a.Seats) > 0 {
			a.Seats = may[a.By]
		}
	}
}

// seatsByApprover are the seats that each approver might fill when they were last read.
func seatsByApprover(op Operation) map[string][]int {
	may := map[string][]int{}
	for _, a := range op.Approvals {
		if a.Fingerprint == op.Fingerprint {
			may[a.By] = a.Seats
		}
	}
	return may
}

// checkSlotFree refuses an approval that is not asked for. As many as are needed are
// there, or it would fill no place: one more person of a group does not turn another
// group's key.
func checkSlotFree(op Operation, what string, who Actor) *model.Refusal {
	k := op.Keys()
	if len(k.By) >= k.Needed {
		return model.Refuse(what, "all approvals are there already",
			"Nothing more is needed from you; the card shows what is still needed")
	}
	if len(k.Slots) == 0 {
		return nil
	}
	may := seatsByApprover(op)
	may[who.ID] = who.Seats
	if slices.ContainsFunc(op.Plan.Terms.FillSlots(append(slices.Clone(k.By), who.ID), may),
		func(p model.Slot) bool { return p.By == who.ID }) {
		return nil
	}
	why := "your group has approved already; "
	if len(who.Seats) == 0 {
		why = "the policy does not ask your groups to approve; "
	}
	missing := k.missingPeople().Without(op.Proposer)
	r := model.Refuse(what, why+missingWords(k.Needed-len(k.By), missing), "Ask one of those whom the card names for it")
	r.People = missing
	return r
}

// missingWords says how many approvals are still needed, and from whom.
func missingWords(n int, by model.People) string {
	if n == 1 {
		return "one approval is still needed from " + by.Words()
	}
	return fmt.Sprintf("%d approvals are still needed from %s", n, by.Words())
}

// missingPeople are those of whom one more would fill a place of a quorum.
func (k Keys) missingPeople() model.People {
	var out model.People
	for _, p := range k.Slots {
		if p.By == "" {
			out = out.With(p.Candidates)
		}
	}
	return out
}
