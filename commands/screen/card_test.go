package screen_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/sample"
	"twokey/commands/screen"
	"twokey/commands/view"
)

func samples(t *testing.T) []sample.Card {
	t.Helper()
	all, err := sample.Cards()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func linesOf(c view.Card) string {
	var out []string
	for _, l := range c.Lines {
		out = append(out, l.String())
	}
	return strings.Join(out, "\n")
}

// A waiting card asks the question, and has what a decision needs within fourteen lines.
func TestAWaitingCardHasWhatADecisionNeeds(t *testing.T) {
	for _, s := range samples(t) {
		if s.Record.Op.State != reinstall.Proposed {
			continue
		}
		c := s.Card
		if !strings.HasPrefix(c.Title, "Wipe ") || !strings.HasSuffix(c.Title, "?") {
			t.Errorf("%s asks nothing: %q", s.Name, c.Title)
		}
		if n := len(c.Lines) + 1; n > 14 {
			t.Errorf("%s has %d lines", s.Name, n)
		}
		op := s.Record.Op // what was taken back has as much room as it needs
		if n := screen.HeightOf(c.Lines); op.Single() && op.Recalled == nil && n > screen.MostLines {
			t.Errorf("%s has %d lines on a phone", s.Name, n)
		}
		for _, want := range []string{"Lost: ", "Kept: ", "Then: ", "Needed: ", "@U0ANN"} {
			if !strings.Contains(linesOf(c), want) {
				t.Errorf("%s lacks %q:\n%s", s.Name, want, linesOf(c))
			}
		}
	}
}

func TestAnEndedCardHasFourLinesAndDetails(t *testing.T) {
	for _, s := range samples(t) {
		if !s.Record.Op.State.Ended() || s.Record.Op.Batch != nil {
			continue
		}
		if n := len(s.Card.Lines); n > 4 && s.Record.Op.Proof == nil {
			t.Errorf("%s has %d lines", s.Name, n)
		}
	}
}

// Everybody finds the rest on every card, and what is asked fits what Slack takes.
func TestEveryCardHasDetailsAndDialogsThatFit(t *testing.T) {
	for _, s := range samples(t) {
		details := false
		for _, b := range s.Card.AllButtons() {
			details = details || b.Label == "Details"
			fits(t, s.Name, b.Confirm)
			if b.Label == "Approve" && (b.Confirm == nil || !b.Confirm.Danger) {
				t.Errorf("%s: Approve asks nothing", s.Name)
			}
		}
		if fits(t, s.Name, s.Card.MoreConfirm); !details {
			t.Errorf("%s has no Details", s.Name)
		}
	}
}

func fits(t *testing.T, name string, c *view.Confirm) {
	t.Helper()
	if c == nil {
		return
	}
	for words, most := range map[string]int{c.Title: 100, c.Text: 300, c.Yes: 30, c.No: 30} {
		if n := utf8.RuneCountInString(words); n == 0 || n > most {
			t.Errorf("%s: %d characters of %d: %q", name, n, most, words)
		}
	}
}

func TestWhatACardShowsFirst(t *testing.T) {
	for name, want := range map[string][]string{
		"keys":           {"@U0ANN", "No sign of use: 9 of 9 checks clear", "Lost"},
		"keys-around":    {"In service: lb-6x2shop1", "In group", "Sibling", "Not checked", "Lost", "Then"},
		"keys-no-backup": {"no usable backup found"},
		"keys-approved":  {"backup (1 found", "✓ @U0BOB"},
		"reinstalling":   {"▰▰▱ 2 of 3", "usually 10 to 30 min"},
		"unknown":        {"Nobody knows whether web-01 was wiped", "does it run Ubuntu 22.04?"},
		"done":           {"Done. Verified: web-01 runs Ubuntu 22.04"},
	} {
		for _, s := range samples(t) {
			if s.Name != name {
				continue
			}
			at := -1
			for _, w := range want {
				i := strings.Index(linesOf(s.Card), w)
				if i <= at {
					t.Errorf("%s: %q is missing or out of order:\n%s", name, w, linesOf(s.Card))
				}
				at = i
			}
		}
	}
}

// twentyAs are twenty machines of one proposal, m-00 to m-19, each as a sample that the
// test picks; an empty name is the plain one.
func twentyAs(t *testing.T, plain string, others map[int]string) (ops []reinstall.Operation, now time.Time) {
	t.Helper()
	byName, ids := map[string]sample.Card{}, []string{}
	for _, s := range samples(t) {
		byName[s.Name] = s
	}
	for i := range reinstall.MostInBatch {
		ids = append(ids, fmt.Sprintf("7K%02d", i))
	}
	for i, id := range ids {
		s := byName[cmp.Or(others[i], plain)]
		op := s.Record.Op
		op.ID, op.Batch = id, &reinstall.Batch{Item: "item", Members: ids, Index: i}
		op.Plan.Name, op.Plan.Instance = fmt.Sprintf("m-%02d", i), fmt.Sprintf("ins-1a2b3c%02d", i)
		if ops = append(ops, op); s.At.After(now) {
			now = s.At
		}
	}
	return ops, now
}

// Of twenty machines the worst come first, wherever they stand in the proposal.
func TestOfTwentyMachinesTheWorstComeFirst(t *testing.T) {
	for name, c := range map[string]struct {
		plain  string
		others map[int]string
		want   []string
	}{
		"in use": {
			"keys", map[int]string{17: "keys-around"}, []string{"m-17: lb-6x2shop1", "No sign of use: 19 of 20 machines"},
		},
		"ended": {
			"done",
			map[int]string{4: "reinstalling", 12: "failed", 19: "unknown"},
			[]string{"m-19: unknown", "m-12: failed", "m-04: reinstalling", "m-00: done", "… and 15 more machines"},
		},
	} {
		ops, now := twentyAs(t, c.plain, c.others)
		words := linesOf(screen.DrawCard(ops, 1, func(string) string { return "CNY" }, now, nil))
		at := -1
		for _, w := range c.want {
			i := strings.Index(words, w)
			if i <= at {
				t.Errorf("%s: %q is missing or out of order:\n%s", name, w, words)
			}
			at = i
		}
	}
}
