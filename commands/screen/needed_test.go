package screen

import (
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// twoGroups is a quorum of one of S0WEB and one of S0DBA.
func twoGroups(op *oper) { quorumOf("S0WEB", "S0DBA")(op) }

func quorumOf(groups ...string) func(*oper) {
	return func(op *oper) {
		terms := &op.Plan.Terms
		terms.Quorum, terms.Approvals = nil, len(groups)
		for _, g := range groups {
			terms.Quorum = append(terms.Quorum, model.Seat{People: model.People{Groups: []string{g}}, Approvals: 1})
		}
		terms.Approvers = model.PeopleOfSeats(terms.Quorum)
	}
}

func seated(user string, seats ...int) func(*oper) {
	return func(op *oper) {
		op.Approvals = append(op.Approvals, reinstall.Approval{By: user, At: night.Add(time.Minute), Seats: seats})
	}
}

// broken is a break-glass on the plan that the changes before it leave.
func broken(op *oper) {
	op.Plan.Terms.Asking.BreakGlass = true
	op.BreakGlass = &reinstall.BreakGlassUse{
		By: "U0BOB", At: night.Add(3 * time.Minute), Why: "nobody else is awake", Fingerprint: op.Plan.Fingerprint(),
	}
}

// What is missing comes first, with who may give it; what is there has who gave it.
func TestNeededNamesWhatIsMissingAndByWhom(t *testing.T) {
	image := func(m reinstall.BackupImage) func(*oper) {
		return func(op *oper) { op.Evidence, op.Making = nil, &m }
	}
	for name, c := range map[string]struct {
		change []func(*oper)
		want   string
	}{
		"both keys":     {nil, "Needed: 1 of @S0ONCALL · backup (1 found, 2 h old)"},
		"two approvals": {[]func(*oper){needing(2)}, "Needed: 2 of @S0ONCALL · backup (1 found, 2 h old)"},
		"one of two is there": {
			[]func(*oper){needing(2), approvedBy("U0BOB")},
			"Needed: 1 of @S0ONCALL · ✓ @U0BOB 03:02 UTC · backup (1 found, 2 h old)",
		},
		"only the backup": {
			[]func(*oper){approvedBy("U0BOB")}, "Needed: backup (1 found, 2 h old) · ✓ @U0BOB 03:02 UTC",
		},
		"only the approval": {
			[]func(*oper){backedUp}, "Needed: 1 of @S0ONCALL · ✓ backup by @U0ANN 03:01 UTC",
		},
		"no backup to be found": {
			[]func(*oper){withoutEvidence}, "Needed: 1 of @S0ONCALL · backup (no usable backup found)",
		},
		"none is asked for": {
			[]func(*oper){optionalBackup}, "Needed: 1 of @S0ONCALL · backup not required, none confirmed",
		},
		"an image is being made": {
			[]func(*oper){image(reinstall.BackupImage{Stage: reinstall.ImageMaking, ID: "img-1", At: night, Percent: 40})},
			"Needed: 1 of @S0ONCALL · backup image img-1 is being made, 40 %, since 2026-11-24 03:00:00 UTC",
		},
		"the image failed": {
			[]func(*oper){image(reinstall.BackupImage{Stage: reinstall.ImageFailed, Why: "no room"})},
			"Needed: 1 of @S0ONCALL · the backup image failed: no room",
		},
		"the image will stop it": {
			[]func(*oper){stopAgreed},
			"Needed: 1 of @S0ONCALL · a backup image is requested; the machine WILL BE STOPPED for it",
		},
		"two groups": {
			[]func(*oper){twoGroups}, "Needed: 1 of @S0WEB · 1 of @S0DBA · backup (1 found, 2 h old)",
		},
		"one group is there": {
			[]func(*oper){twoGroups, seated("U0CHO", 1)},
			"Needed: 1 of @S0WEB · ✓ @U0CHO 03:01 UTC for @S0DBA · backup (1 found, 2 h old)",
		},
		"break-glass, either group": {
			[]func(*oper){twoGroups, broken}, "Needed: 1 of 2 places: @S0WEB; @S0DBA · backup (1 found, 2 h old)",
		},
		"break-glass, two of three": {
			[]func(*oper){quorumOf("S0WEB", "S0DBA", "S0NET"), broken},
			"Needed: 2 of 3 places: @S0WEB; @S0DBA; @S0NET · backup (1 found, 2 h old)",
		},
		"break-glass, one group is there": {
			[]func(*oper){twoGroups, broken, seated("U0CHO", 1)},
			"Needed: backup (1 found, 2 h old) · ✓ @U0CHO 03:01 UTC for @S0DBA",
		},
	} {
		if got := wordsOf(neededText([]oper{webOp(reinstall.Proposed, c.change...)}, night)); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Locks stand for approvals, three at most, and never for the proposer's own.
func TestTheProposerIsNeverAskedToApprove(t *testing.T) {
	people := func(op *oper) { op.Plan.Terms.Approvers = model.People{Users: []string{"U0ANN", "U0BOB", "U0CHO"}} }
	op := webOp(reinstall.Proposed, people, needing(5))
	got := approvalsNeeded(op, night)
	if got.String() != "5 of @U0BOB, @U0CHO" {
		t.Errorf("%q", got)
	}
	signs := slices.DeleteFunc(slices.Clone(got), func(s view.Span) bool { return s.Kind != view.Sign })
	if len(signs) != 3 {
		t.Errorf("%d locks", len(signs))
	}
	if ask := wordsOf(keyLines(op, night)...); strings.Contains(ask, "@U0ANN") {
		t.Errorf("Details ask the proposer: %s", ask)
	}
}

// Details have a row for each place of a quorum, and say which may stay empty.
func TestDetailsHaveEachPlaceOfAQuorum(t *testing.T) {
	for name, c := range map[string]struct {
		state  reinstall.State
		change []func(*oper)
		want   []string
	}{
		"owed": {
			reinstall.Proposed,
			[]func(*oper){twoGroups},
			[]string{"Approval 1 of 2: needed from one of @S0WEB", "Approval 2 of 2: needed from one of @S0DBA"},
		},
		"one is taken": {
			reinstall.Proposed,
			[]func(*oper){twoGroups, seated("U0CHO", 1)},
			[]string{"Approval 1 of 2: needed from one of @S0WEB", "Approval 2 of 2: ✓ @U0CHO, 2026-11-24 03:01:00 UTC, " +
				"for @S0DBA"},
		},
		"one stays empty": {
			reinstall.Approved,
			[]func(*oper){twoGroups, broken, seated("U0CHO", 1)},
			[]string{
				"Approval 1 of 2: this place stays empty by break-glass; it was for @S0WEB", "✓ @U0CHO",
				"Break-glass: by @U0BOB: “nobody else is awake”", "one place stays empty by break-glass",
			},
		},
		"break-glass without a quorum": {
			reinstall.Proposed,
			[]func(*oper){needing(2), broken},
			[]string{"Approval: needed from one of @S0ONCALL", "one approval less"},
		},
		"a break-glass of another plan": {
			reinstall.Proposed,
			[]func(*oper){needing(2), broken, func(op *oper) { op.BreakGlass.Fingerprint = "f00d" }},
			[]string{"Approval 2 of 2", "it no longer counts: the plan has changed since"},
		},
	} {
		got, at := wordsOf(keyLines(webOp(c.state, c.change...), night)...), -1
		for _, w := range c.want {
			i := strings.Index(got, w)
			if i <= at {
				t.Errorf("%s: %q is missing or out of order:\n%s", name, w, got)
			}
			at = i
		}
	}
}

// Once keys are turned a card shows who turned them.
func TestACardThatRunsShowsWhoTurnedWhichKey(t *testing.T) {
	for name, c := range map[string]struct {
		change []func(*oper)
		want   string
	}{
		"both": {
			[]func(*oper){approvedBy("U0BOB"), backedUp}, "Keys: ✓ @U0BOB 03:02 UTC · ✓ backup by @U0ANN 03:01 UTC",
		},
		"no backup": {
			[]func(*oper){approvedBy("U0BOB"), optionalBackup}, "Keys: ✓ @U0BOB 03:02 UTC · no backup (not required)",
		},
		"no key": {nil, "Keys: none"},
		"break-glass": {
			[]func(*oper){needing(2), broken, approvedBy("U0CHO"), backedUp},
			"Keys: ✓ @U0CHO 03:02 UTC · ✓ backup by @U0ANN 03:01 UTC · break-glass by @U0BOB",
		},
	} {
		if got := keysText([]oper{webOp(reinstall.Sent, c.change...)}, night).String(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Keys that were taken back are asked for again, with why and for which machine.
func TestACardSaysWhyKeysAreAskedForAgain(t *testing.T) {
	recalled := func(r reinstall.Recalled) func(*oper) {
		return func(op *oper) { r.At = night; op.Recalled = &r }
	}
	changed := reinstall.Recalled{Changes: []model.Change{{Name: "tags", Old: "env=staging", New: ""}}}
	outside := reinstall.Recalled{
		Outside: "somebody reset it. CloudAudit shows whom",
		Changes: []model.Change{{Name: model.FieldOperation, Old: "a (1)", New: "b (2)"}},
	}
	for name, c := range map[string]struct {
		ops  []oper
		want []string
	}{
		"the plan changed": {
			[]oper{webOp(reinstall.Proposed, recalled(changed))},
			[]string{
				"Waiting for keys again: the plan changed, 03:00 UTC.",
				"Changed: tags env=staging became none.",
			},
		},
		"the keys are not believed": {
			[]oper{webOp(reinstall.Proposed, recalled(reinstall.Recalled{Distrust: "no seal fits them"}))},
			[]string{"Waiting for keys again: the keys do not count, 03:00 UTC.", "Taken back: all keys: no seal fits them."},
		},
		"a reset from outside": {
			[]oper{webOp(reinstall.Proposed, recalled(outside))},
			[]string{"the plan changed", "Somebody reset it.\n"},
		},
		"one of several changed": {
			together(webOp(reinstall.Proposed, recalled(reinstall.Recalled{Of: "7K01"})), webOp(reinstall.Proposed,
				recalled(changed))),
			[]string{"Waiting for keys again: web-02 changed, 03:00 UTC.", "web-02: Changed: tags env=staging became none."},
		},
	} {
		got := wordsOf(waitingLines(c.ops, yuan, night)...)
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s lacks %q:\n%s", name, w, got)
			}
		}
	}
	ops := many(2, reinstall.Proposed)
	ops[1].Batch.Round = 1
	if got := againText(ops, night).String(); !strings.Contains(got, "again: one machine changed.") {
		t.Errorf("in two rounds: %s", got)
	}
}

// A card has what differs and no more: that a reset from outside is the last operation,
// who sent it, and the tags that stayed are in Details.
func TestACardHasOfAChangeWhatDiffers(t *testing.T) {
	op := webOp(reinstall.Proposed, func(op *oper) {
		op.Recalled = &reinstall.Recalled{
			At: night, Outside: "somebody reset it. CloudAudit shows whom", Changes: []model.Change{
				{Name: model.FieldTags, Old: "a=1, env=staging, team=shop", New: "a=1, env=staging, owner=ann"},
				{Name: model.FieldOperation, Old: "RebootInstances (1)", New: "ResetInstance (2)"},
			},
		}
	})
	card := wordsOf(waitingLines([]oper{op}, yuan, night)...)
	all := wordsOf(DetailsForm([]oper{op}, 1, yuan, night).Intro...)
	for _, c := range []struct {
		words           string
		onCard, inThere bool
	}{
		{"Somebody reset it.", true, true},
		{"CloudAudit shows whom.", false, true},
		{"Changed: tags team=shop became owner=ann.", true, false},
		{"Changed: tags a=1, env=staging, team=shop became a=1, env=staging, owner=ann.", false, true},
		{"Changed: last operation RebootInstances (1) became ResetInstance (2).", false, true},
	} {
		if strings.Contains(card, c.words) != c.onCard || strings.Contains(all, c.words) != c.inThere {
			t.Errorf("%q: on the card %v, in Details %v", c.words, strings.Contains(card, c.words),
				strings.Contains(all, c.words))
		}
	}
	op.Recalled.Outside = ""
	if card := wordsOf(waitingLines([]oper{op}, yuan, night)...); !strings.Contains(card, "last operation RebootInstances") {
		t.Errorf("an operation that is no reset is left out:\n%s", card)
	}
}
