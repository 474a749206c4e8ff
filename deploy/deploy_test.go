package deploy_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"twokey/commands/policy"
	"twokey/commands/reinstall/model"
	"twokey/deploy"
)

// readFile reads a file by its path from this folder.
func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// decodeStrict reads YAML; a key that the shape does not have is an error.
func decodeStrict(t *testing.T, name string, src []byte, into any) {
	t.Helper()
	if err := yaml.UnmarshalWithOptions(src, into, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// decodeLenient is unmarshal for shapes that leave things out.
func decodeLenient(t *testing.T, name string, src []byte, into any) {
	t.Helper()
	if err := yaml.Unmarshal(src, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func shippedPolicy(t *testing.T) policy.File {
	t.Helper()
	p, err := policy.Parse("twokey.yaml", deploy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestThePolicyFileMeansWhatItSays(t *testing.T) {
	want := policy.File{
		Policy: model.Policy{
			Accounts: []model.Account{{
				Name: "main", Regions: []string{"ap-guangzhou", "ap-singapore"}, Currency: "CNY",
			}},
			Channels:     []string{"C0INFRA"},
			Proposers:    model.People{Groups: []string{}, Users: []string{}},
			Approvers:    model.People{Groups: []string{"S0ONCALL"}, Users: []string{"U0AAA111", "U0BBB222"}},
			Approvals:    1,
			Backup:       true,
			BackupMaxAge: 24 * time.Hour,
			Countdown:    30 * time.Second,
			ExpiresAfter: 4 * time.Hour,
			Limits:       model.Limits{AtOnce: 3, PerHour: 10},
			Asking:       model.Asking{RemindAfter: 15 * time.Minute},
			WatchEvery:   time.Minute,
			Rules: []model.Rule{
				{Tags: map[string]string{"env": "prod"}, Approvals: new(2), BackupMaxAge: new(time.Hour)},
				{Tags: map[string]string{"twokey": "protected"}, Forbid: "tagged twokey=protected"},
			},
		},
		Access: []policy.Access{{
			Account: "main", IDEnv: "TENCENTCLOUD_SECRET_ID", KeyEnv: "TENCENTCLOUD_SECRET_KEY", Currency: "CNY",
		}},
	}
	if diff := cmp.Diff(want, shippedPolicy(t)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What is off in the sample is right as well, once its # is taken away.
func TestWhatThePolicyFileLeavesOutIsRightToo(t *testing.T) {
	src := string(deploy.Policy)
	for _, replaced := range []string{`(?m)^approvers: .*\n`, `(?m)^approvals: .*\n`, `(?m)^    approvals: .*\n`} {
		src = regexp.MustCompile(replaced).ReplaceAllString(src, "")
	}
	src = regexp.MustCompile(`(?m)^( *)# ( *(?:- |\w+: ))`).ReplaceAllString(src, "$1$2")
	f, err := policy.Parse("twokey.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	p := f.Policy
	if len(p.Quorum) != 2 || p.Calendar.Zone != "Asia/Shanghai" || len(p.Calendar.Open) != 1 ||
		len(p.Calendar.Closed) != 1 || len(p.Rules) != 3 {
		t.Errorf("%+v", p)
	}
	got := p.TermsFor(model.Subject{Account: "main", Region: "ap-guangzhou", Name: "db-01", PlatformChange: true})
	if got.Rule != 3 || len(got.Quorum) != 2 || len(got.Calendar.Open) != 0 || len(got.Calendar.Closed) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestThePolicyFileForbidsWhateverRuleStandsAbove(t *testing.T) {
	got := shippedPolicy(t).Policy.TermsFor(model.Subject{Tags: map[string]string{"env": "prod", "twokey": "protected"}})
	if got.Forbid != "tagged twokey=protected" || got.Approvals != 2 {
		t.Errorf("%+v", got)
	}
}

// knownSettings are the names that the bot reads, found in its code. They are true for
// secrets, which NAME_FILE may name a file for.
func knownSettings(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	read := regexp.MustCompile(`s\.read(Secret|Plain|Address)\("([A-Z_]+)"`)
	for _, m := range read.FindAllStringSubmatch(readFile(t, "../bot/config.go"), -1) {
		known[m[2]] = m[1] == "Secret"
	}
	for _, a := range shippedPolicy(t).Access {
		known[a.IDEnv], known[a.KeyEnv] = true, true
	}
	if len(known) < 14 {
		t.Fatalf("bot/config.go was misread: %v", known)
	}
	return known
}

// isSetting fails the test if the bot would not read the variable.
func isSetting(t *testing.T, where, name string) {
	t.Helper()
	known := knownSettings(t)
	if bare, file := strings.CutSuffix(name, "_FILE"); file {
		if !known[bare] {
			t.Errorf("%s: %s cannot come from a file", where, bare)
		}
		return
	}
	if _, ok := known[name]; !ok {
		t.Errorf("%s: the bot has no setting %s", where, name)
	}
}

// defaultPorts are the ports on which the bot listens without a setting.
func defaultPorts(t *testing.T) (slack, admin string) {
	t.Helper()
	defaults := regexp.MustCompile(`defaultListen\s*=\s*":(\d+)"\s*defaultAdmin\s*=\s*"127\.0\.0\.1:(\d+)"`)
	m := defaults.FindStringSubmatch(readFile(t, "../bot/config.go"))
	if m == nil {
		t.Fatal("bot/config.go was misread")
	}
	return m[1], m[2]
}
