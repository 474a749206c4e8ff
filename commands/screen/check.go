package screen

import (
	"fmt"
	"time"

	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

// mostUnusable is how many backups a check lists with why they do not count.
const mostUnusable = 3

// CheckedText says whether a machine that nothing blocks can be reinstalled. If a backup
// is needed and none would count, it says what is missing.
func CheckedText(p model.Plan, r model.Request, known []model.Evidence, now time.Time) text {
	name := NameAndID(p.DisplayName(), p.Instance)
	if !p.Terms.Backup && r.Backup == "" || UsableFor(p, known, now) > 0 {
		return say(sign("white_check_mark"), " ", name, " can be reinstalled: it would become ", p.Image.OSName, ".")
	}
	t := say(sign("lock"), " ", strong("A backup is missing"), ": ", name, " would become ", p.Image.OSName,
		", but not before a backup of its system disk is confirmed. ")
	if len(known) == 0 {
		t = append(t, say("The cloud shows none.")...)
	}
	for i, e := range known {
		if i == mostUnusable {
			t = append(t, say(fmt.Sprintf("\n• %d more do not count either.", len(known)-i))...)
			break
		}
		t = append(t, say("\n• ", view.EndSentence(e.Usable(p, now).Why))...)
	}
	if r.Backup == model.EvidenceImage {
		return append(t, say("\nThe proposal makes the backup image that you ask for.")...)
	}
	return append(t, say("\nTo make one with the proposal: ", mono("/reinstall "+p.Instance+" --backup image"))...)
}

// UsableFor is how many of the known backups would count for a plan.
func UsableFor(p model.Plan, known []model.Evidence, now time.Time) int {
	n := 0
	for _, e := range known {
		if e.Usable(p, now) == nil {
			n++
		}
	}
	return n
}
