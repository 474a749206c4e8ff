package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
	"twokey/commands/parallel"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

func TestMain(m *testing.M) { os.Exit(parallel.Run(m, parallel.Waiting)) }

// lab is a Cloud that speaks to the double over real HTTP.
type lab struct {
	*Cloud
	fake   *fakecvm.Cloud
	server *httptest.Server
	log    *lockedBuffer
	wire   *wire
	conns  atomic.Int64 // connections that were opened to the double
}

// wire stands between client and double: it keeps what went over it, and a
// test may answer in the double's place.
type wire struct {
	mu     sync.Mutex
	bodies map[string][]string // by action
	on     map[string]http.HandlerFunc
	next   http.Handler
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	action := r.Header.Get("X-TC-Action")
	w.mu.Lock()
	w.bodies[action] = append(w.bodies[action], string(body))
	handle := w.on[action]
	w.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if handle != nil {
		handle(rw, r)
		return
	}
	w.next.ServeHTTP(rw, r)
}

// sent returns the bodies of all requests of the action, oldest first.
func (w *wire) sent(action string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.bodies[action])
}

// answer puts f in the double's place for one action; nil gives it back.
func (w *wire) answer(action string, f http.HandlerFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.on[action] = f
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const (
	testID  = "AKIDofTheTestAccount"
	testKey = "the+secret/key\"of the test account"
)

// newLab opens a Cloud on the double. change may touch both configurations.
func newLab(t *testing.T, change ...func(*fakecvm.Config, *Config)) *lab {
	t.Helper()
	l := &lab{log: &lockedBuffer{}, wire: &wire{bodies: map[string][]string{}, on: map[string]http.HandlerFunc{}}}
	l.server = httptest.NewUnstartedServer(l.wire)
	l.server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			l.conns.Add(1)
		}
	}
	l.server.Start()
	t.Cleanup(l.server.Close)
	theirs := fakecvm.Config{SecretID: testID, SecretKey: testKey}
	ours := Config{
		Endpoint: l.server.URL, Log: slog.New(slog.NewJSONHandler(l.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Accounts: []Account{{
			Name: "main", Regions: []string{fakecvm.Guangzhou, fakecvm.Hongkong, fakecvm.Singapore}, Currency: "CNY",
			SecretID: testID, SecretKey: testKey,
		}},
	}
	for _, f := range change {
		f(&theirs, &ours)
	}
	l.fake = fakecvm.New(theirs)
	l.wire.next = l.fake
	c, err := Open(ours)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.client.Pause = time.Millisecond
	l.Cloud = c
	return l
}

// twice is a second account with the same credentials and other regions.
func twice(_ *fakecvm.Config, c *Config) {
	second := c.Accounts[0]
	c.Accounts[0].Regions = []string{fakecvm.Guangzhou}
	second.Name, second.Regions = "second", []string{fakecvm.Hongkong, fakecvm.Singapore}
	c.Accounts = append(c.Accounts, second)
}

func ctx(t *testing.T) context.Context {
	t.Helper()
	c, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return c
}

func (l *lab) misbehave(t *testing.T, name, value string) {
	t.Helper()
	if err := l.fake.Switch(name, value); err != nil {
		t.Fatal(err)
	}
}

// requests counts what arrived at the double for an action.
func (l *lab) requests(action string) (n int) {
	for _, r := range l.fake.Requests() {
		if r.Action == action {
			n++
		}
	}
	return n
}

func guangzhou(id string) model.Ref {
	return model.Ref{Account: "main", Region: fakecvm.Guangzhou, Instance: id}
}

// order is a plain order for web-01, armed now.
func order() port.Order {
	return port.Order{T0: time.Now(), Plan: model.Plan{
		Ref:   guangzhou(fakecvm.Web01),
		Image: model.Image{ID: fakecvm.ImageUbuntu22, Type: model.ImagePublic},
		Disk:  model.Disk{ID: "disk-12345678", Type: "CLOUD_PREMIUM", SizeGB: 50}, DiskGB: 50,
		Login: model.Login{Kind: model.LoginMessageCenter},
	}}
}

// isRefusal fails the test unless err is a refusal in words that contains all
// of the parts, and says why and what to do.
func isRefusal(t *testing.T, err error, parts ...string) {
	t.Helper()
	r, ok := err.(*model.Refusal)
	if !ok {
		t.Fatalf("not a refusal: %v", err)
	}
	if r.What == "" || r.Why == "" || r.Next == "" {
		t.Errorf("a refusal without what, why or next: %+v", r)
	}
	for _, p := range parts {
		if !strings.Contains(r.Error(), p) {
			t.Errorf("%q does not say %q", r.Error(), p)
		}
	}
}

// isFault fails the test unless err is an error, but no refusal, whose text
// contains all of the parts.
func isFault(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if r, ok := err.(*model.Refusal); ok {
		t.Fatalf("a refusal where a fault belongs: %v", r)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%q does not say %q", err, p)
		}
	}
}

// field reads a dotted path out of a JSON body; nil if it is not there.
func field(t *testing.T, body, path string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}
