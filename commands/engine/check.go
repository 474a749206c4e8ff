package engine

import (
	"context"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/screen"
	"twokey/commands/view"
)

// check runs the preflight alone and whispers what it found.
func (m *proposer) check(ctx context.Context, it port.Item, w reinstall.Wish) (reinstall.Text, error) {
	f, err := m.examine(ctx, w, screen.DoingOf(reinstall.VerbCheck))
	if err != nil {
		return nil, err
	}
	if b := reinstall.Blocking(f.findings); len(b) > 0 {
		return screen.Blocked("Would be refused", f.plan, b), nil
	}
	warn, r, err := m.people.Enough(ctx, it.User, f.plan)
	if err != nil {
		return nil, err
	}
	if f.findings = append(f.findings, warn...); r != nil {
		return reinstall.Say(reinstall.Emoji("no_entry"), " ", reinstall.Strong("Would be refused"), ": ", screen.WhyNot(r),
			" Nothing was started."), nil
	}
	t := reinstall.Say(reinstall.Emoji("white_check_mark"), " ", screen.Whole(f.plan.Called(), f.plan.Instance),
		" can be reinstalled: it would become ", f.plan.Image.OSName, ".")
	for _, x := range f.findings {
		t = append(t, reinstall.Say("\n• ", screen.Capital(view.Dot(x.Why)), screen.Next(x.Next))...)
	}
	for _, l := range screen.AroundLines(f.facts.Around, f.plan.Terms, false) {
		t = append(append(t, reinstall.Say("\n")...), l...)
	}
	if live, err := m.liveFor(ctx, f.plan.Ref); err != nil {
		return nil, err
	} else if live != "" {
		t = append(t, m.openFor(ctx, it, live)...)
	}
	t = append(t, screen.ClosedNow(f.plan.Terms, m.now())...)
	n := 0
	for _, e := range f.facts.Evidence {
		if e.Usable(f.plan, m.now()) == nil {
			n++
		}
	}
	return append(t, reinstall.Say(fmt.Sprintf("\nBackups that would count: %d. Approvals needed: %d. Nothing was started.", n, f.plan.Terms.Approvals))...), nil
}

// openFor tells of the proposal that has a machine, by its id to whoever may see
// it.
func (m *proposer) openFor(ctx context.Context, it port.Item, live string) reinstall.Text {
	if rec, err := m.store.Load(ctx, live); err != nil || !m.people.Sees(ctx, it, rec.Op) {
		return reinstall.Say("\n• But a proposal is open for it, made in a channel that you are not in.")
	}
	return reinstall.Say("\n• But proposal ", reinstall.Mono(live), " is open for it: /reinstall show "+live+".")
}
