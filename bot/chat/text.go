package chat

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"twokey/commands/reinstall"
)

// How outside text is made safe to show. Names, tags and reasons only ever
// stand in plain_text and rich_text, where no markup is interpreted
// (facts/slack.md section 3); what would deceive the eye is made visible
// (see seen).

// The longest text of one element, and of one whole line of a thread; the most
// spans of either.
const (
	maxElement = 2900
	maxLine    = 6000
	maxSpans   = 900 // of a section's 1000 elements
)

// plain is a plain_text object of at most n code points; emoji names in it
// stay words. Slack refuses empty text, so there is always something.
func plain(s string, n int) *slack.TextBlockObject {
	s = cut(oneLine(s), n)
	if strings.TrimSpace(s) == "" {
		s = "–"
	}
	emoji := false
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: s, Emoji: &emoji}
}

var (
	userID  = regexp.MustCompile(`^[UW][A-Z0-9]{1,30}$`)
	groupID = regexp.MustCompile(`^S[A-Z0-9]{1,30}$`)
	emojiID = regexp.MustCompile(`^[a-z0-9_+'-]{1,100}$`)
	webLink = regexp.MustCompile(`^https?://[^\s<>|]+$`)
)

// Slack draws moments in the reader's zone, and how long ago one is when it is
// read (facts/slack.md section 10).
const (
	dateFormat = "{date_short_pretty} {time_secs}"
	agoFormat  = "{date_short_pretty} {time_secs} ({ago})"
)

func isTime(s reinstall.Span) bool { return s.Kind == reinstall.Time || s.Kind == reinstall.Clock }

func formatOf(s reinstall.Span) string {
	if s.Kind == reinstall.Clock {
		return agoFormat
	}
	return dateFormat
}

// richer turns spans into rich_text elements of at most limit code points
// together, and of at most so many bytes of JSON; flat shows line breaks as signs.
type richer struct {
	left  int
	bytes int
	flat  bool
	short bool // something was left out
	out   []slack.RichTextSectionElement
}

// rich draws a text in one row.
func rich(t reinstall.Text, limit int) []slack.RichTextSectionElement {
	els, _ := fitted(t, limit, maxBytes)
	return els
}

// fitted is rich within so many bytes of JSON; whole: nothing was left out.
func fitted(t reinstall.Text, limit, bytes int) (els []slack.RichTextSectionElement, whole bool) {
	r := &richer{left: limit, bytes: bytes, flat: true}
	els = r.text(t)
	return els, !r.short
}

// richLines draws a text that may have several lines.
func richLines(t reinstall.Text, limit int) []slack.RichTextSectionElement {
	return (&richer{left: limit, bytes: maxBytes - bytesAround}).text(t)
}

// bytesAround is more than what stands around a message's one text as JSON.
const bytesAround = 200

func (r *richer) text(t reinstall.Text) []slack.RichTextSectionElement {
	for _, s := range t {
		if r.left <= 0 || r.bytes <= 0 {
			r.short = true
			break
		}
		if len(r.out) >= maxSpans {
			r.short = true
			r.words("…", nil)
			break
		}
		r.span(s)
	}
	if len(r.out) == 0 {
		r.out = append(r.out, slack.NewRichTextSectionTextElement("–", nil))
	}
	return r.out
}

// mentionSize is what a mention, sign or moment counts against a limit.
const mentionSize = 20

// span draws one span. An id that is none is shown as words, so that nothing
// can be smuggled in where Slack expects an id.
func (r *richer) span(s reinstall.Span) {
	switch {
	case s.Kind == reinstall.User && userID.MatchString(s.Text):
		r.add(mentionSize, slack.NewRichTextSectionUserElement(s.Text, nil))
	case s.Kind == reinstall.Group && groupID.MatchString(s.Text):
		r.add(mentionSize, slack.NewRichTextSectionUserGroupElement(s.Text))
	case s.Kind == reinstall.Sign && emojiID.MatchString(s.Text):
		r.add(2, slack.NewRichTextSectionEmojiElement(s.Text, 0, nil))
	case s.Kind == reinstall.Sign:
	case isTime(s) && isMoment(s.At):
		words := stampOf(s.At)
		r.add(mentionSize, slack.NewRichTextSectionDateElement(s.At.Unix(), formatOf(s), nil, &words))
	case isTime(s):
		r.words(orElse(stampOf(s.At), "at an unknown time"), nil)
	case s.Kind == reinstall.Link && webLink.MatchString(s.Text) && len(s.Text) <= maxElement:
		r.add(utf8.RuneCountInString(s.Text), slack.NewRichTextSectionLinkElement(s.Text, "", nil))
	case s.Kind == reinstall.Bold:
		r.words(s.Text, &slack.RichTextSectionTextStyle{Bold: true})
	case s.Kind == reinstall.Code:
		r.words(s.Text, &slack.RichTextSectionTextStyle{Code: true})
	case s.Kind == reinstall.User || s.Kind == reinstall.Group:
		r.words("@"+s.Text, nil)
	default:
		r.words(s.Text, nil)
	}
}

func (r *richer) add(size int, e slack.RichTextSectionElement) {
	bytes := sizeOf(e) + 1
	if size > r.left || bytes > r.bytes {
		r.words("…", nil)
		r.left, r.short = 0, true
		return
	}
	r.left, r.bytes = r.left-size, r.bytes-bytes
	r.out = append(r.out, e)
}

// words adds plain words, in pieces that fit an element.
func (r *richer) words(s string, style *slack.RichTextSectionTextStyle) {
	if r.flat {
		s = oneLine(s)
	} else {
		s = seen(strings.ReplaceAll(s, "\r\n", "\n"))
	}
	fits := cut(s, max(r.left, 1))
	r.short = r.short || fits != s
	r.left -= utf8.RuneCountInString(fits)
	for fits != "" && r.bytes > 0 {
		head := fits
		if utf8.RuneCountInString(head) > maxElement {
			head = string([]rune(head)[:maxElement])
		}
		fits = fits[len(head):]
		r.element(head, style)
	}
}

// element adds one element of words, as far as the bytes last.
func (r *richer) element(words string, style *slack.RichTextSectionTextStyle) {
	bytes := r.bytes - sizeOf(slack.NewRichTextSectionTextElement("", style)) - 1
	fits := cutToBytes(words, max(bytes, 0))
	if fits != words {
		r.left, r.bytes, r.short = 0, 0, true
	}
	if fits == "" {
		return
	}
	e := slack.NewRichTextSectionTextElement(fits, style)
	r.bytes -= sizeOf(e) + 1
	r.out = append(r.out, e)
}

// isMoment keeps to what Slack draws as a date.
func isMoment(t time.Time) bool { return t.Unix() > 0 && t.Unix() < 1e12 }

func stampOf(t time.Time) string {
	return reinstall.Text{{Kind: reinstall.Time, At: t}}.String()
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// escape makes words harmless in a message's top-level text, which Slack reads
// as markup: without < and > there is no mention and no link (section 3). Names
// of emoji would become pictures there, so their colons are others that look
// the same.
func escape(s string) string {
	return wordly(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
}

// wordly keeps names of emoji words, and leaves markup of ours as it is. A name may
// come of two spans of a text, so that it is applied to all of one.
func wordly(s string) string {
	var b strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '<')
		if at < 0 {
			at = len(s)
		}
		b.WriteString(shortcode.ReplaceAllStringFunc(s[:at], func(name string) string { return strings.ReplaceAll(name, ":", "\uA789") }))
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

// fallback is a text as top-level text, for notifications and screen readers,
// which see no blocks (section 10): mentions and moments are written out in
// Slack's markup, all else is escaped words.
func fallback(t reinstall.Text) string { return fallbackOf(t, maxSummary) }

// fallbackOf is fallback of at most about limit code points.
func fallbackOf(t reinstall.Text, limit int) string {
	var b strings.Builder
	for _, s := range t {
		if limit <= 0 {
			break
		}
		switch {
		case s.Kind == reinstall.User && userID.MatchString(s.Text):
			b.WriteString("<@" + s.Text + ">")
			limit -= mentionSize
		case s.Kind == reinstall.Group && groupID.MatchString(s.Text):
			b.WriteString("<!subteam^" + s.Text + ">")
			limit -= mentionSize
		case s.Kind == reinstall.Sign:
		case isTime(s) && isMoment(s.At):
			fmt.Fprintf(&b, "<!date^%d^%s|%s>", s.At.Unix(), formatOf(s), stampOf(s.At))
			limit -= mentionSize
		default:
			words := cut(seen(reinstall.Text{{Kind: s.Kind, Text: s.Text, At: s.At}}.String()), limit)
			if s.Kind == reinstall.Plain || s.Kind == reinstall.Bold || s.Kind == reinstall.Code || s.Kind == reinstall.Link {
				words = cut(seen(s.Text), limit) // String trims the spaces between spans
			}
			b.WriteString(escape(words))
			limit -= utf8.RuneCountInString(words)
		}
	}
	return orElse(strings.TrimSpace(wordly(b.String())), "–")
}
