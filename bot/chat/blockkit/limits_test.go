package blockkit

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

func TestTheCheckCatchesWhatSlackRefuses(t *testing.T) {
	long := strings.Repeat("x", 4000)
	raw := func(s string) *slack.TextBlockObject { return &slack.TextBlockObject{Type: "plain_text", Text: s} }
	section := func(es ...slack.RichTextSectionElement) slack.Block {
		return slack.NewRichTextBlock("", slack.NewRichTextSection(es...))
	}
	button := func(change func(*slack.ButtonBlockElement)) slack.Block {
		k := slack.NewButtonBlockElement("a", "v", raw("L"))
		k.AccessibilityLabel = "L"
		change(k)
		return slack.NewActionBlock("", k)
	}
	many := make([]slack.Block, 51)
	for i := range many {
		many[i] = slack.NewDividerBlock()
	}
	for name, blocks := range map[string][]slack.Block{
		"none":         {},
		"51":           many,
		"long header":  {&slack.HeaderBlock{Type: slack.MBTHeader, Text: raw(strings.Repeat("x", 151))}},
		"empty header": {&slack.HeaderBlock{Type: slack.MBTHeader, Text: raw("")}},
		"mrkdwn header": {&slack.HeaderBlock{
			Type: slack.MBTHeader,
			Text: &slack.TextBlockObject{Type: "mrkdwn", Text: "x"},
		}},
		"two ids":         {slack.NewContextBlock("a", raw("x")), slack.NewContextBlock("a", raw("x"))},
		"long id":         {slack.NewContextBlock(long, raw("x"))},
		"long context":    {slack.NewContextBlock("", raw(long))},
		"empty context":   {slack.NewContextBlock("")},
		"long text":       {section(slack.NewRichTextSectionTextElement(long, nil))},
		"empty text":      {section(slack.NewRichTextSectionTextElement("", nil))},
		"a strange user":  {section(slack.NewRichTextSectionUserElement("bob", nil))},
		"a strange group": {section(slack.NewRichTextSectionUserGroupElement("oncall"))},
		"no sections":     {slack.NewRichTextBlock("")},
		"long button":     {button(func(k *slack.ButtonBlockElement) { k.Text = raw(strings.Repeat("x", 76)) })},
		"long value":      {button(func(k *slack.ButtonBlockElement) { k.Value = long })},
		"strange style":   {button(func(k *slack.ButtonBlockElement) { k.Style = "success" })},
		"long label": {button(func(k *slack.ButtonBlockElement) {
			k.AccessibilityLabel = strings.Repeat("x",
				76)
		})},
		"no actions":   {slack.NewActionBlock("")},
		"an input":     {slack.NewInputBlock("i", raw("L"), nil, slack.NewPlainTextInputBlockElement(nil, "i"))},
		"another kind": {slack.NewSectionBlock(raw("x"), nil, nil)},
		"too many bytes": {
			section(RichRow(view.Say(strings.Repeat("x", 9000)), 9000)...),
			section(RichRow(view.Say(strings.Repeat("界", 1900)), 9000)...),
		},
		"too much in all": {
			section(RichRow(view.Say(strings.Repeat("x", 10000)), 10000)...),
			section(RichRow(view.Say(strings.Repeat("x", 10000)), 10000)...),
		},
	} {
		if err := CheckBlocks(blocks); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// Generators of everything that commands might draw.
