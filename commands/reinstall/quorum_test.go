package reinstall_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// crowd is a random quorum and who is in which of its groups.
type crowd struct {
	terms model.Terms
	in    map[string][]int // person to seats
	names []string
}

func anyCrowd(t *rapid.T) crowd {
	c := crowd{terms: terms(1), in: map[string][]int{}, names: []string{
		"U0ANN", "U0BOB", "U0CHO", "U0DAN", "U0DEE",
		"U0FAY",
	}}
	left := 5
	for i := range rapid.IntRange(1, 4).Draw(t, "groups") {
		n := rapid.IntRange(1, max(min(left-(3-i), 3), 1)).Draw(t, "approvals")
		left -= n
		c.terms.Quorum = append(c.terms.Quorum,
			model.Seat{People: model.People{Groups: []string{fmt.Sprintf("S0G%d", i)}}, Approvals: n})
		for _, who := range c.names {
			if rapid.IntRange(0, 2).Draw(t, who+" is in it") > 0 {
				c.in[who] = append(c.in[who], i)
			}
		}
	}
	// One more than the quorum's, of whomever it names.
	c.terms.Approvals = model.ApprovalsOfSeats(c.terms.Quorum) + rapid.IntRange(0, 1).Draw(t, "more")
	c.terms.Approvers = model.PeopleOfSeats(c.terms.Quorum)
	return c
}

func (c crowd) standing(who string) reinstall.Actor {
	s := person(who)
	s.Seats, s.Approver = c.in[who], len(c.in[who]) > 0
	return s
}

func (c crowd) proposal(t failer) reinstall.Operation {
	t.Helper()
	f := machine()
	w := model.Request{Target: "web-01", Login: model.Login{Kind: model.LoginMessageCenter}}
	op, r := reinstall.Propose("7K3Q", "C0INFRA", "U0ANN", w, model.MakePlan(w, f, c.terms), f, nil, now)
	if r != nil {
		t.Fatal(r)
	}
	return op
}

// most is the test's own count, by trying everything: how many places these
// people fill at most, each one of them.
func (c crowd) most(who []string) int {
	left := make([]int, len(c.terms.Quorum))
	for i, s := range c.terms.Quorum {
		left[i] = s.Approvals
	}
	open := c.terms.Approvals - model.ApprovalsOfSeats(c.terms.Quorum)
	var try func(n int) int
	try = func(n int) int {
		if n == len(who) {
			return 0
		}
		best := try(n + 1) // without this one
		for _, seat := range c.in[who[n]] {
			if left[seat] > 0 {
				left[seat]--
				best = max(best, 1+try(n+1))
				left[seat]++
			}
		}
		if open > 0 && len(c.in[who[n]]) > 0 {
			open--
			best = max(best, 1+try(n+1))
			open++
		}
		return best
	}
	return try(0)
}

// Promises 2 and 3 over quorums: whoever clicks in whatever order, the keys are
// complete exactly where distinct people other than the proposer can fill every
// place, each one place.
func TestAQuorumIsFullExactlyWhereDistinctPeopleCanFillEveryPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCrowd(t)
		op := c.proposal(t)
		var counted []string
		for range rapid.IntRange(1, 12).Draw(t, "clicks") {
			who := rapid.SampledFrom(c.names).Draw(t, "who")
			before := op.Keys()
			s := c.standing(who)
			s.Guest = rapid.IntRange(0, 9).Draw(t, "guest") == 0
			s.Outside = rapid.IntRange(0, 9).Draw(t, "outside") == 0
			next, r := reinstall.Step(op, reinstall.Approve{By: s, Fingerprint: op.Fingerprint}, now)
			gains := who != "U0ANN" && !s.Guest && !s.Outside && !slices.Contains(counted, who) &&
				c.most(append(slices.Clone(counted), who)) > c.most(counted)
			if gains != (r == nil) {
				t.Fatalf("%s, with %v there: it would fill a place: %v, refused: %v", who, counted, gains, r)
			}
			if r != nil {
				if strings.TrimSpace(r.Why) == "" || r.Next == "" {
					t.Fatalf("a refusal without words: %+v", r)
				}
				continue
			}
			counted = append(counted, who)
			op = next
			k := op.Keys()
			for _, had := range before.By {
				if !slices.Contains(k.By, had) {
					t.Fatalf("%s's key was lost when %s turned one", had, who)
				}
			}
			c.check(t, k, counted)
		}
		need := c.terms.Approvals
		if full := len(op.Keys().By) >= need; full != (c.most(counted) == need) {
			t.Fatalf("%v of %d, and full: %v", counted, need, full)
		}
		if got := armed(t, op); got != (c.most(counted) == need) {
			t.Fatalf("%v of %d, and armed: %v", counted, need, got)
		}
	})
}

// armed goes on with the backup key and says whether the operation is armed.
func armed(t *rapid.T, op reinstall.Operation) bool {
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
	op, _ = reinstall.Step(op, reinstall.Recheck{Result: reading(op)}, soon)
	for _, e := range []reinstall.Event{reinstall.CountdownShown{Of: op.Announced}, arm(reading(op), soon)} {
		op, _ = reinstall.Step(op, e, soon)
	}
	if op.State == reinstall.Ready { // its countdown began just now
		op, _ = reinstall.Step(op, arm(reading(op), soon.Add(time.Minute)), soon.Add(time.Minute))
	}
	return op.State == reinstall.Armed
}

// check holds the places against who may sit there.
func (c crowd) check(t *rapid.T, k reinstall.Keys, counted []string) {
	seated := map[string]bool{}
	for i, p := range k.Slots {
		if p.By == "" {
			if p.Owed.Empty() {
				t.Fatalf("a place is owed by nobody: %+v", k.Slots)
			}
			continue
		}
		if i >= model.ApprovalsOfSeats(c.terms.Quorum) { // of whomever the quorum names
			seated[p.By] = true
			continue
		}
		seat := slices.IndexFunc(c.terms.Quorum, func(s model.Seat) bool { return s.Groups[0] == p.Groups[0] })
		if seated[p.By] || p.By == "U0ANN" || !slices.Contains(c.in[p.By], seat) {
			t.Fatalf("%s sits where they may not: %+v", p.By, k.Slots)
		}
		seated[p.By] = true
	}
	if len(k.By) != len(seated) || len(k.By) != c.most(counted) || k.Needed != c.terms.Approvals {
		t.Fatalf("%d counted, %d seated, %d possible: %+v", len(k.By), len(seated), c.most(counted), k.Slots)
	}
}

// Whom a card names as owing a place are exactly those of whom one more fills a
// place.
func TestWhoIsNamedAsOwingAKeyIsExactlyWhoCouldTurnOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCrowd(t)
		order := rapid.Permutation(c.names[1:]).Draw(t, "order")[:rapid.IntRange(0, 4).Draw(t, "are there")]
		var owed []string
		for _, p := range c.terms.FillSlots(order, c.in) {
			owed = append(owed, p.Owed.Groups...)
		}
		for i := range c.terms.Quorum {
			c.in["U0NEW"] = []int{i}
			gains := c.most(append(slices.Clone(order), "U0NEW")) > c.most(order)
			if named := slices.Contains(owed, fmt.Sprintf("S0G%d", i)); named != gains {
				t.Fatalf("group %d: named %v, would fill a place %v; %+v", i, named, gains,
					c.terms.FillSlots(order, c.in))
			}
		}
	})
}

func TestHowManyPlacesPeopleCouldFillIsTheMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCrowd(t)
		if got, want := c.terms.MostFilled(c.in), c.most(slices.Sorted(maps.Keys(c.in))); got != want {
			t.Fatalf("%d, not %d", got, want)
		}
	})
}

func two() crowd {
	c := crowd{terms: terms(2), in: map[string][]int{"U0BOB": {0}, "U0CHO": {0, 1}, "U0DAN": {0}}}
	c.terms.Quorum = []model.Seat{
		{People: model.People{Groups: []string{"S0WEB"}}, Approvals: 1},
		{People: model.People{Groups: []string{"S0DBA"}}, Approvals: 1},
	}
	return c
}

func TestOnePersonInTwoGroupsTurnsOneKey(t *testing.T) {
	c := two()
	op := mustStep(t, c.proposal(t), reinstall.Approve{By: c.standing("U0CHO"), Fingerprint: c.proposal(t).Fingerprint},
		now)
	if k := op.Keys(); len(k.By) != 1 || k.Complete() || k.Needed != 2 {
		t.Fatalf("%+v", k)
	}
	op = mustStep(t, op, reinstall.Approve{By: c.standing("U0BOB"), Fingerprint: op.Fingerprint}, now)
	if p := op.Keys().Slots; p[0].By != "U0BOB" || p[1].By != "U0CHO" {
		t.Errorf("%+v", p)
	}
}

func TestAGroupThatHasTurnedItsKeyHearsWhoStillOwesOne(t *testing.T) {
	c := two()
	op := c.proposal(t)
	op = mustStep(t, op, reinstall.Approve{By: c.standing("U0BOB"), Fingerprint: op.Fingerprint}, now)
	_, r := reinstall.Step(op, reinstall.Approve{By: c.standing("U0DAN"), Fingerprint: op.Fingerprint}, now)
	if r == nil || r.Why != "your group has turned its key already; one approval is still owed by @S0DBA" {
		t.Errorf("%v", r)
	}
	if !slices.Equal(r.People.Groups, []string{"S0DBA"}) || len(r.People.Users) > 0 {
		t.Errorf("the group cannot be mentioned: %+v", r.People)
	}
}

// A record from before there were quorums, whose approvals know no seats.
func TestAnOlderRecordCountsItsApprovalsAsBefore(t *testing.T) {
	op := proposal(t, 2)
	for _, who := range []string{"U0BOB", "U0CHO"} {
		op.Approvals = append(op.Approvals, reinstall.Approval{By: who, At: now, Fingerprint: op.Fingerprint})
	}
	if k := op.Keys(); len(k.By) != 2 || len(k.Slots) != 0 {
		t.Errorf("%+v", k)
	}
	op.Plan.Terms.Quorum = two().terms.Quorum
	if k := op.Keys(); len(k.By) != 0 || k.Needed != 2 {
		t.Errorf("an approval that knows no seat fills one: %+v", k)
	}
}
