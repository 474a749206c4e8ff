package deploy_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twokey/commands/reinstall"
)

// How bot/metrics.go and bot/backlog_metrics.go declare what they show.
var (
	counterEntry  = regexp.MustCompile(`"(\w+)":\s*\{\s*"[^"]+",\s*\[\]string\{([^}]*)\},?\s*\}`)
	histogramOpts = regexp.MustCompile(
		`HistogramOpts\{\s*Namespace: "twokey", Name: "(\w+)"[\s\S]*?\}, \[\]string\{([^}]*)\}\)`)
	gaugeOpts = regexp.MustCompile(
		`GaugeOpts\{\s*Namespace: "twokey", Name: "(\w+)"[^}]*\}(?:, \[\]string\{([^}]*)\})?`)
)

// declaredMetrics are the bot's series with their labels, found in its code.
func declaredMetrics(t *testing.T) map[string][]string {
	t.Helper()
	src := readFile(t, "../bot/metrics.go") + readFile(t, "../bot/backlog_metrics.go")
	words := func(list string) []string {
		return strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(`", `, r) })
	}
	known := map[string][]string{}
	for _, m := range counterEntry.FindAllStringSubmatch(src, -1) {
		known["twokey_"+m[1]+"_total"] = words(m[2])
	}
	counters := len(known)
	for _, m := range histogramOpts.FindAllStringSubmatch(src, -1) {
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			known["twokey_"+m[1]+part] = append(words(m[2]), "le")
		}
	}
	for _, m := range gaugeOpts.FindAllStringSubmatch(src, -1) {
		known["twokey_"+m[1]] = words(m[2])
	}
	if counters < 10 || len(known) < counters+10 {
		t.Fatalf("bot/metrics.go was misread: %v", known)
	}
	return known
}

var (
	series  = regexp.MustCompile(`\b(twokey_\w+)\{([^}]*)\}`)
	ofJob   = regexp.MustCompile(`\w+\{job="\$job"`)
	bare    = regexp.MustCompile(`\btwokey_\w+`)
	grouped = regexp.MustCompile(`\bby \(([^)]*)\)`)
	matcher = regexp.MustCompile(`(\w+)(=~|!~|!=|=)"([^"]*)"`)
)

// everywhere are labels that Prometheus itself adds.
var everywhere = []string{"job", "instance"}

// allowedValues reports which values a label can have. If they are in the bot's code,
// within looks for them there; otherwise it takes any.
func allowedValues(t *testing.T, label string) (within func(string) bool) {
	t.Helper()
	switch label {
	case "state":
		states := []string{}
		src := readFile(t, "../commands/reinstall/operation.go")
		for _, m := range regexp.MustCompile(`State = "(\w+)"`).FindAllStringSubmatch(src, -1) {
			states = append(states, m[1])
		}
		if !slices.Contains(states, string(reinstall.Unknown)) {
			t.Fatalf("commands/reinstall/operation.go was misread: %v", states)
		}
		return func(v string) bool { return slices.Contains(states, v) }
	case "where":
		src := readFile(t, "../commands/engine/worker.go") + readFile(t, "../commands/engine/arming.go")
		return func(v string) bool { return strings.Contains(src, fmt.Sprintf("%q, %q", "fault", v)) }
	case "outcome":
		src := readFile(t, "../bot/chat/webapi/errors.go")
		return func(v string) bool { return strings.Contains(src, fmt.Sprintf("return %q", v)) }
	}
	return func(string) bool { return true }
}

// checkExpression checks an expression's series and labels against the bot's.
func checkExpression(t *testing.T, where, expr string) {
	t.Helper()
	known := declaredMetrics(t)
	labels := slices.Clone(everywhere)
	for _, name := range bare.FindAllString(expr, -1) {
		l, ok := known[name]
		if !ok {
			t.Errorf("%s: the bot has no %s", where, name)
		}
		labels = append(labels, l...)
	}
	for _, s := range series.FindAllStringSubmatch(expr, -1) {
		for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
			if !slices.Contains(append(known[s[1]], everywhere...), m[1]) {
				t.Errorf("%s: %s has no label %s", where, s[1], m[1])
			}
			for v := range strings.SplitSeq(m[3], "|") {
				if !allowedValues(t, m[1])(v) {
					t.Errorf("%s: %s is never %q", where, m[1], v)
				}
			}
		}
	}
	for _, g := range grouped.FindAllStringSubmatch(expr, -1) {
		for label := range strings.SplitSeq(g[1], ", ") {
			if !slices.Contains(labels, label) {
				t.Errorf("%s: there is no label %q to group by", where, label)
			}
		}
	}
	if strings.Count(expr, "(") != strings.Count(expr, ")") {
		t.Errorf("%s: brackets: %s", where, expr)
	}
}

func TestTheDashboardShowsEveryMetricThatTheBotHas(t *testing.T) {
	var board struct {
		Title  string
		Panels []struct {
			ID          int
			Title       string
			Description string
			GridPos     struct{ X, Y, W, H int }
			Targets     []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(readFile(t, "dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	shown, ids := map[string]bool{}, map[int]bool{}
	for _, p := range board.Panels {
		if p.Title == "" || p.Description == "" || len(p.Targets) == 0 || ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d, %q: %+v", p.ID, p.Title, p.GridPos)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			checkExpression(t, p.Title, target.Expr)
			if len(ofJob.FindAllString(target.Expr, -1)) < max(1, len(bare.FindAllString(target.Expr, -1))) {
				t.Errorf("%s: a series without its job: %s", p.Title, target.Expr)
			}
			for _, name := range bare.FindAllString(target.Expr, -1) {
				shown[name] = true
			}
		}
	}
	for name := range declaredMetrics(t) {
		if !shown[name] && !strings.HasSuffix(name, "_sum") && !strings.HasSuffix(name, "_count") {
			t.Errorf("no panel shows %s", name)
		}
	}
}
