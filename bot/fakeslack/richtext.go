package fakeslack

import (
	"regexp"
	"unicode/utf8"
)

// This file is the table of rich_text: the four containers and what stands in
// them.

var richStyle = object(map[string]rule{
	"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean, "underline": boolean,
	"highlight": boolean, "client_highlight": boolean, "unlink": boolean,
})

var richSection = object(map[string]rule{"type": noRule, "!elements": list(0, 1000, byType(richPieces))})

var richElements = map[string]rule{
	"rich_text_section":      richSection,
	"rich_text_quote":        object(map[string]rule{"type": noRule, "!elements": list(0, 1000, byType(richPieces)), "border": number(0, 1)}),
	"rich_text_preformatted": object(map[string]rule{"type": noRule, "!elements": list(0, 1000, byType(richPieces)), "border": number(0, 1), "language": str(0, 50)}),
	"rich_text_list": object(map[string]rule{
		"type": noRule, "!elements": list(1, 1000, byType(map[string]rule{"rich_text_section": richSection})),
		"!style": oneOf("bullet", "ordered"), "indent": number(0, 8), "border": number(0, 1), "offset": number(0, 10000),
	}),
}

func piece(fields map[string]rule) rule {
	return object(with(map[string]rule{"type": noRule, "style": richStyle}, fields))
}

var richPieces = map[string]rule{
	"text":      piece(map[string]rule{"!text": str(1, 3000)}),
	"link":      piece(map[string]rule{"!url": str(1, 3000), "text": str(0, 3000), "unsafe": boolean}),
	"emoji":     piece(map[string]rule{"!name": str(1, 100), "unicode": str(1, 100), "skin_tone": number(0, 6)}),
	"user":      piece(map[string]rule{"!user_id": userID}),
	"channel":   piece(map[string]rule{"!channel_id": channelID}),
	"usergroup": piece(map[string]rule{"!usergroup_id": matching(regexp.MustCompile(`^S[A-Z0-9]+$`))}),
	"broadcast": piece(map[string]rule{"!range": oneOf("here", "channel", "everyone")}),
	"date":      piece(map[string]rule{"!timestamp": number(0, 1e12), "!format": str(1, 300), "url": str(1, 3000), "fallback": str(1, 300)}),
	"color":     piece(map[string]rule{"!value": matching(regexp.MustCompile(`^#[0-9a-fA-F]{6}$`))}),
}

// countText counts the code points of every text in a value.
func countText(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if t, ok := x.(string); ok && k == "text" {
				n += utf8.RuneCountInString(t)
			} else {
				n += countText(x)
			}
		}
	case []any:
		for _, x := range v {
			n += countText(x)
		}
	}
	return n
}
