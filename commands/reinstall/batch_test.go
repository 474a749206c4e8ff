package reinstall_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// party makes a proposal for n machines: web-01, web-02, ..
func party(t failer, n int) []reinstall.Operation {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("AAA%d", i)
	}
	ops := make([]reinstall.Operation, n)
	for i := range ops {
		op := proposal(t, 1)
		op.ID, op.Plan.Name, op.Plan.Instance = ids[i], fmt.Sprintf("web-%02d", i+1), fmt.Sprintf("ins-%08d", i)
		op.Fingerprint = op.Plan.Fingerprint()
		op.Batch = &reinstall.Batch{Item: "an item", Members: ids, Index: i}
		ops[i] = op
	}
	return ops
}

// playground is a batch under accidents: what the workers do, in any order, as
// the desk does it, and people's clicks on any of the machines.
type playground struct {
	*rapid.T
	ops []reinstall.Operation
	at  time.Time
	// keyed has, for each, the plan and the round on which a key was turned last.
	approved, confirmed []string
	// smooth: nothing drifts, and the cloud does what it is asked. Without such runs
	// two machines are seldom done.
	smooth bool
}

func (p *playground) seen(i int) string {
	return fmt.Sprintf("%s in round %d", p.ops[i].Fingerprint, p.ops[i].Batch.Round)
}

// does applies an event to one of them, as it would be written.
func (p *playground) does(i int, e reinstall.Event) bool {
	next, r := reinstall.Step(p.ops[i], e, p.at)
	if r != nil {
		return false
	}
	before := p.ops[i]
	p.ops[i] = next
	if next.Plan.Fingerprint() != before.Plan.Fingerprint() && next.Batch.Round == before.Batch.Round {
		p.Fatalf("the plan of %s changed within round %d, by %s", next.TypedName(), next.Batch.Round, e.Name())
	}
	return true
}

// works does what is due for one of them: what commands.step, recheck and launch
// do, with each look at the others and the write as one.
func (p *playground) works(i int) {
	op := p.ops[i]
	t := op.ClearanceAmong(p.ops)
	if op.State.Open() {
		switch {
		case t.Stop != nil:
			p.does(i, reinstall.Stopped{By: *t.Stop})
			return
		case t.Recall != nil:
			p.does(i, reinstall.Recall{By: *t.Recall})
			return
		}
	}
	if by, behind := reinstall.LeadBehind(op, p.ops); behind && op.Leads() {
		p.does(i, reinstall.Recall{By: by})
		return
	}
	r := reading(op)
	if !p.smooth && rapid.IntRange(0, 40).Draw(p.T, "drifts") == 17 {
		r.Plan.Tags = map[string]string{"env": rapid.SampledFrom([]string{"staging", "prod", "dev"}).Draw(p.T, "env")}
	}
	switch op.State {
	case reinstall.Approved:
		switch {
		case t.Go():
			p.does(i, reinstall.Recheck{Result: r})
		case !op.Leads() && !t.Soon:
			p.does(i, reinstall.AwaitClearance{Result: r, Why: t.Wait})
		}
	case reinstall.Ready:
		if op.AwaitsShowing(op.Announced) {
			p.does(i, reinstall.CountdownShown{Of: op.Announced})
			return
		}
		if !t.Go() {
			p.does(i, reinstall.Waiting{Why: t.Wait})
			return
		}
		if next, r2 := reinstall.Step(op, reinstall.Recheck{Result: r}, p.at); r2 != nil ||
			next.State != reinstall.Ready {
			p.does(i, reinstall.Recheck{Result: r})
			return
		}
		p.arms(i, arm(r, p.at))
	case reinstall.Armed:
		if p.smooth {
			p.does(i, reinstall.Accepted{RequestID: "req-1"})
			return
		}
		p.does(i, rapid.SampledFrom([]reinstall.Event{
			reinstall.Accepted{RequestID: "req-1"},
			reinstall.Accepted{RequestID: "req-1"},
			reinstall.Accepted{RequestID: "req-1"},
			reinstall.Accepted{RequestID: "req-1"},
			reinstall.Accepted{RequestID: "req-1"},
			reinstall.Declined{Code: "X", Why: "no"},
			reinstall.NothingSent{Why: "frozen"},
			reinstall.BecameUnknown{Why: "covered"},
		}).Draw(p.T, "answer"))
	case reinstall.Sent:
		if p.smooth {
			p.does(i, reinstall.Succeeded{})
			return
		}
		p.does(i, rapid.SampledFrom([]reinstall.Event{
			reinstall.Succeeded{},
			reinstall.Succeeded{},
			reinstall.Succeeded{},
			reinstall.ResetFailed{Why: "no"},
			reinstall.BecameUnknown{Why: "covered"},
		}).Draw(p.T, "end"))
	}
}

// arms holds an arming against what is promised of it.
func (p *playground) arms(i int, e reinstall.Arm) {
	if !p.does(i, e) {
		return
	}
	op := p.ops[i]
	if p.approved[i] != p.seen(i) || p.confirmed[i] != p.seen(i) {
		p.Fatalf("%s was armed on %s; approved on %q, confirmed on %q", op.TypedName(), p.seen(i), p.approved[i],
			p.confirmed[i])
	}
	if e.Recheck.Plan.Fingerprint() != op.Fingerprint {
		p.Fatalf("%s was armed on another plan than the machine's", op.TypedName())
	}
	if i > 0 && !p.ops[0].EndedDone() {
		p.Fatalf("%s was armed while the first is %s", op.TypedName(), p.ops[0].State)
	}
	for j, o := range p.ops {
		switch {
		case j == i:
		case o.StopsBatch():
			p.Fatalf("%s was armed after %s ended %s", op.TypedName(), o.TypedName(), o.State)
		case i == 0 && (o.State != reinstall.Approved || p.confirmed[j] != p.seen(j)):
			p.Fatalf("the first was armed while %s is %s", o.TypedName(), o.State)
		case o.State.Wiping() && model.Siblings(o.Plan, op.Plan):
			p.Fatalf("%s was armed while %s, of its kind, is %s", op.TypedName(), o.TypedName(), o.State)
		case o.State.Open() && o.Batch.Round != op.Batch.Round:
			p.Fatalf("%s was armed in round %d, and %s is in round %d", op.TypedName(), op.Batch.Round, o.TypedName(),
				o.Batch.Round)
		}
	}
}

// clicks is somebody's click on one of them, as it comes through the card.
func (p *playground) clicks(i int) {
	switch rapid.IntRange(0, 120).Draw(p.T, "click") {
	case 0:
		p.does(i, reinstall.Hold{By: person("U0BOB")})
	case 1:
		p.does(i, reinstall.Cancel{By: person("U0ANN")})
	case 2, 3:
		p.does(i, reinstall.Resume{By: person("U0BOB")})
	case 4:
		p.does(i, reinstall.Resolve{By: person("U0BOB"), As: reinstall.Done, Why: "I looked"})
	case 5:
		p.does(i, reinstall.Expire{})
	default:
		p.keys(i)
	}
}

// keys turns both keys of one of them, as far as it takes them.
func (p *playground) keys(i int) {
	op, seen := p.ops[i], p.seen(i)
	if p.does(i, reinstall.Approve{By: person("U0BOB"), Fingerprint: op.Fingerprint}) {
		p.approved[i] = seen
	}
	if p.does(i, reinstall.ConfirmBackup{
		By: person("U0ANN"), Typed: op.TypedName(), Evidence: machine().Evidence[0],
		Fingerprint: op.Fingerprint,
	}) {
		p.confirmed[i] = seen
	}
}

// Promises 1 and 2 for several machines, in whatever order people and workers act. The
// first is armed only when all have their keys on exactly their plans and were read
// again. No other is armed before the first is done. Nothing is armed after one that
// has ended and is not done.
func TestOfSeveralNoneGoesBeforeTheFirstIsDoneOrAfterOneThatIsNot(t *testing.T) {
	most := 0
	mostly := rapid.SampledFrom([]bool{true, true, false}) // so that few runs have some that end done
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 4).Draw(t, "machines")
		ops := party(t, n)
		for i := range ops {
			ops[i].Plan.Name = rapid.SampledFrom([]string{"web", "db", "cache"}).Draw(t, "kind") +
				fmt.Sprintf("-%02d", i+1)
			ops[i].Fingerprint = ops[i].Plan.Fingerprint()
		}
		p := &playground{
			T: t, ops: ops, at: now, approved: make([]string, n), confirmed: make([]string, n),
			smooth: mostly.Draw(t, "the cloud does as it is asked"),
		}
		keyed := n
		if !mostly.Draw(t, "all are keyed from the start") {
			keyed = rapid.IntRange(0, n-1).Draw(t, "keyed from the start")
		}
		for i := range keyed {
			p.keys(i)
		}
		for range rapid.IntRange(60, 200).Draw(t, "steps") {
			p.at = p.at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second)
			i := rapid.IntRange(0, n-1).Draw(t, "machine")
			if rapid.IntRange(0, 9).Draw(t, "who") == 0 {
				p.clicks(i)
			} else {
				p.works(i)
			}
		}
		done := 0
		for _, op := range p.ops {
			if op.State == reinstall.Done {
				done++
			}
		}
		most = max(most, done)
	})
	if most < 2 {
		t.Fatalf("at most %d were ever done: the property looked at nothing", most)
	}
}

// through brings all of a batch to the moment before the first goes.
func through(t *testing.T, ops []reinstall.Operation) {
	t.Helper()
	for i := range ops {
		ops[i] = step(t, ops[i], reinstall.Approve{By: person("U0BOB"), Fingerprint: ops[i].Fingerprint})
		ops[i] = step(t, ops[i], reinstall.ConfirmBackup{
			By: person("U0ANN"), Typed: ops[i].TypedName(),
			Evidence: machine().Evidence[0], Fingerprint: ops[i].Fingerprint,
		})
	}
	for i := range ops[1:] {
		ops[i+1] = step(t, ops[i+1], reinstall.AwaitClearance{
			Result: reading(ops[i+1]),
			Why:    ops[i+1].ClearanceAmong(ops).Wait,
		})
	}
}

func step(t *testing.T, op reinstall.Operation, e reinstall.Event) reinstall.Operation {
	t.Helper()
	next, r := reinstall.Step(op, e, now)
	if r != nil {
		t.Fatal(r)
	}
	return next
}

func TestTheFirstOfSeveralWaitsUntilAllCanGo(t *testing.T) {
	ops := party(t, 3)
	through(t, ops)
	if turn := ops[0].ClearanceAmong(ops); !turn.Go() {
		t.Fatalf("the first may not go: %+v", turn)
	}
	if turn := ops[1].ClearanceAmong(ops); turn.Wait != "it waits for web-01, which goes first" {
		t.Fatalf("the second: %+v", turn)
	}
	held := slices.Clone(ops)
	held[2] = step(t, ops[2], reinstall.Hold{By: person("U0BOB")})
	if turn := held[0].ClearanceAmong(held); turn.Wait != "nothing goes before all can, and web-03 is on hold" {
		t.Fatalf("with one on hold: %+v", turn)
	}
	if turn := ops[0].ClearanceAmong(ops[:2]); turn.Go() {
		t.Fatal("the first may go though not all of its proposal can be found")
	}
}

func TestThoseOfAKindGoOneAfterTheOther(t *testing.T) {
	ops := party(t, 4)
	ops[2].Plan.Name = "db-01"
	ops[2].Fingerprint = ops[2].Plan.Fingerprint()
	through(t, ops)
	ops[0].State, ops[0].End = reinstall.Done, &reinstall.End{At: now}
	for i, want := range []string{1: "", 2: "", 3: "it waits for web-02, which is of its kind and goes before it"} {
		if turn := ops[i].ClearanceAmong(ops); i > 0 && turn.Wait != want {
			t.Errorf("%s: %+v", ops[i].TypedName(), turn)
		}
	}
	ops[1].State, ops[1].End = reinstall.Done, &reinstall.End{At: now}
	if turn := ops[3].ClearanceAmong(ops); !turn.Go() {
		t.Errorf("once that is done: %+v", turn)
	}
}

func TestOneThatEndsAndIsNotDoneStopsTheOthersAndIsNamed(t *testing.T) {
	ops := party(t, 3)
	through(t, ops)
	ops[0].State = reinstall.Unknown
	ops[0].End = &reinstall.End{At: now}
	for i := 1; i < 3; i++ {
		turn := ops[i].ClearanceAmong(ops)
		if turn.Stop == nil || turn.Stop.ID != ops[0].ID {
			t.Fatalf("%s: %+v", ops[i].TypedName(), turn)
		}
		ops[i] = step(t, ops[i], reinstall.Stopped{By: *turn.Stop})
		want := "web-01 has an unknown outcome; if one machine does not finish, the rest are not started"
		if ops[i].State != reinstall.NotSent || ops[i].End.Why != want {
			t.Fatalf("%s: %s %q", ops[i].TypedName(), ops[i].State, ops[i].End.Why)
		}
	}
	if _, r := reinstall.Step(party(t, 2)[1], reinstall.Stopped{By: party(t, 2)[0]}, now); r == nil {
		t.Fatal("one that is open stopped another")
	}
}

func TestDriftOfOneTakesTheKeysOfAllBack(t *testing.T) {
	ops := party(t, 2)
	through(t, ops)
	r := reading(ops[0])
	r.Plan.Tags = map[string]string{"env": "prod"}
	ops[0] = step(t, ops[0], reinstall.Recheck{Result: r})
	turn := ops[1].ClearanceAmong(ops)
	if turn.Recall == nil {
		t.Fatalf("got %+v", turn)
	}
	ops[1] = step(t, ops[1], reinstall.Recall{By: *turn.Recall})
	for _, op := range ops {
		if k := op.Keys(); op.State != reinstall.Proposed || len(k.By) > 0 || k.Backup || op.Batch.Round != 1 ||
			op.Batch.Checked {
			t.Errorf("%s is %s in round %d with %+v", op.TypedName(), op.State, op.Batch.Round, k)
		}
	}
}

// A card's revision is the lead's. If keys are taken back after the lead is done, it
// notes that. Otherwise a click on what was shown before would count.
func TestALeadThatIsDoneNotesThatKeysWereTakenBackSince(t *testing.T) {
	ops := party(t, 3)
	through(t, ops)
	ops[0].State, ops[0].End = reinstall.Done, &reinstall.End{At: now}
	r := reading(ops[1])
	r.Plan.Tags = map[string]string{"env": "prod"}
	ops[1] = step(t, ops[1], reinstall.Recheck{Result: r})
	by, behind := reinstall.LeadBehind(ops[0], ops)
	if !behind || by.ID != ops[1].ID {
		t.Fatalf("got %v, %v", by.ID, behind)
	}
	next := step(t, ops[0], reinstall.Recall{By: by})
	if next.State != reinstall.Done || next.Batch.Round != 1 || next.Plan.Fingerprint() != ops[0].Plan.Fingerprint() {
		t.Fatalf("%s in round %d", next.State, next.Batch.Round)
	}
	ops[0].State = reinstall.Armed
	if _, behind := reinstall.LeadBehind(ops[0], ops); behind {
		t.Fatal("a call that is just going out is written to")
	}
	if _, no := reinstall.Step(ops[0], reinstall.Recall{By: by}, now); no == nil {
		t.Fatal("a call that is just going out was written to")
	}
}

func TestTheNamesOfAllMachinesAreTypedOnceInAnyOrder(t *testing.T) {
	ops := party(t, 3)
	ops[2].Plan.Name = "old web 03"
	for typed, want := range map[string]string{
		"web-01 web-02 old web 03":           "",
		"old web 03\nweb-02   web-01":        "",
		"web-02 old web 03":                  "“web-01” is still to be typed",
		"":                                   "are still to be typed",
		"web-01 web-O2 old web 03":           "“web-O2” is not one of these machines; “web-02” is still to be typed",
		"web-01 web-02 web 03":               "“web 03” is not one of these machines; “old web 03” is still to be typed",
		"web-01 web-02 old web 03 web-04":    "“web-04” is one too many",
		"web-01 web-01 web-02 old web 03":    "“web-01” is one too many",
		"WEB-01 web-02 old web 03":           "“WEB-01” is not one of these machines",
		"web-01, web-02, old web 03":         "“web-01, web-02,” is not one of these machines",
		"web-01 old web-02 web 03":           "“old web 03” is still to be typed",
		"web-01web-02 old web 03":            "“web-01” and “web-02” are still to be typed",
		"web-01 web-02 old\u00a0web\u00a003": "",
	} {
		r := reinstall.CheckTyped(ops, typed)
		switch {
		case r == nil && want != "":
			t.Errorf("%q was taken", typed)
		case r != nil && (want == "" || !strings.Contains(r.Why, want)):
			t.Errorf("%q: %s", typed, r)
		}
	}
}

// One path serves one machine and many: an operation that is alone is a proposal of
// one, whose others neither stop, recall nor delay it.
func TestAnOperationThatIsAloneHasNoOthers(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	for _, s := range reinstall.States {
		op := proposal(t, 1)
		op.State, op.End = s, &reinstall.End{At: now}
		all := []reinstall.Operation{op}
		if turn := op.ClearanceAmong(all); !turn.Go() {
			t.Errorf("%s: it waits for its turn: %+v", s, turn)
		}
		if _, is := reinstall.LeadBehind(op, all); is {
			t.Errorf("%s: it is behind itself", s)
		}
		if !op.Single() || !op.Leads() || op.LeadID() != op.ID || !slices.Equal(op.Members(), []string{op.ID}) {
			t.Errorf("%s: of %v it leads: %v", s, op.Members(), op.Leads())
		}
		other := party(t, 2)[1]
		other.Batch.Round, other.State = 3, reinstall.Failed
		for _, e := range []reinstall.Event{reinstall.Recall{By: other}, reinstall.Stopped{By: other}} {
			if _, r := reinstall.Step(op, e, now); r == nil {
				t.Errorf("%s: it took %s", s, e.Name())
			}
		}
	}
}

func TestTheNameOfOneMachineIsTypedLetterByLetter(t *testing.T) {
	op := proposal(t, 1)
	op.Plan.Name = "old web 03"
	for typed, taken := range map[string]bool{
		"old web 03": true, " old web 03\n": true, "old  web 03": false, "web 03 old": false, "OLD WEB 03": false,
		"": false,
	} {
		if r := reinstall.CheckTyped([]reinstall.Operation{op}, typed); (r == nil) != taken {
			t.Errorf("%q: %v", typed, r)
		}
	}
}
