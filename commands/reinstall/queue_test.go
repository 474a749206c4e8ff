package reinstall_test

import (
	"testing"
	"time"

	"twokey/commands/reinstall"
)

func TestTheTurnGoesByWhenBothKeysWereTurnedAndIsKeptInTheQueue(t *testing.T) {
	first, second := inState(t, reinstall.Ready), inState(t, reinstall.Ready)
	first.ID, second.ID = "ZZZZ", "AAAA"
	second.TurnedAt = first.TurnedAt.Add(time.Second)
	if !first.QueuedBefore(second) || second.QueuedBefore(first) || first.QueuedBefore(first) {
		t.Error("the turn does not go by time")
	}
	if second.TurnedAt = first.TurnedAt; first.QueuedBefore(second) || !second.QueuedBefore(first) {
		t.Error("at the same moment it does not go by id")
	}
	older := first // of a record that does not have it
	if older.TurnedAt = (time.Time{}); !older.QueuedBefore(second) {
		t.Error("an older record is overtaken")
	}
	for why, c := range map[string]struct {
		e    reinstall.Event
		keep bool
	}{
		"a full budget": {reinstall.Waiting{Why: "3 of at most 3 are running", KeepsPosition: true}, true},
		"the cloud":     {reinstall.Waiting{Why: "cloud: does not answer"}, false},
		"a hold":        {reinstall.Hold{By: person("U0BOB")}, false},
	} {
		next := mustStep(t, first, c.e, now)
		if next.InQueue() != c.keep || next.TurnedAt != first.TurnedAt {
			t.Errorf("%s: in line %v, turned %s", why, next.InQueue(), next.TurnedAt)
		}
	}
	if !first.InQueue() || inState(t, reinstall.Sent).InQueue() || inState(t, reinstall.Proposed).InQueue() {
		t.Error("who is in line")
	}
}
