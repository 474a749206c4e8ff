package fakeslack

import (
	"fmt"
	"regexp"
	"strings"
)

// PlainText is the message as a person reads it: blocks if it has any, else
// text. Mentions are names, dates their fallback, buttons [Label].
func (s *Slack) PlainText(m Message) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plain(m)
}

// PlainBlocks is PlainText for blocks alone, such as a view's.
func (s *Slack) PlainBlocks(blocks []Block) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plainBlocks(blocks)
}

func (s *Slack) plain(m Message) string {
	if len(m.Blocks) > 0 {
		return s.plainBlocks(m.Blocks)
	}
	return s.mrkdwn(m.Text)
}

func (s *Slack) plainBlocks(blocks []Block) string {
	var lines []string
	for _, b := range blocks {
		if line := s.plainBlock(b); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (s *Slack) plainBlock(b Block) string {
	switch b["type"] {
	case "divider":
		return "----"
	case "rich_text":
		return s.richLines(asList(b["elements"]), "\n")
	case "table":
		return s.plainTable(b)
	case "markdown":
		return text(b, "text")
	case "image":
		return "[image: " + text(b, "alt_text") + "]"
	case "input":
		return s.plainInput(b)
	}
	var parts []string
	add := func(v any) {
		if m, ok := v.(map[string]any); ok {
			if t := s.plainElement(m); t != "" {
				parts = append(parts, t)
			}
		}
	}
	add(b["text"])
	for _, f := range asList(b["fields"]) {
		add(f)
	}
	add(b["accessory"])
	if len(parts) > 0 {
		return strings.Join(parts, "\n")
	}
	for _, e := range asList(b["elements"]) {
		add(e)
	}
	return strings.Join(parts, " ")
}

func (s *Slack) plainInput(b Block) string {
	e, _ := b["element"].(map[string]any)
	line := textOf(b, "label") + ": " + s.plainElement(e)
	if hint := textOf(b, "hint"); hint != "" {
		line += " (" + hint + ")"
	}
	return line
}

func (s *Slack) plainElement(e map[string]any) string {
	switch kind := text(e, "type"); kind {
	case "plain_text":
		return text(e, "text")
	case "mrkdwn":
		return s.mrkdwn(text(e, "text"))
	case "image":
		return "[image: " + text(e, "alt_text") + "]"
	case "button":
		return "[" + textOf(e, "text") + "]"
	case "radio_buttons", "checkboxes", "overflow", "static_select":
		var texts []string
		for _, o := range optionsOf(e) {
			texts = append(texts, o.Text)
		}
		return "{" + strings.Join(texts, " | ") + "}"
	default:
		return "<" + textOf(e, "placeholder") + ">"
	}
}

func (s *Slack) plainTable(b Block) string {
	var rows []string
	for _, row := range asList(b["rows"]) {
		var cells []string
		for _, v := range asList(row) {
			c, _ := v.(map[string]any)
			cell := text(c, "text")
			if n, ok := c["value"].(float64); ok && cell == "" {
				cell = fmt.Sprint(n)
			}
			if c["type"] == "rich_text" {
				cell = s.richLines(asList(c["elements"]), " ")
			}
			cells = append(cells, cell)
		}
		rows = append(rows, strings.Join(cells, " | "))
	}
	return strings.Join(rows, "\n")
}

// richLines renders the containers of a rich_text, one a line.
func (s *Slack) richLines(containers []any, sep string) string {
	var out []string
	for _, v := range containers {
		c, _ := v.(map[string]any)
		if c["type"] != "rich_text_list" {
			out = append(out, s.richPieces(asList(c["elements"])))
			continue
		}
		for i, item := range asList(c["elements"]) {
			m, _ := item.(map[string]any)
			mark := "• "
			if c["style"] == "ordered" {
				mark = fmt.Sprintf("%d. ", i+1)
			}
			out = append(out, mark+s.richPieces(asList(m["elements"])))
		}
	}
	return strings.Join(out, sep)
}

func (s *Slack) richPieces(pieces []any) string {
	var out strings.Builder
	for _, v := range pieces {
		p, _ := v.(map[string]any)
		switch p["type"] {
		case "user":
			out.WriteString(s.mention("@" + text(p, "user_id")))
		case "channel":
			out.WriteString(s.mention("#" + text(p, "channel_id")))
		case "usergroup":
			out.WriteString(s.mention("!subteam^" + text(p, "usergroup_id")))
		case "broadcast":
			out.WriteString("@" + text(p, "range"))
		case "emoji":
			out.WriteString(":" + text(p, "name") + ":")
		case "date":
			out.WriteString(text(p, "fallback"))
		case "color":
			out.WriteString(text(p, "value"))
		case "link":
			label := text(p, "text")
			if label == "" {
				label = text(p, "url")
			}
			out.WriteString(label)
		default:
			out.WriteString(text(p, "text"))
		}
	}
	return out.String()
}

var (
	angle     = regexp.MustCompile(`<([^<>\s][^<>]*)>`)
	unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// mrkdwn resolves <..> tokens and entities; emphasis marks stay.
func (s *Slack) mrkdwn(t string) string {
	t = angle.ReplaceAllStringFunc(t, func(token string) string {
		return s.mention(strings.Trim(token, "<>"))
	})
	return unescaper.Replace(t)
}

// mention names what one <..> token stands for, without its brackets.
func (s *Slack) mention(token string) string {
	body, label, labelled := strings.Cut(token, "|")
	switch {
	case strings.HasPrefix(body, "@"):
		if u := s.users[body[1:]]; u != nil {
			return "@" + u.RealName
		}
		return body
	case strings.HasPrefix(body, "#"):
		if c := s.channels[body[1:]]; c != nil {
			return "#" + c.Name
		}
		return body
	case strings.HasPrefix(body, "!subteam^"):
		if g := s.groupByID(strings.TrimPrefix(body, "!subteam^")); g != nil {
			return "@" + g.Handle
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
