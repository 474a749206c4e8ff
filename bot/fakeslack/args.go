package fakeslack

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

const maxBody = 4 << 20

// args are a call's arguments. JSON values that are not strings are kept as
// their JSON text, which is how a form carries them too.
type args map[string]string

func (a args) isTrue(name string) bool { return a[name] == "true" || a[name] == "1" }

// readArgs reads a form or JSON body, and the query of a GET. The token comes
// from the Authorization header or, in forms only, from the token field.
func readArgs(r *http.Request) (a args, token string, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, "", fmt.Errorf("reading the body: %w", err)
	}
	a = args{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0:
	case kind == "application/json":
		err = a.fromJSON(body)
	case kind == "application/x-www-form-urlencoded":
		err = a.fromForm(string(body))
	default:
		return nil, "", fmt.Errorf("content type %q", kind)
	}
	if err != nil {
		return nil, "", err
	}
	if err := a.fromForm(r.URL.RawQuery); err != nil {
		return nil, "", err
	}
	token = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" && kind != "application/json" {
		token = a["token"]
	}
	delete(a, "token")
	return a, token, nil
}

func (a args) fromJSON(body []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return fmt.Errorf("reading JSON: %w", err)
	}
	for name, raw := range fields {
		var text string
		switch {
		case json.Unmarshal(raw, &text) == nil:
			if string(raw) != "null" {
				a[name] = text
			}
		default:
			a[name] = string(raw)
		}
	}
	return nil
}

func (a args) fromForm(query string) error {
	form, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("reading the form: %w", err)
	}
	for name := range form {
		a[name] = form.Get(name)
	}
	return nil
}

// isUnset reports whether an argument is absent, empty, or an explicit JSON null
// or empty list.
func (a args) isUnset(name string) bool {
	switch strings.TrimSpace(a[name]) {
	case "", "null", "[]":
		return true
	}
	return false
}
