package deploy_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/licensecheck"
)

// licensesFile lists the modules that the binary links, each with its licences.
const licensesFile = "licenses.txt"

var writeLicenses = flag.Bool("licenses", false, "write "+licensesFile)

// allowedLicenses ask for nothing but their own text beside the binary. Another one is
// for a person to read first.
var allowedLicenses = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}

// licensesOf are those that a module's folder has files of, in order. A file of which
// less than three quarters are a known text is unknown.
func licensesOf(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "license*"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			text, err := os.ReadFile(path)
			if err != nil {
				continue // a folder
			}
			cover := licensecheck.Scan(text)
			for _, m := range cover.Match {
				if !m.IsURL {
					names = append(names, m.ID)
				}
			}
			if cover.Percent < 75 {
				names = append(names, "unknown "+filepath.Base(path))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// linkedLicenses are the lines of licensesFile as they must be.
func linkedLicenses(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short asks go list nothing: make test runs this")
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", "twokey/bot").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	slices.Sort(modules)
	var b strings.Builder
	for _, m := range slices.Compact(modules) {
		path, dir, _ := strings.Cut(m, "\t")
		found := licensesOf(t, dir)
		if len(found) == 0 {
			t.Errorf("%s has no licence", path)
		}
		for _, l := range found {
			if !slices.Contains(allowedLicenses, l) {
				t.Errorf("%s: read its licence %q, then allow it or take another module", path, l)
			}
		}
		fmt.Fprintf(&b, "%s %s\n", path, strings.Join(found, " "))
	}
	return b.String()
}

// A module with a licence that nobody has read does not get into the binary.
func TestEachLinkedModuleHasALicenceThatIsAllowed(t *testing.T) {
	want := linkedLicenses(t)
	if *writeLicenses {
		if err := os.WriteFile(licensesFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := readFile(t, licensesFile); got != want {
		t.Errorf("%s has other lines than the modules; go test ./deploy -run Licence -licenses writes it:\n%s",
			licensesFile, want)
	}
	if n := strings.Count(want, "\n"); n < 15 {
		t.Errorf("only %d modules were found", n)
	}
}
