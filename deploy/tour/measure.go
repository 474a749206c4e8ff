package main

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// longest is how many characters a line may have. A tab counts as one.
const longest = 120

// A module is what was measured: its path and its packages, in order.
type module struct {
	path     string
	packages []*pkg
}

// A pkg is one package. Lines, functions and types are those without tests,
// unless their name says otherwise.
type pkg struct {
	path    string // without the module's path: commands/port
	files   int
	lines   lines
	tests   lines
	funcs   int
	oneWord int            // functions and methods named by one lower-case word
	names   map[string]int // functions: "receiver.name"
	methods map[string]int // of each type
	faces   map[string]face
	imports map[string]bool
}

// lines are counted in one kind of file.
type lines struct{ all, filled, comment, long int }

func (l *lines) addLines(m lines) {
	l.all += m.all
	l.filled += m.filled
	l.comment += m.comment
	l.long += m.long
}

// measureModule reads every Go file below dir, which holds go.mod. Folders that Go
// itself leaves out stay out, and so does node_modules.
func measureModule(dir string) (module, error) {
	name, err := modulePath(filepath.Join(dir, "go.mod"))
	if err != nil {
		return module{}, err
	}
	found := map[string]*pkg{}
	err = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != dir && leftOut(d.Name()):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, ".go"):
			return nil
		}
		rel, err := filepath.Rel(dir, filepath.Dir(file))
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if found[rel] == nil {
			found[rel] = &pkg{
				path: rel, names: map[string]int{}, methods: map[string]int{}, faces: map[string]face{},
				imports: map[string]bool{},
			}
		}
		return found[rel].readFile(file, name)
	})
	m := module{path: name}
	for _, p := range slices.Sorted(maps.Keys(found)) {
		m.packages = append(m.packages, found[p])
	}
	return m, err
}

func leftOut(folder string) bool {
	return folder == "testdata" || folder == "node_modules" || folder == "vendor" || strings.HasPrefix(folder, ".") ||
		strings.HasPrefix(folder, "_")
}

// modulePath returns the path that a go.mod declares.
func modulePath(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "module "); ok {
			return strings.Trim(name, `"`), nil
		}
	}
	return "", errors.New(file + " names no module")
}

// readFile adds one file to the package.
func (p *pkg) readFile(file, module string) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	counted := countLines(src, set, f)
	if strings.HasSuffix(file, "_test.go") {
		p.tests.addLines(counted)
		return nil
	}
	p.files++
	p.lines.addLines(counted)
	names := importedNames(f, module)
	for _, to := range names {
		p.imports[to] = true
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			p.addFunction(d)
		case *ast.GenDecl:
			p.addInterfaces(d, names)
		}
	}
	return nil
}

// countLines counts lines. One is a comment if nothing but a comment stands on it.
func countLines(src []byte, set *token.FileSet, f *ast.File) lines {
	commented := map[int]bool{}
	for _, g := range f.Comments {
		for _, c := range g.List {
			for l := set.Position(c.Pos()).Line; l <= set.Position(c.End()).Line; l++ {
				commented[l] = true
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool { // what begins or ends on a line makes it code
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		}
		delete(commented, set.Position(n.Pos()).Line)
		delete(commented, set.Position(n.End()).Line)
		return true
	})
	var out lines
	for line := range bytes.Lines(src) {
		out.all++
		if len(bytes.TrimSpace(line)) > 0 {
			out.filled++
		}
		if utf8.RuneCount(bytes.TrimSuffix(line, []byte("\n"))) > longest {
			out.long++
		}
	}
	out.comment = len(commented)
	return out
}

var oneWord = regexp.MustCompile(`^[a-z]+$`)

// addFunction counts a function or a method. Go itself names main and init.
func (p *pkg) addFunction(d *ast.FuncDecl) {
	if d.Recv == nil && (d.Name.Name == "main" || d.Name.Name == "init") {
		return
	}
	p.funcs++
	if oneWord.MatchString(d.Name.Name) {
		p.oneWord++
	}
	of := receiverOf(d)
	p.names[of+"."+d.Name.Name]++
	if of != "" {
		p.methods[of]++
	}
}

// receiverOf is the name of the type that a method is of.
func receiverOf(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	for e := d.Recv.List[0].Type; ; {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// lastPart is the last part of a package's path.
func lastPart(p string) string { return path.Base(p) }
