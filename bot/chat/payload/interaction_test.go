package payload

import (
	"encoding/json"
	"testing"
)

func TestWhereSomethingWasDoneIsReadOfItsPayload(t *testing.T) {
	for name, c := range map[string]struct{ payload, thread, message string }{
		"a card without replies": {`{"type":"block_actions","container":{"message_ts":"1.1"}}`, "", "1.1"},
		"a card with replies": {
			`{"type":"block_actions","container":{"message_ts":"1.1","thread_ts":"1.1"}}`, "",
			"1.1",
		},
		"a reply": {
			`{"type":"block_actions","container":{"message_ts":"2.2","thread_ts":"1.1"}}`,
			"1.1", "2.2",
		},
		"a form":                  {`{"type":"view_submission"}`, "", ""},
		"a shortcut on a message": {`{"type":"message_action","message":{"ts":"1.1"}}`, "", "1.1"},
		"a shortcut on a parent": {
			`{"type":"message_action","message":{"ts":"1.1","thread_ts":"1.1"}}`, "",
			"1.1",
		},
		"a shortcut on a reply": {
			`{"type":"message_action","message":{"ts":"2.2","thread_ts":"1.1"}}`, "1.1",
			"2.2",
		},
		"a shortcut on what is broken": {`{"type":"message_action","message":[1]}`, "", ""},
		"a global shortcut":            {`{"type":"shortcut"}`, "", ""},
	} {
		var p Interaction
		if err := json.Unmarshal([]byte(c.payload), &p); err != nil {
			t.Fatal(err)
		}
		if p.ThreadTS() != c.thread || p.MessageTS() != c.message {
			t.Errorf("%s: in %q, on %q", name, p.ThreadTS(), p.MessageTS())
		}
	}
}
