package fakecvm_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// serve puts a handler behind HTTP and returns its address.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func TestStrangeRequestsAreRefused(t *testing.T) {
	r := newRig(t)
	for name, one := range map[string]struct {
		action, body string
		change       func(*raw)
		want         string
	}{
		"unknown parameter":       {"DescribeInstances", `{"Instances":[]}`, nil, "UnknownParameter"},
		"parameter in lower case": {"DescribeInstances", `{"instanceIds":["ins-1a2b3c4d"]}`, nil, "UnknownParameter"},
		"unknown nested parameter": {
			"ResetInstance", `{"InstanceId":"ins-1a2b3c4d","SystemDisk":{"Size":50}}`, nil,
			"UnknownParameter",
		},
		"client token": {
			"ResetInstance", `{"InstanceId":"ins-1a2b3c4d","ClientToken":"x"}`, nil,
			"UnknownParameter",
		},
		"dry run of a reset": {"ResetInstance", `{"InstanceId":"ins-1a2b3c4d","DryRun":true}`, nil, "UnknownParameter"},
		"host name in a price": {
			"InquiryPriceResetInstance", `{"InstanceId":"ins-1a2b3c4d","HostName":"web"}`, nil,
			"UnknownParameter",
		},
		"value of another type": {"ResetInstance", `{"InstanceId":7}`, nil, "InvalidParameter"},
		"bool where a string is": {
			"ResetInstance",
			`{"InstanceId":"ins-1a2b3c4d","LoginSettings":{"KeepImageLogin":true}}`, nil, "InvalidParameter",
		},
		"not JSON":       {"DescribeInstances", `InstanceIds=1`, nil, "InvalidParameter"},
		"empty body":     {"DescribeInstances", ``, nil, "InvalidParameter"},
		"unknown action": {"RunInstances", `{}`, nil, "InvalidAction"},
		"no action":      {"DescribeInstances", `{}`, func(q *raw) { q.action = "" }, "MissingParameter"},
		"action of another product": {
			"DescribeDisks", `{}`, func(q *raw) { q.service = "cvm" },
			"InvalidAction",
		},
		"wrong version":  {"DescribeInstances", `{}`, func(q *raw) { q.version = "2018-01-01" }, "NoSuchVersion"},
		"no version":     {"DescribeInstances", `{}`, func(q *raw) { q.version = "" }, "MissingParameter"},
		"no region":      {"DescribeInstances", `{}`, func(q *raw) { q.region = "" }, "MissingParameter"},
		"unknown region": {"DescribeInstances", `{}`, func(q *raw) { q.region = "mars-1" }, "UnsupportedRegion"},
		"regions need no region": {
			"DescribeRegions", `{}`, func(q *raw) { q.region = "" },
			"",
		},
		"form encoded": {
			"DescribeInstances", `{}`, func(q *raw) { q.content = "application/x-www-form-urlencoded" },
			"InvalidParameter",
		},
		"eleven megabytes": {
			"DescribeInstances", `{"InstanceIds":["` + strings.Repeat("x", 11<<20) + `"]}`, nil,
			"RequestSizeLimitExceeded",
		},
	} {
		t.Run(name, func(t *testing.T) {
			q := goodRaw(one.action, one.body)
			if one.change != nil {
				one.change(&q)
			}
			got := r.send(q)
			if got.code != one.want || got.status != http.StatusOK {
				t.Errorf("got %d %q, want 200 %q: %.200s", got.status, got.code, one.want, got.body)
			}
		})
	}
}

func TestEveryAnswerHasARequestIDOfItsOwn(t *testing.T) {
	r := newRig(t)
	uuid := regexp.MustCompile(`^"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"$`)
	seen := map[string]bool{}
	for _, body := range []string{"{}", "{}", `{"Nonsense":1}`} {
		id := string(r.send(goodRaw("DescribeInstances", body)).fields["RequestId"])
		if !uuid.MatchString(id) || seen[id] {
			t.Errorf("request id %s is no fresh UUID", id)
		}
		seen[id] = true
	}
	all := r.Requests()
	if len(all) != 3 || all[2].Code != "UnknownParameter" || !seen[`"`+all[0].RequestID+`"`] ||
		all[0].Action != "DescribeInstances" {
		t.Errorf("the log says %+v", all)
	}
}

func TestOnlyPOSTIsServed(t *testing.T) {
	r := newRig(t)
	out, err := http.Get(r.url)
	r.must(err)
	_ = out.Body.Close()
	if out.StatusCode != http.StatusOK || len(r.Requests()) != 1 || r.Requests()[0].Code == "" {
		t.Errorf("GET: %s, %+v", out.Status, r.Requests())
	}
}

func TestLimitsPerSecondAreEnforced(t *testing.T) {
	r := newRig(t)
	r.must(r.Switch("no_limits", "off"))
	sent, code := 0, ""
	for code != "RequestLimitExceeded" && sent < 1000 {
		code = r.send(goodRaw("ResetInstance", `{}`)).code
		sent++
	}
	if code != "RequestLimitExceeded" || sent < 11 {
		t.Errorf("%d resets in a row, the last one: %q", sent, code)
	}
	r.must(r.Switch("no_limits", "on"))
	if got := r.send(goodRaw("ResetInstance", `{}`)).code; got != "MissingParameter" {
		t.Errorf("without limits: %q", got)
	}
}

func TestTheDocumentationNamesEverySwitchAndInstance(t *testing.T) {
	r := newRig(t)
	doc := readFile(t, "doc.go")
	for _, s := range r.Switches() {
		if !strings.Contains(s.Name, ":") && !strings.Contains(doc, s.Name) {
			t.Errorf("doc.go does not name the switch %s", s.Name)
		}
		if s.Help == "" {
			t.Errorf("switch %s has no help", s.Name)
		}
	}
	for _, i := range r.Instances() {
		line := regexp.MustCompile(regexp.QuoteMeta(i.Name) + ` +` + i.ID + ` +` + i.Region)
		if !line.MatchString(doc) {
			t.Errorf("doc.go does not list %s %s %s", i.Name, i.ID, i.Region)
		}
	}
}
