package blockkit

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"twokey/commands/view"
)

// escapeMrkdwn makes words harmless in a message's top-level text, which Slack reads as
// markup. Without < and > it has neither mentions nor links (bot/chat, section 4.5).
// Names of emoji would become pictures, so that other colons replace theirs.
func escapeMrkdwn(s string) string {
	return disarmShortcodes(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
}

// disarmShortcodes has names of emoji stay words, and leaves Twokey's own markup alone. A
// name may begin in one span and end in another, so that it takes a whole text.
func disarmShortcodes(s string) string {
	var b strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			at = len(s)
		}
		b.WriteString(shortcode.ReplaceAllStringFunc(s[:at], replaceColons))
		s = s[at:]
		end := strings.IndexByte(s, '>') + 1
		if end == 0 {
			end = len(s)
		}
		b.WriteString(s[:end])
		s = s[end:]
	}
	return b.String()
}

// replaceColons puts another letter, which looks like a colon, in place of colons.
func replaceColons(s string) string { return strings.ReplaceAll(s, ":", "\uA789") }

var shortcode = regexp.MustCompile(`:[a-z0-9_+'-]*[a-z_+-][a-z0-9_+'-]*:`)

// TopLevelText is a text as top-level text, for notifications and screen readers,
// which see no blocks (bot/chat, section 10.1). Mentions and moments are in Slack's
// markup, all else is escaped words.
func TopLevelText(t view.Text) string { return topLevelTextWithin(t, maxSummary) }

// topLevelTextWithin is TopLevelText of at most about limit code points.
func topLevelTextWithin(t view.Text, limit int) string {
	var b strings.Builder
	for _, s := range t {
		if limit <= 0 {
			break
		}
		switch {
		case s.Kind == view.User && IsUserID(s.Text):
			b.WriteString("<@" + s.Text + ">")
			limit -= mentionSize
		case s.Kind == view.Group && IsGroupID(s.Text):
			b.WriteString("<!subteam^" + s.Text + ">")
			limit -= mentionSize
		case s.Kind == view.Sign:
		case isTimeSpan(s) && isDate(s.At):
			fmt.Fprintf(&b, "<!date^%d^%s|%s>", s.At.Unix(), dateFormatOf(s), momentWords(s))
			limit -= mentionSize
		default:
			words := Cut(Visible(view.Text{{Kind: s.Kind, Text: s.Text, At: s.At}}.String()), limit)
			if s.Kind == view.Plain || s.Kind == view.Bold || s.Kind == view.Code || s.Kind == view.Link {
				words = Cut(Visible(s.Text), limit) // String trims the spaces between spans
			}
			b.WriteString(escapeMrkdwn(words))
			limit -= utf8.RuneCountInString(words)
		}
	}
	return cmp.Or(strings.TrimSpace(disarmShortcodes(b.String())), "–")
}
