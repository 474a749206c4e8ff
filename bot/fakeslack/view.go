package fakeslack

import (
	"maps"
	"slices"
	"time"

	"twokey/bot/fakeslack/blockkit"
)

// values are what a person has entered, by block_id and action_id, each in the
// shape of view.state.values.
type values map[string]map[string]map[string]any

// A View is a modal or a home tab as one person sees it.
type View struct {
	ID              string
	Type            string // modal or home
	User            string
	Title           string
	Submit          string // label of the submit button; empty: none
	Close           string
	CallbackID      string
	PrivateMetadata string
	ExternalID      string
	Hash            string
	Blocks          []Block
	// Errors stand under the fields: by block_id.
	Errors map[string]string
	// Values are what was entered so far.
	Values map[string]map[string]map[string]any
	// Depth is the view's place on the stack, from 1.
	Depth int
	// Warning is what the person sees when the bot did not answer a submission.
	Warning string
}

// A view is a View with what is needed to run it.
type view struct {
	id, kind, user, hash, root, previous   string
	callbackID, privateMetadata, external  string
	title, submit, close                   any
	blocks                                 []Block
	clearOnClose, notifyOnClose, submitOff bool
	values                                 values
	errors                                 map[string]string
	offered                                map[string][]Option // by placeOf: what type-ahead last offered
	warning                                string
}

// fillInitial puts the initial values of a view's elements into its state.
func (v *view) fillInitial() {
	for _, b := range v.blocks {
		for _, e := range blockkit.Elements(b) {
			if blockkit.HoldsValue(e) {
				v.values.set(blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id"), blockkit.InitialValue(e))
			}
		}
	}
}

func (vs values) set(block, action string, value map[string]any) {
	if vs[block] == nil {
		vs[block] = map[string]map[string]any{}
	}
	vs[block][action] = value
}

// keep carries over what was entered in fields that the new version still has
// under the same block_id and action_id, as Slack does.
func (v *view) keep(old *view) {
	for block, fields := range v.values {
		for action, now := range fields {
			if was, ok := old.values[block][action]; ok && was["type"] == now["type"] {
				v.values[block][action] = was
			}
		}
	}
	maps.Copy(v.offered, old.offered)
}

// wireState is what was entered, as views show it: where there is nothing Slack
// was seen to send a list in place of an object (facts/slack.md section 12).
func wireState(vs values) map[string]any {
	if len(vs) == 0 {
		return map[string]any{"values": []any{}}
	}
	return map[string]any{"values": vs}
}

const triggerLife = 3 * time.Second

// localErrors is what Slack's own client objects to before it sends a
// submission: by block_id.
func (v *view) localErrors() map[string]string {
	out := map[string]string{}
	for _, b := range v.blocks {
		e, ok := b["element"].(map[string]any)
		if b["type"] != "input" || !ok {
			continue
		}
		entered := v.values[blockkit.Text(b, "block_id")][blockkit.Text(e, "action_id")]
		if complaint := blockkit.Objection(e, entered, b["optional"] == true); complaint != "" {
			out[blockkit.Text(b, "block_id")] = complaint
		}
	}
	return out
}

// field finds an element of the view by its block's label or block_id, or by
// its action_id.
func (v *view) field(name string) (b Block, e map[string]any, ok bool) {
	for _, same := range []func(Block, map[string]any) bool{
		func(b Block, e map[string]any) bool { return blockkit.Text(b, "block_id") == name },
		func(b Block, e map[string]any) bool { return blockkit.TextOf(b, "label") == name },
		func(b Block, e map[string]any) bool { return blockkit.Text(e, "action_id") == name },
		func(b Block, e map[string]any) bool { return blockkit.TextOf(b, "text") == name },
	} {
		for _, b := range v.blocks {
			i := slices.IndexFunc(blockkit.Elements(b), func(e map[string]any) bool { return blockkit.HoldsValue(e) && same(b, e) })
			if i >= 0 {
				return b, blockkit.Elements(b)[i], true
			}
		}
	}
	return nil, nil, false
}

// CheckView returns what Slack would refuse about a view, in Slack's words;
// nil if it would take it. v is anything that marshals to a JSON object.
func CheckView(v any) []string { return blockkit.CheckView(v) }
