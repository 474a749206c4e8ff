package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"twokey/bot/fakeslack"
)

// useShortcut runs a shortcut by its name: a global one, or one on the newest message
// of the channel that has a text in it.
func useShortcut(ts *testscript.TestScript, user string, args []string) error {
	needWords(ts, args, 1)
	p := playOf(ts)
	id, ts2 := "", ""
	for _, s := range shortcuts {
		if s.Name == args[0] {
			id = s.CallbackID
		}
	}
	if len(args) > 2 && args[1] == "on" {
		ms := p.stage.slack.Messages(channel)
		for _, m := range ms {
			raw, err := json.Marshal(m)
			if err != nil {
				return err
			}
			if strings.Contains(string(raw), args[2]) {
				ts2 = m.TS
			}
		}
	}
	return p.stage.slack.Shortcut(p.ctx, user, id, channel, ts2)
}

// checkOffered asks a type-ahead field and looks for a text in what it offers.
func checkOffered(ts *testscript.TestScript, neg bool, user string, args []string) {
	needWords(ts, args, 3)
	p := playOf(ts)
	options, err := p.stage.slack.Suggest(p.ctx, user, args[0], args[1])
	ts.Check(err)
	var b strings.Builder
	for _, o := range options {
		fmt.Fprintf(&b, "%s | %s | %s\n", o.Group, o.Text, o.Description)
	}
	if strings.Contains(b.String(), args[2]) == neg {
		ts.Fatalf("%s is offered for %q:\n%s", args[0], args[1], b.String())
	}
}

// doAlert has another app post in the channel.
func doAlert(ts *testscript.TestScript, _ bool, args []string) {
	needWords(ts, args, 2)
	var m struct {
		Text        string
		Blocks      []fakeslack.Block
		Attachments []map[string]any
	}
	switch args[0] {
	case "says":
		m.Text = strings.Join(args[1:], " ")
	case "says-much": // as much as a message may have, and again in its attachment
		m.Text = strings.Join(args[1:], " ") + strings.Repeat("内核日志错误", 6600)
		m.Attachments = []map[string]any{{"fallback": m.Text, "text": m.Text}}
	case "posts":
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &m))
	default:
		ts.Fatalf("an alert cannot %s", args[0])
	}
	_, err := stageOf(ts).slack.Alert(channel, m.Text, m.Blocks, m.Attachments)
	ts.Check(err)
}

// enteredText is what has been picked or entered in a form, a line each.
func enteredText(v fakeslack.View) string {
	var b strings.Builder
	for _, block := range v.Blocks {
		id, _ := block["block_id"].(string)
		label, _ := block["label"].(map[string]any)
		for _, e := range v.Values[id] {
			what := e["value"]
			if o, ok := e["selected_option"].(map[string]any); ok {
				words, _ := o["text"].(map[string]any)
				what = words["text"]
			}
			if c, ok := e["selected_conversation"].(string); ok {
				what = c
			}
			if what != nil && what != "" {
				fmt.Fprintf(&b, "\n%v = %v", label["text"], what)
			}
		}
	}
	return b.String()
}
