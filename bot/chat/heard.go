package chat

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// This file reads a message on which a shortcut was used. Alert tools write
// into text, blocks and attachments, so that every leaf is looked at that
// people can read.

const (
	maxLeaves = 2000
	maxDepth  = 40
)

// first are the fields that are read before the others of an object.
var first = []string{"pretext", "title", "text", "fallback", "value", "fields", "elements", "blocks", "attachments"}

// noWords are the fields that hold no words for people.
var noWords = map[string]bool{
	"type": true, "subtype": true, "ts": true, "thread_ts": true, "event_ts": true, "latest_reply": true, "user": true, "user_id": true,
	"parent_user_id": true, "team": true, "bot_id": true, "app_id": true, "channel_id": true, "usergroup_id": true, "block_id": true,
	"action_id": true, "callback_id": true, "client_msg_id": true, "id": true, "color": true, "style": true, "mrkdwn_in": true,
	"bot_profile": true, "edited": true, "reactions": true, "icons": true, "metadata": true, "reply_users": true, "emoji": true,
}

// addresses are the fields that hold a link.
var addresses = map[string]bool{
	"url": true, "title_link": true, "author_link": true, "from_url": true, "original_url": true, "image_url": true, "thumb_url": true, "permalink": true,
}

// leaves are a message's words and links, in the order in which they are read.
type leaves struct{ said, links []string }

// heard takes a message apart; what cannot be read says nothing.
func heard(message json.RawMessage) leaves {
	var v any
	var l leaves
	if json.Unmarshal(message, &v) == nil {
		l.walk(v, "", 0)
	}
	return l
}

func (l *leaves) walk(v any, key string, depth int) {
	if depth > maxDepth || len(l.said)+len(l.links) >= maxLeaves {
		return
	}
	switch v := v.(type) {
	case string:
		l.leaf(v, key)
	case []any:
		for _, e := range v {
			l.walk(e, key, depth+1)
		}
	case map[string]any:
		kind, _ := v["type"].(string)
		for _, k := range inOrder(v) {
			if noWords[k] || k == "value" && (kind == "button" || v["action_id"] != nil) {
				continue
			}
			l.walk(v[k], k, depth+1)
		}
	}
}

func inOrder(m map[string]any) []string {
	rest := slices.DeleteFunc(slices.Sorted(maps.Keys(m)), func(k string) bool { return slices.Contains(first, k) })
	return append(slices.Clone(first), rest...)
}

var bareLink = regexp.MustCompile(`https?://[^\s<>"'|]+`)

// leaf keeps the words without Slack's markup, and the links apart.
func (l *leaves) leaf(s, key string) {
	if addresses[key] {
		l.links = append(l.links, s)
		return
	}
	s = wrapped.ReplaceAllStringFunc(s, func(w string) string {
		m := wrapped.FindStringSubmatch(w)
		switch {
		case strings.HasPrefix(m[1], "@"):
			return ""
		case strings.HasPrefix(m[1], "#"), strings.HasPrefix(m[1], "!"):
			return m[2]
		}
		l.links = append(l.links, unquote.Replace(m[1]))
		return m[2]
	})
	s = bareLink.ReplaceAllStringFunc(unquote.Replace(s), func(u string) string {
		l.links = append(l.links, u)
		return ""
	})
	if s = strings.TrimSpace(s); s != "" {
		l.said = append(l.said, s)
	}
}
