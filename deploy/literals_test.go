package deploy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// withTexts are the folders whose code has texts for people; doubles are not among them.
var withTexts = []string{"../commands", "../bot/chat", "../bot/probe", "../bot/ship", "../bot/store", "../cloud"}

var withoutTexts = []string{"fakecvm", "memory", "chattest", "storetest", "sample"}

// codeTexts are the texts that the code has, each with its file. A sum of strings is one
// text, and so is what is given to say; what is no literal in it is a word.
func codeTexts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, folder := range withTexts {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && slices.Contains(withoutTexts, d.Name()):
				return filepath.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err == nil {
				ast.Walk(literals{path, out}, f)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// literals walks a file and gathers its texts.
type literals struct {
	path  string
	found map[string]string
}

func (l literals) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.Field:
		return nil
	case ast.Expr:
		if parts := partsOfText(n); len(parts) > 0 {
			l.addText(parts)
			return nil
		}
	}
	return l
}

// addText joins the parts to one text, and looks into those that are no literals.
func (l literals) addText(parts []ast.Expr) {
	var text strings.Builder
	has := false
	for _, p := range parts {
		s, isLiteral := literalText(p)
		if !isLiteral {
			s = "it"
			ast.Walk(l, p)
		}
		has = has || isLiteral
		text.WriteString(s)
	}
	if has {
		l.found[text.String()] = l.path
	}
}

// partsOfText are the operands of a sum, the arguments of say, a literal alone; of any
// other expression none.
func partsOfText(e ast.Expr) (out []ast.Expr) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			out = append(out, e)
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			for _, side := range []ast.Expr{e.X, e.Y} {
				out = append(out, partsOrItself(side)...)
			}
		}
	case *ast.CallExpr:
		if name, ok := e.Fun.(*ast.Ident); ok && strings.EqualFold(name.Name, "say") {
			for _, a := range e.Args {
				out = append(out, partsOrItself(a)...)
			}
		}
	}
	return out
}

func partsOrItself(e ast.Expr) []ast.Expr {
	if parts := partsOfText(e); len(parts) > 0 {
		return parts
	}
	return []ast.Expr{e}
}

func literalText(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}
