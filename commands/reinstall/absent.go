package reinstall

import "time"

// One empty or partial answer is not the truth: listings are late at times, and
// leave out what is there (cloud/doc.go 4.11 and 5.5). What a reading
// does not show ends nothing and takes no keys before it has been missing from
// every reading for some minutes.

const (
	// AbsentFor is how long a machine, its image or its system disk must be
	// missing from every reading before that is believed.
	AbsentFor = 3 * time.Minute
	// BackupAbsentFor is the same for the backup that was confirmed: its key alone
	// goes with it, and it can be turned again.
	BackupAbsentFor = 15 * time.Second
)

// Absence is what one reading after another has not shown, and since when.
type Absence struct {
	What  string    `json:"what"`
	Since time.Time `json:"since"`
}

// Codes of findings that say only that something was not shown.
const (
	CodeUnseen     = "unseen" // the machine
	codeImageGone  = "image-gone"
	codeImageUnfnd = "image-not-found"
	codeDiskUnsaid = "system-disk"
)

// absent are those findings, and what each does not show.
var absent = map[string]string{
	CodeUnseen: "the machine", codeImageGone: "the image", codeImageUnfnd: "the image", codeDiskUnsaid: "the machine's system disk",
}

// Absent is what the reading does not show of what was shown before, and how
// long that is to be doubted; empty: nothing.
func (op Operation) Absent(r Reading, now time.Time) (what string, doubt time.Duration) {
	for _, f := range Blocking(r.Findings) {
		if what = absent[f.Code]; what != "" {
			return what, AbsentFor
		}
	}
	if op.Backup != nil && !op.backupSeen(r) && !op.Backup.Evidence.over(now) {
		return "the backup " + op.Backup.Evidence.ID, BackupAbsentFor
	}
	return "", 0
}

// Doubts reports whether it is too early to believe what a reading does not
// show. Who waits for it notes what it waits for, so that the time counts from
// the first such reading.
func (op Operation) Doubts(r Reading, now time.Time) (what string, wait bool) {
	what, doubt := op.Absent(r, now)
	if what == "" {
		return "", false
	}
	if op.Unseen == nil || op.Unseen.What != what {
		return what, true
	}
	return what, now.Sub(op.Unseen.Since) < doubt
}

// over reports whether the cloud had said that the backup ends by now.
func (e Evidence) over(now time.Time) bool { return !e.Expires.IsZero() && !now.Before(e.Expires) }

// misses notes what a reading did not show, and since when.
func (op *Operation) misses(what string, now time.Time) {
	switch {
	case what == "":
		op.Unseen = nil
	case op.Unseen == nil || op.Unseen.What != what:
		op.Unseen = &Absence{what, now}
	}
}

// checkEncrypted: what a reset does to an encrypted disk is nowhere documented
// (cloud/doc.go 6.8).
func checkEncrypted(c Case) []Finding {
	d := c.Facts.Instance.SystemDisk
	if !d.Encrypted {
		return nil
	}
	key := ""
	if d.KmsKey != "" {
		key = " with key " + d.KmsKey
	}
	return warn("disk-encrypted", "the system disk is encrypted"+key+", and Tencent does not document what a reset does to such a disk")
}

// checkSystemDisk: any field of an answer may be null; a plan without the disk
// that it wipes is none.
func checkSystemDisk(c Case) []Finding {
	if d := c.Facts.Instance.SystemDisk; d.Type != "" && d.SizeGB > 0 {
		return nil
	}
	return block(codeDiskUnsaid, "the cloud does not show its system disk just now", "Try again in a minute; look at the console if it stays so")
}
