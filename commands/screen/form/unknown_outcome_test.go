package form

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
	"twokey/commands/screen"
	"twokey/commands/view"
)

func opIn(state reinstall.State, id, name string) oper {
	op := oper{ID: id, State: state, Proposer: "U0ANN", Plan: modeltest.Plan(1), Evidence: modeltest.Machine().Evidence}
	op.Plan.Name, op.Plan.Instance = name, "ins-"+id
	op.Fingerprint = op.Plan.Fingerprint()
	if state == reinstall.Unknown {
		op.Arming = &reinstall.Arming{At: modeltest.Now}
		op.End = &reinstall.End{At: modeltest.Now, Why: "its record was covered"}
	}
	return op
}

// severalOf are machines of one proposal, in a state.
func severalOf(n int, state reinstall.State) []oper {
	var ops []oper
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("7K%02d", i))
	}
	for i, id := range ids {
		op := opIn(state, id, fmt.Sprintf("web-%02d", i+1))
		op.Batch = &reinstall.Batch{Members: ids, Index: i}
		ops = append(ops, op)
	}
	return ops
}

func introOf(f view.Form) string {
	var out []string
	for _, t := range f.Intro {
		out = append(out, t.String())
	}
	return strings.Join(out, "\n")
}

func fieldOf(t *testing.T, f view.Form, id string) view.Field {
	t.Helper()
	for _, x := range f.Fields {
		if x.ID == id {
			return x
		}
	}
	t.Fatalf("%q has no field %s", f.Title, id)
	return view.Field{}
}

// What the button said is the form's title, its memo and its own button: nobody who
// meant the one says the other.
func TestTheFormOfAnOutcomeSaysWhatItsButtonSaid(t *testing.T) {
	for as, want := range map[string]struct{ title, submit string }{
		screen.AsWiped: {"It was wiped", "It was wiped"}, screen.AsNotWiped: {"It was not wiped", "It was not"},
	} {
		f := Resolve([]oper{opIn(reinstall.Unknown, "7K3Q", "web-01")}, as, "7K3Q", 5)
		if f.Title != want.title || f.Submit != want.submit || f.Memo != as {
			t.Errorf("%s: %q, %q, memo %q", as, f.Title, f.Submit, f.Memo)
		}
		if f.Verb != model.VerbResolve || f.Op != "7K3Q" || f.Rev != 5 {
			t.Errorf("%s: it is for %s of %s at %d", as, f.Verb, f.Op, f.Rev)
		}
		if got := introOf(f); !strings.HasPrefix(got, "Nobody knows whether web-01 was wiped: log in, does it run Ubuntu "+
			"20.04?\n") || !strings.Contains(got, "on your word, and not the cloud's") {
			t.Errorf("%s: %q", as, got)
		}
		if r := fieldOf(t, f, FieldReason); r.Optional || r.Label != "How do you know?" || len(f.Fields) != 1 {
			t.Errorf("%s: %+v", as, f.Fields)
		}
	}
}

// Of several machines one is picked, and of a changed record nothing is repeated.
func TestTheFormOfAnOutcomeAsksWhichMachine(t *testing.T) {
	ops := severalOf(20, reinstall.Unknown)
	f := Resolve(ops, screen.AsWiped, "7K00", 1)
	pick := fieldOf(t, f, FieldTarget)
	if len(pick.Options) != 20 || pick.Optional || pick.Value != "" {
		t.Fatalf("%d options, optional %v, filled in %q", len(pick.Options), pick.Optional, pick.Value)
	}
	for i, o := range pick.Options {
		if o.Value != ops[i].ID || o.Label != ops[i].TypedName() || o.Note != ops[i].Plan.Instance {
			t.Errorf("option %d is %+v", i, o)
		}
	}
	if got := introOf(f); strings.Contains(got, "Nobody knows") {
		t.Errorf("it asks about one of them: %s", got)
	}
	changed := opIn(reinstall.Tampered, "7K3Q", "web-01")
	if got := introOf(Resolve([]oper{changed}, screen.AsWiped, "7K3Q", 1)); strings.Contains(got, "Ubuntu") {
		t.Errorf("the plan of a changed record is believed: %s", got)
	}
}

// Evidence lays what is known side by side, for each machine whose outcome is unknown.
func TestEvidenceIsOfTheUnknownOutcomesAlone(t *testing.T) {
	ops := severalOf(3, reinstall.Unknown)
	ops[1].State = reinstall.Done
	f := screen.EvidenceForm(ops, "7K00")
	got := introOf(f)
	for _, w := range []string{"web-01 · 7K00\n", "web-03 · 7K02\n", "Why: Its record was covered."} {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in %s", w, got)
		}
	}
	if strings.Contains(got, "web-02") || f.Submit != "" || len(f.Fields) > 0 {
		t.Errorf("%q can be submitted, or says of web-02: %s", f.Submit, got)
	}
	if got := introOf(screen.EvidenceForm(ops[1:2], "7K00")); got != "No outcome of this proposal is unknown now." {
		t.Errorf("%q", got)
	}
}

// Whatever form it is: Slack takes its title and its buttons.
func TestEveryFormFitsWhatSlackTakes(t *testing.T) {
	op := opIn(reinstall.Proposed, "7K3Q", strings.Repeat("界", 128))
	for _, f := range []view.Form{
		Resolve(severalOf(20, reinstall.Unknown), screen.AsWiped, "7K00", 1),
		Resolve([]oper{opIn(reinstall.Unknown, "7K3Q", "web-01")}, screen.AsNotWiped, "7K3Q", 1),
		Reject("7K3Q", 1, strong(op.TypedName())), Image(op, "7K3Q", 1), Backup([]oper{op}, modeltest.Now),
		Backup(severalOf(20, reinstall.Proposed), modeltest.Now), Propose(Draft{}, model.Policy{}),
		screen.EvidenceForm(severalOf(20, reinstall.Unknown), "7K00"),
	} {
		for what, s := range map[string]string{"title": f.Title, "button": f.Submit} {
			if n := utf8.RuneCountInString(s); n > 24 || n == 0 && what == "title" {
				t.Errorf("%q: the %s has %d characters", f.Title, what, n)
			}
		}
		if n := len(f.Intro) + len(f.Fields); n == 0 || n > 98 {
			t.Errorf("%q has %d blocks", f.Title, n)
		}
		ids := map[string]bool{}
		for _, x := range f.Fields {
			if ids[x.ID] || x.Label == "" {
				t.Errorf("%q: the field %s is there twice, or has no label", f.Title, x.ID)
			}
			ids[x.ID] = true
		}
	}
}
