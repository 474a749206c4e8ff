package blockkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// HoldsValue reports whether an element holds a value (buttons and overflow
// menus do not).
func HoldsValue(e map[string]any) bool {
	kind := Text(e, "type")
	return isInteractive(e) && kind != "button" && kind != "overflow"
}

// InitialValue is the element's entry in view.state.values before anybody
// touched it.
func InitialValue(e map[string]any) map[string]any {
	kind := Text(e, "type")
	v := map[string]any{"type": kind}
	from := func(key, initial string) {
		v[key] = e[initial]
	}
	switch kind {
	case "static_select", "external_select", "radio_buttons":
		from("selected_option", "initial_option")
	case "checkboxes", "multi_static_select", "multi_external_select":
		v["selected_options"] = append([]any{}, List(e["initial_options"])...)
	case "users_select":
		from("selected_user", "initial_user")
	case "multi_users_select":
		v["selected_users"] = append([]any{}, List(e["initial_users"])...)
	case "channels_select":
		from("selected_channel", "initial_channel")
	case "conversations_select":
		from("selected_conversation", "initial_conversation")
	case "datepicker":
		from("selected_date", "initial_date")
	case "timepicker":
		from("selected_time", "initial_time")
	case "datetimepicker":
		from("selected_date_time", "initial_date_time")
	default:
		from("value", "initial_value")
	}
	return v
}

// Enter turns what a person typed or chose into the element's value. Choices
// are named by their text or value, several by commas; empty clears. offered
// are what type-ahead offered for it.
func Enter(e map[string]any, typed string, offered []Option) (map[string]any, error) {
	kind := Text(e, "type")
	v := map[string]any{"type": kind}
	var err error
	switch kind {
	case "static_select", "radio_buttons":
		v["selected_option"], err = oneOption(Options(e), typed)
	case "external_select":
		v["selected_option"], err = oneOption(offered, typed)
	case "checkboxes", "multi_static_select":
		v["selected_options"], err = someOptions(Options(e), typed)
	case "multi_external_select":
		v["selected_options"], err = someOptions(offered, typed)
	case "users_select":
		v["selected_user"] = orNull(typed)
	case "multi_users_select":
		v["selected_users"] = splitList(typed)
	case "channels_select":
		v["selected_channel"] = orNull(typed)
	case "conversations_select":
		v["selected_conversation"] = orNull(typed)
	case "datepicker":
		v["selected_date"] = orNull(typed)
	case "timepicker":
		v["selected_time"] = orNull(typed)
	case "datetimepicker":
		v["selected_date_time"], err = wholeOrNull(typed)
	default:
		v["value"] = orNull(typed)
	}
	return v, err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func wholeOrNull(s string) (any, error) {
	if s == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("not a time in seconds: %w", err)
	}
	return n, nil
}

// splitList takes a JSON array of texts, or texts with commas between them.
func splitList(s string) []any {
	out := []any{}
	if strings.HasPrefix(s, "[") && json.Unmarshal([]byte(s), &out) == nil {
		return out
	}
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// ErrNoOption: the choice is not among what is offered.
var ErrNoOption = errors.New("no such option")

func oneOption(options []Option, want string) (any, error) {
	if want == "" {
		return nil, nil
	}
	o, ok := Choose(options, want)
	if !ok {
		return nil, fmt.Errorf("%w: %q, there are %s", ErrNoOption, want, optionTexts(options))
	}
	return o.Raw, nil
}

// someOptions takes one option whose text holds commas, or several.
func someOptions(options []Option, want string) (any, error) {
	if o, ok := Choose(options, want); ok {
		return []any{o.Raw}, nil
	}
	out := []any{}
	for _, part := range splitList(want) {
		o, err := oneOption(options, fmt.Sprint(part))
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func optionTexts(options []Option) string {
	var out []string
	for _, o := range options {
		out = append(out, strconv.Quote(o.Text))
	}
	return strings.Join(out, ", ")
}

const pleaseFill = "Please complete this required field."

// Objection is what Slack's own client objects to before it sends what a person
// entered; empty: nothing.
func Objection(e, entered map[string]any, optional bool) string {
	if isEmpty(entered) {
		if optional {
			return ""
		}
		return pleaseFill
	}
	typed, _ := entered["value"].(string)
	switch Text(e, "type") {
	case "plain_text_input":
		return lengthObjection(e, utf8.RuneCountInString(typed))
	case "number_input":
		return numberObjection(e, typed)
	case "email_text_input":
		if _, err := mail.ParseAddress(typed); err != nil {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if u, err := url.Parse(typed); err != nil || u.Scheme == "" || u.Host == "" {
			return "Please enter a valid URL."
		}
	case "datepicker":
		if day, _ := entered["selected_date"].(string); !isDate.MatchString(day) {
			return "Please enter a date."
		}
	}
	return ""
}

var isDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// isEmpty reports whether nothing was entered: every field but type is null,
// empty text or an empty list.
func isEmpty(entered map[string]any) bool {
	for k, x := range entered {
		l, isList := x.([]any)
		if k != "type" && x != nil && x != "" && !(isList && len(l) == 0) {
			return false
		}
	}
	return true
}

func lengthObjection(e map[string]any, n int) string {
	hi, _ := e["max_length"].(float64)
	lo, _ := e["min_length"].(float64)
	if hi == 0 {
		hi = 3000
	}
	switch {
	case n > int(hi):
		return fmt.Sprintf("Must be no more than %d characters.", int(hi))
	case n < int(lo):
		return fmt.Sprintf("Must be at least %d characters.", int(lo))
	}
	return ""
}

func numberObjection(e map[string]any, typed string) string {
	n, err := strconv.ParseFloat(typed, 64)
	lo, loErr := strconv.ParseFloat(Text(e, "min_value"), 64)
	hi, hiErr := strconv.ParseFloat(Text(e, "max_value"), 64)
	switch {
	case err != nil:
		return "Please enter a number."
	case e["is_decimal_allowed"] != true && n != float64(int64(n)):
		return "Please enter a whole number."
	case loErr == nil && n < lo:
		return "Must be at least " + Text(e, "min_value") + "."
	case hiErr == nil && n > hi:
		return "Must be no more than " + Text(e, "max_value") + "."
	}
	return ""
}
