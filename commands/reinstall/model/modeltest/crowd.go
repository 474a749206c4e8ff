package modeltest

import (
	"fmt"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
)

// A Crowd is a quorum, and who may fill which of its seats.
type Crowd struct {
	Terms model.Terms
	Seats map[string][]int // by person
	Names []string
}

// AnyCrowd draws a quorum of one to four groups, S0G0 and so on, and six people
// who are in any of them. U0ANN is the first.
func AnyCrowd(t *rapid.T) Crowd {
	c := Crowd{
		Terms: Terms(1), Seats: map[string][]int{},
		Names: []string{"U0ANN", "U0BOB", "U0CHO", "U0DAN", "U0DEE", "U0FAY"},
	}
	left := 5
	for i := range rapid.IntRange(1, 4).Draw(t, "groups") {
		n := rapid.IntRange(1, max(min(left-(3-i), 3), 1)).Draw(t, "approvals")
		left -= n
		c.Terms.Quorum = append(c.Terms.Quorum,
			model.Seat{People: model.People{Groups: []string{fmt.Sprintf("S0G%d", i)}}, Approvals: n})
		for _, who := range c.Names {
			if rapid.IntRange(0, 2).Draw(t, who+" is in it") > 0 {
				c.Seats[who] = append(c.Seats[who], i)
			}
		}
	}
	// One more than the quorum's, of whomever it names.
	c.Terms.Approvals = model.ApprovalsOfSeats(c.Terms.Quorum) + rapid.IntRange(0, 1).Draw(t, "more")
	c.Terms.Approvers = model.PeopleOfSeats(c.Terms.Quorum)
	return c
}

// WebAndDatabase is a quorum of two groups: one approval of S0WEB, and one of
// S0DBA. Cho is in both; Bob and Dan are in the first.
func WebAndDatabase() Crowd {
	c := Crowd{Terms: Terms(2), Seats: map[string][]int{"U0BOB": {0}, "U0CHO": {0, 1}, "U0DAN": {0}}}
	c.Terms.Quorum = []model.Seat{
		{People: model.People{Groups: []string{"S0WEB"}}, Approvals: 1},
		{People: model.People{Groups: []string{"S0DBA"}}, Approvals: 1},
	}
	return c
}

// MostFilled is how many places these people fill at most, each one of them. It
// tries everything, so that the rules' own count can be held against it.
func (c Crowd) MostFilled(who []string) int {
	left := make([]int, len(c.Terms.Quorum))
	for i, s := range c.Terms.Quorum {
		left[i] = s.Approvals
	}
	open := c.Terms.Approvals - model.ApprovalsOfSeats(c.Terms.Quorum)
	var try func(n int) int
	try = func(n int) int {
		if n == len(who) {
			return 0
		}
		best := try(n + 1) // without this one
		for _, seat := range c.Seats[who[n]] {
			if left[seat] > 0 {
				left[seat]--
				best = max(best, 1+try(n+1))
				left[seat]++
			}
		}
		if open > 0 && len(c.Seats[who[n]]) > 0 {
			open--
			best = max(best, 1+try(n+1))
			open++
		}
		return best
	}
	return try(0)
}
