package model

import (
	"fmt"
)

// Reservation asks for a place in an account's budget.
type Reservation struct {
	// Account is the account, or one of a plan's SiblingKeys: each of those has one
	// place.
	Account string
	QueuedOp
	Limits Limits
	// Ahead are those whose turn comes first, in their order. Those of them who have a
	// place already do not count.
	Ahead []QueuedOp
}

// QueuedOp is an operation that needs a place, with its machine's tags.
type QueuedOp struct {
	Op   string
	Tags map[string]string
}

// QueuePosition is the answer to a Reservation.
type QueuePosition struct {
	OK bool
	// Of is the limit that is full, and the numbers below are its own. If OK is set,
	// Of is the account's.
	Of      TagLimit
	Hourly  bool // the hour is full, not what runs at once
	Running int
	Hour    int // in the last hour
	Taken   int // running, or let in this hour, or kept for those ahead
	Ahead   int // how many of those ahead wait for the same limit
}

// FullWords says which limit is full, and the place in the queue.
func (p QueuePosition) FullWords() string {
	which := "reinstalls"
	if p.Of.Tag != "" {
		which += " of machines tagged " + p.Of.Tag
	}
	n, most, are := p.Running, p.Of.AtOnce, "are running"
	if p.Hourly {
		n, most, are = p.Hour, p.Of.PerHour, "were made in the last hour"
	}
	if n < most {
		n, are = p.Taken, are+" or have their turn before it"
	}
	return fmt.Sprintf("%d of at most %d %s %s; it is %s in the queue", n, most, which, are, formatOrdinal(p.Ahead+1))
}

// formatOrdinal is 1st, 2nd, 3rd, 4th, 11th.
func formatOrdinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return fmt.Sprint(n) + end
}

// TagLimit is the budget of those machines of an account that have a tag.
type TagLimit struct {
	Tag     string // team=shop
	AtOnce  int
	PerHour int
}
