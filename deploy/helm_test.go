package deploy_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"

	"twokey/commands/policy"
	"twokey/deploy"
)

const chart = "helm/twokey"

type object = map[string]any

// functions are those of Helm's that the chart uses. A template that uses
// another one does not parse here.
var functions = template.FuncMap{
	"quote":     func(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) },
	"sha256sum": func(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) },
	"nindent": func(n int, s string) string {
		pad := "\n" + strings.Repeat(" ", n)
		return pad + strings.ReplaceAll(s, "\n", pad)
	},
	"toYaml": func(v any) (string, error) {
		b, err := yaml.Marshal(v)
		return strings.TrimSuffix(string(b), "\n"), err
	},
	"required": func(sentence string, v any) (any, error) {
		if v == nil || v == "" {
			return nil, errors.New(sentence)
		}
		return v, nil
	},
}

// tryRenderChart is helm template, by kind of object.
func tryRenderChart(t *testing.T, change func(values object)) (map[string]object, error) {
	t.Helper()
	var values object
	decodeStrict(t, "values.yaml", []byte(readFile(t, filepath.Join(chart, "values.yaml"))), &values)
	change(values)
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	out := map[string]object{}
	for _, f := range files {
		tmpl, err := template.New(filepath.Base(f)).Funcs(functions).Option("missingkey=zero").Parse(readFile(t, f))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := tmpl.Execute(&b, object{"Values": values, "Release": object{"Name": "twokey"}}); err != nil {
			return nil, err
		}
		var o object
		if err := yaml.Unmarshal([]byte(b.String()), &o); err != nil {
			t.Fatalf("%s: %v\n%s", f, err, &b)
		}
		if o != nil {
			out[fmt.Sprint(o["kind"])] = o
		}
	}
	return out, nil
}

// setRequiredValues are the two values that nobody can do without.
func setRequiredValues(values object) {
	values["policy"] = string(deploy.Policy)
	values["image"].(object)["tag"] = "1.2.3"
}

func renderChart(t *testing.T, change func(values object)) map[string]object {
	t.Helper()
	out, err := tryRenderChart(t, func(v object) { setRequiredValues(v); change(v) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dig follows keys and indices into a value. It returns nil if one is absent.
func dig(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(object)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func TestTheChartRunsTwoBotsOfWhichOneMayBeAway(t *testing.T) {
	out := renderChart(t, func(object) {})
	var kinds []string
	for k := range out {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	if want := []string{"ConfigMap", "Deployment", "PodDisruptionBudget", "Service"}; !slices.Equal(kinds, want) {
		t.Fatalf("%v, want %v", kinds, want)
	}
	d := out["Deployment"]
	if n := dig(d, "spec", "replicas"); fmt.Sprint(n) != "2" ||
		fmt.Sprint(dig(out["PodDisruptionBudget"], "spec", "maxUnavailable")) != "1" {
		t.Errorf("%v replicas", n)
	}
	labels := fmt.Sprint(dig(d, "spec", "template", "metadata", "labels"))
	for what, selector := range map[string]any{
		"Deployment":          dig(d, "spec", "selector", "matchLabels"),
		"PodDisruptionBudget": dig(out["PodDisruptionBudget"], "spec", "selector", "matchLabels"),
		"Service":             dig(out["Service"], "spec", "selector"),
		"spread": dig(d, "spec", "template", "spec", "topologySpreadConstraints", 0,
			"labelSelector", "matchLabels"),
	} {
		if fmt.Sprint(selector) != labels {
			t.Errorf("%s selects %v, and the pods are %v", what, selector, labels)
		}
	}
}

func TestTheChartsBotIsProbedAndConfined(t *testing.T) {
	out := renderChart(t, func(object) {})
	pod := dig(out["Deployment"], "spec", "template", "spec")
	bot := dig(pod, "containers", 0)
	slack, admin := defaultPorts(t)
	for at, want := range map[string]struct{ got, want any }{
		"args":          {dig(bot, "args", 0), "serve"},
		"image":         {dig(bot, "image"), "twokey:1.2.3"},
		"slack's port":  {dig(bot, "ports", 0, "containerPort"), slack},
		"admin's port":  {dig(bot, "ports", 1, "containerPort"), admin},
		"its name":      {dig(bot, "ports", 1, "name"), "admin"},
		"liveness":      {dig(bot, "livenessProbe", "httpGet", "path"), "/healthz"},
		"liveness at":   {dig(bot, "livenessProbe", "httpGet", "port"), "admin"},
		"readiness":     {dig(bot, "readinessProbe", "httpGet", "path"), "/readyz"},
		"readiness at":  {dig(bot, "readinessProbe", "httpGet", "port"), "admin"},
		"root":          {dig(pod, "securityContext", "runAsNonRoot"), true},
		"user":          {dig(pod, "securityContext", "runAsUser"), 65532},
		"escalation":    {dig(bot, "securityContext", "allowPrivilegeEscalation"), false},
		"file system":   {dig(bot, "securityContext", "readOnlyRootFilesystem"), true},
		"capabilities":  {dig(bot, "securityContext", "capabilities", "drop", 0), "ALL"},
		"its own token": {dig(pod, "automountServiceAccountToken"), false},
		"secrets' mode": {dig(pod, "volumes", 1, "secret", "defaultMode"), 0o440},
		"seccomp":       {dig(pod, "securityContext", "seccompProfile", "type"), "RuntimeDefault"},
		"scraped port": {
			dig(out["Deployment"], "spec", "template", "metadata", "annotations", "prometheus.io/port"), admin,
		},
		"service's port": {dig(out["Service"], "spec", "ports", 0, "targetPort"), dig(bot, "ports", 0, "name")},
	} {
		if fmt.Sprint(want.got) != fmt.Sprint(want.want) {
			t.Errorf("%s: %v, want %v", at, want.got, want.want)
		}
	}
	admins := readFile(t, "../bot/admin.go")
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if !strings.Contains(admins, `"GET `+path+`"`) {
			t.Errorf("the bot does not serve %s", path)
		}
	}
}

func TestTheChartGivesTheBotSettingsThatItReads(t *testing.T) {
	out := renderChart(t, func(v object) { v["env"] = object{"LOG_LEVEL": "debug"} })
	bot := dig(out["Deployment"], "spec", "template", "spec", "containers", 0)
	env := map[string]string{}
	for _, e := range dig(bot, "env").([]any) {
		name, value := fmt.Sprint(dig(e, "name")), fmt.Sprint(dig(e, "value"))
		isSetting(t, "the chart", name)
		if knownSettings(t)[name] {
			t.Errorf("the secret %s stands in the pod's environment", name)
		}
		if bare, file := strings.CutSuffix(name, "_FILE"); file &&
			value != fmt.Sprint(dig(bot, "volumeMounts", 1, "mountPath"), "/", bare) {
			t.Errorf("%s is %s, and secrets are mounted at %v", name, value, dig(bot, "volumeMounts", 1, "mountPath"))
		}
		env[name] = value
	}
	for _, must := range []string{
		"SLACK_BOT_TOKEN_FILE", "SLACK_SIGNING_SECRET_FILE", "TENCENTCLOUD_SECRET_ID_FILE",
		"TENCENTCLOUD_SECRET_KEY_FILE", "TWOKEY_SEAL_KEY_FILE", "REDIS_URL_FILE",
	} {
		if env[must] == "" {
			t.Errorf("%s is not set", must)
		}
	}
	if _, admin := defaultPorts(t); env["ADMIN_ADDR"] != ":"+admin {
		t.Errorf("ADMIN_ADDR is %q: no probe reaches the bot", env["ADMIN_ADDR"])
	}
	if env["LOG_LEVEL"] != "debug" ||
		env["TWOKEY_POLICY"] != fmt.Sprint(dig(bot, "volumeMounts", 0, "mountPath"), "/twokey.yaml") {
		t.Errorf("%v", env)
	}
	src := fmt.Sprint(dig(out["ConfigMap"], "data", "twokey.yaml"))
	if _, err := policy.Parse("twokey.yaml", []byte(src)); err != nil {
		t.Errorf("the policy does not come through: %v\n%s", err, src)
	}
}

func TestTheChartSaysWhatIsMissing(t *testing.T) {
	for missing, change := range map[string]func(object){
		"policy is empty":    func(v object) { v["policy"] = "" },
		"image.tag is empty": func(v object) { v["image"].(object)["tag"] = "" },
	} {
		if _, err := tryRenderChart(t, func(v object) { setRequiredValues(v); change(v) }); err == nil ||
			!strings.Contains(err.Error(), missing) {
			t.Errorf("%s: %v", missing, err)
		}
	}
}

func TestTheChartsIngressCarriesWhatSlackSends(t *testing.T) {
	out := renderChart(t, func(v object) {
		i := v["ingress"].(object)
		i["enabled"], i["className"], i["tlsSecret"] = true, "nginx", "twokey-tls"
	})
	rule := dig(out["Ingress"], "spec", "rules", 0)
	path := fmt.Sprint(dig(rule, "http", "paths", 0, "path"))
	a := readManifest(t)
	for _, u := range []string{a.Features.Commands[0].URL, a.Settings.Interactivity.RequestURL} {
		if want := "https://" + fmt.Sprint(dig(rule, "host")) + path; !strings.HasPrefix(u, want) {
			t.Errorf("%s does not reach %s", u, want)
		}
	}
	backend := dig(rule, "http", "paths", 0, "backend", "service")
	if dig(backend, "name") != dig(out["Service"], "metadata", "name") ||
		dig(backend, "port", "name") != dig(out["Service"], "spec", "ports", 0, "name") {
		t.Errorf("the ingress leads to %v", backend)
	}
	if dig(out["Ingress"], "spec", "tls", 0, "hosts", 0) != dig(rule, "host") {
		t.Errorf("%v", out["Ingress"])
	}
}

func TestTheChartIsComplete(t *testing.T) {
	var c struct {
		APIVersion  string `yaml:"apiVersion"`
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
		Type        string `yaml:"type"`
		Version     string `yaml:"version"`
		AppVersion  string `yaml:"appVersion"`
	}
	decodeStrict(t, "Chart.yaml", []byte(readFile(t, filepath.Join(chart, "Chart.yaml"))), &c)
	if c.APIVersion != "v2" || c.Name != filepath.Base(chart) || c.Version == "" {
		t.Errorf("%+v", c)
	}
	if entries, err := os.ReadDir(chart); err != nil || len(entries) != 3 {
		t.Errorf("%v %v", entries, err)
	}
}
