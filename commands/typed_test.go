package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"twokey/commands/grammar"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen/help"
)

// pressable are the verbs of all buttons and forms that the source of the rooms
// makes, with the place of each.
func pressable(t *testing.T) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	files, out := sources(t, fset), map[string]string{}
	words := constants(files)
	note := func(lit *ast.CompositeLit) {
		at := fset.Position(lit.Pos()).String()
		verb := verbIn(lit)
		switch {
		case verb == nil:
			t.Errorf("%s: a button or form without a verb that can be read here", at)
		case words[verb.Name] == "":
			t.Errorf("%s: the verb %s is no constant", at, verb.Name)
		default:
			out[words[verb.Name]] = at
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) == 0 {
				return true
			}
			if name := last(lit.Type); name == "Button" || name == "Form" {
				note(lit)
			}
			if list, ok := lit.Type.(*ast.ArrayType); ok && last(list.Elt) == "Button" {
				for _, x := range lit.Elts {
					if one, ok := x.(*ast.CompositeLit); ok && one.Type == nil {
						note(one)
					}
				}
			}
			return true
		})
	}
	return out
}

// sources are the files of this package and of the rooms below it.
func sources(t *testing.T, fset *token.FileSet) []*ast.File {
	t.Helper()
	var files []*ast.File
	for _, name := range goFiles(t, ".") {
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// goFiles are the files in a folder and below it, without tests.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// constants are the values of all names that are given a text.
func constants(files []*ast.File) map[string]string {
	words := map[string]string{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.ValueSpec); ok && len(s.Values) == len(s.Names) {
				for i, v := range s.Values {
					if l, ok := v.(*ast.BasicLit); ok && l.Kind == token.STRING {
						words[s.Names[i].Name], _ = strconv.Unquote(l.Value)
					}
				}
			}
			return true
		})
	}
	return words
}

// last is the name of a type or value without its package.
func last(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// verbIn is the name of the verb in a literal: under its key, or at its place.
func verbIn(lit *ast.CompositeLit) *ast.Ident {
	for n, e := range lit.Elts {
		v := e
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if last(kv.Key) != "Verb" {
				continue
			}
			v = kv.Value
		} else if n != 1 {
			continue
		}
		switch v := v.(type) {
		case *ast.Ident:
			return v
		case *ast.SelectorExpr:
			return v.Sel
		}
	}
	return nil
}

// Whoever cannot press a button, or is in a thread where commands do not work,
// types. A new button without a typed twin fails here.
func TestEveryButtonAndFormHasATypedTwinThatHelpTells(t *testing.T) {
	all := pressable(t)
	for _, verb := range []string{
		model.VerbApprove, model.VerbReject, model.VerbBackup, model.VerbImage,
		model.VerbHold, model.VerbResume, model.VerbCancel, model.VerbPassword, model.VerbPropose,
		model.VerbResolve, model.VerbShow,
	} {
		if all[verb] == "" {
			t.Errorf("the walk over the source misses %q: %v", verb, slices.Sorted(maps.Keys(all)))
		}
	}
	told := help.All().String()
	for verb, where := range all {
		twin, typed, want := verb, verb+" 7K3Q", verb+" ID"
		switch verb {
		case model.VerbHelp:
			continue
		case model.VerbPropose:
			typed, want = "web-01", "/reinstall INSTANCE"
		case model.VerbReject, model.VerbBreakGlass:
			typed += " because"
		case model.VerbResolve:
			typed += " done I logged in"
		case model.VerbRefresh: // Home again: the list says the same
			twin, typed, want = model.VerbList, "list", "list"
		}
		if l, r := grammar.Parse(typed); r != nil || l.Verb != twin {
			t.Errorf("%s: /reinstall %s is understood as %+v, %v", where, typed, l, r)
		}
		if !strings.Contains(told, want) {
			t.Errorf("%s: /reinstall help all does not have “%s”", where, want)
		}
	}
}

// All buttons are drawn in one place, of those that the cards of this package
// have.
func TestNoButtonIsMadeElsewhere(t *testing.T) {
	made := 0
	for _, name := range goFiles(t, "../bot/chat") {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		made += strings.Count(string(src), "NewButtonBlockElement(")
	}
	if made != 1 {
		t.Errorf("buttons are made in %d places; this test sees those of one", made)
	}
}
