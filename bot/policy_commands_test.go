package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twokey/commands/policy"
)

// writeTestFile is a file with that text.
func writeTestFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func noSettings(string) string { return "" }

const smallPolicy = `accounts:
  - name: main
    regions: [ap-guangzhou]
approvers: {groups: [S0ONCALL]}
rules:
  - match: {name: "db-*"}
    forbid: databases stay
`

func TestAPolicyIsCheckedAndExplainedWithoutAnySetting(t *testing.T) {
	policy := writeTestFile(t, "twokey.yaml", smallPolicy)
	wrong := writeTestFile(t, "bad.yaml", strings.Replace(smallPolicy, "name: main", "namee: main", 1))
	explain := func(account, instance string, more ...string) []string {
		return append([]string{"policy", "explain", "--account", account, "--instance", instance}, more...)
	}
	db := writeTestFile(t, "db.json", `{"region": "ap-guangzhou", "instance": "ins-00000007", "name": "db-07"}`)
	for what, c := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"a right file": {
			[]string{"policy", "check", policy},
			0,
			[]string{"is right. It means:", "Approvals: 1 of @S0ONCALL"},
		},
		"no such file": {[]string{"policy", "check", "/nowhere.yaml"}, 1, []string{"/nowhere.yaml cannot be read"}},
		"a wrong file": {
			[]string{"policy", "check", wrong},
			1,
			[]string{"bad.yaml, line 2, column 5: unknown key “namee”"},
		},
		"a machine": {
			explain("main", "@"+db, "--as", "U0BOB", "--file", policy), 0,
			[]string{"Rule 1 (name db-*) decides, and forbids it: databases stay.", "Slack was not asked"},
		},
		"another account": {
			explain("lab", "@"+db, "--as", "U0BOB", "--file", policy), 1,
			[]string{`names no account "lab"; use one of: main`},
		},
		"nobody": {explain("main", "@"+db), 2, []string{"--as"}},
		"no credentials": {
			explain("main", "ins-00000007", "--as", "U0BOB", "--file", policy), 1,
			[]string{"TENCENTCLOUD_SECRET_ID"},
		},
		"an account twice": {
			explain("main", "@"+writeTestFile(t, "x.json", `{"account": "lab"}`), "--as", "U0BOB", "--file", policy), 1,
			[]string{"name the same"},
		},
	} {
		var out, errs bytes.Buffer
		code := runCommandLine(t.Context(), c.args, noSettings, &out, &errs)
		for _, want := range c.says {
			if !strings.Contains(out.String()+errs.String(), want) {
				t.Errorf("%s does not say %q: %s%s", what, want, out.String(), errs.String())
			}
		}
		if code != c.code {
			t.Errorf("%s: exit status %d, not %d: %s", what, code, c.code, errs.String())
		}
	}
}

// The schema that editors read is the one that this binary prints.
func TestTheSchemaInTheRepositoryIsTheOneThatIsPrinted(t *testing.T) {
	var out, errs bytes.Buffer
	code := runCommandLine(t.Context(), []string{"policy", "schema"}, noSettings, &out, &errs)
	if code != 0 || errs.Len() > 0 {
		t.Fatalf("exit status %d: %s", code, &errs)
	}
	const kept = "../deploy/twokey.schema.json"
	want, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s is not what is printed: go run ./bot policy schema > deploy/twokey.schema.json", kept)
	}
	sample, err := os.ReadFile("../deploy/twokey.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(sample, []byte("# yaml-language-server: $schema=twokey.schema.json\n")) {
		t.Error("the sample does not point editors to the schema")
	}
}

func TestWhatAReloadCannotTakeOverIsNamed(t *testing.T) {
	read := func(text string) policy.File {
		f, err := policy.Parse("twokey.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	running := read(smallPolicy)
	for change, want := range map[string]string{
		"approvals: 2\n":             "",
		"durability: best-effort\n":  "durability",
		"role_arn: qcs::cam::role\n": "accounts",
	} {
		text := smallPolicy + change
		if want == "accounts" {
			text = strings.Replace(smallPolicy, "    regions", "    "+change+"    regions", 1)
		}
		got := strings.Join(restartReasons(running, read(text)), "; ")
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q", change, got)
		}
	}
}
