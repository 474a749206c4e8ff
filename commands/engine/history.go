package engine

import (
	"context"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
)

// history lists a machine's latest operations, newest first, as far as whoever
// asks may see them.
func (m *proposer) history(ctx context.Context, it port.Item, target string) (reinstall.Text, error) {
	f, err := m.seekOne(ctx, screen.DoingOf(reinstall.VerbHistory), target, "", "", false)
	if err != nil {
		return nil, err
	}
	switch {
	case len(f) == 0:
		return nil, reinstall.Refuse(screen.DoingOf(reinstall.VerbHistory), "no machine has the name, id or IP "+reinstall.Quote(target), "Check the spelling (letter case counts)")
	case len(f) > 1:
		return nil, screen.Ambiguous(screen.DoingOf(reinstall.VerbHistory), target, f)
	}
	recs, err := m.store.History(ctx, f[0].Ref, 10)
	if err != nil {
		return nil, err
	}
	if len(recs) == 0 {
		return reinstall.Say("Twokey has never had a proposal for ", screen.Whole(f[0].Called(), f[0].Instance), "."), nil
	}
	t := reinstall.Say("The latest proposals for ", screen.Whole(f[0].Called(), f[0].Instance), ":")
	hidden := 0
	for _, r := range recs {
		yes, err := m.people.MayRead(ctx, it.User, r.Op)
		switch {
		case err != nil:
			return nil, err
		case !yes:
			hidden++
		default:
			t = append(t, reinstall.Say("\n", screen.EndOf(r.Op, 1000))...)
		}
	}
	if hidden > 0 {
		t = append(t, reinstall.Say(fmt.Sprintf("\n%d made in channels that you are not in", hidden))...)
	}
	return t, nil
}
