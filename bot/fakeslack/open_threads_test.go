package fakeslack_test

import (
	"testing"

	"github.com/slack-go/slack"
)

// What is for one person alone and belongs into a thread shows where the thread
// has replies and that person has it open. The app is told that all went well.
func TestAWhisperInAThreadShowsOnlyWhereTheThreadIsActiveAndOpen(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(w *world, parent, reply string)
		shown bool
	}{
		"nothing is open": {func(*world, string, string) {}, false},
		"it is open":      {func(w *world, parent, _ string) { w.OpenThread("U0ANN", "C0INFRA", parent) }, true},
		"it was closed": {func(w *world, parent, _ string) {
			w.OpenThread("U0ANN", "C0INFRA", parent)
			w.OpenThread("U0ANN", "", "")
		}, false},
		"another is open":      {func(w *world, _, reply string) { w.OpenThread("U0ANN", "C0INFRA", reply) }, false},
		"somebody else has it": {func(w *world, parent, _ string) { w.OpenThread("U0BOB", "C0INFRA", parent) }, false},
		"they wrote in it": {
			func(w *world, parent, _ string) { _, _ = w.Say("U0ANN", "C0INFRA", parent, "I look") }, true,
		},
		"they pressed in it": {
			func(w *world, _, reply string) { _ = w.Click(w.ctx, "U0ANN", "C0INFRA", reply, "Hold") }, true,
		},
		"they pressed above it": {
			func(w *world, parent, _ string) { _ = w.Click(w.ctx, "U0ANN", "C0INFRA", parent, "Hold") }, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			hold := slack.MsgOptionBlocks(slack.NewActionBlock("", button("hold", "Hold", slack.StyleDanger)))
			parent := w.post("C0INFRA", hold)
			reply := w.post("C0INFRA", hold, slack.MsgOptionTS(parent))
			c.do(w, parent, reply)
			ts, err := w.api.PostEphemeralContext(
				w.ctx, "C0INFRA", "U0ANN", slack.MsgOptionText("Not approved.", false), slack.MsgOptionTS(parent),
			)
			if err != nil || ts == "" {
				t.Fatal(ts, err)
			}
			if n := len(w.Ephemerals("U0ANN")); (n == 1) != c.shown {
				t.Errorf("%d are shown", n)
			}
			if n := len(w.Unshown("U0ANN")); (n == 1) == c.shown {
				t.Errorf("%d are not shown", n)
			}
		})
	}
}

func TestAWhisperInAThreadWithoutRepliesIsNotShown(t *testing.T) {
	w := newWorld(t)
	parent := w.post("C0INFRA", slack.MsgOptionText("card", false))
	w.OpenThread("U0ANN", "C0INFRA", parent)
	if _, err := w.api.PostEphemeralContext(
		w.ctx, "C0INFRA", "U0ANN", slack.MsgOptionText("no", false), slack.MsgOptionTS(parent),
	); err != nil {
		t.Fatal(err)
	}
	if e, no := w.Ephemerals("U0ANN"), w.Unshown("U0ANN"); len(e) != 0 || len(no) != 1 {
		t.Errorf("shown %+v, not shown %+v", e, no)
	}
}
