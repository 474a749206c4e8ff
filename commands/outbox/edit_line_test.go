package outbox

import (
	"slices"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/view"
)

// editOf gives the line with a key another text.
func editOf(op, key, line, text string) port.Post {
	return port.Post{Kind: port.PostEdit, Key: op + "." + key, Op: op, Line: op + "." + line, Text: view.Say(text)}
}

// Whatever goes wrong, a line says at last what its newest edit says, and no edit makes a
// line of its own where that line stands.
func TestALineSaysWhatItsNewestEditSays(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string][]answer
		fails   map[string]int
		taken   bool
		want    int // calls that edit
	}{
		"all is well":                {want: 1},
		"an edit's answer is lost":   {answers: map[string][]answer{"edit line": {lost}}, want: 2},
		"an edit is dropped":         {answers: map[string][]answer{"edit line": {dropped}}, want: 2},
		"Slack is broken":            {answers: map[string][]answer{"edit line": {broken, limited}}, want: 3},
		"what was told is not noted": {fails: map[string]int{"posted": 1}, want: 1},
		"whoever edited it vanished": {taken: true, want: 1},
		"vanished, and the edit is limited": {
			answers: map[string][]answer{"edit line": {limited}}, taken: true, want: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			id := s.propose("01", "counts").Op.ID
			s.settle(time.Minute)
			if c.answers != nil {
				s.chat.answers = c.answers
			}
			if c.fails != nil {
				s.store.fails = c.fails
			}
			s.goes(id, editOf(id, "1", "counts", "it counts"))
			s.goes(id, append(linesFor(id, "b"), editOf(id, "2", "counts", "sent"))...)
			if c.taken {
				if _, err := s.memory.Claim(t.Context(), port.Lease, 10); err != nil {
					t.Fatal(err)
				}
				s.at = s.at.Add(port.Lease)
				s.restart()
			}
			s.settle(2 * time.Minute)
			if got := s.chat.texts[id+".counts"]; got != "sent" {
				t.Errorf("it says %q", got)
			}
			if got := s.thread(id); !slices.Equal(got, []string{"counts", "b"}) {
				t.Errorf("the thread has %q", got)
			}
			if n := s.chat.count("edit line"); n != c.want {
				t.Errorf("%d edits", n)
			}
		})
	}
}

// A text whose line is gone becomes a line, once, whatever is lost or who vanishes.
func TestATextWhoseLineIsGoneBecomesALine(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string][]answer
		fails   map[string]int
		taken   bool // whoever posted it could not note that, and is heard of no more
	}{
		"all is well":                {},
		"its answer is lost":         {answers: map[string][]answer{"line": {lost}}},
		"it is not noted":            {fails: map[string]int{"posted": 1}},
		"whoever posted it vanished": {taken: true},
		"vanished, and the edit is limited": {
			answers: map[string][]answer{"edit line": {limited}}, taken: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t)
			id := s.propose("01", "a").Op.ID
			s.settle(time.Minute)
			s.goes(id, editOf(id, "1", "gone", "sent"))
			if c.taken {
				s.store.fails = map[string]int{"posted": 1, "tell": 1}
				s.pass()
				s.at = s.at.Add(port.Lease)
				s.restart()
			}
			if c.answers != nil {
				s.chat.answers = c.answers
			}
			if c.fails != nil {
				s.store.fails = c.fails
			}
			s.settle(2 * time.Minute)
			if got := s.thread(id); !slices.Equal(got, []string{"a", "1"}) {
				t.Errorf("the thread has %q", got)
			}
		})
	}
}

// What an earlier version wrote at the end of a countdown still takes the buttons off.
func TestAnOlderEntryTakesTheButtonsOff(t *testing.T) {
	s := newStand(t)
	id := s.propose("01", "countdown.1").Op.ID
	s.settle(time.Minute)
	said := s.chat.texts[id+".countdown.1"]
	s.goes(id, port.Post{Kind: port.PostOver, Key: id + ".countdown.1.over", Op: id})
	s.settle(time.Minute)
	if n := s.chat.count("edit line"); n != 1 || s.chat.texts[id+".countdown.1"] != said {
		t.Errorf("%d edits, and it says %q", n, s.chat.texts[id+".countdown.1"])
	}
}
