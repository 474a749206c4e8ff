package cloud

import (
	"errors"
	"strings"
	"testing"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

func TestADeniedResetNamesThePermissionAndNoAccount(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "reset_error", "UnauthorizedOperation")
	a := l.Reset(ctx(t), order())
	if a.Verdict != port.Declined || !strings.Contains(a.Message, "does not allow cvm:ResetInstance") ||
		strings.Contains(a.Message, "uin/") || strings.Contains(a.Message, "Check your CAM") {
		t.Errorf("%+v", a)
	}
	if log := l.log.String(); !strings.Contains(log,
		"no permission for cvm:ResetInstance on qcs::cvm:ap-guangzhou:uin/100000000001:instance/ins-1a2b3c4d") {
		t.Errorf("operators are not told: %s", log)
	}
}

func TestADeniedReadNamesThePermission(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "error:DescribeInstances", "UnauthorizedOperation.PermissionDenied")
	err := l.Ping(ctx(t))
	isFault(t, err, "no permission for cvm:DescribeInstances on qcs::cvm:ap-guangzhou:uin/100000000001:instance/*")
	if no, ok := errors.AsType[*port.AccessDeniedError](err); !ok || no.Action != "cvm:DescribeInstances" {
		t.Errorf("it names no permission: %v", err)
	}
	x, ok := errors.AsType[*port.ExplainedError](err)
	if !ok {
		t.Fatal("nobody can say what it means")
	}
	if x.Why != "Twokey's CAM policy does not allow cvm:DescribeInstances "+
		"(UnauthorizedOperation.PermissionDenied)" || strings.Contains(x.Why+x.Next, "uin/") {
		t.Errorf("%s. %s.", x.Why, x.Next)
	}
	if n := l.requests(api.DescribeInstances); n != 1 {
		t.Errorf("a denial was asked for %d times", n)
	}
}

func TestADenialAroundTheMachineNamesThePermission(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "error:DescribeLBListeners", "UnauthorizedOperation")
	if n := l.near(t, fakecvm.Web01)[model.NearCLB]; n.Detection != model.Unchecked ||
		n.What != "clb:DescribeLBListeners is not permitted: UnauthorizedOperation" {
		t.Errorf("%+v", n)
	}
}

func isDenied(err error) bool {
	_, ok := errors.AsType[*port.AccessDeniedError](err)
	return ok
}

// An outage of CAM passed: it is tried again, and never taken for a denial.
func TestAnOutageOfCAMIsNoDenial(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "cam_down", "next=2")
	if err := l.Ping(ctx(t)); err != nil || l.requests(api.DescribeInstances) != 3 {
		t.Errorf("after two failures: %v, %d requests", err, l.requests(api.DescribeInstances))
	}
	l.misbehave(t, "cam_down", "on")
	err := l.Ping(ctx(t))
	isFault(t, err, "send request err")
	if isDenied(err) {
		t.Errorf("it reads as denied: %v", err)
	}
	if _, err := l.CreateImage(ctx(t), guangzhou(fakecvm.Web01), "twokey-7K3Q", false); err == nil ||
		isDenied(err) || l.requests(api.CreateImage) != 1 {
		t.Errorf("making an image: %v, %d requests", err, l.requests(api.CreateImage))
	}
}

func TestServiceUnavailableIsTriedAgain(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "error:DescribeInstances", "ServiceUnavailable next=2")
	if err := l.Ping(ctx(t)); err != nil || l.requests(api.DescribeInstances) != 3 {
		t.Errorf("%v, %d requests", err, l.requests(api.DescribeInstances))
	}
}
