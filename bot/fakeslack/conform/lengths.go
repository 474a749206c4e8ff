package conform

import (
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"
)

// lengths are what Slack documents and its types lack (bot/chat/doc.go 4.1), in code
// points, by kind and field. They use none of the bot's limits or of the double's.
var lengths = map[string]map[string]int{
	anyKind:      {"action_id": 255, "block_id": 255, "callback_id": 255, "placeholder": 150, "private_metadata": 3000},
	"plain_text": {"text": 3000},
	"mrkdwn":     {"text": 3000},
	"header":     {"text": 150},
	"section":    {"text": 3000},
	"markdown":   {"text": 12000},
	"alert":      {"text": 200},
	"button":     {"text": 75, "value": 2000, "url": 3000, "accessibility_label": 75},
	"input":      {"label": 2000, "hint": 2000},
	"modal":      {"title": 24, "submit": 24, "close": 24},
	optionKind:   {"text": 75, "value": 150, "description": 75},
	dialogKind:   {"title": 100, "text": 300, "confirm": 30, "deny": 30},
	fieldKind:    {"text": 2000},
}

// counts are how many of something there may be.
var counts = map[string]map[string]int{
	anyKind:         {"options": 100, "option_groups": 100},
	"section":       {"fields": 10},
	"context":       {"elements": 10},
	"actions":       {"elements": 25},
	"overflow":      {"options": 5},
	"radio_buttons": {"options": 10},
	"checkboxes":    {"options": 10},
	"table":         {"rows": 100},
	"modal":         {"blocks": 100},
	"home":          {"blocks": 100},
}

// Kinds that bear no type of their own, or another's.
const (
	anyKind    = "*"
	optionKind = "an option"
	dialogKind = "a confirm dialog"
	fieldKind  = "a section's field"
)

const (
	messageBlocks = 50
	tableCells    = 20
	tableText     = 10000
)

// tooLong lists every length that is over.
func tooLong(v any) []string {
	m := &measuring{ids: map[string]bool{}}
	if blocks, ok := v.([]any); ok && len(blocks) > messageBlocks {
		m.addProblem("", "%d blocks of %d", len(blocks), messageBlocks)
	}
	m.measureValue("", "", v)
	return m.wrong
}

type measuring struct {
	wrong []string
	ids   map[string]bool // block_ids
}

func (m *measuring) addProblem(at, format string, args ...any) {
	m.wrong = append(m.wrong, at+": "+fmt.Sprintf(format, args...))
}

// measureValue measures a value and what is in it. Key is the field that has the value.
func (m *measuring) measureValue(at, key string, v any) {
	switch v := v.(type) {
	case []any:
		for i, x := range v {
			m.measureValue(fmt.Sprintf("%s/%d", at, i), key, x)
		}
	case map[string]any:
		kind := kindOf(key, v)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			m.measureField(at+"/"+name, kind, name, v[name])
			m.measureValue(at+"/"+name, name, v[name])
		}
		if id, ok := v["block_id"].(string); ok {
			if m.ids[id] {
				m.addProblem(at, "a second block with the id %q", id)
			}
			m.ids[id] = true
		}
		if kind == "table" {
			m.measureTable(at, v)
		}
	}
}

func kindOf(key string, v map[string]any) string {
	switch key {
	case "options", "initial_option", "initial_options":
		return optionKind
	case "confirm":
		if v["deny"] != nil { // else it is the text of its button
			return dialogKind
		}
	case "fields":
		return fieldKind
	}
	kind, _ := v["type"].(string)
	return kind
}

func (m *measuring) measureField(at, kind, name string, v any) {
	most, ok := lengths[kind][name]
	if !ok {
		most, ok = lengths[anyKind][name]
	}
	if n, isText := textLength(v); ok && isText && (n < 1 || n > most) {
		m.addProblem(at, "%d characters of 1 to %d", n, most)
	}
	many, ok := counts[kind][name]
	if !ok {
		many, ok = counts[anyKind][name]
	}
	if list, isList := v.([]any); ok && isList && (len(list) < 1 || len(list) > many) {
		m.addProblem(at, "%d of 1 to %d", len(list), many)
	}
}

// textLength is how long a text is, or a text object.
func textLength(v any) (int, bool) {
	if o, ok := v.(map[string]any); ok {
		v = o["text"]
	}
	s, ok := v.(string)
	return utf8.RuneCountInString(s), ok
}

func (m *measuring) measureTable(at string, v map[string]any) {
	rows, _ := v["rows"].([]any)
	for i, r := range rows {
		if cells, _ := r.([]any); len(cells) > tableCells {
			m.addProblem(fmt.Sprintf("%s/rows/%d", at, i), "%d cells of %d", len(cells), tableCells)
		}
	}
	if n := countLetters(v["rows"]); n > tableText {
		m.addProblem(at, "%d characters of %d in all", n, tableText)
	}
}

// countLetters counts all that is written under "text", at any depth.
func countLetters(v any) int {
	n := 0
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			n += countLetters(x)
		}
	case map[string]any:
		for name, x := range v {
			if s, ok := x.(string); ok && name == "text" {
				n += utf8.RuneCountInString(s)
			}
			n += countLetters(x)
		}
	}
	return n
}
