package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// One empty or partial answer is not the truth: listings are late at times, and leave
// out what is there (cloud/doc.go 4.11 and 5.5). What a re-check does not show takes
// no keys and ends nothing at first. It has to be missing from every re-check for some
// minutes.

const (
	// AbsenceBelievedAfter is how long every re-check must miss a machine, its image
	// or its system disk before that is believed.
	AbsenceBelievedAfter = 3 * time.Minute
	// BackupAbsenceBelievedAfter is the same for the backup that was confirmed. Only
	// its key goes with it, and can be turned again.
	BackupAbsenceBelievedAfter = 15 * time.Second
)

// Absence is what one re-check after another has not shown, and since when.
type Absence struct {
	What  string    `json:"what"`
	Since time.Time `json:"since"`
}

// absenceByCode are those findings, and what each does not show.
var absenceByCode = map[string]string{
	model.CodeNotShown: "the machine", model.CodeImageGone: "the image", model.CodeImageNotFound: "the image",
	model.CodeDiskUnsaid: "the machine's system disk",
}

// findAbsence is what the re-check no longer shows, and how long that is doubted. It
// is empty if nothing is missing.
func findAbsence(op Operation, r RecheckResult, now time.Time) (what string, doubt time.Duration) {
	for _, f := range model.Blocking(r.Findings) {
		if what = absenceByCode[f.Code]; what != "" {
			return what, AbsenceBelievedAfter
		}
	}
	if op.Backup != nil && !backupShown(op, r) && !op.Backup.Evidence.HasExpired(now) {
		return "the backup " + op.Backup.Evidence.ID, BackupAbsenceBelievedAfter
	}
	return "", 0
}

// AbsenceDoubted reports whether it is too early to believe that something is missing.
// Whoever waits notes what is missing, so that the time counts from the first such
// re-check.
func (op Operation) AbsenceDoubted(r RecheckResult, now time.Time) (what string, wait bool) {
	what, doubt := findAbsence(op, r, now)
	if what == "" {
		return "", false
	}
	if op.Absence == nil || op.Absence.What != what {
		return what, true
	}
	return what, now.Sub(op.Absence.Since) < doubt
}

// noteAbsence notes what a re-check did not show, and since when.
func noteAbsence(op *Operation, what string, now time.Time) {
	switch {
	case what == "":
		op.Absence = nil
	case op.Absence == nil || op.Absence.What != what:
		op.Absence = &Absence{what, now}
	}
}
