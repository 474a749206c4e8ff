package main

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// A countdown whose end nobody acted on begins again, before people's eyes. The call
// of this world's engine would need a cloud, which it does not have.
func TestAMissedCountdownIsShownAgain(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		ago   time.Duration
		state reinstall.State
	}{
		"it has just ended":              {time.Second, reinstall.Ready},
		"it ended while Twokey was down": {2 * time.Minute, reinstall.Approved},
	} {
		t.Run(what, func(t *testing.T) {
			inWorld(t, 1, nil, func(w *world) {
				if err := w.store.Freeze(
					w.t.Context(), model.Freeze{By: "U0BOB", Why: "so that nothing is read"},
					port.Note{Key: "K", Kind: port.NoteDecision, By: "U0BOB", What: "freeze"},
				); err != nil {
					w.t.Fatal(err)
				}
				w.stop()
				rec := w.propose(1, "C0INFRA")[0]
				ended := time.Now().Add(-c.ago)
				rec.Op.Plan.Terms.Countdown = time.Minute
				rec.Op.State, rec.Op.Announced, rec.Op.Shown, rec.Op.Starts = reinstall.Ready, ended.Add(-time.Minute), ended.Add(-time.Minute), ended
				rec, err := w.store.Apply(w.t.Context(), port.Change{
					Op: rec.Op, Rev: rec.Rev, Command: "ready", By: "twokey", What: "moved", WakeAfter: 0,
					Posts: postsOf(rec.Op.ID, rec.Rev+1),
				})
				if err != nil {
					w.t.Fatal(err)
				}
				w.startWorker()
				w.letPass(20 * time.Second)
				op := w.loadRecord(rec.Op.ID).Op
				if op.State != c.state || !strings.Contains(op.Waits, "frozen") {
					w.t.Errorf("it is %s and waits for %q", op.State, op.Waits)
				}
				if c.state == reinstall.Approved && op.CountdownRuns() {
					w.t.Error("the old countdown still counts")
				}
			})
		})
	}
}
