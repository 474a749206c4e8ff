package screen

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// What the machine verified and what a person stated never share a row.
func TestTheCardKeepsTheCloudsWordAndAPersonsApart(t *testing.T) {
	b := reinstall.BackupKey{By: "U0ANN", Typed: "web-01", Evidence: model.Evidence{
		Kind: model.EvidenceSnapshot, ID: "snap-1", DiskID: "disk-1", State: "NORMAL", SizeGB: 50,
		Created: time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC),
	}}
	rows := backupKeyRows(b)
	cloud, person := rows[0].Value.String(), rows[1].Value.String()
	if cloud != "✓ by the cloud: snapshot snap-1 NORMAL, 50 GiB, made 2026-11-24 01:00:00 UTC, of disk disk-1, kept "+
		"for good" {
		t.Errorf("the cloud's: %q", cloud)
	}
	if rows[1].Label != "Confirmed" || !strings.HasPrefix(person, "by @U0ANN, who typed web-01") ||
		strings.Contains(cloud, "U0ANN") {
		t.Errorf("the person's: %q", person)
	}
}
