package payload

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// This file reads the message of a shortcut. Alert tools write into text, blocks and
// attachments, so that every string is read that people can see.

const (
	maxLeaves = 2000
	maxDepth  = 40
)

// readFirst are the fields that are read before the others of an object.
var readFirst = strings.Fields("pretext title text fallback value fields elements blocks attachments")

// wordlessFields are the fields that hold no words for people.
var wordlessFields = fieldSet(`
	type subtype ts thread_ts event_ts latest_reply user user_id parent_user_id team bot_id app_id channel_id
	usergroup_id block_id action_id callback_id client_msg_id id color style mrkdwn_in bot_profile edited
	reactions icons metadata reply_users emoji`)

// linkFields are the fields that hold a link.
var linkFields = fieldSet(`
	url title_link author_link from_url original_url image_url thumb_url permalink`)

// fieldSet is the set of the fields in a list.
func fieldSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, field := range strings.Fields(list) {
		set[field] = true
	}
	return set
}

// MessageText is a message's words and links, in the order in which they are read.
type MessageText struct{ Words, Links []string }

// ReadMessage reads a message; a malformed one has no words.
func ReadMessage(message json.RawMessage) MessageText {
	var v any
	var l MessageText
	if json.Unmarshal(message, &v) == nil {
		l.collect(v, "", 0)
	}
	return l
}

func (l *MessageText) collect(v any, key string, depth int) {
	if depth > maxDepth || len(l.Words)+len(l.Links) >= maxLeaves {
		return
	}
	switch v := v.(type) {
	case string:
		l.addString(v, key)
	case []any:
		for _, e := range v {
			l.collect(e, key, depth+1)
		}
	case map[string]any:
		kind, _ := v["type"].(string)
		for _, k := range readingOrder(v) {
			if wordlessFields[k] || k == "value" && (kind == "button" || v["action_id"] != nil) {
				continue
			}
			l.collect(v[k], k, depth+1)
		}
	}
}

func readingOrder(m map[string]any) []string {
	rest := slices.DeleteFunc(slices.Sorted(maps.Keys(m)), func(k string) bool { return slices.Contains(readFirst, k) })
	return append(slices.Clone(readFirst), rest...)
}

var bareLink = regexp.MustCompile(`https?://[^\s<>"'|]+`)

// addString keeps the words without Slack's markup, and the links apart.
func (l *MessageText) addString(s, key string) {
	if linkFields[key] {
		l.Links = append(l.Links, s)
		return
	}
	s = wrappedText.ReplaceAllStringFunc(s, func(w string) string {
		m := wrappedText.FindStringSubmatch(w)
		switch {
		case strings.HasPrefix(m[1], "@"):
			return ""
		case strings.HasPrefix(m[1], "#"), strings.HasPrefix(m[1], "!"):
			return m[2]
		}
		l.Links = append(l.Links, unescapeText.Replace(m[1]))
		return m[2]
	})
	s = bareLink.ReplaceAllStringFunc(unescapeText.Replace(s), func(u string) string {
		l.Links = append(l.Links, u)
		return ""
	})
	if s = strings.TrimSpace(s); s != "" {
		l.Words = append(l.Words, s)
	}
}
