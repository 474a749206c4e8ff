package blockkit

import (
	"fmt"
	"regexp"
	"strings"
)

// Names say what the people, channels and groups of a workspace are called, by
// their ids; ok is false if there is none.
type Names interface {
	UserName(id string) (name string, ok bool)
	ChannelName(id string) (name string, ok bool)
	GroupHandle(id string) (handle string, ok bool)
}

// PlainBlocks are blocks as a person reads them: mentions are names, dates their
// fallback, buttons [Label].
func PlainBlocks(names Names, blocks []Block) string { return reader{names}.readBlocks(blocks) }

// PlainText is mrkdwn text as a person reads it; emphasis marks stay.
func PlainText(names Names, text string) string { return reader{names}.readMrkdwn(text) }

// A reader turns blocks into plain text.
type reader struct{ names Names }

func (r reader) readBlocks(blocks []Block) string {
	var lines []string
	for _, b := range blocks {
		if line := r.readBlock(b); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (r reader) readBlock(b Block) string {
	switch b["type"] {
	case "divider":
		return "----"
	case "rich_text":
		return r.richLines(List(b["elements"]), "\n")
	case "table":
		return r.readTable(b)
	case "markdown":
		return Text(b, "text")
	case "image":
		return "[image: " + Text(b, "alt_text") + "]"
	case "input":
		return r.readInput(b)
	}
	var parts []string
	add := func(v any) {
		if m, ok := v.(map[string]any); ok {
			if t := r.readElement(m); t != "" {
				parts = append(parts, t)
			}
		}
	}
	add(b["text"])
	for _, f := range List(b["fields"]) {
		add(f)
	}
	add(b["accessory"])
	if len(parts) > 0 {
		return strings.Join(parts, "\n")
	}
	for _, e := range List(b["elements"]) {
		add(e)
	}
	return strings.Join(parts, " ")
}

func (r reader) readInput(b Block) string {
	e, _ := b["element"].(map[string]any)
	line := TextOf(b, "label") + ": " + r.readElement(e)
	if hint := TextOf(b, "hint"); hint != "" {
		line += " (" + hint + ")"
	}
	return line
}

func (r reader) readElement(e map[string]any) string {
	switch kind := Text(e, "type"); kind {
	case "plain_text":
		return Text(e, "text")
	case "mrkdwn":
		return r.readMrkdwn(Text(e, "text"))
	case "image":
		return "[image: " + Text(e, "alt_text") + "]"
	case "button":
		return "[" + TextOf(e, "text") + "]"
	case "radio_buttons", "checkboxes", "overflow", "static_select":
		var texts []string
		for _, o := range Options(e) {
			texts = append(texts, o.Text)
		}
		return "{" + strings.Join(texts, " | ") + "}"
	default:
		return "<" + TextOf(e, "placeholder") + ">"
	}
}

func (r reader) readTable(b Block) string {
	var rows []string
	for _, row := range List(b["rows"]) {
		var cells []string
		for _, v := range List(row) {
			c, _ := v.(map[string]any)
			cell := Text(c, "text")
			if n, ok := c["value"].(float64); ok && cell == "" {
				cell = fmt.Sprint(n)
			}
			if c["type"] == "rich_text" {
				cell = r.richLines(List(c["elements"]), " ")
			}
			cells = append(cells, cell)
		}
		rows = append(rows, strings.Join(cells, " | "))
	}
	return strings.Join(rows, "\n")
}

// richLines renders the containers of a rich_text, one a line.
func (r reader) richLines(containers []any, sep string) string {
	var out []string
	for _, v := range containers {
		c, _ := v.(map[string]any)
		if c["type"] != "rich_text_list" {
			out = append(out, r.richPieces(List(c["elements"])))
			continue
		}
		for i, item := range List(c["elements"]) {
			m, _ := item.(map[string]any)
			mark := "• "
			if c["style"] == "ordered" {
				mark = fmt.Sprintf("%d. ", i+1)
			}
			out = append(out, mark+r.richPieces(List(m["elements"])))
		}
	}
	return strings.Join(out, sep)
}

func (r reader) richPieces(pieces []any) string {
	var out strings.Builder
	for _, v := range pieces {
		p, _ := v.(map[string]any)
		switch p["type"] {
		case "user":
			out.WriteString(r.nameOf("@" + Text(p, "user_id")))
		case "channel":
			out.WriteString(r.nameOf("#" + Text(p, "channel_id")))
		case "usergroup":
			out.WriteString(r.nameOf("!subteam^" + Text(p, "usergroup_id")))
		case "broadcast":
			out.WriteString("@" + Text(p, "range"))
		case "emoji":
			out.WriteString(":" + Text(p, "name") + ":")
		case "date":
			out.WriteString(Text(p, "fallback"))
		case "color":
			out.WriteString(Text(p, "value"))
		case "link":
			label := Text(p, "text")
			if label == "" {
				label = Text(p, "url")
			}
			out.WriteString(label)
		default:
			out.WriteString(Text(p, "text"))
		}
	}
	return out.String()
}

var (
	angle     = regexp.MustCompile(`<([^<>\s][^<>]*)>`)
	unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// readMrkdwn resolves <..> tokens and entities; emphasis marks stay.
func (r reader) readMrkdwn(t string) string {
	t = angle.ReplaceAllStringFunc(t, func(token string) string {
		return r.nameOf(strings.Trim(token, "<>"))
	})
	return unescaper.Replace(t)
}

// nameOf names what one <..> token stands for, without its brackets.
func (r reader) nameOf(token string) string {
	body, label, labelled := strings.Cut(token, "|")
	switch {
	case strings.HasPrefix(body, "@"):
		if name, ok := r.names.UserName(body[1:]); ok {
			return "@" + name
		}
		return body
	case strings.HasPrefix(body, "#"):
		if name, ok := r.names.ChannelName(body[1:]); ok {
			return "#" + name
		}
		return body
	case strings.HasPrefix(body, "!subteam^"):
		if handle, ok := r.names.GroupHandle(strings.TrimPrefix(body, "!subteam^")); ok {
			return "@" + handle
		}
		return "@group"
	case strings.HasPrefix(body, "!date^"):
		return label
	case strings.HasPrefix(body, "!"):
		return "@" + body[1:]
	case labelled:
		return label
	}
	return strings.TrimPrefix(body, "mailto:")
}
