package sample

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/view"
)

func cards(t *testing.T) []Card {
	t.Helper()
	all, err := Cards()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Whoever looks at the cards sees each state that a proposal can be in, also that of a
// record that somebody changed.
func TestEveryStateHasASample(t *testing.T) {
	of := map[reinstall.State]int{}
	for _, c := range cards(t) {
		of[c.Record.Op.State]++
	}
	for _, s := range append(slices.Clone(reinstall.States), reinstall.Tampered) {
		if of[s] == 0 {
			t.Errorf("no sample is %s", s)
		}
		delete(of, s)
	}
	if len(of) > 0 {
		t.Errorf("samples are in states that there are not: %v", slices.Collect(maps.Keys(of)))
	}
}

// Every button that a card can have is on one of the samples, so that somebody saw it.
func TestEveryButtonIsOnASample(t *testing.T) {
	missing := map[string]bool{
		"Approve": true, "Reject": true, "Confirm backup": true, "Make backup image": true, "Hold": true,
		"Resume": true, "Cancel": true, "Details": true, "It was wiped": true, "It was not": true, "Evidence": true,
	}
	for _, c := range cards(t) {
		for _, b := range c.Card.AllButtons() {
			delete(missing, b.Label)
		}
	}
	if len(missing) > 0 {
		t.Errorf("on none: %v", slices.Sorted(maps.Keys(missing)))
	}
}

// A picture bears the name of its card: no two share one, and it is fit for a file.
func TestASampleHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cards(t) {
		if seen[c.Name] || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz-") != "" || c.Name == "" {
			t.Errorf("%q is there twice, or is no name of a file", c.Name)
		}
		seen[c.Name] = true
	}
}

// A name says how the proposal stands: no picture of one outcome bears another's name.
func TestASampleIsInTheStateThatItsNameSays(t *testing.T) {
	for prefix, state := range map[string]reinstall.State{
		"keys": reinstall.Proposed, "on-hold": reinstall.Held, "calling": reinstall.Armed,
		"answer-lost": reinstall.Armed, "reinstalling": reinstall.Sent, "unknown": reinstall.Unknown,
		"stopped-changed-outside": reinstall.Tampered, "counting-down": reinstall.Ready,
		"done": reinstall.Done, "failed": reinstall.Failed, "refused": reinstall.Refused,
		"superseded": reinstall.Superseded, "not-sent": reinstall.NotSent, "rejected": reinstall.Rejected,
		"cancelled": reinstall.Cancelled, "expired": reinstall.Expired, "resolved": reinstall.Resolved,
	} {
		n := 0
		for _, c := range cards(t) {
			if c.Name != prefix && !strings.HasPrefix(c.Name, prefix+"-") {
				continue
			}
			if n++; c.Record.Op.State != state {
				t.Errorf("%s is %s, not %s", c.Name, c.Record.Op.State, state)
			}
		}
		if n == 0 {
			t.Errorf("no sample is called %s", prefix)
		}
	}
}

// Every card says what it is about, how it stands and what comes next, and its
// notification names the machine.
func TestASampleIsACompleteCard(t *testing.T) {
	for _, c := range cards(t) {
		k := c.Card
		for part, text := range map[string]string{
			"title": k.Title, "word": k.Status.Word, "sign": k.Status.Emoji,
			"summary": k.Summary.String(), "foot": k.Foot.String(), "id": k.ID, "channel": k.Channel,
		} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", c.Name, part)
			}
		}
		if len(k.Lines) == 0 {
			t.Errorf("%s says nothing below its title", c.Name)
		}
		if k.ID != c.Record.Op.ID || k.Rev != c.Record.Rev {
			t.Errorf("%s is the card of %s at %d, not of its record", c.Name, k.ID, k.Rev)
		}
		name := c.Record.Op.TypedName() // a very long one is cut
		name = name[:min(len(name), 40)]
		if c.Record.Op.Single() && !strings.Contains(k.Summary.String(), name) {
			t.Errorf("%s: the notification does not name %s: %s", c.Name, name, k.Summary)
		}
	}
}

// Only a verified success is shown as done (promise 5), and what ended keeps no button
// that would turn a key or stop something.
func TestASampleThatEndedTakesNoKeyAndNoStop(t *testing.T) {
	turns := []string{"Approve", "Reject", "Confirm backup", "Make backup image", "Hold", "Resume", "Cancel"}
	for _, c := range cards(t) {
		op := c.Record.Op
		if !op.Single() {
			continue
		}
		if done := strings.HasPrefix(c.Card.Status.Word, "Done"); done != (op.State == reinstall.Done) {
			t.Errorf("%s is %s, and is shown as %q", c.Name, op.State, c.Card.Status.Word)
		}
		for _, b := range c.Card.AllButtons() {
			if op.State.Ended() && slices.Contains(turns, b.Label) {
				t.Errorf("%s has ended, and has the button %s", c.Name, b.Label)
			}
		}
	}
}

// The samples are the same at each call: a picture changes only with its card.
func TestSamplesAreTheSameEachTime(t *testing.T) {
	first, again := cards(t), cards(t)
	for i := range first {
		a, b := first[i], again[i]
		if a.Card.Summary.String() != b.Card.Summary.String() || !a.At.Equal(b.At) || !slices.EqualFunc(a.Card.Lines,
			b.Card.Lines, func(x, y view.Text) bool { return x.String() == y.String() }) {
			t.Errorf("%s differs", a.Name)
		}
		if a.At.Before(Night) {
			t.Errorf("%s is of %s, before the proposals are made", a.Name, a.At)
		}
	}
}
