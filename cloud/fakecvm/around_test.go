package fakecvm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
)

// nearCalls are the products of the calls about what is around an instance.
var nearCalls = map[string]struct{ service, version string }{
	"DescribeLBListeners":          {"clb", "2018-03-17"},
	"GetMonitorData":               {"monitor", "2018-07-24"},
	"DescribeAutoScalingInstances": {"as", "2018-04-19"},
	"DescribeExistedInstances":     {"tke", "2018-05-25"},
	"DescribeTaskInfo":             {"cvm", "2017-03-12"},
}

// near makes one such call over the wire.
func (r *rig) near(action, body string, change ...func(*raw)) string {
	r.t.Helper()
	q := goodRaw(action, body)
	q.service, q.version = nearCalls[action].service, nearCalls[action].version
	for _, f := range change {
		f(&q)
	}
	return string(r.send(q).body)
}

func (r *rig) metric(name, id, more string) string {
	return fmt.Sprintf(`{"Namespace":"QCE/CVM","MetricName":%q,"Instances":[{"Dimensions":[{"Name":"InstanceId","Value":%q}]}]%s}`, name, id, more)
}

func TestEachProductTellsOnlyItsOwnAndOnlyOfWhatIsAsked(t *testing.T) {
	r := newRig(t)
	shop := r.instance(fakecvm.Shop01)
	vpc := strings.Split(strings.SplitN(string(r.send(goodRaw("DescribeInstances", "{}")).body), `"VpcId":"`, 2)[1],
		`"`)[0]
	at := r.clock.Now().UTC()
	quarter := fmt.Sprintf(`,"Period":60,"StartTime":%q,"EndTime":%q`, at.Add(-15*time.Minute).Format(time.RFC3339),
		at.Format(time.RFC3339))
	for _, c := range []struct{ action, body, has string }{
		{
			"DescribeLBListeners", fmt.Sprintf(`{"Backends":[{"VpcId":%q,"PrivateIp":%q}]}`, vpc, shop.PrivateIPs[0]),
			`"LoadBalancerId":"lb-5h0pfr0n"`,
		},
		{
			"DescribeLBListeners", fmt.Sprintf(`{"Backends":[{"VpcId":%q,"PrivateIp":"10.9.9.9"}]}`, vpc),
			`"LoadBalancers":[]`,
		},
		{
			"DescribeLBListeners", fmt.Sprintf(`{"Backends":[{"VpcId":"vpc-0ther000","PrivateIp":%q}]}`,
				shop.PrivateIPs[0]),
			`"LoadBalancers":[]`,
		},
		{"GetMonitorData", r.metric("LanOuttraffic", fakecvm.Shop01, quarter), `"Values":[3.2,3.2,`},
		{"GetMonitorData", r.metric("WanOuttraffic", fakecvm.Shop01, quarter), `"Values":[]`}, // no public address
		{
			"DescribeAutoScalingInstances", fmt.Sprintf(`{"InstanceIds":[%q]}`, fakecvm.ASG01),
			`"AutoScalingGroupId":"asg-7kq2m4xd"`,
		},
		{"DescribeAutoScalingInstances", fmt.Sprintf(`{"InstanceIds":[%q]}`, fakecvm.Shop01), `"TotalCount":0`},
		{
			"DescribeExistedInstances", fmt.Sprintf(`{"InstanceIds":[%q]}`, fakecvm.Node01),
			`"AlreadyInCluster":"cls-7kq2m4xd"`,
		},
		{"DescribeExistedInstances", fmt.Sprintf(`{"InstanceIds":[%q]}`, fakecvm.Shop01), `"AlreadyInCluster":""`},
		{
			"DescribeTaskInfo", fmt.Sprintf(`{"InstanceIds":[%q],"Offset":0,"Limit":100}`, fakecvm.Shop01),
			`"TotalCount":0`,
		}, // of today
		{"DescribeTaskInfo", fmt.Sprintf(`{"InstanceIds":[%q],"Offset":0,"Limit":100,"StartDate":"2020-01-01 00:00:00"}`,
			fakecvm.Shop01), `"TaskId":"rep-7kq2m4xd"`},
		{"DescribeTaskInfo", fmt.Sprintf(`{"InstanceIds":[%q],"Offset":0,"Limit":100,"TaskStatus":[3],"StartDate":"2020-01-01 00:00:00"}`, fakecvm.Shop01), `"TotalCount":0`},
	} {
		if got := r.near(c.action, c.body); !strings.Contains(got, c.has) {
			t.Errorf("%s %s: no %s in %s", c.action, c.body, c.has, got)
		}
	}
	if got := r.near("DescribeAutoScalingInstances", "{}",
		func(q *raw) { q.region = fakecvm.Singapore }); !strings.Contains(got, `"TotalCount":0`) {
		t.Errorf("seen from another region: %s", got)
	}
}

func TestTheseCallsAreAsStrictAsTheOthers(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ action, body, code string }{
		{"DescribeLBListeners", `{}`, "MissingParameter"},
		{"DescribeLBListeners", `{"Backends":[{"PrivateIp":"10.0.1.1"}]}`, "MissingParameter"},
		{"DescribeLBListeners", `{"Backends":[{"VpcId":"vpc-1"}]}`, "MissingParameter"},
		{
			"DescribeLBListeners", `{"Backends":[{"VpcId":"vpc-1","PrivateIp":"10.0.1.1","Port":80}]}`,
			"UnknownParameter",
		},
		{"DescribeLBListeners", `{"Backends":"10.0.1.1"}`, "InvalidParameter"},
		{"GetMonitorData", `{"Namespace":"QCE/CVM","MetricName":"CPUUsage"}`, "MissingParameter"},
		{"GetMonitorData", r.metric("CPUUse", fakecvm.Web01, ""), "InvalidParameterValue"},
		{
			"GetMonitorData", strings.Replace(r.metric("CPUUsage", fakecvm.Web01, ""), "QCE/CVM", "QCE/CDB", 1),
			"InvalidParameterValue",
		},
		{
			"GetMonitorData", strings.Replace(r.metric("CPUUsage", fakecvm.Web01, ""), `"InstanceId"`, `"instanceId"`,
				1),
			"InvalidParameterValue",
		},
		{"GetMonitorData", r.metric("CPUUsage", fakecvm.Web01, `,"Period":61`), "InvalidParameterValue"},
		{
			"GetMonitorData", r.metric("CPUUsage", fakecvm.Web01, `,"StartTime":"2026-01-01 00:00:00"`),
			"InvalidParameterValue",
		},
		{"GetMonitorData", r.metric("CPUUsage", fakecvm.Web01,
			`,"StartTime":"2026-01-01T00:00:00Z","EndTime":"2025-01-01T00:00:00Z"`), "InvalidParameterValue"},
		{
			"GetMonitorData", r.metric("CPUUsage", fakecvm.Web01,
				`,"Period":10,"StartTime":"2026-01-01T00:00:00Z","EndTime":"2026-01-02T00:00:00Z"`),
			"InvalidParameterValue",
		},
		{"DescribeAutoScalingInstances", `{"InstanceIds":["web-01"]}`, "InvalidParameterValue.InvalidInstanceId"},
		{
			"DescribeAutoScalingInstances",
			`{"InstanceIds":["ins-1a2b3c4d"],"Filters":[{"Name":"instance-id","Values":["ins-1a2b3c4d"]}]}`,
			"InvalidParameter.Conflict",
		},
		{"DescribeAutoScalingInstances", `{"Limit":101}`, "InvalidParameterValue.LimitExceeded"},
		{"DescribeExistedInstances", `{"InstanceIds":["web-01"]}`, "FailedOperation.Param"},
		{"DescribeExistedInstances", `{"Instances":["ins-1a2b3c4d"]}`, "UnknownParameter"},
		{"DescribeTaskInfo", `{"Limit":100}`, "MissingParameter"},
		{"DescribeTaskInfo", `{"Offset":0}`, "MissingParameter"},
		{"DescribeTaskInfo", `{"Offset":0,"Limit":100,"StartDate":"2026-01-01"}`, "InvalidParameterValue"},
		{"DescribeTaskInfo", `{"Offset":0,"Limit":100,"TaskStatus":[7]}`, "InvalidParameterValue"},
		{"DescribeTaskInfo", `{"Offset":0,"Limit":100,"TaskTypeIds":[1]}`, "InvalidParameterValue"},
	} {
		if got := r.near(c.action, c.body); !strings.Contains(got, `"Code":"`+c.code+`"`) {
			t.Errorf("%s %s: no %s in %s", c.action, c.body, c.code, got)
		}
	}
}

func TestAProductIsSignedForByItsOwnNameAndAskedInItsOwnVersion(t *testing.T) {
	r := newRig(t)
	for action, own := range nearCalls {
		for _, other := range []string{"cvm", "cbs", "clb", "monitor", "as", "tke"} {
			if got := r.near(action, "{}",
				func(q *raw) { q.service = other }); strings.Contains(got,
				`"Code":"InvalidAction"`) == (other == own.service) {
				t.Errorf("%s, signed for %s: %s", action, other, got)
			}
		}
		if got := r.near(action, "{}", func(q *raw) { q.version = "2016-01-01" }); !strings.Contains(got,
			"NoSuchVersion") {
			t.Errorf("%s in another version: %s", action, got)
		}
		r.must(r.Switch("error:"+action, "InternalError next=1"))
		if got := r.near(action, "{}"); !strings.Contains(got, `"Code":"InternalError"`) {
			t.Errorf("%s, switched to fail: %s", action, got)
		}
	}
}

func TestTheseCallsHaveALimitPerSecond(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("no_limits", "off"))
	throttled := 0
	for range 60 {
		if strings.Contains(r.near("DescribeTaskInfo", "{}"), "RequestLimitExceeded") {
			throttled++
		}
	}
	if throttled == 0 {
		t.Error("60 calls at once went through")
	}
}
