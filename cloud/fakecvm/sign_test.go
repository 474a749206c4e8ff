package fakecvm_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/fakecvm"
)

func TestTheRealSDKIsUnderstood(t *testing.T) {
	r := newRig(t)
	i := r.describe(fakecvm.Guangzhou, fakecvm.Web01)
	if *i.InstanceName != "web-01" || *i.Memory != 4 || *i.SystemDisk.DiskSize != 50 || *i.InstanceState != "RUNNING" {
		t.Errorf("web-01 reads %v", *i.InstanceName)
	}
	if len(i.PublicIpAddresses) != 1 || len(i.DataDisks) != 1 ||
		*i.LatestOperation != "ModifyInstancesAttribute.SecurityGroups" || i.LatestOperationErrorMsg != nil {
		t.Errorf("web-01 lacks its addresses, disks or latest operation")
	}
}

func TestSignaturesAreReallyChecked(t *testing.T) {
	r := newRig(t)
	const body = `{"InstanceIds":["ins-1a2b3c4d"]}`
	for name, one := range map[string]struct {
		change func(*raw)
		want   string
	}{
		"signed by hand":            {func(*raw) {}, ""},
		"host without port":         {func(q *raw) { q.host = "127.0.0.1" }, ""},
		"service of another client": {func(q *raw) { q.service = "127" }, ""},
		"another host": {
			func(q *raw) { q.host = "cvm.tencentcloudapi.com" },
			"AuthFailure.SignatureFailure",
		},
		"wrong key":  {func(q *raw) { q.key = "guess" }, "AuthFailure.SignatureFailure"},
		"unknown id": {func(q *raw) { q.id = "AKIDsomebodyelse" }, "AuthFailure.SecretIdNotFound"},
		"six minutes old": {
			func(q *raw) { q.signed = q.signed.Add(-6 * time.Minute) },
			"AuthFailure.SignatureExpire",
		},
		"six minutes ahead": {
			func(q *raw) { q.signed = q.signed.Add(6 * time.Minute) },
			"AuthFailure.SignatureExpire",
		},
		"four minutes old": {func(q *raw) { q.signed = q.signed.Add(-4 * time.Minute) }, ""},
		"body changed on the way": {func(q *raw) {
			q.change = func(h *http.Request) {
				h.Body = http.NoBody
				h.ContentLength = 0
			}
		}, "AuthFailure.SignatureFailure"},
		"no authorization": {func(q *raw) {
			q.change = func(h *http.Request) { h.Header.Del("Authorization") }
		}, "AuthFailure.InvalidAuthorization"},
		"another algorithm": {func(q *raw) {
			q.change = func(h *http.Request) {
				h.Header.Set("Authorization", strings.Replace(h.Header.Get("Authorization"), "TC3-HMAC-SHA256",
					"TC3-HMAC-SHA1", 1))
			}
		}, "AuthFailure.InvalidAuthorization"},
		"host not signed": {func(q *raw) {
			q.change = func(h *http.Request) {
				h.Header.Set("Authorization",
					strings.Replace(h.Header.Get("Authorization"), "content-type;host", "content-type", 1))
			}
		}, "AuthFailure.InvalidAuthorization"},
		"timestamp moved": {func(q *raw) {
			q.change = func(h *http.Request) { h.Header.Set("X-TC-Timestamp", "x") }
		}, "MissingParameter"},
		"token of nobody": {func(q *raw) {
			q.change = func(h *http.Request) { h.Header.Set("X-TC-Token", "t") }
		}, "AuthFailure.TokenFailure"},
	} {
		t.Run(name, func(t *testing.T) {
			q := goodRaw("DescribeInstances", body)
			one.change(&q)
			if got := r.send(q); got.code != one.want || got.status != http.StatusOK {
				t.Errorf("got %d %q, want 200 %q: %s", got.status, got.code, one.want, got.body)
			}
		})
	}
}

func TestTheDateHeaderFollowsTheCloudsClock(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("clock_skew", "-4m"))
	got := r.send(goodRaw("DescribeRegions", "{}"))
	date, err := http.ParseTime(got.header.Get("Date"))
	r.must(err)
	if off := r.clock.Now().Sub(date).Round(time.Minute); off != 4*time.Minute {
		t.Errorf("the cloud is %s behind, want 4m", off)
	}
	r.must(r.Switch("clock_skew", "10m"))
	if got := r.send(goodRaw("DescribeRegions", "{}")); got.code != "AuthFailure.SignatureExpire" {
		t.Errorf("ten minutes off: %q", got.code)
	}
	r.must(r.Switch("clock_skew", "off"))
	if got := r.send(goodRaw("DescribeRegions", "{}")); got.code != "" {
		t.Errorf("switched off again: %q", got.code)
	}
}

func TestRevokedSecretsAreUnknown(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("secret_revoked", "on"))
	_, err := r.cvm(fakecvm.Guangzhou).DescribeInstances(cvm.NewDescribeInstancesRequest())
	r.wantCode(err, "AuthFailure.SecretIdNotFound")
}

func TestTemporaryCredentialsNeedTheirToken(t *testing.T) {
	r := newRig(t)
	r.Cloud = fakecvm.New(fakecvm.Config{SecretID: "AKIDtmp", SecretKey: "k", Token: "session"})
	server := serve(t, r.Cloud)
	for token, want := range map[string]string{
		"session": "", "other": "AuthFailure.TokenFailure",
		"": "AuthFailure.TokenFailure",
	} {
		client, err := cvm.NewClient(common.NewTokenCredential("AKIDtmp", "k", token), fakecvm.Guangzhou,
			clientProfile(server))
		r.must(err)
		_, err = client.DescribeRegions(cvm.NewDescribeRegionsRequest())
		r.wantCode(err, want)
	}
}
