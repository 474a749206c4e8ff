//go:build glance

package deploy_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/bot/fakeslack/browse"
	"twokey/bot/fakeslack/page"
	"twokey/commands/sample"
	"twokey/commands/screen/help"
	"twokey/deploy/glance"
)

const phoneWidth = 390

// TestEveryCardIsMeasuredOnAPhone measures: it is what make glance runs. It writes the
// report to the file that TWOKEY_GLANCE names.
func TestEveryCardIsMeasuredOnAPhone(t *testing.T) {
	double, address, all := postCards(t)
	page.Open(double, nil, nil)
	b := browse.Open(t, address+"/#as=U0ANN&channel=C0INFRA", phoneWidth, 3000, "")
	b.StandsAt(sample.Night.Add(time.Hour))
	states := shownStates(all)
	for i, c := range all {
		b.Sees("message-"+c.ts, c.op.ID)
		states[i].Pixels = b.AboveFirst("message-"+c.ts, ".b-actions button")
	}
	thread := mainThread(t)
	texts := slices.Concat(slices.Sorted(maps.Keys(allTexts(t))), thread)
	report := glance.DrawReport(states, glance.Totals{
		Width: phoneWidth, Help: help.Short().String(), Thread: thread, Texts: texts,
	})
	if err := os.WriteFile(os.Getenv("TWOKEY_GLANCE"), []byte(report), 0o644); err != nil {
		t.Fatal(err)
	}
}

// mainThread are the messages in the thread of the story that the README names, as
// practice prints them.
func mainThread(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "run", "../bot/practice", "-story", "two-keys").CombinedOutput()
	if err != nil {
		t.Fatalf("the main story: %v\n%s", err, out)
	}
	_, thread, ok := strings.Cut(string(out), "--- the thread\n")
	thread, _, ended := strings.Cut(thread, "\n# ")
	messages := strings.Split("\n"+thread, "\nTwokey: ")[1:]
	if !ok || !ended || len(messages) == 0 {
		t.Fatalf("practice printed no thread:\n%s", fmt.Sprintf("%.2000s", out))
	}
	return messages
}
