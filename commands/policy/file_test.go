package policy

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall/model"
)

const goodPolicy = `accounts:
  - name: main
    regions: [ap-guangzhou]
    currency: CNY
  - name: lab
    regions: [ap-singapore]
    secret_id_env: LAB_ID
    secret_key_env: LAB_KEY
approvers: {groups: [S0ONCALL], users: [U0AAA111]}
approvals: 2
backup: optional
rules:
  - match: {tags: {env: prod}}
    approvals: 3
    backup: required
    countdown: 1m
`

// slip is a change of a policy file that makes it wrong, and what is said of it.
type slip struct{ old, new, says string }

// in is what comes of the file once it is made.
func (s slip) in(t *testing.T, file, what string) error {
	t.Helper()
	src := strings.Replace(file, s.old, s.new, 1)
	if src == file {
		t.Fatalf("%s changes nothing", what)
	}
	_, err := Parse("twokey.yaml", []byte(src))
	return err
}

// toldOf fails where a slip is not told in the words that belong to it.
func toldOf(t *testing.T, file string, slips map[string]slip) {
	t.Helper()
	for what, s := range slips {
		if err := s.in(t, file, what); err == nil || !strings.Contains(err.Error(), s.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAPolicyFileIsReadWithItsDefaults(t *testing.T) {
	f, err := Parse("twokey.yaml", []byte(goodPolicy))
	if err != nil {
		t.Fatal(err)
	}
	p := f.Policy
	if p.Approvals != 2 || p.Backup || p.BackupMaxAge != 24*time.Hour || p.Countdown != 30*time.Second ||
		p.ExpiresAfter != 4*time.Hour || p.WatchEvery != time.Minute {
		t.Errorf("got %+v", p)
	}
	if got := p.TermsFor(model.Subject{Tags: map[string]string{"env": "prod"}}); got.Approvals != 3 || !got.Backup ||
		got.Countdown != time.Minute || got.BackupMaxAge != 24*time.Hour {
		t.Errorf("for prod: %+v", got)
	}
	if a := f.Access; len(a) != 2 || a[0].IDEnv != "TENCENTCLOUD_SECRET_ID" || a[1].IDEnv != "LAB_ID" ||
		a[1].KeyEnv != "LAB_KEY" {
		t.Errorf("access %+v", a)
	}
}

func TestAPolicyMistakeNamesLineAndKeyAndWhatWasMeant(t *testing.T) {
	toldOf(t, goodPolicy, map[string]slip{
		"a typo": {
			"approvals: 2", "aprovals: 2",
			"line 10: unknown key “aprovals”; did you mean “approvals”?",
		},
		"a typo in a rule": {
			"countdown: 1m", "cuontdown: 1m",
			"line 16: unknown key “cuontdown”; did you mean “countdown”?",
		},
		"too many approvals": {
			"approvals: 3", "approvals: 9",
			"line 14: rules[0].approvals: 9 is not a number from 1 to 5",
		},
		"none":               {"approvals: 2", "approvals: 0", "line 10: approvals: 0 is not a number from 1 to 5"},
		"words for a number": {"approvals: 2", "approvals: two", "line 10: a whole number is expected here, not “two”"},
		"no unit": {
			"countdown: 1m", "countdown: 60",
			"line 16: rules[0].countdown: \"60\" is not a duration",
		},
		"too short to stop": {
			"countdown: 1m", "countdown: 4s",
			"line 16: rules[0].countdown: 4s is too short; at least 5s",
		},
		"no countdown": {"approvals: 2", "countdown: 0s", "line 10: countdown: 0s is too short; at least 5s"},
		"forgotten by then": {
			"countdown: 1m", "countdown: 61m",
			"line 16: rules[0].countdown: 61m is too long; at most 1h",
		},
		"forbids nothing": {
			"countdown: 1m", "forbid:",
			"line 16: rules[0].forbid: there is no value; write one, or take the line out",
		},
		"says nothing": {
			"countdown: 1m", `forbid: " "`,
			"line 16: rules[0].forbid: it gives no reason, and would forbid nothing",
		},
		"nobody or anybody": {"{groups: [S0ONCALL], users: [U0AAA111]}", "", "line 9: approvers: there is no value"},
		"which channel":     {"approvals: 2", "channels: [C0INFRA, ~]", "line 10: channels[1]: there is no value"},
		"any tag or none":   {"{tags: {env: prod}}", "{tags: {env: }}", "rules[0].match.tags.env: there is no value"},
		"watched too often": {
			"approvals: 2", "watch_every: 10ms",
			"line 10: watch_every: 10ms is too short; at least 1s",
		},
		"maybe":             {"backup: optional", "backup: maybe", "line 11: backup: \"maybe\" is not known"},
		"nobody":            {"{groups: [S0ONCALL], users: [U0AAA111]}", "{}", "nobody is named"},
		"an empty rule":     {"{tags: {env: prod}}", "{tags: {}}", "would match nothing"},
		"no region":         {"[ap-singapore]", "[]", "accounts[1].regions: no region is named"},
		"one name twice":    {"name: lab", "name: main", "two accounts are called \"main\""},
		"half a credential": {"    secret_key_env: LAB_KEY\n", "", "belong together"},
		"a bracket":         {"[ap-guangzhou]", "[ap-guangzhou", "line 4: ',' or ']' must be specified"},
		"no port":           {"approvals: 2", "probe: {from: public}", "line 10: probe: no port is named"},
		"no such port":      {"approvals: 2", "probe: {ssh: 70000}", "line 10: probe.ssh: 70000 is not a port"},
		"from nowhere": {
			"approvals: 2", "probe: {ssh: 22, from: office}",
			"line 10: probe.from: \"office\" is not known; use private or public",
		},
		"in no time": {
			"approvals: 2", "probe: {rdp: 3389, within: 10ms}",
			"line 10: probe.within: 10ms is too short",
		},
		"one key twice": {"approvals: 2", "approvals: 2\napprovals: 3", "line 11"},
	})
}
