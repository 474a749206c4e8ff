package policy

import (
	"os"
	"slices"
	"strings"
	"testing"

	"twokey/commands/reinstall/model"
)

func TestTheAuditGoesWhereThePolicySaysAndTheMeaningSaysSo(t *testing.T) {
	for place, want := range map[string]struct {
		to   model.AuditTo
		says string
	}{
		"":       {model.AuditTo{}, "The audit stays in Redis alone"},
		"stdout": {model.AuditTo{Kind: "stdout"}, "written to stdout as well"},
		"file:///var/log/audit.jsonl": {
			model.AuditTo{Kind: "file", At: "/var/log/audit.jsonl"},
			"written to /var/log/audit.jsonl as well",
		},
		"https://siem.example.com/in?tier=1": {
			model.AuditTo{Kind: "https", At: "https://siem.example.com/in?tier=1"},
			"sent to https://siem.example.com/in?tier=1 as well, signed",
		},
		"syslog://logs.example.com:601": {
			model.AuditTo{Kind: "syslog", At: "logs.example.com:601"},
			"the syslog at logs.example.com:601 (TCP)",
		},
		"syslog+udp://[2001:db8::1]:514": {
			model.AuditTo{Kind: "syslog+udp", At: "[2001:db8::1]:514"},
			"the syslog at [2001:db8::1]:514 (UDP)",
		},
	} {
		src := goodPolicy
		if place != "" {
			src += "audit: " + place + "\n"
		}
		f, err := Parse("twokey.yaml", []byte(src))
		if err != nil || f.Audit != want.to || f.Audit.String() != place {
			t.Errorf("%s: %+v (%s) %v", place, f.Audit, f.Audit, err)
		}
		if !slices.ContainsFunc(Summarize(f), func(l string) bool { return strings.Contains(l, want.says) }) {
			t.Errorf("%s means %q", place, Summarize(f))
		}
	}
}

func TestAMistakeInThePlaceOfTheAuditIsToldInASentence(t *testing.T) {
	says := func(value, says string) slip {
		return slip{"approvals: 2\n", "approvals: 2\naudit: " + value + "\n", says}
	}
	toldOf(t, goodPolicy, map[string]slip{
		"nothing": says("", "line 11: audit: there is no value"),
		"a word": says("stderr",
			`line 11: audit: "stderr" is not a place for the audit; write stdout, file://`),
		"an unknown scheme": says("ftp://host/x", `"ftp://host/x" is not a place for the audit`),
		"in the open": says("http://siem.example.com/",
			"over http anybody on the way reads who did what; use https"),
		"a relative file":   says("file://audit.jsonl", "names no file; write its whole path behind three slashes"),
		"a directory above": says("file:///var/../audit.jsonl", "names no file"),
		"no host":           says("https:///path", "names no host to send to"),
		"no port":           says("syslog://logs.example.com", "names no host and port; write syslog://host:601"),
		"a path of syslog":  says("syslog+udp://logs.example.com:514/x", "write syslog+udp://host:514"),
		"a secret":          says("https://me:hunter2@siem.example.com/", "the policy file holds no secret"),
		"a list": says("[stdout]",
			"line 11: a word or text in quotation marks is expected here, not a list"),
		"a typo": {"approvals: 2\n", "approvals: 2\naudits: stdout\n", "did you mean “audit”?"},
	})
	if err := says("https://me:hunter2@siem.example.com/", "").in(t, goodPolicy,
		"a secret"); strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the secret is repeated: %v", err)
	}
}

func TestTheSamplePolicysAuditIsReadOnceItIsTurnedOn(t *testing.T) {
	src, err := os.ReadFile("../../deploy/twokey.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse("twokey.yaml", []byte(strings.Replace(string(src), "# audit:", "audit:", 1)))
	if err != nil || f.Audit.Kind != "https" {
		t.Errorf("got %+v, %v", f.Audit, err)
	}
}
