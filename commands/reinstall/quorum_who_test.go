package reinstall_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
	"twokey/commands/short"
)

// place is a quorum among people who leave its groups. An escalation calls leads in,
// and the policy allows a break-glass.
type place struct {
	crowd
	leads []string
}

func anyPlace(t *rapid.T) place {
	p := place{crowd: crowd{modeltest.AnyCrowd(t)}}
	for i := range p.Terms.Quorum { // few enough to be filled now and then
		p.Terms.Quorum[i].Approvals = 1
	}
	p.Terms.Approvals = model.ApprovalsOfSeats(p.Terms.Quorum)
	p.leads = rapid.Permutation(p.Names).Draw(t, "leads")[:rapid.IntRange(1, 2).Draw(t, "of them")]
	p.Terms.Asking.EscalateTo = model.People{Users: p.leads}
	p.Terms.Asking.BreakGlass = rapid.Bool().Draw(t, "break-glass is allowed")
	return p
}

// now is who somebody is, by the groups as they are.
func (p place) now(op reinstall.Operation, who string) reinstall.Actor {
	s := p.standing(who)
	if !op.Escalated.IsZero() && slices.Contains(p.leads, who) {
		s.Approver, s.Seats = true, op.Plan.Terms.AllSeats()
	}
	return s
}

func (p place) reading(op reinstall.Operation) reinstall.RecheckResult {
	r := reading(op)
	for who := range r.Actors {
		r.Actors[who] = p.now(op, who)
	}
	return r
}

// Promises 2 and 3 if everything meets: people click, leave a group, are called in by
// an escalation or take an approval less. A call goes out only while distinct people
// fill every place but the one that a break-glass leaves empty. Each is in a place
// that they could fill when they clicked and still can.
func TestNoCallWithoutAFullQuorumWhateverPeopleDo(t *testing.T) {
	arms := 0
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlace(t)
		op := p.proposal(t)
		at, less := now, false
		clicked := map[string][]int{}
		for range rapid.IntRange(10, 60).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second)
			who := rapid.SampledFrom(p.Names).Draw(t, "who")
			e := p.event(t, op, who, at)
			next, r := reinstall.Step(op, e, at)
			if r != nil {
				continue
			}
			switch e := e.(type) {
			case reinstall.Approve:
				clicked[who] = e.By.Seats
			case reinstall.BreakGlass:
				less = true
			case reinstall.Recheck:
				for _, l := range next.Revoked[len(op.Revoked):] {
					delete(clicked, l.By)
				}
			case reinstall.Arm:
				arms++
				p.full(t, op, clicked, less)
				return
			}
			op = next
		}
	})
	if arms < short.Count(5, 0) {
		t.Errorf("armed %d times in all, which shows nothing", arms)
	}
}

// event is what happens next; it changes groups by the way.
func (p place) event(t *rapid.T, op reinstall.Operation, who string, at time.Time) reinstall.Event {
	often := 30
	if op.State == reinstall.Approved || op.State == reinstall.Ready {
		often, who = 2, rapid.SampledFrom(op.Keys().By).Draw(t, "whose key counts")
	}
	if n := len(p.Seats[who]); n > 0 && rapid.IntRange(0, often).Draw(t, "leaves") == 0 {
		i := rapid.IntRange(0, n-1).Draw(t, "which")
		p.Seats[who] = slices.Delete(slices.Clone(p.Seats[who]), i, i+1)
	}
	switch kind := rapid.IntRange(0, 9).Draw(t, "event"); {
	case op.State == reinstall.Approved && kind < 9:
		return reinstall.Recheck{Result: p.reading(op)}
	case op.AwaitsShowing(op.Announced) && kind < 9:
		return reinstall.CountdownShown{Of: op.Announced}
	case op.State == reinstall.Ready && kind < 9:
		return arm(p.reading(op), at)
	case kind == 0:
		return reinstall.BreakGlass{By: p.now(op, who), Why: "it is on fire", Fingerprint: op.Fingerprint}
	case kind == 1 || kind == 3:
		return reinstall.ConfirmBackup{
			By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
			Fingerprint: op.Fingerprint,
		}
	case kind == 2:
		return reinstall.Escalate{}
	}
	return reinstall.Approve{By: p.now(op, who), Fingerprint: op.Fingerprint}
}

// full is the test's own count.
func (p place) full(t *rapid.T, op reinstall.Operation, clicked map[string][]int, less bool) {
	still := p.crowd
	still.Seats = map[string][]int{}
	var there []string
	for who, seats := range clicked {
		may := p.now(op, who).Seats
		still.Seats[who] = slices.DeleteFunc(slices.Clone(seats), func(i int) bool { return !slices.Contains(may, i) })
		if there = append(there, who); who == "U0ANN" {
			t.Fatal("the proposer counts")
		}
	}
	need := p.Terms.Approvals
	if less && need > 1 {
		need--
	}
	if got := still.MostFilled(there); got < need {
		t.Fatalf("armed with %d of %d places that anybody may still fill: clicked %v, now %v", got, need, clicked,
			still.Seats)
	}
}

func TestABreakGlassLeavesOnePlaceOfAQuorumEmpty(t *testing.T) {
	c := crowd{modeltest.WebAndDatabase()}
	c.Terms.Asking.BreakGlass = true
	op := c.proposal(t)
	op = mustStep(t, op, reinstall.BreakGlass{By: person("U0ANN"), Why: "it is on fire", Fingerprint: op.Fingerprint},
		now)
	if k := op.Keys(); k.Needed != 1 || len(k.Slots) != 2 || k.Complete() {
		t.Fatalf("%+v", k)
	}
	op = mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
	if op.State != reinstall.Proposed {
		t.Fatal("the last place was left empty")
	}
	if op = mustStep(t, op, reinstall.Approve{By: c.standing("U0BOB"), Fingerprint: op.Fingerprint},
		now); op.State != reinstall.Approved {
		t.Errorf("%s, %+v", op.State, op.Keys())
	}
	one := crowd{modeltest.WebAndDatabase()}
	one.Terms.Asking.BreakGlass, one.Terms.Quorum, one.Terms.Approvals = true, one.Terms.Quorum[:1], 1
	last := one.proposal(t)
	if _, r := reinstall.Step(last, reinstall.BreakGlass{
		By: person("U0ANN"), Why: "it is on fire",
		Fingerprint: last.Fingerprint,
	}, now); r == nil {
		t.Error("the only place was given up")
	}
}

func TestWhoIsCalledInFillsAnyPlaceThatIsStillOwed(t *testing.T) {
	c := crowd{modeltest.WebAndDatabase()}
	op := c.proposal(t)
	op = mustStep(t, op, reinstall.Approve{By: c.standing("U0BOB"), Fingerprint: op.Fingerprint}, now)
	if owed := op.PendingApprovers(); slices.Contains(owed.Users, "U0LEA") || slices.Contains(owed.Groups, "S0WEB") {
		t.Fatalf("owed by %+v", owed)
	}
	op = mustStep(t, op, reinstall.Escalate{}, now.Add(time.Hour))
	if p := op.Keys().Slots; !slices.Contains(p[1].Candidates.Users, "U0LEA") || !slices.Contains(p[1].Candidates.Groups, "S0DBA") {
		t.Fatalf("%+v", p)
	}
	lea := person("U0LEA")
	lea.Seats = op.Plan.Terms.AllSeats()
	op = mustStep(t, op, reinstall.Approve{By: lea, Fingerprint: op.Fingerprint}, now.Add(time.Hour))
	if p := op.Keys().Slots; p[0].By != "U0BOB" || p[1].By != "U0LEA" {
		t.Errorf("%+v", p)
	}
}

// complete is the quorum of web and dba, filled by Cho and Bob, who came first.
func complete(t *testing.T, c crowd) reinstall.Operation {
	t.Helper()
	op := c.proposal(t)
	for _, who := range []string{"U0CHO", "U0BOB"} {
		op = mustStep(t, op, reinstall.Approve{By: c.standing(who), Fingerprint: op.Fingerprint}, now)
	}
	return mustStep(t, op, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: "web-01", Evidence: op.Evidence[0],
		Fingerprint: op.Fingerprint,
	}, now)
}

func TestWhoLeavesOneOfTwoGroupsKeepsTheSeatOfTheOther(t *testing.T) {
	op := complete(t, crowd{modeltest.WebAndDatabase()})
	r := reading(op)
	cho := r.Actors["U0CHO"]
	cho.Seats = []int{1}
	r.Actors["U0CHO"] = cho
	next := mustStep(t, op, reinstall.Recheck{Result: r}, now)
	if next.State != reinstall.Ready || len(next.Revoked) > 0 || !slices.Equal(next.SeatsOf("U0CHO"), []int{1}) {
		t.Errorf("%s, lapses %+v, seats %v", next.State, next.Revoked, next.SeatsOf("U0CHO"))
	}
	cho.Seats = []int{0} // and now the place that only Cho could fill
	r.Actors["U0CHO"] = cho
	if next.Armable(r, soon) == nil {
		t.Error("armed, though nobody of the second group counts any more")
	}
	next = mustStep(t, op, reinstall.Recheck{Result: r}, now)
	if next.State != reinstall.Proposed || len(next.Revoked) != 1 || next.Revoked[0].By != "U0CHO" {
		t.Fatalf("%s, lapses %+v", next.State, next.Revoked)
	}
	if next.Revoked[0].Why != "they have left the group that they approved for" ||
		!slices.Equal(next.Keys().By, []string{"U0BOB"}) || !next.Keys().Backup {
		t.Errorf("%+v, %+v", next.Revoked, next.Keys())
	}
}

// Whoever joins a group after the click has not turned its key.
func TestNobodyGainsASeatByJoiningAGroupAfterTheClick(t *testing.T) {
	op := complete(t, crowd{modeltest.WebAndDatabase()})
	r := reading(op)
	for who, s := range r.Actors {
		s.Seats = map[string][]int{"U0CHO": {0}, "U0BOB": {0, 1}}[who]
		r.Actors[who] = s
	}
	if next := mustStep(t, op, reinstall.Recheck{Result: r}, now); next.State != reinstall.Proposed ||
		len(next.Keys().By) != 1 {
		t.Errorf("%s, %+v", next.State, next.Keys())
	}
}
