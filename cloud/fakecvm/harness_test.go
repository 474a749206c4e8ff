package fakecvm_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/fakecvm"
)

// stillClock is a wall clock that moves only if a test moves it.
type stillClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *stillClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *stillClock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// rig is a double behind HTTP with its clock held still at the present, so that
// the SDK's signatures are in time and jobs end only by Advance.
type rig struct {
	*fakecvm.Cloud
	t     *testing.T
	url   string
	clock *stillClock
}

func newRig(t *testing.T) *rig {
	t.Helper()
	clock := &stillClock{now: time.Now()}
	c := fakecvm.New(fakecvm.Config{
		SecretID: fakecvm.SampleSecretID, SecretKey: fakecvm.SampleSecretKey,
		Now: clock.Now,
	})
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	r := &rig{Cloud: c, t: t, url: server.URL, clock: clock}
	r.must(c.Switch("no_limits", "on"))
	return r
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) advance(d time.Duration) {
	r.t.Helper()
	r.must(r.Advance(d))
}

func (r *rig) instance(id string) fakecvm.Instance {
	r.t.Helper()
	i, ok := r.Instance(id)
	if !ok {
		r.t.Fatalf("no instance %s", id)
	}
	return i
}

func clientProfile(url string) *profile.ClientProfile {
	p := profile.NewClientProfile()
	p.DisableRegionBreaker = true
	p.HttpProfile.Scheme = "http"
	p.HttpProfile.Endpoint = strings.TrimPrefix(url, "http://")
	return p
}

func (r *rig) cvm(region string) *cvm.Client {
	r.t.Helper()
	client, err := cvm.NewClient(common.NewCredential(fakecvm.SampleSecretID, fakecvm.SampleSecretKey), region,
		clientProfile(r.url))
	r.must(err)
	return client
}

func (r *rig) cbs(region string) *cbs.Client {
	r.t.Helper()
	client, err := cbs.NewClient(common.NewCredential(fakecvm.SampleSecretID, fakecvm.SampleSecretKey), region,
		clientProfile(r.url))
	r.must(err)
	return client
}

// describe reads one instance through the API.
func (r *rig) describe(region, id string) *cvm.Instance {
	r.t.Helper()
	in := cvm.NewDescribeInstancesRequest()
	in.InstanceIds = common.StringPtrs([]string{id})
	out, err := r.cvm(region).DescribeInstances(in)
	r.must(err)
	if len(out.Response.InstanceSet) != 1 {
		r.t.Fatalf("DescribeInstances(%s) in %s: %d instances, want 1", id, region, len(out.Response.InstanceSet))
	}
	return out.Response.InstanceSet[0]
}

// resetTo is a ResetInstance request.
func resetTo(instance, image string) *cvm.ResetInstanceRequest {
	in := cvm.NewResetInstanceRequest()
	in.InstanceId, in.ImageId = &instance, &image
	return in
}

// reset asks for a reset and returns the answer's request id.
func (r *rig) reset(instance, image string) (string, error) {
	r.t.Helper()
	out, err := r.cvm(r.instance(instance).Region).ResetInstance(resetTo(instance, image))
	if err != nil {
		return "", err
	}
	return *out.Response.RequestId, nil
}

// code is the error code of the API or of the SDK; "" for none.
func code(err error) string {
	var e *sdkerrors.TencentCloudSDKError
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return "not an SDK error: " + err.Error()
	}
	return ""
}

func (r *rig) wantCode(err error, want string) {
	r.t.Helper()
	if got := code(err); got != want {
		r.t.Fatalf("got %q (%v), want %q", got, err, want)
	}
}

// raw is a request made by hand, signed here by the documented method and not
// by the SDK. A test changes what it wants to be wrong.
type raw struct {
	action, service, version, region, id, key, body, host, content string
	signed                                                         time.Time
	change                                                         func(*http.Request)
}

func goodRaw(action, body string) raw {
	service := "cvm"
	if strings.Contains(action, "Disk") || strings.Contains(action, "Snapshot") {
		service = "cbs"
	}
	return raw{
		action: action, service: service, version: "2017-03-12", region: fakecvm.Guangzhou, body: body,
		id: fakecvm.SampleSecretID, key: fakecvm.SampleSecretKey, signed: time.Now(), content: "application/json",
	}
}

func (q raw) request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, url+"/", strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	if q.host == "" {
		q.host = r.Host
	}
	stamp, date := fmt.Sprint(q.signed.Unix()), q.signed.UTC().Format("2006-01-02")
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	mac := func(key []byte, s string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(s))
		return h.Sum(nil)
	}
	canonical := "POST\n/\n\ncontent-type:" + q.content + "\nhost:" + q.host + "\n\ncontent-type;host\n" + sum(q.body)
	scope := date + "/" + q.service + "/tc3_request"
	k := mac(mac(mac([]byte("TC3"+q.key), date), q.service), "tc3_request")
	signature := hex.EncodeToString(mac(k, "TC3-HMAC-SHA256\n"+stamp+"\n"+scope+"\n"+sum(canonical)))
	r.Header.Set("Authorization",
		"TC3-HMAC-SHA256 Credential="+q.id+"/"+scope+", SignedHeaders=content-type;host, Signature="+signature)
	r.Header.Set("Content-Type", q.content)
	r.Header.Set("X-TC-Timestamp", stamp)
	for name, value := range map[string]string{
		"X-TC-Action": q.action, "X-TC-Version": q.version,
		"X-TC-Region": q.region,
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if q.change != nil {
		q.change(r)
	}
	return r
}

// reply is an answer of the API, read without the SDK.
type reply struct {
	status int
	header http.Header
	body   []byte
	code   string
	fields map[string]json.RawMessage
}

func (r *rig) send(q raw) reply {
	r.t.Helper()
	out, err := http.DefaultClient.Do(q.request(r.t, r.url))
	r.must(err)
	defer func() { _ = out.Body.Close() }()
	body, err := io.ReadAll(out.Body)
	r.must(err)
	answer := reply{status: out.StatusCode, header: out.Header, body: body}
	var envelope struct{ Response map[string]json.RawMessage }
	if json.NewDecoder(bytes.NewReader(body)).Decode(&envelope) == nil {
		answer.fields = envelope.Response
	}
	var refusal struct{ Code string }
	if raw, ok := answer.fields["Error"]; ok {
		r.must(json.Unmarshal(raw, &refusal))
		answer.code = refusal.Code
	}
	return answer
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
