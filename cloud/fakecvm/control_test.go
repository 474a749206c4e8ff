package fakecvm_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
)

// control sends one request to the control port.
func (r *rig) control(url, method, path, body string) (status int, answer []byte) {
	r.t.Helper()
	in, err := http.NewRequest(method, url+path, strings.NewReader(body))
	r.must(err)
	out, err := http.DefaultClient.Do(in)
	r.must(err)
	defer func() { _ = out.Body.Close() }()
	answer, err = io.ReadAll(out.Body)
	r.must(err)
	return out.StatusCode, answer
}

func TestTheControlPortDoesWhatTheGoMethodsDo(t *testing.T) {
	r := newRig(t)
	url := serve(t, r.Control())
	for _, one := range []struct{ path, body string }{
		{"/switch", `{"name":"reset_fail","value":"next=1","instance":"ins-1a2b3c4d"}`},
		{"/instance", `{"instance":"ins-1a2b3c4d","name":"web-1","tags":{"env":"prod","team":null},"systemDisk":{"sizeGb":60}}`},
		{"/operate", `{"instance":"ins-1a2b3c4d","action":"RebootInstances"}`},
		{"/advance", `{"seconds":20}`},
		{"/speed", `{"speed":60}`},
	} {
		if status, answer := r.control(url, "POST", one.path, one.body); status != http.StatusOK {
			t.Errorf("%s: %d %s", one.path, status, answer)
		}
	}
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
	r.must(err)
	r.advance(fakecvm.ResetTakes)
	status, answer := r.control(url, "GET", "/state", "")
	var state fakecvm.State
	r.must(json.Unmarshal(answer, &state))
	i := state.Instances[0]
	if status != http.StatusOK || i.Name != "web-1" || i.SystemDisk.SizeGB != 60 ||
		i.SystemDisk.Type != "CLOUD_PREMIUM" || i.Latest.State != "FAILED" {
		t.Errorf("%d: %+v", status, i)
	}
	if _, team := i.Tags["team"]; team || i.Tags["env"] != "prod" || state.Speed != 60 ||
		state.Resets[fakecvm.Web01] != 1 {
		t.Errorf("tags %v, speed %v, resets %v", i.Tags, state.Speed, state.Resets)
	}
	var requests []fakecvm.Request
	_, answer = r.control(url, "GET", "/requests", "")
	r.must(json.Unmarshal(answer, &requests))
	if len(requests) != 1 || requests[0].Action != "ResetInstance" {
		t.Errorf("requests %s", answer)
	}
	var switches []fakecvm.SwitchInfo
	_, answer = r.control(url, "GET", "/switches", "")
	r.must(json.Unmarshal(answer, &switches))
	if len(switches) != len(r.Switches()) {
		t.Errorf("%d switches, want %d", len(switches), len(r.Switches()))
	}
}

func TestTheControlPortSaysWhatWasWrong(t *testing.T) {
	r := newRig(t)
	url := serve(t, r.Control())
	for _, one := range []struct{ path, body, want string }{
		{"/switch", `{"name":"nonsense"}`, "reset_drop_after"},
		{"/switch", `{"switch":"reset_fail"}`, "unknown"},
		{"/advance", `{"seconds":-1}`, "forward"},
		{"/speed", `{"speed":-1}`, "negative"},
		{"/operate", `{"instance":"ins-zzzzzzzz","action":"StopInstances"}`, "ins-zzzzzzzz"},
		{"/instance", `{"instance":"ins-1a2b3c4d","colour":"red"}`, "colour"},
		{"/instance", `{"name":"x"}`, "instance"},
		{"/instance", `not JSON`, ""},
	} {
		status, answer := r.control(url, "POST", one.path, one.body)
		if status != http.StatusBadRequest || !strings.Contains(string(answer), one.want) {
			t.Errorf("%s %s: %d %s, want a hint of %q", one.path, one.body, status, answer, one.want)
		}
	}
}

func TestPatchesKeepTheIdentityOfAnInstance(t *testing.T) {
	r := newRig(t)
	gold := "gold"
	r.must(r.Patch(fakecvm.Web01, func(i *fakecvm.Instance) {
		i.ID, i.Region, i.Name = "ins-00000000", fakecvm.Singapore, "renamed"
		i.Latest = fakecvm.Operation{Name: "StopInstances", State: "OPERATING", RequestID: "r"}
	}))
	r.must(r.SetTag(fakecvm.Web01, "tier", &gold))
	r.must(r.SetTag(fakecvm.Web01, "env", nil))
	i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
	if *i.InstanceName != "renamed" || *i.LatestOperationState != "OPERATING" || len(i.Tags) != 2 {
		t.Errorf("%s %s %d tags", *i.InstanceName, *i.LatestOperationState, len(i.Tags))
	}
	r.must(r.SetName(fakecvm.Web01, "web-01"))
	if err := r.SetName("ins-zzzzzzzz", "x"); err == nil {
		t.Error("an unknown instance was renamed")
	}
}

func TestVirtualTimeFollowsSpeedAndNeverGoesBack(t *testing.T) {
	r := newRig(t)
	r.must(r.SetSpeed(60))
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	r.clock.Add(time.Second)
	if i := r.instance(fakecvm.Web01); i.State != "STOPPED" {
		t.Errorf("after 60 virtual seconds: %s", i.State)
	}
	r.must(r.SetSpeed(0))
	r.clock.Add(time.Minute)
	if i := r.instance(fakecvm.Web01); i.State != "STOPPED" {
		t.Errorf("time was stopped: %s", i.State)
	}
	r.must(r.SetSpeed(1))
	r.clock.Add(30 * time.Second)
	if i := r.instance(fakecvm.Web01); i.Latest.State != "SUCCESS" {
		t.Errorf("30 more seconds: %+v", i.Latest)
	}
}

func TestWaitingEndsWithTheConditionOrTheContext(t *testing.T) {
	r := newRig(t)
	changed := r.Changed()
	done := make(chan error, 1)
	go func() {
		done <- r.WaitFor(context.Background(), func() bool {
			i, _ := r.Instance(fakecvm.Web01)
			return i.Latest.State == "SUCCESS" && i.Latest.Name == "ResetInstance"
		})
	}()
	_, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22)
	r.must(err)
	<-changed
	r.advance(fakecvm.ResetTakes)
	r.must(<-done)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.WaitFor(ctx, func() bool { return false }); err == nil {
		t.Error("an endless wait ended without an error")
	}
}

func TestAtMostOneOfManyResetsAtOnceIsAccepted(t *testing.T) {
	r := newRig(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, _ = r.reset(fakecvm.Web01, fakecvm.ImageUbuntu20)
			_, _ = r.find(fakecvm.Guangzhou)
			_ = r.Switch("reset_fail", "off")
			_ = r.State()
		})
	}
	wg.Wait()
	if r.Resets(fakecvm.Web01) != 1 || r.ResetRequests(fakecvm.Web01) != 16 {
		t.Errorf("%d resets of %d requests", r.Resets(fakecvm.Web01), r.ResetRequests(fakecvm.Web01))
	}
}
