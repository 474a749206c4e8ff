// Package strictjson reads JSON as an API does that knows its parameters.
package strictjson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A MemberError says that a part of a JSON text does not fit what it is read into.
type MemberError struct {
	Path    string // names and numbers of list entries, with dots between them
	Unknown bool   // nothing has that name; otherwise the value is of another type
}

func (e *MemberError) Error() string {
	if e.Unknown {
		return "unknown name " + strconv.Quote(e.Path)
	}
	return "the value of " + strconv.Quote(e.Path) + " is of another type"
}

// Unmarshal is json.Unmarshal without what that forgives: a name counts by its
// case, and is known and not repeated; null empties a value, and a list replaces the
// one that was there. Its error is a *memberError if the text is valid JSON without
// repeated names.
func Unmarshal(body []byte, into any) error {
	return decoder{}.decodeText(body, into)
}

// UnmarshalAnyCase is unmarshalStrict, but the case of names does not count.
func UnmarshalAnyCase(body []byte, into any) error {
	return decoder{anyCase: true}.decodeText(body, into)
}

type decoder struct{ anyCase bool }

func (s decoder) decodeText(body []byte, into any) error {
	var valid json.RawMessage
	if err := json.Unmarshal(body, &valid); err != nil {
		return err
	}
	if !utf8.Valid(body) {
		return fmt.Errorf("invalid UTF-8")
	}
	return s.decodeValue(valid, reflect.ValueOf(into).Elem(), "")
}

// decodeValue reads one value; path is where it stands.
func (s decoder) decodeValue(raw json.RawMessage, v reflect.Value, path string) error {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		v.SetZero()
		return nil
	}
	switch v.Addr().Interface().(type) {
	case json.Unmarshaler, encoding.TextUnmarshaler:
		return plain(raw, v, path)
	}
	switch v.Kind() {
	case reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		if err := s.decodeValue(raw, to.Elem(), path); err != nil {
			return err
		}
		v.Set(to)
		return nil
	case reflect.Struct:
		return s.decodeObject(raw, path, func(name, path string, value json.RawMessage) error {
			field, ok := s.fieldNamed(v, name)
			if !ok {
				return &MemberError{Path: path, Unknown: true}
			}
			return s.decodeValue(value, field, path)
		})
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		return s.decodeObject(raw, path, func(name, path string, value json.RawMessage) error {
			one := reflect.New(v.Type().Elem()).Elem()
			if err := s.decodeValue(value, one, path); err != nil {
				return err
			}
			v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), one)
			return nil
		})
	case reflect.Slice:
		return s.decodeList(raw, v, path)
	}
	return plain(raw, v, path)
}

// plain reads a value that has no names in it.
func plain(raw json.RawMessage, v reflect.Value, path string) error {
	if json.Unmarshal(raw, v.Addr().Interface()) != nil {
		return &MemberError{Path: path}
	}
	return nil
}

func (s decoder) decodeList(raw json.RawMessage, v reflect.Value, path string) error {
	var values []json.RawMessage
	if json.Unmarshal(raw, &values) != nil {
		return &MemberError{Path: path}
	}
	v.Set(reflect.MakeSlice(v.Type(), len(values), len(values)))
	for i, value := range values {
		if err := s.decodeValue(value, v.Index(i), under(path, strconv.Itoa(i))); err != nil {
			return err
		}
	}
	return nil
}

// decodeObject hands on the members of an object, in order.
func (s decoder) decodeObject(raw json.RawMessage, path string,
	each func(name, path string, value json.RawMessage) error,
) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return &MemberError{Path: path}
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		name, _ := key.(string)
		at := under(path, name)
		if seen[name] {
			return fmt.Errorf("duplicate object member name %q", at)
		}
		seen[name] = true
		if err := each(name, at, value); err != nil {
			return err
		}
	}
	return nil
}

// fieldNamed is the field that a name is of, also one of an embedded struct.
func (s decoder) fieldNamed(v reflect.Value, name string) (reflect.Value, bool) {
	for _, f := range reflect.VisibleFields(v.Type()) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if key == "" {
			key = f.Name
		}
		if f.IsExported() && !f.Anonymous && key != "-" && (key == name || s.anyCase && strings.EqualFold(key, name)) {
			return v.FieldByIndex(f.Index), true
		}
	}
	return reflect.Value{}, false
}

func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
