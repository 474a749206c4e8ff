package policy

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"twokey/commands/spelling"
)

// Mistake is one thing that is wrong with a policy file: where, and what was
// meant.
type Mistake struct {
	File         string
	Line, Column int // from 1
	Words        string
}

func (m Mistake) String() string {
	return fmt.Sprintf("%s, line %d, column %d: %s", m.File, m.Line, m.Column, m.Words)
}

// Mistakes is all that is wrong with a policy file, from its top down. There is
// at least one.
type Mistakes []Mistake

// Error names the first, and how many there are besides.
func (ms Mistakes) Error() string {
	s := fmt.Sprintf("%s, line %d: %s", ms[0].File, ms[0].Line, ms[0].Words)
	switch n := len(ms) - 1; {
	case n == 1:
		s += " (and 1 more mistake; bot policy check lists both)"
	case n > 1:
		s += fmt.Sprintf(" (and %d more mistakes; bot policy check lists them)", n)
	}
	return s
}

// Parse reads a policy file. Its error is Mistakes, each a sentence that
// names the file, the line and what was meant; then nothing of the file counts.
func Parse(name string, src []byte) (File, error) {
	s := source{name: name, lines: strings.Count(strings.TrimSuffix(string(src), "\n"), "\n") + 1}
	err := recoverPanics(func() (err error) {
		s.tree, err = parser.ParseBytes(src, 0, parser.AllowDuplicateMapKey())
		return err
	})
	if err != nil {
		return File{}, Mistakes{s.yamlMistake(err)}
	}
	r := reader{source: s}
	nothing := s.emptyPaths()
	var y fileYAML
	if err := recoverPanics(func() error { return yaml.UnmarshalWithOptions(src, &y, yaml.Strict()) }); err != nil {
		y = r.readShape(err)
	}
	r.oneDocument()
	for _, path := range nothing {
		r.addMistake(path, "there is no value; write one, or take the line out")
		r.excused = append(r.excused, path)
	}
	f := r.readFile(y)
	if len(r.mistakes) > 0 {
		slices.SortStableFunc(r.mistakes, func(a, b Mistake) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return File{}, r.mistakes
	}
	return f, nil
}

// guarded: the YAML library panics on some files that are none.
func recoverPanics(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("this cannot be read as YAML (%v)", p)
		}
	}()
	return do()
}

// oneDocument: what stands behind a second --- would never be read.
func (r *reader) oneDocument() {
	for _, d := range r.tree.Docs[min(1, len(r.tree.Docs)):] {
		if d.Body != nil {
			r.mistakes = append(r.mistakes, r.mistakeAt(firstToken(d.Body), "a second document begins here, and only the first is read; take the --- out"))
			return
		}
	}
}

// source is a policy file as text.
type source struct {
	name  string
	lines int
	tree  *ast.File
}

func (s source) mistakeAt(t *token.Token, words string) Mistake {
	m := Mistake{File: s.name, Line: 1, Column: 1, Words: words}
	if t != nil && t.Position != nil {
		m.Line, m.Column = min(max(t.Position.Line, 1), s.lines), max(t.Position.Column, 1)
	}
	return m
}

// tokenAt is where a path of the file stands, or the nearest above it that does.
func (s source) tokenAt(path string) *token.Token {
	for p := path; p != ""; p = parentPath(p) {
		var n ast.Node
		err := recoverPanics(func() error {
			q, err := yaml.PathString(p)
			if err == nil {
				n, err = q.FilterFile(s.tree)
			}
			return err
		})
		if err == nil && n != nil {
			return firstToken(n)
		}
	}
	return nil
}

func parentPath(p string) string {
	i := strings.LastIndexAny(p, ".[")
	if i <= 0 {
		return ""
	}
	return p[:i]
}

// firstToken is the first token of a node: of a mapping in lines, its first key.
func firstToken(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	}
	return n.GetToken()
}

var (
	unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)
	wrongType    = regexp.MustCompile(`^cannot unmarshal \S+ into Go .* of type (\S+)$`)
)

// kinds are what the file's types are called.
var kinds = map[string]string{
	"int": "a whole number", "string": "a word or text in quotation marks", "[]string": "a list in square brackets",
	"map[string]string": "a list of name: value pairs", "bool": "true or false",
}

// yamlMistake words an error of the YAML library.
func (s source) yamlMistake(err error) Mistake {
	y, ok := errors.AsType[yaml.Error](err)
	if !ok || y.GetToken() == nil {
		return s.mistakeAt(nil, err.Error())
	}
	msg := y.GetMessage()
	if m := unknownField.FindStringSubmatch(msg); m != nil {
		msg = unknownKey(m[1], nearestKey(m[1], nil))
	}
	if m := wrongType.FindStringSubmatch(msg); m != nil {
		msg = cmp.Or(kinds[m[1]], "another shape") + " is expected here, not “" + y.GetToken().Value + "”"
	}
	return s.mistakeAt(y.GetToken(), msg)
}

func unknownKey(key, near string) string {
	if near == "" {
		return "unknown key “" + key + "”"
	}
	return "unknown key “" + key + "”; did you mean “" + near + "”?"
}

// nearestKey returns the key among these, or else any known one, that is at most
// two edits away.
func nearestKey(s string, keys []string) string {
	best, at := "", 3
	for _, k := range slices.Concat(keys, known) {
		if n := spelling.Distance(s, k); n < at {
			best, at = k, n
		}
	}
	return best
}
