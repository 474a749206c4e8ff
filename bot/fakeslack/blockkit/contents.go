package blockkit

import (
	"crypto/rand"
	"slices"
)

// FillIDs gives every block a block_id and every interactive element an
// action_id, if the app left them out.
func FillIDs(blocks []Block) {
	for _, b := range blocks {
		if b["block_id"] == nil {
			b["block_id"] = rand.Text()[:5]
		}
		for _, e := range Elements(b) {
			if isInteractive(e) && e["action_id"] == nil {
				e["action_id"] = rand.Text()[:5]
			}
		}
	}
}

// Elements returns the elements that a block holds, wherever they stand.
func Elements(b Block) []map[string]any {
	var out []map[string]any
	for _, key := range []string{"element", "accessory"} {
		if e, ok := b[key].(map[string]any); ok {
			out = append(out, e)
		}
	}
	if b["type"] == "actions" {
		for _, v := range List(b["elements"]) {
			if e, ok := v.(map[string]any); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

func isInteractive(e map[string]any) bool {
	kind := Text(e, "type")
	return kind != "image" && allElements[kind] != nil
}

// Text returns m[key] if it is a string, else nothing.
func Text(m map[string]any, key string) string {
	t, _ := m[key].(string)
	return t
}

// TextOf returns the text of the text object at m[key].
func TextOf(m map[string]any, key string) string {
	o, _ := m[key].(map[string]any)
	return Text(o, "text")
}

// List returns v if it is a list, else none.
func List(v any) []any {
	l, _ := v.([]any)
	return l
}

// An Option is one choice of a select, of radio buttons or checkboxes.
type Option struct {
	Text        string `json:"text"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Group       string `json:"group,omitempty"` // label of its option group

	Raw map[string]any `json:"-"` // the option as the app sent it
}

// Options lists an element's own options, groups flattened.
func Options(e map[string]any) []Option {
	var out []Option
	add := func(list []any, group string) {
		for _, v := range list {
			if m, ok := v.(map[string]any); ok {
				out = append(
					out,
					Option{
						Text: TextOf(m, "text"), Value: Text(m, "value"), Description: TextOf(m, "description"),
						Group: group, Raw: m,
					},
				)
			}
		}
	}
	add(List(e["options"]), "")
	for _, v := range List(e["option_groups"]) {
		if g, ok := v.(map[string]any); ok {
			add(List(g["options"]), TextOf(g, "label"))
		}
	}
	return out
}

// Choose finds an option by value, else by its text.
func Choose(options []Option, want string) (Option, bool) {
	for _, same := range []func(Option) bool{
		func(o Option) bool { return o.Value == want },
		func(o Option) bool { return o.Text == want },
	} {
		if i := slices.IndexFunc(options, same); i >= 0 {
			return options[i], true
		}
	}
	return Option{}, false
}
