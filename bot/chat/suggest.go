package chat

import (
	"context"
	"slices"

	"github.com/slack-go/slack"

	"twokey/commands/port"
	"twokey/commands/view"
)

// suggestions answers type-ahead, in groups where an option has one; an empty
// list is one, null is none.
type suggestions struct {
	Options *[]*slack.OptionBlockObject     `json:"options,omitempty"`
	Groups  []*slack.OptionGroupBlockObject `json:"option_groups,omitempty"`

	of []view.Option
}

func suggested(os []view.Option) suggestions {
	if groups := optionGroups(os); len(groups) > 0 {
		return suggestions{Groups: groups, of: os}
	}
	list := options(os)
	if list == nil {
		list = []*slack.OptionBlockObject{}
	}
	return suggestions{Options: &list, of: os}
}

// fewer is the same in less room: without notes, then without some of the
// largest group.
func (s suggestions) fewer() suggestions {
	os := slices.Clone(s.of)
	if slices.ContainsFunc(os, func(o view.Option) bool { return o.Note != "" }) {
		for n := range os {
			os[n].Note = ""
		}
		return suggested(os)
	}
	sizes, largest := map[string]int{}, ""
	for _, o := range os {
		if sizes[o.Group]++; sizes[o.Group] > sizes[largest] {
			largest = o.Group
		}
	}
	left := sizes[largest] * 3 / 4
	return suggested(slices.DeleteFunc(os, func(o view.Option) bool {
		if o.Group != largest {
			return false
		}
		left--
		return left < 0
	}))
}

func (c *Chat) suggest(ctx context.Context, p interaction, in port.Inbound) answer {
	a := answer{kind: "suggest", body: suggested(nil)}
	if !c.withView(p, &in) {
		a.reason = "forged_form"
		return a
	}
	a.body = suggested(c.theDesk().Suggest(ctx, in, fieldOf(p.BlockID), p.Value))
	return a
}
