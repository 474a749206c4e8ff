package account

// Usages of disks.
const (
	UsageSystem = "SYSTEM_DISK"
	UsageData   = "DATA_DISK"
)

// AttachedDisk is a cloud disk with the instance that has it.
type AttachedDisk struct {
	Disk
	Usage string
	Of    Instance
}

// DisksIn lists the cloud disks of a region. CBS does not know local ones.
func (a *Account) DisksIn(region string) (all []AttachedDisk) {
	for _, m := range a.Machines {
		if m.Region != region {
			continue
		}
		i := m.Truth(a.Clock.Virtual())
		if !i.SystemDisk.Local() {
			all = append(all, AttachedDisk{i.SystemDisk, UsageSystem, i})
		}
		for _, d := range i.DataDisks {
			if !d.Local() {
				all = append(all, AttachedDisk{d, UsageData, i})
			}
		}
	}
	return all
}
