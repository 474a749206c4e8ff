package blockkit

import (
	"encoding/json"
	"fmt"
)

// This file is about what an app answers requests with.

const (
	maxResponseText = 40000
	maxOptions      = 100
)

var responseShape = objectOf(map[string]rule{
	"text": hasLength(0, maxResponseText), "blocks": noRule, "attachments": listOf(0, 0, noRule),
	"response_type":    oneOf("ephemeral", "in_channel", ""),
	"replace_original": isBoolean, "delete_original": isBoolean, "thread_ts": hasLength(0, 30), "mrkdwn": isBoolean,
	"parse":        hasLength(0, 10),
	"unfurl_links": isBoolean, "unfurl_media": isBoolean, "link_names": noRule, "reply_broadcast": isBoolean,
	"metadata": noRule,
})

// CheckResponse returns what Slack would refuse about the JSON of a message in an
// app's answer, or sent to a response_url; nil if it would take it.
func CheckResponse(m map[string]any) []string {
	c := &checker{}
	responseShape(c, "", m)
	return c.problems
}

var suggestionShape = objectOf(map[string]rule{
	"options": allOf(listOf(0, maxOptions, option), uniqueField("value")), "option_groups": listOf(0, maxOptions,
		group),
})

// ReadOptions reads an answer to type-ahead. problem says what Slack would reject
// it for.
func ReadOptions(body []byte) (options []Option, problem string) {
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, "not JSON: " + err.Error()
	}
	if (m["options"] == nil) == (m["option_groups"] == nil) {
		return nil, "either options or option_groups"
	}
	c := &checker{}
	suggestionShape(c, "", m)
	if len(c.problems) > 0 {
		return nil, fmt.Sprint(c.problems)
	}
	options = Options(m)
	if len(options) > maxOptions {
		return nil, "more than 100 options in all"
	}
	return options, ""
}
