package deploy_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/deploy/glance"
)

// An alertRule is one of alerts.yaml.
type alertRule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func readAlerts(t *testing.T) []alertRule {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string      `yaml:"name"`
			Rules []alertRule `yaml:"rules"`
		} `yaml:"groups"`
	}
	decodeStrict(t, "alerts.yaml", []byte(readFile(t, "alerts.yaml")), &file)
	if len(file.Groups) != 1 || len(file.Groups[0].Rules) < 11 {
		t.Fatalf("alerts.yaml was misread: %+v", file)
	}
	return file.Groups[0].Rules
}

func TestEveryAlertAsksForWhatTheBotShowsAndSaysWhatToDo(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range readAlerts(t) {
		checkExpression(t, r.Alert, r.Expr)
		if _, err := time.ParseDuration(r.For); r.For != "" && err != nil {
			t.Errorf("%s: %v", r.Alert, err)
		}
		if s := r.Labels["severity"]; s != "critical" && s != "warning" {
			t.Errorf("%s: severity %q", r.Alert, s)
		}
		if r.Annotations["summary"] == "" || r.Annotations["action"] == "" || seen[r.Alert] {
			t.Errorf("%s: %v", r.Alert, r.Annotations)
		}
		for what, text := range r.Annotations {
			for _, f := range glance.FaultsOf(text) {
				t.Errorf("%s, %s: %s: %s", r.Alert, what, f.Rule, f.Sentence)
			}
		}
		seen[r.Alert] = true
	}
}

// Prometheus may call the bot whatever it likes: a ServiceMonitor's job is the release.
func TestAlertsDependOnNoNameOfAJob(t *testing.T) {
	byLabels := regexp.MustCompile(`\b(?:by|on) \(([^)]*)\)`)
	for _, r := range readAlerts(t) {
		if strings.Contains(r.Expr, "job=") || strings.Contains(r.Expr, "job!") {
			t.Errorf("%s names a job: %s", r.Alert, r.Expr)
		}
		for _, m := range byLabels.FindAllStringSubmatch(r.Expr, -1) {
			if !slices.Contains(strings.Split(m[1], ", "), "job") {
				t.Errorf("%s mixes jobs: %s", r.Alert, m[0])
			}
		}
	}
}

// promtool plays series and looks which alerts fire.
func TestEachAlertFires(t *testing.T) {
	played := readFile(t, "alerts_test.yaml")
	for _, r := range readAlerts(t) {
		if !strings.Contains(played, `exp_samples: [{labels: '{alertname="`+r.Alert+`"`) &&
			!strings.Contains(played, `- {labels: '{alertname="`+r.Alert+`"`) {
			t.Errorf("alerts_test.yaml has nothing that fires %s", r.Alert)
		}
	}
	if testing.Short() {
		t.Skip("-short starts no promtool: make test runs this")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"}} {
		if out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v; make needs installs it\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// Whoever is called at night finds a page by the alert's name.
func TestEachAlertHasItsPageInTheRunbook(t *testing.T) {
	pages := runbookPages(t)
	for _, r := range readAlerts(t) {
		if want := "deploy/runbook.md#" + strings.ToLower(r.Alert); r.Annotations["runbook"] != want {
			t.Errorf("%s: its runbook is %q, not %s", r.Alert, r.Annotations["runbook"], want)
		}
		page, ok := pages[r.Alert]
		for _, part := range []string{"**It means**", "**Look at**", "**Do**", "**Stop**"} {
			if !ok || strings.Count(page, part) != 1 {
				t.Errorf("the page of %s has not one %s", r.Alert, part)
			}
		}
	}
	for title := range pages {
		if strings.HasPrefix(title, "Twokey") &&
			!slices.ContainsFunc(readAlerts(t), func(r alertRule) bool { return r.Alert == title }) {
			t.Errorf("there is a page of %s, and no such alert", title)
		}
	}
}

// runbookPages are the sections of runbook.md by their titles.
func runbookPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for part := range strings.SplitSeq("\n"+readFile(t, "runbook.md"), "\n### ") {
		title, text, _ := strings.Cut(part, "\n")
		pages[strings.TrimSpace(title)] = text
	}
	return pages
}

func TestLinksWithinTheRunbookLeadSomewhere(t *testing.T) {
	book := readFile(t, "runbook.md")
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(book, -1) {
		anchors[strings.ReplaceAll(strings.ToLower(m[1]), " ", "-")] = true
	}
	links := regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(book, -1)
	if len(links) == 0 {
		t.Error("there is no link")
	}
	for _, m := range links {
		if !anchors[m[1]] {
			t.Errorf("there is no heading for #%s", m[1])
		}
	}
}

func TestTheRunbookIsInPlainWords(t *testing.T) {
	text := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(readFile(t, "runbook.md"), "")
	text = regexp.MustCompile(`(?m)^\|[-| ]+\|$`).ReplaceAllString(text, "")
	text = strings.NewReplacer("|", "\n", "**", "", "\n- ", "\n\n").Replace(text)
	for _, f := range glance.FaultsOf(text) {
		t.Errorf("%s: %s", f.Rule, f.Sentence)
	}
}

// Every state in which a machine is locked has its row, and every command that the
// runbook names is one that the bot has.
func TestTheRunbookHasEachStateAndOnlyCommandsThatThereAre(t *testing.T) {
	book := readFile(t, "runbook.md")
	for _, state := range []string{"proposed", "approved", "ready", "held", "armed", "sent", "unknown", "tampered"} {
		if !strings.Contains(book, "| `"+state+"` |") {
			t.Errorf("no row says what to do with what stays %s", state)
		}
	}
	verbs := readFile(t, "../commands/reinstall/model/verb.go") + readFile(t, "../commands/grammar/parse.go")
	for _, m := range regexp.MustCompile(`/reinstall ([a-z]+)`).FindAllStringSubmatch(book, -1) {
		if !strings.Contains(verbs, `"`+m[1]+`"`) {
			t.Errorf("there is no /reinstall %s", m[1])
		}
	}
	commands := readFile(t, "../bot/main.go") + readFile(t, "../bot/audit_commands.go") +
		readFile(t, "../bot/policy_commands.go") + readFile(t, "../bot/check.go")
	for _, m := range regexp.MustCompile("`bot ([a-z]+)(?: ([a-z]+))?").FindAllStringSubmatch(book, -1) {
		for _, word := range m[1:] {
			if word != "" && !strings.Contains(strings.ToLower(commands), word) {
				t.Errorf("there is no bot %s %s", m[1], m[2])
			}
		}
	}
}
