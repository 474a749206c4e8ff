package blockkit

import (
	"fmt"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// maxHomeRow is how much of a row is shown, MaxHomeAlert how much of an alert.
const (
	maxHomeRow   = 350
	MaxHomeAlert = 900
	maxLink      = 300 // a longer one is left out
	// maxOpen is how many rows have a button of their own.
	maxOpen = 15
)

// HomeTab renders the button that opens the form, the alerts, the time with the button that refreshes it, and each
// section.
func HomeTab(h view.Home) slack.HomeTabViewRequest {
	v := slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: "home"}
	add := func(b slack.Block) { v.Blocks.BlockSet = append(v.Blocks.BlockSet, b) }
	if b := h.Start; b.Label != "" {
		add(slack.NewActionBlock("start", newButton(b, b.Verb, b.Verb, "your Home")))
	}
	for i, a := range h.Alerts {
		add(slack.NewRichTextBlock(fmt.Sprintf("alert.%d", i), slack.NewRichTextSection(RichRow(a, MaxHomeAlert)...)))
	}
	if len(h.Foot) > 0 {
		add(slack.NewRichTextBlock("as-of", slack.NewRichTextSection(RichRow(h.Foot, MaxHomeAlert)...)))
	}
	if b := h.Refresh; b.Label != "" {
		add(slack.NewActionBlock("refresh", newButton(b, b.Verb, b.Verb, "your Home")))
	}
	for i, s := range h.Sections {
		for _, b := range sectionBlocks(s, fmt.Sprintf("part.%d", i)) {
			add(b)
		}
	}
	return v
}

// sectionBlocks renders one section: rows without a button share a block.
func sectionBlocks(s view.Section, id string) []slack.Block {
	out := []slack.Block{
		&slack.DividerBlock{Type: slack.MBTDivider, BlockID: id + ".rule"},
		&slack.HeaderBlock{Type: slack.MBTHeader, Text: plainText(sectionTitle(s), maxHeader), BlockID: id + ".title"},
	}
	var rows []slack.RichTextElement
	flush := func(n int) {
		if len(rows) > 0 {
			out = append(out, slack.NewRichTextBlock(fmt.Sprintf("%s.rows.%d", id, n), rows...))
			rows = nil
		}
	}
	if len(s.Rows) == 0 {
		rows = append(rows, slack.NewRichTextSection(RichRow(view.Say(s.Empty), maxHomeRow)...))
	}
	for i, r := range s.Rows {
		rows = append(rows, homeRowSection(r))
		if r.Open != "" && r.Link != "" && i < maxOpen {
			flush(i)
			out = append(out, slack.NewActionBlock(fmt.Sprintf("%s.open.%d", id, i), openButton(r)))
		}
	}
	if more := s.More(len(s.Rows)); more != "" {
		line := view.Say(more+": ", view.Mono("/reinstall list"))
		rows = append(rows, slack.NewRichTextSection(RichRow(line, maxHomeRow)...))
	}
	flush(len(s.Rows))
	return out
}

// sectionTitle is a section's title, with how many there are.
func sectionTitle(s view.Section) string {
	if s.Total == 0 {
		return s.Title
	}
	return fmt.Sprintf("%s (%d)", s.Title, s.Total)
}

// homeRowSection is a row, with a link to its card.
func homeRowSection(r view.HomeRow) *slack.RichTextSection {
	els := RichRow(r.Text, maxHomeRow)
	if IsWebLink(r.Link) && len(r.Link) <= maxLink {
		link := slack.NewRichTextSectionLinkElement(r.Link, "Card", nil)
		els = append(els, slack.NewRichTextSectionTextElement(" · ", nil), link)
	}
	return slack.NewRichTextSection(els...)
}

// openButton leads to the card, so that people read everything before they turn a
// key.
func openButton(r view.HomeRow) *slack.ButtonBlockElement {
	k := newButton(view.Button{Label: r.Open, Style: "primary"}, "open", "open", r.Name)
	if IsWebLink(r.Link) && len(r.Link) <= maxLink {
		k.URL = r.Link
	}
	return k
}
