package fakecvm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/fakecvm"
)

func cvmFilter(name string, values ...string) *cvm.Filter {
	return &cvm.Filter{Name: &name, Values: common.StringPtrs(values)}
}

// find lists the ids that DescribeInstances gives for filters.
func (r *rig) find(region string, filters ...*cvm.Filter) ([]string, error) {
	in := cvm.NewDescribeInstancesRequest()
	in.Filters, in.Limit = filters, common.Int64Ptr(100)
	out, err := r.cvm(region).DescribeInstances(in)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, i := range out.Response.InstanceSet {
		ids = append(ids, *i.InstanceId)
	}
	return ids, nil
}

func TestAnInstanceIsSeenOnlyInItsOwnRegion(t *testing.T) {
	r := newRig(t)
	for region, want := range map[string][]string{
		fakecvm.Hongkong:  {fakecvm.HK01, fakecvm.HKWindows01},
		fakecvm.Singapore: {fakecvm.SG01},
		"ap-tokyo":        {},
	} {
		got, err := r.find(region)
		r.must(err)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", region, d)
		}
	}
}

func TestUnknownIDsAreMissingAndMalformedOnesRefused(t *testing.T) {
	r := newRig(t)
	in := cvm.NewDescribeInstancesRequest()
	in.InstanceIds = common.StringPtrs([]string{fakecvm.Web01, "ins-zzzzzzzz", fakecvm.HK01})
	out, err := r.cvm(fakecvm.Guangzhou).DescribeInstances(in)
	r.must(err)
	if *out.Response.TotalCount != 1 || *out.Response.InstanceSet[0].InstanceId != fakecvm.Web01 {
		t.Errorf("%d instances, want web-01 alone", *out.Response.TotalCount)
	}
	in = cvm.NewDescribeInstancesRequest()
	in.InstanceIds = common.StringPtrs([]string{"web-01"})
	_, err = r.cvm(fakecvm.Guangzhou).DescribeInstances(in)
	r.wantCode(err, "InvalidInstanceId.Malformed")
}

func TestFiltersChooseInstances(t *testing.T) {
	r := newRig(t)
	web := r.instance(fakecvm.Web01)
	for name, one := range map[string]struct {
		filters []*cvm.Filter
		want    []string
	}{
		"part of a name": {[]*cvm.Filter{cvmFilter("instance-name", "web-")}, []string{fakecvm.Web01, fakecvm.Web02}},
		"the same name": {
			[]*cvm.Filter{cvmFilter("instance-name", "cache-01")},
			[]string{fakecvm.Cache01A, fakecvm.Cache01B},
		},
		"private address": {[]*cvm.Filter{cvmFilter("private-ip-address", web.PrivateIPs[0])}, []string{fakecvm.Web01}},
		"public address":  {[]*cvm.Filter{cvmFilter("public-ip-address", web.PublicIPs[0])}, []string{fakecvm.Web01}},
		"tag":             {[]*cvm.Filter{cvmFilter("tag:twokey", "protected")}, []string{fakecvm.DB01}},
		"tag key":         {[]*cvm.Filter{cvmFilter("tag-key", "shard")}, []string{fakecvm.Cache01A, fakecvm.Cache01B}},
		"two of one filter": {
			[]*cvm.Filter{cvmFilter("instance-id", fakecvm.Web01, fakecvm.DB01)},
			[]string{fakecvm.Web01, fakecvm.DB01},
		},
		"two filters": {
			[]*cvm.Filter{cvmFilter("instance-name", "web"), cvmFilter("tag:env", "prod")},
			[]string{fakecvm.Web02},
		},
		"zone":               {[]*cvm.Filter{cvmFilter("zone", "ap-guangzhou-1")}, []string{}},
		"nothing by a value": {[]*cvm.Filter{cvmFilter("tag:env", "")}, []string{}},
	} {
		got, err := r.find(fakecvm.Guangzhou, one.filters...)
		r.must(err)
		if d := cmp.Diff(one.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestUnfitFiltersAndPagesAreRefused(t *testing.T) {
	r := newRig(t)
	for name, one := range map[string]struct {
		in   cvm.DescribeInstancesRequest
		want string
	}{
		"unknown filter": {
			cvm.DescribeInstancesRequest{Filters: []*cvm.Filter{cvmFilter("name", "web-01")}},
			"InvalidFilter",
		},
		"six values": {cvm.DescribeInstancesRequest{Filters: []*cvm.Filter{cvmFilter("zone", "1", "2", "3", "4", "5",
			"6")}}, "InvalidFilterValue.LimitExceeded"},
		"no values": {cvm.DescribeInstancesRequest{Filters: []*cvm.Filter{cvmFilter("zone")}}, "InvalidFilter"},
		"eleven filters": {
			cvm.DescribeInstancesRequest{Filters: slices.Repeat([]*cvm.Filter{cvmFilter("zone", "1")}, 11)},
			"InvalidParameterValue.LimitExceeded",
		},
		"ids and filters": {cvm.DescribeInstancesRequest{
			InstanceIds: common.StringPtrs([]string{fakecvm.Web01}), Filters: []*cvm.Filter{cvmFilter("zone", "1")},
		}, "InvalidParameter"},
		"101 ids": {cvm.DescribeInstancesRequest{InstanceIds: common.StringPtrs(slices.Repeat([]string{fakecvm.Web01},
			101))}, "InvalidParameterValue.LimitExceeded"},
		"page of 101": {
			cvm.DescribeInstancesRequest{Limit: common.Int64Ptr(101)},
			"InvalidParameterValue.LimitExceeded",
		},
		"page of none": {
			cvm.DescribeInstancesRequest{Limit: common.Int64Ptr(0)},
			"InvalidParameterValue.LimitExceeded",
		},
		"negative offset": {cvm.DescribeInstancesRequest{Offset: common.Int64Ptr(-1)}, "InvalidParameterValue"},
	} {
		in := cvm.NewDescribeInstancesRequest()
		in.InstanceIds, in.Filters, in.Limit, in.Offset = one.in.InstanceIds, one.in.Filters, one.in.Limit,
			one.in.Offset
		_, err := r.cvm(fakecvm.Guangzhou).DescribeInstances(in)
		if got := code(err); got != one.want {
			t.Errorf("%s: %q, want %q", name, got, one.want)
		}
	}
}

func TestPagesAddUpToTheWhole(t *testing.T) {
	r := newRig(t)
	for n := range 30 {
		r.must(r.AddInstance(fakecvm.Instance{ID: fmt.Sprintf("ins-many%04d", n), Name: "many", Region: "ap-tokyo"}))
	}
	seen := map[string]bool{}
	for offset := int64(0); offset < 40; offset += 20 {
		in := cvm.NewDescribeInstancesRequest()
		in.Offset = &offset
		out, err := r.cvm("ap-tokyo").DescribeInstances(in)
		r.must(err)
		if *out.Response.TotalCount != 30 {
			t.Errorf("total %d, want 30", *out.Response.TotalCount)
		}
		for _, i := range out.Response.InstanceSet {
			seen[*i.InstanceId] = true
		}
	}
	if len(seen) != 30 {
		t.Errorf("two pages of the usual size hold %d instances, want 30", len(seen))
	}
	if err := r.AddInstance(fakecvm.Instance{ID: fakecvm.Web01}); err == nil {
		t.Error("an id was added twice")
	}
}

func TestTheSampleFleetHasATypicalMachineForEachRule(t *testing.T) {
	r := newRig(t)
	windows := r.describe(fakecvm.Guangzhou, fakecvm.Win01)
	if *windows.DefaultLoginUser != "Administrator" || *windows.DefaultLoginPort != 3389 ||
		*windows.LicenseType != "TencentCloud" {
		t.Errorf("win-01 logs in as %s:%d", *windows.DefaultLoginUser, *windows.DefaultLoginPort)
	}
	prepaid := r.describe(fakecvm.Guangzhou, fakecvm.Prepaid01)
	if prepaid.ExpiredTime == nil || !strings.HasSuffix(*prepaid.ExpiredTime, "Z") || prepaid.RenewFlag == nil {
		t.Error("prepaid-01 has no end")
	}
	if hourly := r.describe(fakecvm.Guangzhou, fakecvm.Web01); hourly.ExpiredTime != nil || hourly.RenewFlag != nil {
		t.Error("web-01 pays by the hour and has an end")
	}
	if !*r.describe(fakecvm.Guangzhou, fakecvm.Proof01).DisableApiTermination {
		t.Error("proof-01 can be terminated")
	}
	disks := map[string]bool{}
	for _, i := range r.Instances() {
		for _, d := range append([]fakecvm.Disk{i.SystemDisk}, i.DataDisks...) {
			if disks[d.ID] || d.ID == "" {
				t.Errorf("%s: disk %q is there twice", i.Name, d.ID)
			}
			disks[d.ID] = true
		}
		if i.OSName == "" || len(i.PrivateIPs) == 0 {
			t.Errorf("%s lacks a system or an address", i.Name)
		}
	}
}
