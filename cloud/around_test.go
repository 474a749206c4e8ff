package cloud

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
)

// near reads one machine and returns what was seen around it, by code.
func (l *lab) near(t *testing.T, id string) map[string]model.Nearby {
	t.Helper()
	out := map[string]model.Nearby{}
	for _, n := range model.CompleteAround(model.Instance{}, l.read(t, guangzhou(id), model.Request{}).Around) {
		out[n.Code] = n
	}
	return out
}

func TestWhatIsAroundAMachineIsReadFromEachProduct(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for id, sees := range map[string]map[string]string{
		fakecvm.Web01: {},
		fakecvm.Shop01: {
			model.NearCLB:         "is behind load balancer lb-5h0pfr0n (TCP 80, HTTPS 443)",
			model.NearTraffic:     "sends 3.2 Mbps out (mean of 15 minutes)",
			model.NearCPU:         "has a CPU that is 41.0 % busy (mean of 15 minutes)",
			model.NearMaintenance: "has maintenance task rep-7kq2m4xd (an upgrade), which is booked",
		},
		fakecvm.ShopAPI: {model.NearCLB: "is behind load balancer lb-5h0pfr0n (HTTPS 443), drained: its weight is 0"},
		fakecvm.ASG01: {model.NearGroup: "belongs to auto-scaling group asg-7kq2m4xd, which may replace it " +
			"meanwhile"},
		fakecvm.Node01: {model.NearTKE: "is a node of TKE cluster cls-7kq2m4xd, which a reinstall tears out of it"},
	} {
		near := l.near(t, id)
		for _, code := range []string{
			model.NearCLB, model.NearTraffic, model.NearCPU, model.NearGroup,
			model.NearTKE, model.NearEMR, model.NearMaintenance,
		} {
			want := model.Nearby{Code: code, Detection: model.NotDetected, What: sees[code]}
			if want.What != "" {
				want.Detection = model.Detected
			}
			if got := near[code]; got.Detection != want.Detection || got.What != want.What {
				t.Errorf("%s, %s: %+v", id, code, got)
			}
		}
	}
	if of := l.near(t, fakecvm.Shop01)[model.NearCLB].Of; !slices.Equal(of, []string{"lb-5h0pfr0n"}) {
		t.Errorf("the load balancer is named %v", of)
	}
}

// A failed check counts as no (promise 7): whatever way a call fails, the result
// says so, the others are there, and Read goes on.
func TestACheckThatFailsSaysSoAndIsNeverTakenForNothing(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	calls := map[string][]string{
		"DescribeLBListeners":          {model.NearCLB},
		"GetMonitorData":               {model.NearTraffic, model.NearCPU},
		"DescribeAutoScalingInstances": {model.NearGroup},
		"DescribeExistedInstances":     {model.NearTKE},
		"DescribeTaskInfo":             {model.NearMaintenance},
	}
	answer := func(body string) func(*lab, string) {
		return func(l *lab, action string) {
			l.wire.answer(action, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		}
	}
	for how, c := range map[string]struct {
		breaks func(*lab, string)
		says   string
	}{
		"refused": {
			func(l *lab, a string) { _ = l.fake.Switch("error:"+a, "UnauthorizedOperation") },
			" is not permitted: UnauthorizedOperation",
		},
		"broken": {
			func(l *lab, a string) { _ = l.fake.Switch("error:"+a, "InternalError") },
			" answered InternalError",
		},
		"cut":          {func(l *lab, a string) { _ = l.fake.Switch("drop:"+a, "on") }, " did not answer"},
		"empty":        {answer("{}"), " did not answer"},
		"without data": {answer(`{"Response":{"RequestId":"r-1"}}`), ""},
		"null": {
			answer(`{"Response":{"RequestId":"r-1","LoadBalancers":null,"DataPoints":null,"TotalCount":null}}`),
			"",
		},
		"HTML": {answer("<html>502</html>"), " did not answer"},
	} {
		t.Run(how, func(t *testing.T) {
			for action, codes := range calls {
				l := newLab(t)
				c.breaks(l, action)
				for code, n := range l.near(t, fakecvm.Web01) {
					switch broken := slices.Contains(codes, code); {
					case broken && (n.Detection != model.Unchecked || !strings.Contains(n.What, action+c.says)):
						t.Errorf("%s fails, and %s is %s: %q", action, code, n.Detection, n.What)
					case !broken && n.Detection == model.Unchecked && n.What != "it was not looked for":
						t.Errorf("%s fails, and %s is %s: %q", action, code, n.Detection, n.What)
					}
				}
			}
		})
	}
}

func TestAGroupsTagIsSeenEvenWhereAutoScalingDoesNotAnswer(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "error:DescribeAutoScalingInstances", "InternalError")
	if n := l.near(t, fakecvm.ASG01)[model.NearGroup]; n.Detection != model.Detected ||
		!slices.Equal(n.Of, []string{"asg-7kq2m4xd"}) {
		t.Errorf("got %+v", n)
	}
}

// Without values of the monitor traffic and CPU are unchecked, unless the machine is off.
func TestNoMonitorValuesMeansUnchecked(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.misbehave(t, "monitor_empty", "on")
	near := l.near(t, fakecvm.Shop01)
	for _, code := range []string{model.NearTraffic, model.NearCPU} {
		if n := near[code]; n.Detection != model.Unchecked || !strings.Contains(n.What,
			"no values of the last 15 min") {
			t.Errorf("%+v", n)
		}
	}
	near = l.near(t, fakecvm.NoCharge01) // stopped
	for _, code := range []string{model.NearTraffic, model.NearCPU} {
		if n := near[code]; n.Detection != model.NotDetected {
			t.Errorf("%+v", n)
		}
	}
}

func TestAMachineWhoseAgentIsSilentIsMeasuredByItsHost(t *testing.T) {
	l := newLab(t)
	if err := l.fake.Patch(fakecvm.Shop01, func(i *fakecvm.Instance) { i.NoAgent = true }); err != nil {
		t.Fatal(err)
	}
	if n := l.near(t, fakecvm.Shop01)[model.NearCPU]; n.Detection != model.Detected ||
		!strings.Contains(n.What, "41.0 %") {
		t.Errorf("got %+v", n)
	}
}

func TestAnOldRepairTaskThatIsStillBookedIsSeenAndAnEndedOneIsNot(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for status, want := range map[int]model.Detection{
		1: model.Detected, 2: model.Detected, 3: model.NotDetected,
		4: model.Detected, 5: model.NotDetected, 6: model.NotDetected,
	} {
		if err := l.fake.Patch(fakecvm.Web01, func(i *fakecvm.Instance) {
			i.Repairs = []fakecvm.Repair{{
				ID: "rep-1", Type: 101, Status: status,
				Created: time.Now().Add(-100 * 24 * time.Hour),
			}}
		}); err != nil {
			t.Fatal(err)
		}
		if n := l.near(t, fakecvm.Web01)[model.NearMaintenance]; n.Detection != want {
			t.Errorf("status %d: %+v", status, n)
		}
	}
}

func TestAHangingProductDoesNotHoldUpTheReading(t *testing.T) {
	l := newLab(t)
	l.client.AroundTimeout = 50 * time.Millisecond
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	l.wire.answer("DescribeLBListeners", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	if n := l.near(t, fakecvm.Web01)[model.NearCLB]; n.Detection != model.Unchecked ||
		!strings.Contains(n.What, "DescribeLBListeners did not answer") {
		t.Errorf("got %+v", n)
	}
}

func TestAllPagesOfRepairTasksAreRead(t *testing.T) {
	l := newLab(t)
	if err := l.fake.Patch(fakecvm.Web01, func(i *fakecvm.Instance) {
		for n := range api.PageSize + 5 {
			i.Repairs = append(i.Repairs,
				fakecvm.Repair{
					ID: fmt.Sprintf("rep-%08d", n), Type: 107, Status: 4,
					Created: time.Now().Add(-time.Hour),
				})
		}
	}); err != nil {
		t.Fatal(err)
	}
	if n := l.near(t, fakecvm.Web01)[model.NearMaintenance]; n.Detection != model.Detected {
		t.Errorf("%+v", n)
	}
	var offsets []any
	for _, body := range l.wire.sent(api.DescribeTaskInfo) {
		offsets = append(offsets, field(t, body, "Offset"), field(t, body, "Limit"))
	}
	if want := []any{0.0, 100.0, 100.0, 100.0}; !slices.Equal(offsets, want) {
		t.Errorf("asked with %v, want %v", offsets, want)
	}
}
