package main

import (
	"fmt"
	"time"

	"twokey/cloud/fakecvm"
)

// addSnapshot adds a snapshot that somebody made in the console: one that
// counts, or one with something wrong about it.
func addSnapshot(st *stage, i fakecvm.Instance, what []string) error {
	s := fakecvm.Snapshot{
		ID: "snap-fr35h0n3", Region: i.Region, Zone: i.Zone, Name: "by hand", DiskID: i.SystemDisk.ID, Usage: "SYSTEM_DISK",
		SizeGB: i.SystemDisk.SizeGB, State: "NORMAL", Percent: 100, Created: time.Now().Add(-time.Minute),
	}
	if len(what) > 0 {
		switch what[0] {
		case "creating":
			s.ID, s.State, s.Percent = "snap-unf1n1sh", "CREATING", 40
		case "old":
			s.ID, s.Created = "snap-0ld0ld01", time.Now().Add(-30*time.Hour)
		case "expiring":
			s.ID, s.Deadline = "snap-3xp1r1ng", time.Now().Add(time.Hour)
		case "data":
			s.ID, s.DiskID, s.Usage = "snap-datad1sk", i.DataDisks[0].ID, "DATA_DISK"
		default:
			return fmt.Errorf("a snapshot cannot be %s", what[0])
		}
	}
	st.cloud.AddSnapshot(s)
	return nil
}
