package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// One empty or partial answer is not the truth: listings are late at times, and
// leave out what is there (cloud/doc.go 4.11 and 5.5). What a reading
// does not show ends nothing and takes no keys before it has been missing from
// every reading for some minutes.

const (
	// AbsenceBelievedAfter is how long a machine, its image or its system disk must be
	// missing from every reading before that is believed.
	AbsenceBelievedAfter = 3 * time.Minute
	// BackupAbsenceBelievedAfter is the same for the backup that was confirmed: its key alone
	// goes with it, and it can be turned again.
	BackupAbsenceBelievedAfter = 15 * time.Second
)

// Absence is what one reading after another has not shown, and since when.
type Absence struct {
	What  string    `json:"what"`
	Since time.Time `json:"since"`
}

// absenceByCode are those findings, and what each does not show.
var absenceByCode = map[string]string{
	model.CodeNotShown: "the machine", model.CodeImageGone: "the image", model.CodeImageNotFound: "the image", model.CodeDiskUnsaid: "the machine's system disk",
}

// FindAbsence is what the reading does not show of what was shown before, and how
// long that is to be doubted; empty: nothing.
func (op Operation) FindAbsence(r RecheckResult, now time.Time) (what string, doubt time.Duration) {
	for _, f := range model.Blocking(r.Findings) {
		if what = absenceByCode[f.Code]; what != "" {
			return what, AbsenceBelievedAfter
		}
	}
	if op.Backup != nil && !op.backupShown(r) && !op.Backup.Evidence.HasExpired(now) {
		return "the backup " + op.Backup.Evidence.ID, BackupAbsenceBelievedAfter
	}
	return "", 0
}

// AbsenceDoubted reports whether it is too early to believe what a reading does not
// show. Who waits for it notes what it waits for, so that the time counts from
// the first such reading.
func (op Operation) AbsenceDoubted(r RecheckResult, now time.Time) (what string, wait bool) {
	what, doubt := op.FindAbsence(r, now)
	if what == "" {
		return "", false
	}
	if op.Absence == nil || op.Absence.What != what {
		return what, true
	}
	return what, now.Sub(op.Absence.Since) < doubt
}

// noteAbsence notes what a reading did not show, and since when.
func (op *Operation) noteAbsence(what string, now time.Time) {
	switch {
	case what == "":
		op.Absence = nil
	case op.Absence == nil || op.Absence.What != what:
		op.Absence = &Absence{what, now}
	}
}
