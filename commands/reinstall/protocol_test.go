package reinstall_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
)

// This is the arming protocol (facts/engine.md) as a model: two workers, two
// Redis nodes, one machine in the cloud, and everything that can go wrong
// between them, in every order. explore visits each state that can be reached.
// What the record's age and the cloud's sight prove is asked of the product's
// own reinstall.Reconcile.

// rules are the points of the protocol; a variant leaves one out.
type rules struct {
	burn     bool          // the intent is written by compare-and-set before the call
	wait     bool          // WAIT for the replica
	reread   bool          // and read again that the intent is still mine
	fence    bool          // nothing is sent that was signed for an arming 5 s ago
	expiry   bool          // the cloud refuses a signature that is 300 s old
	baseline bool          // the machine's last operation must be the approved one
	mine     bool          // an answer is written only to the arming that it is of
	once     bool          // HTTP makes one attempt
	margin   time.Duration // after T0, when "not sent" may be concluded
}

func theProtocol() rules {
	return rules{burn: true, wait: true, reread: true, fence: true, expiry: true, baseline: true, mine: true, once: true, margin: reinstall.DeadAfter}
}

// age is how long ago a worker's T0 was.
type age int8

const (
	fresh  age = iota // up to 5 s
	valid             // up to 300 s: the signature still counts
	dead              // up to 400 s: it does not, and a stale read may hide what it did
	proven            // after that a read shows everything that it did
)

var ages = map[age]time.Duration{fresh: 0, valid: 6 * time.Second, dead: 301 * time.Second, proven: reinstall.DeadAfter}

// record is the operation as one Redis node has it.
type record struct {
	state string // ready, armed, sent, refused, not sent, superseded, unknown
	by    int8   // whose arming
}

// worker is one process, in the straight line from reading to the answer.
type worker struct {
	at     string // idle, read, armed, waited, sending, called
	conn   int8   // the node that it is connected to
	age    age    // of its T0
	call   string // its request: "", flying, taken, refused, lost
	second bool   // an HTTP client that tries again has it flying once more
	answer bool   // the answer has not arrived yet
}

// situation is one state. It is comparable: explore remembers those it has seen.
type situation struct {
	node      [2]record
	master    int8
	synced    bool // the other node has all that the master has
	failovers int8
	w         [2]worker
	resets    int8 // that the cloud began
	latest    int8 // the machine's last operation: 0 the baseline, 1 and 2 a worker's, 3 somebody's reboot
	crashes   int8
}

func (s *situation) rec() *record { return &s.node[s.master] }

func (s *situation) write(r record) {
	s.node[s.master], s.synced = r, false
}

// step is one thing that can happen, with the state after it.
type step struct {
	what string
	to   situation
}

// next are all things that can happen in s.
func (p rules) next(s situation) (out []step) {
	can := func(what string, do func(*situation)) {
		t := s
		do(&t)
		if t != s {
			out = append(out, step{what, t})
		}
	}
	if !s.synced {
		can("the replica catches up", func(t *situation) { t.node[1-t.master], t.synced = t.node[t.master], true })
	}
	if s.failovers < 2 {
		can("Redis fails over; what the replica does not have is lost", func(t *situation) {
			t.master, t.synced = 1-t.master, t.node[0] == t.node[1]
			t.failovers++
		})
	}
	if s.latest != 3 && s.resets == 0 {
		can("somebody reboots the machine in the console", func(t *situation) { t.latest = 3 })
	}
	for i := range s.w {
		p.worker(s, int8(i), can)
		p.cloud(s, int8(i), can)
	}
	return out
}

// worker is what one process can do.
func (p rules) worker(s situation, i int8, can func(string, func(*situation))) {
	who := fmt.Sprintf("worker %d ", i+1)
	w := s.w[i]
	me := func(t *situation) *worker { return &t.w[i] }
	if w.at != "idle" && s.crashes < 2 {
		can(who+"crashes", func(t *situation) {
			*me(t) = worker{at: "idle", age: w.age, call: w.call, second: w.second}
			t.crashes++
		})
	}
	if w.at != "idle" || w.call == "flying" || w.second {
		if w.age < proven {
			can(who+"is frozen, and time passes", func(t *situation) { me(t).age++ })
		}
	}
	switch w.at {
	case "idle":
		p.begins(s, i, can)
		p.reconciles(s, i, can)
	case "read":
		can(who+"arms", func(t *situation) { p.arms(t, i) })
		can(who+"arms; the answer of Redis is lost", func(t *situation) {
			if p.burn {
				p.arms(t, i)
				me(t).at = "idle" // in doubt: it sends nothing
			}
		})
	case "armed":
		can(who+"waits for the replica", func(t *situation) {
			switch {
			case !p.wait, t.master == w.conn && t.synced: // Redis compares offsets, not what is in them
				me(t).at = "waited"
			default:
				p.answers(t, i, "not sent")
			}
		})
	case "waited":
		can(who+"reads again", func(t *situation) {
			if r := t.node[w.conn]; p.reread && (r.state != "armed" || r.by != i) {
				p.answers(t, i, "not sent")
				return
			}
			me(t).at = "sending"
		})
	case "sending":
		can(who+"calls", func(t *situation) {
			if p.fence && w.age > fresh {
				p.answers(t, i, "not sent")
				return
			}
			me(t).at, me(t).call, me(t).answer, me(t).second = "called", "flying", true, !p.once
		})
	case "called":
		if !w.answer {
			can(who+"writes what came of it", func(t *situation) {
				p.answers(t, i, map[string]string{"taken": "sent", "refused": "refused"}[w.call])
			})
		}
		can(who+"gives up waiting for the answer", func(t *situation) { me(t).at = "idle" })
	}
}

// begins: a worker that finds the operation ready reads the machine. A stale
// read shows what was before; nobody's lease keeps another out for sure.
func (p rules) begins(s situation, i int8, can func(string, func(*situation))) {
	r := *s.rec()
	if r.state != "ready" || s.w[i].call == "flying" {
		return
	}
	for _, seen := range p.sights(s) {
		can(fmt.Sprintf("worker %d finds it ready and sees operation %d", i+1, seen), func(t *situation) {
			if p.baseline && seen != 0 {
				t.write(record{state: "superseded"})
				return
			}
			t.w[i] = worker{at: "read", conn: t.master}
		})
	}
}

// sights are what a read of the machine can show.
func (p rules) sights(s situation) []int8 {
	if s.latest == 0 || s.latest == 3 {
		return []int8{s.latest}
	}
	if s.w[s.latest-1].age == proven {
		return []int8{s.latest}
	}
	return []int8{s.latest, 0}
}

func (p rules) arms(t *situation, i int8) {
	w := &t.w[i]
	w.age = fresh
	switch {
	case !p.burn:
		w.at = "sending"
	case t.master != w.conn || t.rec().state != "ready":
		w.at = "idle"
	default:
		t.write(record{"armed", i})
		w.at = "armed"
	}
}

// answers writes the outcome, if the record is (still) armed.
func (p rules) answers(t *situation, i int8, state string) {
	t.w[i].at = "idle"
	r := *t.rec()
	if state == "" || r.state != "armed" && p.burn || r.state != "ready" && !p.burn || p.mine && p.burn && r.by != i {
		return
	}
	t.write(record{state, r.by})
}

// reconciles: whoever finds it armed asks what the machine shows.
func (p rules) reconciles(s situation, i int8, can func(string, func(*situation))) {
	r := *s.rec()
	if r.state != "armed" {
		return
	}
	t0 := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	for _, seen := range p.sights(s) {
		op := reinstall.Operation{Arming: &reinstall.Arming{At: t0, Baseline: shows(0)}}
		// A shorter margin is the product's rule with its clock put forward.
		at := t0.Add(ages[s.w[r.by].age]).Add(reinstall.DeadAfter - p.margin)
		e := reinstall.Reconcile(op, reinstall.Sight{Instance: reinstall.Instance{Latest: shows(seen)}, ServerTime: at})
		if e == nil {
			continue
		}
		can(fmt.Sprintf("worker %d reconciles: %s", i+1, e.Name()), func(t *situation) {
			t.write(record{strings.TrimSuffix(e.Name(), " (inferred)"), r.by})
		})
	}
	if s.w[r.by].age < proven && s.w[r.by].at == "idle" && s.w[r.by].call != "flying" {
		can("time passes", func(t *situation) { t.w[r.by].age++ })
	}
}

// shows is the cloud's record of an operation.
func shows(op int8) reinstall.Latest {
	name := map[int8]string{0: "RunInstances", 1: "ResetInstance", 2: "ResetInstance", 3: "RebootInstances"}[op]
	return reinstall.Latest{Operation: name, RequestID: fmt.Sprint("request ", op), State: "SUCCESS"}
}

// cloud is what becomes of a worker's request.
func (p rules) cloud(s situation, i int8, can func(string, func(*situation))) {
	w := s.w[i]
	call := fmt.Sprintf("the call of worker %d ", i+1)
	if w.call == "flying" {
		can(call+"is lost", func(t *situation) { t.w[i].call = "lost" })
		can(call+"is refused", func(t *situation) { t.w[i].call, t.w[i].answer = "refused", false })
		if w.age <= valid || !p.expiry {
			can(call+"is taken", func(t *situation) {
				t.w[i].call, t.w[i].answer = "taken", false
				t.resets++
				t.latest = i + 1
			})
		}
	}
	if w.second && w.call != "flying" && (w.age <= valid || !p.expiry) {
		can(call+"is sent again by HTTP, and taken", func(t *situation) {
			t.w[i].second = false
			t.resets++
			t.latest = i + 1
		})
	}
}

// wrong says which promise a state breaks.
func (p rules) wrong(s situation) string {
	if s.resets > 1 {
		return "the machine is reset twice"
	}
	coming := false
	for _, w := range s.w {
		coming = coming || (w.call == "flying" || w.second) && (w.age <= valid || !p.expiry)
	}
	switch r := *s.rec(); {
	case r.state == "not sent" && s.resets > 0:
		return "it says not sent, and the machine was reset"
	case r.state == "refused" && s.resets > 0:
		return "it says refused, and the machine was reset"
	case (r.state == "not sent" || r.state == "refused" || r.state == "superseded") && coming:
		return "it says " + r.state + " and gives the machine free, and a call may still arrive"
	case r.state == "sent" && s.resets == 0:
		return "it says sent, and nothing was"
	}
	return ""
}

// explore visits every state, nearest first. It returns how many there are, the
// records' states that were seen, and the shortest way to a promise broken in
// that manner; "" is any.
func (p rules) explore(manner string) (states int, ends map[string]bool, broken []string) {
	begin := situation{node: [2]record{{state: "ready"}, {state: "ready"}}, synced: true, w: [2]worker{{at: "idle"}, {at: "idle"}}}
	type came struct {
		from situation
		by   string
	}
	seen, ends := map[situation]came{begin: {}}, map[string]bool{}
	for queue := []situation{begin}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		ends[s.rec().state] = true
		if why := p.wrong(s); why != "" && strings.Contains(why, manner) {
			way := []string{why}
			for at := s; at != begin; at = seen[at].from {
				way = append(way, seen[at].by)
			}
			slices.Reverse(way)
			return len(seen), ends, way
		}
		for _, n := range p.next(s) {
			if _, ok := seen[n.to]; !ok {
				seen[n.to] = came{s, n.what}
				queue = append(queue, n.to)
			}
		}
	}
	return len(seen), ends, nil
}

// Promises 1 and 5: in no order of crashes, freezes, losses, late requests,
// stale reads and fail-overs is a machine reset twice, or is the record wrong.
func TestTheArmingProtocolNeverResetsTwiceAndNeverLies(t *testing.T) {
	states, ends, broken := theProtocol().explore("")
	if broken != nil {
		t.Fatalf("after %d states:\n  %s", states, strings.Join(broken, "\n  "))
	}
	t.Logf("%d states, no promise broken", states)
	for _, must := range []string{"sent", "refused", "not sent", "superseded", "unknown"} {
		if !ends[must] {
			t.Errorf("the model never ends %s: it shows too little", must)
		}
	}
}

// Each point of the protocol is needed: without it the model finds the harm.
func TestTheModelCatchesAProtocolWithoutThePoint(t *testing.T) {
	const twice, lie = "reset twice", "it says not sent"
	for name, k := range map[string]struct {
		leaveOut func(*rules)
		harm     string
	}{
		"leases only":                            {func(p *rules) { p.burn, p.baseline = false, false }, twice},
		"the baseline alone":                     {func(p *rules) { p.burn = false }, twice},
		"no WAIT":                                {func(p *rules) { p.wait = false }, twice},
		"no second read":                         {func(p *rules) { p.reread = false }, twice},
		"a margin that ends with the signature":  {func(p *rules) { p.margin = 300 * time.Second }, lie},
		"a signature that never expires":         {func(p *rules) { p.expiry, p.fence = false, false }, lie},
		"HTTP tries again":                       {func(p *rules) { p.once = false }, twice},
		"an answer is written to another arming": {func(p *rules) { p.mine = false }, lie},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := theProtocol()
			k.leaveOut(&p)
			states, _, broken := p.explore(k.harm)
			if broken == nil {
				t.Fatalf("%d states, and no harm found: the model is blind to this", states)
			}
			t.Logf("after %d states:\n  %s", states, strings.Join(broken, "\n  "))
		})
	}
}
