package fakecvm_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/fakecvm"
)

func TestAResetIsFollowedFromStaleReadToSuccess(t *testing.T) {
	r := newRig(t)
	before := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
	in := resetTo(fakecvm.Web01, fakecvm.ImageUbuntu22)
	in.SystemDisk = &cvm.SystemDisk{DiskSize: common.Int64Ptr(80)}
	in.HostName = common.StringPtr("web-01.shop")
	out, err := r.cvm(fakecvm.Guangzhou).ResetInstance(in)
	r.must(err)
	id := *out.Response.RequestId

	stale := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
	if *stale.LatestOperationRequestId != *before.LatestOperationRequestId || *stale.InstanceState != "RUNNING" {
		t.Errorf("at once the read is not stale: %s %s", *stale.LatestOperation, *stale.InstanceState)
	}
	if truth := r.instance(fakecvm.Web01); truth.Latest.RequestID != id || truth.State != "STOPPING" {
		t.Errorf("the truth at once is %+v", truth.Latest)
	}
	want := []string{"2 STOPPING OPERATING", "10 STOPPED OPERATING", "80 STARTING OPERATING", "90 RUNNING SUCCESS"}
	var got []string
	past := 0
	for _, at := range []int{2, 10, 80, 90} {
		r.advance(time.Duration(at-past) * time.Second)
		past = at
		i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
		got = append(got, fmt.Sprint(at, " ", *i.InstanceState, " ", *i.LatestOperationState))
		if *i.LatestOperationRequestId != id || *i.LatestOperation != "ResetInstance" {
			t.Errorf("after %d s the operation is %s %s", at, *i.LatestOperation, *i.LatestOperationRequestId)
		}
		if at < 90 && *i.ImageId != *before.ImageId {
			t.Errorf("after %d s the image has changed already", at)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	after := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
	if *after.ImageId != fakecvm.ImageUbuntu22 || *after.SystemDisk.DiskSize != 80 ||
		!strings.Contains(*after.OsName, "22.04") {
		t.Errorf("afterwards: %s %d %s", *after.ImageId, *after.SystemDisk.DiskSize, *after.OsName)
	}
	if *after.SystemDisk.DiskId != *before.SystemDisk.DiskId ||
		*after.PublicIpAddresses[0] != *before.PublicIpAddresses[0] {
		t.Error("disk id or public address changed within one platform")
	}
	if i := r.instance(fakecvm.Web01); i.HostName != "web-01.shop" || i.Login != fakecvm.LoginRandom {
		t.Errorf("host name %q, login %q", i.HostName, i.Login)
	}
}

func TestTwoCallsAreTwoResets(t *testing.T) {
	r := newRig(t)
	first, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.must(err)
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.wantCode(err, "OperationDenied.InstanceOperationInProgress")
	r.advance(fakecvm.ResetTakes)
	second, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.must(err)
	if first == second || r.Resets(fakecvm.Web01) != 2 || r.ResetRequests(fakecvm.Web01) != 3 ||
		r.Resets(fakecvm.Web02) != 0 {
		t.Errorf("%d resets of %d requests", r.Resets(fakecvm.Web01), r.ResetRequests(fakecvm.Web01))
	}
}

func TestAChangeOfPlatformKeepsTheSystemDisksID(t *testing.T) {
	r := newRig(t)
	before := r.instance(fakecvm.Web01)
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageWindows19)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	if after := r.instance(fakecvm.Web01); after.SystemDisk.ID != before.SystemDisk.ID || !after.Windows() {
		t.Errorf("the disk was %s and is %s, system %s", before.SystemDisk.ID, after.SystemDisk.ID, after.OSName)
	}
}

func TestAChangeOfPlatformReplacesTheSystemDiskIfSwitchedSo(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("new_disk_id", "on"))
	before := r.instance(fakecvm.Web01)
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageWindows19)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	after := r.instance(fakecvm.Web01)
	if after.SystemDisk.ID == before.SystemDisk.ID || !after.Windows() {
		t.Errorf("the disk is still %s, system %s", after.SystemDisk.ID, after.OSName)
	}
	if d := cmp.Diff(before.DataDisks, after.DataDisks); d != "" {
		t.Errorf("data disks changed: %s", d)
	}
	if n := len(r.snapshotsOf(before.SystemDisk.ID)); n != 1 {
		t.Errorf("%d snapshots remain on the old disk, want 1", n)
	}
	if n := len(r.snapshotsOf(after.SystemDisk.ID)); n != 0 {
		t.Errorf("%d snapshots on the new disk, want 0", n)
	}
}

func TestAnImageLargerThanTheDiskExpandsIt(t *testing.T) {
	r := newRig(t)
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageBig)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	if got := r.instance(fakecvm.Web01).SystemDisk.SizeGB; got != 100 {
		t.Errorf("the disk has %d GB, want the image's 100", got)
	}
}

func TestTheCloudsRulesRefuseAReset(t *testing.T) {
	password := func(p string) func(*cvm.ResetInstanceRequest) {
		return func(in *cvm.ResetInstanceRequest) { in.LoginSettings = &cvm.LoginSettings{Password: &p} }
	}
	keys := func(ids ...string) func(*cvm.ResetInstanceRequest) {
		return func(in *cvm.ResetInstanceRequest) {
			in.LoginSettings = &cvm.LoginSettings{KeyIds: common.StringPtrs(ids)}
		}
	}
	keep := func(v string) func(*cvm.ResetInstanceRequest) {
		return func(in *cvm.ResetInstanceRequest) { in.LoginSettings = &cvm.LoginSettings{KeepImageLogin: &v} }
	}
	host := func(v string) func(*cvm.ResetInstanceRequest) {
		return func(in *cvm.ResetInstanceRequest) { in.HostName = &v }
	}
	size := func(gb int64) func(*cvm.ResetInstanceRequest) {
		return func(in *cvm.ResetInstanceRequest) { in.SystemDisk = &cvm.SystemDisk{DiskSize: &gb} }
	}
	data := func(v string) func(*cvm.ResetInstanceRequest) {
		return func(in *cvm.ResetInstanceRequest) { in.UserData = &v }
	}
	for _, one := range []struct {
		name, instance, image string
		change                func(*cvm.ResetInstanceRequest)
		want                  string
	}{
		{
			"no instance", "", fakecvm.ImageUbuntu20, func(in *cvm.ResetInstanceRequest) { in.InstanceId = nil },
			"MissingParameter",
		},
		{"malformed instance", "ins-1", fakecvm.ImageUbuntu20, nil, "InvalidInstanceId.Malformed"},
		{"no such instance", "ins-zzzzzzzz", fakecvm.ImageUbuntu20, nil, "InvalidInstanceId.NotFound"},
		{"instance of another region", fakecvm.HK01, fakecvm.ImageUbuntu20, nil, "InvalidInstanceId.NotFound"},
		{"malformed image", fakecvm.Web01, "ubuntu", nil, "InvalidImageId.Malformed"},
		{"no such image", fakecvm.Web01, "img-zzzzzzzz", nil, "InvalidImageId.NotFound"},
		{
			"image of a stranger", fakecvm.Web01, fakecvm.ImageForeign, nil,
			"InvalidParameterValue.InvalidImageIdForRetsetInstance",
		},
		{"image being made", fakecvm.Web01, fakecvm.ImageCreating, nil, "InvalidParameterValue.InvalidImageState"},
		{"failed image", fakecvm.Web01, fakecvm.ImageFailed, nil, "InvalidParameterValue.InvalidImageState"},
		{"whole-machine image", fakecvm.Web01, fakecvm.ImageWhole, nil, "InvalidParameter.InstanceImageNotSupport"},
		{"raw image", fakecvm.Web01, fakecvm.ImageRaw, nil, "InvalidParameterValue.InvalidImageFormat"},
		{
			"ARM image", fakecvm.Web01, fakecvm.ImageUbuntuARM, nil,
			"InvalidParameterValue.InvalidImageForGivenInstanceType",
		},
		{"licence", fakecvm.Web01, fakecvm.ImageBYOL, nil, "UnsupportedOperation.InvalidImageLicenseTypeForReset"},
		{
			"licence the other way", fakecvm.Bring01, fakecvm.ImageWindows19, nil,
			"UnsupportedOperation.InvalidImageLicenseTypeForReset",
		},
		{"deprecated image", fakecvm.Web01, fakecvm.ImageDeprecated, nil, ""},
		{"shared image", fakecvm.Web01, fakecvm.ImageShared, nil, ""},
		{"spot", fakecvm.Spot01, fakecvm.ImageCentOS79, nil, "UnsupportedOperation.InstanceChargeType"},
		{"EMR", fakecvm.EMR01, fakecvm.ImageCentOS79, nil, "FailedOperation.InvalidInstanceApplicationRoleEmr"},
		{
			"stopped without charge", fakecvm.NoCharge01, fakecvm.ImageUbuntu20, nil,
			"UnsupportedOperation.StoppedModeStopCharging",
		},
		{"expired", fakecvm.Expired01, fakecvm.ImageCentOS79, nil, "UnsupportedOperation.InstanceStateShutdown"},
		{
			"little memory, Windows 2019", fakecvm.WinSmall, fakecvm.ImageWindows19, nil,
			"InvalidParameterValue.InvalidImageForGivenInstanceType",
		},
		{
			"little memory, Windows 2016", fakecvm.WinSmall, fakecvm.ImageWindows16, nil,
			"InvalidParameterValue.InvalidImageForGivenInstanceType",
		},
		{"little memory, Windows 2012", fakecvm.WinSmall, fakecvm.ImageWindows12, nil, ""},
		{
			"old local disk, other platform", fakecvm.OldLocal, fakecvm.ImageWindows12, nil,
			"UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2",
		},
		{"old local disk, same platform", fakecvm.OldLocal, fakecvm.ImageUbuntu22, nil, ""},
		{"local disk grows", fakecvm.LocalSSD, fakecvm.ImageUbuntu22, size(60), "InvalidParameterValue"},
		{"local disk too small", fakecvm.LocalSSD, fakecvm.ImageBig, nil, "InvalidParameterValue"},
		{"disk shrinks", fakecvm.Web01, fakecvm.ImageUbuntu20, size(40), "InvalidParameterValue"},
		{"disk beyond all limits", fakecvm.Web01, fakecvm.ImageUbuntu20, size(9999), "InvalidParameterValue"},
		{"disk of another type", fakecvm.Web01, fakecvm.ImageUbuntu20, func(in *cvm.ResetInstanceRequest) {
			in.SystemDisk = &cvm.SystemDisk{DiskType: common.StringPtr("CLOUD_SSD")}
		}, "InvalidParameterValue"},
		{"termination protection does not stop it", fakecvm.Proof01, fakecvm.ImageUbuntu22, nil, ""},
		{"password", fakecvm.Web01, fakecvm.ImageUbuntu20, password("correct-horse7"), ""},
		{
			"short password", fakecvm.Web01, fakecvm.ImageUbuntu20, password("aB3-567"),
			"InvalidParameterValue.InvalidPassword",
		},
		{
			"long password", fakecvm.Web01, fakecvm.ImageUbuntu20, password(strings.Repeat("aB3-", 8)),
			"InvalidParameterValue.InvalidPassword",
		},
		{
			"password of one class", fakecvm.Web01, fakecvm.ImageUbuntu20, password("abcdefghij"),
			"InvalidParameterValue.InvalidPassword",
		},
		{
			"password of two classes", fakecvm.Web01, fakecvm.ImageUbuntu20, password("correct-horse"),
			"InvalidParameterValue.InvalidPassword",
		},
		{
			"password that begins with a slash", fakecvm.Web01, fakecvm.ImageUbuntu20, password("/correct-Horse7"),
			"InvalidParameterValue.InvalidPassword",
		},
		{"the same for Windows", fakecvm.Win01, fakecvm.ImageWindows19, password("/correct-Horse7"), ""},
		{
			"password with a blank", fakecvm.Web01, fakecvm.ImageUbuntu20, password("abcdefg 123"),
			"InvalidParameterValue.InvalidPassword",
		},
		{
			"eight characters for Windows", fakecvm.Win01, fakecvm.ImageWindows19, password("aB3-5678"),
			"InvalidParameterValue.InvalidPassword",
		},
		{
			"two classes for Windows", fakecvm.Win01, fakecvm.ImageWindows19, password("abcdefgh1234"),
			"InvalidParameterValue.InvalidPassword",
		},
		{"good for Windows", fakecvm.Win01, fakecvm.ImageWindows19, password("abcdEFGH1234"), ""},
		{"keys", fakecvm.Web01, fakecvm.ImageUbuntu20, keys(fakecvm.KeyAlice, fakecvm.KeyOnCall), ""},
		{
			"keys for Windows", fakecvm.Win01, fakecvm.ImageWindows19, keys(fakecvm.KeyAlice),
			"UnsupportedOperation.KeyPairUnsupportedWindows",
		},
		{"malformed key", fakecvm.Web01, fakecvm.ImageUbuntu20, keys("alice"), "InvalidKeyPairId.Malformed"},
		{
			"key of another region", fakecvm.Web01, fakecvm.ImageUbuntu20, keys(fakecvm.KeySingapore),
			"InvalidParameterValue.KeyPairNotFound",
		},
		{
			"keep the login of a public image", fakecvm.Web01, fakecvm.ImageUbuntu20, keep("true"),
			"InvalidParameterValue",
		},
		{"keep the login of a private image", fakecvm.Web01, fakecvm.ImageGolden, keep("TRUE"), ""},
		{"do not keep it", fakecvm.Web01, fakecvm.ImageUbuntu20, keep("false"), ""},
		{"keep it, perhaps", fakecvm.Web01, fakecvm.ImageGolden, keep("yes"), "InvalidParameterValue"},
		{"two logins", fakecvm.Web01, fakecvm.ImageGolden, func(in *cvm.ResetInstanceRequest) {
			in.LoginSettings = &cvm.LoginSettings{
				KeepImageLogin: common.StringPtr("true"),
				KeyIds:         common.StringPtrs([]string{fakecvm.KeyAlice}),
			}
		}, "InvalidParameter.ParameterConflict"},
		{"host name", fakecvm.Web01, fakecvm.ImageUbuntu20, host("web-1.shop"), ""},
		{
			"host name with a doubled dot", fakecvm.Web01, fakecvm.ImageUbuntu20, host("web..shop"),
			"InvalidParameterValue.IllegalHostName",
		},
		{
			"host name that ends in a hyphen", fakecvm.Web01, fakecvm.ImageUbuntu20, host("web-"),
			"InvalidParameterValue.IllegalHostName",
		},
		{
			"host name of one letter", fakecvm.Web01, fakecvm.ImageUbuntu20, host("w"),
			"InvalidParameterValue.IllegalHostName",
		},
		{
			"Windows host name with a dot", fakecvm.Win01, fakecvm.ImageWindows19, host("win.office"),
			"InvalidParameterValue.IllegalHostName",
		},
		{
			"Windows host name of digits", fakecvm.Win01, fakecvm.ImageWindows19, host("12345"),
			"InvalidParameterValue.IllegalHostName",
		},
		{
			"Windows host name too long", fakecvm.Win01, fakecvm.ImageWindows19, host("windows-machine1"),
			"InvalidParameterValue.IllegalHostName",
		},
		{
			"user data", fakecvm.Web01, fakecvm.ImageUbuntu20,
			data(base64.StdEncoding.EncodeToString([]byte("#!/bin/sh"))), "",
		},
		{
			"user data in the clear", fakecvm.Web01, fakecvm.ImageUbuntu20, data("#!/bin/sh"),
			"InvalidParameterValue.InvalidUserDataFormat",
		},
		{
			"user data of 17 KB", fakecvm.Web01, fakecvm.ImageUbuntu20,
			data(base64.StdEncoding.EncodeToString(make([]byte, 17<<10))), "InvalidParameterValue.LimitExceeded",
		},
	} {
		t.Run(one.name, func(t *testing.T) {
			r := newRig(t)
			in := resetTo(one.instance, one.image)
			if one.change != nil {
				one.change(in)
			}
			before, _ := r.Instance(one.instance)
			_, err := r.cvm(fakecvm.Guangzhou).ResetInstance(in)
			r.wantCode(err, one.want)
			if after, _ := r.Instance(one.instance); one.want != "" && !cmp.Equal(before, after) {
				t.Errorf("refused, and yet changed: %s", cmp.Diff(before, after))
			}
			if got, want := r.Resets(one.instance) == 1, one.want == ""; got != want {
				t.Errorf("accepted: %v", got)
			}
		})
	}
}

func TestThePlatformChangesOnlyInMainlandChina(t *testing.T) {
	r := newRig(t)
	_, err := r.reset(fakecvm.HK01, fakecvm.ImageWindows22)
	r.wantCode(err, "InvalidParameterValue.InvalidImageOsName")
	_, err = r.reset(fakecvm.HKWindows01, fakecvm.ImageUbuntu22)
	r.wantCode(err, "InvalidParameterValue.InvalidImageOsName")
	for instance, image := range map[string]string{
		fakecvm.HK01: fakecvm.ImageCentOS79, fakecvm.HKWindows01: fakecvm.ImageWindows16,
		fakecvm.Win01: fakecvm.ImageUbuntu22,
	} {
		_, err := r.reset(instance, image)
		r.must(err)
	}
}

func TestStrictPlatformDisksFollowTheAPIPage(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("strict_platform_disks", "on"))
	_, err := r.reset(fakecvm.LocalSSD, fakecvm.ImageWindows12)
	r.wantCode(err, "InvalidInstance.NotSupported")
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageWindows12)
	r.must(err)
}

func TestEveryUnfitStateIsRefusedByItsOwnCode(t *testing.T) {
	for state, want := range map[string]string{
		"PENDING":              "UnsupportedOperation.InstanceStatePending",
		"LAUNCH_FAILED":        "UnsupportedOperation.InstanceStateCorrupted",
		"STARTING":             "UnsupportedOperation.InstanceStateStarting",
		"STOPPING":             "UnsupportedOperation.InstanceStateStopping",
		"REBOOTING":            "UnsupportedOperation.InstanceStateRebooting",
		"SHUTDOWN":             "UnsupportedOperation.InstanceStateShutdown",
		"TERMINATING":          "UnsupportedOperation.InstanceStateTerminating",
		"RESCUE_MODE":          "UnsupportedOperation.InstanceStateRescueMode",
		"SERVICE_LIVE_MIGRATE": "UnsupportedOperation.InstanceStateServiceLiveMigrate",
		"STOPPED":              "",
	} {
		r := newRig(t)
		r.must(r.Patch(fakecvm.Web01, func(i *fakecvm.Instance) { i.State = state }))
		_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
		r.wantCode(err, want)
	}
	r := newRig(t)
	r.must(r.Patch(fakecvm.Web01, func(i *fakecvm.Instance) { i.RestrictState = "PROTECTIVELY_ISOLATED" }))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.wantCode(err, "UnsupportedOperation.InstanceStateFreezing")
}

func TestAFailedResetLeavesAnInstanceThatOnlyAResetSaves(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("reset_fail", "Disk write failed, next=1"))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
	if *i.LatestOperationState != "FAILED" || *i.LatestOperationErrorMsg != "Disk write failed" ||
		*i.ImageId != fakecvm.ImageUbuntu20 {
		t.Errorf("%s %q %s", *i.LatestOperationState, *i.LatestOperationErrorMsg, *i.ImageId)
	}
	in := cvm.NewCreateImageRequest()
	in.InstanceId, in.ImageName = common.StringPtr(fakecvm.Web01), common.StringPtr("too-late")
	_, err = r.cvm(fakecvm.Guangzhou).CreateImage(in)
	r.wantCode(err, "UnsupportedOperation.InstanceReinstallFailed")
	if err := r.Operate(fakecvm.Web01, "StartInstances"); err == nil ||
		!strings.Contains(err.Error(), "InstanceReinstallFailed") {
		t.Errorf("StartInstances: %v", err)
	}
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	if i := r.instance(fakecvm.Web01); i.Latest.State != "SUCCESS" || i.ReinstallFailed || i.State != "RUNNING" {
		t.Errorf("after the second reset: %+v", i)
	}
}

func TestLoginsAreAppliedWhenTheResetIsDone(t *testing.T) {
	r := newRig(t)
	in := resetTo(fakecvm.Web01, fakecvm.ImageUbuntu20)
	in.LoginSettings = &cvm.LoginSettings{KeyIds: common.StringPtrs([]string{fakecvm.KeyOnCall})}
	_, err := r.cvm(fakecvm.Guangzhou).ResetInstance(in)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); len(i.LoginSettings.KeyIds) != 1 ||
		*i.LoginSettings.KeyIds[0] != fakecvm.KeyOnCall {
		t.Errorf("keys: %v", i.LoginSettings.KeyIds)
	}
	in = resetTo(fakecvm.Web01, fakecvm.ImageUbuntu20)
	in.LoginSettings = &cvm.LoginSettings{Password: common.StringPtr("correct-horse7")}
	_, err = r.cvm(fakecvm.Guangzhou).ResetInstance(in)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	if i := r.instance(fakecvm.Web01); i.Login != fakecvm.LoginPassword || i.Password != "correct-horse7" ||
		len(i.KeyIDs) != 0 {
		t.Errorf("login %s, %v", i.Login, i.KeyIDs)
	}
}

func TestSomeoneAtTheConsoleReplacesTheLatestOperation(t *testing.T) {
	r := newRig(t)
	id, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	if err := r.Operate(fakecvm.Web01, "RebootInstances"); err == nil ||
		!strings.Contains(err.Error(), "InstanceOperationInProgress") {
		t.Errorf("a reboot meanwhile: %v", err)
	}
	r.must(r.Operate(fakecvm.Web01, "ModifyInstancesAttribute"))
	r.advance(fakecvm.ResetTakes)
	i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
	if *i.LatestOperation != "ModifyInstancesAttribute.InstanceName" || *i.LatestOperationRequestId == id ||
		*i.ImageId != fakecvm.ImageUbuntu22 {
		t.Errorf("%s %s %s", *i.LatestOperation, *i.LatestOperationState, *i.ImageId)
	}
	r.must(r.Operate(fakecvm.Web01, "RebootInstances"))
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.InstanceState != "REBOOTING" ||
		*i.LatestOperationState != "OPERATING" {
		t.Errorf("rebooting: %s %s", *i.InstanceState, *i.LatestOperationState)
	}
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.wantCode(err, "OperationDenied.InstanceOperationInProgress")
	r.advance(fakecvm.ConsoleTakes)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.InstanceState != "RUNNING" ||
		*i.LatestOperationState != "SUCCESS" {
		t.Errorf("rebooted: %s %s", *i.InstanceState, *i.LatestOperationState)
	}
	if err := r.Operate(fakecvm.Web01, "Explode"); err == nil || !strings.Contains(err.Error(), "RebootInstances") {
		t.Errorf("an unknown action: %v", err)
	}
}

func TestTheConsoleCanStopTerminateAndReinstall(t *testing.T) {
	r := newRig(t)
	r.must(r.Operate(fakecvm.Web01, "StopInstances"))
	r.advance(fakecvm.ConsoleTakes)
	if i := r.instance(fakecvm.Web01); i.State != "STOPPED" || i.StopChargingMode != "KEEP_CHARGING" {
		t.Errorf("stopped: %s %s", i.State, i.StopChargingMode)
	}
	r.must(r.Operate(fakecvm.Web02, "ResetInstance"))
	if i := r.instance(fakecvm.Web02); i.Latest.Name != "ResetInstance" || r.Resets(fakecvm.Web02) != 0 {
		t.Errorf("console reset: %+v, counted %d", i.Latest, r.Resets(fakecvm.Web02))
	}
	if err := r.Operate(fakecvm.Proof01, "TerminateInstances"); err == nil {
		t.Error("a protected instance can be terminated")
	}
	r.must(r.Operate(fakecvm.NoBackup01, "TerminateInstances"))
	r.advance(fakecvm.ConsoleTakes)
	if _, there := r.Instance(fakecvm.NoBackup01); there {
		t.Error("the terminated instance is still there")
	}
}

func TestThePriceIsOfTheResultingConfiguration(t *testing.T) {
	r := newRig(t)
	price := func(size int64) *cvm.ItemPrice {
		in := cvm.NewInquiryPriceResetInstanceRequest()
		in.InstanceId, in.ImageId = common.StringPtr(fakecvm.Web01), common.StringPtr(fakecvm.ImageUbuntu20)
		in.SystemDisk = &cvm.SystemDisk{DiskSize: &size}
		out, err := r.cvm(fakecvm.Guangzhou).InquiryPriceResetInstance(in)
		r.must(err)
		return out.Response.Price.InstancePrice
	}
	small, big := price(50), price(100)
	if *small.UnitPrice <= 0 || *big.UnitPrice <= *small.UnitPrice || *small.ChargeUnit != "HOUR" ||
		*small.Discount != 100 || small.OriginalPrice != nil {
		t.Errorf("50 GB %v, 100 GB %v", *small.UnitPrice, *big.UnitPrice)
	}
	r.must(r.Switch("price_factor", "3"))
	if got := *price(50).UnitPrice; got < 2.99**small.UnitPrice || got > 3.01**small.UnitPrice {
		t.Errorf("times three: %v of %v", got, *small.UnitPrice)
	}
	in := cvm.NewInquiryPriceResetInstanceRequest()
	in.InstanceId = common.StringPtr(fakecvm.Prepaid01)
	out, err := r.cvm(fakecvm.Guangzhou).InquiryPriceResetInstance(in)
	r.must(err)
	if p := out.Response.Price.InstancePrice; p.UnitPrice != nil || *p.DiscountPrice >= *p.OriginalPrice {
		t.Errorf("prepaid: %+v", p)
	}
	for instance, want := range map[string]string{
		fakecvm.Spot01:     "InvalidInstance.NotSupported",
		fakecvm.NoCharge01: "",
	} {
		in := cvm.NewInquiryPriceResetInstanceRequest()
		in.InstanceId = common.StringPtr(instance)
		_, err := r.cvm(fakecvm.Guangzhou).InquiryPriceResetInstance(in)
		r.wantCode(err, want)
	}
}

func TestAPriceIsRefusedOnlyWithCodesThatItsCallDocuments(t *testing.T) {
	r := newRig(t)
	for _, one := range []struct{ instance, image, want string }{
		{fakecvm.Web01, fakecvm.ImageCreating, "InvalidParameterValue.InvalidImageIdForRetsetInstance"},
		{fakecvm.WinSmall, fakecvm.ImageWindows19, "InvalidParameterValue.InvalidImageIdForRetsetInstance"},
		{fakecvm.OldLocal, fakecvm.ImageWindows12, "UnsupportedOperation.RawLocalDiskInsReinstalltoQcow2"},
		{fakecvm.Web01, fakecvm.ImageBYOL, "UnsupportedOperation.InvalidImageLicenseTypeForReset"},
		{fakecvm.Win01, fakecvm.ImageWindows22, ""},
		{fakecvm.LocalSSD, fakecvm.ImageWindows19, "InvalidInstance.NotSupported"},
		{fakecvm.LocalSSD, fakecvm.ImageUbuntu22, ""},
	} {
		in := cvm.NewInquiryPriceResetInstanceRequest()
		in.InstanceId, in.ImageId = common.StringPtr(one.instance), common.StringPtr(one.image)
		_, err := r.cvm(fakecvm.Guangzhou).InquiryPriceResetInstance(in)
		r.wantCode(err, one.want)
	}
}

func TestTheTimesOfTheTakenResetsAreOfTheRealClock(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("clock_skew", "1m"))
	r.must(r.Switch("reset_error", "InternalServerError next=1"))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.wantCode(err, "InternalServerError")
	if at := r.ResetsAt(fakecvm.Web01); len(at) != 0 {
		t.Errorf("a refused one was taken at %s", at)
	}
	r.clock.Add(3 * time.Second)
	taken := r.clock.Now()
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	r.clock.Add(time.Second)
	if at := r.ResetsAt(fakecvm.Web01); len(at) != 1 || !at[0].Equal(taken) {
		t.Errorf("taken at %s, not %s", at, taken)
	}
}
