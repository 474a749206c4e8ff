package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// Only files and folders of the checkout: a path with a slash and an ending.
	namedFile = regexp.MustCompile("`((?:bot|cloud|commands|deploy)/[A-Za-z0-9_/.-]+\\.[a-z]+)`")
	linkTo    = regexp.MustCompile(`\]\(([^):#]+)\)`)
)

func TestDocumentsNameFilesThatThereAre(t *testing.T) {
	for _, d := range append(documents, "../GLOSSARY.md", "../CHANGELOG.md", "runbook.md") {
		doc := readFile(t, d)
		var paths []string
		for _, m := range namedFile.FindAllStringSubmatch(doc, -1) {
			paths = append(paths, filepath.Join("..", m[1]))
		}
		for _, m := range linkTo.FindAllStringSubmatch(doc, -1) {
			paths = append(paths, filepath.Join(filepath.Dir(d), m[1]))
		}
		for _, path := range paths {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: there is no %s", d, path)
			}
		}
	}
}

// mostREADME is how many words the first document has: more is not read at 3 a.m.
const mostREADME = 700

func TestTheREADMEIsShortAndItsCommandsAreThere(t *testing.T) {
	readme := readFile(t, "../README.md")
	if n := len(strings.Fields(readme)); n > mostREADME {
		t.Errorf("%d words, not %d at most", n, mostREADME)
	}
	for _, c := range []string{"\ngo run ./bot/practice ", "\nmake test "} {
		if !strings.Contains(readme, c) {
			t.Errorf("there is no command %q", strings.TrimSpace(c))
		}
	}
	if !strings.Contains(readFile(t, "../.ci/run"), "\nexec make test\n") {
		t.Error(".ci/run does not call the README's test command")
	}
}

// mostGlossary is how many lines the glossary has: more is not read.
const mostGlossary = 40

func TestTheGlossaryIsShortAndHasEachWordOnce(t *testing.T) {
	glossary := readFile(t, "../GLOSSARY.md")
	if n := strings.Count(glossary, "\n"); n > mostGlossary {
		t.Errorf("%d lines, not %d at most", n, mostGlossary)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(glossary) {
		words, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		for _, m := range regexp.MustCompile(`\*\*([^*]+)\*\*`).FindAllStringSubmatch(words, -1) {
			if strings.HasPrefix(line, "| ") && seen[m[1]] {
				t.Errorf("%s has two meanings", m[1])
			}
			seen[m[1]] = true
		}
	}
}
