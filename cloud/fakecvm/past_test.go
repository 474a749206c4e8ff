package fakecvm_test

import (
	"strings"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
)

func TestAThirdOfTheFleetHasNoRecordOfAnOperation(t *testing.T) {
	r := newRig(t)
	all, null := r.Instances(), 0
	for _, i := range all {
		switch {
		case i.Latest.Name == "RunInstances":
			t.Errorf("%s shows RunInstances, which was never seen there", i.Name)
		case i.Latest == fakecvm.Operation{}:
			null++
		case i.Latest.State != "SUCCESS" || i.Latest.RequestID == "":
			t.Errorf("%s: half a record: %+v", i.Name, i.Latest)
		}
	}
	if share := float64(null) / float64(len(all)); share < 0.25 || share > 0.5 {
		t.Errorf("%d of %d have none", null, len(all))
	}
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web02); i.LatestOperation != nil || i.LatestOperationState != nil ||
		i.LatestOperationRequestId != nil {
		t.Error("web-02 tells an operation")
	}
}

// As recorded: 11 s after StopInstances the record said SUCCESS, and the machine
// was still STOPPING; and the other way round.
func TestStateAndRecordLieApart(t *testing.T) {
	for _, c := range []struct{ lag, atEnd, later string }{
		{"11s", "STOPPING SUCCESS", "STOPPED SUCCESS"},
		{"-11s", "STOPPED OPERATING", "STOPPED SUCCESS"},
		{"0s", "STOPPED SUCCESS", "STOPPED SUCCESS"},
	} {
		r := newRig(t)
		r.must(r.Switch("state_lag", c.lag))
		r.must(r.Operate(fakecvm.Web01, "StopInstances"))
		shown := func() string {
			i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
			return *i.InstanceState + " " + *i.LatestOperationState
		}
		r.advance(fakecvm.ConsoleTakes)
		if got := shown(); got != c.atEnd {
			t.Errorf("lag %s: at the end %s", c.lag, got)
		}
		r.advance(fakecvm.StateLag - time.Millisecond)
		if got := shown(); got != c.atEnd {
			t.Errorf("lag %s: just before it is over %s", c.lag, got)
		}
		r.advance(time.Millisecond)
		if got := shown(); got != c.later {
			t.Errorf("lag %s: after it %s", c.lag, got)
		}
		if i := r.instance(fakecvm.Web01); i.State != "STOPPED" || i.Latest.State != "SUCCESS" {
			t.Errorf("lag %s: the truth is %s %s", c.lag, i.State, i.Latest.State)
		}
	}
}

func TestSomeOperationsLagByThemselvesAndAlwaysTheSame(t *testing.T) {
	seen := map[string]int{}
	once := func() (all []string) {
		r := newRig(t)
		for range 100 {
			r.must(r.Operate(fakecvm.Web01, "RebootInstances"))
			r.advance(fakecvm.ConsoleTakes)
			i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
			all = append(all, *i.InstanceState+" "+*i.LatestOperationState)
			r.advance(time.Minute)
		}
		return all
	}
	first, second := once(), once()
	for n := range first {
		if first[n] != second[n] {
			t.Errorf("operation %d: %s, and then %s", n, first[n], second[n])
		}
		seen[first[n]]++
	}
	if seen["RUNNING SUCCESS"] < 70 || seen["REBOOTING SUCCESS"] == 0 || seen["RUNNING OPERATING"] == 0 {
		t.Errorf("of 100 operations: %v", seen)
	}
}

func TestADenialNamesActionAndResourceFarBehind(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("error:ResetInstance", "UnauthorizedOperation"))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.wantCode(err, "UnauthorizedOperation")
	at := strings.Index(err.Error(),
		"(cvm:ResetInstance)\nresource (qcs::cvm:ap-guangzhou:uin/100000000001:instance/ins-1a2b3c4d) has no "+
			"permission")
	if at < 190 {
		t.Errorf("at %d: %v", at, err)
	}
	r.must(r.Switch("error:ResetInstance", "off"))
	r.must(r.Switch("cam_down", "ResetInstance DescribeImages next=1"))
	if _, err := r.find(fakecvm.Guangzhou); err != nil {
		t.Errorf("a call that was not named: %v", err)
	}
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.wantCode(err, "UnauthorizedOperation.PermissionDenied")
	if !strings.Contains(err.Error(), "send request err") || r.Resets(fakecvm.Web01) != 0 {
		t.Errorf("%v", err)
	}
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
}
