package blockkit

import (
	"errors"
	"fmt"
)

// ErrNoElement: there is no such element among the blocks.
var ErrNoElement = errors.New("no such button")

// An Element names one element of blocks, and what was chosen in it.
type Element struct{ Block, Action, Value string }

// A Picker finds the element that was used among blocks and says what was done.
type Picker func(blocks []Block) (b Block, e, action map[string]any, err error)

// ByLabel finds a button or overflow entry by action_id, then by label.
func ByLabel(name string) Picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, byID := range []bool{true, false} {
			for _, b := range blocks {
				for _, e := range Elements(b) {
					if a := pressElement(e, name, byID); a != nil {
						return b, e, a, nil
					}
				}
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %q", ErrNoElement, name)
	}
}

func pressElement(e map[string]any, name string, byID bool) map[string]any {
	switch {
	case Text(e, "type") == "button" && (byID && Text(e, "action_id") == name || !byID && TextOf(e, "text") == name):
		a := map[string]any{"text": e["text"]}
		CopyFields(a, e, "value", "style", "url")
		return a
	case Text(e, "type") == "overflow" && !byID:
		if o, ok := Choose(Options(e), name); ok {
			return map[string]any{"selected_option": o.Raw}
		}
	}
	return nil
}

// ByPlace finds exactly one element, and what was chosen in it.
func ByPlace(at Element, offered []Option) Picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, b := range blocks {
			for _, e := range Elements(b) {
				if Text(b, "block_id") != at.Block || Text(e, "action_id") != at.Action {
					continue
				}
				if !HoldsValue(e) {
					name := at.Value
					if Text(e, "type") == "button" {
						name = at.Action
					}
					if a := pressElement(e, name, Text(e, "type") == "button"); a != nil {
						return b, e, a, nil
					}
					continue
				}
				a, err := Enter(e, at.Value, offered)
				return b, e, a, err
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %s in %s", ErrNoElement, at.Action, at.Block)
	}
}

// ByValue finds an element that holds a value by its block_id or action_id.
func ByValue(name, value string, offered []Option) Picker {
	return func(blocks []Block) (Block, map[string]any, map[string]any, error) {
		for _, b := range blocks {
			for _, e := range Elements(b) {
				if HoldsValue(e) && (Text(b, "block_id") == name || Text(e, "action_id") == name) {
					a, err := Enter(e, value, offered)
					return b, e, a, err
				}
			}
		}
		return nil, nil, nil, fmt.Errorf("%w: %q", ErrNoElement, name)
	}
}

// CopyFields copies the named fields that are there.
func CopyFields(to, from map[string]any, names ...string) {
	for _, n := range names {
		if from[n] != nil {
			to[n] = from[n]
		}
	}
}
