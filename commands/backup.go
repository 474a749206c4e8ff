package commands

import (
	"context"
	"fmt"
	"strings"
	"time"

	"twokey/commands/reinstall"
)

const (
	// progressStep is by how many points of a hundred a backup image must have
	// come on to be noted: the card is redrawn for it.
	progressStep = 10
	// showOthers is how many backups that cannot be chosen are listed with why.
	showOthers = 10
)

// askImage makes the event of asking for a backup image; where the region has
// no room for one, it is refused before anything is noted.
func (d *Desk) askImage(ctx context.Context, l Line, rec Record, s reinstall.Standing) (reinstall.Event, *reinstall.Refusal, error) {
	e := reinstall.AskImage{By: s, Stop: l.Stop}
	if _, r := reinstall.Step(rec.Op, e, d.now()); r != nil {
		return nil, r, nil
	}
	full, err := d.roomForImage(ctx, rec.Op.Plan.Ref)
	return e, full, err
}

// roomForImage refuses where the region's quota of own images is used up.
func (d *Desk) roomForImage(ctx context.Context, ref reinstall.Ref) (*reinstall.Refusal, error) {
	used, most, err := d.cloud.ImageRoom(ctx, ref)
	if err != nil || used < most {
		return nil, err
	}
	return reinstall.Refuse(doing[VerbImage], fmt.Sprintf("%s has %d own images, and the cloud allows %d", ref.Region, used, most),
		"Delete images that nobody needs, or confirm a snapshot where one counts"), nil
}

// backupsThatCount is how many of the known backups could be confirmed.
func backupsThatCount(op oper, now time.Time) (n int) {
	for _, e := range op.Evidence {
		if e.Usable(op.Plan, now) == nil {
			n++
		}
	}
	return n
}

// vouched is what the cloud says of a backup, and nothing that a person said.
func vouched(e reinstall.Evidence) text {
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

// confirmed is the turned backup key: what the cloud shows, and apart from it
// what a person stated.
func confirmed(b reinstall.BackupKey) []Row {
	return []Row{
		{"Backup", append(say(sign("key"), " the cloud: "), vouched(b.Evidence)...)},
		{"Stated", say("by ", who(b.By), ": typed ", mono(b.Typed), ", ", at(b.At))},
	}
}

// progress is how far the cloud says a backup image is; nothing where it does
// not say.
func progress(m reinstall.BackupImage) string {
	if m.Percent <= 0 {
		return ""
	}
	return fmt.Sprintf(", %d %% by the cloud's count", m.Percent)
}

// next is a sentence on what helps, behind another one.
func next(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return " " + dot(s)
}

// choice words one piece of evidence, its age against what the policy allows.
func (d *Desk) choice(e reinstall.Evidence, most time.Duration) Option {
	kind := "Snapshot"
	if e.Kind == reinstall.EvidenceImage {
		kind = "Image"
	}
	until := "permanent"
	if !e.Expires.IsZero() {
		until = "kept until " + e.Expires.UTC().Format("2006-01-02")
	}
	age := reinstall.Ago(d.now().Sub(e.Created)) + " old"
	if most > 0 {
		age += " (at most " + reinstall.Ago(most) + ")"
	}
	return Option{Value: e.ID, Label: kind + " " + e.ID + ", " + age, Note: fmt.Sprintf("%s, %d GiB, %s%s", e.State, e.SizeGB, until, evidenceSource(e))}
}

func evidenceSource(e reinstall.Evidence) string {
	switch {
	case e.Kind != reinstall.EvidenceImage:
		return ""
	case e.Ours:
		return ", made for this proposal"
	case e.DiskID != "":
		return ", of this disk's snapshot"
	}
	return ", made by Twokey"
}
