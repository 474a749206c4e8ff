package deploy_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const workflowsFolder = "../.github/workflows"

// workflows are the files by their names.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(workflowsFolder, "*.yaml"))
	if err != nil || len(paths) < 3 {
		t.Fatal(paths, err)
	}
	out := map[string]string{}
	for _, path := range paths {
		out[filepath.Base(path)] = readFile(t, path)
	}
	return out
}

func TestActionlintFindsNothingInTheWorkflows(t *testing.T) {
	if testing.Short() {
		t.Skip("-short compiles no actionlint: make test runs this")
	}
	args := []string{"tool", "-modfile=tools.mod", "actionlint"}
	for name := range workflows(t) {
		args = append(args, filepath.Join(workflowsFolder, name))
	}
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Errorf("actionlint: %v\n%s", err, out)
	}
}

// A tag of an action can be moved, a commit cannot. And a workflow that may write says
// so where it does.
func TestWorkflowsPinWhatTheyRunAndMayDoLittle(t *testing.T) {
	used := regexp.MustCompile(`(?m)uses: (.*)$`)
	pinned := regexp.MustCompile(`^[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	for name, text := range workflows(t) {
		actions := used.FindAllStringSubmatch(text, -1)
		for _, m := range actions {
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned by its commit, with its version behind it", name, m[1])
			}
		}
		if len(actions) == 0 || !strings.Contains(text, "\npermissions:\n  contents: read\n") {
			t.Errorf("%s uses %d actions, or may do more than read", name, len(actions))
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s runs a stranger's code with secrets", name)
		}
		if n := strings.Count(text, "actions/checkout@"); n != strings.Count(text, "persist-credentials: false") {
			t.Errorf("%s leaves its token in a checkout", name)
		}
	}
}

// What runs for everybody is what everybody can run: targets of the Makefile.
func TestWorkflowsRunTargetsOfTheMakefile(t *testing.T) {
	makefile, all := readFile(t, "../Makefile"), ""
	for name, text := range workflows(t) {
		all += text
		for _, m := range regexp.MustCompile(`(?m)run: make ([a-z ]+)(?: [A-Z]+=\S+)?$`).FindAllStringSubmatch(text, -1) {
			for target := range strings.FieldsSeq(m[1]) {
				if !regexp.MustCompile(`(?m)^` + target + `:`).MatchString(makefile) {
					t.Errorf("%s: there is no make %s", name, target)
				}
			}
		}
	}
	for _, must := range []string{
		"run: bash .ci/run", "run: make format lint vet", "run: make race", "run: make fuzz FUZZ=10s",
		"run: make fuzz FUZZ=5m", "run: make vulnerabilities", "run: make same", "run: make archives", "run: make release",
		"--platform linux/amd64,linux/arm64", "--sbom=true", "--provenance=mode=max",
	} {
		if !strings.Contains(all, must) {
			t.Errorf("no workflow has %q", must)
		}
	}
}

func TestDependabotLooksWhereThereIsSomething(t *testing.T) {
	var file struct {
		Version int
		Updates []struct {
			Ecosystem   string   `yaml:"package-ecosystem"`
			Directory   string   `yaml:"directory"`
			Directories []string `yaml:"directories"`
		}
	}
	if err := yaml.Unmarshal([]byte(readFile(t, "../.github/dependabot.yml")), &file); err != nil || file.Version != 2 {
		t.Fatal(file, err)
	}
	manifest := map[string]string{"gomod": "go.mod", "docker": "Dockerfile", "npm": "package.json", "github-actions": ".github"}
	for _, u := range file.Updates {
		for _, dir := range append(u.Directories, u.Directory) {
			if _, err := os.Stat(filepath.Join("..", dir, manifest[u.Ecosystem])); dir != "" && err != nil {
				t.Errorf("%s: %v", u.Ecosystem, err)
			}
		}
	}
	if len(file.Updates) != len(manifest) {
		t.Errorf("it looks after %d kinds", len(file.Updates))
	}
}

func TestAReleaseHasTheFilesThatOperatorsTake(t *testing.T) {
	var file struct {
		Builds   []struct{ Flags, Goos, Goarch []string }
		Archives []struct {
			Files []struct{ Src string }
		}
		Checksum struct {
			Name string `yaml:"name_template"`
		}
	}
	decodeLenient(t, ".goreleaser.yaml", []byte(readFile(t, "../.goreleaser.yaml")), &file)
	if len(file.Builds) != 1 || len(file.Archives) != 1 || file.Checksum.Name == "" {
		t.Fatalf("%+v", file)
	}
	if got := fmt.Sprint(file.Builds[0]); got != "{[-trimpath] [linux darwin] [amd64 arm64]}" {
		t.Errorf("it builds %s", got)
	}
	var matched []string
	for _, f := range file.Archives[0].Files {
		found, err := filepath.Glob(filepath.Join("..", strings.Replace(f.Src, "**", "*", 1)))
		if f.Src == "NOTICES.txt" { // deploy/notices.sh writes it
			continue
		}
		if err != nil || len(found) == 0 {
			t.Errorf("there is no %s: %v", f.Src, err)
		}
		matched = append(matched, found...)
	}
	all := "\n" + strings.Join(matched, "\n") + "\n"
	for _, must := range []string{
		"LICENSE", "README.md", "SECURITY.md", "deploy/README.md", "deploy/runbook.md", "deploy/twokey.service",
		"deploy/nginx.conf", "deploy/redis/users.conf", "deploy/alerts.yaml", "deploy/dashboard.json",
		"deploy/twokey.yaml", "deploy/cam-policy.json", "deploy/slack-manifest-socket.yaml", "deploy/helm/twokey/Chart.yaml",
	} {
		if !strings.Contains(all, "\n../"+must+"\n") {
			t.Errorf("%s is not in the archive", must)
		}
	}
}
