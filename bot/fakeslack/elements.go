package fakeslack

import "regexp"

// This file is the table of interactive elements.

var (
	actionID    = str(1, 255)
	placeholder = plainText(150)
	userID      = matching(regexp.MustCompile(`^[UW][A-Z0-9]+$`))
	channelID   = matching(regexp.MustCompile(`^[CGD][A-Z0-9]+$`))
	date        = matching(regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`))
	clock       = matching(regexp.MustCompile(`^\d{2}:\d{2}$`))
	decimal     = matching(regexp.MustCompile(`^-?\d+(\.\d+)?$`))
)

var confirm = object(map[string]rule{
	"!title": plainText(100), "!text": anyText(300), "!confirm": plainText(30), "!deny": plainText(30), "style": oneOf("primary", "danger"),
})

// option is for selects: its text is plain. choice is for radio buttons and
// checkboxes, which take mrkdwn too.
var (
	option = object(map[string]rule{"!text": plainText(75), "!value": str(1, 150), "description": plainText(75)})
	choice = object(map[string]rule{"!text": anyText(75), "!value": str(1, 150), "description": anyText(75)})
	link   = object(map[string]rule{"!text": plainText(75), "!value": str(1, 150), "description": plainText(75), "url": str(1, 3000)})
	group  = object(map[string]rule{"!label": plainText(75), "!options": all(list(1, 100, option), uniqueValues)})
)

func uniqueValues(c *checker, at string, v any) { unique("value")(c, at, v) }

func element(fields map[string]rule) rule {
	return object(with(map[string]rule{"type": noRule, "action_id": actionID, "confirm": confirm, "focus_on_load": boolean}, fields))
}

func selecting(fields map[string]rule) rule {
	return element(with(map[string]rule{"placeholder": placeholder}, fields))
}

// multi adds what every multi-select has.
func multi(fields map[string]rule) rule {
	return selecting(with(map[string]rule{"max_selected_items": number(1, 100)}, fields))
}

var dispatchConfig = object(map[string]rule{"trigger_actions_on": list(1, 2, oneOf("on_enter_pressed", "on_character_entered"))})

// typed is an input that is written into; it has no confirm dialog.
func typed(fields map[string]rule) rule {
	return object(with(map[string]rule{
		"type": noRule, "action_id": actionID, "placeholder": placeholder, "focus_on_load": boolean, "dispatch_action_config": dispatchConfig,
	}, fields))
}

var (
	staticOptions = map[string]rule{
		"options": all(list(1, 100, option), uniqueValues), "option_groups": list(1, 100, group),
	}
	conversationFilter = object(map[string]rule{
		"include": list(1, 4, oneOf("im", "mpim", "private", "public")), "exclude_external_shared_channels": boolean, "exclude_bot_users": boolean,
	})
)

var allElements = map[string]rule{
	"button": object(map[string]rule{
		"type": noRule, "action_id": actionID, "!text": plainText(75), "url": str(1, 3000), "value": str(1, 2000),
		"style": oneOf("primary", "danger"), "confirm": confirm, "accessibility_label": str(1, 75),
	}),
	"image":                 object(with(map[string]rule{"type": noRule}, imageFields)),
	"static_select":         all(selecting(with(staticOptions, map[string]rule{"initial_option": option})), hasOptions),
	"multi_static_select":   all(multi(with(staticOptions, map[string]rule{"initial_options": list(1, 100, option)})), hasOptions),
	"external_select":       selecting(map[string]rule{"initial_option": option, "min_query_length": number(0, 1000)}),
	"multi_external_select": multi(map[string]rule{"initial_options": list(1, 100, option), "min_query_length": number(0, 1000)}),
	"users_select":          selecting(map[string]rule{"initial_user": userID}),
	"multi_users_select":    multi(map[string]rule{"initial_users": list(1, 100, userID)}),
	"channels_select":       selecting(map[string]rule{"initial_channel": channelID, "response_url_enabled": boolean}),
	"conversations_select": selecting(map[string]rule{
		"initial_conversation": channelID, "default_to_current_conversation": boolean, "response_url_enabled": boolean, "filter": conversationFilter,
	}),
	"overflow":         object(map[string]rule{"type": noRule, "action_id": actionID, "!options": all(list(1, 5, link), uniqueValues), "confirm": confirm}),
	"radio_buttons":    element(map[string]rule{"!options": all(list(1, 10, choice), uniqueValues), "initial_option": choice}),
	"checkboxes":       element(map[string]rule{"!options": all(list(1, 10, choice), uniqueValues), "initial_options": list(1, 10, choice)}),
	"datepicker":       selecting(map[string]rule{"initial_date": date}),
	"timepicker":       selecting(map[string]rule{"initial_time": clock, "timezone": str(1, 100)}),
	"datetimepicker":   element(map[string]rule{"initial_date_time": number(1000000000, 9999999999)}),
	"plain_text_input": typed(map[string]rule{"initial_value": str(0, 3000), "multiline": boolean, "min_length": number(0, 3000), "max_length": number(1, 3000)}),
	"number_input":     typed(map[string]rule{"!is_decimal_allowed": boolean, "initial_value": decimal, "min_value": decimal, "max_value": decimal}),
	"email_text_input": typed(map[string]rule{"initial_value": str(0, 3000)}),
	"url_text_input":   typed(map[string]rule{"initial_value": str(0, 3000)}),
}

var (
	selects      = []string{"static_select", "external_select", "users_select", "channels_select", "conversations_select"}
	multiSelects = []string{"multi_static_select", "multi_external_select", "multi_users_select"}
	pickers      = []string{"datepicker", "timepicker", "datetimepicker", "radio_buttons", "checkboxes"}
	writings     = []string{"plain_text_input", "number_input", "email_text_input", "url_text_input"}
)

var (
	actionElements    = pick(allElements, join([]string{"button", "overflow"}, selects, pickers)...)
	accessoryElements = pick(allElements, join([]string{"button", "overflow", "image"}, selects, multiSelects, []string{"datepicker", "timepicker", "radio_buttons", "checkboxes"})...)
	inputElements     = pick(allElements, join(selects, multiSelects, pickers, writings)...)
)

func join(lists ...[]string) []string {
	var out []string
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// hasOptions: a static select has options or option_groups, never both.
func hasOptions(c *checker, at string, v any) {
	m, _ := v.(map[string]any)
	if (m["options"] == nil) == (m["option_groups"] == nil) {
		c.fail(at, "must have either options or option_groups")
	}
	for _, initial := range append(asList(m["initial_options"]), m["initial_option"]) {
		o, ok := initial.(map[string]any)
		if ok && !hasOption(m, o["value"]) {
			c.fail(at+"/initial_option", "initial option is not among the options")
		}
	}
}

func hasOption(m map[string]any, value any) bool {
	for _, o := range optionsOf(m) {
		if o.Value == value {
			return true
		}
	}
	return false
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}
