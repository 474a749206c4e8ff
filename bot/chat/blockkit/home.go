package blockkit

import (
	"fmt"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// maxHomeRow is how much of a row is shown, MaxHomeAlert how much of an alert.
const (
	maxHomeRow   = 350
	maxHomeLine  = 120 // of a line below a row, of which maxHomeLines are shown
	maxHomeLines = 4
	MaxHomeAlert = 900
	maxLink      = 300 // a longer one is left out
	// maxOpen is how many rows have a button of their own.
	maxOpen = 15
)

// HomeCallback is the callback_id of every Home tab.
const HomeCallback = "home"

// HomeTab renders the button that opens the form, the alerts, the time with the button
// that refreshes it, and each section. sealed is the value of a row's Approve button.
func HomeTab(h view.Home, sealed func(view.HomeRow) string) slack.HomeTabViewRequest {
	v := slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: HomeCallback}
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
		for _, b := range sectionBlocks(s, fmt.Sprintf("part.%d", i), sealed) {
			add(b)
		}
	}
	return v
}

// sectionBlocks renders one section: rows without a button share a block.
func sectionBlocks(s view.Section, id string, sealed func(view.HomeRow) string) []slack.Block {
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
		rows = append(rows, homeRowSections(r)...)
		if b := rowButtons(r, fmt.Sprintf("%s.open.%d", id, i), sealed); b != nil && i < maxOpen {
			flush(i)
			out = append(out, b)
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

// homeRowSections are a row, with a link to its card, and the lines below it.
func homeRowSections(r view.HomeRow) []slack.RichTextElement {
	els := RichRow(r.Text, maxHomeRow)
	if IsWebLink(r.Link) && len(r.Link) <= maxLink {
		link := slack.NewRichTextSectionLinkElement(r.Link, "Card", nil)
		els = append(els, slack.NewRichTextSectionTextElement(" · ", nil), link)
	}
	out := []slack.RichTextElement{slack.NewRichTextSection(els...)}
	for _, l := range r.Lines[:min(len(r.Lines), maxHomeLines)] {
		out = append(out, slack.NewRichTextSection(RichRow(l, maxHomeLine)...))
	}
	return out
}

// rowButtons are those of a row, which has at most Approve and Open; nil if it has none.
// Approve is bound to the proposal as the row shows it, by its value and its block_id.
func rowButtons(r view.HomeRow, id string, sealed func(view.HomeRow) string) slack.Block {
	var els []slack.BlockElement
	style := "primary"
	if b := r.Approve; b.Label != "" {
		els = append(els, newButton(b, b.Verb, sealed(r), r.Name))
		id, style = HomeBlock(r.ID, r.Rev), ""
	}
	if r.Open != "" && r.Link != "" {
		els = append(els, openButton(r, style))
	}
	if len(els) == 0 {
		return nil
	}
	return slack.NewActionBlock(id, els...)
}

// HomeBlock is the block_id of the buttons that act on a proposal as it was at a revision.
func HomeBlock(op string, rev int64) string { return fmt.Sprintf("%s.%d.home", op, rev) }

// openButton leads to the card, so that people read everything before they give a key.
func openButton(r view.HomeRow, style string) *slack.ButtonBlockElement {
	k := newButton(view.Button{Label: r.Open, Style: style}, "open", "open", r.Name)
	if IsWebLink(r.Link) && len(r.Link) <= maxLink {
		k.URL = r.Link
	}
	return k
}
