package fakecvm

import (
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/query"
)

var snapshotIDForm = regexp.MustCompile(`^snap-[a-z0-9]{8}$`)

func describeSnapshots(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		SnapshotIDs       []string `json:"SnapshotIds"`
		Filters           []query.Filter
		Offset, Limit     *int64
		OrderField, Order string
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if len(in.SnapshotIDs) > 0 && len(in.Filters) > 0 {
		return nil, apierr.Errorf("InvalidParameterValue", "`SnapshotIds` and `Filters` cannot be given together.")
	}
	for _, id := range in.SnapshotIDs {
		if !snapshotIDForm.MatchString(id) {
			return nil, apierr.Errorf("InvalidParameterValue",
				"Invalid snapshot ID `%s`: the format is `snap-xxxxxxxx`.", id)
		}
	}
	chosen, e := snapshotFilters.Choose(a.ShownSnapshots(r.region), in.Filters)
	if e != nil {
		return nil, e
	}
	if len(in.SnapshotIDs) > 0 {
		chosen = query.ByID(chosen, in.SnapshotIDs, func(s account.Snapshot) string { return s.ID })
	}
	if e := query.SortByTime(chosen, in.OrderField, in.Order, func(s account.Snapshot) time.Time { return s.Created },
		"CREATE_TIME"); e != nil {
		return nil, e
	}
	list, e := query.Page(chosen, in.Offset, in.Limit, "InvalidParameterValue")
	if e != nil {
		return nil, e
	}
	return struct {
		TotalCount  int
		SnapshotSet []wireSnapshot
	}{len(chosen), wireSnapshots(a, list)}, nil
}

var snapshotFilters = query.Filterable[account.Snapshot]{
	MoreValues: map[string]int{"disk-id": 10},
	Values: map[string]func(account.Snapshot) []string{
		"snapshot-id":    query.SingleValue(func(s account.Snapshot) string { return s.ID }),
		"snapshot-name":  query.SingleValue(func(s account.Snapshot) string { return s.Name }),
		"snapshot-state": query.SingleValue(func(s account.Snapshot) string { return s.State }),
		"disk-id":        query.SingleValue(func(s account.Snapshot) string { return s.DiskID }),
		"disk-usage":     query.SingleValue(func(s account.Snapshot) string { return s.Usage }),
		"project-id":     query.ConstantValue[account.Snapshot]("0"),
		"encrypt":        query.ConstantValue[account.Snapshot]("FALSE"),
		"snapshot-type":  query.ConstantValue[account.Snapshot]("PRIVATE_SNAPSHOT"),
	},
}

// wireSnapshot is a Snapshot as cbs v1.1.0 reads it.
type wireSnapshot struct {
	SnapshotID       string `json:"SnapshotId"`
	SnapshotName     string
	SnapshotState    string
	SnapshotType     string
	Percent          int
	DiskID           string `json:"DiskId"`
	DiskSize         int
	DiskUsage        string
	CreateTime       string
	DeadlineTime     string
	IsPermanent      bool
	Encrypt          bool
	CopyFromRemote   bool
	CopyingToRegions []string
	ShareReference   int
	Images           []wireSnapshotImage
	ImageCount       int
	Placement        wirePlacement
	TimeStartShare   string
	Tags             []tag
	IsLocked         bool
	LatestModifyTime string
	SnapshotMode     string
}

type wireSnapshotImage struct {
	ImageID   string `json:"ImageId"`
	ImageName string
}

func wireSnapshots(a *account.Account, list []account.Snapshot) []wireSnapshot {
	wired := []wireSnapshot{}
	for _, s := range list {
		w := wireSnapshot{
			SnapshotID: s.ID, SnapshotName: s.Name, SnapshotState: s.State, SnapshotType: "PRIVATE_SNAPSHOT",
			Percent:        s.Percent,
			CopyFromRemote: s.Copied, DiskID: s.DiskID, DiskSize: s.SizeGB, DiskUsage: s.Usage,
			CreateTime: diskTime(a, s.Created), DeadlineTime: diskTime(a, s.Deadline),
			IsPermanent: s.Deadline.IsZero(), CopyingToRegions: []string{}, Images: []wireSnapshotImage{},
			Placement: wirePlacement{Zone: s.Zone}, Tags: []tag{}, LatestModifyTime: diskTime(a, s.Created),
			SnapshotMode: "STANDARD_SNAPSHOT",
		}
		for _, i := range a.Images {
			if i.Region == s.Region && slices.Contains(i.Snapshots, s.ID) {
				w.Images = append(w.Images, wireSnapshotImage{ImageID: i.ID, ImageName: i.Name})
			}
		}
		w.ImageCount = len(w.Images)
		wired = append(wired, w)
	}
	return wired
}

// createSnapshot begins a snapshot of a cloud disk.
func createSnapshot(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		DiskID       string `json:"DiskId"`
		SnapshotName string
		Deadline     string
		DiskBackupID string `json:"DiskBackupId"`
		DiskUsage    string
		Tags         []tag
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if in.DiskID == "" {
		return nil, apierr.Missing("DiskId")
	}
	if utf8.RuneCountInString(in.SnapshotName) > 60 {
		return nil, apierr.Errorf("InvalidParameterValue", "`SnapshotName` is longer than 60 characters.")
	}
	deadline, e := parseDeadline(a, in.Deadline)
	if e != nil {
		return nil, e
	}
	disk, e := a.SnapshotableDisk(in.DiskID, r.region)
	if e != nil {
		return nil, e
	}
	return struct {
		SnapshotID string `json:"SnapshotId"`
	}{a.CreateSnapshot(disk, r.region, in.SnapshotName, deadline)}, nil
}

// parseDeadline reads a Deadline: ISO 8601, a day or more to come. CBS takes times
// with their zone and answers them without one.
func parseDeadline(a *account.Account, text string) (time.Time, *apierr.Error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Before(a.Clock.Wall().Add(day)) {
		return time.Time{}, apierr.Errorf("InvalidParameterValue",
			"`Deadline` is `%s`; it has to be a day or more to come, such as `2022-01-08T09:47:55+00:00`.", text)
	}
	return t, nil
}
