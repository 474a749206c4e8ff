package engine

import (
	"context"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// historyText lists a machine's latest operations, newest first, as far as whoever
// asks may see them.
func (m *proposer) historyText(ctx context.Context, it port.Item, target string) (view.Text, error) {
	f, err := m.findMachines(ctx, model.RefusalTitle(model.VerbHistory), target, "", "", false)
	if err != nil {
		return nil, err
	}
	asked := port.Line{Verb: model.VerbHistory}
	switch {
	case len(f) == 0:
		return nil, m.refuseUnknown(ctx, asked, target, "", "Check the spelling (letter case counts)")
	case len(f) > 1:
		return nil, refuseAmbiguous(asked, target, f)
	}
	recs, err := m.store.History(ctx, f[0].Ref, 10)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return view.Say("Twokey has never had a proposal for ", screen.NameAndID(f[0].DisplayName(), f[0].Instance),
			"."), nil
	}
	t := view.Say("The latest proposals for ", screen.NameAndID(f[0].DisplayName(), f[0].Instance), ":")
	hidden := 0
	for _, r := range recs {
		yes, err := m.people.MayRead(ctx, it.User, r.Op)
		switch {
		case err != nil:
			return nil, err
		case !yes:
			hidden++
		default:
			t = append(t, view.Say("\n", screen.EndedLine(r.Op, 1000))...)
		}
	}
	if hidden > 0 {
		t = append(t, view.Say(fmt.Sprintf("\n%d made in channels that you are not in", hidden))...)
	}
	return t, nil
}
