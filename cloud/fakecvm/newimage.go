package fakecvm

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"twokey/cloud/fakecvm/apierr"
)

// createImageParams are the parameters of CreateImage.
type createImageParams struct {
	ImageName        string
	InstanceID       string `json:"InstanceId"`
	ImageDescription string
	ForcePoweroff    string
	Sysprep          string
	DataDiskIDs      []string `json:"DataDiskIds"`
	SnapshotIDs      []string `json:"SnapshotIds"`
	DryRun           bool
	TagSpecification []struct {
		ResourceType string
		Tags         []tag
	}
	ImageFamily string
}

// check judges the parameters by themselves.
func (in createImageParams) check() *apierr.Error {
	switch {
	case in.ImageName == "":
		return apierr.Missing("ImageName")
	case utf8.RuneCountInString(in.ImageName) > 60:
		return apierr.Errorf("InvalidParameterValue.TooLarge", "`ImageName` is longer than 60 characters.")
	case utf8.RuneCountInString(in.ImageDescription) > 256:
		return apierr.Errorf("InvalidParameterValue.TooLarge", "`ImageDescription` is longer than 256 characters.")
	case in.InstanceID != "" && len(in.SnapshotIDs) > 0:
		return apierr.Errorf("InvalidParameterConflict", "`InstanceId` and `SnapshotIds` cannot be given together.")
	case in.InstanceID == "" && len(in.SnapshotIDs) == 0:
		return apierr.Errorf("InvalidParameter.SpecifyOneParameter", "One of `InstanceId` and `SnapshotIds` is needed.")
	case in.InstanceID == "" && len(in.DataDiskIDs) > 0:
		return apierr.Errorf("InvalidParameter.InvalidDependence", "`DataDiskIds` needs `InstanceId`.")
	}
	if _, ok := yesNo(in.ForcePoweroff); !ok {
		return apierr.Errorf("InvalidParameterValue", "`ForcePoweroff` is `%s`; it has to be true or false.", in.ForcePoweroff)
	}
	if _, ok := yesNo(in.Sysprep); !ok {
		return apierr.Errorf("InvalidParameterValue", "`Sysprep` is `%s`; it has to be true or false.", in.Sysprep)
	}
	for _, spec := range in.TagSpecification {
		if spec.ResourceType != "image" {
			return apierr.Errorf("InvalidParameterValue", "`TagSpecification.ResourceType` is `%s`; it has to be image.", spec.ResourceType)
		}
	}
	return nil
}

// yesNo reads a boolean that the API takes as a string, in any case; "" is no.
func yesNo(s string) (yes, ok bool) {
	switch strings.ToLower(s) {
	case "true":
		return true, true
	case "false", "":
		return false, true
	}
	return false, false
}

// imagePlan is a CreateImage that may be carried out.
type imagePlan struct {
	in       createImageParams
	machine  *machine // nil: from snapshots
	poweroff bool
	image    Image // less its id and times
	disks    []Disk
}

func (a *account) planImage(in createImageParams, region string) (imagePlan, *apierr.Error) {
	if in.InstanceID == "" {
		return a.planImageOfSnapshots(in, region)
	}
	m, e := a.regional(in.InstanceID, region)
	if e != nil {
		return imagePlan{}, e
	}
	if e := m.ready(); e != nil {
		return imagePlan{}, e
	}
	if m.ReinstallFailed {
		return imagePlan{}, apierr.Errorf("UnsupportedOperation.InstanceReinstallFailed", "The instance `%s` failed to be reinstalled and does not support this operation.", m.ID)
	}
	disks, e := m.imageDisks(in.DataDiskIDs)
	if e != nil {
		return imagePlan{}, e
	}
	poweroff, _ := yesNo(in.ForcePoweroff)
	return imagePlan{in: in, machine: m, poweroff: poweroff, disks: disks, image: Image{
		OSName: m.OSName, Platform: m.Platform, Architecture: architectureOf(m.Type),
		SizeGB: m.SystemDisk.SizeGB, LicenseType: m.LicenseType,
	}}, nil
}

// imageDisks are the cloud disks whose snapshots the image will hold: none for
// a local system disk.
func (m *machine) imageDisks(dataDiskIDs []string) ([]Disk, *apierr.Error) {
	var disks []Disk
	if !m.SystemDisk.Local() {
		disks = append(disks, m.SystemDisk)
	}
	for _, id := range dataDiskIDs {
		if id == m.SystemDisk.ID {
			return nil, apierr.Errorf("InvalidParameter.DataDiskIdContainsRootDisk", "`DataDiskIds` names the system disk `%s`.", id)
		}
		n := slices.IndexFunc(m.DataDisks, func(d Disk) bool { return d.ID == id })
		if n < 0 {
			return nil, apierr.Errorf("InvalidParameter.DataDiskNotBelongSpecifiedInstance", "The disk `%s` does not belong to `%s`.", id, m.ID)
		}
		if m.DataDisks[n].Local() {
			return nil, apierr.Errorf("InvalidParameter.LocalDataDiskNotSupport", "The local disk `%s` cannot be in an image.", id)
		}
		disks = append(disks, m.DataDisks[n])
	}
	return disks, nil
}

func (a *account) planImageOfSnapshots(in createImageParams, region string) (imagePlan, *apierr.Error) {
	var system []*snapshotRecord
	for _, id := range in.SnapshotIDs {
		s := a.liveSnapshot(id, region)
		switch {
		case s == nil:
			return imagePlan{}, apierr.Errorf("InvalidParameter.SnapshotNotFound", "The snapshot `%s` is not found.", id)
		case s.State != imageNormal:
			return imagePlan{}, apierr.Errorf("ResourceUnavailable.SnapshotCreating", "The snapshot `%s` is being created.", id)
		case s.Usage == usageSystem:
			system = append(system, s)
		}
	}
	if len(system) == 0 {
		return imagePlan{}, apierr.Errorf("InvalidParameter.SystemSnapshotNotFound", "None of the snapshots is of a system disk.")
	}
	if len(system) > 1 {
		return imagePlan{}, apierr.Errorf("InvalidParameter.DuplicateSystemSnapshots", "Several of the snapshots are of system disks.")
	}
	image := Image{
		OSName: "Unknown", Platform: "Other Linux", Architecture: "x86_64", SizeGB: system[0].SizeGB,
		LicenseType: licenseCloud, Snapshots: slices.Clone(in.SnapshotIDs),
	}
	if m := a.machine(a.owner(system[0].DiskID)); m != nil {
		image.OSName, image.Platform, image.LicenseType = m.OSName, m.Platform, m.LicenseType
	}
	return imagePlan{in: in, image: image}, nil
}

func (a *account) roomForImage(name, region string) *apierr.Error {
	used := 0
	for _, i := range a.images {
		if i.Region != region || i.Type != privateImage || i.Foreign {
			continue
		}
		if used++; i.Name == name {
			return apierr.Errorf("InvalidImageName.Duplicate", "There is an image of the name `%s` already.", name)
		}
	}
	if used >= a.imageQuota() {
		return apierr.Errorf("ImageQuotaLimitExceeded", "The quota of custom images in the region is used up.")
	}
	return nil
}

// beginImage makes the image and the snapshots below it, both CREATING, and the
// job that completes them.
func (a *account) beginImage(plan imagePlan, r request) *imageRecord {
	image := &imageRecord{Image: plan.image}
	image.ID, image.Region, image.Name, image.Description = a.newID("img-"), r.region, plan.in.ImageName, plan.in.ImageDescription
	image.Type, image.State, image.Source = privateImage, imageCreating, "CREATE_IMAGE"
	image.Creator, image.Created, image.Tags = accountUIN, a.clock.cloud(), plan.in.tags()
	j := a.newJob(plan.in.InstanceID, ImageTakes)
	image.job = j
	for _, d := range plan.disks {
		s := a.addSnapshot(d, r.region, zoneOf(plan.machine), plan.in.ImageName, j)
		image.Snapshots = append(image.Snapshots, s.ID)
	}
	a.images = append(a.images, image)
	message, failing := a.switches.Take("image_fail", plan.in.InstanceID)
	if _, j.stuck = a.switches.Take("image_stuck", plan.in.InstanceID); j.stuck {
		j.stuckBy = "image_stuck"
	}
	done := func() (string, string) { return a.finishImage(image, message, failing) }
	if plan.machine == nil {
		j.finish = func(time.Duration) { done() }
		a.begin(j)
		return image
	}
	j.phase = plan.phases()
	a.occupy(plan.machine, Operation{Name: actionImage, State: opOperating, RequestID: r.id}, j, done)
	return image
}

func (in createImageParams) tags() map[string]string {
	tags := map[string]string{}
	for _, spec := range in.TagSpecification {
		for _, t := range spec.Tags {
			tags[t.Key] = t.Value
		}
	}
	return tags
}

// phases: with ForcePoweroff the instance is stopped for it and started again.
func (p imagePlan) phases() func(float64) string {
	if !p.poweroff || p.machine.State != stateRunning {
		return nil
	}
	return func(done float64) string {
		switch {
		case done < 0.1:
			return stateStopping
		case done < 0.9:
			return stateStopped
		default:
			return stateStarting
		}
	}
}

// finishImage says how the operation ended.
func (a *account) finishImage(image *imageRecord, message string, failing bool) (string, string) {
	image.job, image.State, image.Progress = nil, imageNormal, 100
	if failing {
		image.State, image.Progress = imageFailed, 0
		a.dropSnapshots(image.Snapshots)
		image.Snapshots = nil
		return opFailed, message
	}
	a.completeSnapshots(image.Snapshots)
	return opSuccess, ""
}
