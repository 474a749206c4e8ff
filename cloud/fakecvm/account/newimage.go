package account

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"twokey/cloud/fakecvm/apierr"
)

// CreateImageParams are the parameters of CreateImage.
type CreateImageParams struct {
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
		Tags         []struct{ Key, Value string }
	}
	ImageFamily string
}

// Check judges the parameters alone.
func (in CreateImageParams) Check() *apierr.Error {
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
	if _, ok := parseBool(in.ForcePoweroff); !ok {
		return apierr.Errorf("InvalidParameterValue", "`ForcePoweroff` is `%s`; it has to be true or false.",
			in.ForcePoweroff)
	}
	if _, ok := parseBool(in.Sysprep); !ok {
		return apierr.Errorf("InvalidParameterValue", "`Sysprep` is `%s`; it has to be true or false.", in.Sysprep)
	}
	for _, spec := range in.TagSpecification {
		if spec.ResourceType != "image" {
			return apierr.Errorf("InvalidParameterValue",
				"`TagSpecification.ResourceType` is `%s`; it has to be image.",
				spec.ResourceType)
		}
	}
	return nil
}

// parseBool reads a boolean that the API takes as a text, in any case; empty is
// false.
func parseBool(s string) (yes, ok bool) {
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
	in       CreateImageParams
	machine  *Machine // nil: from snapshots
	poweroff bool
	image    Image // less its id and times
	disks    []Disk
}

// PlanImage judges a CreateImage, and finds what it names.
func (a *Account) PlanImage(in CreateImageParams, region string) (imagePlan, *apierr.Error) {
	if in.InstanceID == "" {
		return a.planImageOfSnapshots(in, region)
	}
	m, e := a.machineIn(in.InstanceID, region)
	if e != nil {
		return imagePlan{}, e
	}
	if e := m.checkReady(); e != nil {
		return imagePlan{}, e
	}
	if m.ReinstallFailed {
		return imagePlan{}, apierr.Errorf("UnsupportedOperation.InstanceReinstallFailed",
			"The instance `%s` failed to be reinstalled and does not support this operation.", m.ID)
	}
	disks, e := m.imageDisks(in.DataDiskIDs)
	if e != nil {
		return imagePlan{}, e
	}
	poweroff, _ := parseBool(in.ForcePoweroff)
	return imagePlan{in: in, machine: m, poweroff: poweroff, disks: disks, image: Image{
		OSName: m.OSName, Platform: m.Platform, Architecture: ArchitectureOf(m.Type),
		SizeGB: m.SystemDisk.SizeGB, LicenseType: m.LicenseType,
	}}, nil
}

// imageDisks are the cloud disks whose snapshots the image will hold. A local system
// disk has none.
func (m *Machine) imageDisks(dataDiskIDs []string) ([]Disk, *apierr.Error) {
	var disks []Disk
	if !m.SystemDisk.Local() {
		disks = append(disks, m.SystemDisk)
	}
	for _, id := range dataDiskIDs {
		if id == m.SystemDisk.ID {
			return nil, apierr.Errorf("InvalidParameter.DataDiskIdContainsRootDisk",
				"`DataDiskIds` names the system disk `%s`.", id)
		}
		n := slices.IndexFunc(m.DataDisks, func(d Disk) bool { return d.ID == id })
		if n < 0 {
			return nil, apierr.Errorf("InvalidParameter.DataDiskNotBelongSpecifiedInstance",
				"The disk `%s` does not belong to `%s`.", id, m.ID)
		}
		if m.DataDisks[n].Local() {
			return nil, apierr.Errorf("InvalidParameter.LocalDataDiskNotSupport",
				"The local disk `%s` cannot be in an image.",
				id)
		}
		disks = append(disks, m.DataDisks[n])
	}
	return disks, nil
}

func (a *Account) planImageOfSnapshots(in CreateImageParams, region string) (imagePlan, *apierr.Error) {
	var system []*SnapshotRecord
	for _, id := range in.SnapshotIDs {
		s := a.liveSnapshot(id, region)
		switch {
		case s == nil:
			return imagePlan{}, apierr.Errorf("InvalidParameter.SnapshotNotFound", "The snapshot `%s` is not found.",
				id)
		case s.State != StateNormal:
			return imagePlan{}, apierr.Errorf("ResourceUnavailable.SnapshotCreating",
				"The snapshot `%s` is being created.", id)
		case s.Usage == UsageSystem:
			system = append(system, s)
		}
	}
	if len(system) == 0 {
		return imagePlan{}, apierr.Errorf("InvalidParameter.SystemSnapshotNotFound",
			"None of the snapshots is of a system disk.")
	}
	if len(system) > 1 {
		return imagePlan{}, apierr.Errorf("InvalidParameter.DuplicateSystemSnapshots",
			"Several of the snapshots are of system disks.")
	}
	image := Image{
		OSName: "Unknown", Platform: "Other Linux", Architecture: "x86_64", SizeGB: system[0].SizeGB,
		LicenseType: LicenseCloud, Snapshots: slices.Clone(in.SnapshotIDs),
	}
	if m := a.FindMachine(a.ownerOf(system[0].DiskID)); m != nil {
		image.OSName, image.Platform, image.LicenseType = m.OSName, m.Platform, m.LicenseType
	}
	return imagePlan{in: in, image: image}, nil
}

// CheckImageRoom refuses a name that is taken, and an image beyond the quota.
func (a *Account) CheckImageRoom(name, region string) *apierr.Error {
	used := 0
	for _, i := range a.Images {
		if i.Region != region || i.Type != PrivateImage || i.Foreign {
			continue
		}
		if used++; i.Name == name {
			return apierr.Errorf("InvalidImageName.Duplicate", "There is an image of the name `%s` already.", name)
		}
	}
	if used >= a.ImageQuota() {
		return apierr.Errorf("ImageQuotaLimitExceeded", "The quota of custom images in the region is used up.")
	}
	return nil
}

// BeginImage makes the image and the snapshots below it, both CREATING, and the
// job that completes them.
func (a *Account) BeginImage(plan imagePlan, region, requestID string) *ImageRecord {
	image := &ImageRecord{Image: plan.image}
	image.ID, image.Region, image.Name, image.Description = a.newID("img-"), region, plan.in.ImageName,
		plan.in.ImageDescription
	image.Type, image.State, image.Source = PrivateImage, StateCreating, "CREATE_IMAGE"
	image.Creator, image.Created, image.Tags = UIN, a.Clock.Wall(), plan.in.tags()
	j := a.newJob(plan.in.InstanceID, ImageTakes)
	image.job = j
	for _, d := range plan.disks {
		s := a.addSnapshot(d, region, zoneOf(plan.machine), plan.in.ImageName, j)
		image.Snapshots = append(image.Snapshots, s.ID)
	}
	a.Images = append(a.Images, image)
	message, failing := a.Switches.Take("image_fail", plan.in.InstanceID)
	if _, j.stuck = a.Switches.Take("image_stuck", plan.in.InstanceID); j.stuck {
		j.stuckBy = "image_stuck"
	}
	done := func() (string, string) { return a.finishImage(image, message, failing) }
	if plan.machine == nil {
		j.finish = func(time.Duration) { done() }
		a.beginJob(j)
		return image
	}
	j.phase = plan.imagePhases()
	a.beginOperation(plan.machine, Operation{Name: ActionCreateImage, State: Operating, RequestID: requestID}, j, done)
	return image
}

func (in CreateImageParams) tags() map[string]string {
	tags := map[string]string{}
	for _, spec := range in.TagSpecification {
		for _, t := range spec.Tags {
			tags[t.Key] = t.Value
		}
	}
	return tags
}

// imagePhases are the states of the instance: ForcePoweroff stops it and starts it
// again.
func (p imagePlan) imagePhases() func(float64) string {
	if !p.poweroff || p.machine.State != StateRunning {
		return nil
	}
	return func(done float64) string {
		switch {
		case done < 0.1:
			return stateStopping
		case done < 0.9:
			return StateStopped
		default:
			return stateStarting
		}
	}
}

// finishImage says how the operation ended.
func (a *Account) finishImage(image *ImageRecord, message string, failing bool) (string, string) {
	image.job, image.State, image.Progress = nil, StateNormal, 100
	if failing {
		image.State, image.Progress = StateCreateFailed, 0
		a.dropSnapshots(image.Snapshots)
		image.Snapshots = nil
		return Failed, message
	}
	a.completeSnapshots(image.Snapshots)
	return Success, ""
}
