package cloud

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/audit"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

// audited opens a lab whose CloudAudit shows every event at once.
func audited(t *testing.T, change ...func(*fakecvm.Config, *Config)) *lab {
	t.Helper()
	l := newLab(t, change...)
	l.misbehave(t, "audit_delay", "0s")
	return l
}

func (l *lab) events(t *testing.T, id string, since time.Time) []model.CloudEvent {
	t.Helper()
	es, err := l.Events(ctx(t), guangzhou(id), since)
	if err != nil {
		t.Fatal(err)
	}
	return es
}

func TestCloudAuditTellsOurResetFromTheConsoles(t *testing.T) {
	l := audited(t)
	before := time.Now().Add(-time.Second)
	answer := l.Reset(ctx(t), order())
	if answer.Verdict != port.Accepted {
		t.Fatalf("%+v", answer)
	}
	if err := l.fake.Operate(fakecvm.Web02, "ResetInstance"); err != nil {
		t.Fatal(err)
	}
	ours, theirs := l.events(t, fakecvm.Web01, before), l.events(t, fakecvm.Web02, before)
	if len(ours) != 1 || ours[0].Caller != model.CallerOurs || ours[0].RequestID != answer.RequestID ||
		ours[0].Error != "" || ours[0].Operation != "ResetInstance" {
		t.Errorf("ours: %+v, answered %s", ours, answer.RequestID)
	}
	if off := time.Since(ours[0].At).Abs(); off > 5*time.Second {
		t.Errorf("it says %s", ours[0].At)
	}
	if len(theirs) != 1 || theirs[0].Caller != model.CallerForeign || theirs[0].User != fakecvm.ConsoleUser {
		t.Errorf("theirs: %+v", theirs)
	}
}

// The print that is remembered when the call is armed is that of its event, also
// after the key was rotated.
func TestTheSignersPrintIsTheEventsAfterTheKeyWasRotated(t *testing.T) {
	l := audited(t)
	l.misbehave(t, "audit_keys", "on")
	before := time.Now().Add(-time.Second)
	print, err := l.Signer(ctx(t), "main")
	if err != nil {
		t.Fatal(err)
	}
	if answer := l.Reset(ctx(t), order()); answer.Verdict != port.Accepted {
		t.Fatalf("%+v", answer)
	}
	const id, key = "AKIDtheNextOne", "the next secret key"
	l.fake.RotateKey(id, key)
	if _, err := l.Events(ctx(t), guangzhou(fakecvm.Web01), before); err == nil {
		t.Error("the key before is taken still")
	}
	next, err := Open(Config{
		Endpoint: l.server.URL,
		Accounts: []Account{{Name: "main", Regions: []string{fakecvm.Guangzhou}, SecretID: id, SecretKey: key}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(next.Close)
	es, err := next.Events(ctx(t), guangzhou(fakecvm.Web01), before)
	if err != nil || len(es) != 1 || es[0].Key != print || es[0].Caller != model.CallerForeign {
		t.Errorf("%+v, %v; the print is %s", es, err, print)
	}
	if other, err := next.Signer(ctx(t), "main"); err != nil || other == print {
		t.Errorf("both keys have the print %s; %v", other, err)
	}
	if _, err := next.Signer(ctx(t), "nobody"); err == nil {
		t.Error("an account that does not exist signs")
	}
}

// The one recorded event names no access key: a call at the console is another's,
// one of our own account user is ours, and of the rest nothing is known.
func TestAnEventThatNamesNoKeyIsToldByItsUserAndWhereItWasCalled(t *testing.T) {
	for what, c := range map[string]struct {
		set      map[string]string
		ours     model.Caller
		theirs   model.Caller
		identity int // requests
	}{
		"as recorded":    {nil, model.CallerOurs, model.CallerForeign, 1},
		"all by the API": {map[string]string{"audit_api_calls": "on"}, model.CallerOurs, model.CallerUnsure, 1},
		"not told who we are": {
			map[string]string{"error:GetCallerIdentity": "UnauthorizedOperation"},
			model.CallerUnsure,
			model.CallerForeign, 1,
		},
		"nor where it came from": {map[string]string{
			"error:GetCallerIdentity": "UnauthorizedOperation",
			"audit_api_calls":         "on",
		}, model.CallerUnsure, model.CallerUnsure, 1},
	} {
		l := audited(t)
		for name, value := range c.set {
			l.misbehave(t, name, value)
		}
		before := time.Now().Add(-time.Second)
		l.Reset(ctx(t), order())
		if err := l.fake.Operate(fakecvm.Shop01, "ResetInstance"); err != nil {
			t.Fatal(err)
		}
		ours, theirs := l.events(t, fakecvm.Web01, before), l.events(t, fakecvm.Shop01, before)
		if len(ours) != 1 || ours[0].Key != "" || ours[0].Caller != c.ours {
			t.Errorf("%s: ours %+v", what, ours)
		}
		if len(theirs) != 1 || theirs[0].Key != "" || theirs[0].Caller != c.theirs {
			t.Errorf("%s: theirs %+v", what, theirs)
		}
		if n := l.requests(api.CallerIdentity.Name); n != c.identity {
			t.Errorf("%s: asked %d times who we are", what, n)
		}
	}
}

// People use the main account as well.
func TestTheMainAccountIsNotTakenForOurOwnUser(t *testing.T) {
	l := audited(t)
	l.wire.answer(api.CallerIdentity.Name, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"Response":{"AccountId":"` + fakecvm.CallerUser + `","UserId":"` + fakecvm.CallerUser +
			`","RequestId":"r-1"}}`))
	})
	l.Reset(ctx(t), order())
	if es := l.events(t, fakecvm.Web01, time.Now().Add(-time.Minute)); len(es) != 1 ||
		es[0].Caller != model.CallerUnsure {
		t.Errorf("%+v", es)
	}
}

// Other names of calls that wipe are asked for as well.
func TestAResetAtTheConsoleIsSeenUnderAnyOfItsNames(t *testing.T) {
	for _, name := range []string{"ConvertOperatingSystems", "ResetInstances"} {
		l := audited(t)
		l.misbehave(t, "audit_reset_name", name)
		if err := l.fake.Operate(fakecvm.Web01, "ResetInstance"); err != nil {
			t.Fatal(err)
		}
		if es := l.events(t, fakecvm.Web01, time.Now().Add(-time.Minute)); len(es) != 1 || es[0].Operation != name ||
			!es[0].Console {
			t.Errorf("%s: %+v", name, es)
		}
	}
}

func TestARefusedResetIsAnEventWithItsCode(t *testing.T) {
	l := audited(t)
	l.misbehave(t, "reset_error", "InvalidImageId.NotFound")
	l.Reset(ctx(t), order())
	es := l.events(t, fakecvm.Web01, time.Now().Add(-time.Minute))
	if len(es) != 1 || es[0].Error != "InvalidImageId.NotFound" {
		t.Errorf("%+v", es)
	}
}

func TestEventsAppearLate(t *testing.T) {
	l := newLab(t)
	if err := l.fake.SetSpeed(0); err != nil {
		t.Fatal(err)
	}
	l.Reset(ctx(t), order())
	if es := l.events(t, fakecvm.Web01, time.Now().Add(-time.Minute)); len(es) != 0 {
		t.Errorf("at once: %+v", es)
	}
	if err := l.fake.Advance(fakecvm.EventAfter); err != nil {
		t.Fatal(err)
	}
	if es := l.events(t, fakecvm.Web01, time.Now().Add(-time.Minute)); len(es) != 1 {
		t.Errorf("ten seconds later: %+v", es)
	}
}

func TestAnAccountWithoutCloudAuditIsToldFromAFault(t *testing.T) {
	for _, code := range []string{"UnauthorizedOperation", "FailedOperation.MemberNotAuditRole"} {
		l := audited(t)
		l.misbehave(t, "audit_refused", code)
		_, err := l.Events(ctx(t), guangzhou(fakecvm.Web01), time.Now())
		if !isDenied(err) {
			t.Errorf("%s is not denied: %v", code, err)
		}
		isFault(t, err, "DescribeEvents", "account main", code)
	}
	for name, value := range map[string]string{
		"error:DescribeEvents": "InternalError.SearchError",
		"drop:DescribeEvents":  "on", "describe_empty": "on",
	} {
		l := audited(t)
		l.misbehave(t, name, value)
		_, err := l.Events(ctx(t), guangzhou(fakecvm.Web01), time.Now())
		isFault(t, err)
		if isDenied(err) {
			t.Errorf("%s reads as denied: %v", name, err)
		}
		if n := l.requests(api.DescribeEvents); n != api.ReadTries {
			t.Errorf("%s: %d tries", name, n)
		}
	}
}

func TestAllPagesAreRead(t *testing.T) {
	l := audited(t)
	for range 2*audit.PageSize + 3 {
		for _, id := range []string{fakecvm.Web01, fakecvm.Web02} {
			if err := l.fake.Operate(id, "ModifyInstancesAttribute"); err != nil {
				t.Fatal(err)
			}
		}
	}
	es := l.events(t, fakecvm.Web01, time.Now().Add(-time.Minute))
	seen := map[string]bool{}
	for _, e := range es {
		seen[e.RequestID] = true
	}
	if want := 2*audit.PageSize + 3; len(es) != want || len(seen) != want {
		t.Errorf("%d events, %d of them different, want %d", len(es), len(seen), want)
	}
	if n := l.requests(api.DescribeEvents); n != 5 {
		t.Errorf("%d pages", n)
	}
}

func TestAnEventLogWithoutAnEndIsAFault(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := audited(t)
	n := 0
	for what, body := range map[string]func() string{
		"more and more":   func() string { n++; return fmt.Sprintf(`"ListOver":false,"NextToken":%d,"Events":[]`, n) },
		"the same again":  func() string { return `"ListOver":false,"NextToken":7,"Events":[]` },
		"no word on more": func() string { return `"Events":[]` },
	} {
		l.wire.answer(api.DescribeEvents, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"Response":{` + body() + `,"RequestId":"r-1"}}`))
		})
		if _, err := l.Events(ctx(t), guangzhou(fakecvm.Web01), time.Now()); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func TestTheSearchStaysWithinWhatTheAPIAllows(t *testing.T) {
	l := audited(t)
	l.events(t, fakecvm.Web01, time.Now().Add(-365*24*time.Hour))
	if _, err := l.Events(ctx(t), model.Ref{Account: "main", Region: fakecvm.Singapore, Instance: fakecvm.SG01},
		time.Now()); err != nil {
		t.Error(err)
	}
	if api.AuditRegion("ap-nanjing") != "ap-guangzhou" || api.AuditRegion("ap-singapore") != "ap-singapore" {
		t.Error("a region that CloudAudit does not serve")
	}
}

func TestNoSecretIsInAnEventsFault(t *testing.T) {
	l := audited(t, func(_ *fakecvm.Config, c *Config) { c.Accounts[0].SecretKey = "another secret key" })
	_, err := l.Events(ctx(t), guangzhou(fakecvm.Web01), time.Now())
	isFault(t, err, "AuthFailure.SignatureFailure")
	if strings.Contains(err.Error()+l.log.String(), "another secret key") {
		t.Errorf("%v", err)
	}
}
