package chat

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
)

// What says two things is refused: who reads it first and who reads it next
// may each take another half for the truth.

// maxNested is how deep a payload may be; Slack's are about fifteen deep.
const maxNested = 64

// unread are the parts of a payload that are not looked into: what Slack draws.
var unread = map[string]bool{"message": true, "blocks": true, "attachments": true}

// ambiguous reports JSON that is no object, is nested without end, has
// something behind its end, or has a key twice; in any letter case, since that
// is how keys are read.
func ambiguous(payload []byte) bool {
	d := json.NewDecoder(bytes.NewReader(payload))
	first, err := d.Token()
	return err != nil || first != json.Delim('{') || !onceEach(d, 1) || d.More()
}

// onceEach reads what is left of an object.
func onceEach(d *json.Decoder, deep int) bool {
	known := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return false
		}
		name = strings.ToLower(strings.ToUpper(name)) // a long s is an s to who reads the keys
		if known[name] {
			return false
		}
		known[name] = true
		if unread[name] {
			var skip json.RawMessage
			if d.Decode(&skip) != nil {
				return false
			}
		} else if !oneValue(d, deep) {
			return false
		}
	}
	_, err := d.Token()
	return err == nil
}

// oneValue reads one value, whatever it is.
func oneValue(d *json.Decoder, deep int) bool {
	t, err := d.Token()
	if err != nil || deep > maxNested {
		return false
	}
	switch t {
	case json.Delim('{'):
		return onceEach(d, deep+1)
	case json.Delim('['):
		for d.More() {
			if !oneValue(d, deep+1) {
				return false
			}
		}
		_, err = d.Token()
		return err == nil
	}
	return true
}

// ambiguousForm reports a form that has a field twice.
func ambiguousForm(f url.Values) bool {
	for _, values := range f {
		if len(values) != 1 {
			return true
		}
	}
	return false
}
