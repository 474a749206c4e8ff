// Package callargs reads the arguments of a call of the Web API.
package callargs

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// MaxBody is how much of a body is read.
const MaxBody = 4 << 20

// Args are a call's arguments. JSON values that are not strings are kept as
// their JSON text, which is how a form carries them too.
type Args map[string]string

// IsTrue reports whether a flag is set.
func (a Args) IsTrue(name string) bool { return a[name] == "true" || a[name] == "1" }

// Read reads a form or JSON body, and the query of a GET. The token comes
// from the Authorization header or, in forms only, from the token field.
func Read(r *http.Request) (a Args, token string, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody))
	if err != nil {
		return nil, "", fmt.Errorf("reading the body: %w", err)
	}
	a = Args{}
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

func (a Args) fromJSON(body []byte) error {
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

func (a Args) fromForm(query string) error {
	form, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("reading the form: %w", err)
	}
	for name := range form {
		a[name] = form.Get(name)
	}
	return nil
}

// IsUnset reports whether an argument is absent, empty, or an explicit JSON null
// or empty list.
func (a Args) IsUnset(name string) bool {
	switch strings.TrimSpace(a[name]) {
	case "", "null", "[]":
		return true
	}
	return false
}

// Includes applies oldest and latest; both ends count only if inclusive is set.
// Timestamps have equal width, so that text order is time order.
func (a Args) Includes(ts string) bool {
	oldest, latest := a["oldest"], a["latest"]
	if a.IsTrue("inclusive") && (ts == oldest || ts == latest) {
		return true
	}
	return (oldest == "" || oldest == "0" || ts > oldest) && (latest == "" || ts < latest)
}

// Page cuts one page out of list. A cursor names the element where the
// next page starts, so that it survives new arrivals. code is the refusal, if any.
func Page[T any](list []T, a Args, def int, key func(T) string) (page []T, next string, code string) {
	limit := def
	if a["limit"] != "" {
		n, err := strconv.Atoi(a["limit"])
		if err != nil || n < 1 || n > 1000 {
			return nil, "", "invalid_limit"
		}
		limit = n
	}
	start := 0
	if a["cursor"] != "" {
		raw, err := base64.StdEncoding.DecodeString(a["cursor"])
		start = slices.IndexFunc(list, func(x T) bool { return "next:"+key(x) == string(raw) })
		if err != nil || start < 0 || !strings.HasPrefix(string(raw), "next:") {
			return nil, "", "invalid_cursor"
		}
	}
	end := min(start+limit, len(list))
	if end < len(list) {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + key(list[end])))
	}
	return list[start:end], next, ""
}
