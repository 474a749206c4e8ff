package oneshot

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

func TestTheResetsClientRefusesEverySettingThatSendsTwice(t *testing.T) {
	fresh := func() *profile.ClientProfile {
		p := profile.NewClientProfile()
		p.DisableRegionBreaker = true
		return p
	}
	if err := CheckProfile(fresh()); err != nil {
		t.Fatalf("without such a setting: %v", err)
	}
	for name, spoil := range map[string]func(*profile.ClientProfile){
		"network retries":    func(p *profile.ClientProfile) { p.NetworkFailureMaxRetries = 1 },
		"rate-limit retries": func(p *profile.ClientProfile) { p.RateLimitExceededMaxRetries = 1 },
		"unsafe retry":       func(p *profile.ClientProfile) { p.UnsafeRetryOnConnectionFailure = true },
		"region breaker":     func(p *profile.ClientProfile) { p.DisableRegionBreaker = false },
		"debug":              func(p *profile.ClientProfile) { p.Debug = true },
		"GET":                func(p *profile.ClientProfile) { p.HttpProfile.ReqMethod = "GET" },
		"no time-out":        func(p *profile.ClientProfile) { p.HttpProfile.ReqTimeout = 0 },
	} {
		p := fresh()
		spoil(p)
		if CheckProfile(p) == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

func TestOneRightRequestIsLetThrough(t *testing.T) {
	var arrived atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived.Add(1) }))
	defer server.Close()
	request := func(change func(*http.Request)) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-TC-Action", "ResetInstance")
		r.Header.Set("X-TC-Timestamp", strconv.FormatInt(time.Now().Unix(), 10))
		change(r)
		return r
	}
	s := New(time.Now(), time.Now)
	defer s.Close()
	for name, change := range map[string]func(*http.Request){
		"another action":    func(r *http.Request) { r.Header.Set("X-TC-Action", "CreateImage") },
		"another method":    func(r *http.Request) { r.Method = http.MethodGet },
		"an idempotency":    func(r *http.Request) { r.Header.Set("Idempotency-Key", "x") },
		"an x-idempotency":  func(r *http.Request) { r.Header.Set("X-Idempotency-Key", "x") },
		"no stamp":          func(r *http.Request) { r.Header.Del("X-TC-Timestamp") },
		"yesterday's stamp": func(r *http.Request) { r.Header.Set("X-TC-Timestamp", "1700000000") },
	} {
		if resp, err := s.RoundTrip(request(change)); err == nil {
			resp.Body.Close()
			t.Errorf("%s: let through", name)
		}
	}
	for n := range 3 {
		resp, err := s.RoundTrip(request(func(*http.Request) {}))
		if err == nil {
			resp.Body.Close()
		}
		if (err == nil) != (n == 0) {
			t.Errorf("attempt %d: %v", n+1, err)
		}
	}
	if n := arrived.Load(); n != 1 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestNoConnectionWritesAfterItsOrderIsOver(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	s := &Transport{}
	conn := &endableConn{Conn: ours, ended: &s.ended}
	if s.MayHaveLeft() {
		t.Error("nothing left, and it is said to have")
	}
	if n, err := conn.Write([]byte("x")); n != 0 || !errors.Is(err, errEnded) {
		t.Errorf("wrote %d bytes: %v", n, err)
	}
}
