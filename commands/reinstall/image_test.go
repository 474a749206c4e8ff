package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
)

func TestTheProgressOfABackupImageOnlyGrows(t *testing.T) {
	op := mustStep(t, proposal(t, 1), reinstall.AskImage{By: person("U0ANN")}, now)
	if _, r := reinstall.Step(op, reinstall.ImageProgress{Percent: 10}, now); r == nil {
		t.Error("it made progress before it was begun")
	}
	op = mustStep(t, op, reinstall.ImageStarted{ID: "img-1"}, now)
	op = mustStep(t, op, reinstall.ImageProgress{Percent: 40}, now)
	if op.Making.Percent != 40 || op.State != reinstall.Proposed {
		t.Errorf("%s, %+v", op.State, op.Making)
	}
	for _, n := range []int{40, 30, 0, -1, 101} {
		if _, r := reinstall.Step(op, reinstall.ImageProgress{Percent: n}, now); r == nil {
			t.Errorf("it went on from 40 to %d", n)
		}
	}
}
