package fakecvm

import (
	"fmt"
	"time"

	"twokey/cloud/fakecvm/account"
)

// Credentials that the sample programs use; any others may be configured.
const (
	SampleSecretID  = "AKIDtwokeypractice0000000000000000"
	SampleSecretKey = "twokeypracticekey000000000000000"
)

// Regions of the sample fleet.
const (
	Guangzhou = "ap-guangzhou"
	Hongkong  = "ap-hongkong"
	Singapore = "ap-singapore"
	Finance   = "ap-shanghai-fsi"
)

// Instances of the sample fleet. The table in the package documentation has their
// traits.
const (
	Web01       = "ins-1a2b3c4d"
	Web02       = "ins-1a2b3c4e"
	DB01        = "ins-5d6e7f8g"
	Win01       = "ins-9h8j7k6l"
	WinSmall    = "ins-2s3m4l5n"
	Spot01      = "ins-7sp0t4aa"
	HK01        = "ins-3hk4hk5h"
	SG01        = "ins-6sg7sg8s"
	OldLocal    = "ins-0ldl0c20"
	LocalSSD    = "ins-4ssdl0c5"
	NoCharge01  = "ins-8st0pch9"
	ASG01       = "ins-5asg6gr7"
	Cache01A    = "ins-c4che0a1"
	Cache01B    = "ins-c4che0b2"
	NoBackup01  = "ins-n0bckp11"
	OldSnap01   = "ins-40daysol"
	Prepaid01   = "ins-pr3pa1d1"
	Proof01     = "ins-pr00f001"
	EMR01       = "ins-3mrn0de1"
	Expired01   = "ins-3xp1red1"
	Bring01     = "ins-by0l2019"
	HKWindows01 = "ins-hkw1n001"
	Shop01      = "ins-5h0pfr01"
	ShopAPI     = "ins-5h0pap01"
	Node01      = "ins-n0de7ke1"
	Market01    = "ins-mark3t01"
	Sealed01    = "ins-5ea1ed01"
	Fin01       = "ins-f1nance1"
	Ancient01   = "ins-anc1ent1"
)

// Images of the sample fleet. Public ones are in every region, the others in
// ap-guangzhou only.
const (
	ImageUbuntu20   = "img-22trbn9x"
	ImageUbuntu22   = "img-487zeit5"
	ImageCentOS79   = "img-l8og963d"
	ImageTencentOS  = "img-eb30mz89"
	ImageDebian12   = "img-6vlhz9vq"
	ImageUbuntuARM  = "img-4arm22ub"
	ImageWindows12  = "img-9w2012r2"
	ImageWindows16  = "img-2w2016dc"
	ImageWindows19  = "img-2w2019dc"
	ImageWindows22  = "img-2w2022dc"
	ImageDeprecated = "img-5cent76d"

	ImageGolden   = "img-g01denwb" // private, Ubuntu, 50 GB
	ImageBig      = "img-b1g100gb" // private, Ubuntu, 100 GB
	ImageShared   = "img-5haredcs" // shared by another account, CentOS
	ImageCreating = "img-creating" // private, being created, for ever
	ImageFailed   = "img-fai1ed01" // private, CREATEFAILED
	ImageBYOL     = "img-by0lw1n1" // imported Windows 2019 with the owner's licence
	ImageWhole    = "img-wh01evm1" // private, of a whole machine: refused for a reset
	ImageRaw      = "img-rawd1sk1" // private, RAW
	ImageForeign  = "img-f0re1gn1" // of an account that never shared it
	ImageMarket   = "img-mark3t01" // from the marketplace, Ubuntu; market-01 runs it
	ImageMarket2  = "img-mark3t02" // another one
	ImageOps      = "img-0psadm1n" // private, Ubuntu, logs in as ops on port 2222

	SnapshotCopied = "snap-c0p1ed01" // copied from another region: of no disk
)

// Key pairs of the sample fleet, all in ap-guangzhou but the last.
const (
	KeyAlice     = "skey-a11ce001"
	KeyOnCall    = "skey-0nca1101"
	KeySingapore = "skey-s1ngap01"
)

// SampleFleet is the fleet of the package documentation, its ages counted back
// from now.
func SampleFleet(now time.Time) account.Fleet {
	b := &fleetBuilder{now: now.UTC().Truncate(time.Second)}
	b.addPublicImages()
	b.addOwnImages()
	b.addGuangzhou()
	b.addOddMachines()
	b.addAbroad()
	b.addInService()
	b.addUnusual()
	b.addKeyPairs()
	return b.fleet
}

type fleetBuilder struct {
	fleet account.Fleet
	now   time.Time
	host  int // last part of the next private address
}

func (b *fleetBuilder) timeAgo(d time.Duration) time.Time { return b.now.Add(-d) }

const day = 24 * time.Hour

// addMachine completes an instance with what follows from its id, region and image.
func (b *fleetBuilder) addMachine(i account.Instance, image string) *account.Instance {
	b.host++
	i.ImageID = image
	if i.Region == "" {
		i.Region = Guangzhou
	}
	i.Zone = map[string]string{
		Guangzhou: "ap-guangzhou-6", Hongkong: "ap-hongkong-2", Singapore: "ap-singapore-3",
		Finance: "ap-shanghai-fsi-1",
	}[i.Region]
	for _, one := range b.fleet.Images {
		if one.ID == image && one.Region == i.Region {
			i.OSName, i.Platform, i.LicenseType = one.OSName, one.Platform, one.LicenseType
			i.LoginUser, i.LoginPort = one.LoginUser, one.LoginPort
		}
	}
	if i.Type == "" {
		i.Type, i.CPU, i.MemoryGB = "S5.MEDIUM4", 2, 4
	}
	if i.SystemDisk.Type == "" {
		i.SystemDisk = account.Disk{Type: "CLOUD_PREMIUM", SizeGB: 50}
	}
	i.SystemDisk.ID = diskPrefix(i.SystemDisk) + account.IDFrom(i.ID+"/system")
	for n, d := range i.DataDisks {
		i.DataDisks[n].ID = diskPrefix(d) + account.IDFrom(fmt.Sprint(i.ID, "/data", n))
	}
	i.PrivateIPs = []string{fmt.Sprintf("10.0.1.%d", b.host)}
	if i.Created.IsZero() {
		i.Created = b.timeAgo(200*day + time.Duration(b.host)*7*time.Hour)
	}
	if i.Latest.Name == "" {
		i.Latest = pastOperation(i.ID)
	}
	i = i.Completed()
	b.fleet.Instances = append(b.fleet.Instances, i)
	return &b.fleet.Instances[len(b.fleet.Instances)-1]
}

// addBackup adds a NORMAL, permanent snapshot of an instance's system disk.
func (b *fleetBuilder) addBackup(i *account.Instance, age time.Duration) {
	b.fleet.Snapshots = append(b.fleet.Snapshots, account.Snapshot{
		ID: "snap-" + account.IDFrom(fmt.Sprint(i.ID, age)), Region: i.Region, Zone: i.Zone,
		Name:   i.Name + "-" + b.timeAgo(age).Format("0102"),
		DiskID: i.SystemDisk.ID, Usage: account.UsageSystem, SizeGB: i.SystemDisk.SizeGB,
		State: account.StateNormal, Percent: 100, Created: b.timeAgo(age),
	})
}

func tagMap(pairs ...string) map[string]string {
	m := map[string]string{}
	for n := 0; n+1 < len(pairs); n += 2 {
		m[pairs[n]] = pairs[n+1]
	}
	return m
}

// addGuangzhou adds the machines of ordinary stories.
func (b *fleetBuilder) addGuangzhou() {
	data := func(size int, fs string) account.Disk {
		return account.Disk{Type: "CLOUD_PREMIUM", SizeGB: size, FileSystem: fs}
	}
	web := b.addMachine(account.Instance{
		ID: Web01, Name: "web-01", Tags: tagMap("env", "staging", "team", "shop"),
		DataDisks: []account.Disk{data(200, "ext4")}, PublicIPs: []string{"119.29.10.11"},
	}, ImageUbuntu20)
	b.addBackup(web, 2*time.Hour)
	web = b.addMachine(account.Instance{
		ID: Web02, Name: "web-02", Tags: tagMap("env", "prod", "team", "shop"),
		DataDisks: []account.Disk{data(200, "ext4")}, PublicIPs: []string{"119.29.10.12"},
		IPv6s: []string{"2402:4e00:1000:1234::5"}, PublicIPv6: []string{"2402:4e00:2000:77::12"},
	}, ImageUbuntu20)
	b.addBackup(web, 30*time.Minute)
	b.addBackup(b.addMachine(account.Instance{
		ID: DB01, Name: "db-01", Type: "S5.2XLARGE32", CPU: 8, MemoryGB: 32,
		Tags:       tagMap("env", "prod", "team", "data", "twokey", "protected"),
		SystemDisk: account.Disk{Type: "CLOUD_SSD", SizeGB: 100},
		DataDisks:  []account.Disk{data(500, "ext4"), data(1000, "xfs")},
	}, ImageTencentOS), time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: Win01, Name: "win-01", Type: "S5.LARGE8", CPU: 4, MemoryGB: 8, Tags: tagMap("env", "staging", "team",
			"office"),
		SystemDisk: account.Disk{Type: "CLOUD_SSD", SizeGB: 100}, DataDisks: []account.Disk{data(300, "ntfs")},
		PublicIPs: []string{"119.29.10.14"},
	}, ImageWindows19), 3*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: WinSmall, Name: "win-small", Type: "S5.SMALL2", CPU: 1, MemoryGB: 2, Tags: tagMap("env", "staging"),
	}, ImageCentOS79), 3*time.Hour)
	for n, id := range []string{Cache01A, Cache01B} {
		b.addBackup(b.addMachine(account.Instance{
			ID: id, Name: "cache-01",
			Tags: tagMap("env", "staging", "shard", fmt.Sprint(n)),
		}, ImageCentOS79), 4*time.Hour)
	}
	b.addMachine(account.Instance{ID: NoBackup01, Name: "nobackup-01", Tags: tagMap("env", "staging")}, ImageUbuntu22)
	b.addBackup(b.addMachine(account.Instance{ID: OldSnap01, Name: "oldsnap-01", Tags: tagMap("env", "staging")},
		ImageUbuntu22), 40*day)
	b.addBackup(b.addMachine(account.Instance{
		ID: Prepaid01, Name: "prepaid-01", Tags: tagMap("env", "staging"), ChargeType: account.ChargePrepaid,
		Expires: b.now.Add(75 * day),
	}, ImageUbuntu22), 5*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: Proof01, Name: "proof-01", Tags: tagMap("env", "staging"),
		DisableAPITermination: true,
	}, ImageUbuntu22), 2*time.Hour)
}

// addOddMachines adds machines that a rule of the cloud refuses or warns about.
func (b *fleetBuilder) addOddMachines() {
	b.addBackup(b.addMachine(account.Instance{
		ID: Spot01, Name: "spot-01", ChargeType: account.ChargeSpot,
		Tags: tagMap("env", "batch"),
	}, ImageCentOS79), 2*time.Hour)
	b.addMachine(account.Instance{
		ID: OldLocal, Name: "old-local", Type: "S1.SMALL2", CPU: 1, MemoryGB: 2, Created: b.timeAgo(3200 * day),
		SystemDisk: account.Disk{Type: "LOCAL_BASIC", SizeGB: 20}, Tags: tagMap("env", "staging"),
	}, ImageCentOS79)
	b.addMachine(account.Instance{
		ID: LocalSSD, Name: "local-ssd", Type: "IT5.4XLARGE64", CPU: 16, MemoryGB: 64, Created: b.timeAgo(900 * day),
		SystemDisk: account.Disk{Type: "LOCAL_SSD", SizeGB: 50}, Tags: tagMap("env", "staging"),
	}, ImageCentOS79)
	b.addBackup(b.addMachine(account.Instance{
		ID: NoCharge01, Name: "nocharge-01", State: account.StateStopped, StopChargingMode: "STOP_CHARGING",
		Tags: tagMap("env", "staging"),
		Latest: account.Operation{
			Name: "StopInstances", State: account.Success,
			RequestID: uuidOf(NoCharge01 + "/stop"),
		},
	}, ImageUbuntu20), 6*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: ASG01, Name: "asg-01", ScalingGroup: "asg-7kq2m4xd",
		Tags: tagMap("env", "staging", "tencentcloud:autoscaling:auto-scaling-group-id", "asg-7kq2m4xd"),
	}, ImageUbuntu22), 2*time.Hour)
	b.addBackup(b.addMachine(account.Instance{ID: EMR01, Name: "emr-01", Role: "EMR", Tags: tagMap("env", "staging")},
		ImageCentOS79), 2*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: Expired01, Name: "expired-01", ChargeType: account.ChargePrepaid, Expires: b.timeAgo(2 * day),
		State:         account.StateStopped,
		RestrictState: "EXPIRED", IsolatedSource: "EXPIRE", StopChargingMode: "KEEP_CHARGING",
		Tags: tagMap("env", "staging"),
	}, ImageCentOS79), 6*day)
	b.addBackup(b.addMachine(account.Instance{
		ID: Bring01, Name: "byol-01", Type: "S5.LARGE8", CPU: 4, MemoryGB: 8,
		SystemDisk: account.Disk{Type: "CLOUD_SSD", SizeGB: 100},
		Tags:       tagMap("env", "staging"),
	}, ImageBYOL), 2*time.Hour)
}

// addAbroad adds machines outside the mainland, where the platform cannot change.
func (b *fleetBuilder) addAbroad() {
	b.addBackup(b.addMachine(account.Instance{
		ID: HK01, Name: "hk-01", Region: Hongkong, Tags: tagMap("env", "staging"), PublicIPs: []string{"43.128.20.21"},
	}, ImageUbuntu20), time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: HKWindows01, Name: "hk-win-01", Region: Hongkong, Type: "S5.LARGE8", CPU: 4, MemoryGB: 8,
		Tags:       tagMap("env", "staging"),
		SystemDisk: account.Disk{Type: "CLOUD_PREMIUM", SizeGB: 80},
	}, ImageWindows22), time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: SG01, Name: "sg-01", Region: Singapore, Tags: tagMap("env", "staging"), PublicIPs: []string{"43.134.30.31"},
	}, ImageTencentOS), time.Hour)
}

// addInService adds machines that others depend on.
func (b *fleetBuilder) addInService() {
	b.addBackup(b.addMachine(account.Instance{
		ID: Shop01, Name: "shop-01", Tags: tagMap("env", "staging", "team", "shop"), OutMbps: 3.2, CPUPercent: 41,
		Balancers: []account.Balancer{
			{ID: "lb-5h0pfr0n", Protocol: "TCP", Port: 80, Weight: 10},
			{ID: "lb-5h0pfr0n", Protocol: "HTTPS", Port: 443, Weight: 10},
		},
		Repairs: []account.Repair{{ID: "rep-7kq2m4xd", Type: 107, Status: 4, Created: b.timeAgo(3 * day)}},
	}, ImageUbuntu22), 2*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: ShopAPI, Name: "shop-api", Tags: tagMap("env", "staging", "team", "shop"), CPUPercent: 1,
		Balancers: []account.Balancer{{ID: "lb-5h0pfr0n", Protocol: "HTTPS", Port: 443}},
	}, ImageUbuntu22), 2*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: Node01, Name: "node-01", Cluster: "cls-7kq2m4xd",
		Tags: tagMap("env", "staging"),
	}, ImageTencentOS), 2*time.Hour)
}

// addUnusual adds machines of which the cloud says more or less than of others
// (cloud/doc.go 4.6, 4.11, 5.1 and 6.8).
func (b *fleetBuilder) addUnusual() {
	b.addBackup(b.addMachine(account.Instance{ID: Market01, Name: "market-01", Tags: tagMap("env", "staging")},
		ImageMarket), 2*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: Sealed01, Name: "sealed-01", Tags: tagMap("env", "staging"),
		SystemDisk: account.Disk{
			Type: "CLOUD_BSSD", SizeGB: 50, Encrypted: true,
			KmsKey: "5ea1ed01-0000-11f1-9a3b-525400a1b2c3",
		},
	}, ImageUbuntu20), 2*time.Hour)
	b.addBackup(b.addMachine(account.Instance{
		ID: Fin01, Name: "fin-01", Region: Finance,
		Tags: tagMap("env", "staging"),
	},
		ImageUbuntu20), 2*time.Hour)
	old := b.addMachine(account.Instance{
		ID: Ancient01, Name: "ancient-01", Created: b.timeAgo(3000 * day),
		Tags: tagMap("env", "staging"),
	}, ImageCentOS79)
	old.ImageID = ""
	b.addBackup(old, 2*time.Hour)
	b.fleet.Snapshots = append(b.fleet.Snapshots, account.Snapshot{
		ID: SnapshotCopied, Region: Guangzhou, Zone: "ap-guangzhou-6", Name: "copied", Usage: account.UsageSystem,
		SizeGB: 50, Copied: true,
		State: account.StateNormal, Percent: 100, Created: b.timeAgo(time.Hour),
	})
}

// diskPrefix is how the ids of such disks begin.
func diskPrefix(d account.Disk) string {
	if d.Local() {
		return "ldisk-"
	}
	return "disk-"
}

func (b *fleetBuilder) addPublicImages() {
	for _, region := range []string{Guangzhou, Hongkong, Singapore, Finance} {
		for _, one := range []struct {
			id, platform, os string
			size             int
		}{
			{ImageUbuntu20, "Ubuntu", "Ubuntu Server 20.04 LTS 64bit", 20},
			{ImageUbuntu22, "Ubuntu", "Ubuntu Server 22.04 LTS 64bit", 20},
			{ImageCentOS79, "CentOS", "CentOS 7.9 64bit", 20},
			{ImageTencentOS, "TencentOS", "TencentOS Server 3.1 (TK4)", 20},
			{ImageDebian12, "Debian", "Debian 12.0 64bit", 20},
			{ImageUbuntuARM, "Ubuntu", "Ubuntu Server 22.04 LTS 64bit (ARM64)", 20},
			{ImageDeprecated, "CentOS", "CentOS 7.6 64bit", 20},
			{ImageWindows12, account.PlatformWindows, "Windows Server 2012 R2 DataCenter 64bit EN", 50},
			{ImageWindows16, account.PlatformWindows, "Windows Server 2016 DataCenter 64bit EN", 50},
			{ImageWindows19, account.PlatformWindows, "Windows Server 2019 DataCenter 64bit EN", 50},
			{ImageWindows22, account.PlatformWindows, "Windows Server 2022 DataCenter 64bit EN", 50},
		} {
			architecture := "x86_64"
			if one.id == ImageUbuntuARM {
				architecture = "arm"
			}
			b.fleet.Images = append(b.fleet.Images, account.Image{
				ID: one.id, Region: region, Name: one.os, OSName: one.os, Platform: one.platform,
				Type:         account.PublicImage,
				State:        account.StateNormal,
				Architecture: architecture, SizeGB: one.size, Source: "OFFICIAL", LicenseType: account.LicenseCloud,
				Progress:   100,
				Deprecated: one.id == ImageDeprecated, Created: b.timeAgo(400 * day),
			})
		}
	}
}

func (b *fleetBuilder) addOwnImages() {
	own := func(id, name string, size int, change func(*account.Image)) {
		i := account.Image{
			ID: id, Region: Guangzhou, Name: name, OSName: "Ubuntu Server 20.04 LTS 64bit", Platform: "Ubuntu",
			Type:         account.PrivateImage,
			Architecture: "x86_64", State: account.StateNormal, SizeGB: size, Source: "CREATE_IMAGE",
			Creator:     account.UIN,
			LicenseType: account.LicenseCloud, Progress: 100, Created: b.timeAgo(30 * day),
			Snapshots: []string{b.imageSnapshot(id, account.UsageSystem, size)},
		}
		change(&i)
		b.fleet.Images = append(b.fleet.Images, i)
	}
	own(ImageGolden, "golden-web", 50, func(i *account.Image) { i.Description = "web tier, hardened" })
	own(ImageBig, "golden-big", 100, func(*account.Image) {})
	own(ImageShared, "partner-base", 50, func(i *account.Image) {
		i.Type, i.Creator, i.OSName, i.Platform, i.Snapshots = account.SharedImage, "100000000002", "CentOS 7.9 "+
			"64bit", "CentOS", nil
	})
	own(ImageCreating, "golden-next", 50,
		func(i *account.Image) { i.State, i.Progress, i.Snapshots = account.StateCreating, 40, nil })
	own(ImageFailed, "golden-broken", 50,
		func(i *account.Image) { i.State, i.Progress, i.Snapshots = account.StateCreateFailed, 0, nil })
	own(ImageBYOL, "imported-win2019", 80, func(i *account.Image) {
		i.OSName, i.Platform, i.LicenseType, i.Source = "Windows Server 2019 DataCenter 64bit "+
			"EN", account.PlatformWindows, account.LicenseBYOL, "EXTERNAL_IMPORT"
	})
	own(ImageWhole, "whole-db", 100, func(i *account.Image) {
		i.Snapshots = append(i.Snapshots, b.imageSnapshot(ImageWhole, account.UsageData, 500))
	})
	own(ImageRaw, "old-raw", 20, func(i *account.Image) { i.Format, i.Snapshots = "RAW", nil })
	own(ImageOps, "golden-ops", 50, func(i *account.Image) { i.LoginUser, i.LoginPort = "ops", 2222 })
	for _, id := range []string{ImageMarket, ImageMarket2} {
		own(id, "shop panel "+id[len(id)-1:], 50, func(i *account.Image) {
			i.Type, i.Creator, i.Source, i.Snapshots = account.MarketplaceImage, "", "OFFICIAL", nil
		})
	}
	own(ImageForeign, "not-yours", 50,
		func(i *account.Image) { i.Foreign, i.Creator, i.Snapshots = true, "100000000009", nil })
}

// imageSnapshot adds a snapshot below an image, of a disk that is long gone.
func (b *fleetBuilder) imageSnapshot(image, usage string, size int) string {
	id := "snap-" + account.IDFrom(image+usage)
	b.fleet.Snapshots = append(b.fleet.Snapshots, account.Snapshot{
		ID: id, Region: Guangzhou, Zone: "ap-guangzhou-6", Name: "of " + image,
		DiskID: "disk-" + account.IDFrom(image+"/builder/"+usage),
		Usage:  usage, SizeGB: size, State: account.StateNormal, Percent: 100, Created: b.timeAgo(30 * day),
	})
	return id
}

func (b *fleetBuilder) addKeyPairs() {
	for _, one := range []struct{ id, region, name string }{
		{KeyAlice, Guangzhou, "alice"}, {KeyOnCall, Guangzhou, "on-call"}, {KeySingapore, Singapore, "on-call-sg"},
	} {
		b.fleet.KeyPairs = append(b.fleet.KeyPairs, account.KeyPair{
			ID: one.id, Region: one.region, Name: one.name, Created: b.timeAgo(300 * day),
			Public: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + account.IDFrom(one.id) + " " + one.name,
		})
	}
}

// pastOperation is what an instance of the sample fleet shows as its latest
// operation. Four of twelve recorded ones show none; RunInstances was never there
// (cloud/doc.go 4.6).
func pastOperation(id string) account.Operation {
	names := [...]string{
		"", "", "", "",
		account.RenameOperation, account.RenameOperation, "ModifyInstancesAttribute.SecurityGroups",
		"RebootInstances", "StartInstances", "StartInstances", "ResetInstancesPassword", account.ActionReset,
	}
	name := names[account.DrawByID(id, "earlier", len(names))]
	if name == "" {
		return account.Operation{}
	}
	return account.Operation{Name: name, State: account.Success, RequestID: uuidOf(id + "/past")}
}
