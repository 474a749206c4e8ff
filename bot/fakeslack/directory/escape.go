package directory

import (
	"regexp"
	"strings"
)

var (
	typedMention = regexp.MustCompile(`(^|\s)@([a-z0-9_.-]+)`)
	typedChannel = regexp.MustCompile(`(^|\s)#([a-z0-9_-]+)`)
	typedLink    = regexp.MustCompile(`(^|\s)(https?://[^\s<>]+)`)
	escaper      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// Escape is what Slack makes of text that a person typed: & < > are always escaped.
// With a directory, links and what names its people, groups and channels become <..>
// forms too.
func Escape(typed string, d *Directory) string {
	out := escaper.Replace(typed)
	if d == nil {
		return out
	}
	out = typedLink.ReplaceAllString(out, "$1<$2>")
	out = typedMention.ReplaceAllStringFunc(out, func(m string) string {
		at := typedMention.FindStringSubmatch(m)
		for _, u := range d.Users {
			if u.Name == at[2] {
				return at[1] + "<@" + u.ID + ">"
			}
		}
		for _, g := range d.Groups {
			if g.Handle == at[2] {
				return at[1] + "<!subteam^" + g.ID + ">"
			}
		}
		return m
	})
	return typedChannel.ReplaceAllStringFunc(out, func(m string) string {
		at := typedChannel.FindStringSubmatch(m)
		for _, c := range d.Channels {
			if c.Name == at[2] {
				return at[1] + "<#" + c.ID + "|" + at[2] + ">"
			}
		}
		return m
	})
}
