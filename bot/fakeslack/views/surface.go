// Package views is what a person has before them besides channels, by itself: a modal
// or a Home tab with its blocks, and what was entered in them.
package views

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"twokey/bot/fakeslack/blockkit"
)

// Values are what a person has entered, by block_id and action_id, each in the
// shape of view.state.values.
type Values map[string]map[string]map[string]any

// Set enters a value.
func (vs Values) Set(block, action string, value map[string]any) {
	if vs[block] == nil {
		vs[block] = map[string]map[string]any{}
	}
	vs[block][action] = value
}

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
	Blocks          []blockkit.Block
	// Errors stand under the fields: by block_id.
	Errors map[string]string
	// Values are what was entered so far.
	Values map[string]map[string]map[string]any
	// Depth is the view's place on the stack, from 1.
	Depth int
	// Warning is what the person sees when the bot did not answer a submission.
	Warning string
}

// A Surface is a View with what is needed to run it.
type Surface struct {
	ID, Kind, User, Hash, Root, Previous   string
	CallbackID, PrivateMetadata, External  string
	Title, Submit, Close                   any
	Blocks                                 []blockkit.Block
	ClearOnClose, NotifyOnClose, SubmitOff bool
	Values                                 Values
	Errors                                 map[string]string
	Offered                                map[string][]blockkit.Option // by PlaceOf: what type-ahead last offered
	Warning                                string
}

const maxViewBytes = 250_000

// Parse reads and checks a view of a kind. code is the refusal, empty if there is none;
// problems are what goes beside it.
func Parse(raw, wantType string) (v *Surface, code string, problems []string) {
	var m map[string]any
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return nil, "invalid_arguments", []string{"[ERROR] must provide an object [json-pointer:/view]"}
	}
	if len(raw) > maxViewBytes {
		return nil, "view_too_large", nil
	}
	if problems := blockkit.CheckView(m); len(problems) > 0 {
		return nil, "invalid_arguments", problems
	}
	if blockkit.Text(m, "type") != wantType {
		return nil, "invalid_arguments", []string{"[ERROR] must be " + wantType + " [json-pointer:/view/type]"}
	}
	v = &Surface{
		Kind: wantType, Values: Values{}, Offered: map[string][]blockkit.Option{}, Title: m["title"],
		Submit: m["submit"],
		Close:  m["close"],
	}
	v.CallbackID, v.PrivateMetadata, v.External = blockkit.Text(m, "callback_id"), blockkit.Text(m, "private_metadata"),
		blockkit.Text(m, "external_id")
	v.ClearOnClose, v.NotifyOnClose, v.SubmitOff = m["clear_on_close"] == true, m["notify_on_close"] == true,
		m["submit_disabled"] == true
	blockkit.RoundTrip(m["blocks"], &v.Blocks)
	blockkit.FillIDs(v.Blocks)
	v.fillInitial()
	return v, "", nil
}

// fillInitial puts the initial values of a view's elements into its state.
func (v *Surface) fillInitial() {
	for _, b := range v.Blocks {
		for _, e := range blockkit.Elements(b) {
			if blockkit.HoldsValue(e) {
				v.Values.Set(blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id"), blockkit.InitialValue(e))
			}
		}
	}
}

// Keep carries over what was entered in fields that the new version still has
// under the same block_id and action_id, as Slack does.
func (v *Surface) Keep(old *Surface) {
	for block, fields := range v.Values {
		for action, now := range fields {
			if was, ok := old.Values[block][action]; ok && was["type"] == now["type"] {
				v.Values[block][action] = was
			}
		}
	}
	maps.Copy(v.Offered, old.Offered)
}

// LocalErrors is what Slack's own client objects to before it sends a
// submission: by block_id.
func (v *Surface) LocalErrors() map[string]string {
	out := map[string]string{}
	for _, b := range v.Blocks {
		e, ok := b["element"].(map[string]any)
		if b["type"] != "input" || !ok {
			continue
		}
		entered := v.Values[blockkit.Text(b, "block_id")][blockkit.Text(e, "action_id")]
		if complaint := blockkit.Objection(e, entered, b["optional"] == true); complaint != "" {
			out[blockkit.Text(b, "block_id")] = complaint
		}
	}
	return out
}

// Field finds an element of the view by its block's label or block_id, or by
// its action_id.
func (v *Surface) Field(name string) (b blockkit.Block, e map[string]any, ok bool) {
	for _, same := range []func(blockkit.Block, map[string]any) bool{
		func(b blockkit.Block, e map[string]any) bool { return blockkit.Text(b, "block_id") == name },
		func(b blockkit.Block, e map[string]any) bool { return blockkit.TextOf(b, "label") == name },
		func(b blockkit.Block, e map[string]any) bool { return blockkit.Text(e, "action_id") == name },
		func(b blockkit.Block, e map[string]any) bool { return blockkit.TextOf(b, "text") == name },
	} {
		for _, b := range v.Blocks {
			i := slices.IndexFunc(
				blockkit.Elements(b), func(e map[string]any) bool { return blockkit.HoldsValue(e) && same(b, e) },
			)
			if i >= 0 {
				return b, blockkit.Elements(b)[i], true
			}
		}
	}
	return nil, nil, false
}

// TakeErrors shows the bot's errors, which must belong to input blocks.
func (v *Surface) TakeErrors(errs map[string]string) error {
	if len(errs) == 0 {
		return fmt.Errorf("errors is empty")
	}
	for id := range errs {
		i := slices.IndexFunc(v.Blocks, func(b blockkit.Block) bool { return b["block_id"] == id })
		if i < 0 || v.Blocks[i]["type"] != "input" {
			return fmt.Errorf("errors name %q, which is not the block_id of an input block", id)
		}
	}
	v.Errors = errs
	return nil
}

// PlaceOf names one element of a view: what was offered under one block is not
// offered under another, though the elements share an action_id.
func PlaceOf(b blockkit.Block, e map[string]any) string {
	return blockkit.Text(b, "block_id") + " " + blockkit.Text(e, "action_id")
}

const defaultMinQuery = 3

// MinQuery is how many letters a type-ahead select needs before it asks.
func MinQuery(e map[string]any) int {
	if n, ok := e["min_query_length"].(float64); ok {
		return int(n)
	}
	return defaultMinQuery
}

// Describe is the surface as people see it. depth is its place on the stack.
func (v *Surface) Describe(depth int) View {
	label := func(o any) string { m, _ := o.(map[string]any); return blockkit.Text(m, "text") }
	out := View{
		ID: v.ID, Type: v.Kind, User: v.User, Title: label(v.Title), Submit: label(v.Submit), Close: label(v.Close),
		CallbackID: v.CallbackID, PrivateMetadata: v.PrivateMetadata, ExternalID: v.External, Hash: v.Hash,
		Blocks: blockkit.Clone(v.Blocks), Errors: maps.Clone(v.Errors), Depth: depth, Warning: v.Warning,
	}
	blockkit.RoundTrip(v.Values, &out.Values)
	return out
}

// wireState is what was entered, as views show it. If there is nothing, Slack
// was seen to send a list in place of an object (bot/chat/doc.go, "Payloads").
func wireState(vs Values) map[string]any {
	if len(vs) == 0 {
		return map[string]any{"values": []any{}}
	}
	return map[string]any{"values": vs}
}

// An App is the app that a view belongs to. Team is the team of whoever sees it: for
// people of another company theirs.
type App struct{ ID, BotID, HomeTeam, Team string }

// Wire is a view as payloads show it; with blank, without what was entered.
func (v *Surface) Wire(app App, blank bool) map[string]any {
	values := v.Values
	if blank {
		values = nil
	}
	out := map[string]any{
		"id": v.ID, "team_id": app.Team, "type": v.Kind, "blocks": v.Blocks, "private_metadata": v.PrivateMetadata,
		"callback_id": v.CallbackID, "state": wireState(values), "hash": v.Hash, "title": v.Title, "submit": v.Submit,
		"close": v.Close, "clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose,
		"submit_disabled": v.SubmitOff,
		"root_view_id":    v.Root, "previous_view_id": nil, "app_id": app.ID, "external_id": v.External,
		"app_installed_team_id": app.HomeTeam, "bot_id": app.BotID,
	}
	if v.Previous != "" {
		out["previous_view_id"] = v.Previous
	}
	return out
}

// OfMessage is what a person chose so far in a message's own elements.
func OfMessage(blocks []blockkit.Block, chosen Values) Values {
	out := Values{}
	for _, b := range blocks {
		for _, e := range blockkit.Elements(b) {
			block, action := blockkit.Text(b, "block_id"), blockkit.Text(e, "action_id")
			if !blockkit.HoldsValue(e) {
				continue
			}
			out.Set(block, action, blockkit.InitialValue(e))
			if v, ok := chosen[block][action]; ok {
				out.Set(block, action, v)
			}
		}
	}
	return out
}
