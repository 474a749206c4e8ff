package policy

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// The YAML library stops at the first key that it does not know. Where it
// complains, the tree is held against the file's shape to find every such
// mistake; what is wrong is taken out of it, and the rest is read, so that its
// mistakes are told as well.

// readShape notes what is wrong with the file's shape, and returns what is left.
func (r *reader) readShape(err error) fileYAML {
	var y fileYAML
	if len(r.tree.Docs) == 0 || r.tree.Docs[0].Body == nil {
		r.mistakes = append(r.mistakes, r.yamlMistake(err))
		return y
	}
	body := r.tree.Docs[0].Body
	fits := r.fitsType(body, reflect.TypeFor[fileYAML](), "$")
	if len(r.mistakes) == 0 { // the library knows better
		r.mistakes = append(r.mistakes, r.yamlMistake(err))
		fits = false
	}
	if !fits || recoverPanics(func() error { return yaml.NodeToValue(body, &y) }) != nil {
		r.excused = append(r.excused, "$") // what cannot be read is not missing
	}
	return y
}

// fitsType reports whether a node has the shape of a type, once its own mistakes
// have been taken out of it.
func (r *reader) fitsType(n ast.Node, t reflect.Type, path string) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch x := n.(type) {
	case *ast.AnchorNode:
		return r.fitsType(x.Value, t, path)
	case *ast.AliasNode:
		return true
	case *ast.TagNode:
		r.mistakes = append(r.mistakes, r.mistakeAt(x.GetToken(), "no types are named here; take “"+x.GetToken().Value+"” out"))
		return false
	case *ast.NullNode:
		if path != "$" {
			return true
		}
	case *ast.MappingNode:
		if t.Kind() == reflect.Struct {
			x.Values = r.keepKnown(x.Values, t, path)
			return true
		}
		if t.Kind() == reflect.Map {
			return r.fitsPairs(x, t, path)
		}
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for i, v := range x.Values {
				if at := fmt.Sprintf("%s[%d]", path, i); !r.fitsType(v, t.Elem(), at) {
					r.excused = append(r.excused, at)
					x.Values[i] = ast.Null(token.New("null", "null", v.GetToken().Position))
				}
			}
			return true
		}
	default:
		if isScalar(n, t) {
			return true
		}
	}
	r.mistakes = append(r.mistakes, r.mistakeAt(firstToken(n), kindOf(t)+" is expected here, not "+nodeText(n)))
	return false
}

// keepKnown notes the keys that a struct does not have or that stand twice, and
// returns the others.
func (r *reader) keepKnown(vs []*ast.MappingValueNode, t reflect.Type, path string) []*ast.MappingValueNode {
	fields, names := fieldsOf(t)
	seen := map[string]int{}
	var out []*ast.MappingValueNode
	for _, v := range vs {
		if v.Key.IsMergeKey() {
			out = append(out, v)
			continue
		}
		k := v.Key.GetToken()
		field, ok := fields[k.Value]
		switch {
		case !ok:
			near := nearestKey(k.Value, names)
			r.mistakes = append(r.mistakes, r.mistakeAt(k, unknownKey(k.Value, near)))
			r.excused = append(r.excused, path+"."+cmp.Or(near, k.Value))
		case seen[k.Value] > 0:
			r.mistakes = append(r.mistakes, r.mistakeAt(k, fmt.Sprintf("“%s” stands here twice, first in line %d; keep one", k.Value, seen[k.Value])))
		case r.fitsType(v.Value, field.Type, path+"."+k.Value):
			seen[k.Value] = k.Position.Line
			out = append(out, v)
		default:
			seen[k.Value] = k.Position.Line
			r.excused = append(r.excused, path+"."+k.Value)
		}
	}
	return out
}

// fitsPairs checks the values of a mapping with names of the operator's own.
func (r *reader) fitsPairs(x *ast.MappingNode, t reflect.Type, path string) bool {
	fits := true
	seen := map[string]bool{}
	for _, v := range x.Values {
		k := v.Key.GetToken()
		if seen[k.Value] {
			r.mistakes = append(r.mistakes, r.mistakeAt(k, "“"+k.Value+"” stands here twice; keep one"))
			fits = false
		}
		seen[k.Value] = true
		fits = r.fitsType(v.Value, t.Elem(), path+"."+pathKey(k.Value)) && fits
	}
	return fits
}

// emptyPaths lists the paths of the keys that have nothing behind them, and of list
// entries that are none. Nobody can tell what was meant: the default, or nobody,
// or never.
func (s source) emptyPaths() []string {
	var out []string
	var look func(n ast.Node, path string)
	look = func(n ast.Node, path string) {
		switch x := n.(type) {
		case *ast.AnchorNode:
			look(x.Value, path)
		case *ast.NullNode:
			if path != "$" {
				out = append(out, path)
			}
		case *ast.MappingNode:
			for _, v := range x.Values {
				look(v.Value, path+"."+pathKey(v.Key.GetToken().Value))
			}
		case *ast.MappingValueNode:
			look(x.Value, path+"."+pathKey(x.Key.GetToken().Value))
		case *ast.SequenceNode:
			for i, v := range x.Values {
				look(v, fmt.Sprintf("%s[%d]", path, i))
			}
		}
	}
	if len(s.tree.Docs) > 0 && s.tree.Docs[0].Body != nil {
		look(s.tree.Docs[0].Body, "$")
	}
	return out
}

// pathKey is a name of the operator's own as paths of the file have it.
func pathKey(k string) string {
	if strings.ContainsAny(k, ".=[]* ") {
		return "'" + k + "'"
	}
	return k
}

// fieldsOf are a struct's fields by their keys, with those of what is inlined, and
// the keys in order.
func fieldsOf(t reflect.Type) (map[string]reflect.StructField, []string) {
	fields, names := map[string]reflect.StructField{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if opts == "inline" {
			more, some := fieldsOf(f.Type)
			maps.Copy(fields, more)
			names = append(names, some...)
			continue
		}
		fields[name] = f
		names = append(names, name)
	}
	return fields, names
}

// isScalar reports whether one word can be read as the type.
func isScalar(n ast.Node, t reflect.Type) bool {
	_, isInt := n.(*ast.IntegerNode)
	_, isBool := n.(*ast.BoolNode)
	_, isWord := n.(ast.ScalarNode)
	switch t.Kind() {
	case reflect.Int:
		return isInt
	case reflect.Bool:
		return isBool
	case reflect.String:
		return isWord
	}
	return false
}

func kindOf(t reflect.Type) string {
	switch k := t.Kind(); {
	case kinds[t.String()] != "":
		return kinds[t.String()]
	case k == reflect.Slice:
		return "a list"
	}
	return "a list of name: value pairs"
}

// nodeText is what stands there instead, cut to what a sentence can bear.
func nodeText(n ast.Node) string {
	switch n.(type) {
	case *ast.SequenceNode:
		return "a list"
	case *ast.MappingNode:
		return "name: value pairs"
	}
	v := []rune(n.GetToken().Value)
	if len(v) > 40 {
		v = append(v[:39], '…')
	}
	return "“" + string(v) + "”"
}
