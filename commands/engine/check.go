package engine

import (
	"context"
	"fmt"

	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/screen"
	"twokey/commands/screen/inuse"
	"twokey/commands/view"
)

// checkOnly runs the preflight alone and whispers what it found.
func (m *proposer) checkOnly(ctx context.Context, it port.Item, w model.Request) (view.Text, error) {
	f, err := m.examineMachine(ctx, w, model.VerbCheck)
	if err != nil {
		return nil, err
	}
	if b := model.Blocking(f.findings); len(b) > 0 {
		return screen.BlockedText("Would be refused", f.plan, b), nil
	}
	warn, err := m.people.CheckEnoughApprovers(ctx, it.User, f.plan)
	r := port.AsRefusal(err)
	if err != nil && r == nil {
		return nil, err
	}
	if f.findings = append(f.findings, warn...); r != nil {
		return view.Say(view.Emoji("no_entry"), " ", view.Strong("Would be refused"), ": ", screen.RefusalBody(r),
			" Nothing was started."), nil
	}
	t := screen.CheckedText(f.plan, w, f.facts.Evidence, m.now())
	for _, x := range f.findings {
		t = append(t, view.Say("\n• ", view.Capitalize(view.EndSentence(x.Why)), screen.NextSentence(x.Next))...)
	}
	for _, l := range inuse.Around(f.facts.Around, f.plan.Terms) {
		t = append(append(t, view.Say("\n")...), l...)
	}
	if live, err := m.liveFor(ctx, f.plan.Ref); err != nil {
		return nil, err
	} else if live != "" {
		t = append(t, m.openProposalText(ctx, it, live)...)
	}
	t = append(t, screen.ClosedNow(f.plan.Terms, m.now())...)
	return append(t, view.Say(fmt.Sprintf("\nBackups that would count: %d. Approvals needed: %d. Nothing was started.",
		screen.UsableFor(f.plan, f.facts.Evidence, m.now()), f.plan.Terms.Approvals))...), nil
}

// openProposalText tells of the proposal that has a machine, by its id to whoever may see
// it.
func (m *proposer) openProposalText(ctx context.Context, it port.Item, live string) view.Text {
	if rec, err := m.store.Load(ctx, live); err != nil || !m.people.MaySee(ctx, it, rec.Op) {
		return view.Say("\n• But a proposal is open for it, made in a channel that you are not in.")
	}
	return view.Say("\n• But proposal ", view.Mono(live), " is open for it: /reinstall show "+live+".")
}
