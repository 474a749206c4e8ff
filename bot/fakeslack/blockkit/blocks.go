package blockkit

import "fmt"

// This file is the table of blocks: which fields each has, how long they may
// be, and on which surface it may stand. Lengths are Unicode code points.

const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxMarkdown      = 12000
	maxTableText     = 10000
)

var blockID = hasLength(1, 255)

// plainText takes only plain_text; anyText takes mrkdwn too.
func plainText(hi int) rule {
	return byType(
		map[string]rule{
			"plain_text": objectOf(map[string]rule{"type": noRule, "!text": hasLength(1, hi), "emoji": isBoolean}),
		},
	)
}

func anyText(hi int) rule {
	return byType(map[string]rule{
		"plain_text": objectOf(map[string]rule{"type": noRule, "!text": hasLength(1, hi), "emoji": isBoolean}),
		"mrkdwn":     objectOf(map[string]rule{"type": noRule, "!text": hasLength(1, hi), "verbatim": isBoolean}),
	})
}

// noRule is for fields that byType has already looked at.
func noRule(*checker, string, any) {}

func blockOf(fields map[string]rule) rule {
	return objectOf(withFields(map[string]rule{"type": noRule, "block_id": blockID}, fields))
}

var imageFields = map[string]rule{
	"image_url": hasLength(1, 3000), "slack_file": objectOf(
		map[string]rule{"id": hasLength(1, 255), "url": hasLength(1, 3000)},
	), "!alt_text": hasLength(1, 2000),
}

var allBlocks = map[string]rule{
	"section": allOf(blockOf(map[string]rule{
		"text": anyText(3000), "fields": listOf(1, 10, anyText(2000)), "accessory": byType(accessoryElements),
		"expand": isBoolean,
	}), sectionHasWords),
	"header":  blockOf(map[string]rule{"!text": plainText(150), "level": wholeNumber(1, 4)}),
	"divider": blockOf(nil),
	"context": blockOf(map[string]rule{"!elements": listOf(1, 10, byType(contextElements))}),
	"actions": blockOf(
		map[string]rule{"!elements": allOf(listOf(1, 25, byType(actionElements)), uniqueField("action_id"))},
	),
	"image": blockOf(withFields(imageFields, map[string]rule{"title": plainText(2000)})),
	"input": blockOf(map[string]rule{
		"!label": plainText(2000), "!element": byType(inputElements), "hint": plainText(2000), "optional": isBoolean,
		"dispatch_action": isBoolean,
	}),
	"rich_text": blockOf(map[string]rule{"!elements": listOf(1, 1000, byType(richElements))}),
	"markdown":  blockOf(map[string]rule{"!text": hasLength(1, maxMarkdown)}),
	"table": allOf(
		blockOf(
			map[string]rule{
				"!rows":           listOf(1, 100, listOf(1, 20, byType(tableCells))),
				"column_settings": listOf(0, 20, columnSetting),
			},
		),
		tableIsEven,
	),
	"alert": blockOf(
		map[string]rule{"!text": anyText(200), "level": oneOf("default", "info", "warning", "error", "success")},
	),
}

var contextElements = map[string]rule{
	"image":      objectOf(withFields(map[string]rule{"type": noRule}, imageFields)),
	"plain_text": anyText(3000),
	"mrkdwn":     anyText(3000),
}

var columnSetting = objectOf(map[string]rule{"align": oneOf("left", "center", "right"), "is_wrapped": isBoolean})

var tableCells = map[string]rule{
	"raw_text":   objectOf(map[string]rule{"type": noRule, "!text": hasLength(0, 10000)}),
	"raw_number": objectOf(map[string]rule{"type": noRule, "!value": anyNumber, "text": hasLength(0, 10000)}),
	"rich_text":  allRichText,
}

func allRichText(c *checker, at string, v any) {
	blockOf(map[string]rule{"!elements": listOf(1, 1000, byType(richElements))})(c, at, v)
}

var (
	messageBlockKinds = pickKinds(
		allBlocks, "section", "header", "divider", "context", "actions", "image", "input", "rich_text", "markdown",
		"table",
	)
	modalBlockKinds = pickKinds(
		allBlocks, "section", "header", "divider", "context", "actions", "image", "input", "rich_text", "alert",
	)
	homeBlockKinds = pickKinds(
		allBlocks, "section", "header", "divider", "context", "actions", "image", "input", "rich_text",
	)
)

func sectionHasWords(c *checker, at string, v any) {
	if m, ok := v.(map[string]any); ok && m["text"] == nil && m["fields"] == nil {
		c.fail(at, "missing required field: text or fields")
	}
}

func tableIsEven(c *checker, at string, v any) {
	m, _ := v.(map[string]any)
	rows, _ := m["rows"].([]any)
	width, letters := -1, 0
	for i, row := range rows {
		cells, _ := row.([]any)
		if width >= 0 && len(cells) != width {
			c.fail(fmt.Sprintf("%s/rows/%d", at, i), "rows must have equal lengths")
		}
		width = len(cells)
		for _, cell := range cells {
			letters += countText(cell)
		}
	}
	if letters > maxTableText {
		c.fail(at, "must be less than %d characters in all", maxTableText+1)
	}
}

// CheckMessage returns what Slack would refuse about a message's blocks, in
// Slack's words; nil if it would take them. blocks is anything that marshals to
// a JSON array. at is the JSON pointer of that array.
func CheckMessage(blocks any, at string) []string {
	return checkBlocks(blocks, at, maxMessageBlocks, messageBlockKinds)
}

// RefuseOverflow is how a stricter Slack might refuse what it takes today: some cards
// have an overflow menu.
func RefuseOverflow(blocks any) []string {
	c := &checker{}
	for i, b := range blocksOf(blocks) {
		for j, e := range blocksOf(b["elements"]) {
			if b["type"] == "actions" && e["type"] == "overflow" {
				c.fail(fmt.Sprintf("/%d/elements/%d/type", i, j), "unsupported type: overflow")
			}
		}
	}
	return c.problems
}

func checkBlocks(blocks any, at string, limit int, kinds map[string]rule) []string {
	var v any
	RoundTrip(blocks, &v)
	c := &checker{}
	allOf(listOf(0, limit, byType(kinds)), uniqueField("block_id"), oneTable, markdownTotal)(c, at, v)
	return c.problems
}

func oneTable(c *checker, at string, v any) {
	tables := 0
	for i, b := range blocksOf(v) {
		if b["type"] == "table" {
			if tables++; tables > 1 {
				c.fail(fmt.Sprintf("%s/%d", at, i), "only one table is allowed")
			}
		}
	}
}

func markdownTotal(c *checker, at string, v any) {
	total := 0
	for _, b := range blocksOf(v) {
		if b["type"] == "markdown" {
			total += countText(b)
		}
	}
	if total > maxMarkdown {
		c.fail(at, "markdown must be less than %d characters in all", maxMarkdown+1)
	}
}

func blocksOf(v any) []map[string]any {
	items, _ := v.([]any)
	var out []map[string]any
	for _, item := range items {
		m, _ := item.(map[string]any)
		out = append(out, m)
	}
	return out
}
