package blockkit

import (
	"regexp"
	"slices"
)

// This file is the table of interactive elements.

var (
	actionID    = hasLength(1, 255)
	placeholder = plainText(150)
	userID      = matchesRegexp(regexp.MustCompile(`^[UW][A-Z0-9]+$`))
	channelID   = matchesRegexp(regexp.MustCompile(`^[CGD][A-Z0-9]+$`))
	date        = matchesRegexp(regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`))
	clock       = matchesRegexp(regexp.MustCompile(`^\d{2}:\d{2}$`))
	decimal     = matchesRegexp(regexp.MustCompile(`^-?\d+(\.\d+)?$`))
)

var confirm = objectOf(map[string]rule{
	"!title": plainText(100), "!text": anyText(300), "!confirm": plainText(30), "!deny": plainText(30),
	"style": oneOf("primary", "danger"),
})

// option is for selects: its text is plain. choice is for radio buttons and
// checkboxes, which take mrkdwn too.
var (
	option = objectOf(map[string]rule{
		"!text": plainText(75), "!value": hasLength(1, 150),
		"description": plainText(75),
	})
	choice = objectOf(map[string]rule{"!text": anyText(75), "!value": hasLength(1, 150), "description": anyText(75)})
	link   = objectOf(
		map[string]rule{
			"!text": plainText(75), "!value": hasLength(1, 150), "description": plainText(75),
			"url": hasLength(1, 3000),
		},
	)
	group = objectOf(
		map[string]rule{"!label": plainText(75), "!options": allOf(listOf(1, 100, option), uniqueField("value"))},
	)
)

func elementOf(fields map[string]rule) rule {
	return objectOf(
		withFields(
			map[string]rule{"type": noRule, "action_id": actionID, "confirm": confirm, "focus_on_load": isBoolean},
			fields,
		),
	)
}

func selectOf(fields map[string]rule) rule {
	return elementOf(withFields(map[string]rule{"placeholder": placeholder}, fields))
}

// multi adds what every multi-select has.
func multiSelectOf(fields map[string]rule) rule {
	return selectOf(withFields(map[string]rule{"max_selected_items": wholeNumber(1, 100)}, fields))
}

var dispatchConfig = objectOf(
	map[string]rule{"trigger_actions_on": listOf(1, 2, oneOf("on_enter_pressed", "on_character_entered"))},
)

// typed is an input that is written into; it has no confirm dialog.
func writtenInput(fields map[string]rule) rule {
	return objectOf(withFields(map[string]rule{
		"type": noRule, "action_id": actionID, "placeholder": placeholder, "focus_on_load": isBoolean,
		"dispatch_action_config": dispatchConfig,
	}, fields))
}

var (
	staticOptions = map[string]rule{
		"options": allOf(listOf(1, 100, option), uniqueField("value")), "option_groups": listOf(1, 100, group),
	}
	conversationFilter = objectOf(map[string]rule{
		"include": listOf(
			1, 4, oneOf("im", "mpim", "private", "public"),
		), "exclude_external_shared_channels": isBoolean, "exclude_bot_users": isBoolean,
	})
)

var allElements = map[string]rule{
	"button": objectOf(map[string]rule{
		"type": noRule, "action_id": actionID, "!text": plainText(75), "url": hasLength(1, 3000),
		"value": hasLength(1, 2000),
		"style": oneOf("primary", "danger"), "confirm": confirm, "accessibility_label": hasLength(1, 75),
	}),
	"image": objectOf(withFields(map[string]rule{"type": noRule}, imageFields)),
	"static_select": allOf(
		selectOf(withFields(staticOptions, map[string]rule{"initial_option": option})), hasOptions,
	),
	"multi_static_select": allOf(
		multiSelectOf(withFields(staticOptions, map[string]rule{"initial_options": listOf(1, 100, option)})),
		hasOptions,
	),
	"external_select": selectOf(map[string]rule{"initial_option": option, "min_query_length": wholeNumber(0, 1000)}),
	"multi_external_select": multiSelectOf(
		map[string]rule{"initial_options": listOf(1, 100, option), "min_query_length": wholeNumber(0, 1000)},
	),
	"users_select":       selectOf(map[string]rule{"initial_user": userID}),
	"multi_users_select": multiSelectOf(map[string]rule{"initial_users": listOf(1, 100, userID)}),
	"channels_select":    selectOf(map[string]rule{"initial_channel": channelID, "response_url_enabled": isBoolean}),
	"conversations_select": selectOf(map[string]rule{
		"initial_conversation": channelID, "default_to_current_conversation": isBoolean,
		"response_url_enabled": isBoolean, "filter": conversationFilter,
	}),
	"overflow": objectOf(
		map[string]rule{
			"type": noRule, "action_id": actionID, "!options": allOf(listOf(1, 5, link), uniqueField("value")),
			"confirm": confirm,
		},
	),
	"radio_buttons": elementOf(
		map[string]rule{"!options": allOf(listOf(1, 10, choice), uniqueField("value")), "initial_option": choice},
	),
	"checkboxes": elementOf(
		map[string]rule{
			"!options": allOf(listOf(1, 10, choice), uniqueField("value")), "initial_options": listOf(1, 10, choice),
		},
	),
	"datepicker":     selectOf(map[string]rule{"initial_date": date}),
	"timepicker":     selectOf(map[string]rule{"initial_time": clock, "timezone": hasLength(1, 100)}),
	"datetimepicker": elementOf(map[string]rule{"initial_date_time": wholeNumber(1000000000, 9999999999)}),
	"plain_text_input": writtenInput(
		map[string]rule{
			"initial_value": hasLength(0, 3000), "multiline": isBoolean, "min_length": wholeNumber(0, 3000),
			"max_length": wholeNumber(1, 3000),
		},
	),
	"number_input": writtenInput(
		map[string]rule{
			"!is_decimal_allowed": isBoolean, "initial_value": decimal, "min_value": decimal, "max_value": decimal,
		},
	),
	"email_text_input": writtenInput(map[string]rule{"initial_value": hasLength(0, 3000)}),
	"url_text_input":   writtenInput(map[string]rule{"initial_value": hasLength(0, 3000)}),
}

var (
	selects = []string{
		"static_select", "external_select", "users_select", "channels_select",
		"conversations_select",
	}
	multiSelects = []string{"multi_static_select", "multi_external_select", "multi_users_select"}
	pickers      = []string{"datepicker", "timepicker", "datetimepicker", "radio_buttons", "checkboxes"}
	writings     = []string{"plain_text_input", "number_input", "email_text_input", "url_text_input"}
)

var (
	actionElements    = pickKinds(allElements, slices.Concat([]string{"button", "overflow"}, selects, pickers)...)
	accessoryElements = pickKinds(
		allElements,
		slices.Concat(
			[]string{"button", "overflow", "image"}, selects, multiSelects,
			[]string{"datepicker", "timepicker", "radio_buttons", "checkboxes"},
		)...,
	)
	inputElements = pickKinds(allElements, slices.Concat(selects, multiSelects, pickers, writings)...)
)

// hasOptions: a static select has options or option_groups, never both.
func hasOptions(c *checker, at string, v any) {
	m, _ := v.(map[string]any)
	if (m["options"] == nil) == (m["option_groups"] == nil) {
		c.fail(at, "must have either options or option_groups")
	}
	for _, initial := range append(List(m["initial_options"]), m["initial_option"]) {
		o, ok := initial.(map[string]any)
		if ok && !hasOption(m, o["value"]) {
			c.fail(at+"/initial_option", "initial option is not among the options")
		}
	}
}

func hasOption(m map[string]any, value any) bool {
	for _, o := range Options(m) {
		if o.Value == value {
			return true
		}
	}
	return false
}
