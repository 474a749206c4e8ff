package payload

import (
	"cmp"
	"regexp"
	"strings"
)

var (
	wrappedText  = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)
	unescapeText = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// TypedText undoes what Slack made of what was typed: names, links and addresses stand in
// <..>, & < > are escaped (bot/chat, section 2.3). The result is what the person typed. A
// mention without a name comes out as
// <@U..>, <#C..> or <!subteam^S..>, for the front to name.
func TypedText(s string) string {
	s = wrappedText.ReplaceAllStringFunc(s, func(w string) string {
		m := wrappedText.FindStringSubmatch(w)
		target, label := m[1], m[2]
		switch {
		case strings.HasPrefix(target, "@"): // people do not see the label
			return "<" + target + ">"
		case strings.HasPrefix(target, "#"):
			if label == "" { // a private channel's
				return "<" + target + ">"
			}
			return "#" + label
		case strings.HasPrefix(target, "!subteam^"):
			if label == "" {
				return "<" + target + ">"
			}
			return "@" + strings.TrimPrefix(label, "@")
		case strings.HasPrefix(target, "!"):
			return "@" + target[1:]
		}
		return cmp.Or(label, strings.TrimPrefix(target, "mailto:"))
	})
	return unescapeText.Replace(s)
}
