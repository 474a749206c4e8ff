package fakecvm_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/fakecvm"
)

// once sends one reset over a connection of its own, following no redirect.
func (r *rig) once(ctx context.Context) (*http.Response, error) {
	r.t.Helper()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	body := `{"InstanceId":"` + fakecvm.Web01 + `","ImageId":"` + fakecvm.ImageUbuntu20 + `"}`
	return client.Do(goodRaw("ResetInstance", body).request(r.t, r.url).WithContext(ctx))
}

func TestAnAnswerIsHeldUntilItIsLetGo(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("hold:ResetInstance", "next=1"))
	done := make(chan error, 1)
	go func() {
		_, err := r.cvm(fakecvm.Guangzhou).ResetInstance(resetTo(fakecvm.Web01, fakecvm.ImageUbuntu20))
		done <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r.must(r.WaitFor(ctx, func() bool { return len(r.Requests()) > 0 }))
	if last := r.Requests()[0]; last.Fate != "hold:ResetInstance" || !last.Executed {
		t.Errorf("the log says %+v", last)
	}
	select {
	case err := <-done:
		t.Fatalf("it was answered: %v", err)
	default:
	}
	r.must(r.Switch("hold:ResetInstance", "off"))
	if err := <-done; err != nil || r.Resets(fakecvm.Web01) != 1 {
		t.Errorf("%d resets; %v", r.Resets(fakecvm.Web01), err)
	}
}

func TestASlowAnswerTakesItsTime(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("slow:ResetInstance", "300ms next=1"))
	began := time.Now()
	if _, err := r.cvm(fakecvm.Guangzhou).ResetInstance(resetTo(fakecvm.Web01, fakecvm.ImageUbuntu20)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("it took %s", took)
	}
}

func TestTheAnswerOfAResetIsLostInManyWays(t *testing.T) {
	for _, one := range []struct {
		name     string
		executed bool
		code     string // that the SDK makes of it; "nil" for no error
	}{
		{"reset_drop_before", false, "ClientError.NetworkError"},
		{"reset_drop_after", true, "ClientError.NetworkError"},
		{"drop:ResetInstance", true, "ClientError.NetworkError"},
		{"reset_slow_body", true, "ClientError.ParseJsonError"},
		{"reset_html_502", false, "ClientError.ParseJsonError"},
		{"reset_html_502_after", true, "ClientError.ParseJsonError"},
		{"reset_empty", true, "nil"},
		{"reset_no_request_id", true, "nil"},
	} {
		t.Run(one.name, func(t *testing.T) {
			r := newRig(t)
			r.must(r.Switch(one.name, "next=1"))
			out, err := r.cvm(fakecvm.Guangzhou).ResetInstance(resetTo(fakecvm.Web01, fakecvm.ImageUbuntu20))
			switch {
			case one.code != "nil":
				r.wantCode(err, one.code)
			case err != nil:
				t.Fatal(err)
			case out.Response != nil && out.Response.RequestId != nil:
				t.Errorf("the answer has a request id")
			}
			if got := r.Resets(fakecvm.Web01) == 1; got != one.executed || r.ResetRequests(fakecvm.Web01) != 1 {
				t.Errorf("executed %v, want %v; %d requests", got, one.executed, r.ResetRequests(fakecvm.Web01))
			}
			last := r.Requests()[0]
			if last.Fate != one.name || last.Executed != one.executed || last.Instance != fakecvm.Web01 {
				t.Errorf("the log says %+v", last)
			}
			r.advance(fakecvm.ResetTakes)
			_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
			r.must(err)
		})
	}
}

func TestAHungResetIsExecutedAndEndsWhenTheClientLeaves(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("reset_hang", "next=1"))
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		out, err := r.once(ctx)
		if err == nil {
			_ = out.Body.Close()
		}
		gone <- err
	}()
	r.must(r.WaitFor(t.Context(), func() bool { return r.Resets(fakecvm.Web01) == 1 }))
	select {
	case err := <-gone:
		t.Fatalf("answered: %v", err)
	default:
	}
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the client left and got %v", err)
	}
}

func TestSwitchingAHangOffCutsThoseThatHang(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("reset_hang", "on"))
	gone := make(chan error, 1)
	go func() {
		out, err := r.once(context.Background())
		if err == nil {
			_ = out.Body.Close()
		}
		gone <- err
	}()
	r.must(r.WaitFor(t.Context(), func() bool { return r.Resets(fakecvm.Web01) == 1 }))
	r.must(r.Switch("reset_hang", "off"))
	if err := <-gone; err == nil {
		t.Error("the hung request was answered")
	}
}

func TestAClientThatFollowsARedirectSendsTwice(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("redirect_307", "next=1"))
	out, err := r.once(t.Context())
	r.must(err)
	_ = out.Body.Close()
	if out.StatusCode != http.StatusTemporaryRedirect || r.Resets(fakecvm.Web01) != 0 {
		t.Errorf("%s, %d resets", out.Status, r.Resets(fakecvm.Web01))
	}
	r.must(r.Switch("redirect_307", "next=1"))
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.must(err)
	if r.ResetRequests(fakecvm.Web01) != 3 || r.Resets(fakecvm.Web01) != 1 {
		t.Errorf("the SDK followed: %d requests, %d resets", r.ResetRequests(fakecvm.Web01), r.Resets(fakecvm.Web01))
	}
	r.must(r.Switch("redirect_302", "next=1"))
	_, err = r.cvm(fakecvm.Guangzhou).ResetInstance(resetTo(fakecvm.Web02, fakecvm.ImageUbuntu20))
	if err == nil || r.Resets(fakecvm.Web02) != 0 {
		t.Errorf("302: %v, %d resets", err, r.Resets(fakecvm.Web02))
	}
}

func TestALateResetIsExecutedLongAfterItsConnection(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("reset_late", "30s next=1"))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.wantCode(err, "ClientError.NetworkError")
	r.advance(29 * time.Second)
	if n := r.Resets(fakecvm.Web01); n != 0 {
		t.Errorf("%d resets after 29 s", n)
	}
	r.advance(time.Second)
	if n := r.Resets(fakecvm.Web01); n != 1 {
		t.Errorf("%d resets after 30 s, want 1", n)
	}
	r.advance(fakecvm.ResetTakes)
	if i := r.instance(fakecvm.Web01); i.ImageID != fakecvm.ImageUbuntu22 || i.Latest.State != "SUCCESS" {
		t.Errorf("it ended %+v", i.Latest)
	}
}

func TestErrorsAreSwitchedByCall(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("reset_error", "ResourceInsufficient.CloudDiskSoldOut next=1"))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.wantCode(err, "ResourceInsufficient.CloudDiskSoldOut")
	r.must(r.Switch("describe_error", "on"))
	_, err = r.find(fakecvm.Guangzhou)
	r.wantCode(err, "InternalServerError")
	r.must(r.Switch("describe_error", "off"))
	r.must(r.Switch("error:DescribeImages", "UnauthorizedOperation.PermissionDenied"))
	_, err = r.find(fakecvm.Guangzhou)
	r.must(err)
	_, err = r.images(func(*cvm.DescribeImagesRequest) {})
	r.wantCode(err, "UnauthorizedOperation.PermissionDenied")
	r.must(r.Switch("describe_empty", "next=1"))
	if got := r.send(goodRaw("DescribeRegions", "{}")); string(got.body) != "{}" {
		t.Errorf("empty: %s", got.body)
	}
	r.must(r.Switch("describe_drop", "next=1"))
	_, err = r.find(fakecvm.Guangzhou)
	r.wantCode(err, "ClientError.NetworkError")
}

func TestThrottlingHitsTheNextCallsWhateverTheyAre(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("throttle", "2"))
	_, err := r.find(fakecvm.Guangzhou)
	r.wantCode(err, "RequestLimitExceeded")
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.wantCode(err, "RequestLimitExceeded")
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.must(err)
}

func TestStaleReadsCanLastLonger(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("visible_after", "5m"))
	id, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	r.advance(4 * time.Minute)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.LatestOperation == "ResetInstance" ||
		*i.InstanceState != "RUNNING" {
		t.Errorf("after four minutes: %s %s", *i.LatestOperation, *i.InstanceState)
	}
	r.advance(time.Minute)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.LatestOperationRequestId != id ||
		*i.LatestOperationState != "SUCCESS" {
		t.Errorf("after five: %s %s", *i.LatestOperation, *i.LatestOperationState)
	}
}

func TestStatesCanBeNullForOneInstance(t *testing.T) {
	r := newRig(t)
	r.must(r.SwitchFor(fakecvm.Web01, "describe_null_states", "on"))
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); i.LatestOperation != nil || i.LatestOperationState != nil ||
		i.LatestOperationRequestId != nil {
		t.Error("web-01 tells its latest operation")
	}
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Shop01); i.LatestOperation == nil {
		t.Error("shop-01 tells none")
	}
	r.must(r.SwitchFor(fakecvm.Web01, "describe_null_states", "off"))
	r.must(r.Switch("describe_null_states", "next=1"))
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Shop01); i.LatestOperation != nil {
		t.Error("next=1 did not reach shop-01")
	}
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Shop01); i.LatestOperation == nil {
		t.Error("next=1 lasts")
	}
}

func TestAStuckResetOperatesUntilItIsReleased(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("reset_stuck", "next=1"))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	r.advance(2 * time.Hour)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.LatestOperationState != "OPERATING" ||
		*i.InstanceState != "STOPPED" {
		t.Errorf("stuck: %s %s", *i.LatestOperationState, *i.InstanceState)
	}
	r.must(r.Switch("reset_stuck", "off"))
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.LatestOperationState != "SUCCESS" {
		t.Errorf("released: %s", *i.LatestOperationState)
	}
}

func TestAnotherActorCanHideOurReset(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("overwrite_after", "StopInstances next=1"))
	id, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	for range 3 {
		r.advance(fakecvm.ResetTakes / 2)
		i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
		if *i.LatestOperation != "StopInstances" || *i.LatestOperationRequestId == id {
			t.Errorf("the record is %s", *i.LatestOperation)
		}
	}
	if i := r.instance(fakecvm.Web01); i.ImageID != fakecvm.ImageUbuntu22 || i.State != "RUNNING" {
		t.Errorf("the reset itself did not go on: %s %s", i.ImageID, i.State)
	}
}

func TestTheAnsweredRequestIDMayNotBeTheRecorded(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("reset_other_request_id", "next=1"))
	id, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	if i := r.describe(fakecvm.Guangzhou, fakecvm.Web01); *i.LatestOperationRequestId == id ||
		*i.LatestOperationState != "SUCCESS" {
		t.Errorf("recorded %s, answered %s", *i.LatestOperationRequestId, id)
	}
}

func TestLostImageAnswersAreFoundAgainByName(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("image_drop_after", "next=1"))
	client := r.cvm(fakecvm.Guangzhou)
	_, err := client.CreateImage(createImage(fakecvm.Web01, "twokey-7k3q"))
	r.wantCode(err, "ClientError.NetworkError")
	found, err := r.images(func(in *cvm.DescribeImagesRequest) {
		in.Filters = []*cvm.Filter{cvmFilter("image-name", "twokey-7k3q")}
	})
	r.must(err)
	if len(found) != 1 {
		t.Errorf("%d images of that name, want 1", len(found))
	}
	_, err = client.CreateImage(createImage(fakecvm.Web02, "twokey-7k3q"))
	r.wantCode(err, "InvalidImageName.Duplicate")
	r.must(r.Switch("image_stuck", "on"))
	_, err = client.CreateImage(createImage(fakecvm.Web02, "for-ever"))
	r.must(err)
	r.advance(24 * time.Hour)
	if i := r.instance(fakecvm.Web02); i.Latest.State != "OPERATING" {
		t.Errorf("the stuck image is %s", i.Latest.State)
	}
}

func TestASwitchForOneInstanceLeavesTheOthersAlone(t *testing.T) {
	r := newRig(t)
	r.must(r.SwitchFor(fakecvm.Web01, "reset_error", "InternalServerError"))
	_, err := r.reset(fakecvm.Web02, fakecvm.ImageUbuntu20)
	r.must(err)
	_, err = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.wantCode(err, "InternalServerError")
}

func TestWrongSwitchesAreRefusedWithAHint(t *testing.T) {
	r := newRig(t)
	for _, one := range []struct{ instance, name, value, want string }{
		{"", "reset_explode", "on", "reset_drop_after"},
		{"", "reset_drop_after", "sometimes", "next=N"},
		{"", "visible_after", "soon", "duration"},
		{"", "visible_after", "10s next=1", "level"},
		{"", "price_factor", "double", "number"},
		{"ins-zzzzzzzz", "reset_error", "on", "ins-zzzzzzzz"},
	} {
		if err := r.SwitchFor(one.instance, one.name, one.value); err == nil ||
			!strings.Contains(err.Error(), one.want) {
			t.Errorf("%s=%s: %v, want a hint of %q", one.name, one.value, err, one.want)
		}
	}
	r.must(r.Switch("reset_error", "CODE, next=3"))
	for _, s := range r.Switches() {
		if want := map[string]string{"reset_error": "CODE next=3", "no_limits": "on"}[s.Name]; s.Set != want {
			t.Errorf("%s is %q, want %q", s.Name, s.Set, want)
		}
	}
}

func TestPricesAndSnapshotsFailBySwitch(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("price_error", "on"))
	in := cvm.NewInquiryPriceResetInstanceRequest()
	in.InstanceId = common.StringPtr(fakecvm.Web01)
	_, err := r.cvm(fakecvm.Guangzhou).InquiryPriceResetInstance(in)
	r.wantCode(err, "FailedOperation.InquiryPriceFailed")
	r.must(r.Switch("snapshot_error", "on"))
	if got := r.send(goodRaw("CreateSnapshot", `{"DiskId":"disk-zzzzzzzz"}`)); got.code != "InsufficientSnapshotQuota" {
		t.Errorf("snapshot: %q", got.code)
	}
}
