package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// aModule has a package of one type and its twins, one that imports it, a test,
// and what Go leaves out.
var aModule = map[string]string{
	"go.mod": "module house\n\ngo 1.26\n",
	"a/a.go": `// Package a is small.
package a

// Keeper keeps.
type Keeper interface{ Get(); Put() }

type box[T any] struct{}

func (box[T]) get()  {} // not a line of its own
func (*box[T]) gets() {}

/* propose is
   for one. */
func propose() {}

func proposeAll() {}

func reply() {}

func replies() {}
`,
	"a/a_test.go": "package a\n\n// " + strings.Repeat("é", 121) + "\nfunc helper() {}\n",
	"b/b.go": "package b\n\nimport (\n\tkeep \"house/a\"\n\t_ \"strings\"\n)\n\ntype Both interface { " +
		"keep.Keeper; Del(); Get() }\n\nfunc main() {}\n",
	"b/testdata/t.go":     "package broken {",
	"node_modules/n/n.go": "package broken {",
}

func TestTheTourCountsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	for name, text := range aModule {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	if err := run(&b, dir); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(strings.TrimPrefix(b.String(), legend)), " ")
	for what, want := range map[string]string{
		"the package a":  "a 20 4 1 box 2 Keeper 2 83 % 4.17 % 31 % 3",
		"the package b":  "b 10 0 1 - Both (own 2) 3 - 0.00 % 0 % 0",
		"the totals":     "all 2 30 4 2 a.box 2 b.Both (own 2) 3 83 % 2.94 % 20 % 3",
		"the arrows":     "ARROWS a -> b -> a TWINS",
		"a plural":       "a: get, gets",
		"one for all":    "a: propose, proposeAll",
		"a plural of -y": "a: reply, replies",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: %q is missing in\n%s", what, want, b.String())
		}
	}
}

func TestTheTourOfNoModuleSaysSo(t *testing.T) {
	if err := run(&strings.Builder{}, t.TempDir()); err == nil {
		t.Error("a folder without go.mod was measured")
	}
}
