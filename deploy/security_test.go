package deploy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The table of SECURITY.md has these rows, and each says by which tests and stories
// it is held.
var secrets = []string{
	"Redis, to read", "Redis, to write", "The bot token", "The signing secret", "The app token", "The cloud key",
	"The admin port", "The policy file", "One approver's Slack session", "The sealing key",
}

// securityRows are the table's rows: the cells, by what somebody has.
func securityRows(t *testing.T) map[string][]string {
	t.Helper()
	rows := map[string][]string{}
	for line := range strings.Lines(readFile(t, "../SECURITY.md")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if name := strings.Split(cells[0], "**"); len(name) > 2 && len(cells) > 1 {
			rows[name[1]] = cells
		}
	}
	return rows
}

// testsAndStories are the names of all tests, and of all stories that keep a promise.
func testsAndStories(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(src, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	stories, err := filepath.Glob("../bot/practice/stories/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatal(stories, err)
	}
	promised := readFile(t, "../bot/practice/stories_test.go")
	for _, s := range stories {
		name := strings.TrimSuffix(filepath.Base(s), ".txtar")
		names[name] = strings.Contains(promised, `"`+name+`"`)
	}
	return names
}

func TestEachThingThatASecretCannotDoIsShownByATestOrAStory(t *testing.T) {
	rows, all := securityRows(t), testsAndStories(t)
	for _, secret := range secrets {
		cells := rows[secret]
		if len(cells) != 5 {
			t.Errorf("%s has %d cells, not 5", secret, len(cells))
			continue
		}
		named := 0
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[3], -1) {
			if named++; !all[m[1]] {
				t.Errorf("%s: there is no test and no story %s", secret, m[1])
			}
		}
		if named == 0 {
			t.Errorf("%s: nothing shows what it is stopped from", secret)
		}
		for n, cell := range cells {
			if strings.TrimSpace(cell) == "" {
				t.Errorf("%s: cell %d is empty", secret, n+1)
			}
		}
	}
	for secret := range rows {
		if !slices.Contains(secrets, secret) {
			t.Errorf("%s is not among those that are looked at", secret)
		}
	}
}

func TestSECURITYIsWrittenInShortSentences(t *testing.T) {
	code := regexp.MustCompile("`[^`]+`")
	for line := range strings.Lines(readFile(t, "../SECURITY.md")) {
		for cell := range strings.SplitSeq(line, "|") {
			for sentence := range strings.SplitSeq(code.ReplaceAllString(cell, "x"), ". ") {
				words := slices.DeleteFunc(strings.Fields(sentence), func(w string) bool {
					return w == "x" ||
						w == "-"
				})
				if len(words) > 20 {
					t.Errorf("%d words: %s", len(words), strings.TrimSpace(sentence))
				}
			}
		}
	}
}

func TestTheOperatorsREADMEListsEverySetting(t *testing.T) {
	readme := readFile(t, "README.md")
	for name := range knownSettings(t) {
		if !regexp.MustCompile(`(?m)^\|.*` + "`" + name + "`" + `.*\|$`).MatchString(readme) {
			t.Errorf("the table of settings has no %s", name)
		}
	}
}
