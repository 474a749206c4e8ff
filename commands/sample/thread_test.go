package sample

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// The thread below a card begins with who asks for what, and no line of it is empty.
func TestTheThreadOfASampleBeginsWithWhoAsks(t *testing.T) {
	for _, c := range cards(t) {
		if len(c.Thread) == 0 {
			t.Errorf("%s has no thread", c.Name)
			continue
		}
		first := c.Thread[0].String()
		for _, r := range c.All {
			if name := r.Op.TypedName(); !strings.Contains(first, name[:min(len(name), 40)]) {
				t.Errorf("%s begins without %s: %s", c.Name, name, first)
			}
		}
		if !strings.Contains(first, "@U0ANN") {
			t.Errorf("%s begins without who asks: %s", c.Name, first)
		}
		for i, l := range c.Thread {
			if strings.TrimSpace(l.String()) == "" {
				t.Errorf("%s: line %d of its thread is empty", c.Name, i)
			}
		}
	}
}

// The thread keeps who turned which key: each approval of a sample that still counts is
// a line of it.
func TestTheThreadOfASampleNamesEachKey(t *testing.T) {
	approvals := 0
	for _, c := range cards(t) {
		for _, a := range c.Record.Op.Approvals {
			approvals++
			said := slices.ContainsFunc(c.Thread, func(l view.Text) bool {
				return strings.Contains(l.String(), "Approved by @"+a.By)
			})
			if !said {
				t.Errorf("%s: the thread does not say that %s approved", c.Name, a.By)
			}
		}
	}
	if approvals < 10 {
		t.Errorf("only %d approvals were looked for", approvals)
	}
}

// Secrets are what no card and no thread shows (promise 8): the samples have a password,
// a key and an account's number of whoever called the cloud.
func TestASampleShowsNoSecret(t *testing.T) {
	secret := regexp.MustCompile(`sealed|xox[bp]-|AKID`)
	withPassword := 0
	for _, c := range cards(t) {
		for _, r := range c.All {
			if r.Op.Arming != nil && r.Op.Plan.Login.Kind == model.LoginPassword {
				withPassword++
			}
		}
		shown := []string{wordsOf(c.Card), c.Card.Summary.String(), c.Card.Foot.String()}
		for _, l := range c.Thread {
			shown = append(shown, l.String())
		}
		if found := secret.FindString(strings.Join(shown, "\n")); found != "" {
			t.Errorf("%s shows %q", c.Name, found)
		}
	}
	if withPassword == 0 {
		t.Error("no sample has a password that could be shown")
	}
}

// The samples are of nobody: whoever is in them is of the practice workspace.
func TestASampleIsOfNobody(t *testing.T) {
	user := regexp.MustCompile(`@[US]0[A-Z]+`)
	known := []string{"@U0ANN", "@U0BOB", "@U0CHO", "@U0LEA", "@S0ONCALL", "@S0DBA"}
	for _, c := range cards(t) {
		for _, who := range user.FindAllString(wordsOf(c.Card), -1) {
			if !slices.Contains(known, who) {
				t.Errorf("%s names %s, whom no practice workspace has", c.Name, who)
			}
		}
		for _, a := range c.Record.Op.Approvals {
			if !slices.Contains(known, "@"+a.By) {
				t.Errorf("%s is approved by %s", c.Name, a.By)
			}
		}
	}
}

// What happened on a sample happened in its order: keys, the request, the end, the
// drawing of the card.
func TestTheTimesOfASampleAreInOrder(t *testing.T) {
	for _, c := range cards(t) {
		for _, r := range c.All {
			op := r.Op
			if op.State == reinstall.Tampered {
				continue
			}
			last, what := Night, "the proposal"
			then := func(at time.Time, now string) {
				if at.Before(last) {
					t.Errorf("%s, %s: %s is at %s, before %s", c.Name, op.ID, now, at.Format(time.TimeOnly), what)
				}
				last, what = at, now
			}
			for _, a := range op.Approvals {
				then(a.At, "an approval")
			}
			if op.Arming != nil {
				then(op.Arming.At, "the request")
			}
			if op.End != nil {
				then(op.End.At, "the end")
			}
			then(c.At, "the drawing")
		}
	}
}

// Of a record that somebody changed nothing is believed: not its keys, not its plan.
func TestASampleThatWasChangedOutsideKeepsNoKeys(t *testing.T) {
	seen := 0
	for _, c := range cards(t) {
		op := c.Record.Op
		if op.State != reinstall.Tampered {
			continue
		}
		seen++
		if len(op.Approvals) > 0 || op.Backup != nil || op.Arming != nil || op.Plan.Image.ID != "" {
			t.Errorf("%s believes what stood there: %+v", c.Name, op)
		}
		if op.Plan.Ref.Instance == "" || op.Channel == "" {
			t.Errorf("%s does not say where to look", c.Name)
		}
	}
	if seen == 0 {
		t.Error("no sample was changed outside")
	}
}

// A card of several names each machine, the thread follows each, and each is one of the
// proposal's members in their order.
func TestASampleOfSeveralNamesEachMachine(t *testing.T) {
	for _, c := range cards(t) {
		if c.Record.Op.Single() {
			continue
		}
		shown, thread := wordsOf(c.Card), ""
		for _, l := range c.Thread {
			thread += l.String() + "\n"
		}
		for i, r := range c.All {
			b := r.Op.Batch
			if b == nil || b.Index != i || b.Members[i] != r.Op.ID || len(b.Members) != len(c.All) {
				t.Errorf("%s: %s is no member in its place: %+v", c.Name, r.Op.ID, b)
			}
			if !strings.Contains(shown, r.Op.Plan.Name) || !strings.Contains(thread, r.Op.Plan.Name) {
				t.Errorf("%s does not name %s", c.Name, r.Op.Plan.Name)
			}
		}
		// One goes first, alone: no other was sent before it was done.
		first := c.All[0].Op
		for _, r := range c.All[1:] {
			if a := r.Op.Arming; a != nil && (first.State != reinstall.Done || a.At.Before(first.End.At)) {
				t.Errorf("%s: %s was sent while the first was %s", c.Name, r.Op.ID, first.State)
			}
		}
	}
}
