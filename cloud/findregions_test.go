package cloud

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/errcode"
	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
)

// missing are the regions that could not be asked, by an error of Find.
func missing(err error) (out string) {
	var no *model.UnaskedError
	if errors.As(err, &no) {
		for _, m := range no.Missing {
			out += m.Region + " (" + m.Why + ") "
		}
	}
	return out
}

func TestAnIDThatAHealthyRegionHasIsFoundWhileAnotherRegionIsDown(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "region_down", fakecvm.Hongkong)
	if got, err := l.Find(ctx(t), fakecvm.SG01, "", ""); err != nil || found(got) != "main/ap-singapore/"+fakecvm.SG01 {
		t.Errorf("found %q; %v", found(got), err)
	}
	got, err := l.Find(ctx(t), "sg-01", "", fakecvm.Singapore)
	if err != nil || len(got) != 1 {
		t.Errorf("with --region: found %q; %v", found(got), err)
	}
}

func TestANameOrAnAddressIsNoAnswerWhileARegionIsDown(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	l.misbehave(t, "region_down", fakecvm.Hongkong)
	for target, want := range map[string]string{
		"web-01": "main/ap-guangzhou/" + fakecvm.Web01, "119.29.10.11": "main/ap-guangzhou/" + fakecvm.Web01,
		"hk-01":      "",
		fakecvm.HK01: "",
	} {
		got, err := l.Find(ctx(t), target, "", "")
		if found(got) != want || missing(err) != "ap-hongkong (it answers with the error InternalError) " {
			t.Errorf("%s: found %q, missing %q; %v", target, found(got), missing(err), err)
		}
	}
}

// One try is waited for, and not for long; what an id was found for is not waited
// for at all.
func TestARegionThatHangsHoldsUpNobodyForLong(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.misbehave(t, "region_hangs", fakecvm.Hongkong)
	if got, err := l.Find(ctx(t), fakecvm.Web01, "", ""); err != nil || len(got) != 1 {
		t.Errorf("by id: found %q; %v", found(got), err)
	}
	l.findTimeout = 500 * time.Millisecond // long enough for the others on a busy machine
	before := l.requests(api.DescribeInstances)
	got, err := l.Find(ctx(t), "web-01", "", "")
	if len(got) != 1 || missing(err) != "ap-hongkong (it does not answer) " {
		t.Errorf("found %q, missing %q; %v", found(got), missing(err), err)
	}
	if n := l.requests(api.DescribeInstances) - before; n != 3 {
		t.Errorf("%d calls, want one for each region", n)
	}
}

// The other accounts are searched all the same.
func TestFindNamesAnAccountWithARevokedKey(t *testing.T) {
	l := newLab(t, twice)
	l.wire.answer(api.DescribeInstances, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Region") == fakecvm.Guangzhou {
			say(`{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"no"},"RequestId":"1"}}`)(w, r)
			return
		}
		l.fake.ServeHTTP(w, r)
	})
	if got, err := l.Find(ctx(t), fakecvm.SG01, "", ""); err != nil || len(got) != 1 {
		t.Errorf("found %q; %v", found(got), err)
	}
	_, err := l.Find(ctx(t), "sg-01", "", "")
	if missing(err) != "ap-guangzhou (the secret id does not exist, or was disabled or deleted: "+
		"AuthFailure.SecretIdNotFound) " {
		t.Errorf("%q; %v", missing(err), err)
	}
}

func TestThatThereIsNoSuchMachineIsBelievedTheSecondTime(t *testing.T) {
	l := newLab(t, func(_ *fakecvm.Config, c *Config) { c.Accounts[0].Regions = []string{fakecvm.Guangzhou} })
	for _, target := range []string{"web-01", fakecvm.Web01} {
		l.misbehave(t, "empty:DescribeInstances", "next=1")
		if got, err := l.Find(ctx(t), target, "", ""); err != nil || len(got) != 1 {
			t.Errorf("%s: found %q; %v", target, found(got), err)
		}
	}
}

// Two machines have the name. Where one region's listing leaves its own out, the
// other one is not the only one.
func TestAMachineThatIsRememberedButLeftOutIsAskedForAgain(t *testing.T) {
	l := newLab(t)
	if err := l.fake.SetName(fakecvm.SG01, "web-01"); err != nil {
		t.Fatal(err)
	}
	l.Fleet(ctx(t))
	left := true
	l.wire.answer(api.DescribeInstances, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Region") == fakecvm.Singapore && left {
			left = false
			say(`{"Response":{"TotalCount":0,"InstanceSet":[],"RequestId":"1"}}`)(w, r)
			return
		}
		l.fake.ServeHTTP(w, r)
	})
	if got, err := l.Find(ctx(t), "web-01", "", ""); err != nil || len(got) != 2 {
		t.Errorf("found %q; %v", found(got), err)
	}
}

func TestFindEndsWithWhoeverAsks(t *testing.T) {
	l := newLab(t)
	gone, cancel := context.WithCancel(ctx(t))
	cancel()
	if _, err := l.Find(gone, "web-01", "", ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A list that could not be read says why at once, while it is tried again.
func TestARegionThatHangsIsNotWaitedForAtEveryKey(t *testing.T) {
	t.Parallel()
	clock := &clockOf{t: time.Now()}
	l := newLab(t, func(_ *fakecvm.Config, c *Config) { c.Now = clock.now })
	l.misbehave(t, "region_down", fakecvm.Hongkong)
	l.Fleet(ctx(t))
	l.misbehave(t, "region_down", "off")
	l.misbehave(t, "region_hangs", fakecvm.Hongkong)
	clock.move(cachePause)
	for _, p := range l.Fleet(ctx(t)) {
		if down := p.Region == fakecvm.Hongkong; down != (errcode.Of(p.Err) == "InternalError") ||
			down != (len(p.Machines) == 0) {
			t.Errorf("%s: %d machines, %v", p.Region, len(p.Machines), p.Err)
		}
	}
}

func TestAnAccountOfWhichOneRegionIsDownIsReached(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.findTimeout = 500 * time.Millisecond // long enough for the others on a busy machine
	l.misbehave(t, "region_down", fakecvm.Guangzhou)
	l.misbehave(t, "region_hangs", fakecvm.Hongkong)
	if err := l.Ping(ctx(t)); err != nil {
		t.Error(err)
	}
	l.misbehave(t, "describe_error", "InternalServerError")
	if err := l.Ping(ctx(t)); err == nil {
		t.Error("an account of which no region answers is reached")
	}
}

func TestFindByIPv6InAnyWayOfWritingIt(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"2402:4e00:1000:1234::5": fakecvm.Web02, "2402:4E00:1000:1234:0:0:0:5": fakecvm.Web02,
		"[2402:4e00:1000:1234::0005]": fakecvm.Web02,
		" 2402:4e00:2000:77::12 ":     fakecvm.Web02, "::ffff:119.29.10.12": fakecvm.Web02,
		"2402:4e00:1000:1234::": "", "2402:4e00:1000:1234::5%eth0": "", "[119.29.10.12]": "",
		"2402:4e00:1000:1234::50": "",
	} {
		l := newLab(t)
		got, err := l.Find(ctx(t), target, "", "")
		if want != "" {
			want = "main/ap-guangzhou/" + want
		}
		if err != nil || found(got) != want {
			t.Errorf("%q: found %q, want %q; %v", target, found(got), want, err)
		}
	}
}

// A null list is no empty one, and an entry that comes twice is one.
func TestANullListIsNoAnswerAndAnEntryThatComesTwiceIsOne(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t, func(_ *fakecvm.Config, c *Config) { c.Accounts[0].Regions = []string{fakecvm.Guangzhou} })
	evidence := func() string {
		f, err := l.Read(ctx(t), guangzhou(fakecvm.Web01), model.Request{Image: "golden-web"}, "")
		if err != nil {
			return "error"
		}
		out := f.Image.ID
		for _, e := range f.Evidence {
			out += " " + e.ID
		}
		return out
	}
	whole := evidence()
	for _, action := range []string{api.DescribeInstances, api.DescribeImages, api.DescribeSnapshots} {
		l.misbehave(t, "null:"+action, "on")
		if got := evidence(); got != "error" {
			t.Errorf("null:%s: %s", action, got)
		}
		l.misbehave(t, "null:"+action, "off")
		l.misbehave(t, "twice:"+action, "on")
		if got := evidence(); got != whole {
			t.Errorf("twice:%s: %s, want %s", action, got, whole)
		}
		if _, found, err := l.ImageByName(ctx(t), guangzhou(fakecvm.Web01), "golden-web"); !found || err != nil {
			t.Errorf("twice:%s: by name found %v; %v", action, found, err)
		}
		if got, err := l.Find(ctx(t), "web-01", "", ""); len(got) != 1 || err != nil {
			t.Errorf("twice:%s: %s; %v", action, found(got), err)
		}
		l.misbehave(t, "twice:"+action, "off")
	}
	l.misbehave(t, "null:"+api.DescribeImages, "on")
	if _, _, err := l.ImageByName(ctx(t), guangzhou(fakecvm.Web01), "golden-web"); err == nil {
		t.Error("a null list says that there is no such image")
	}
}
