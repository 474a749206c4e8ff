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
	"twokey/commands/reinstall"
)

// near reads one machine and returns what was seen around it, by code.
func (l *lab) near(t *testing.T, id string) map[string]reinstall.Nearby {
	t.Helper()
	out := map[string]reinstall.Nearby{}
	for _, n := range reinstall.Around(reinstall.Instance{}, l.read(t, guangzhou(id), reinstall.Wish{}).Around) {
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
			reinstall.NearCLB:         "is behind load balancer lb-5h0pfr0n (TCP 80, HTTPS 443)",
			reinstall.NearTraffic:     "sends 3.2 Mbps out (mean of 15 minutes)",
			reinstall.NearCPU:         "has a CPU that is 41.0 % busy (mean of 15 minutes)",
			reinstall.NearMaintenance: "has maintenance task rep-7kq2m4xd (an upgrade), which is booked",
		},
		fakecvm.ShopAPI: {reinstall.NearCLB: "is behind load balancer lb-5h0pfr0n (HTTPS 443), drained: its weight is 0"},
		fakecvm.ASG01:   {reinstall.NearGroup: "belongs to auto-scaling group asg-7kq2m4xd, which may replace it meanwhile"},
		fakecvm.Node01:  {reinstall.NearTKE: "is a node of TKE cluster cls-7kq2m4xd, which a reinstall tears out of it"},
	} {
		near := l.near(t, id)
		for _, code := range []string{
			reinstall.NearCLB, reinstall.NearTraffic, reinstall.NearCPU, reinstall.NearGroup,
			reinstall.NearTKE, reinstall.NearEMR, reinstall.NearMaintenance,
		} {
			want := reinstall.Nearby{Code: code, Seen: reinstall.NotSeen, What: sees[code]}
			if want.What != "" {
				want.Seen = reinstall.Seen
			}
			if got := near[code]; got.Seen != want.Seen || got.What != want.What {
				t.Errorf("%s, %s: %+v", id, code, got)
			}
		}
	}
	if of := l.near(t, fakecvm.Shop01)[reinstall.NearCLB].Of; !slices.Equal(of, []string{"lb-5h0pfr0n"}) {
		t.Errorf("the load balancer is named %v", of)
	}
}

// A failed check counts as no (promise 7): whatever way a call fails, the sight
// says so, the others are there, and Read goes on.
func TestACheckThatFailsSaysSoAndIsNeverTakenForNothing(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	calls := map[string][]string{
		"DescribeLBListeners":          {reinstall.NearCLB},
		"GetMonitorData":               {reinstall.NearTraffic, reinstall.NearCPU},
		"DescribeAutoScalingInstances": {reinstall.NearGroup},
		"DescribeExistedInstances":     {reinstall.NearTKE},
		"DescribeTaskInfo":             {reinstall.NearMaintenance},
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
					case broken && (n.Seen != reinstall.Unchecked || !strings.Contains(n.What, action+c.says)):
						t.Errorf("%s fails, and %s is %s: %q", action, code, n.Seen, n.What)
					case !broken && n.Seen == reinstall.Unchecked && n.What != "it was not looked for":
						t.Errorf("%s fails, and %s is %s: %q", action, code, n.Seen, n.What)
					}
				}
			}
		})
	}
}

func TestAGroupsTagIsSeenEvenWhereAutoScalingDoesNotAnswer(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "error:DescribeAutoScalingInstances", "InternalError")
	if n := l.near(t, fakecvm.ASG01)[reinstall.NearGroup]; n.Seen != reinstall.Seen ||
		!slices.Equal(n.Of, []string{"asg-7kq2m4xd"}) {
		t.Errorf("got %+v", n)
	}
}

// Without values of the monitor traffic and CPU are unchecked, unless the machine is off.
func TestNoMonitorValuesMeansUnchecked(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "monitor_empty", "on")
	near := l.near(t, fakecvm.Shop01)
	for _, code := range []string{reinstall.NearTraffic, reinstall.NearCPU} {
		if n := near[code]; n.Seen != reinstall.Unchecked || !strings.Contains(n.What, "no values of the last 15 min") {
			t.Errorf("%+v", n)
		}
	}
	near = l.near(t, fakecvm.NoCharge01) // stopped
	for _, code := range []string{reinstall.NearTraffic, reinstall.NearCPU} {
		if n := near[code]; n.Seen != reinstall.NotSeen {
			t.Errorf("%+v", n)
		}
	}
}

func TestAMachineWhoseAgentIsSilentIsMeasuredByItsHost(t *testing.T) {
	l := newLab(t)
	if err := l.fake.Patch(fakecvm.Shop01, func(i *fakecvm.Instance) { i.NoAgent = true }); err != nil {
		t.Fatal(err)
	}
	if n := l.near(t, fakecvm.Shop01)[reinstall.NearCPU]; n.Seen != reinstall.Seen || !strings.Contains(n.What, "41.0 %") {
		t.Errorf("got %+v", n)
	}
}

func TestAnOldRepairTaskThatIsStillBookedIsSeenAndAnEndedOneIsNot(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for status, want := range map[int]reinstall.Seeing{
		1: reinstall.Seen, 2: reinstall.Seen, 3: reinstall.NotSeen,
		4: reinstall.Seen, 5: reinstall.NotSeen, 6: reinstall.NotSeen,
	} {
		if err := l.fake.Patch(fakecvm.Web01, func(i *fakecvm.Instance) {
			i.Repairs = []fakecvm.Repair{{
				ID: "rep-1", Type: 101, Status: status,
				Created: time.Now().Add(-100 * 24 * time.Hour),
			}}
		}); err != nil {
			t.Fatal(err)
		}
		if n := l.near(t, fakecvm.Web01)[reinstall.NearMaintenance]; n.Seen != want {
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
	if n := l.near(t, fakecvm.Web01)[reinstall.NearCLB]; n.Seen != reinstall.Unchecked ||
		!strings.Contains(n.What, "DescribeLBListeners did not answer") {
		t.Errorf("got %+v", n)
	}
}

func TestAllPagesOfRepairTasksAreRead(t *testing.T) {
	l := newLab(t)
	if err := l.fake.Patch(fakecvm.Web01, func(i *fakecvm.Instance) {
		for n := range api.PageSize + 5 {
			i.Repairs = append(i.Repairs,
				fakecvm.Repair{ID: fmt.Sprintf("rep-%08d", n), Type: 107, Status: 4, Created: time.Now().Add(-time.Hour)})
		}
	}); err != nil {
		t.Fatal(err)
	}
	if n := l.near(t, fakecvm.Web01)[reinstall.NearMaintenance]; n.Seen != reinstall.Seen {
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
