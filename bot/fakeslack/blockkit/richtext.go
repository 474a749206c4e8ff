package blockkit

import (
	"regexp"
	"unicode/utf8"
)

// This file is the table of rich_text: the four containers and what stands in
// them.

var richStyle = objectOf(map[string]rule{
	"bold": isBoolean, "italic": isBoolean, "strike": isBoolean, "code": isBoolean, "underline": isBoolean,
	"highlight": isBoolean, "client_highlight": isBoolean, "unlink": isBoolean,
})

var richSection = objectOf(map[string]rule{"type": noRule, "!elements": listOf(0, 1000, byType(richPieces))})

var richElements = map[string]rule{
	"rich_text_section": richSection,
	"rich_text_quote": objectOf(
		map[string]rule{"type": noRule, "!elements": listOf(0, 1000, byType(richPieces)), "border": wholeNumber(0, 1)},
	),
	"rich_text_preformatted": objectOf(
		map[string]rule{
			"type": noRule, "!elements": listOf(0, 1000, byType(richPieces)), "border": wholeNumber(0, 1),
			"language": hasLength(0, 50),
		},
	),
	"rich_text_list": objectOf(map[string]rule{
		"type": noRule, "!elements": listOf(1, 1000, byType(map[string]rule{"rich_text_section": richSection})),
		"!style": oneOf("bullet", "ordered"), "indent": wholeNumber(0, 8), "border": wholeNumber(0, 1),
		"offset": wholeNumber(0, 10000),
	}),
}

func pieceOf(fields map[string]rule) rule {
	return objectOf(withFields(map[string]rule{"type": noRule, "style": richStyle}, fields))
}

var richPieces = map[string]rule{
	"text": pieceOf(map[string]rule{"!text": hasLength(1, 3000)}),
	"link": pieceOf(map[string]rule{"!url": hasLength(1, 3000), "text": hasLength(0, 3000), "unsafe": isBoolean}),
	"emoji": pieceOf(
		map[string]rule{"!name": hasLength(1, 100), "unicode": hasLength(1, 100), "skin_tone": wholeNumber(0, 6)},
	),
	"user":      pieceOf(map[string]rule{"!user_id": userID}),
	"channel":   pieceOf(map[string]rule{"!channel_id": channelID}),
	"usergroup": pieceOf(map[string]rule{"!usergroup_id": matchesRegexp(regexp.MustCompile(`^S[A-Z0-9]+$`))}),
	"broadcast": pieceOf(map[string]rule{"!range": oneOf("here", "channel", "everyone")}),
	"date": pieceOf(
		map[string]rule{
			"!timestamp": wholeNumber(0, 1e12), "!format": hasLength(1, 300), "url": hasLength(1, 3000),
			"fallback": hasLength(1, 300),
		},
	),
	"color": pieceOf(map[string]rule{"!value": matchesRegexp(regexp.MustCompile(`^#[0-9a-fA-F]{6}$`))}),
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
