package model

import (
	"slices"
	"strings"
	"time"
)

// HasExpired reports whether the cloud had said that the backup ends by now.
func (e Evidence) HasExpired(now time.Time) bool {
	return !e.Expires.IsZero() && !now.Before(e.Expires)
}

// A Ref names one instance. Instance ids are unique within an account's region.
type Ref struct {
	Account  string `json:"account"`  // name in the policy file
	Region   string `json:"region"`   // ap-guangzhou
	Instance string `json:"instance"` // ins-1a2b3c4d
}

// String is account/region/instance: the form that the type-ahead carries.
func (r Ref) String() string { return r.Account + "/" + r.Region + "/" + r.Instance }

// Instance is what DescribeInstances says of one machine. Strings such as State have
// the cloud's own values (cloud/doc.go 4.2).
type Instance struct {
	Ref
	Name             string            `json:"name"`
	Zone             string            `json:"zone"`
	Type             string            `json:"type"` // S5.MEDIUM4
	CPU              int               `json:"cpu"`
	MemoryGB         int               `json:"memory_gb"`
	State            string            `json:"state"`                // RUNNING, STOPPED, ..
	RestrictState    string            `json:"restrict_state"`       // NORMAL, EXPIRED, PROTECTIVELY_ISOLATED
	IsolatedSource   string            `json:"isolated_source"`      // NOTISOLATED, ARREAR, ..
	StopChargingMode string            `json:"stop_charging"`        // KEEP_CHARGING, STOP_CHARGING, NOT_APPLICABLE
	ChargeType       string            `json:"charge_type"`          // PREPAID, POSTPAID_BY_HOUR, SPOTPAID, CDHPAID
	ImageID          string            `json:"image_id"`             // may name a deleted image
	OSName           string            `json:"os_name"`              // "Ubuntu Server 20.04 LTS 64bit"
	SystemDisk       Disk              `json:"system_disk"`          //
	DataDisks        []Disk            `json:"data_disks"`           //
	PrivateIPs       []string          `json:"private_ips"`          //
	PublicIPs        []string          `json:"public_ips"`           //
	IPv6s            []string          `json:"ipv6s,omitempty"`      // of its network interface and elastic ones
	Tags             map[string]string `json:"tags"`                 //
	VPC              string            `json:"vpc,omitempty"`        // vpc-.. of the main network interface
	Role             string            `json:"cam_role,omitempty"`   // CAM role bound to it
	KeyIDs           []string          `json:"key_ids"`              // key pairs bound now
	LoginUser        string            `json:"login_user,omitempty"` // DefaultLoginUser, of the system that runs now
	LoginPort        int               `json:"login_port,omitempty"` // DefaultLoginPort
	Protected        bool              `json:"termination_guard"`    // DisableApiTermination
	Latest           Latest            `json:"latest"`               //
	Created          time.Time         `json:"created"`              //
}

// IPs are all its addresses, private ones first.
func (i Instance) IPs() []string { return slices.Concat(i.PrivateIPs, i.PublicIPs, i.IPv6s) }

// Latest is the cloud's record of the last operation on an instance. Any later
// operation overwrites it, and it becomes visible late. State is OPERATING, SUCCESS,
// FAILED, or empty if the cloud answered null.
type Latest struct {
	Operation string `json:"operation"`
	State     string `json:"state"`
	RequestID string `json:"request_id"`
	Error     string `json:"error,omitempty"`
}

// Null reports whether the cloud shows no operation that has an identity. That is
// normal for a machine that nobody ever operated on (cloud/doc.go 4.6), and proves
// nothing.
func (l Latest) Null() bool { return l.Operation == "" || l.RequestID == "" }

// Same reports whether both are the record of the same request. The state of a request
// may change meanwhile. A null record is the same as none, not even as another null
// one.
func (l Latest) Same(m Latest) bool {
	return !l.Null() && l.Operation == m.Operation && l.RequestID == m.RequestID
}

// A Disk is a system or data disk. Sizes are GiB.
type Disk struct {
	ID     string `json:"id"`   // disk-.. ; ldisk-.. or empty for local disks
	Type   string `json:"type"` // CLOUD_PREMIUM, LOCAL_BASIC, ..
	SizeGB int    `json:"size_gb"`
	// Encrypted and KmsKey are known of the system disk only.
	Encrypted bool   `json:"encrypted,omitempty"`
	KmsKey    string `json:"kms_key,omitempty"` // id of the key, if the cloud shows it
}

// Local reports whether the disk lives in the host: it cannot grow and has no
// snapshots.
func (d Disk) Local() bool {
	return strings.HasPrefix(d.Type, "LOCAL_") || strings.HasPrefix(d.ID, "ldisk-")
}

// Image types and the one usable state (cloud/doc.go 5.1).
const (
	ImagePublic  = "PUBLIC_IMAGE"
	ImagePrivate = "PRIVATE_IMAGE"
	ImageShared  = "SHARED_IMAGE"
	ImageMarket  = "MARKET_IMAGE" // as Terraform's provider names it
	ImageNormal  = "NORMAL"
)

// Image is what DescribeImages says of one image in one region.
type Image struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Type       string    `json:"type"`
	State      string    `json:"state"`
	OSName     string    `json:"os_name"`
	Platform   string    `json:"platform"`
	Arch       string    `json:"arch"`
	License    string    `json:"license"`
	SizeGB     int       `json:"size_gb"`
	Deprecated bool      `json:"deprecated"`
	Created    time.Time `json:"created"`
	// Percent is how far the cloud is with making it; 0 if it does not say.
	Percent int `json:"percent,omitempty"`
}

// OSFamily is Linux, Windows, or unknown (the empty string).
type OSFamily string

// The two families between which a reinstall is a change of platform.
const (
	Linux         OSFamily = "Linux"
	Windows       OSFamily = "Windows"
	FamilyUnknown OSFamily = ""
)

// FamilyOf infers the family from a platform and an OS name: 'windows' in
// either, in any case, is Windows; a name of a known Linux is Linux; all else
// is unknown, which the rules treat as a block (cloud/doc.go 5.3).
func FamilyOf(platform, osName string) OSFamily {
	s := strings.ToLower(platform + " " + osName)
	if strings.Contains(s, "windows") {
		return Windows
	}
	for _, l := range []string{
		"ubuntu", "debian", "centos", "tencentos", "opencloudos", "rocky", "alma", "red hat", "redhat",
		"rhel", "fedora", "suse", "freebsd", "coreos", "linux", "anolis", "openeuler", "kylin", "uniontech",
	} {
		if strings.Contains(s, l) {
			return Linux
		}
	}
	return FamilyUnknown
}

// Family of the image.
func (i Image) Family() OSFamily { return FamilyOf(i.Platform, i.OSName) }

// Price is what InquiryPriceResetInstance quotes for one resulting configuration, not
// a difference (cloud/doc.go 7.1). Amount is in the account's currency: per hour for
// Unit HOUR, for the whole prepaid term if Unit is empty.
type Price struct {
	Amount float64 `json:"amount"`
	Unit   string  `json:"unit"`
}

// Evidence kinds.
const (
	EvidenceSnapshot = "snapshot"
	EvidenceImage    = "image"
)

// Evidence is one backup that the cloud has. Times are absolute: the
// reader of the cloud has already read zone-less ones on the safe side.
type Evidence struct {
	Kind    string    `json:"kind"` // snapshot or image
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	DiskID  string    `json:"disk_id"` // the disk it was taken of; empty if the cloud does not say
	State   string    `json:"state"`   // NORMAL when usable
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"` // zero: permanent
	SizeGB  int       `json:"size_gb"`
	// Ours is set on an image that Twokey made for this very proposal.
	Ours bool `json:"ours,omitempty"`
	// MadeOf is the instance that Twokey made the image of for an earlier proposal, by
	// the image's own description. Other images name no source.
	MadeOf string `json:"made_of,omitempty"`
}

// Facts is everything that preflight, plan and re-check need to know of one proposal.
// It is read from the cloud in one go.
type Facts struct {
	Instance Instance `json:"instance"`
	// Image is the image asked for. ImageFound is false if the region does not have it
	// for this account.
	Image      Image `json:"image"`
	ImageFound bool  `json:"image_found"`
	// Current is the image that the instance runs now. Its ID is empty if the image
	// was deleted: then Instance.OSName is used.
	Current Image `json:"current"`
	// Before and After are the quotes for the present and the planned configuration.
	// PriceNote says why Before is missing or what it is instead.
	Before    *Price `json:"before"`
	After     *Price `json:"after"`
	PriceNote string `json:"price_note,omitempty"`
	// PriceRefusal says why After is missing, with the cloud's code. PricePasses says
	// that the cloud did not refuse to quote it, but could not be asked.
	PriceRefusal string     `json:"price_refusal,omitempty"`
	PricePasses  bool       `json:"price_passes,omitempty"`
	Evidence     []Evidence `json:"evidence"`
	// KeyPairs are the ids among the asked ones that exist in the account.
	KeyPairs []string `json:"key_pairs,omitempty"`
	// Around is what was looked for around the machine.
	Around []Nearby `json:"around,omitempty"`
	// ServerTime is the cloud's clock (its Date header) when the instance was
	// read; Skew is our clock minus the cloud's.
	ServerTime time.Time     `json:"server_time"`
	Skew       time.Duration `json:"skew"`
}

// Family of the system that runs now.
func (f Facts) Family() OSFamily {
	if f.Current.ID != "" {
		if fam := f.Current.Family(); fam != FamilyUnknown {
			return fam
		}
	}
	return FamilyOf("", f.Instance.OSName)
}

// SamePlan reports whether a plan takes the same from both. What was read for
// one of them, such as its price and its backups, then holds for the other.
func (i Instance) SamePlan(other Instance, t Terms) bool {
	p := Plan{Terms: t}
	return i.Role == other.Role && p.OnInstance(i).Fingerprint() == p.OnInstance(other).Fingerprint()
}

// WhoseText says who made a reset from outside, as far as it is known.
func (l Latest) WhoseText(by *CloudEvent) string {
	if by == nil {
		return "CloudAudit does not show by whom, or not yet (ResetInstance, request " + OrNone(l.RequestID) + ")"
	}
	return "CloudAudit shows " + by.EventText()
}

// OperationText is the operation and its request, or "none".
func (l Latest) OperationText() string {
	if l.Operation == "" {
		return "none"
	}
	return l.Operation + " (" + OrNone(l.RequestID) + ")"
}
