package fakeslack

import (
	"crypto/rand"
	"slices"
)

// fillIDs gives every block a block_id and every interactive element an
// action_id, where the app left them out.
func fillIDs(blocks []Block) {
	for _, b := range blocks {
		if b["block_id"] == nil {
			b["block_id"] = rand.Text()[:5]
		}
		for _, e := range elementsOf(b) {
			if isInteractive(e) && e["action_id"] == nil {
				e["action_id"] = rand.Text()[:5]
			}
		}
	}
}

// elementsOf returns the elements that a block holds, wherever they stand.
func elementsOf(b Block) []map[string]any {
	var out []map[string]any
	for _, key := range []string{"element", "accessory"} {
		if e, ok := b[key].(map[string]any); ok {
			out = append(out, e)
		}
	}
	if b["type"] == "actions" {
		for _, v := range asList(b["elements"]) {
			if e, ok := v.(map[string]any); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

func isInteractive(e map[string]any) bool {
	kind := text(e, "type")
	return kind != "image" && allElements[kind] != nil
}

// text returns m[key] if it is a string. textOf returns the text of a text
// object at m[key].
func text(m map[string]any, key string) string {
	t, _ := m[key].(string)
	return t
}

func textOf(m map[string]any, key string) string {
	o, _ := m[key].(map[string]any)
	return text(o, "text")
}

// An Option is one choice of a select, of radio buttons or checkboxes.
type Option struct {
	Text        string `json:"text"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Group       string `json:"group,omitempty"` // label of its option group

	raw map[string]any
}

// optionsOf lists an element's own options, groups flattened.
func optionsOf(e map[string]any) []Option {
	var out []Option
	add := func(list []any, group string) {
		for _, v := range list {
			if m, ok := v.(map[string]any); ok {
				out = append(out, Option{Text: textOf(m, "text"), Value: text(m, "value"), Description: textOf(m, "description"), Group: group, raw: m})
			}
		}
	}
	add(asList(e["options"]), "")
	for _, v := range asList(e["option_groups"]) {
		if g, ok := v.(map[string]any); ok {
			add(asList(g["options"]), textOf(g, "label"))
		}
	}
	return out
}

// choose finds an option by value, else by its text.
func choose(options []Option, want string) (Option, bool) {
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
