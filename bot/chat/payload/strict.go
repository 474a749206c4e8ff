package payload

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
)

// A payload that says two things is refused: two readers could each take another half
// for the truth.

// maxNesting is how deep a payload may be; Slack's are about fifteen deep.
const maxNesting = 64

// opaqueKeys are the parts of a payload that are not checked: what Slack displays.
var opaqueKeys = map[string]bool{"message": true, "blocks": true, "attachments": true}

// IsAmbiguous reports JSON that is not an object, is nested too deeply, goes on after
// its end, or has a key twice. Letter case does not count, as the decoder ignores it.
func IsAmbiguous(payload []byte) bool {
	d := json.NewDecoder(bytes.NewReader(payload))
	first, err := d.Token()
	return err != nil || first != json.Delim('{') || !hasDistinctKeys(d, 1) || d.More()
}

// hasDistinctKeys reads the rest of an object, and reports whether its keys differ.
func hasDistinctKeys(d *json.Decoder, deep int) bool {
	known := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return false
		}
		name = strings.ToLower(strings.ToUpper(name)) // the decoder takes a long s for an s
		if known[name] {
			return false
		}
		known[name] = true
		if opaqueKeys[name] {
			var skip json.RawMessage
			if d.Decode(&skip) != nil {
				return false
			}
		} else if !isPlainValue(d, deep) {
			return false
		}
	}
	_, err := d.Token()
	return err == nil
}

// isPlainValue reads one value, and reports whether it is not ambiguous.
func isPlainValue(d *json.Decoder, deep int) bool {
	t, err := d.Token()
	if err != nil || deep > maxNesting {
		return false
	}
	switch t {
	case json.Delim('{'):
		return hasDistinctKeys(d, deep+1)
	case json.Delim('['):
		for d.More() {
			if !isPlainValue(d, deep+1) {
				return false
			}
		}
		_, err = d.Token()
		return err == nil
	}
	return true
}

// IsAmbiguousForm reports a form that has a field twice.
func IsAmbiguousForm(f url.Values) bool {
	for _, values := range f {
		if len(values) != 1 {
			return true
		}
	}
	return false
}
