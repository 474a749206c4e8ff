package outbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// Whatever Slack and the memory answer, and when, the card stands once and each
// line once, in order; also when another process goes on.
func TestEveryLineStandsOnceAndInOrder(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string][]answer
		fails   map[string]int
		restart bool
	}{
		"all is well":               {},
		"the card's answer is lost": {answers: map[string][]answer{"card": {lost}}},
		"the card is dropped":       {answers: map[string][]answer{"card": {dropped, dropped}}},
		"a line's answer is lost":   {answers: map[string][]answer{"line": {lost, lost}}},
		"a line is dropped":         {answers: map[string][]answer{"line": {dropped, dropped}}},
		"lost, and the search fails": {answers: map[string][]answer{
			"line":      {lost},
			"find line": {broken, limited},
		}},
		"Slack is broken for a while": {answers: map[string][]answer{
			"card": {broken},
			"line": {broken, broken, broken},
		}},
		"Slack's limits": {answers: map[string][]answer{
			"card": {limited}, "line": {limited, limited},
			"edit": {limited},
		}},
		"the channel refuses for a time": {answers: map[string][]answer{"line": {refused, refused}}},
		"what was told is not noted":     {fails: map[string]int{"posted": 2}},
		"the card's address is not kept": {fails: map[string]int{"set card": 1}},
		"the doubt is not noted": {
			answers: map[string][]answer{"line": {lost}},
			fails:   map[string]int{"tell": 1},
		},
		"the outbox cannot be read":     {fails: map[string]int{"posts": 2}},
		"another process goes on":       {answers: map[string][]answer{"line": {lost}}, restart: true},
		"another goes on with the card": {answers: map[string][]answer{"card": {lost}}, restart: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			if c.answers != nil {
				s.chat.answers = c.answers
			}
			if c.fails != nil {
				s.store.fails = c.fails
			}
			rec := s.propose("01", "a", "b", "c")
			s.pass()
			if c.restart {
				s.restart()
			}
			s.goes(rec.Op.ID, append(linesFor(rec.Op.ID, "d"), cardOf(rec.Op.ID, 2))...)
			s.settle(3 * time.Minute)
			if got, want := s.thread(rec.Op.ID), []string{"a", "b", "c", "d"}; !slices.Equal(got, want) {
				t.Errorf("the thread has %q, not %q\n%s", got, want, strings.Join(s.chat.calls, "\n"))
			}
			if n := len(s.chat.cards); n != 1 {
				t.Errorf("%d cards stand", n)
			}
			for _, card := range s.chat.cards {
				if card.Rev != 2 {
					t.Errorf("the card shows revision %d", card.Rev)
				}
			}
		})
	}
}

// Nothing is looked for that cannot be there: a search costs one of Slack's
// scarcest calls.
func TestOnlyWhatMayStandThereIsLookedFor(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string][]answer
		taken   bool
		want    []string
	}{
		"all is well":            {nil, false, nil},
		"a fault that is sure":   {map[string][]answer{"line": {broken}}, false, nil},
		"an answer that is lost": {map[string][]answer{"line": {lost}}, false, []string{"find line a"}},
		"the last holder vanished": { // one after the other: of the lines only the first can stand there
			nil, true, []string{"find line a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			rec := s.propose("01")
			s.settle(time.Minute)
			s.chat.calls = nil
			if c.answers != nil {
				s.chat.answers = c.answers
			}
			s.goes(rec.Op.ID, linesFor(rec.Op.ID, "a", "b", "c")...)
			if c.taken { // somebody claims it and is heard of no more
				if _, err := s.memory.Claim(t.Context(), port.Lease, 10); err != nil {
					t.Fatal(err)
				}
				s.at = s.at.Add(port.Lease)
			}
			s.settle(time.Minute)
			var searched []string
			for _, call := range s.chat.calls {
				if strings.HasPrefix(call, "find") {
					searched = append(searched, strings.ReplaceAll(call, rec.Op.ID+".", ""))
				}
			}
			if !slices.Equal(searched, c.want) {
				t.Errorf("looked %q, not %q", searched, c.want)
			}
		})
	}
}

// A doubt outlives the process that has it: it stands in the outbox until the line
// is known to stand.
func TestADoubtIsNotedUntilItIsSettled(t *testing.T) {
	s := newStand(t)
	rec := s.propose("01", "a")
	s.chat.answers["line"] = []answer{lost}
	s.pass()
	doubts := func() (keys []string) {
		for _, p := range s.left() {
			if p.Kind == port.PostDoubt {
				keys = append(keys, p.Key)
			}
		}
		return keys
	}
	if want := []string{port.DoubtPrefix + rec.Op.ID + ".a"}; !slices.Equal(doubts(), want) {
		t.Errorf("noted %q, not %q", doubts(), want)
	}
	s.settle(time.Minute)
	if n := s.chat.count("line"); n != 1 {
		t.Errorf("the line was posted %d times", n)
	}
}

// A line that cannot be told holds back those behind it, also when its rest is over
// within the pass; and it holds back no other operation.
func TestALineHoldsBackItsOwnOperationAlone(t *testing.T) {
	s := newStand(t)
	one, other := s.propose("01").Op.ID, s.propose("02").Op.ID
	s.settle(time.Minute)
	s.chat.answers["line"] = []answer{broken}
	s.chat.waits = func() { s.at = s.at.Add(2500 * time.Millisecond) }
	for _, line := range []string{"a", "b"} {
		s.goes(one, linesFor(one, line)...)
		s.goes(other, linesFor(other, line)...)
	}
	s.pass()
	if got := s.thread(one); len(got) != 0 {
		t.Errorf("told past a line that waits: %q", got)
	}
	if got := s.thread(other); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the other has %q", got)
	}
	s.settle(time.Minute)
	if got := s.thread(one); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("in the end it has %q", got)
	}
}

// However often a proposal changed, its card is drawn once a pass, as it is then.
func TestACardThatChangedOftenIsDrawnOnce(t *testing.T) {
	s := newStand(t)
	rec := s.propose("01")
	s.settle(time.Minute)
	s.chat.calls = nil
	for rev := range int64(5) {
		s.goes(rec.Op.ID, cardOf(rec.Op.ID, rev+2))
	}
	s.settle(time.Minute)
	if edits := s.chat.count("edit"); edits != 1 || len(s.chat.calls) != 1 {
		t.Errorf("%d edits: %q", edits, s.chat.calls)
	}
	for _, c := range s.chat.cards {
		if c.Rev != 6 {
			t.Errorf("the card shows revision %d", c.Rev)
		}
	}
}

// The longer a fault lasts, the rarer it is tried: twice as long each time, up to a
// most. Slack's own word counts where it is longer.
func TestBackOffDoublesUpToItsMost(t *testing.T) {
	s := func(seconds ...int) (out []time.Duration) {
		for _, n := range seconds {
			out = append(out, time.Duration(n)*time.Second)
		}
		return out
	}
	for name, c := range map[string]struct {
		err  answer
		want []time.Duration
	}{
		"a fault":                {answer{}, s(2, 4, 8, 16, 30, 30)},
		"a fault, asked to rest": {answer{after: 10 * time.Second}, s(10, 10, 10, 16, 30, 30)},
		"a limit":                {answer{limited: true, after: 7 * time.Second}, s(7, 7, 7, 7, 7, 7)},
		"the channel":            {answer{permanent: true, reach: port.ReachChannel}, s(5, 10, 20, 40, 60, 60)},
		"a kind of post":         {answer{permanent: true, reach: port.ReachKind}, s(5, 10, 20, 40, 60, 60)},
		"a thread":               {answer{permanent: true, reach: port.ReachThread}, s(5, 10, 20, 40, 60, 60)},
	} {
		var r breakers
		now, l := time.Unix(1000, 0), infraLanes("AAAA.line", "lines")
		for i, want := range c.want {
			got := r.tripAfter(now, l, c.err)
			if got != want {
				t.Errorf("%s, time %d: rests %s, not %s", name, i+1, got, want)
			}
			if wait, _ := r.timeToWait(now, l); wait != want {
				t.Errorf("%s, time %d: may go in %s, not in %s", name, i+1, wait, want)
			}
			now = now.Add(want)
			if wait, _ := r.timeToWait(now, l); wait != 0 {
				t.Errorf("%s, time %d: it rested, and waits for %s more", name, i+1, wait)
			}
		}
	}
}

// What Slack never takes is given up, reported, and holds nothing back. Limits are
// no faults.
func TestWhatSlackNeverTakesIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		answer   answer
		attempts int
		faults   map[string]int
		thread   []string
	}{
		"in no form":     {never, 2, map[string]int{"[fault unpostable]": 1}, []string{"b"}},
		"not at once":    {limited, 3, nil, []string{"a", "b"}},
		"not this time":  {broken, 3, map[string]int{"[fault post]": 1}, []string{"a", "b"}},
		"not in a while": {refused, 3, map[string]int{"[fault post]": 1}, []string{"a", "b"}},
	} {
		s := newStand(t)
		rec := s.propose("01")
		s.settle(time.Minute)
		s.chat.answers["line"] = []answer{c.answer}
		s.goes(rec.Op.ID, linesFor(rec.Op.ID, "a", "b")...)
		s.settle(time.Minute)
		if n := s.chat.count("line"); n != c.attempts {
			t.Errorf("%s: %d attempts", name, n)
		}
		if fmt.Sprint(s.counts) != fmt.Sprint(c.faults) {
			t.Errorf("%s: counted %v, not %v", name, s.counts, c.faults)
		}
		if got := s.thread(rec.Op.ID); !slices.Equal(got, c.thread) {
			t.Errorf("%s: the thread has %q", name, got)
		}
	}
}

// A card that Slack refuses in its channel ends the proposal, which nobody could
// see, and the proposer alone reads why.
func TestAProposalThatNobodyCanSeeEnds(t *testing.T) {
	s := newStand(t)
	s.chat.answers["card"] = []answer{never}
	rec := s.propose("01")
	s.settle(time.Minute)
	if !slices.Equal(s.ended, []string{rec.Op.ID}) {
		t.Errorf("ended: %q", s.ended)
	}
	if len(s.chat.private) != 1 || !strings.HasPrefix(s.chat.private[0], "U0ANN: ") {
		t.Errorf("told alone: %q", s.chat.private)
	}
}

// Nothing is posted that a fail-over would undo, or by whoever's lease is over.
func TestNothingIsPostedWithoutALeaseAndAReplica(t *testing.T) {
	for name, breaks := range map[string]func(*stand){
		"no replica has it": func(s *stand) { s.store.fails["await replicas"] = 1 },
		"the lease is over": func(s *stand) { s.frozen = true },
		"it cannot be read": func(s *stand) { s.store.fails["posts"] = 1 },
	} {
		s := newStand(t)
		rec := s.propose("01", "a")
		breaks(s)
		s.pass()
		if len(s.chat.calls) > 0 {
			t.Errorf("%s: %q", name, s.chat.calls)
		}
		s.frozen = false
		s.settle(time.Minute)
		if got := s.thread(rec.Op.ID); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%s: in the end %q", name, got)
		}
	}
}

// The thread of several machines is one: what the others have to say goes to it.
func TestTheLeadTellsForAllMachines(t *testing.T) {
	s := newStand(t)
	var ids []string
	for _, machine := range []string{"01", "02"} {
		ref := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-" + machine}
		ids = append(ids, s.memory.NewID(ref))
	}
	for i, id := range ids {
		op := reinstall.Operation{
			ID: id, State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN",
			ProposedAt: s.at, Expires: s.at.Add(time.Hour),
			Batch: &reinstall.Batch{Item: "x", Members: ids, Index: i},
		}
		op.Plan.Ref = model.Ref{Account: "main", Region: "ap-guangzhou", Instance: fmt.Sprintf("ins-%02d", i+1)}
		op.Plan.Name = fmt.Sprintf("web-%02d", i+1)
		made := port.Change{Op: op, Command: "make " + id, By: "U0ANN", What: "proposed", WakeAfter: port.Never}
		if _, err := s.memory.Create(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
	s.goes(ids[1], append(linesFor(ids[1], "a"), cardOf(ids[1], 2))...)
	s.settle(time.Minute)
	lead, err := s.memory.Load(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := s.chat.lines[lead.Card.TS]; !slices.Equal(got, []string{ids[1] + ".a"}) || len(s.chat.cards) != 1 {
		t.Errorf("the lead's thread has %q, and %d cards stand", got, len(s.chat.cards))
	}
}

// A whisper is told alone and once; one that Slack refuses is given up.
func TestAWhisperThatIsRefusedIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		answers []answer
		private int
		calls   int
	}{
		"taken": {nil, 1, 1}, "refused": {[]answer{refused}, 0, 1}, "broken at first": {[]answer{broken, broken}, 1, 3},
	} {
		s := newStand(t)
		s.chat.answers["whisper"] = c.answers
		rec := s.propose("01")
		s.settle(time.Minute)
		whisper := port.Post{
			Kind: port.PostWhisper, Key: "w1", Op: rec.Op.ID, Channel: "C0INFRA", User: "U0BOB",
			Text: view.Say("not you"),
		}
		for range 2 { // once by its key
			if err := s.memory.Tell(t.Context(), rec.Op.ID, whisper); err != nil {
				t.Fatal(err)
			}
		}
		s.settle(time.Minute)
		if got := s.chat.count("whisper"); len(s.chat.private) != c.private || got != c.calls {
			t.Errorf("%s: %d calls, told %q", name, got, s.chat.private)
		}
	}
}
