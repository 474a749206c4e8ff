package fakecvm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/fakecvm"
)

// images lists images through the API.
func (r *rig) images(change func(*cvm.DescribeImagesRequest)) ([]*cvm.Image, error) {
	in := cvm.NewDescribeImagesRequest()
	in.Limit = common.Uint64Ptr(100)
	change(in)
	out, err := r.cvm(fakecvm.Guangzhou).DescribeImages(in)
	if err != nil {
		return nil, err
	}
	return out.Response.ImageSet, nil
}

func (r *rig) image(id string) *cvm.Image {
	r.t.Helper()
	all, err := r.images(func(in *cvm.DescribeImagesRequest) { in.ImageIds = common.StringPtrs([]string{id}) })
	r.must(err)
	if len(all) != 1 {
		r.t.Fatalf("%d images %s, want 1", len(all), id)
	}
	return all[0]
}

func createImage(instance, name string) *cvm.CreateImageRequest {
	in := cvm.NewCreateImageRequest()
	in.InstanceId, in.ImageName = &instance, &name
	return in
}

func TestImagesAreFoundByFilterAndInstanceType(t *testing.T) {
	r := newRig(t)
	for name, one := range map[string]struct {
		change func(*cvm.DescribeImagesRequest)
		n      int
		want   string
	}{
		"type": {func(in *cvm.DescribeImagesRequest) {
			in.Filters = []*cvm.Filter{cvmFilter("image-type", "SHARED_IMAGE")}
		}, 1, ""},
		"name": {
			func(in *cvm.DescribeImagesRequest) { in.Filters = []*cvm.Filter{cvmFilter("image-name", "golden-w")} }, 1,
			"",
		},
		"platform, any case": {func(in *cvm.DescribeImagesRequest) {
			in.Filters = []*cvm.Filter{cvmFilter("platform", "windows"), cvmFilter("image-type", "PUBLIC_IMAGE")}
		}, 4, ""},
		"fits ARM": {func(in *cvm.DescribeImagesRequest) { in.InstanceType = common.StringPtr("SR1.MEDIUM4") }, 1, ""},
		"unknown": {
			func(in *cvm.DescribeImagesRequest) { in.ImageIds = common.StringPtrs([]string{"img-zzzzzzzz"}) }, 0,
			"",
		},
		"a stranger's": {
			func(in *cvm.DescribeImagesRequest) { in.ImageIds = common.StringPtrs([]string{fakecvm.ImageForeign}) },
			0, "",
		},
		"malformed": {
			func(in *cvm.DescribeImagesRequest) { in.ImageIds = common.StringPtrs([]string{"ubuntu"}) }, 0,
			"InvalidImageId.Malformed",
		},
		"malformed type": {
			func(in *cvm.DescribeImagesRequest) { in.InstanceType = common.StringPtr("big one") }, 0,
			"InvalidInstanceType.Malformed",
		},
		"ids and filters": {func(in *cvm.DescribeImagesRequest) {
			in.ImageIds, in.Filters = common.StringPtrs([]string{fakecvm.ImageGolden}),
				[]*cvm.Filter{cvmFilter("platform",
					"Ubuntu")}
		}, 0, "InvalidParameter.InvalidParameterCoexistImageIdsFilters"},
		"page of 101": {
			func(in *cvm.DescribeImagesRequest) { in.Limit = common.Uint64Ptr(101) }, 0,
			"InvalidParameterValue.InvalidParameterValueLimit",
		},
	} {
		got, err := r.images(one.change)
		if code(err) != one.want || len(got) != one.n {
			t.Errorf("%s: %d images, %v; want %d, %q", name, len(got), err, one.n, one.want)
		}
	}
}

func TestAnImageIsMadeOfARunningInstance(t *testing.T) {
	r := newRig(t)
	out, err := r.cvm(fakecvm.Guangzhou).CreateImage(createImage(fakecvm.NoBackup01, "twokey-7k3q"))
	r.must(err)
	id := *out.Response.ImageId
	if i := r.image(id); *i.ImageState != "CREATING" || *i.ImageType != "PRIVATE_IMAGE" {
		t.Errorf("at once: %s", *i.ImageState)
	}
	r.advance(fakecvm.ImageTakes / 2)
	if i := r.image(id); i.SyncPercent == nil || *i.SyncPercent < 40 || *i.SyncPercent > 60 {
		t.Errorf("half way: %v", i.SyncPercent)
	}
	if i := r.describe(fakecvm.Guangzhou,
		fakecvm.NoBackup01); *i.LatestOperation != "CreateImage" || *i.LatestOperationState != "OPERATING" ||
		*i.LatestOperationRequestId != *out.Response.RequestId || *i.InstanceState != "RUNNING" {
		t.Errorf("half way the instance reads %s %s %s", *i.LatestOperation, *i.LatestOperationState, *i.InstanceState)
	}
	_, err = r.reset(fakecvm.NoBackup01, fakecvm.ImageUbuntu22)
	r.wantCode(err, "OperationDenied.InstanceOperationInProgress")
	r.advance(fakecvm.ImageTakes / 2)
	i := r.image(id)
	if *i.ImageState != "NORMAL" || len(i.SnapshotSet) != 1 || !strings.HasSuffix(*i.CreatedTime, "Z") ||
		*i.ImageName != "twokey-7k3q" {
		t.Errorf("done: %s, %d snapshots", *i.ImageState, len(i.SnapshotSet))
	}
	all := r.snapshotsOf(r.instance(fakecvm.NoBackup01).SystemDisk.ID)
	if len(all) != 1 || len(all[0].Images) != 1 || *all[0].Images[0].ImageId != id {
		t.Errorf("the snapshot below does not name the image: %v", all)
	}
	if i := r.describe(fakecvm.Guangzhou, fakecvm.NoBackup01); *i.LatestOperationState != "SUCCESS" {
		t.Errorf("afterwards the instance reads %s", *i.LatestOperationState)
	}
	_, err = r.reset(fakecvm.NoBackup01, id)
	r.must(err)
}

func TestForcePoweroffStopsTheInstanceForItsImage(t *testing.T) {
	r := newRig(t)
	in := createImage(fakecvm.Web01, "stopped")
	in.ForcePoweroff = common.StringPtr("TRUE")
	_, err := r.cvm(fakecvm.Guangzhou).CreateImage(in)
	r.must(err)
	r.advance(fakecvm.ImageTakes / 2)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.InstanceState != "STOPPED" {
		t.Errorf("half way: %s", *i.InstanceState)
	}
	r.advance(fakecvm.ImageTakes / 2)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.InstanceState != "RUNNING" {
		t.Errorf("done: %s", *i.InstanceState)
	}
}

func TestAnImageNameIsTakenOnlyOnce(t *testing.T) {
	r := newRig(t)
	client := r.cvm(fakecvm.Guangzhou)
	_, err := client.CreateImage(createImage(fakecvm.Web01, "twokey-7k3q"))
	r.must(err)
	_, err = client.CreateImage(createImage(fakecvm.Web02, "twokey-7k3q"))
	r.wantCode(err, "InvalidImageName.Duplicate")
	_, err = r.cvm(fakecvm.Hongkong).CreateImage(createImage(fakecvm.HK01, "twokey-7k3q"))
	r.must(err)
}

func TestImagesAreRefusedWhereThereCanBeNone(t *testing.T) {
	r := newRig(t)
	web := r.instance(fakecvm.Web01)
	snapshot := *r.snapshotsOf(web.SystemDisk.ID)[0].SnapshotId
	for name, one := range map[string]struct {
		change func(*cvm.CreateImageRequest)
		want   string
	}{
		"no name": {func(in *cvm.CreateImageRequest) { in.ImageName = nil }, "MissingParameter"},
		"61 letters": {func(in *cvm.CreateImageRequest) {
			in.ImageName = common.StringPtr(strings.Repeat("镜",
				61))
		}, "InvalidParameterValue.TooLarge"},
		"60 letters": {func(in *cvm.CreateImageRequest) {
			in.ImageName = common.StringPtr(strings.Repeat("镜",
				60))
		}, "DryRunOperation"},
		"long description": {func(in *cvm.CreateImageRequest) {
			in.ImageDescription = common.StringPtr(strings.Repeat("d",
				257))
		}, "InvalidParameterValue.TooLarge"},
		"no source": {
			func(in *cvm.CreateImageRequest) { in.InstanceId = nil },
			"InvalidParameter.SpecifyOneParameter",
		},
		"two sources": {
			func(in *cvm.CreateImageRequest) { in.SnapshotIds = common.StringPtrs([]string{snapshot}) },
			"InvalidParameterConflict",
		},
		"poweroff, perhaps": {
			func(in *cvm.CreateImageRequest) { in.ForcePoweroff = common.StringPtr("SOFT") },
			"InvalidParameterValue",
		},
		"sysprep": {
			func(in *cvm.CreateImageRequest) { in.Sysprep = common.StringPtr("false") },
			"DryRunOperation",
		},
		"sysprep, perhaps": {
			func(in *cvm.CreateImageRequest) { in.Sysprep = common.StringPtr("0") },
			"InvalidParameterValue",
		},
		"unknown instance": {
			func(in *cvm.CreateImageRequest) { in.InstanceId = common.StringPtr("ins-zzzzzzzz") },
			"InvalidInstanceId.NotFound",
		},
		"stopped without charge": {
			func(in *cvm.CreateImageRequest) { in.InstanceId = common.StringPtr(fakecvm.NoCharge01) },
			"UnsupportedOperation.StoppedModeStopCharging",
		},
		"its data disk": {func(in *cvm.CreateImageRequest) { in.DataDiskIds = common.StringPtrs([]string{web.DataDisks[0].ID}) }, "DryRunOperation"},
		"its system disk as data": {
			func(in *cvm.CreateImageRequest) { in.DataDiskIds = common.StringPtrs([]string{web.SystemDisk.ID}) },
			"InvalidParameter.DataDiskIdContainsRootDisk",
		},
		"another's data disk": {func(in *cvm.CreateImageRequest) {
			in.DataDiskIds = common.StringPtrs([]string{r.instance(fakecvm.Web02).DataDisks[0].ID})
		}, "InvalidParameter.DataDiskNotBelongSpecifiedInstance"},
		"from a snapshot": {func(in *cvm.CreateImageRequest) {
			in.InstanceId, in.SnapshotIds = nil, common.StringPtrs([]string{snapshot})
		}, "DryRunOperation"},
		"from no snapshot": {func(in *cvm.CreateImageRequest) {
			in.InstanceId, in.SnapshotIds = nil, common.StringPtrs([]string{"snap-zzzzzzzz"})
		}, "InvalidParameter.SnapshotNotFound"},
		"tags": {func(in *cvm.CreateImageRequest) {
			in.TagSpecification = []*cvm.TagSpecification{{
				ResourceType: common.StringPtr("image"),
				Tags:         []*cvm.Tag{{Key: common.StringPtr("by"), Value: common.StringPtr("twokey")}},
			}}
		}, "DryRunOperation"},
	} {
		in := createImage(fakecvm.Web01, "trial")
		in.DryRun = common.BoolPtr(true)
		one.change(in)
		_, err := r.cvm(fakecvm.Guangzhou).CreateImage(in)
		if got := code(err); got != one.want {
			t.Errorf("%s: %q, want %q", name, got, one.want)
		}
	}
	if i := r.instance(fakecvm.Web01); i.Latest.Name == "CreateImage" {
		t.Errorf("a dry run left %s", i.Latest.Name)
	}
}

func TestAnImageFromASnapshotNeedsNoInstance(t *testing.T) {
	r := newRig(t)
	in := cvm.NewCreateImageRequest()
	in.ImageName = common.StringPtr("of-snapshot")
	in.SnapshotIds = []*string{r.snapshotsOf(r.instance(fakecvm.Web01).SystemDisk.ID)[0].SnapshotId}
	out, err := r.cvm(fakecvm.Guangzhou).CreateImage(in)
	r.must(err)
	r.advance(fakecvm.ImageTakes)
	if i := r.image(*out.Response.ImageId); *i.ImageState != "NORMAL" || *i.Platform != "Ubuntu" {
		t.Errorf("%s %s", *i.ImageState, *i.Platform)
	}
	if i := r.instance(fakecvm.Web01); i.Latest.Name == "CreateImage" {
		t.Errorf("the instance was operated on: %s", i.Latest.Name)
	}
}

func TestTheImageQuotaIsALimit(t *testing.T) {
	r := newRig(t)
	out, err := r.cvm(fakecvm.Guangzhou).DescribeImageQuota(cvm.NewDescribeImageQuotaRequest())
	r.must(err)
	if *out.Response.ImageNumQuota != 500 {
		t.Errorf("quota %d, want 500", *out.Response.ImageNumQuota)
	}
	own, err := r.images(func(in *cvm.DescribeImagesRequest) {
		in.Filters = []*cvm.Filter{cvmFilter("image-type", "PRIVATE_IMAGE")}
	})
	r.must(err)
	r.must(r.Switch("image_quota", fmt.Sprint(len(own))))
	_, err = r.cvm(fakecvm.Guangzhou).CreateImage(createImage(fakecvm.Web01, "one-more"))
	r.wantCode(err, "ImageQuotaLimitExceeded")
}

func TestAFailedImageIsNoBackup(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("image_fail", "next=1"))
	out, err := r.cvm(fakecvm.Guangzhou).CreateImage(createImage(fakecvm.NoBackup01, "doomed"))
	r.must(err)
	r.advance(fakecvm.ImageTakes)
	if i := r.image(*out.Response.ImageId); *i.ImageState != "CREATEFAILED" {
		t.Errorf("image %s", *i.ImageState)
	}
	if i := r.describe(fakecvm.Guangzhou, fakecvm.NoBackup01); *i.LatestOperationState != "FAILED" ||
		i.LatestOperationErrorMsg == nil {
		t.Errorf("operation %s", *i.LatestOperationState)
	}
	if n := len(r.snapshotsOf(r.instance(fakecvm.NoBackup01).SystemDisk.ID)); n != 0 {
		t.Errorf("%d snapshots remain", n)
	}
}

func TestAnImageOfALocalDiskHasNoSnapshots(t *testing.T) {
	r := newRig(t)
	out, err := r.cvm(fakecvm.Guangzhou).CreateImage(createImage(fakecvm.LocalSSD, "local"))
	r.must(err)
	r.advance(fakecvm.ImageTakes)
	if i := r.image(*out.Response.ImageId); len(i.SnapshotSet) != 0 || *i.ImageState != "NORMAL" {
		t.Errorf("%d snapshots, %s", len(i.SnapshotSet), *i.ImageState)
	}
}

func TestADeletedImageIsGoneAndItsInstancesStillNameIt(t *testing.T) {
	r := newRig(t)
	r.RemoveImage(fakecvm.ImageUbuntu20, fakecvm.Guangzhou)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.ImageId != fakecvm.ImageUbuntu20 {
		t.Errorf("image %s", *i.ImageId)
	}
	in := cvm.NewResetInstanceRequest()
	in.InstanceId = common.StringPtr(fakecvm.Web01)
	_, err := r.cvm(fakecvm.Guangzhou).ResetInstance(in)
	r.wantCode(err, "InvalidImageId.NotFound")
	r.AddImage(fakecvm.Image{
		ID: fakecvm.ImageUbuntu20, Region: fakecvm.Guangzhou, Type: "PUBLIC_IMAGE", State: "NORMAL", Platform: "Ubuntu",
		Architecture: "x86_64", LicenseType: "TencentCloud", SizeGB: 20, Created: r.clock.Now().Add(-time.Hour),
	})
	_, err = r.cvm(fakecvm.Guangzhou).ResetInstance(in)
	r.must(err)
}

func TestKeyPairsAreRegional(t *testing.T) {
	r := newRig(t)
	in := cvm.NewDescribeKeyPairsRequest()
	in.KeyIds = common.StringPtrs([]string{fakecvm.KeyAlice, fakecvm.KeySingapore})
	out, err := r.cvm(fakecvm.Guangzhou).DescribeKeyPairs(in)
	r.must(err)
	if *out.Response.TotalCount != 1 || *out.Response.KeyPairSet[0].KeyName != "alice" ||
		out.Response.KeyPairSet[0].PrivateKey != nil {
		t.Errorf("%d key pairs", *out.Response.TotalCount)
	}
	named := cvm.NewDescribeKeyPairsRequest()
	named.Filters = []*cvm.Filter{cvmFilter("key-name", "on-call")}
	out, err = r.cvm(fakecvm.Guangzhou).DescribeKeyPairs(named)
	r.must(err)
	if *out.Response.TotalCount != 1 {
		t.Errorf("%d key pairs of that name", *out.Response.TotalCount)
	}
}

func TestRegionsAreListed(t *testing.T) {
	r := newRig(t)
	out, err := r.cvm("").DescribeRegions(cvm.NewDescribeRegionsRequest())
	r.must(err)
	found := 0
	for _, one := range out.Response.RegionSet {
		if strings.Contains("ap-guangzhou ap-hongkong ap-singapore", *one.Region) && *one.RegionState == "AVAILABLE" {
			found++
		}
	}
	if found != 3 {
		t.Errorf("%d of the fleet's three regions are listed", found)
	}
}
