package sample

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// once are the samples of all tests but one: they are the same each time.
var once = sync.OnceValues(Cards)

func cards(t *testing.T) []Card {
	t.Helper()
	all, err := once()
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
	first := cards(t)
	again, err := Cards()
	if err != nil || len(again) != len(first) {
		t.Fatalf("%d samples, then %d: %v", len(first), len(again), err)
	}
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

// What a picture is for is on its card: the words that distinguish it from the others.
func TestASampleShowsWhatItsNameSays(t *testing.T) {
	want := map[string]string{
		"keys-approved":          "✓ @U0BOB",
		"keys-backup-confirmed":  "✓ backup by @U0ANN",
		"keys-one-of-two":        "✓ @U0CHO",
		"keys-of-two-groups":     "for @S0ONCALL",
		"keys-no-backup":         "no usable backup found",
		"keys-backup-optional":   "backup not required",
		"keys-image-making":      "is being made",
		"keys-image-failed":      "the backup image failed",
		"keys-image-stops":       "WILL BE STOPPED",
		"keys-around":            "lb-6x2shop1",
		"keys-closed-hours":      "the shop's sale begins",
		"keys-frozen":            "the core switch is being replaced",
		"keys-escalated":         "@U0LEA",
		"keys-break-glass":       "Break-glass",
		"keys-after-drift":       "Waiting for keys again",
		"keys-approver-left":     "Taken back:",
		"counting-down":          "The wipe starts",
		"waiting-frozen":         "Waiting",
		"on-hold":                "Held by",
		"answer-lost":            "The answer was lost",
		"reinstalling-as-before": "half of them within",
		"reinstalling-slow":      "longer than usual",
		"done-proof":             "host key",
		"done-no-answer":         "no answer to Twokey",
		"done-inferred":          "the answer was lost",
		"done-proving":           "is looked at until",
		"unknown":                "does it run Ubuntu 22.04?",
		"resolved":               "Set by a person",
		"several-keys":           "3 system disks",
		"several-unknown":        "db-main: unknown",
		"several-done":           "all 3 machines",
	}
	for _, c := range cards(t) {
		w := want[c.Name]
		delete(want, c.Name)
		if words := wordsOf(c.Card); !strings.Contains(words, w) {
			t.Errorf("%s does not show %q:\n%s", c.Name, w, words)
		}
	}
	if len(want) > 0 {
		t.Errorf("there are no such samples: %v", slices.Sorted(maps.Keys(want)))
	}
}

func wordsOf(c view.Card) string {
	out := []string{c.Title}
	for _, l := range c.Lines {
		out = append(out, l.String())
	}
	return strings.Join(out, "\n")
}

// Who looks at all the pictures sees everything that a waiting card may ask for.
func TestAKeyThatIsOwedHasItsButtonOnASample(t *testing.T) {
	for _, c := range cards(t) {
		op := c.Record.Op
		if op.State != reinstall.Proposed || !op.Single() {
			continue
		}
		has := map[string]bool{}
		for _, b := range c.Card.AllButtons() {
			has[b.Verb] = true
		}
		k := op.Keys()
		if owed := len(k.By) < k.Needed; has[model.VerbApprove] != owed {
			t.Errorf("%s: an approval is owed: %v, Approve is there: %v", c.Name, owed, has[model.VerbApprove])
		}
		if has[model.VerbBackup] == k.Backup {
			t.Errorf("%s: the backup is confirmed: %v, Confirm backup is there: %v", c.Name, k.Backup, has[model.VerbBackup])
		}
		if !has[model.VerbReject] || !has[model.VerbCancel] || !has[model.VerbShow] {
			t.Errorf("%s cannot be rejected, cancelled or looked at: %v", c.Name, has)
		}
	}
}

// The keys of a sample are keys that would count: bound to the plan that its card shows.
func TestTheKeysOfASampleAreBoundToItsPlan(t *testing.T) {
	for _, c := range cards(t) {
		op := c.Record.Op
		if op.State == reinstall.Tampered {
			continue
		}
		if op.Fingerprint != op.Plan.Fingerprint() {
			t.Errorf("%s has the fingerprint of another plan", c.Name)
		}
		if called := op.Arming != nil; called && !op.Keys().Complete() {
			t.Errorf("%s has sent its request without all keys", c.Name)
		}
		if op.State.Ended() && op.End == nil {
			t.Errorf("%s has ended, and has no end", c.Name)
		}
		if op.State == reinstall.Done && (op.RequestID == "" || op.End == nil) {
			t.Errorf("%s is done without a request, or without an end", c.Name)
		}
		for _, a := range op.Approvals {
			if a.By == op.Proposer {
				t.Errorf("%s is approved by its proposer", c.Name)
			}
		}
		if at := c.At; op.End != nil && op.End.At.After(at) {
			t.Errorf("%s has ended at %s, after it was drawn", c.Name, op.End.At)
		}
	}
}

// A sample that cannot be led to its state says which step the rules refused.
func TestARefusedStepIsNamed(t *testing.T) {
	l := newProposal().stepAfter(time.Minute, reinstall.Resume{By: approverActor("U0BOB")})
	if l.firstError() == nil || !strings.HasPrefix(l.err.Error(), "resume") {
		t.Errorf("it says %v", l.err)
	}
	state := l.op.State
	if l.keysTurned(); l.op.State != state || len(l.op.Approvals) > 0 {
		t.Errorf("it goes on behind its refusal: %s", l.op.State)
	}
	two := threeMachines()
	two.others[1].stepAfter(0, reinstall.Resume{By: approverActor("U0BOB")})
	if two.firstError() == nil {
		t.Error("a refusal of one of several is lost")
	}
}
