package fakecvm

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

const (
	chargeHourly  = "POSTPAID_BY_HOUR"
	chargePrepaid = "PREPAID"
	chargeSpot    = "SPOTPAID"

	licenseCloud = "TencentCloud"
	licenseOwn   = "BYOL"

	accountUIN = "100000000001"
)

// resetParams are the parameters of ResetInstance.
type resetParams struct {
	priceParams
	HostName string
}

// priceParams are the parameters of InquiryPriceResetInstance, which are those
// of ResetInstance less HostName.
type priceParams struct {
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

// resetPlan is a reset that may be carried out, or priced.
type resetPlan struct {
	in      resetParams
	machine *machine
	image   Image
	sizeGB  int // of the system disk afterwards
}

// platformChanges reports Linux to Windows or back.
func (p *resetPlan) platformChanges() bool { return p.machine.Windows() != p.image.Windows() }

// planReset judges a reset in the order in which a caller learns most: the
// names, the instance, the image, the disk, the login, the rest.
func (a *account) planReset(in resetParams, region string) (*resetPlan, *apierr.Error) {
	plan, e := a.named(in, region)
	if e != nil {
		return nil, e
	}
	checks := []func(*resetPlan) *apierr.Error{
		(*resetPlan).checkCharge, (*resetPlan).checkRole, func(p *resetPlan) *apierr.Error { return p.machine.ready() },
		(*resetPlan).checkImage, (*resetPlan).checkMemory, a.checkPlatform, (*resetPlan).checkDisk,
		a.checkLogin, (*resetPlan).checkHostName, (*resetPlan).checkUserData,
	}
	for _, check := range checks {
		if e := check(plan); e != nil {
			return nil, e
		}
	}
	return plan, nil
}

// named finds what the parameters name.
func (a *account) named(in resetParams, region string) (*resetPlan, *apierr.Error) {
	if in.InstanceID == "" {
		return nil, apierr.Missing("InstanceId")
	}
	m, e := a.regional(in.InstanceID, region)
	if e != nil {
		return nil, e
	}
	if in.ImageID == "" {
		in.ImageID = m.ImageID
	}
	if !imageIDForm.MatchString(in.ImageID) {
		return nil, apierr.Errorf("InvalidImageId.Malformed", "Invalid image ID `%s`: the format is `img-xxxxxxxx`.", in.ImageID)
	}
	image := a.image(in.ImageID, region)
	if image == nil {
		return nil, apierr.Errorf("InvalidImageId.NotFound", "The image `%s` cannot be found.", in.ImageID)
	}
	plan := &resetPlan{in: in, machine: m, image: image.Image, sizeGB: max(m.SystemDisk.SizeGB, image.SizeGB)}
	if in.SystemDisk.DiskSize != nil {
		plan.sizeGB = max(*in.SystemDisk.DiskSize, image.SizeGB)
	}
	return plan, nil
}

// checkCharge: spot instances cannot be reinstalled (cloud/doc.go 1.2).
func (p *resetPlan) checkCharge() *apierr.Error {
	if p.machine.ChargeType == chargeSpot {
		return apierr.Errorf("UnsupportedOperation.InstanceChargeType", "The charge type `%s` of the instance `%s` does not support this operation.", chargeSpot, p.machine.ID)
	}
	return nil
}

func (p *resetPlan) checkRole() *apierr.Error {
	if p.machine.Role == "EMR" {
		return apierr.Errorf("FailedOperation.InvalidInstanceApplicationRoleEmr", "The EMR instance `%s` does not support this operation.", p.machine.ID)
	}
	return nil
}

// checkImage: only images of the cloud and of the account, ready, of the right
// kind and licence (cloud/doc.go 1.5 and 5.1). Deprecated ones are not refused.
func (p *resetPlan) checkImage() *apierr.Error {
	i := p.image
	switch {
	case i.Foreign:
		return apierr.Errorf("InvalidParameterValue.InvalidImageIdForRetsetInstance", "The image `%s` cannot be used to reinstall the instance `%s`.", i.ID, p.machine.ID)
	case i.Format == "RAW":
		return apierr.Errorf("InvalidParameterValue.InvalidImageFormat", "The RAW image `%s` cannot be used. Choose another image.", i.ID)
	case i.State != imageNormal:
		return apierr.Errorf("InvalidParameterValue.InvalidImageState", "The image `%s` is in the state `%s`. Please check and try again later.", i.ID, i.State)
	case len(i.Snapshots) > 1:
		return apierr.Errorf("InvalidParameter.InstanceImageNotSupport", "This API does not support the instance image `%s`.", i.ID)
	case i.LicenseType != p.machine.LicenseType:
		return apierr.Errorf("UnsupportedOperation.InvalidImageLicenseTypeForReset", "The license type `%s` of the image does not match `%s` of the instance.", i.LicenseType, p.machine.LicenseType)
	case i.Architecture != architectureOf(p.machine.Type):
		return apierr.Errorf("InvalidParameterValue.InvalidImageForGivenInstanceType", "The image `%s` does not support the instance type `%s`.", i.ID, p.machine.Type)
	}
	return nil
}

// checkMemory: Windows 2016 and 2019 need more than 2 GB (cloud/doc.go 1.6).
func (p *resetPlan) checkMemory() *apierr.Error {
	big := strings.Contains(p.image.OSName, "2016") || strings.Contains(p.image.OSName, "2019")
	if p.image.Windows() && big && p.machine.MemoryGB <= 2 {
		return apierr.Errorf("InvalidParameterValue.InvalidImageForGivenInstanceType", "The image `%s` needs more than 2 GB of memory; the instance `%s` has %d GB.", p.image.ID, p.machine.ID, p.machine.MemoryGB)
	}
	return nil
}

// checkPlatform: Linux to Windows and back only in mainland China, and not on
// older 20-GB local disks (cloud/doc.go 1.2); by the API page only on the disk
// types that it lists (section 1), if switched so.
func (a *account) checkPlatform(p *resetPlan) *apierr.Error {
	disk := p.machine.SystemDisk
	switch {
	case !p.platformChanges():
		return nil
	case !mainland(p.machine.Region):
		return apierr.Errorf("InvalidParameterValue.InvalidImageOsName", "The specified image `%s` (%s) is not supported in the region `%s`.", p.image.ID, p.image.OSName, p.machine.Region)
	case disk.Local() && disk.SizeGB <= 20:
		return apierr.Errorf("UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2", "The 20-GB local disk of `%s` does not support a change between Linux and Windows.", p.machine.ID)
	case a.switches.On("strict_platform_disks", p.machine.ID) && !listedDisk(disk.Type):
		return apierr.Errorf("InvalidInstance.NotSupported", "The disk type `%s` does not support a change between Linux and Windows.", disk.Type)
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

// checkDisk: cloud disks only, they only grow, and the type stays (cloud/doc.go
// 2.2). A disk that is too small for the image is expanded.
func (p *resetPlan) checkDisk() *apierr.Error {
	disk, want := p.machine.SystemDisk, p.in.SystemDisk
	if want.DiskType != "" && want.DiskType != disk.Type || want.DiskID != "" && want.DiskID != disk.ID {
		return apierr.Errorf("InvalidParameterValue", "The type and the id of the system disk cannot change.")
	}
	switch {
	case want.DiskSize != nil && *want.DiskSize < disk.SizeGB:
		return apierr.Errorf("InvalidParameterValue", "`SystemDisk.DiskSize` is %d GB, less than the %d GB it has: disks only grow.", *want.DiskSize, disk.SizeGB)
	case disk.Local() && p.sizeGB != disk.SizeGB:
		return apierr.Errorf("InvalidParameterValue", "The local disk of `%s` has %d GB and cannot grow to %d GB.", p.machine.ID, disk.SizeGB, p.sizeGB)
	case p.sizeGB > maxSystemDisk:
		return apierr.Errorf("InvalidParameterValue", "`SystemDisk.DiskSize` is %d GB; the limit is %d GB.", p.sizeGB, maxSystemDisk)
	}
	return nil
}

// beginReset starts the job. From here on the instance is busy.
func (a *account) beginReset(p *resetPlan, requestID string) {
	m := p.machine
	j := a.newJob(m.ID, ResetTakes)
	if _, j.stuck = a.switches.Take("reset_stuck", m.ID); j.stuck {
		j.stuckBy = "reset_stuck"
	}
	message, failing := a.switches.Take("reset_fail", m.ID)
	shownID := requestID
	if _, other := a.switches.Take("reset_other_request_id", m.ID); other {
		shownID = a.newRequestID()
	}
	j.phase = resetPhase
	newDisk := ""
	if a.switches.On("new_disk_id", m.ID) {
		newDisk = a.newID("disk-")
	}
	a.occupy(m, Operation{Name: actionReset, State: opOperating, RequestID: shownID}, j, func() (string, string) {
		if failing {
			m.reinstallFailed()
			return opFailed, message
		}
		m.reinstalled(p, newDisk)
		return opSuccess, ""
	})
	if action, ok := a.switches.Take("overwrite_after", m.ID); ok {
		other := a.newRequestID()
		a.keepEvent(event{name: action, requestID: other, region: m.Region, instance: m.ID, user: ConsoleUser, key: ConsoleKey, console: true})
		m.note(Operation{Name: action, State: opSuccess, RequestID: other}, j.visible, j.start)
	}
}

// resetPhase: there is no REINSTALLING (cloud/doc.go 4.2).
func resetPhase(done float64) string {
	switch {
	case done < 0.1:
		return stateStopping
	case done < 0.85:
		return stateStopped
	default:
		return stateStarting
	}
}

// reinstalled makes the instance what the plan says. After a change of platform
// the system disk keeps its id, as was recorded; older pages say that it gets
// another one, which newDisk is then (cloud/doc.go 6.6). Its snapshots stay with
// the old id. Public address and data disks are untouched.
func (m *machine) reinstalled(p *resetPlan, newDisk string) {
	if p.platformChanges() {
		if newDisk != "" {
			m.SystemDisk.ID = newDisk
		}
		m.SystemDisk.FileSystem = "ext4"
		if p.image.Windows() {
			m.SystemDisk.FileSystem = "ntfs"
		}
	}
	m.SystemDisk.SizeGB = p.sizeGB
	m.LoginUser, m.LoginPort = p.image.LoginUser, p.image.LoginPort
	m.ImageID, m.OSName, m.Platform = p.image.ID, p.image.OSName, p.image.Platform
	m.State, m.StopChargingMode, m.ReinstallFailed = stateRunning, "NOT_APPLICABLE", false
	if p.in.HostName != "" {
		m.HostName = p.in.HostName
	}
	login := p.in.LoginSettings
	m.Login, m.Password, m.KeyIDs = LoginRandom, login.Password, login.KeyIDs
	keep, _ := yesNo(login.KeepImageLogin)
	switch {
	case login.Password != "":
		m.Login = LoginPassword
	case len(login.KeyIDs) > 0:
		m.Login = LoginKeys
	case keep:
		m.Login = LoginImage
	}
}

func (m *machine) reinstallFailed() {
	m.ReinstallFailed, m.State = true, stateStopped
	m.StopChargingMode = "KEEP_CHARGING"
}
