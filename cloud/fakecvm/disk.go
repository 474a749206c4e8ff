package fakecvm

const (
	usageSystem = "SYSTEM_DISK"
	usageData   = "DATA_DISK"
)

// attached is a cloud disk with the instance that has it.
type attached struct {
	Disk
	usage string
	of    Instance
}

// disksIn lists the cloud disks of a region: CBS knows no local ones.
func (a *account) disksIn(region string) (all []attached) {
	for _, m := range a.machines {
		if m.Region != region {
			continue
		}
		i := m.truth(a.clock.virtual())
		if !i.SystemDisk.Local() {
			all = append(all, attached{i.SystemDisk, usageSystem, i})
		}
		for _, d := range i.DataDisks {
			if !d.Local() {
				all = append(all, attached{d, usageData, i})
			}
		}
	}
	return all
}
