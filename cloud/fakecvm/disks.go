package fakecvm

import (
	"regexp"
	"slices"
	"time"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/query"
)

var diskIDForm = regexp.MustCompile(`^disk-[a-z0-9]{8}$`)

func describeDisks(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		DiskIDs                      []string `json:"DiskIds"`
		Filters                      []query.Filter
		Offset, Limit                *int64
		OrderField, Order            string
		ReturnBindAutoSnapshotPolicy bool
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if len(in.DiskIDs) > 0 && len(in.Filters) > 0 {
		return nil, apierr.Errorf("InvalidParameterValue", "`DiskIds` and `Filters` cannot be given together.")
	}
	for _, id := range in.DiskIDs {
		if !diskIDForm.MatchString(id) {
			return nil, apierr.Errorf("InvalidParameterValue", "Invalid disk ID `%s`: the format is `disk-xxxxxxxx`.",
				id)
		}
	}
	chosen, e := diskFilters.Choose(a.DisksIn(r.region), in.Filters)
	if e != nil {
		return nil, e
	}
	if len(in.DiskIDs) > 0 {
		chosen = query.ByID(chosen, in.DiskIDs, func(d account.AttachedDisk) string { return d.ID })
	}
	if e := query.SortByTime(chosen, in.OrderField, in.Order,
		func(d account.AttachedDisk) time.Time { return d.Of.Created },
		"CREATE_TIME", "DEADLINE"); e != nil {
		return nil, e
	}
	list, e := query.Page(chosen, in.Offset, in.Limit, "InvalidParameterValue")
	if e != nil {
		return nil, e
	}
	return struct {
		TotalCount int
		DiskSet    []wireDisk
	}{len(chosen), wireDisks(a, list, r.region)}, nil
}

var diskFilters = query.Filterable[account.AttachedDisk]{
	Tags: func(d account.AttachedDisk) map[string]string { return d.Of.Tags },
	Values: map[string]func(account.AttachedDisk) []string{
		"disk-id":          query.SingleValue(func(d account.AttachedDisk) string { return d.ID }),
		"disk-name":        query.SingleValue(func(d account.AttachedDisk) string { return d.Name }),
		"disk-type":        query.SingleValue(func(d account.AttachedDisk) string { return d.Type }),
		"disk-usage":       query.SingleValue(func(d account.AttachedDisk) string { return d.Usage }),
		"disk-state":       query.ConstantValue[account.AttachedDisk]("ATTACHED"),
		"disk-charge-type": query.SingleValue(func(d account.AttachedDisk) string { return diskCharge(d.Of) }),
		"portable":         query.SingleValue(func(d account.AttachedDisk) string { return portableText(d.Usage) }),
		"project-id":       query.ConstantValue[account.AttachedDisk]("0"),
		"zone":             query.SingleValue(func(d account.AttachedDisk) string { return d.Of.Zone }),
		"instance-id":      query.SingleValue(func(d account.AttachedDisk) string { return d.Of.ID }),
		"instance-name":    query.SingleValue(func(d account.AttachedDisk) string { return d.Of.Name }),
		"instance-ip-address": func(d account.AttachedDisk) []string {
			return append(slices.Clone(d.Of.PrivateIPs),
				d.Of.PublicIPs...)
		},
	},
}

func portableText(usage string) string {
	if usage == account.UsageData {
		return "TRUE"
	}
	return "FALSE"
}

func diskCharge(i account.Instance) string {
	if i.ChargeType == account.ChargePrepaid {
		return account.ChargePrepaid
	}
	return account.ChargeHourly
}

// wireDisk is a Disk as cbs v1.1.0 reads it.
type wireDisk struct {
	DiskID             string `json:"DiskId"`
	DiskName           string
	DiskType           string
	DiskUsage          string
	DiskSize           int
	DiskState          string
	DiskChargeType     string
	Attached           bool
	InstanceID         string   `json:"InstanceId"`
	InstanceIDList     []string `json:"InstanceIdList"`
	InstanceType       string
	Portable           bool
	SnapshotAbility    bool
	SnapshotCount      int
	SnapshotSize       int
	Encrypt            bool
	DeleteWithInstance bool
	Shareable          bool
	Rollbacking        bool
	RollbackPercent    int
	Migrating          bool
	MigratePercent     int
	BackupDisk         bool
	CreateTime         string
	DeadlineTime       string
	Placement          wirePlacement
	Tags               []tag
}

// wirePlacement is cbs' Placement.
type wirePlacement struct {
	Zone      string
	ProjectID int `json:"ProjectId"`
}

func wireDisks(a *account.Account, list []account.AttachedDisk, region string) []wireDisk {
	wired := []wireDisk{}
	for _, d := range list {
		w := wireDisk{
			DiskID: d.ID, DiskName: d.Name, DiskType: d.Type, DiskUsage: d.Usage, DiskSize: d.SizeGB,
			DiskState:      "ATTACHED",
			DiskChargeType: diskCharge(d.Of), Attached: true, InstanceID: d.Of.ID, InstanceIDList: []string{},
			InstanceType: "CVM",
			Portable:     d.Usage == account.UsageData, SnapshotAbility: true, Encrypt: d.Encrypted,
			DeleteWithInstance: d.Usage == account.UsageSystem,
			CreateTime:         diskTime(a, d.Of.Created), DeadlineTime: diskTime(a, d.Of.Expires),
			Placement: wirePlacement{Zone: d.Of.Zone},
			Tags:      wireTags(d.Of.Tags),
		}
		if d.Usage == account.UsageSystem && a.Switches.On("other_disk_id", "") {
			w.DiskID = "disk-" + account.IDFrom(d.ID)
		}
		for _, s := range a.ShownSnapshots(region) {
			if s.DiskID == d.ID {
				w.SnapshotCount++
				w.SnapshotSize += s.SizeGB << 10
			}
		}
		wired = append(wired, w)
	}
	return wired
}
