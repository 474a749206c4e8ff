package fakecvm

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

var diskIDForm = regexp.MustCompile(`^disk-[a-z0-9]{8}$`)

func describeDisks(a *account, r request) (any, *apierr.Error) {
	var in struct {
		DiskIDs                      []string `json:"DiskIds"`
		Filters                      []filter
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
			return nil, apierr.Errorf("InvalidParameterValue", "Invalid disk ID `%s`: the format is `disk-xxxxxxxx`.", id)
		}
	}
	chosen, e := diskFilters.choose(a.disksIn(r.region), in.Filters)
	if e != nil {
		return nil, e
	}
	if len(in.DiskIDs) > 0 {
		chosen = byID(chosen, in.DiskIDs, func(d attached) string { return d.ID })
	}
	if e := order(chosen, in.OrderField, in.Order, func(d attached) time.Time { return d.of.Created }, "CREATE_TIME", "DEADLINE"); e != nil {
		return nil, e
	}
	list, e := page(chosen, in.Offset, in.Limit, "InvalidParameterValue")
	if e != nil {
		return nil, e
	}
	return struct {
		TotalCount int
		DiskSet    []wireDisk
	}{len(chosen), wireDisks(a, list, r.region)}, nil
}

var diskFilters = filterable[attached]{
	tags: func(d attached) map[string]string { return d.of.Tags },
	values: map[string]func(attached) []string{
		"disk-id":             only(func(d attached) string { return d.ID }),
		"disk-name":           only(func(d attached) string { return d.Name }),
		"disk-type":           only(func(d attached) string { return d.Type }),
		"disk-usage":          only(func(d attached) string { return d.usage }),
		"disk-state":          always[attached]("ATTACHED"),
		"disk-charge-type":    only(func(d attached) string { return diskCharge(d.of) }),
		"portable":            only(func(d attached) string { return portable(d.usage) }),
		"project-id":          always[attached]("0"),
		"zone":                only(func(d attached) string { return d.of.Zone }),
		"instance-id":         only(func(d attached) string { return d.of.ID }),
		"instance-name":       only(func(d attached) string { return d.of.Name }),
		"instance-ip-address": func(d attached) []string { return append(slices.Clone(d.of.PrivateIPs), d.of.PublicIPs...) },
	},
}

func portable(usage string) string {
	if usage == usageData {
		return "TRUE"
	}
	return "FALSE"
}

func diskCharge(i Instance) string {
	if i.ChargeType == chargePrepaid {
		return chargePrepaid
	}
	return chargeHourly
}

// order sorts by time, as CBS does: oldest last unless told otherwise.
func order[T any](list []T, field, direction string, when func(T) time.Time, fields ...string) *apierr.Error {
	if field != "" && !slices.Contains(fields, field) {
		return apierr.Errorf("InvalidParameterValue", "`OrderField` is `%s`; it can be %s.", field, strings.Join(fields, ", "))
	}
	sign := -1
	switch direction {
	case "", "DESC":
	case "ASC":
		sign = 1
	default:
		return apierr.Errorf("InvalidParameterValue", "`Order` is `%s`; it can be ASC or DESC.", direction)
	}
	slices.SortStableFunc(list, func(a, b T) int { return sign * when(a).Compare(when(b)) })
	return nil
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

func wireDisks(a *account, list []attached, region string) []wireDisk {
	wired := []wireDisk{}
	for _, d := range list {
		w := wireDisk{
			DiskID: d.ID, DiskName: d.Name, DiskType: d.Type, DiskUsage: d.usage, DiskSize: d.SizeGB, DiskState: "ATTACHED",
			DiskChargeType: diskCharge(d.of), Attached: true, InstanceID: d.of.ID, InstanceIDList: []string{}, InstanceType: "CVM",
			Portable: d.usage == usageData, SnapshotAbility: true, Encrypt: d.Encrypted, DeleteWithInstance: d.usage == usageSystem,
			CreateTime: diskTime(a, d.of.Created), DeadlineTime: diskTime(a, d.of.Expires), Placement: wirePlacement{Zone: d.of.Zone},
			Tags: wireTags(d.of.Tags),
		}
		if d.usage == usageSystem && a.switches.On("other_disk_id", "") {
			w.DiskID = "disk-" + stem(d.ID)
		}
		for _, s := range a.shownSnapshots(region) {
			if s.DiskID == d.ID {
				w.SnapshotCount++
				w.SnapshotSize += s.SizeGB << 10
			}
		}
		wired = append(wired, w)
	}
	return wired
}
