package policy

import (
	"encoding/json"
	"reflect"
	"strings"

	"twokey/commands/reinstall/model"
)

// Schema returns the JSON schema (draft 7) of the policy file, with which editors
// complete and check it. It holds keys, types and choices, as ParsePolicy does; what
// else a value must be is for ParsePolicy alone.
func Schema() []byte {
	s := schemaOf(reflect.TypeFor[fileYAML]())
	s.Schema, s.Title = "http://json-schema.org/draft-07/schema#", "Twokey's policy file"
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic("policy: " + err.Error()) // only texts and lists get here
	}
	return append(out, '\n')
}

// schema is what is used of JSON schema.
type schema struct {
	Schema        string             `json:"$schema,omitempty"`
	Title         string             `json:"title,omitempty"`
	Description   string             `json:"description,omitempty"`
	Type          any                `json:"type"` // one name, or several
	Enum          []string           `json:"enum,omitempty"`
	Items         *schema            `json:"items,omitempty"`
	Properties    map[string]*schema `json:"properties,omitempty"`
	PropertyNames *schema            `json:"propertyNames,omitempty"`
	Additional    any                `json:"additionalProperties,omitempty"` // false, or *schema
}

func schemaOf(t reflect.Type) *schema {
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Int:
		return &schema{Type: "integer"}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.String: // any one word is read as a text
		return &schema{Type: []string{"string", "number", "boolean"}}
	case reflect.Slice:
		return &schema{Type: "array", Items: schemaOf(t.Elem())}
	case reflect.Map:
		s := &schema{Type: "object", Additional: schemaOf(t.Elem())}
		if t == reflect.TypeFor[aroundYAML]() {
			s.PropertyNames = &schema{Type: "string", Enum: model.NearCodes()}
		}
		return s
	case reflect.Struct:
		return structSchema(t)
	}
	panic("policy: no schema of " + t.String())
}

func structSchema(t reflect.Type) *schema {
	s := &schema{Type: "object", Additional: false, Properties: map[string]*schema{}}
	fields, _ := fieldsOf(t)
	for name, f := range fields {
		of := schemaOf(f.Type)
		of.Description = f.Tag.Get("about")
		if choice, ok := f.Tag.Lookup("choice"); ok {
			value := of
			if f.Type.Kind() == reflect.Map {
				value = schemaOf(f.Type.Elem())
				of.Additional = value
			}
			value.Type, value.Enum = "string", strings.Split(choice, "|")
		}
		s.Properties[name] = of
	}
	return s
}
