package blockkit

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"twokey/commands/reinstall"
)

// escapeMrkdwn makes words harmless in a message's top-level text, which Slack reads
// as markup: without < and > it has neither mentions nor links (bot/chat, section
// 4.5). Names
// of emoji would become pictures there, so their colons are others that look
// the same.
func escapeMrkdwn(s string) string {
	return disarmShortcodes(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
}

// disarmShortcodes keeps names of emoji words, and leaves markup of ours as it is. A name may
// come of two spans of a text, so that it is applied to all of one.
func disarmShortcodes(s string) string {
	var b strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			at = len(s)
		}
		b.WriteString(
			shortcode.ReplaceAllStringFunc(s[:at], func(name string) string { return strings.ReplaceAll(name, ":", "\uA789") }),
		)
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

var shortcode = regexp.MustCompile(`:[a-z0-9_+'-]*[a-z_+-][a-z0-9_+'-]*:`)

// TopLevelText is a text as top-level text, for notifications and screen readers,
// which see no blocks (bot/chat, section 10.1): mentions and moments are written out in
// Slack's markup, all else is escaped words.
func TopLevelText(t reinstall.Text) string { return topLevelTextWithin(t, maxSummary) }

// topLevelTextWithin is fallback of at most about limit code points.
func topLevelTextWithin(t reinstall.Text, limit int) string {
	var b strings.Builder
	for _, s := range t {
		if limit <= 0 {
			break
		}
		switch {
		case s.Kind == reinstall.User && IsUserID(s.Text):
			b.WriteString("<@" + s.Text + ">")
			limit -= mentionSize
		case s.Kind == reinstall.Group && IsGroupID(s.Text):
			b.WriteString("<!subteam^" + s.Text + ">")
			limit -= mentionSize
		case s.Kind == reinstall.Sign:
		case isTimeSpan(s) && isDate(s.At):
			fmt.Fprintf(&b, "<!date^%d^%s|%s>", s.At.Unix(), dateFormatOf(s), TimeWords(s.At))
			limit -= mentionSize
		default:
			words := Cut(Visible(reinstall.Text{{Kind: s.Kind, Text: s.Text, At: s.At}}.String()), limit)
			if s.Kind == reinstall.Plain || s.Kind == reinstall.Bold || s.Kind == reinstall.Code || s.Kind == reinstall.Link {
				words = Cut(Visible(s.Text), limit) // String trims the spaces between spans
			}
			b.WriteString(escapeMrkdwn(words))
			limit -= utf8.RuneCountInString(words)
		}
	}
	return cmp.Or(strings.TrimSpace(disarmShortcodes(b.String())), "–")
}
