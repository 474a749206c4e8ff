// Package conform_test holds the double of Tencent Cloud against the vendor's
// own Node client, which was made from the same descriptions as the API's pages:
// every call that the double knows, and the refusals. npm brings the client, for
// this test alone; package-lock.json says which.
package conform_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"twokey/cloud/fakecvm"
)

// line is what calls.mjs prints: of a call, or of a refusal.
type line struct {
	Call, Name string
	Answer     json.RawMessage
	// Paths into the answer: what the client's interfaces do not know, do not
	// allow to be null, have of another kind, and have besides.
	Unknown, Nulls, Other, Missing []string

	Refusal, Kind, Code, Message, RequestID string
}

// told runs the script against a double of its own. With -short it skips the test.
func told(t *testing.T) (*fakecvm.Cloud, []line) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short starts no node: make test runs this")
	}
	if _, err := os.Stat("node_modules/.package-lock.json"); errors.Is(err, fs.ErrNotExist) {
		t.Fatal("the vendor's own client is not here: `make test` installs it into " +
			"cloud/fakecvm/conform/node_modules " +
			"(npm ci)")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is not here: `make test` installs it")
	}
	c := fakecvm.New(fakecvm.Config{SecretID: fakecvm.SampleSecretID, SecretKey: fakecvm.SampleSecretKey})
	// The client's interfaces know no null for a list; recorded answers do (cloud/doc.go 4.11).
	if err := c.Switch("no_nulls", "on"); err != nil {
		t.Fatal(err)
	}
	api, control := httptest.NewServer(c), httptest.NewServer(c.Control())
	t.Cleanup(api.Close)
	t.Cleanup(control.Close)
	cmd := exec.CommandContext(t.Context(), node, "calls.mjs")
	cmd.Env = append(os.Environ(), "API="+api.URL, "CONTROL="+control.URL, "REGION="+fakecvm.Guangzhou,
		"SECRET_ID="+fakecvm.SampleSecretID, "SECRET_KEY="+fakecvm.SampleSecretKey)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, wrong.String())
	}
	var lines []line
	s := bufio.NewScanner(bytes.NewReader(out))
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		var l line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatalf("%v: %s", err, s.Bytes())
		}
		lines = append(lines, l)
	}
	return c, lines
}

// nullAnyway are null for what has none, though the client's comments do not
// say so.
var nullAnyway = []string{
	"DescribeInstances.InstanceSet[].Placement.HostId", "DescribeInstances.InstanceSet[].ImageId",
	"DescribeInstances.InstanceSet[].DataDisks[].SnapshotId",
	"DescribeInstances.InstanceSet[].DataDisks[].KmsKeyId", "DescribeInstances.InstanceSet[].SystemDisk.KmsKeyId",
	"DescribeInstances.InstanceSet[].InternetAccessible.InternetChargeType", "DescribeImages.ImageSet[].ImageCreator",
	"DescribeKeyPairs.KeyPairSet[].PrivateKey", "InquiryPriceResetInstance.Price.InstancePrice.DiscountPrice",
	"InquiryPriceResetInstance.Price.InstancePrice.OriginalPrice",
}

// leftOut are fields, or all below a path, that the double does not answer.
var leftOut = []string{
	// There is no GPU, and the login has only its keys (cloud/doc.go 9.5).
	"DescribeInstances.InstanceSet[].GPUInfo", "DescribeInstances.InstanceSet[].LoginSettings.",
	// Parts that are given when a machine is launched.
	"DescribeInstances.InstanceSet[].InternetAccessible.", "DescribeInstances.InstanceSet[].Placement.",
	"DescribeInstances.InstanceSet[].VirtualPrivateCloud.",
	// Of dedicated clusters, prices for years and steps, and policies that nobody has.
	"DescribeImages.ImageSet[].CdcCacheStatus", "DescribeSnapshots.SnapshotSet[].AutoSnapshotPolicyId",
	"DescribeSnapshots.SnapshotSet[].Placement.", "InquiryPriceResetInstance.Price.",
	// Nobody reads more of these.
	"DescribeDisks.DiskSet[].", "DescribeLBListeners.LoadBalancers[].Listeners[].", "GetMonitorData.",
	"DescribeAutoScalingInstances.AutoScalingInstanceSet[].", "DescribeExistedInstances.ExistedInstanceSet[].",
	"DescribeEvents.TotalCount", // no longer in use, by the client's comment
}

func TestTheVendorsOwnClientReadsEveryCall(t *testing.T) {
	t.Parallel()
	c, lines := told(t)
	called := map[string]bool{}
	for _, l := range lines {
		if l.Call == "" {
			continue
		}
		called[l.Call] = true
		if len(l.Unknown) > 0 || len(l.Other) > 0 {
			t.Errorf("%s: not in the client: %v, of another kind there: %v", l.Call, l.Unknown, l.Other)
		}
		for _, path := range l.Nulls {
			if !slices.Contains(nullAnyway, path) {
				t.Errorf("%s is null", path)
			}
		}
		for _, path := range l.Missing {
			if !slices.ContainsFunc(leftOut,
				func(p string) bool { return path == p || strings.HasSuffix(p, ".") && strings.HasPrefix(path, p) }) {
				t.Errorf("%s is not answered", path)
			}
		}
		if !bytes.Contains(l.Answer, []byte(`"RequestId":"`)) {
			t.Errorf("%s has no request id: %s", l.Call, l.Answer)
		}
	}
	for _, s := range c.Switches() {
		if action, ok := strings.CutPrefix(s.Name, "error:"); ok && !called[action] {
			t.Errorf("%s was not called", action)
		}
	}
}

func TestTheVendorsOwnClientUnderstandsEveryRefusal(t *testing.T) {
	t.Parallel()
	c, lines := told(t)
	want := map[string][2]string{
		"nobody knows the key":     {"AuthFailure.SecretIdNotFound", "SecretId is not found"},
		"a bad signature":          {"AuthFailure.SignatureFailure", "could not be validated"},
		"the machine is busy":      {"OperationDenied.InstanceOperationInProgress", "operation in progress"},
		"no such machine":          {"InvalidInstanceId.NotFound", "ins-00000000"},
		"a bad password":           {"InvalidParameterValue.InvalidPassword", "complexity"},
		"a parameter nobody knows": {"UnknownParameter", "Instances"},
		"no Offset":                {"MissingParameter", "Offset"},
		"a denial":                 {"UnauthorizedOperation", "(cvm:ResetInstance)\nresource (qcs::cvm:ap-guangzhou:"},
		"an outage of CAM":         {"UnauthorizedOperation.PermissionDenied", "send request err"},
		"throttling":               {"RequestLimitExceeded", "exceeds the limit"},
		"a gateway":                {"", "Bad Gateway"},
		"a cut":                    {"", "socket hang up"},
	}
	for _, l := range lines {
		w, ok := want[l.Refusal]
		if l.Refusal == "" {
			continue
		}
		if !ok || l.Kind != "TencentCloudSDKHttpException" || l.Code != w[0] || !strings.Contains(l.Message, w[1]) ||
			(l.RequestID == "") != (w[0] == "") {
			t.Errorf("%s: %s %q %q, request %q; want %v", l.Refusal, l.Kind, l.Code, l.Message, l.RequestID, w)
		}
		delete(want, l.Refusal)
	}
	for name := range want {
		t.Errorf("%s was not tried", name)
	}
	if n := c.Resets(fakecvm.Web01); n != 1 || c.Resets(fakecvm.Win01) != 0 {
		t.Errorf("%d resets of web-01, %d of win-01", n, c.Resets(fakecvm.Win01))
	}
}
