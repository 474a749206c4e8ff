package cloud

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
	"twokey/commands/port"
)

func TestAConfigurationThatCannotWorkIsRefusedWithASentence(t *testing.T) {
	good := Account{Name: "main", Regions: []string{"ap-guangzhou"}, SecretID: "id", SecretKey: "key"}
	with := func(change func(*Account)) Config {
		a := good
		change(&a)
		return Config{Accounts: []Account{a}}
	}
	for want, cfg := range map[string]Config{
		"no cloud account":          {},
		"has no name":               with(func(a *Account) { a.Name = "" }),
		"a slash":                   with(func(a *Account) { a.Name = "a/b" }),
		"at least one region":       with(func(a *Account) { a.Regions = nil }),
		"each must have a name":     with(func(a *Account) { a.Regions = []string{""} }),
		"has no credentials":        with(func(a *Account) { a.SecretKey = "" }),
		`not "china"`:               with(func(a *Account) { a.Domain = "china" }),
		"configured twice":          {Accounts: []Account{good, good}},
		"not \"localhost:80\"":      {Accounts: []Account{good}, Endpoint: "localhost:80"},
		"not \"ftp://x\"":           {Accounts: []Account{good}, Endpoint: "ftp://x"},
		"not \"http://x/some/way\"": {Accounts: []Account{good}, Endpoint: "http://x/some/way"},
	} {
		if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

func TestAnAccountHasTheCurrencyOfItsConfiguration(t *testing.T) {
	l := newLab(t)
	if main, other := l.Currency("main"), l.Currency("other"); main != "CNY" || other != "" {
		t.Errorf("%q and %q", main, other)
	}
}

func TestReadsStayBelowTheCloudsLimits(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	l := newLab(t)
	for range 50 {
		if _, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01}); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range l.fake.Requests() {
		if strings.HasPrefix(r.Code, "RequestLimitExceeded") {
			t.Fatal("the cloud throttled us")
		}
	}
}

// roleLab is a lab whose account acts through a role: the double knows only the
// role's credentials.
func roleLab(t *testing.T, clock *clockOf, assume http.HandlerFunc) *lab {
	t.Helper()
	l := newLab(t, func(theirs *fakecvm.Config, ours *Config) {
		theirs.SecretID, theirs.SecretKey, theirs.Token = "role-id", "role-key", "role-token"
		ours.Accounts[0].RoleARN, ours.Now = "qcs::cam::uin/1:roleName/twokey", clock.now
		ours.Accounts[0].Regions = []string{fakecvm.Guangzhou}
	})
	l.wire.answer("AssumeRole", assume)
	return l
}

func grant(clock *clockOf, calls *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var q struct{ RoleArn, RoleSessionName string }
		if json.NewDecoder(r.Body).Decode(&q) != nil || q.RoleArn == "" || q.RoleSessionName == "" ||
			!strings.Contains(r.Header.Get("Authorization"), "Credential="+testID+"/") {
			http.Error(w, "bad", http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, `{"Response":{"Credentials":{"Token":"role-token","TmpSecretId":"role-id","TmpSecretKey":"role-key"},"ExpiredTime":%d,"RequestId":"r"}}`,
			clock.now().Add(2*time.Hour).Unix())
	}
}

func TestARoleIsAssumedOnceAndAgainBeforeItEnds(t *testing.T) {
	clock, calls := &clockOf{t: time.Now()}, &atomic.Int64{}
	l := roleLab(t, clock, grant(clock, calls))
	for range 3 {
		if _, err := l.Find(ctx(t), "web-01", "", ""); err != nil {
			t.Fatal(err)
		}
	}
	if calls.Load() != 1 {
		t.Errorf("assumed %d times", calls.Load())
	}
	if a := l.Reset(ctx(t), order()); a.Verdict != port.Accepted {
		t.Errorf("%+v", a)
	}
	clock.move(2*time.Hour - 10*time.Minute)
	l.wire.answer("AssumeRole", say("{}"))
	if _, err := l.Find(ctx(t), "web-01", "", ""); err != nil {
		t.Errorf("a session that still lives is not used: %v", err)
	}
	l.wire.answer("AssumeRole", grant(clock, calls))
	if _, err := l.Find(ctx(t), "web-01", "", ""); err != nil || calls.Load() != 2 {
		t.Errorf("assumed %d times; %v", calls.Load(), err)
	}
}

func TestARoleThatCannotBeAssumedIsAFaultAndNothingIsSent(t *testing.T) {
	clock := &clockOf{t: time.Now()}
	for _, answer := range []string{
		"{}", `{"Response":{"RequestId":"r"}}`, "<html>" + testKey,
		`{"Response":{"Error":{"Code":"AuthFailure.RoleUnauthorized","Message":"` + `no"},"RequestId":"r"}}`,
	} {
		l := roleLab(t, clock, say(answer))
		_, err := l.Find(ctx(t), "web-01", "", "")
		isFault(t, err, "AssumeRole of account main")
		a := l.Reset(ctx(t), order())
		if a.Verdict != port.NeverSent || strings.Contains(a.Message+err.Error(), "the+secret") {
			t.Errorf("%+v", a)
		}
		if n := len(l.fake.Requests()); n != 0 {
			t.Errorf("%d requests arrived", n)
		}
	}
}
