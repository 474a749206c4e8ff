package reinstall

import (
	"fmt"
	"slices"
)

// A Seat asks for approvals of certain people. Of several seats each must be
// filled, and one person fills one place at most, whatever groups they are in.
type Seat struct {
	People
	Approvals int `json:"approvals"`
}

// String is the seat in words, with ids: "2 of S0ONCALL, U0AAA111".
func (s Seat) String() string {
	return fmt.Sprintf("%d of %s", s.Approvals, list(s.ids()))
}

// Everybody is all that the seats name, each once.
func Everybody(seats []Seat) People {
	var p People
	for _, s := range seats {
		p = p.With(s.People)
	}
	return p
}

// Total is how many people the seats ask for.
func Total(seats []Seat) int {
	n := 0
	for _, s := range seats {
		n += s.Approvals
	}
	return n
}

// places are the quorum, place by place: the number of its seat. Approvals that
// the terms ask for beyond the quorum are open to every approver.
func (t Terms) places() []int {
	var out []int
	for i, s := range t.Quorum {
		for range s.Approvals {
			out = append(out, i)
		}
	}
	for len(out) < t.Approvals {
		out = append(out, open)
	}
	return out
}

// open is the seat of a place that everybody may fill who may fill any.
const open = -1

// fits reports whether somebody who may fill these seats may have a place there.
func fits(seat int, may []int) bool {
	return slices.Contains(may, seat) || seat == open && len(may) > 0
}

// A Place is one approval of a quorum: whose it is, and who filled it.
type Place struct {
	People        // who are named for it
	By     string // who turned its key; empty: it is owed
	// Owed are those of whom one would fill it, where it is owed. They may be
	// more than are named for it: somebody who is in two groups moves over.
	Owed People
}

// fill seats people, in the order in which they came, so that as many places as
// possible are filled: a maximum matching, by augmenting paths. Whoever has a
// place keeps one. may are the seats that each of them may fill.
func fill(places []int, may map[string][]int, order []string) (by []string) {
	by = make([]string, len(places))
	var place func(who string, tried []bool) bool
	place = func(who string, tried []bool) bool {
		for i, seat := range places {
			if tried[i] || !fits(seat, may[who]) {
				continue
			}
			tried[i] = true
			if by[i] == "" || place(by[i], tried) {
				by[i] = who
				return true
			}
		}
		return false
	}
	for _, who := range order {
		place(who, make([]bool, len(places)))
	}
	return by
}

// reach lists the places of whose people one more would fill place i, i being
// free: its own, and those whose holder could move there.
func reach(places []int, may map[string][]int, by []string, i int) []int {
	out := []int{i}
	for n := 0; n < len(out); n++ {
		for j, who := range by {
			if who != "" && !slices.Contains(out, j) && fits(places[out[n]], may[who]) {
				out = append(out, j)
			}
		}
	}
	return out
}

// Places seats the people whose approvals count. The order is the policy's.
func (t Terms) Places(order []string, may map[string][]int) []Place {
	places := t.places()
	by := fill(places, may, order)
	named := func(i int) People {
		if places[i] == open {
			return t.Approvers
		}
		return t.Quorum[places[i]].People
	}
	out := make([]Place, len(places))
	for i := range places {
		out[i] = Place{People: named(i), By: by[i]}
		if by[i] != "" {
			continue
		}
		for _, j := range reach(places, may, by, i) {
			out[i].Owed = out[i].Owed.With(named(j))
		}
	}
	return out
}

// seat puts those whose approvals count into the places of a quorum; whoever
// finds none does not count.
func (op Operation) seat(k *Keys) {
	if len(op.Plan.Terms.Quorum) == 0 {
		return
	}
	k.Places = op.Plan.Terms.Places(k.By, op.maySit())
	for i := range k.Places {
		if p := &k.Places[i]; p.By == "" {
			p.Owed = p.Owed.With(op.CalledIn())
		}
	}
	k.By = slices.DeleteFunc(k.By, func(who string) bool {
		return !slices.ContainsFunc(k.Places, func(p Place) bool { return p.By == who })
	})
}

// AllSeats are the numbers of a quorum's seats.
func (t Terms) AllSeats() []int {
	out := make([]int, len(t.Quorum))
	for i := range out {
		out[i] = i
	}
	return out
}

// SeatsOf are the seats that somebody whose approval is there might fill when
// they were last read.
func (op Operation) SeatsOf(who string) []int { return op.maySit()[who] }

// sitting is what is left of the seats of those who have approved, by what was
// just read: nobody gains one by a change of groups after their click.
func (op Operation) sitting(r Reading) map[string][]int {
	may := op.maySit()
	for who, seats := range may {
		may[who] = slices.DeleteFunc(slices.Clone(seats), func(i int) bool { return !slices.Contains(r.Who[who].Seats, i) })
	}
	return may
}

// unseated are those of these people who find no place any more, because they
// have left a group whose key they turned. Whoever has left none keeps theirs.
func (op Operation) unseated(who []string, r Reading) []string {
	if len(op.Plan.Terms.Quorum) == 0 {
		return nil
	}
	had, may := op.maySit(), op.sitting(r)
	var order, less []string
	for _, w := range who {
		if len(may[w]) == len(had[w]) {
			order = append(order, w)
		} else {
			less = append(less, w)
		}
	}
	by := fill(op.Plan.Terms.places(), may, append(order, less...))
	return slices.DeleteFunc(less, func(w string) bool { return slices.Contains(by, w) })
}

// reseat notes which seats those who have approved may still fill.
func (op *Operation) reseat(r Reading) {
	may := op.sitting(r)
	for i := range op.Approvals {
		if a := &op.Approvals[i]; a.Print == op.Print && len(a.Seats) > 0 {
			a.Seats = may[a.By]
		}
	}
}

// maySit are the seats that each approver might fill when they were last read.
func (op Operation) maySit() map[string][]int {
	may := map[string][]int{}
	for _, a := range op.Approvals {
		if a.Print == op.Print {
			may[a.By] = a.Seats
		}
	}
	return may
}

// full refuses an approval that is not asked for: as many as are needed are
// there, or it would fill no place, for one person more of a group does not turn
// another group's key.
func (op Operation) full(what string, who Standing) *Refusal {
	k := op.Keys()
	if len(k.By) >= k.Needed {
		return Refuse(what, "all approvals are there already", "Nothing more is needed from you; the card says what is still owed")
	}
	if len(k.Places) == 0 {
		return nil
	}
	may := op.maySit()
	may[who.ID] = who.Seats
	if slices.ContainsFunc(op.Plan.Terms.Places(append(slices.Clone(k.By), who.ID), may), func(p Place) bool { return p.By == who.ID }) {
		return nil
	}
	r := Refuse(what, "", "Ask one of those whom the card names for it")
	r.Words = append(Say("your group has turned its key already; "), op.owedWords()...)
	if len(who.Seats) == 0 {
		r.Words = append(Say("you are in no group that owes a key; "), op.owedWords()...)
	}
	r.Why = r.Words.String()
	return r
}

// owedWords says how many approvals are still owed, and by whom.
func (op Operation) owedWords() Text {
	k := op.Keys()
	n := k.Needed - len(k.By)
	t := Say("one approval is still owed by ")
	if n > 1 {
		t = Say(fmt.Sprintf("%d approvals are still owed by ", n))
	}
	return append(t, k.owed().Mentions(op.Proposer, ", ")...)
}

// owed are those of whom one more would fill a place of a quorum.
func (k Keys) owed() People {
	var out People
	for _, p := range k.Places {
		if p.By == "" {
			out = out.With(p.Owed)
		}
	}
	return out
}

// CanFill is how many places these people could fill at most; may are the seats
// of each.
func (t Terms) CanFill(may map[string][]int) int {
	var order []string
	for who := range may {
		order = append(order, who)
	}
	slices.Sort(order)
	n := 0
	for _, p := range t.Places(order, may) {
		if p.By != "" {
			n++
		}
	}
	return n
}
