package fakecvm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
)

// events asks CloudAudit over the wire.
func (r *rig) events(body string) string {
	r.t.Helper()
	q := goodRaw("DescribeEvents", body)
	q.service, q.version = "cloudaudit", "2019-03-19"
	return string(r.send(q).body)
}

func (r *rig) hour(more string) string {
	now := r.clock.Now().Unix()
	return fmt.Sprintf(`{"StartTime":%d,"EndTime":%d%s}`, now-3600, now+60, more)
}

func TestCloudAuditKeepsWhoDidWhatAndShowsItLate(t *testing.T) {
	r := newRig(t)
	if _, err := r.reset(fakecvm.Web01, fakecvm.ImageUbuntu22); err != nil {
		t.Fatal(err)
	}
	r.must(r.Operate(fakecvm.Web02, "RebootInstances"))
	if got := r.events(r.hour("")); strings.Contains(got, "ResetInstance") {
		t.Fatalf("shown at once: %s", got)
	}
	r.advance(fakecvm.EventAfter)
	got := r.events(r.hour(""))
	if strings.Contains(got, fakecvm.ConsoleKey) || strings.Contains(got, fakecvm.SampleSecretID) ||
		!strings.Contains(got, `\"requestParameters\":\"\"`) {
		t.Errorf("more than was ever recorded: %s", got)
	}
	r.must(r.Switch("audit_keys", "on"))
	got = r.events(r.hour(""))
	for _, want := range []string{
		fakecvm.CallerUser, fakecvm.ConsoleUser, fakecvm.ConsoleKey, "ApiCall", "ConsoleCall",
		"ResetInstance", "RebootInstances", "instance/" + fakecvm.Web01, `"ListOver":true`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	one := r.events(r.hour(`,"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"ResetInstance"}]`))
	if strings.Contains(one, "RebootInstances") || !strings.Contains(one, "ResetInstance") {
		t.Errorf("looked up by name: %s", one)
	}
}

func TestCloudAuditPagesByNextToken(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("audit_delay", "0s"))
	for range 3 {
		r.must(r.Operate(fakecvm.Web01, "ModifyInstancesAttribute"))
	}
	first := r.events(r.hour(`,"MaxResults":2`))
	if !strings.Contains(first, `"ListOver":false`) || !strings.Contains(first, `"NextToken":2`) {
		t.Fatal(first)
	}
	second := r.events(r.hour(`,"MaxResults":2,"NextToken":2`))
	if !strings.Contains(second, `"ListOver":true`) || strings.Count(second, `"EventId"`) != 1 {
		t.Error(second)
	}
}

func TestCloudAuditRefusesWhatTheAPIRefuses(t *testing.T) {
	r := newRig(t)
	now := time.Now().Unix()
	day := int64(24 * 3600)
	for body, want := range map[string]string{
		`{}`: "InvalidParameter.Time",
		fmt.Sprintf(`{"StartTime":%d,"EndTime":%d}`, now, now-1):             "InvalidParameterValue.Time",
		fmt.Sprintf(`{"StartTime":%d,"EndTime":%d}`, now-30*day, now):        "InvalidParameterValue.Time",
		fmt.Sprintf(`{"StartTime":%d,"EndTime":%d}`, now-91*day, now-90*day): "InvalidParameterValue.Time",
		r.hour(`,"MaxResults":51`):                                           "InvalidParameterValue.MaxResult",
		r.hour(`,"LookupAttributes":[{"AttributeKey":"Mood"}]`):              "InvalidParameterValue.attributeKey",
		r.hour(`,"EventName":"ResetInstance"`):                               "UnknownParameter",
	} {
		if got := r.events(body); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	elsewhere := goodRaw("DescribeEvents", r.hour(""))
	elsewhere.service, elsewhere.version, elsewhere.region = "cloudaudit", "2019-03-19", "ap-nanjing"
	if got := r.send(elsewhere).code; got != "UnsupportedRegion" {
		t.Errorf("in a region that CloudAudit does not serve: %q", got)
	}
	r.must(r.Switch("audit_refused", "on"))
	if got := r.events(r.hour("")); !strings.Contains(got, `"UnauthorizedOperation"`) {
		t.Error(got)
	}
	if got := r.send(goodRaw("DescribeEvents", r.hour(""))); got.code != "InvalidAction" {
		t.Errorf("signed for another product: %s", got.body)
	}
}
