package fakecvm

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"

	"twokey/cloud/fakecvm/account"
	"twokey/cloud/fakecvm/apierr"
	"twokey/cloud/fakecvm/query"
)

// describeInstances leaves out ids that are well formed and unknown. It refuses
// malformed ones.
func describeInstances(a *account.Account, r request) (any, *apierr.Error) {
	var in struct {
		InstanceIDs   []string `json:"InstanceIds"`
		Filters       []query.Filter
		Offset, Limit *int64
	}
	if e := decode(r.body, &in); e != nil {
		return nil, e
	}
	if e := checkInstanceIDs(in.InstanceIDs, len(in.Filters) > 0); e != nil {
		return nil, e
	}
	chosen, e := instanceFilters.Choose(shownInstances(a, r.region, in.InstanceIDs), in.Filters)
	if e != nil {
		return nil, e
	}
	list, e := query.Page(chosen, in.Offset, in.Limit, "InvalidParameterValue.LimitExceeded")
	if e != nil {
		return nil, e
	}
	return struct {
		TotalCount  int
		InstanceSet []wireInstance
	}{len(chosen), wireInstances(a, list)}, nil
}

func checkInstanceIDs(ids []string, filtered bool) *apierr.Error {
	if len(ids) > 0 && filtered {
		return apierr.Errorf("InvalidParameter", "`InstanceIds` and `Filters` cannot be given together.")
	}
	if len(ids) > query.MaxPage {
		return apierr.Errorf("InvalidParameterValue.LimitExceeded", "`InstanceIds` has %d elements; the limit is %d.",
			len(ids), query.MaxPage)
	}
	for _, id := range ids {
		if !account.InstanceIDForm.MatchString(id) {
			return apierr.Errorf("InvalidInstanceId.Malformed",
				"Invalid instance ID `%s`: the format is `ins-xxxxxxxx`.", id)
		}
	}
	return nil
}

// shownInstances are those of a region, or those among them with the ids.
func shownInstances(a *account.Account, region string, ids []string) (all []account.Instance) {
	for _, m := range a.Machines {
		if m.Region == region && (len(ids) == 0 || slices.Contains(ids, m.ID)) {
			all = append(all, m.AsShown(a.Clock.Virtual()))
		}
	}
	return all
}

var instanceFilters = query.Filterable[account.Instance]{
	Fuzzy: []string{"instance-name"},
	Tags:  func(i account.Instance) map[string]string { return i.Tags },
	Values: map[string]func(account.Instance) []string{
		"instance-id":          query.SingleValue(func(i account.Instance) string { return i.ID }),
		"instance-name":        query.SingleValue(func(i account.Instance) string { return i.Name }),
		"instance-state":       query.SingleValue(func(i account.Instance) string { return i.State }),
		"instance-charge-type": query.SingleValue(func(i account.Instance) string { return i.ChargeType }),
		"private-ip-address":   func(i account.Instance) []string { return i.PrivateIPs },
		"public-ip-address":    func(i account.Instance) []string { return i.PublicIPs },
		"ipv6-address":         func(i account.Instance) []string { return slices.Concat(i.IPv6s, i.PublicIPv6) },
		"zone":                 query.SingleValue(func(i account.Instance) string { return i.Zone }),
		"project-id":           query.ConstantValue[account.Instance]("0"),
		"vpc-id":               query.SingleValue(func(i account.Instance) string { return vpcOf(i.Region) }),
		"subnet-id":            query.SingleValue(func(i account.Instance) string { return subnetOf(i.Region) }),
		"uuid":                 query.SingleValue(func(i account.Instance) string { return uuidOf(i.ID) }),
	},
}

// wireInstance is an Instance as cvm v1.1.0 reads it.
type wireInstance struct {
	Placement struct {
		Zone      string
		ProjectID int     `json:"ProjectId"`
		HostID    *string `json:"HostId"`
	}
	InstanceID               string `json:"InstanceId"`
	InstanceType             string
	CPU                      int
	Memory                   int
	RestrictState            string
	InstanceName             string
	InstanceChargeType       string
	SystemDisk               wireSystemDisk
	DataDisks                []wireDataDisk
	PrivateIPAddresses       []string `json:"PrivateIpAddresses"`
	PublicIPAddresses        []string `json:"PublicIpAddresses"`
	InternetAccessible       wireInternet
	VirtualPrivateCloud      wireNetwork
	ImageID                  *string `json:"ImageId"` // may be absent on old instances (cloud/doc.go 4.11)
	RenewFlag                *string
	CreatedTime              *string
	ExpiredTime              *string
	OSName                   string   `json:"OsName"`
	SecurityGroupIDs         []string `json:"SecurityGroupIds"`
	LoginSettings            wireLogin
	InstanceState            string
	Tags                     []tag
	StopChargingMode         string
	UUID                     string `json:"Uuid"`
	LatestOperation          *string
	LatestOperationState     *string
	LatestOperationRequestID *string  `json:"LatestOperationRequestId"`
	LatestOperationErrorMsg  *string  `json:"LatestOperationErrorMsg"`
	DisasterRecoverGroupID   string   `json:"DisasterRecoverGroupId"`
	IPv6Addresses            []string `json:"IPv6Addresses"`
	CamRoleName              string
	HpcClusterID             string   `json:"HpcClusterId"`
	RdmaIPAddresses          []string `json:"RdmaIpAddresses"`
	DedicatedClusterID       string   `json:"DedicatedClusterId"`
	IsolatedSource           string
	DisasterRecoverGroupIDs  []string `json:"DisasterRecoverGroupIds"`
	GPUInfo                  *wireGPU `json:",omitempty"` // only of GPU types
	LicenseType              string
	DisableAPITermination    bool `json:"DisableApiTermination"`
	HostName                 string
	DefaultLoginUser         string
	DefaultLoginPort         int
	PublicIPv6Addresses      []string `json:"PublicIPv6Addresses"`
	EnableJumboFrame         bool
	Metadata                 wireMetadata
	CPUTopology              wireTopology `json:"CpuTopology"`
	PartitionNumber          int
}

// wireGPU, wireMetadata and wireTopology are what the vendor's own Node client reads
// besides. A type without a GPU has no wireGPU.
type wireGPU struct {
	GPUCount float64
	GPUID    []string `json:"GPUId"`
	GPUType  string
}

type wireMetadata struct {
	Items []struct{ Key, Value string }
}

type wireTopology struct{ CoreCount, ThreadPerCore *int }

type wireSystemDisk struct {
	DiskType string
	DiskID   string `json:"DiskId"`
	DiskSize int
	CdcID    *string `json:"CdcId"`
	DiskName string
	Encrypt  bool
	KmsKeyID string `json:"KmsKeyId"`
}

type wireDataDisk struct {
	DiskSize              int
	DiskType              string
	DiskID                string `json:"DiskId"`
	DeleteWithInstance    bool
	SnapshotID            *string `json:"SnapshotId"`
	Encrypt               bool
	KmsKeyID              *string `json:"KmsKeyId"`
	ThroughputPerformance int
	CdcID                 *string `json:"CdcId"`
	BurstPerformance      bool
	DiskName              string
}

type wireInternet struct {
	InternetChargeType      *string
	InternetMaxBandwidthOut int
	PublicIPAssigned        bool `json:"PublicIpAssigned"`
}

type wireNetwork struct {
	VpcID        string `json:"VpcId"`
	SubnetID     string `json:"SubnetId"`
	AsVpcGateway bool
}

// wireLogin holds only the keys of the login, as the API does (cloud/doc.go 9.5).
type wireLogin struct {
	KeyIDs []string `json:"KeyIds"`
}

func wireInstances(a *account.Account, list []account.Instance) []wireInstance {
	_, allNull := a.Switches.Take("describe_null_states", "")
	wired := []wireInstance{}
	for _, i := range list {
		w := withOddStates(a, wireInstanceOf(i))
		if allNull || a.Switches.TakeOwn("describe_null_states", i.ID) {
			w.LatestOperation, w.LatestOperationState = nil, nil
			w.LatestOperationRequestID, w.LatestOperationErrorMsg = nil, nil
		}
		wired = append(wired, w)
	}
	return wired
}

// withOddStates is an instance with the states that switches ask for.
func withOddStates(a *account.Account, w wireInstance) wireInstance {
	if state, on := a.Switches.Level("odd_instance_state", w.InstanceID); on {
		w.InstanceState = state
	}
	if state, on := a.Switches.Level("odd_record_state", w.InstanceID); on && w.LatestOperationState != nil {
		w.LatestOperationState = &state
	}
	if w.LatestOperation != nil && *w.LatestOperation == account.ActionReset &&
		a.Switches.On("legacy_reset", w.InstanceID) {
		w.LatestOperation = orNull("ResetInstances")
	}
	return w
}

func wireInstanceOf(i account.Instance) wireInstance {
	w := wireInstance{
		InstanceID: i.ID, InstanceType: i.Type, CPU: i.CPU, Memory: i.MemoryGB,
		RestrictState: i.RestrictState, InstanceName: i.Name, InstanceChargeType: i.ChargeType,
		SystemDisk: wireSystemDisk{
			DiskType: i.SystemDisk.Type, DiskID: i.SystemDisk.ID, DiskSize: i.SystemDisk.SizeGB,
			DiskName: i.SystemDisk.Name, Encrypt: i.SystemDisk.Encrypted, KmsKeyID: i.SystemDisk.KmsKey,
		},
		DataDisks:          []wireDataDisk{},
		PrivateIPAddresses: orEmpty(i.PrivateIPs), PublicIPAddresses: i.PublicIPs,
		IPv6Addresses: i.IPv6s, PublicIPv6Addresses: orEmpty(i.PublicIPv6),
		DisasterRecoverGroupIDs: []string{}, Metadata: wireMetadata{Items: []struct{ Key, Value string }{}},
		InternetAccessible:  wireInternet{PublicIPAssigned: len(i.PublicIPs) > 0},
		VirtualPrivateCloud: wireNetwork{VpcID: vpcOf(i.Region), SubnetID: subnetOf(i.Region)},
		ImageID:             orNull(i.ImageID), CreatedTime: isoTime(i.Created), ExpiredTime: isoTime(i.Expires),
		OSName: i.OSName, SecurityGroupIDs: []string{"sg-" + i.ID[4:]},
		LoginSettings: wireLogin{KeyIDs: orEmpty(i.KeyIDs)},
		InstanceState: i.State, Tags: wireTags(i.Tags), StopChargingMode: i.StopChargingMode, UUID: uuidOf(i.ID),
		LatestOperation: orNull(i.Latest.Name), LatestOperationState: orNull(i.Latest.State),
		LatestOperationRequestID: orNull(i.Latest.RequestID), LatestOperationErrorMsg: orNull(i.Latest.Error),
		HostName:       i.HostName,
		IsolatedSource: i.IsolatedSource, LicenseType: i.LicenseType, DisableAPITermination: i.DisableAPITermination,
		DefaultLoginUser: "root", DefaultLoginPort: 22,
	}
	if i.Role == "EMR" {
		w.CamRoleName = "EMR_QCSRole"
	}
	w.Placement.Zone = i.Zone
	if len(i.PublicIPs) > 0 {
		w.InternetAccessible.InternetChargeType = orNull("TRAFFIC_POSTPAID_BY_HOUR")
		w.InternetAccessible.InternetMaxBandwidthOut = 5
	}
	if i.ChargeType == account.ChargePrepaid {
		w.RenewFlag = orNull("NOTIFY_AND_MANUAL_RENEW")
	}
	switch i.Platform {
	case account.PlatformWindows:
		w.DefaultLoginUser, w.DefaultLoginPort = "Administrator", 3389
	case "Ubuntu":
		w.DefaultLoginUser = "ubuntu"
	}
	w.DefaultLoginUser = cmp.Or(i.LoginUser, w.DefaultLoginUser)
	w.DefaultLoginPort = cmp.Or(i.LoginPort, w.DefaultLoginPort)
	for _, d := range i.DataDisks {
		w.DataDisks = append(w.DataDisks, wireDataDisk{
			DiskSize: d.SizeGB, DiskType: d.Type, DiskID: d.ID, Encrypt: d.Encrypted, KmsKeyID: orNull(d.KmsKey),
			DiskName: d.Name,
		})
	}
	return w
}

func vpcOf(region string) string    { return "vpc-" + account.IDFrom(region) }
func subnetOf(region string) string { return "subnet-" + account.IDFrom(region) }

// uuidOf is an instance's global id, always the same for the same instance.
func uuidOf(id string) string {
	h := fmt.Sprintf("%x", sha256.Sum256([]byte(id)))
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:32]
}
