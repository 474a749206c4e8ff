package reinstall_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// A crowd turns the keys of a proposal.
type crowd struct{ modeltest.Crowd }

func (c crowd) standing(who string) reinstall.Actor {
	s := person(who)
	s.Seats, s.Approver = c.Seats[who], len(c.Seats[who]) > 0
	return s
}

func (c crowd) proposal(t failer) reinstall.Operation {
	t.Helper()
	f, w := machine(), modeltest.Request()
	op, r := reinstall.Propose("7K3Q", "C0INFRA", "U0ANN", w, model.MakePlan(w, f, c.Terms), f, nil, now)
	if r != nil {
		t.Fatal(r)
	}
	return op
}

// Promises 2 and 3 over quorums: in whatever order people click, the keys are complete
// exactly if every place is filled. Distinct people other than the proposer fill them,
// one place each.
func TestAQuorumIsFullExactlyWhereDistinctPeopleCanFillEveryPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := crowd{modeltest.AnyCrowd(t)}
		op := c.proposal(t)
		var counted []string
		for range rapid.IntRange(1, 12).Draw(t, "clicks") {
			who := rapid.SampledFrom(c.Names).Draw(t, "who")
			before := op.Keys()
			s := c.standing(who)
			s.Guest = rapid.IntRange(0, 9).Draw(t, "guest") == 0
			s.Outside = rapid.IntRange(0, 9).Draw(t, "outside") == 0
			next, r := reinstall.Step(op, reinstall.Approve{By: s, Fingerprint: op.Fingerprint}, now)
			gains := who != "U0ANN" && !s.Guest && !s.Outside && !slices.Contains(counted, who) &&
				c.MostFilled(append(slices.Clone(counted), who)) > c.MostFilled(counted)
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
		need := c.Terms.Approvals
		if full := len(op.Keys().By) >= need; full != (c.MostFilled(counted) == need) {
			t.Fatalf("%v of %d, and full: %v", counted, need, full)
		}
		if got := armed(t, op); got != (c.MostFilled(counted) == need) {
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
			if p.Candidates.Empty() {
				t.Fatalf("a place is owed by nobody: %+v", k.Slots)
			}
			continue
		}
		if i >= model.ApprovalsOfSeats(c.Terms.Quorum) { // of whomever the quorum names
			seated[p.By] = true
			continue
		}
		seat := slices.IndexFunc(c.Terms.Quorum, func(s model.Seat) bool { return s.Groups[0] == p.Groups[0] })
		if seated[p.By] || p.By == "U0ANN" || !slices.Contains(c.Seats[p.By], seat) {
			t.Fatalf("%s sits where they may not: %+v", p.By, k.Slots)
		}
		seated[p.By] = true
	}
	if len(k.By) != len(seated) || len(k.By) != c.MostFilled(counted) || k.Needed != c.Terms.Approvals {
		t.Fatalf("%d counted, %d seated, %d possible: %+v", len(k.By), len(seated), c.MostFilled(counted), k.Slots)
	}
}

func TestOnePersonInTwoGroupsTurnsOneKey(t *testing.T) {
	c := crowd{modeltest.WebAndDatabase()}
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
	c := crowd{modeltest.WebAndDatabase()}
	op := c.proposal(t)
	op = mustStep(t, op, reinstall.Approve{By: c.standing("U0BOB"), Fingerprint: op.Fingerprint}, now)
	_, r := reinstall.Step(op, reinstall.Approve{By: c.standing("U0DAN"), Fingerprint: op.Fingerprint}, now)
	if r == nil || r.Why != "your group has approved already; one approval is still needed from @S0DBA" {
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
	op.Plan.Terms.Quorum = crowd{modeltest.WebAndDatabase()}.Terms.Quorum
	if k := op.Keys(); len(k.By) != 0 || k.Needed != 2 {
		t.Errorf("an approval that knows no seat fills one: %+v", k)
	}
}
