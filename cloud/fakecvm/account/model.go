package account

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Operation is one record of LatestOperation*. The zero Operation reads as
// null in all four fields.
type Operation struct {
	Name      string `json:"name"`      // e.g. "ResetInstance"
	State     string `json:"state"`     // OPERATING, SUCCESS, FAILED or ""
	RequestID string `json:"requestId"` // of the call that began it
	Error     string `json:"error"`     // LatestOperationErrorMsg
}

// Disk is a system or data disk of an instance.
type Disk struct {
	ID         string `json:"id"`
	Type       string `json:"type"` // CLOUD_PREMIUM, CLOUD_SSD, LOCAL_BASIC, ..
	SizeGB     int    `json:"sizeGb"`
	Name       string `json:"name"`
	FileSystem string `json:"fileSystem"` // ext4, ntfs; the API never tells
	Encrypted  bool   `json:"encrypted"`
	KmsKey     string `json:"kmsKey,omitempty"` // of an encrypted one
}

// Local reports whether the disk lives on the host: such disks are unknown to
// CBS, cannot grow and have no snapshots.
func (d Disk) Local() bool { return strings.HasPrefix(d.Type, "LOCAL_") }

// Ways to log in, as Instance.Login names them.
const (
	LoginRandom   = "random-password" // sent to the account's Message Center
	LoginPassword = "password"
	LoginKeys     = "keys"
	LoginImage    = "keep-image"
)

// Instance is one CVM instance. Of a value that the package hands out, State
// and Latest are the truth at that moment, without the delay of stale reads.
type Instance struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Region     string `json:"region"`
	Zone       string `json:"zone"`
	Type       string `json:"type"` // e.g. S5.MEDIUM4
	CPU        int    `json:"cpu"`
	MemoryGB   int    `json:"memoryGb"`
	ChargeType string `json:"chargeType"` // POSTPAID_BY_HOUR, PREPAID, SPOTPAID, ..

	State            string `json:"state"`            // RUNNING, STOPPED, ..
	RestrictState    string `json:"restrictState"`    // NORMAL, EXPIRED, PROTECTIVELY_ISOLATED
	IsolatedSource   string `json:"isolatedSource"`   // NOTISOLATED, ARREAR, ..
	StopChargingMode string `json:"stopChargingMode"` // NOT_APPLICABLE, KEEP_CHARGING, STOP_CHARGING
	ReinstallFailed  bool   `json:"reinstallFailed"`  // the last reset FAILED; never told by the API

	SystemDisk Disk     `json:"systemDisk"`
	DataDisks  []Disk   `json:"dataDisks"`
	PrivateIPs []string `json:"privateIps"`
	PublicIPs  []string `json:"publicIps"`
	IPv6s      []string `json:"ipv6s,omitempty"`       // as the cloud writes them: in lower case, shortened
	PublicIPv6 []string `json:"publicIpv6s,omitempty"` // addresses of an elastic IPv6

	ImageID     string `json:"imageId"`
	OSName      string `json:"osName"`
	Platform    string `json:"platform"`    // of the system now installed; never told by the API
	LicenseType string `json:"licenseType"` // TencentCloud or BYOL

	HostName string   `json:"hostName"`
	Login    string   `json:"login"`    // one of the Login constants
	Password string   `json:"password"` // what a reset set, so that a test can compare
	KeyIDs   []string `json:"keyIds"`
	// LoginUser and LoginPort are those of the image if it has its own, otherwise
	// those of the platform.
	LoginUser string `json:"loginUser,omitempty"`
	LoginPort int    `json:"loginPort,omitempty"`

	Tags                  map[string]string `json:"tags"`
	Role                  string            `json:"role"` // "EMR": the API refuses resets
	DisableAPITermination bool              `json:"disableApiTermination"`
	Created               time.Time         `json:"created"`
	Expires               time.Time         `json:"expires"` // PREPAID only

	// What is around it. The API answers each in a call of its own.
	Balancers    []Balancer `json:"balancers"`
	ScalingGroup string     `json:"scalingGroup"` // asg-.., or ""
	Cluster      string     `json:"cluster"`      // cls-.., or ""
	Repairs      []Repair   `json:"repairs"`
	OutMbps      float64    `json:"outMbps"`    // LanOuttraffic
	WanOutMbps   float64    `json:"wanOutMbps"` // WanOuttraffic; only with a public IP
	CPUPercent   float64    `json:"cpuPercent"`
	NoAgent      bool       `json:"noAgent"` // CPUUsage is measured inside the machine, and is not

	Latest Operation `json:"latest"`
}

// Windows reports whether the system now installed is Windows.
func (i Instance) Windows() bool { return i.Platform == PlatformWindows }

func (i Instance) clone() Instance {
	i.DataDisks = slices.Clone(i.DataDisks)
	i.PrivateIPs = slices.Clone(i.PrivateIPs)
	i.PublicIPs = slices.Clone(i.PublicIPs)
	i.IPv6s, i.PublicIPv6 = slices.Clone(i.IPv6s), slices.Clone(i.PublicIPv6)
	i.KeyIDs = slices.Clone(i.KeyIDs)
	i.Balancers, i.Repairs = slices.Clone(i.Balancers), slices.Clone(i.Repairs)
	i.Tags = maps.Clone(i.Tags)
	if i.Tags == nil {
		i.Tags = map[string]string{}
	}
	return i
}

// Image is one image in one region.
type Image struct {
	ID           string            `json:"id"`
	Region       string            `json:"region"`
	Name         string            `json:"name"`
	Description  string            `json:"description"`
	Type         string            `json:"type"` // PUBLIC_IMAGE, PRIVATE_IMAGE, SHARED_IMAGE, MARKET_IMAGE
	OSName       string            `json:"osName"`
	Platform     string            `json:"platform"`     // CentOS, Ubuntu, Windows, ..
	Architecture string            `json:"architecture"` // x86_64, arm
	State        string            `json:"state"`        // NORMAL, CREATING, CREATEFAILED, ..
	SizeGB       int               `json:"sizeGb"`
	Progress     int               `json:"progress"` // SyncPercent, 0 to 100
	Creator      string            `json:"creator"`
	Source       string            `json:"source"`      // OFFICIAL, CREATE_IMAGE, EXTERNAL_IMPORT
	LicenseType  string            `json:"licenseType"` // TencentCloud or BYOL
	Format       string            `json:"format"`      // "" or RAW; never told by the API
	Deprecated   bool              `json:"deprecated"`
	Foreign      bool              `json:"foreign"` // of an account that never shared it: seen by no call
	LoginUser    string            `json:"loginUser,omitempty"`
	LoginPort    int               `json:"loginPort,omitempty"`
	Snapshots    []string          `json:"snapshots"`
	Tags         map[string]string `json:"tags"`
	Created      time.Time         `json:"created"`
}

// Windows reports whether the image holds Windows.
func (i Image) Windows() bool { return i.Platform == PlatformWindows }

// PlatformWindows is the platform of Windows images.
const PlatformWindows = "Windows"

// Snapshot is one CBS snapshot.
type Snapshot struct {
	ID       string    `json:"id"`
	Region   string    `json:"region"`
	Zone     string    `json:"zone"`
	Name     string    `json:"name"`
	DiskID   string    `json:"diskId"` // "" of a copied one
	Copied   bool      `json:"copied,omitempty"`
	Usage    string    `json:"usage"` // SYSTEM_DISK, DATA_DISK
	SizeGB   int       `json:"sizeGb"`
	State    string    `json:"state"` // NORMAL, CREATING
	Percent  int       `json:"percent"`
	Created  time.Time `json:"created"`
	Deadline time.Time `json:"deadline"` // zero: permanent
}

// KeyPair is one SSH key pair of the account.
type KeyPair struct {
	ID      string    `json:"id"`
	Region  string    `json:"region"`
	Name    string    `json:"name"`
	Public  string    `json:"public"`
	Created time.Time `json:"created"`
}

// Fleet is what an account owns when a Cloud begins.
type Fleet struct {
	Instances []Instance
	Images    []Image
	Snapshots []Snapshot
	KeyPairs  []KeyPair
}

// Repair is one of the cloud's maintenance tasks for an instance.
type Repair struct {
	ID      string    `json:"id"`     // rep-..
	Type    int       `json:"type"`   // 101 to 107
	Status  int       `json:"status"` // 1 waits to be permitted, 2 under way, 3 ended, 4 booked, 5 cancelled, 6 averted
	Created time.Time `json:"created"`
}

// Balancer is a listener of a load balancer that an instance stands behind.
type Balancer struct {
	ID       string `json:"id"`       // lb-..
	Protocol string `json:"protocol"` // TCP, UDP; HTTP and HTTPS have their targets in a rule
	Port     int    `json:"port"`
	Weight   int    `json:"weight"` // 0: drained
}
