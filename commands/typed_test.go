package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// pressable are the verbs of all buttons and forms that this package's source
// makes, with where the first of each stands.
func pressable(t *testing.T) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	var names []string
	for _, rooms := range []string{"*.go", "*/*.go"} {
		found, err := filepath.Glob(rooms)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	words, out := map[string]string{}, map[string]string{}
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
	note := func(lit *ast.CompositeLit, at int) {
		verb := verbIn(lit, at)
		if verb == nil {
			t.Errorf("%s: a button or form without a verb that can be read here", fset.Position(lit.Pos()))
			return
		}
		word := words[verb.Name]
		if word == "" {
			t.Errorf("%s: the verb %s is no constant", fset.Position(lit.Pos()), verb.Name)
			return
		}
		out[word] = fset.Position(lit.Pos()).String()
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) == 0 {
				return true
			}
			switch kind := lit.Type.(type) {
			case *ast.SelectorExpr:
				if kind.Sel.Name == "Button" || kind.Sel.Name == "Form" {
					note(lit, 1)
				}
			case *ast.ArrayType:
				if e, ok := kind.Elt.(*ast.SelectorExpr); ok && e.Sel.Name == "Button" {
					for _, x := range lit.Elts {
						if one, ok := x.(*ast.CompositeLit); ok && one.Type == nil {
							note(one, 1)
						}
					}
				}
			}
			return true
		})
	}
	return out
}

// verbIn is the name of the verb in a literal: under its key, or at its place.
func verbIn(lit *ast.CompositeLit, at int) *ast.Ident {
	for n, e := range lit.Elts {
		v := e
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if k, ok := kv.Key.(*ast.Ident); !ok || k.Name != "Verb" {
				continue
			}
			v = kv.Value
		} else if n != at {
			continue
		}
		if from, ok := v.(*ast.SelectorExpr); ok {
			return from.Sel
		}
		return nil
	}
	return nil
}

// Whoever cannot press a button, or is in a thread where commands do not work,
// types. A new button without a typed twin fails here.
func TestEveryButtonAndFormHasATypedTwinThatHelpTells(t *testing.T) {
	all := pressable(t)
	for _, verb := range []string{reinstall.VerbApprove, reinstall.VerbReject, reinstall.VerbBackup, reinstall.VerbImage, reinstall.VerbHold, reinstall.VerbResume, reinstall.VerbCancel, reinstall.VerbPassword, reinstall.VerbPropose} {
		if all[verb] == "" {
			t.Errorf("the walk over the source misses %q: %v", verb, slices.Sorted(maps.Keys(all)))
		}
	}
	told := screen.Help().String()
	for verb, where := range all {
		twin, typed, want := verb, verb+" 7K3Q", verb+" ID"
		switch verb {
		case reinstall.VerbHelp:
			continue
		case reinstall.VerbPropose:
			typed, want = "web-01", "/reinstall INSTANCE"
		case reinstall.VerbReject, reinstall.VerbBreakGlass:
			typed += " because"
		case reinstall.VerbRefresh: // Home anew: the list says the same
			twin, typed, want = reinstall.VerbList, "list", "list"
		}
		if l, r := Parse(typed); r != nil || l.Verb != twin {
			t.Errorf("%s: /reinstall %s is understood as %+v, %v", where, typed, l, r)
		}
		if !strings.Contains(told, want) {
			t.Errorf("%s: /reinstall help does not tell of “%s”", where, want)
		}
	}
}

// All buttons are drawn in one place, of those that the cards of this package
// have.
func TestNoButtonIsMadeElsewhere(t *testing.T) {
	files, err := filepath.Glob("../bot/chat/*.go")
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		made += strings.Count(string(src), "NewButtonBlockElement(")
	}
	if made != 1 {
		t.Errorf("buttons are made in %d places; this test sees those of one", made)
	}
}
