package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// unitSettings are the lines NAME=VALUE of twokey.service, by their names.
func unitSettings(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^(\w+)=(.*)$`).FindAllStringSubmatch(readFile(t, "twokey.service"), -1) {
		out[m[1]] = append(out[m[1]], m[2])
	}
	return out
}

func TestEachLineOfTheUnitIsExplained(t *testing.T) { explained(t, "twokey.service") }

func TestTheUnitGivesTheBotSettingsThatItReadsAndNoSecret(t *testing.T) {
	unit := unitSettings(t)
	loaded := map[string]bool{}
	for _, c := range unit["LoadCredential"] {
		name, path, _ := strings.Cut(c, ":")
		if path != "/etc/twokey/secrets/"+name {
			t.Errorf("%s is loaded from %s", name, path)
		}
		loaded[name] = true
	}
	env := map[string]string{}
	for _, e := range unit["Environment"] {
		name, value, _ := strings.Cut(e, "=")
		isSetting(t, "twokey.service", name)
		bare, file := strings.CutSuffix(name, "_FILE")
		switch {
		case file && (value != "%d/"+bare || !loaded[bare]):
			t.Errorf("%s is %s, which nobody loads", name, value)
		case !file && knownSettings(t)[name]:
			t.Errorf("the secret %s is in the environment", name)
		}
		env[name] = value
	}
	for name := range loaded {
		if env[name+"_FILE"] == "" {
			t.Errorf("%s is loaded and not named to the bot", name)
		}
	}
	for _, must := range []string{
		"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY",
		"TWOKEY_SEAL_KEY", "REDIS_URL",
	} {
		if !loaded[must] {
			t.Errorf("%s is not loaded", must)
		}
	}
	if len(unit["EnvironmentFile"]) > 0 {
		t.Error("a file of secrets would be in the environment")
	}
}

func TestTheUnitStopsLikeTheChartAndHasItsMemory(t *testing.T) {
	pod := dig(renderChart(t, func(object) {})["Deployment"], "spec", "template", "spec")
	grace, err := time.ParseDuration(unitSettings(t)["TimeoutStopSec"][0])
	if n, ok := dig(pod, "terminationGracePeriodSeconds").(uint64); err != nil || !ok ||
		grace != time.Duration(n)*time.Second {
		t.Errorf("it may take %s to stop, and in the chart %v s", grace, n)
	}
	limit, _ := dig(pod, "containers", 0, "resources", "limits", "memory").(string)
	if got := unitSettings(t)["MemoryMax"][0] + "i"; got != limit {
		t.Errorf("memory %s, in the chart %s", got, limit)
	}
	if u := unitSettings(t); !slices.Equal(u["Restart"], []string{"always"}) || u["StartLimitIntervalSec"][0] != "0" {
		t.Errorf("%v %v", u["Restart"], u["StartLimitIntervalSec"])
	}
}

// mostExposed is what systemd-analyze security may find, of 100: the unit has 12, and an
// unconfined service 96.
const mostExposed = "15"

func TestSystemdTakesTheUnitAndFindsItConfined(t *testing.T) {
	if testing.Short() {
		t.Skip("-short starts no systemd-analyze: make test runs this")
	}
	// verify looks for the binary, which stands in for the one that is installed.
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(dir, "twokey.service")
	text := strings.Replace(readFile(t, "twokey.service"), "=/usr/local/bin/twokey ", "="+self+" ", 1)
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"verify", "--man=no", unit},
		{"security", "--offline=yes", "--threshold=" + mostExposed, unit},
	} {
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
		if err != nil {
			t.Errorf("systemd-analyze %s: %v; make needs installs it\n%s", args[0], err, out)
		}
		// It says what it ignores, such as a misspelt name, and is content.
		if args[0] == "verify" && strings.Contains(string(out), "twokey.service") {
			t.Errorf("%s", out)
		}
	}
}
