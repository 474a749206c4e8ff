package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// mostSeeds is how many seeds a fuzz test has in git. A seed's name says what it
// is: the fuzzer's own names are digests.
const mostSeeds = 10

var digestName = regexp.MustCompile(`^[0-9a-f]{16}$`)

func TestFuzzSeedsAreFewAndNamed(t *testing.T) {
	var targets []string
	for _, pattern := range []string{"../*/testdata/fuzz/*", "../*/*/testdata/fuzz/*", "../*/*/*/testdata/fuzz/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, found...)
	}
	if len(targets) == 0 {
		t.Error("no fuzz test has a seed")
	}
	for _, target := range targets {
		seeds, err := os.ReadDir(target)
		if err != nil {
			t.Fatal(err)
		}
		if len(seeds) > mostSeeds {
			t.Errorf("%s has %d seeds, not %d at most: keep those that cover most, and those that were bugs",
				target, len(seeds), mostSeeds)
		}
		for _, s := range seeds {
			if digestName.MatchString(s.Name()) {
				t.Errorf("%s/%s: give it a name that says what it is", target, s.Name())
			}
		}
	}
}
