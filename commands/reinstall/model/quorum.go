package model

import (
	"fmt"
	"slices"
)

// A Seat asks for approvals of certain people. Each of several seats must be filled.
// One person fills one place at most, even in several groups.
type Seat struct {
	People
	Approvals int `json:"approvals"`
}

// String is the seat in words, with ids: "2 of S0ONCALL, U0AAA111".
func (s Seat) String() string {
	return fmt.Sprintf("%d of %s", s.Approvals, sortedList(s.allIDs()))
}

// PeopleOfSeats is all that the seats name, each once.
func PeopleOfSeats(seats []Seat) People {
	var p People
	for _, s := range seats {
		p = p.With(s.People)
	}
	return p
}

// ApprovalsOfSeats is how many people the seats ask for.
func ApprovalsOfSeats(seats []Seat) int {
	n := 0
	for _, s := range seats {
		n += s.Approvals
	}
	return n
}

// openSeat is the seat of a place that is open to everybody who may fill any seat.
const openSeat = -1

// fitsSeat reports whether somebody who may fill these seats may have a place there.
func fitsSeat(seat int, may []int) bool {
	return slices.Contains(may, seat) || seat == openSeat && len(may) > 0
}

// A Slot is one approval of a quorum: whose it is, and who filled it.
type Slot struct {
	People        // who are named for it
	By     string // who turned its key; empty: it is needed
	// Candidates are those of whom one would fill it, if it is needed. They may be more than
	// are named for it: somebody who is in two groups moves over.
	Candidates People
}

// MatchSlots seats people, in the order in which they came, so that as many places as
// possible are filled. It is a maximum matching, by augmenting paths. Whoever has a
// place keeps one. may are the seats that each of them may fill.
func MatchSlots[W ~string](places []int, may map[W][]int, order []W) (by []W) {
	by = make([]W, len(places))
	var place func(who W, tried []bool) bool
	place = func(who W, tried []bool) bool {
		for i, seat := range places {
			if tried[i] || !fitsSeat(seat, may[who]) {
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

// reachableSlots lists the places whose people could fill place i, if i is free. They
// are i itself, and those whose holder could move there.
func reachableSlots[W ~string](places []int, may map[W][]int, by []W, i int) []int {
	out := []int{i}
	for n := 0; n < len(out); n++ {
		for j, who := range by {
			if who != "" && !slices.Contains(out, j) && fitsSeat(places[out[n]], may[who]) {
				out = append(out, j)
			}
		}
	}
	return out
}
