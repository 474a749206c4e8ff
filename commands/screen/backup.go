package screen

import (
	"fmt"
	"strings"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

const (
	// ProgressStep is by how many points of a hundred a backup image must have
	// come on to be noted: the card is redrawn for it.
	ProgressStep = 10
	// ShowOthers is how many backups that cannot be chosen are listed with why.
	ShowOthers = 10
)

// evidenceText is what the cloud says of a backup, and nothing that a person said.
func evidenceText(e model.Evidence) text {
	t := say(e.Kind, " ", mono(e.ID), " ", e.State, fmt.Sprintf(", %d GiB, made ", e.SizeGB), at(e.Created))
	switch {
	case e.DiskID != "":
		t = append(t, say(", of disk ", mono(e.DiskID))...)
	case e.Ours:
		t = append(t, say(", by Twokey for this proposal")...)
	case e.MadeOf != "":
		t = append(t, say(", by Twokey of ", mono(e.MadeOf), " for an earlier proposal")...)
	}
	if e.Expires.IsZero() {
		return append(t, say(", kept for good")...)
	}
	return append(t, say(", kept until ", at(e.Expires))...)
}

// backupKeyRows is the turned backup key: what the cloud shows, and apart from it
// what a person stated.
func backupKeyRows(b reinstall.BackupKey) []view.Row {
	return []view.Row{
		{Label: "Backup", Value: append(say("✓ by the cloud: "), evidenceText(b.Evidence)...)},
		{Label: "Confirmed", Value: say("by ", who(b.By), ", who typed ", mono(b.Typed), ", ", at(b.At))},
	}
}

// imagePercent is how far the cloud says a backup image is; nothing where it does
// not say.
func imagePercent(m reinstall.BackupImage) string {
	if m.Percent <= 0 {
		return ""
	}
	return fmt.Sprintf(", %d %%", m.Percent)
}

// NextSentence is a sentence on what helps, behind another one.
func NextSentence(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return " " + view.EndSentence(s)
}

func SameEvidence(a, b model.Evidence) bool {
	return a.ID == b.ID && a.State == b.State && a.Created.Equal(b.Created) && a.Expires.Equal(b.Expires)
}

func EvidenceSource(e model.Evidence) string {
	switch {
	case e.Kind != model.EvidenceImage:
		return ""
	case e.Ours:
		return ", made for this proposal"
	case e.DiskID != "":
		return ", of this disk's snapshot"
	}
	return ", made by Twokey"
}
