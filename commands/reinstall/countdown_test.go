package reinstall_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
)

// The showing of countdowns as a model: a card and a thread that change or do
// not, whoever tells them, who may crash at any moment and forgets what it knew,
// people who hold and resume, and a worker that arms as soon as the rules let it.
// What is decided about the operation is not modelled: the rules are asked.

// telling are the points by which whoever tells goes; a variant leaves one out.
type telling struct {
	card  bool // it counts only once the card shows it
	line  bool // .. and its line stands in the thread
	bound bool // .. and what is noted is about that very countdown
	shown bool // the rule: it counts from when it was shown, and not from when it was announced
}

const (
	half     = 15 * time.Second // of a countdown
	halves   = 6
	mostHeld = 2 // countdowns in one history
)

// scene is one state of everything, but for the operation, which is op of those
// met so far.
type scene struct {
	op, tick   int
	count      int                // countdowns so far; each has a number from 1 on
	card       int                // the number of the one on the card; 0: none
	lines      [mostHeld + 1]bool // those whose line stands in the thread
	since      [mostHeld + 1]int  // when it stood on both, plus 1
	left       [mostHeld + 1]bool // lines that are in the outbox
	knowsCard  int                // what whoever tells knows of the card
	knowsLines [mostHeld + 1]bool //
}

type theatre struct {
	telling
	ops  []reinstall.Operation
	seen map[scene]bool
	todo []scene
	may  map[[2]int]bool // what the rules said, by operation and time
	arms int
	bad  string
}

func timeOf(s scene) time.Time { return now.Add(time.Duration(s.tick) * half) }

func (x *theatre) add(s scene, op reinstall.Operation) {
	s.op = slices.IndexFunc(x.ops, func(o reinstall.Operation) bool {
		return o.State == op.State && o.Announced.Equal(op.Announced) && o.Shown.Equal(op.Shown) &&
			o.Starts.Equal(op.Starts)
	})
	if s.op < 0 {
		s.op, x.ops = len(x.ops), append(x.ops, op)
	}
	for k := range s.since {
		if k > 0 && s.card == k && s.lines[k] && s.since[k] == 0 {
			s.since[k] = s.tick + 1
		}
	}
	if !x.seen[s] {
		x.seen[s] = true
		x.todo = append(x.todo, s)
	}
}

// number is which countdown an operation has.
func number(s scene, op reinstall.Operation) int {
	if op.State != reinstall.Ready {
		return 0
	}
	return s.count
}

func (x *theatre) moves(s scene) {
	op := x.ops[s.op]
	if n := s; n.tick < halves {
		n.tick++
		x.add(n, op)
	}
	n := s
	n.knowsCard, n.knowsLines = 0, [mostHeld + 1]bool{}
	x.add(n, op) // whoever told crashed
	n = s
	n.card = number(s, op)
	x.add(n, op) // the card was drawn, and the answer lost
	n.knowsCard = n.card
	x.add(n, op)
	x.people(s, op)
	for k := 1; k <= s.count; k++ {
		if s.left[k] {
			x.tells(s, op, k)
		}
	}
	x.worker(s, op)
}

func (x *theatre) people(s scene, op reinstall.Operation) {
	at := timeOf(s)
	if op.State == reinstall.Ready && s.count < mostHeld {
		held, r := reinstall.Step(op, reinstall.Hold{By: person("U0BOB")}, at)
		if r == nil {
			x.add(s, held)
		}
	}
	if op.State == reinstall.Held {
		next, _ := reinstall.Step(op, reinstall.Resume{By: person("U0BOB")}, at)
		next, r := reinstall.Step(next, reinstall.Recheck{Result: reading(next)}, at.Add(time.Duration(s.count+1)))
		if r == nil {
			s.count++
			s.left[s.count] = true
			x.add(s, next)
		}
	}
}

// tells goes on with the line of a countdown that is in the outbox.
func (x *theatre) tells(s scene, op reinstall.Operation, k int) {
	if !s.knowsLines[k] {
		n := s
		n.lines[k] = true
		x.add(n, op) // it was told, and the answer lost
		n.knowsLines[k] = true
		x.add(n, op)
		if x.line {
			return
		}
	}
	announced := op.Announced
	if k != s.count && x.bound {
		announced = op.Announced.Add(-time.Hour) // an earlier one
	}
	over := k != s.count || op.State != reinstall.Ready || !op.Shown.IsZero()
	if x.card && s.knowsCard != k && !over {
		return
	}
	next, r := reinstall.Step(op, reinstall.CountdownShown{Of: announced}, timeOf(s))
	s.left[k] = false
	if r != nil {
		next = op
	}
	x.add(s, next)
}

// worker arms where the rules let it, and people must have seen it coming.
func (x *theatre) worker(s scene, op reinstall.Operation) {
	at := timeOf(s).Add(time.Second)
	if !x.shown && op.Shown.IsZero() && op.State == reinstall.Ready {
		op.Shown, op.Starts = op.Announced, op.Announced.Add(op.Plan.Terms.Countdown)
	}
	q := [2]int{s.op, s.tick}
	may, asked := x.may[q]
	if !asked {
		_, r := reinstall.Step(op, arm(reading(op), at), at)
		may = r == nil
		x.may[q] = may
	}
	if !may {
		return
	}
	x.arms++
	k := s.count
	if s.since[k] == 0 || s.tick-(s.since[k]-1) < 2 {
		x.bad = "a call without a countdown that people could see in full"
	}
}

// plays explores all histories.
func (v telling) plays(t *testing.T) *theatre {
	op := inState(t, reinstall.Approved)
	op, r := reinstall.Step(op, reinstall.Recheck{Result: reading(op)}, now.Add(1))
	if r != nil {
		t.Fatal(r)
	}
	x := &theatre{telling: v, seen: map[scene]bool{}, may: map[[2]int]bool{}}
	first := scene{count: 1}
	first.left[1] = true
	x.add(first, op)
	for len(x.todo) > 0 && x.bad == "" {
		s := x.todo[len(x.todo)-1]
		x.todo = x.todo[:len(x.todo)-1]
		x.moves(s)
	}
	return x
}

// No call is made that people could not see coming, whatever is lost or crashes.
func TestNoCallIsMadeThatPeopleCouldNotSeeComing(t *testing.T) {
	x := telling{card: true, line: true, bound: true, shown: true}.plays(t)
	t.Logf("%d states, armed in %d", len(x.seen), x.arms)
	if x.bad != "" || x.arms == 0 {
		t.Errorf("%s; armed %d times", x.bad, x.arms)
	}
}

func TestWithoutAnyOneOfItsPointsTheShowingOfCountdownsFails(t *testing.T) {
	all := telling{card: true, line: true, bound: true, shown: true}
	for what, leave := range map[string]func(*telling){
		"the card is not waited for":          func(v *telling) { v.card = false },
		"the line is not waited for":          func(v *telling) { v.line = false },
		"another countdown's line counts":     func(v *telling) { v.bound = false },
		"it counts from when it is announced": func(v *telling) { v.shown = false },
	} {
		v := all
		leave(&v)
		if x := v.plays(t); x.bad == "" {
			t.Errorf("%s, and nothing is found in %d states", what, len(x.seen))
		}
	}
}

func TestACountdownOfAnOlderRecordIsCountedAnew(t *testing.T) {
	op := unshown(t, true)
	if r := op.Armable(lately(reading(op), soon), soon); r == nil || !strings.Contains(r.Why, "not been shown") {
		t.Fatalf("it may be armed: %v", r)
	}
	op = mustStep(t, op, reinstall.RestartCountdown{}, soon)
	op = mustStep(t, op, reinstall.Recheck{Result: reading(op)}, soon)
	if op.CountdownRuns() || op.Announced.IsZero() {
		t.Errorf("it counts: %v, announced %s", op.CountdownRuns(), op.Announced)
	}
}

func TestACountdownThatWasMissedIsCountedAnew(t *testing.T) {
	op := inState(t, reinstall.Ready)
	for what, c := range map[string]struct {
		at    time.Time
		waits string
		anew  bool
	}{
		"at its end":                {op.Starts, "", false},
		"a minute later":            {op.Starts.Add(time.Minute), "", false},
		"more than a minute later":  {op.Starts.Add(time.Minute + 1), "", true},
		"later, with a reason":      {op.Starts.Add(time.Hour), "everything is frozen", false},
		"long later, and by nobody": {op.Starts.Add(8 * time.Hour), "", true},
	} {
		op := op
		op.Waits = c.waits
		next, r := reinstall.Step(op, reinstall.RestartCountdown{}, c.at)
		if op.CountdownMissed(c.at) != c.anew || (r == nil) != c.anew {
			t.Errorf("%s: missed %v, %v", what, op.CountdownMissed(c.at), r)
		}
		if c.anew && (next.State != reinstall.Approved || next.CountdownRuns() || !next.Starts.IsZero() ||
			!next.Shown.IsZero()) {
			t.Errorf("%s: %s, starts %s", what, next.State, next.Starts)
		}
	}
}

func TestTheWholeCountdownRunsFromWhenItWasShown(t *testing.T) {
	op := unshown(t, false)
	late := now.Add(20 * time.Minute)
	op = mustStep(t, op, reinstall.CountdownNotShown{Of: op.Announced, Why: "the channel is archived"}, now)
	if op.InQueue() {
		t.Error("what cannot be shown keeps others waiting")
	}
	op = mustStep(t, op, reinstall.CountdownShown{Of: op.Announced}, late)
	end := late.Add(op.Plan.Terms.Countdown)
	if !op.Starts.Equal(end) || op.Waits != "" {
		t.Errorf("it starts %s and waits %q", op.Starts, op.Waits)
	}
	if r := op.Armable(lately(reading(op), end.Add(-1)), end.Add(-1)); r == nil {
		t.Error("armed before its end")
	}
	op.Starts = now // whatever a record says of its end
	if r := op.Armable(lately(reading(op), end.Add(-1)), end.Add(-1)); r == nil {
		t.Error("armed before it was shown in full")
	}
	if r := op.Armable(lately(reading(op), end), end); r != nil {
		t.Error(r)
	}
}
