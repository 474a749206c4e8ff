package blockkit

var viewShapes = map[string]rule{
	"modal": objectOf(map[string]rule{
		"type": noRule, "!title": plainText(24), "submit": plainText(24), "close": plainText(24), "!blocks": noRule,
		"callback_id": hasLength(0, 255), "private_metadata": hasLength(0, 3000), "external_id": hasLength(0, 255),
		"clear_on_close": isBoolean, "notify_on_close": isBoolean, "submit_disabled": isBoolean,
	}),
	"home": objectOf(map[string]rule{
		"type": noRule, "!blocks": noRule, "callback_id": hasLength(0, 255), "private_metadata": hasLength(0, 3000),
		"external_id": hasLength(0, 255),
	}),
}

// CheckView returns what Slack would refuse about a view, in Slack's words;
// nil if it would take it. v is anything that marshals to a JSON object.
func CheckView(v any) []string {
	var m any
	RoundTrip(v, &m)
	c := &checker{}
	byType(viewShapes)(c, "/view", m)
	if fields, ok := m.(map[string]any); ok {
		kinds := modalBlockKinds
		if fields["type"] == "home" {
			kinds = homeBlockKinds
		}
		c.problems = append(c.problems, checkBlocks(fields["blocks"], "/view/blocks", maxViewBlocks, kinds)...)
		inputNeedsSubmit(c, fields)
		oneFocus(c, fields["blocks"])
	}
	return c.problems
}

// inputNeedsSubmit: a modal with input blocks has a submit button.
func inputNeedsSubmit(c *checker, m map[string]any) {
	for _, b := range blocksOf(m["blocks"]) {
		if m["type"] == "modal" && b["type"] == "input" && m["submit"] == nil {
			c.fail("/view/submit", "missing required field: submit, as there are input blocks")
			return
		}
	}
}

// oneFocus: only one element may ask for the focus.
func oneFocus(c *checker, blocks any) {
	focused := 0
	for _, b := range blocksOf(blocks) {
		for _, e := range Elements(b) {
			if e["focus_on_load"] == true {
				if focused++; focused > 1 {
					c.fail("/view/blocks", "only one element may have focus_on_load")
				}
			}
		}
	}
}
