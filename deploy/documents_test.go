package deploy_test

import (
	"os"
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
	for _, d := range append(documents, "../GLOSSARY.md", "../CHANGELOG.md") {
		doc := readFile(t, d)
		for _, m := range append(namedFile.FindAllStringSubmatch(doc, -1), linkTo.FindAllStringSubmatch(doc, -1)...) {
			if _, err := os.Stat("../" + m[1]); err != nil {
				t.Errorf("%s: there is no %s", strings.TrimPrefix(d, "../"), m[1])
			}
		}
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
