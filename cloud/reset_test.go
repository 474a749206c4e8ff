package cloud

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
	"twokey/cloud/oneshot"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

func TestAtMostOneResetArrivesWhateverTheCloudDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		want        port.Verdict
		executed    int
	}{
		{"", "", port.Accepted, 1},
		{"reset_drop_before", "on", port.Ambiguous, 0},
		{"reset_drop_after", "on", port.Ambiguous, 1},
		{"reset_slow_body", "on", port.Ambiguous, 1},
		{"reset_html_502", "on", port.Ambiguous, 0},
		{"reset_html_502_after", "on", port.Ambiguous, 1},
		{"reset_empty", "on", port.Ambiguous, 1},
		{"reset_no_request_id", "on", port.Ambiguous, 1},
		{"reset_late", "10s", port.Ambiguous, 0},
		{"redirect_307", "on", port.Ambiguous, 0},
		{"redirect_302", "on", port.Ambiguous, 0},
		{"reset_error", "InternalServerError", port.Ambiguous, 0},
		{"reset_error", "InternalError.TradeUnknownError", port.Ambiguous, 0},
		{"reset_error", "SomethingNew.NobodyKnows", port.Ambiguous, 0},
		{"reset_error", "MutexOperation.TaskRunning", port.Ambiguous, 0},
		{"reset_error", "OperationDenied.InstanceOperationInProgress", port.Ambiguous, 0},
		{"reset_error", "ResourceInUse", port.Ambiguous, 0},
		{"reset_error", "UnsupportedOperation.InstanceStateStarting", port.Ambiguous, 0},
		{"reset_error", "UnsupportedOperation.InstanceStateStopping", port.Ambiguous, 0},
		{"reset_error", "UnsupportedOperation.InstanceStateRebooting", port.Ambiguous, 0},
		{"reset_error", "UnsupportedOperation.InstanceStatePending", port.Ambiguous, 0},
		{"reset_error", "UnsupportedOperation.InstanceStateRescueMode", port.Declined, 0},
		{"reset_error", "UnauthorizedOperation", port.Declined, 0},
		{"reset_error", "UnauthorizedOperation.PermissionDenied", port.Declined, 0},
		{"reset_error", "ServiceUnavailable", port.Ambiguous, 0},
		{"cam_down", "ResetInstance", port.Ambiguous, 0},
		{"reset_error", "ResourceInsufficient.CloudDiskSoldOut", port.Declined, 0},
		{"reset_error", "InvalidAccount.InsufficientBalance", port.Declined, 0},
		{"throttle", "RequestLimitExceeded", port.Declined, 0},
		{"throttle", "RequestLimitExceeded.UinLimitExceeded", port.Declined, 0},
		{"clock_skew", "10m", port.Declined, 0},
		{"clock_skew", "-10m", port.Declined, 0},
		{"secret_revoked", "on", port.Declined, 0},
		{"reset_fail", "on", port.Accepted, 1},
		{"reset_stuck", "on", port.Accepted, 1},
		{"reset_other_request_id", "on", port.Accepted, 1},
	} {
		t.Run(c.name+" "+c.value, func(t *testing.T) {
			l := newLab(t)
			if c.name != "" {
				l.misbehave(t, c.name, c.value)
			}
			a := l.Reset(ctx(t), order())
			if a.Verdict != c.want {
				t.Errorf("verdict %q, want %q: %s", a.Verdict, c.want, a.Message)
			}
			if (a.Verdict == port.Accepted) != (a.RequestID != "") ||
				(a.Verdict == port.Accepted) == (a.Message != "") {
				t.Errorf("request id and message do not fit the verdict: %+v", a)
			}
			if n := l.fake.ResetRequests(fakecvm.Web01); n != 1 {
				t.Errorf("%d requests arrived", n)
			}
			if n := l.fake.Resets(fakecvm.Web01); n != c.executed {
				t.Errorf("%d resets were begun, want %d", n, c.executed)
			}
		})
	}
}

func TestAnAcceptedResetCarriesTheRequestIDThatTheMachineWillShow(t *testing.T) {
	l := newLab(t)
	a := l.Reset(ctx(t), order())
	if err := l.fake.Advance(fakecvm.VisibleAfter); err != nil {
		t.Fatal(err)
	}
	seen, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01})
	if err != nil {
		t.Fatal(err)
	}
	latest := seen[fakecvm.Web01].Instance.Latest
	if a.RequestID == "" || latest.RequestID != a.RequestID || latest.Operation != "ResetInstance" ||
		latest.State != "OPERATING" {
		t.Errorf("answer %+v, seen %+v", a, latest)
	}
}

func TestOurOwnProfileSendsOnce(t *testing.T) {
	if err := oneshot.CheckProfile(newLab(t).accounts[0].Regions[0].Profile("cvm", resetTimeout)); err != nil {
		t.Error(err)
	}
}

func TestAResetThatTimesOutIsAmbiguousAndWasSentOnce(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "reset_hang", "on")
	short, cancel := context.WithCancel(ctx(t))
	go func() {
		_ = l.fake.WaitFor(t.Context(), func() bool { return l.fake.ResetRequests(fakecvm.Web01) == 1 })
		cancel()
	}()
	if a := l.Reset(short, order()); a.Verdict != port.Ambiguous {
		t.Errorf("%+v", a)
	}
	if n := l.fake.ResetRequests(fakecvm.Web01); n != 1 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestARedirectIsNeverFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			l := newLab(t)
			l.wire.answer("ResetInstance", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, l.server.URL+"/again", status)
			})
			a := l.Reset(ctx(t), order())
			if a.Verdict != port.Ambiguous {
				t.Errorf("%+v", a)
			}
			if n := len(l.wire.sent("ResetInstance")); n != 1 {
				t.Errorf("%d requests arrived", n)
			}
		})
	}
}

// A connection that was used before may be closed by the server at any time,
// and then Go's transport and the SDK both may send again.
func TestEveryResetHasAConnectionOfItsOwn(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "reset_error", "InvalidParameterValue")
	for n := range 5 {
		o := order()
		before := l.conns.Load()
		if a := l.Reset(ctx(t), o); a.Verdict != port.Declined {
			t.Fatalf("%+v", a)
		}
		if got := l.conns.Load() - before; got != 1 {
			t.Errorf("reset %d opened %d connections", n, got)
		}
		if _, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01}); err != nil {
			t.Fatal(err)
		}
	}
	if n := l.fake.ResetRequests(fakecvm.Web01); n != 5 {
		t.Errorf("%d requests arrived for five orders", n)
	}
}

func TestAnOrderWhoseArmingTimeIsFarAwayIsNeverSent(t *testing.T) {
	for _, off := range []time.Duration{
		-10 * time.Second, -7 * time.Second, 7 * time.Second, 400 * time.Second,
		-24 * time.Hour,
	} {
		l := newLab(t)
		o := order()
		o.T0 = o.T0.Add(off)
		a := l.Reset(ctx(t), o)
		if a.Verdict != port.NeverSent || a.Message == "" {
			t.Errorf("armed %s from now: %+v", off, a)
		}
		if n := l.fake.ResetRequests(fakecvm.Web01); n != 0 {
			t.Errorf("armed %s from now: %d requests arrived", off, n)
		}
	}
}

// The stamp comes from the machine's clock, T0 and now from the configured one:
// if they disagree, nothing is sent.
func TestAnOrderIsNotSentWhenOurOwnClocksDisagree(t *testing.T) {
	l := newLab(t, func(_ *fakecvm.Config, c *Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Minute) }
	})
	for _, t0 := range []time.Time{time.Now(), time.Now().Add(time.Minute), {}} {
		o := order()
		o.T0 = t0
		if a := l.Reset(ctx(t), o); a.Verdict != port.NeverSent {
			t.Errorf("%+v", a)
		}
	}
	if n := l.fake.ResetRequests(fakecvm.Web01); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestAnOrderIsUsedOnceEvenIfItIsGivenTwice(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "reset_drop_after", "on")
	o := order()
	for range 3 {
		if a := l.Reset(ctx(t), o); a.Verdict != port.Ambiguous {
			t.Errorf("%+v", a)
		}
	}
	if n := l.fake.ResetRequests(fakecvm.Web01); n != 1 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestNeverSentIsOnlySaidWhenNothingWasWritten(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := closed.Addr().String()
	closed.Close()

	plain, err := net.Listen("tcp", "127.0.0.1:0") // speaks no TLS
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	go func() {
		for {
			c, err := plain.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(make([]byte, 1))
			_ = c.Close()
		}
	}()
	for name, endpoint := range map[string]string{
		"connection refused":  "http://" + refusing,
		"no such host":        "http://nowhere.invalid:80",
		"TLS handshake fails": "https://" + plain.Addr().String(),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, func(_ *fakecvm.Config, c *Config) { c.Endpoint = endpoint })
			if a := l.Reset(ctx(t), order()); a.Verdict != port.NeverSent || a.Message == "" {
				t.Errorf("%+v", a)
			}
		})
	}
	t.Run("given up before", func(t *testing.T) {
		l := newLab(t)
		gone, cancel := context.WithCancel(ctx(t))
		cancel()
		if a := l.Reset(gone, order()); a.Verdict != port.NeverSent {
			t.Errorf("%+v", a)
		}
		if n := l.fake.ResetRequests(fakecvm.Web01); n != 0 {
			t.Errorf("%d requests arrived", n)
		}
	})
}

// Go may go on writing in the background after an attempt was given up. However
// early or late that is: an order that is said to be never sent never arrives.
func TestAnOrderGivenUpAtAnyMomentIsNeverSentOrAmbiguous(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.misbehave(t, "no_limits", "on")
	l.misbehave(t, "reset_error", "InvalidParameterValue")
	verdicts := map[port.Verdict]int{}
	var neverSent []string
	// 400 moments of 5 µs cover a call on a quiet machine. A busy one needs longer,
	// so the moments grow until an answer arrived in time.
	moment := time.Duration(0)
	for n := 0; n < 400 || verdicts[port.Declined] == 0 && moment < time.Minute; n++ {
		if n < 400 {
			moment += 5 * time.Microsecond
		} else {
			moment += moment / 4
		}
		short, cancel := context.WithTimeout(ctx(t), moment)
		o := order()
		o.Plan.Instance = fmt.Sprintf("ins-%08d", n)
		a := l.Reset(short, o)
		cancel()
		verdicts[a.Verdict]++
		if a.Verdict == port.NeverSent {
			neverSent = append(neverSent, o.Plan.Instance)
		}
		if a.Verdict == port.Accepted {
			t.Errorf("%+v", a)
		}
	}
	l.server.Close() // waits for whatever is still under way
	for _, id := range neverSent {
		if l.fake.ResetRequests(id) != 0 {
			t.Errorf("%s was said to be never sent, and arrived", id)
		}
	}
	if verdicts[port.NeverSent] == 0 || verdicts[port.Declined] == 0 {
		t.Errorf("the moments do not cover before and after: %v", verdicts)
	}
}

func TestAnImpossibleOrderIsNeverSent(t *testing.T) {
	l := newLab(t)
	for name, spoil := range map[string]func(*port.Order){
		"no instance":             func(o *port.Order) { o.Plan.Instance = "" },
		"no image":                func(o *port.Order) { o.Plan.Image.ID = "" },
		"no such account":         func(o *port.Order) { o.Plan.Account = "other" },
		"no such region":          func(o *port.Order) { o.Plan.Region = "ap-nowhere" },
		"no account":              func(o *port.Order) { o.Plan.Account = "" },
		"no region":               func(o *port.Order) { o.Plan.Region = "" },
		"password without login":  func(o *port.Order) { o.Password = "Aa1!aaaaaaaaaaaa" },
		"login without password":  func(o *port.Order) { o.Plan.Login.Kind = model.LoginPassword },
		"keys without a key":      func(o *port.Order) { o.Plan.Login.Kind = model.LoginKeys },
		"login that nobody knows": func(o *port.Order) { o.Plan.Login.Kind = "telepathy" },
	} {
		o := order()
		spoil(&o)
		if a := l.Reset(ctx(t), o); a.Verdict != port.NeverSent || a.Message == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if n := len(l.wire.sent("ResetInstance")); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestTheOneCallSaysExactlyWhatThePlanSays(t *testing.T) {
	t.Parallel()
	const password = "Aa1!bcdefgh-XYZ"
	for name, c := range map[string]struct {
		change func(*port.Order)
		want   map[string]any
	}{
		"public image, nothing else": {func(*port.Order) {}, map[string]any{
			"InstanceId": fakecvm.Web01, "ImageId": fakecvm.ImageUbuntu22, "SystemDisk": nil, "LoginSettings": nil,
			"HostName":                               nil,
			"EnhancedService.MonitorService.Enabled": true, "EnhancedService.SecurityService.Enabled": true,
			"UserData": nil,
		}},
		"disk that grows": {
			func(o *port.Order) { o.Plan.DiskGB = 100 },
			map[string]any{"SystemDisk.DiskSize": 100.0, "SystemDisk.DiskType": nil},
		},
		"host name": {func(o *port.Order) { o.Plan.HostName = "web-01" }, map[string]any{"HostName": "web-01"}},
		"keys": {func(o *port.Order) {
			o.Plan.Login = model.Login{Kind: model.LoginKeys, Keys: []string{fakecvm.KeyAlice}}
		}, map[string]any{"LoginSettings.Password": nil, "LoginSettings.KeepImageLogin": nil}},
		"password": {func(o *port.Order) {
			o.Plan.Login, o.Password = model.Login{Kind: model.LoginPassword}, password
		}, map[string]any{
			"LoginSettings.Password": password, "LoginSettings.KeyIds": nil,
			"LoginSettings.KeepImageLogin": nil,
		}},
		"own image and its login": {func(o *port.Order) {
			o.Plan.Image = model.Image{ID: fakecvm.ImageGolden, Type: model.ImagePrivate}
			o.Plan.Login.Kind = model.LoginKeepImage
		}, map[string]any{
			"LoginSettings.KeepImageLogin": "TRUE", "LoginSettings.Password": nil,
			"EnhancedService": nil,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			o := order()
			c.change(&o)
			if a := l.Reset(ctx(t), o); a.Verdict != port.Accepted {
				t.Fatalf("%+v", a)
			}
			body := l.wire.sent("ResetInstance")[0]
			for path, want := range c.want {
				if got := field(t, body, path); got != want {
					t.Errorf("%s is %v, want %v", path, got, want)
				}
			}
			if err := l.fake.Advance(fakecvm.ResetTakes); err != nil {
				t.Fatal(err)
			}
			if i, _ := l.fake.Instance(fakecvm.Web01); i.ImageID != o.Plan.Image.ID || i.Password != o.Password ||
				i.SystemDisk.SizeGB != o.Plan.DiskGB {
				t.Errorf("the machine became %+v", i)
			}
		})
	}
}

func TestThePasswordIsNeverInAnAnswerOrALog(t *testing.T) {
	const password = `Aa1!"bcdefgh\&<XYZ`
	for name, answer := range map[string]http.HandlerFunc{
		"in the cloud's words": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"Response":{"Error":{"Code":"InvalidParameterValue.InvalidPassword","Message":%q},"RequestId":"r-1"}}`,
				"The password "+password+" of "+testKey+" is too weak.")
		},
		"in a code": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"Response":{"Error":{"Code":%q}}}`, password)
		},
		"in a web page": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, password+testKey,
				http.StatusBadGateway)
		},
		"in a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/?p="+password, http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			l.wire.answer("ResetInstance", answer)
			o := order()
			o.Plan.Login, o.Password = model.Login{Kind: model.LoginPassword}, password
			said := fmt.Sprintf("%+v %#v", l.Reset(ctx(t), o), l.log.String())
			for _, secret := range []string{password, testKey, strconv.Quote(password), "bcdefgh", "the+secret"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is in %s", secret, said)
				}
			}
		})
	}
}
