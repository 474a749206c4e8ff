package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compiled is the schema, ready to check files.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("twokey.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("twokey.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// schemaSays is what the schema says of a policy file.
func schemaSays(t *testing.T, s *jsonschema.Schema, src string) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(src), &v); err != nil {
		return err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaTakesEveryFileThatIsRight(t *testing.T) {
	s := compiled(t)
	sample, err := os.ReadFile("../../deploy/twokey.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"the sample": string(sample), "good": goodPolicy, "rich": richPolicy, "asking": callingPolicy,
		"around": aroundPolicy, "limits": limitedPolicy, "ignored tags": ignoringPolicy,
		"numbers as texts": goodPolicy + "remind_after: 0\nprobe: {ssh: 22, within: 5m}\n",
	}
	stories, err := filepath.Glob("../../bot/practice/stories/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatal("no stories", err)
	}
	for _, path := range stories {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".yaml") {
				files[path+" "+f.Name] = string(f.Data)
			}
		}
	}
	for name, src := range files {
		if _, err := Parse("twokey.yaml", []byte(src)); err != nil {
			continue // a story of a file that is wrong
		}
		if err := schemaSays(t, s, src); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(files) < 50 {
		t.Errorf("only %d files were seen", len(files))
	}
}

// Each key is written where it does not belong, and spelled wrong where it does.
func TestSchemaTakesNoUnknownKey(t *testing.T) {
	s := compiled(t)
	if err := schemaSays(t, s, goodPolicy); err != nil {
		t.Fatal(err)
	}
	for what, src := range map[string]string{
		"at the top":           goodPolicy + "aprovals: 1\n",
		"in an account":        strings.Replace(goodPolicy, "currency", "curency", 1),
		"in a rule":            goodPolicy + "    forbidden: yes\n",
		"of a rule at the top": goodPolicy + "match: {name: web-*}\n",
		"in a match":           strings.Replace(goodPolicy, "match: {tags:", "match: {tag:", 1),
		"in people":            strings.Replace(goodPolicy, "groups:", "group:", 1),
		"around":               goodPolicy + "    around: {clbs: warns}\n",
		"a list for a number":  strings.Replace(goodPolicy, "approvals: 2", "approvals: [2]", 1),
		"a word for a number":  strings.Replace(goodPolicy, "approvals: 2", "approvals: two", 1),
		"a word for a list":    strings.Replace(goodPolicy, "[ap-guangzhou]", "ap-guangzhou", 1),
		"nothing":              strings.Replace(goodPolicy, "approvals: 2", "approvals:", 1),
		"another choice":       strings.Replace(goodPolicy, "backup: optional", "backup: sometimes", 1),
	} {
		if _, err := Parse("twokey.yaml", []byte(src)); err == nil {
			t.Errorf("%s: ParsePolicy takes it", what)
		}
		if err := schemaSays(t, s, src); err == nil {
			t.Errorf("%s: the schema takes it", what)
		}
	}
}

// The schema's choices are those of the reader.
func TestEveryChoiceIsTakenAndNoOther(t *testing.T) {
	for _, base := range []reflect.Type{
		reflect.TypeFor[fileYAML](), reflect.TypeFor[termsYAML](), reflect.TypeFor[imagesYAML](), reflect.TypeFor[accountYAML](),
		reflect.TypeFor[askingYAML](), reflect.TypeFor[probeYAML](),
	} {
		for i := range base.NumField() {
			key := base.Field(i).Tag.Get("yaml")
			choice, ok := base.Field(i).Tag.Lookup("choice")
			if !ok {
				continue
			}
			for _, word := range strings.Split(choice+"|nothing-known", "|") {
				err := parsedWith(key, word)
				known := word != "nothing-known"
				if _, wrong := errors.AsType[Mistakes](err); wrong == known {
					t.Errorf("%s: %s: %v", key, word, err)
				}
			}
		}
	}
}

// parsedWith is what ParsePolicy says of the good policy with one key more.
func parsedWith(key, word string) error {
	src := strings.Replace(goodPolicy, "backup: optional\n", "", 1)
	line := key + ": " + word
	switch key {
	case "domain":
		src = strings.Replace(src, "    currency: CNY", "    currency: CNY\n    "+line, 1)
	case "marketplace":
		src += "images: {" + line + "}\n"
	case "around":
		src += "around: {clb: " + word + "}\n"
	case "from":
		src += "probe: {ssh: 22, " + line + "}\n"
	default:
		src += line + "\n"
	}
	_, err := Parse("twokey.yaml", []byte(src))
	return err
}

func TestKnownKeysAreAllKeysOfTheFile(t *testing.T) {
	for _, key := range []string{"accounts", "at_once", "by_tag", "match", "platform_change", "from", "why", "ssh", "tell", "escalate_to"} {
		if near := nearestKey(key+"x", nil); near != key {
			t.Errorf("%s: %q", key, near)
		}
	}
	seen := map[string]bool{}
	for _, key := range known {
		if seen[key] || key == "" {
			t.Errorf("%q is there twice, or empty: %q", key, known)
		}
		seen[key] = true
	}
}
