package fakeslack

import "fmt"

// This file is the table of blocks: which fields each has, how long they may
// be, and on which surface it may stand. Lengths are Unicode code points.

const (
	maxMessageBlocks = 50
	maxViewBlocks    = 100
	maxMarkdown      = 12000
	maxTableText     = 10000
)

var blockID = str(1, 255)

// plainText takes only plain_text; anyText takes mrkdwn too.
func plainText(hi int) rule {
	return byType(map[string]rule{"plain_text": object(map[string]rule{"type": noRule, "!text": str(1, hi), "emoji": boolean})})
}

func anyText(hi int) rule {
	return byType(map[string]rule{
		"plain_text": object(map[string]rule{"type": noRule, "!text": str(1, hi), "emoji": boolean}),
		"mrkdwn":     object(map[string]rule{"type": noRule, "!text": str(1, hi), "verbatim": boolean}),
	})
}

// noRule is for fields that byType has already looked at.
func noRule(*checker, string, any) {}

func block(fields map[string]rule) rule {
	return object(with(map[string]rule{"type": noRule, "block_id": blockID}, fields))
}

var imageFields = map[string]rule{
	"image_url": str(1, 3000), "slack_file": object(map[string]rule{"id": str(1, 255), "url": str(1, 3000)}), "!alt_text": str(1, 2000),
}

var allBlocks = map[string]rule{
	"section": all(block(map[string]rule{
		"text": anyText(3000), "fields": list(1, 10, anyText(2000)), "accessory": byType(accessoryElements), "expand": boolean,
	}), sectionHasWords),
	"header":  block(map[string]rule{"!text": plainText(150), "level": number(1, 4)}),
	"divider": block(nil),
	"context": block(map[string]rule{"!elements": list(1, 10, byType(contextElements))}),
	"actions": block(map[string]rule{"!elements": all(list(1, 25, byType(actionElements)), unique("action_id"))}),
	"image":   block(with(imageFields, map[string]rule{"title": plainText(2000)})),
	"input": block(map[string]rule{
		"!label": plainText(2000), "!element": byType(inputElements), "hint": plainText(2000), "optional": boolean, "dispatch_action": boolean,
	}),
	"rich_text": block(map[string]rule{"!elements": list(1, 1000, byType(richElements))}),
	"markdown":  block(map[string]rule{"!text": str(1, maxMarkdown)}),
	"table":     all(block(map[string]rule{"!rows": list(1, 100, list(1, 20, byType(tableCells))), "column_settings": list(0, 20, columnSetting)}), tableIsEven),
	"alert":     block(map[string]rule{"!text": anyText(200), "level": oneOf("default", "info", "warning", "error", "success")}),
}

var contextElements = map[string]rule{
	"image":      object(with(map[string]rule{"type": noRule}, imageFields)),
	"plain_text": anyText(3000),
	"mrkdwn":     anyText(3000),
}

var columnSetting = object(map[string]rule{"align": oneOf("left", "center", "right"), "is_wrapped": boolean})

var tableCells = map[string]rule{
	"raw_text":   object(map[string]rule{"type": noRule, "!text": str(0, 10000)}),
	"raw_number": object(map[string]rule{"type": noRule, "!value": anyNumber, "text": str(0, 10000)}),
	"rich_text":  allRichText,
}

func allRichText(c *checker, at string, v any) {
	block(map[string]rule{"!elements": list(1, 1000, byType(richElements))})(c, at, v)
}

var (
	messageBlockKinds = pick(allBlocks, "section", "header", "divider", "context", "actions", "image", "input", "rich_text", "markdown", "table")
	modalBlockKinds   = pick(allBlocks, "section", "header", "divider", "context", "actions", "image", "input", "rich_text", "alert")
	homeBlockKinds    = pick(allBlocks, "section", "header", "divider", "context", "actions", "image", "input", "rich_text")
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

// CheckBlocks returns what Slack would refuse about a message's blocks, in
// Slack's words with JSON pointers; nil if it would take them. blocks is
// anything that marshals to a JSON array.
func CheckBlocks(blocks any) []string {
	return checkBlocks(blocks, "/blocks", maxMessageBlocks, messageBlockKinds)
}

func checkBlocks(blocks any, at string, limit int, kinds map[string]rule) []string {
	var v any
	mustRoundTrip(blocks, &v)
	c := &checker{}
	all(list(0, limit, byType(kinds)), unique("block_id"), oneTable, markdownTotal)(c, at, v)
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
