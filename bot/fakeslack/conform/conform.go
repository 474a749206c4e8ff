// Package conform compares with Slack itself, as far as that can be done without it. Its
// tests run Slack's own clients against the double: an app on @slack/bolt, over HTTP and
// Socket Mode, and calls by @slack/web-api. Its functions compare what an app shows with
// Slack's own types and the documented lengths.
//
// `npm run schema` makes schema.json of @slack/types. npm installs those packages for
// tests alone; package-lock.json says which. Nothing here is part of the bot.
package conform

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"twokey/bot/fakeslack"
)

//go:embed schema.json
var schemaJSON []byte

// surfaces are the compiled schemas: message (a list of blocks), modal, home.
var surfaces = sync.OnceValue(func() map[string]*jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		panic("conform: schema.json: " + err.Error())
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		panic("conform: schema.json: " + err.Error())
	}
	out := map[string]*jsonschema.Schema{}
	for _, s := range []string{"message", "modal", "home"} {
		out[s] = c.MustCompile("schema.json#/definitions/Surface/properties/" + s)
	}
	return out
})

// Message lists what is wrong with a message's blocks, given as JSON; Modal and
// Home with a view.
func Message(blocks []byte) []string { return checkSurface("message", blocks) }

// Modal is Message for a form.
func Modal(view []byte) []string { return checkSurface("modal", view) }

// Home is Message for a Home tab.
func Home(view []byte) []string { return checkSurface("home", view) }

func checkSurface(surface string, raw []byte) []string {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return []string{surface + ": " + err.Error()}
	}
	var wrong []string
	if err := surfaces()[surface].Validate(v); err != nil {
		wrong = append(wrong, fmt.Sprintf("%s: %v\n%s", surface, err, raw))
	}
	for _, w := range tooLong(v) {
		wrong = append(wrong, surface+": "+w)
	}
	return wrong
}

// Shown is how often each way of showing something was seen.
type Shown map[string]int

// All holds everything that an app showed against Slack's types and lengths:
// what it posted, changed, whispered, opened and published, and what it answered
// requests with. A call that Slack refused shows nothing, and counts all the
// same.
func All(calls []fakeslack.Call, requests []fakeslack.Request) (Shown, []string) {
	seen := Shown{}
	var wrong []string
	note := func(how string, found []string) {
		seen[how]++
		for _, w := range found {
			wrong = append(wrong, how+": "+w)
		}
	}
	for _, c := range calls {
		switch {
		case c.Method == "response_url":
			checkAnswer(note, c.Method, []byte(c.Args["body"]))
		case c.Args["blocks"] != "" && c.Args["blocks"] != "null":
			note(c.Method, Message([]byte(c.Args["blocks"])))
		case c.Args["view"] != "":
			note(c.Method, checkView([]byte(c.Args["view"])))
		}
	}
	for _, r := range requests {
		checkAnswer(note, "the answer to a "+r.Kind, []byte(r.Answer))
	}
	return seen, wrong
}

// checkView checks a form or a Home tab, by its type.
func checkView(raw []byte) []string {
	var v struct{ Type string }
	if json.Unmarshal(raw, &v) == nil && v.Type == "home" {
		return Home(raw)
	}
	return Modal(raw)
}

// checkAnswer checks a body that may have blocks, or a view.
func checkAnswer(note func(string, []string), how string, body []byte) {
	var a struct {
		Blocks json.RawMessage
		View   json.RawMessage
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Has("payload") {
		body = []byte(form.Get("payload"))
	}
	if json.Unmarshal(body, &a) != nil {
		return
	}
	if len(a.Blocks) > 0 && string(a.Blocks) != "null" {
		note(how, Message(a.Blocks))
	}
	if len(a.View) > 0 {
		note(how, checkView(a.View))
	}
}
