package account

import (
	"strings"
	"time"

	"twokey/cloud/fakecvm/apierr"
)

// How long things take in virtual time.
const (
	ResetTakes    = 90 * time.Second
	ImageTakes    = 120 * time.Second
	SnapshotTakes = 60 * time.Second
	ConsoleTakes  = 20 * time.Second // power operations by Operate
	VisibleAfter  = 2 * time.Second  // delay of LatestOperation after an operation was accepted
)

// How instances are paid, their licences, and the number of the account.
const (
	ChargeHourly  = "POSTPAID_BY_HOUR"
	ChargePrepaid = "PREPAID"
	ChargeSpot    = "SPOTPAID"

	LicenseCloud = "TencentCloud"
	LicenseBYOL  = "BYOL"

	UIN = "100000000001"
)

// The actions that begin an operation of an instance.
const (
	ActionReset       = "ResetInstance"
	ActionCreateImage = "CreateImage"
)

// ResetParams are the parameters of ResetInstance.
type ResetParams struct {
	// PriceParams are the parameters of InquiryPriceResetInstance: those of
	// ResetInstance without HostName.
	PriceParams
	HostName string
}

// PriceParams are the parameters of InquiryPriceResetInstance, which are those
// of ResetInstance less HostName.
type PriceParams struct {
	InstanceID string `json:"InstanceId"`
	ImageID    string `json:"ImageId"`
	SystemDisk struct {
		DiskType string
		DiskID   string `json:"DiskId"`
		DiskSize *int
		CdcID    string `json:"CdcId"`
		DiskName string
	}
	LoginSettings   loginParams
	EnhancedService struct{ SecurityService, MonitorService, AutomationService service }
	UserData        string
}

type service struct{ Enabled *bool }

type loginParams struct {
	Password       string
	KeyIDs         []string `json:"KeyIds"`
	KeepImageLogin string
}

// ResetPlan is a reset that may be carried out, or priced.
type ResetPlan struct {
	in      ResetParams
	Machine *Machine
	Image   Image
	SizeGB  int // of the system disk afterwards
}

// PlatformChanges reports a change from Linux to Windows or back.
func (p *ResetPlan) PlatformChanges() bool { return p.Machine.Windows() != p.Image.Windows() }

// PlanReset judges a reset in the order in which a caller learns most: the names,
// the instance, the image, the disk, the login, the rest.
func (a *Account) PlanReset(in ResetParams, region string) (*ResetPlan, *apierr.Error) {
	plan, e := a.PlanNamed(in, region)
	if e != nil {
		return nil, e
	}
	checks := []func(*ResetPlan) *apierr.Error{
		(*ResetPlan).checkCharge, (*ResetPlan).checkRole,
		func(p *ResetPlan) *apierr.Error { return p.Machine.checkReady() },
		(*ResetPlan).CheckImage, (*ResetPlan).CheckMemory, a.CheckPlatform, (*ResetPlan).CheckDisk,
		a.checkLogin, (*ResetPlan).checkHostName, (*ResetPlan).checkUserData,
	}
	for _, check := range checks {
		if e := check(plan); e != nil {
			return nil, e
		}
	}
	return plan, nil
}

// PlanNamed finds what the parameters name, and judges nothing else.
func (a *Account) PlanNamed(in ResetParams, region string) (*ResetPlan, *apierr.Error) {
	if in.InstanceID == "" {
		return nil, apierr.Missing("InstanceId")
	}
	m, e := a.machineIn(in.InstanceID, region)
	if e != nil {
		return nil, e
	}
	if in.ImageID == "" {
		in.ImageID = m.ImageID
	}
	if !ImageIDForm.MatchString(in.ImageID) {
		return nil, apierr.Errorf("InvalidImageId.Malformed", "Invalid image ID `%s`: the format is `img-xxxxxxxx`.",
			in.ImageID)
	}
	image := a.findImage(in.ImageID, region)
	if image == nil {
		return nil, apierr.Errorf("InvalidImageId.NotFound", "The image `%s` cannot be found.", in.ImageID)
	}
	plan := &ResetPlan{in: in, Machine: m, Image: image.Image, SizeGB: max(m.SystemDisk.SizeGB, image.SizeGB)}
	if in.SystemDisk.DiskSize != nil {
		plan.SizeGB = max(*in.SystemDisk.DiskSize, image.SizeGB)
	}
	return plan, nil
}

// checkCharge refuses spot instances (cloud/doc.go 1.2).
func (p *ResetPlan) checkCharge() *apierr.Error {
	if p.Machine.ChargeType == ChargeSpot {
		return apierr.Errorf("UnsupportedOperation.InstanceChargeType",
			"The charge type `%s` of the instance `%s` does not support this operation.", ChargeSpot, p.Machine.ID)
	}
	return nil
}

func (p *ResetPlan) checkRole() *apierr.Error {
	if p.Machine.Role == "EMR" {
		return apierr.Errorf("FailedOperation.InvalidInstanceApplicationRoleEmr",
			"The EMR instance `%s` does not support this operation.", p.Machine.ID)
	}
	return nil
}

// CheckImage takes only images of the cloud and of the account, ready, of the right
// kind and licence (cloud/doc.go 1.5 and 5.1). It does not refuse deprecated ones.
func (p *ResetPlan) CheckImage() *apierr.Error {
	i := p.Image
	switch {
	case i.Foreign:
		return apierr.Errorf("InvalidParameterValue.InvalidImageIdForRetsetInstance",
			"The image `%s` cannot be used to reinstall the instance `%s`.", i.ID, p.Machine.ID)
	case i.Format == "RAW":
		return apierr.Errorf("InvalidParameterValue.InvalidImageFormat",
			"The RAW image `%s` cannot be used. Choose another image.", i.ID)
	case i.State != StateNormal:
		return apierr.Errorf("InvalidParameterValue.InvalidImageState",
			"The image `%s` is in the state `%s`. Please check and try again later.", i.ID, i.State)
	case len(i.Snapshots) > 1:
		return apierr.Errorf("InvalidParameter.InstanceImageNotSupport",
			"This API does not support the instance image `%s`.", i.ID)
	case i.LicenseType != p.Machine.LicenseType:
		return apierr.Errorf("UnsupportedOperation.InvalidImageLicenseTypeForReset",
			"The license type `%s` of the image does not match `%s` of the instance.", i.LicenseType,
			p.Machine.LicenseType)
	case i.Architecture != ArchitectureOf(p.Machine.Type):
		return apierr.Errorf("InvalidParameterValue.InvalidImageForGivenInstanceType",
			"The image `%s` does not support the instance type `%s`.", i.ID, p.Machine.Type)
	}
	return nil
}

// CheckMemory: Windows 2016 and 2019 need more than 2 GB (cloud/doc.go 1.6).
func (p *ResetPlan) CheckMemory() *apierr.Error {
	big := strings.Contains(p.Image.OSName, "2016") || strings.Contains(p.Image.OSName, "2019")
	if p.Image.Windows() && big && p.Machine.MemoryGB <= 2 {
		return apierr.Errorf("InvalidParameterValue.InvalidImageForGivenInstanceType",
			"The image `%s` needs more than 2 GB of memory; the instance `%s` has %d GB.", p.Image.ID, p.Machine.ID,
			p.Machine.MemoryGB)
	}
	return nil
}

// CheckPlatform allows a change of platform only in mainland China, and not on older
// 20-GB local disks (cloud/doc.go 1.1 and 1.2). If a switch asks for it, only on the
// disk types of the API's page (2.7).
func (a *Account) CheckPlatform(p *ResetPlan) *apierr.Error {
	disk := p.Machine.SystemDisk
	switch {
	case !p.PlatformChanges():
		return nil
	case !IsMainland(p.Machine.Region):
		return apierr.Errorf("InvalidParameterValue.InvalidImageOsName",
			"The specified image `%s` (%s) is not supported in the region `%s`.", p.Image.ID, p.Image.OSName,
			p.Machine.Region)
	case disk.Local() && disk.SizeGB <= 20:
		return apierr.Errorf("UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2",
			"The 20-GB local disk of `%s` does not support a change between Linux and Windows.", p.Machine.ID)
	case a.Switches.On("strict_platform_disks", p.Machine.ID) && !listedDisk(disk.Type):
		return apierr.Errorf("InvalidInstance.NotSupported",
			"The disk type `%s` does not support a change between Linux and Windows.", disk.Type)
	}
	return nil
}

func listedDisk(diskType string) bool {
	switch diskType {
	case "CLOUD_BASIC", "CLOUD_PREMIUM", "CLOUD_SSD", "CLOUD_BSSD":
		return true
	}
	return false
}

const maxSystemDisk = 2048

// CheckDisk lets only cloud disks grow, and keeps the type (cloud/doc.go 2.2). A
// disk that is too small for the image is expanded.
func (p *ResetPlan) CheckDisk() *apierr.Error {
	disk, want := p.Machine.SystemDisk, p.in.SystemDisk
	if want.DiskType != "" && want.DiskType != disk.Type || want.DiskID != "" && want.DiskID != disk.ID {
		return apierr.Errorf("InvalidParameterValue", "The type and the id of the system disk cannot change.")
	}
	switch {
	case want.DiskSize != nil && *want.DiskSize < disk.SizeGB:
		return apierr.Errorf("InvalidParameterValue",
			"`SystemDisk.DiskSize` is %d GB, less than the %d GB it has: disks only grow.", *want.DiskSize, disk.SizeGB)
	case disk.Local() && p.SizeGB != disk.SizeGB:
		return apierr.Errorf("InvalidParameterValue", "The local disk of `%s` has %d GB and cannot grow to %d GB.",
			p.Machine.ID, disk.SizeGB, p.SizeGB)
	case p.SizeGB > maxSystemDisk:
		return apierr.Errorf("InvalidParameterValue", "`SystemDisk.DiskSize` is %d GB; the limit is %d GB.", p.SizeGB,
			maxSystemDisk)
	}
	return nil
}

// AcceptReset begins a reset that a call asked for, and remembers when.
func (a *Account) AcceptReset(p *ResetPlan, requestID string) {
	a.beginReset(p, requestID)
	a.Accepted[p.Machine.ID] = append(a.Accepted[p.Machine.ID], a.now())
}

// beginReset starts the job. From here on the instance is busy.
func (a *Account) beginReset(p *ResetPlan, requestID string) {
	m := p.Machine
	j := a.newJob(m.ID, ResetTakes)
	if _, j.stuck = a.Switches.Take("reset_stuck", m.ID); j.stuck {
		j.stuckBy = "reset_stuck"
	}
	message, failing := a.Switches.Take("reset_fail", m.ID)
	shownID := requestID
	if _, other := a.Switches.Take("reset_other_request_id", m.ID); other {
		shownID = a.NewRequestID()
	}
	j.phase = resetPhaseAt
	newDisk := ""
	if a.Switches.On("new_disk_id", m.ID) {
		newDisk = a.newID("disk-")
	}
	a.beginOperation(m, Operation{Name: ActionReset, State: Operating, RequestID: shownID}, j, func() (string, string) {
		if failing {
			m.applyFailedReset()
			return Failed, message
		}
		m.applyReset(p, newDisk)
		return Success, ""
	})
	if action, ok := a.Switches.Take("overwrite_after", m.ID); ok {
		other := a.NewRequestID()
		a.KeepEvent(Event{
			Name: action, RequestID: other, Region: m.Region, Instance: m.ID, User: ConsoleUser,
			Key: ConsoleKey, Console: true,
		})
		m.recordOperation(Operation{Name: action, State: Success, RequestID: other}, j.visible, j.start)
	}
}

// resetPhaseAt is the state of an instance during a reset; there is no REINSTALLING
// (cloud/doc.go 4.2).
func resetPhaseAt(done float64) string {
	switch {
	case done < 0.1:
		return stateStopping
	case done < 0.85:
		return StateStopped
	default:
		return stateStarting
	}
}

// applyReset makes the instance what the plan says. After a change of platform the
// system disk keeps its id, as recorded, unless newDisk has another one
// (cloud/doc.go 6.6). Its snapshots stay with the old id. Public address and data
// disks stay.
func (m *Machine) applyReset(p *ResetPlan, newDisk string) {
	if p.PlatformChanges() {
		if newDisk != "" {
			m.SystemDisk.ID = newDisk
		}
		m.SystemDisk.FileSystem = "ext4"
		if p.Image.Windows() {
			m.SystemDisk.FileSystem = "ntfs"
		}
	}
	m.SystemDisk.SizeGB = p.SizeGB
	m.LoginUser, m.LoginPort = p.Image.LoginUser, p.Image.LoginPort
	m.ImageID, m.OSName, m.Platform = p.Image.ID, p.Image.OSName, p.Image.Platform
	m.State, m.StopChargingMode, m.ReinstallFailed = StateRunning, "NOT_APPLICABLE", false
	if p.in.HostName != "" {
		m.HostName = p.in.HostName
	}
	login := p.in.LoginSettings
	m.Login, m.Password, m.KeyIDs = LoginRandom, login.Password, login.KeyIDs
	keep, _ := parseBool(login.KeepImageLogin)
	switch {
	case login.Password != "":
		m.Login = LoginPassword
	case len(login.KeyIDs) > 0:
		m.Login = LoginKeys
	case keep:
		m.Login = LoginImage
	}
}

func (m *Machine) applyFailedReset() {
	m.ReinstallFailed, m.State = true, StateStopped
	m.StopChargingMode = "KEEP_CHARGING"
}
