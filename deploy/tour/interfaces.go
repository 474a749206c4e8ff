package main

import (
	"fmt"
	"go/ast"
	"path"
	"strconv"
	"strings"
)

// A face is an interface: the methods that it declares itself, and the interfaces
// of the module that it embeds, as package.Name. Others are not counted.
type face struct{ own, embeds []string }

// importedNames are the packages of the module that a file imports, by the name
// that they have there.
func importedNames(f *ast.File, module string) map[string]string {
	out := map[string]string{}
	for _, i := range f.Imports {
		to, err := strconv.Unquote(i.Path.Value)
		if err != nil || !strings.HasPrefix(to, module+"/") {
			continue
		}
		to = strings.TrimPrefix(to, module+"/")
		name := path.Base(to)
		if i.Name != nil {
			name = i.Name.Name
		}
		if name == "_" || name == "." {
			name += to
		}
		out[name] = to
	}
	return out
}

// addInterfaces notes the interfaces that are declared.
func (p *pkg) addInterfaces(d *ast.GenDecl, imported map[string]string) {
	for _, s := range d.Specs {
		t, ok := s.(*ast.TypeSpec)
		if !ok {
			continue
		}
		i, ok := t.Type.(*ast.InterfaceType)
		if !ok {
			continue
		}
		var out face
		for _, m := range i.Methods.List {
			for _, n := range m.Names {
				out.own = append(out.own, n.Name)
			}
			switch e := m.Type.(type) {
			case *ast.Ident:
				out.embeds = append(out.embeds, p.path+"."+e.Name)
			case *ast.SelectorExpr:
				if x, ok := e.X.(*ast.Ident); ok && imported[x.Name] != "" {
					out.embeds = append(out.embeds, imported[x.Name]+"."+e.Sel.Name)
				}
			}
		}
		p.faces[t.Name.Name] = out
	}
}

// widths are how many methods the package's interfaces have in all, by name. One
// that embeds others also says how many are its own.
func (m module) widths(p *pkg) map[string]int {
	all := map[string]face{}
	for _, q := range m.packages {
		for name, f := range q.faces {
			all[q.path+"."+name] = f
		}
	}
	out := map[string]int{}
	for name, f := range p.faces {
		methods := map[string]bool{}
		addMethods(methods, all, p.path+"."+name, 0)
		switch {
		case len(methods) > len(f.own):
			out[fmt.Sprintf("%s (own %d)", name, len(f.own))] = len(methods)
		case len(methods) > 0:
			out[name] = len(methods)
		}
	}
	return out
}

// addMethods adds those of one interface and of what it embeds. Code that
// compiles has no interface that embeds itself; other code ends at a depth.
func addMethods(out map[string]bool, all map[string]face, name string, depth int) {
	if depth > len(all) {
		return
	}
	for _, m := range all[name].own {
		out[m] = true
	}
	for _, e := range all[name].embeds {
		addMethods(out, all, e, depth+1)
	}
}
