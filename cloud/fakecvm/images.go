package fakecvm

import (
	"regexp"
	"slices"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/query"
)

// describeImages leaves out unknown ids, as describeInstances does.
func describeImages(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		ImageIDs      []string `json:"ImageIds"`
		Filters       []query.Filter
		Offset, Limit *int64
		InstanceType  *string
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if e := checkImageIDs(in.ImageIDs, len(in.Filters) > 0); e != nil {
		return nil, e
	}
	chosen, e := imageFilters.Choose(a.ShownImages(r.region), in.Filters)
	if e != nil {
		return nil, e
	}
	if len(in.ImageIDs) > 0 {
		chosen = query.ByID(chosen, in.ImageIDs, func(i account.Image) string { return i.ID })
	}
	if in.InstanceType != nil {
		if !instanceTypeForm.MatchString(*in.InstanceType) {
			return nil, apierr.Errorf("InvalidInstanceType.Malformed", "The instance type `%s` is malformed.",
				*in.InstanceType)
		}
		chosen = slices.DeleteFunc(chosen,
			func(i account.Image) bool { return i.Architecture != account.ArchitectureOf(*in.InstanceType) })
	}
	list, e := query.Page(chosen, in.Offset, in.Limit, "InvalidParameterValue.InvalidParameterValueLimit")
	if e != nil {
		return nil, e
	}
	return struct {
		TotalCount int
		ImageSet   []wireImage
	}{len(chosen), wireImages(a, list)}, nil
}

func checkImageIDs(ids []string, filtered bool) *apierr.Error {
	if len(ids) > 0 && filtered {
		return apierr.Errorf("InvalidParameter.InvalidParameterCoexistImageIdsFilters",
			"`ImageIds` and `Filters` cannot be given together.")
	}
	if len(ids) > query.MaxPage {
		return apierr.Errorf("InvalidParameterValue.LimitExceeded", "`ImageIds` has %d elements; the limit is %d.",
			len(ids),
			query.MaxPage)
	}
	for _, id := range ids {
		if !account.ImageIDForm.MatchString(id) {
			return apierr.Errorf("InvalidImageId.Malformed", "Invalid image ID `%s`: the format is `img-xxxxxxxx`.", id)
		}
	}
	return nil
}

var instanceTypeForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*\.[A-Z0-9]+$`)

var imageFilters = query.Filterable[account.Image]{
	Fuzzy: []string{"image-name", "platform"},
	Tags:  func(i account.Image) map[string]string { return i.Tags },
	Values: map[string]func(account.Image) []string{
		"image-id":    query.SingleValue(func(i account.Image) string { return i.ID }),
		"image-type":  query.SingleValue(func(i account.Image) string { return i.Type }),
		"image-name":  query.SingleValue(func(i account.Image) string { return i.Name }),
		"platform":    query.SingleValue(func(i account.Image) string { return i.Platform }),
		"image-state": query.SingleValue(func(i account.Image) string { return i.State }),
	},
}

// wireImage is an Image as cvm v1.1.0 reads it.
type wireImage struct {
	ImageID            string `json:"ImageId"`
	OSName             string `json:"OsName"`
	ImageType          string
	CreatedTime        *string
	ImageName          string
	ImageDescription   string
	ImageSize          int
	Architecture       string
	ImageState         string
	Platform           string
	ImageCreator       *string
	ImageSource        string
	SyncPercent        *int
	IsSupportCloudinit bool
	SnapshotSet        []wireImageSnapshot
	Tags               []tag
	LicenseType        string
	ImageFamily        string
	ImageDeprecated    bool
}

type wireImageSnapshot struct {
	SnapshotID string `json:"SnapshotId"`
	DiskUsage  string
	DiskSize   int
}

func wireImages(a *account.Account, list []account.Image) []wireImage {
	wired := []wireImage{}
	for _, i := range list {
		w := wireImage{
			ImageID: i.ID, OSName: i.OSName, ImageType: i.Type, CreatedTime: isoTime(i.Created), ImageName: i.Name,
			ImageDescription: i.Description, ImageSize: i.SizeGB, Architecture: i.Architecture, ImageState: i.State,
			Platform: i.Platform, ImageCreator: orNull(i.Creator), ImageSource: i.Source, IsSupportCloudinit: true,
			SnapshotSet: []wireImageSnapshot{}, Tags: wireTags(i.Tags), LicenseType: i.LicenseType,
			ImageDeprecated: i.Deprecated,
		}
		if a.Switches.On("bare_image_times", "") {
			w.CreatedTime = orNull(bareTime(i.Created))
		}
		if i.State == account.StateCreating {
			w.SyncPercent = &i.Progress
		}
		for _, id := range i.Snapshots {
			if s := a.FindSnapshot(id, i.Region); s != nil {
				w.SnapshotSet = append(w.SnapshotSet, wireImageSnapshot{
					SnapshotID: id, DiskUsage: s.Usage,
					DiskSize: s.SizeGB,
				})
			}
		}
		wired = append(wired, w)
	}
	return wired
}

// describeImageQuota answers the limit alone. How many images there are is the total
// of DescribeImages (cloud/doc.go 5.4).
func describeImageQuota(a *account.Account, r request) (any, *apierr.Error) {
	if e := decode(r.body, &struct{}{}); e != nil {
		return nil, e
	}
	return struct{ ImageNumQuota int }{a.ImageQuota()}, nil
}

// wireKeyPair is a KeyPair as cvm v1.1.0 reads it.
type wireKeyPair struct {
	KeyID                 string `json:"KeyId"`
	KeyName               string
	ProjectID             int `json:"ProjectId"`
	Description           string
	PublicKey             string
	PrivateKey            *string
	AssociatedInstanceIDs []string `json:"AssociatedInstanceIds"`
	CreatedTime           *string
	Tags                  []tag
}

func describeKeyPairs(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		KeyIDs        []string `json:"KeyIds"`
		Filters       []query.Filter
		Offset, Limit *int64
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if len(in.KeyIDs) > 0 && len(in.Filters) > 0 {
		return nil, apierr.Errorf("InvalidParameter", "`KeyIds` and `Filters` cannot be given together.")
	}
	for _, id := range in.KeyIDs {
		if !account.KeyIDForm.MatchString(id) {
			return nil, apierr.Errorf("InvalidKeyPairId.Malformed",
				"Invalid key pair ID `%s`: the format is `skey-xxxxxxxx`.",
				id)
		}
	}
	chosen, e := keyFilters.Choose(a.KeyPairsIn(r.region), in.Filters)
	if e != nil {
		return nil, e
	}
	if len(in.KeyIDs) > 0 {
		chosen = query.ByID(chosen, in.KeyIDs, func(k account.KeyPair) string { return k.ID })
	}
	list, e := query.Page(chosen, in.Offset, in.Limit, "InvalidParameterValueLimit")
	if e != nil {
		return nil, e
	}
	return struct {
		TotalCount int
		KeyPairSet []wireKeyPair
	}{len(chosen), wireKeys(a, list)}, nil
}

var keyFilters = query.Filterable[account.KeyPair]{
	Tags: func(account.KeyPair) map[string]string { return nil },
	Values: map[string]func(account.KeyPair) []string{
		"key-name":   query.SingleValue(func(k account.KeyPair) string { return k.Name }),
		"project-id": query.ConstantValue[account.KeyPair]("0"),
	},
}

func wireKeys(a *account.Account, list []account.KeyPair) []wireKeyPair {
	wired := []wireKeyPair{}
	for _, k := range list {
		w := wireKeyPair{
			KeyID: k.ID, KeyName: k.Name, PublicKey: k.Public, AssociatedInstanceIDs: []string{},
			CreatedTime: isoTime(k.Created), Tags: []tag{},
		}
		for _, m := range a.Machines {
			if slices.Contains(m.KeyIDs, k.ID) {
				w.AssociatedInstanceIDs = append(w.AssociatedInstanceIDs, m.ID)
			}
		}
		wired = append(wired, w)
	}
	return wired
}
