package blockkit

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// How outside text is made safe to show. Names, tags and reasons stand in plain_text
// and rich_text only, which interpret no markup (bot/chat, section 4.5). Visible shows
// what would deceive the eye.

// MaxElement bounds the text of one element, MaxLine a whole line of a thread, in code
// points; maxSpans bounds the spans of either.
const (
	MaxElement = 2900
	MaxLine    = 6000
	maxSpans   = 900 // of a section's 1000 elements
)

// plainText is a plain_text object of at most n code points; emoji names in it stay
// words. Slack refuses empty text, so that a dash stands in for it.
func plainText(s string, n int) *slack.TextBlockObject {
	s = Cut(OneLine(s), n)
	if strings.TrimSpace(s) == "" {
		s = "–"
	}
	emoji := false
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: s, Emoji: &emoji}
}

// Slack shows moments in the reader's zone, and how long ago one is when it is
// read (bot/chat, section 10.2).
const (
	dateFormat = "{date_short_pretty} {time_secs}"
	agoFormat  = "{date_short_pretty} {time_secs} ({ago})"
	hourFormat = "{time}"
)

func isTimeSpan(s view.Span) bool {
	return s.Kind == view.Time || s.Kind == view.Clock || s.Kind == view.Hour
}

func dateFormatOf(s view.Span) string {
	switch s.Kind {
	case view.Clock:
		return agoFormat
	case view.Hour:
		return hourFormat
	}
	return dateFormat
}

// spanRenderer turns spans into rich_text elements within a number of code points and
// of bytes of JSON.
type spanRenderer struct {
	lettersLeft int
	bytesLeft   int
	oneLine     bool // line breaks are shown as signs
	cutShort    bool // something was left out
	elements    []slack.RichTextSectionElement
}

// RichRow renders a text in one row.
func RichRow(t view.Text, limit int) []slack.RichTextSectionElement {
	els, _ := richRowWithin(t, limit, MaxBytes)
	return els
}

// richRowWithin is RichRow within so many bytes of JSON; whole says that nothing was left
// out.
func richRowWithin(t view.Text, limit, bytes int) (els []slack.RichTextSectionElement, whole bool) {
	r := &spanRenderer{lettersLeft: limit, bytesLeft: bytes, oneLine: true}
	els = r.renderText(t)
	return els, !r.cutShort
}

// RichLines renders a text that may have several lines.
func RichLines(t view.Text, limit int) []slack.RichTextSectionElement {
	return (&spanRenderer{lettersLeft: limit, bytesLeft: MaxBytes - bytesAround}).renderText(t)
}

// bytesAround is more than the JSON around a message's one text.
const bytesAround = 200

func (r *spanRenderer) renderText(t view.Text) []slack.RichTextSectionElement {
	for _, s := range t {
		if r.lettersLeft <= 0 || r.bytesLeft <= 0 {
			r.cutShort = true
			break
		}
		if len(r.elements) >= maxSpans {
			r.cutShort = true
			r.addWords("…", nil)
			break
		}
		r.renderSpan(s)
	}
	if len(r.elements) == 0 {
		r.elements = append(r.elements, slack.NewRichTextSectionTextElement("–", nil))
	}
	return r.elements
}

// mentionSize is what a mention, sign or moment counts against a limit.
const mentionSize = 20

// renderSpan renders one span. A malformed id is shown as words, so that nothing
// else can stand in place of an id.
func (r *spanRenderer) renderSpan(s view.Span) {
	switch {
	case s.Kind == view.User && IsUserID(s.Text):
		r.addElement(mentionSize, slack.NewRichTextSectionUserElement(s.Text, nil))
	case s.Kind == view.Group && IsGroupID(s.Text):
		r.addElement(mentionSize, slack.NewRichTextSectionUserGroupElement(s.Text))
	case s.Kind == view.Sign && isEmojiName(s.Text):
		r.addElement(2, slack.NewRichTextSectionEmojiElement(s.Text, 0, nil))
	case s.Kind == view.Sign:
	case isTimeSpan(s) && isDate(s.At):
		words := momentWords(s)
		r.addElement(mentionSize, slack.NewRichTextSectionDateElement(s.At.Unix(), dateFormatOf(s), nil, &words))
	case isTimeSpan(s):
		r.addWords(cmp.Or(momentWords(s), "at an unknown time"), nil)
	case s.Kind == view.Link && IsWebLink(s.Text) && len(s.Text) <= MaxElement:
		r.addElement(utf8.RuneCountInString(s.Text), slack.NewRichTextSectionLinkElement(s.Text, "", nil))
	case s.Kind == view.Bold:
		r.addWords(s.Text, &slack.RichTextSectionTextStyle{Bold: true})
	case s.Kind == view.Code:
		r.addWords(s.Text, &slack.RichTextSectionTextStyle{Code: true})
	case s.Kind == view.User || s.Kind == view.Group:
		r.addWords("@"+s.Text, nil)
	default:
		r.addWords(s.Text, nil)
	}
}

func (r *spanRenderer) addElement(size int, e slack.RichTextSectionElement) {
	bytes := jsonSize(e) + 1
	if size > r.lettersLeft || bytes > r.bytesLeft {
		r.addWords("…", nil)
		r.lettersLeft, r.cutShort = 0, true
		return
	}
	r.lettersLeft, r.bytesLeft = r.lettersLeft-size, r.bytesLeft-bytes
	r.elements = append(r.elements, e)
}

// addWords adds plain words, in pieces that fit an element.
func (r *spanRenderer) addWords(s string, style *slack.RichTextSectionTextStyle) {
	if r.oneLine {
		s = OneLine(s)
	} else {
		s = Visible(strings.ReplaceAll(s, "\r\n", "\n"))
	}
	fits := Cut(s, max(r.lettersLeft, 1))
	r.cutShort = r.cutShort || fits != s
	r.lettersLeft -= utf8.RuneCountInString(fits)
	for fits != "" && r.bytesLeft > 0 {
		head := fits
		if utf8.RuneCountInString(head) > MaxElement {
			head = string([]rune(head)[:MaxElement])
		}
		fits = fits[len(head):]
		r.addTextElement(head, style)
	}
}

// addTextElement adds one element of words, as far as the bytes last.
func (r *spanRenderer) addTextElement(words string, style *slack.RichTextSectionTextStyle) {
	bytes := r.bytesLeft - jsonSize(slack.NewRichTextSectionTextElement("", style)) - 1
	fits := cutToBytes(words, max(bytes, 0))
	if fits != words {
		r.lettersLeft, r.bytesLeft, r.cutShort = 0, 0, true
	}
	if fits == "" {
		return
	}
	e := slack.NewRichTextSectionTextElement(fits, style)
	r.bytesLeft -= jsonSize(e) + 1
	r.elements = append(r.elements, e)
}

// isDate reports whether Slack shows a moment as a date.
func isDate(t time.Time) bool { return t.Unix() > 0 && t.Unix() < 1e12 }

// momentWords is a span's moment in words.
func momentWords(s view.Span) string {
	if s.At.IsZero() {
		return ""
	}
	return view.Text{{Kind: s.Kind, At: s.At}}.String()
}
