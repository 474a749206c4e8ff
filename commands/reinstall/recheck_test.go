package reinstall_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall"
)

// What the fingerprint leaves out is looked at in another way: here the latest
// operation, which a backup image of our own may move and nobody else.
func TestAnotherLatestOperationTakesTheKeysBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := inState(t, reinstall.Approved)
		r := reading(op)
		changed := rapid.SampledFrom([]*string{&r.Latest.Operation, &r.Latest.RequestID}).Draw(t, "field")
		*changed += rapid.StringMatching(`[A-Za-z0-9-]{1,8}`).Draw(t, "other")
		next := mustStep(t, op, reinstall.Recheck{Result: r}, now)
		if next.State != reinstall.Proposed || len(next.Approvals) > 0 || next.Backup != nil {
			t.Fatalf("%s, with %d approvals", next.State, len(next.Approvals))
		}
		if why := op.ChangesSince(r, now); len(why) != 1 || why[0].Name != "last operation" ||
			why[0].Old == why[0].New {
			t.Fatalf("told as %v", why)
		}
	})
}

// Keys that were turned under a version that compared less count no longer, and
// people are told why although nothing differs.
func TestKeysOfAnEarlierVersionAreAskedForAnewAndThatIsSaid(t *testing.T) {
	op := inState(t, reinstall.Approved)
	rebind(&op, "of an earlier version")
	r := reading(op)
	if next := mustStep(t, op, reinstall.Recheck{Result: r}, now); next.State != reinstall.Proposed ||
		next.Fingerprint != r.Plan.Fingerprint() {
		t.Errorf("%s", next.State)
	}
	if why := op.ChangesSince(r, now); len(why) != 1 || !strings.Contains(why[0].Old, "earlier version") {
		t.Errorf("told as %v", why)
	}
}
