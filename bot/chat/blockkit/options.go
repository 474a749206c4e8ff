package blockkit

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"twokey/commands/view"
)

// optionObjects renders at most 100. A value that is too long is left out, since a cut
// one would mean something else; of equal values the first stays.
func optionObjects(os []view.Option) []*slack.OptionBlockObject {
	var out []*slack.OptionBlockObject
	known := map[string]bool{}
	for _, o := range os {
		if o.Value == "" || len([]rune(o.Value)) > maxOptionValue || known[o.Value] || len(out) == maxSelect ||
			strings.ToValidUTF8(o.Value, "") != o.Value {
			continue
		}
		known[o.Value] = true
		b := slack.NewOptionBlockObject(o.Value, optionText(o), nil)
		if o.Note != "" {
			b.Description = plainText(o.Note, maxOptionText)
		}
		out = append(out, b)
	}
	return out
}

// optionText is an option's label, cut so that its tail stays whole.
func optionText(o view.Option) *slack.TextBlockObject {
	tail := OneLine(o.Tail)
	label := Cut(OneLine(cmp.Or(o.Label, o.Value)), max(maxOptionText-utf8.RuneCountInString(tail), 1))
	return plainText(cmp.Or(strings.TrimSpace(label), "–")+tail, maxOptionText)
}

// optionGroups renders options under their headings, 100 options in all; none if no
// option has a heading.
func optionGroups(os []view.Option) []*slack.OptionGroupBlockObject {
	if !slices.ContainsFunc(os, func(o view.Option) bool { return o.Group != "" }) {
		return nil
	}
	known := map[string]bool{}
	left := maxSelect
	var out []*slack.OptionGroupBlockObject
	for len(os) > 0 && left > 0 {
		n := slices.IndexFunc(os, func(o view.Option) bool { return o.Group != os[0].Group })
		if n < 0 {
			n = len(os)
		}
		fresh := slices.DeleteFunc(slices.Clone(os[:n]), func(o view.Option) bool { return known[o.Value] })
		for _, o := range fresh {
			known[o.Value] = true
		}
		if list := optionObjects(fresh); len(list) > 0 {
			list = list[:min(len(list), left)]
			left -= len(list)
			out = append(out, slack.NewOptionGroupBlockElement(plainText(os[0].Group, maxOptionText), list...))
		}
		os = os[n:]
	}
	return out
}

// Suggestions answers type-ahead, in groups if an option has one. Slack takes an empty
// list, not null.
type Suggestions struct {
	Options *[]*slack.OptionBlockObject     `json:"options,omitempty"`
	Groups  []*slack.OptionGroupBlockObject `json:"option_groups,omitempty"`

	shown []view.Option
}

// NewSuggestions renders options for type-ahead.
func NewSuggestions(os []view.Option) Suggestions {
	if groups := optionGroups(os); len(groups) > 0 {
		return Suggestions{Groups: groups, shown: os}
	}
	list := optionObjects(os)
	if list == nil {
		list = []*slack.OptionBlockObject{}
	}
	return Suggestions{Options: &list, shown: os}
}

// Fewer is the same in less room: without notes, then without some of the
// largest group.
func (s Suggestions) Fewer() Suggestions {
	os := slices.Clone(s.shown)
	if slices.ContainsFunc(os, func(o view.Option) bool { return o.Note != "" }) {
		for n := range os {
			os[n].Note = ""
		}
		return NewSuggestions(os)
	}
	sizes, largest := map[string]int{}, ""
	for _, o := range os {
		if sizes[o.Group]++; sizes[o.Group] > sizes[largest] {
			largest = o.Group
		}
	}
	left := sizes[largest] * 3 / 4
	return NewSuggestions(slices.DeleteFunc(os, func(o view.Option) bool {
		if o.Group != largest {
			return false
		}
		left--
		return left < 0
	}))
}
