package model_test

import (
	"reflect"
	"slices"
	"testing"

	"twokey/commands/reinstall/model"
)

func users(ids ...string) model.People { return model.People{Users: ids} }

func groups(ids ...string) model.People { return model.People{Groups: ids} }

// everybody names a person or a group in every place that a policy has.
func everybody() model.Policy {
	return model.Policy{
		Proposers: groups("S0DEV"), Approvers: groups("S0ONCALL").With(users("U0BOB")),
		Quorum: []model.Seat{{People: groups("S0WEB"), Approvals: 1}, {People: groups("S0ONCALL"), Approvals: 1}},
		Asking: model.Asking{EscalateTo: groups("S0LEADS")},
		Rules: []model.Rule{
			{Approvers: new(users("U0CHO").With(groups("S0DBA")))},
			{Quorum: &[]model.Seat{{People: groups("S0SEC"), Approvals: 2}}},
			{Asking: model.AskingRule{EscalateTo: new(groups("S0CTO", "S0DBA"))}},
			{Forbid: "never"},
		},
	}
}

// Whom the policy names nowhere, Slack is not asked for; and nobody is forgotten.
func TestEverybodyWhomThePolicyNamesIsFoundOnce(t *testing.T) {
	want := []string{"S0CTO", "S0DBA", "S0DEV", "S0LEADS", "S0ONCALL", "S0SEC", "S0WEB"}
	if got := slices.Sorted(slices.Values(everybody().Groups())); !slices.Equal(got, want) {
		t.Errorf("groups: %v, not %v", got, want)
	}
	named := everybody().PeopleNamed()
	if got := slices.Sorted(slices.Values(named.Groups)); !slices.Equal(got, want) {
		t.Errorf("groups named: %v, not %v", got, want)
	}
	if got := slices.Sorted(slices.Values(named.Users)); !slices.Equal(got, []string{"U0BOB", "U0CHO"}) {
		t.Errorf("users named: %v", got)
	}
}

func TestPeopleArePutTogetherWithoutChangingWhoTheyWere(t *testing.T) {
	both := model.People{Groups: []string{"S0ONCALL"}, Users: []string{"U0BOB"}}
	more := both.With(model.People{Groups: []string{"S0ONCALL", "S0DBA"}, Users: []string{"U0CHO"}})
	if want := "@S0ONCALL, @S0DBA, @U0BOB, @U0CHO"; more.Words() != want {
		t.Errorf("%q, not %q", more.Words(), want)
	}
	less := more.Without("U0BOB")
	if want := "@S0ONCALL, @S0DBA, @U0CHO"; less.Words() != want {
		t.Errorf("%q, not %q", less.Words(), want)
	}
	if both.Words() != "@S0ONCALL, @U0BOB" || more.Words() != "@S0ONCALL, @S0DBA, @U0BOB, @U0CHO" {
		t.Errorf("they became %q and %q", both.Words(), more.Words())
	}
	if !(model.People{}).Empty() || both.Empty() || groups("S0").Empty() || users("U0").Empty() {
		t.Error("nobody is somebody, or the other way round")
	}
}

func TestAfterAnEscalationThoseItCallsMayApproveToo(t *testing.T) {
	terms := model.Terms{Approvers: groups("S0ONCALL"), Asking: model.Asking{EscalateTo: users("U0LEA")}}
	if got := terms.PossibleApprovers(); !reflect.DeepEqual(got, groups("S0ONCALL")) {
		t.Errorf("without a time nobody is called, and yet %+v", got)
	}
	terms.Asking.EscalateAfter = 1
	if got := terms.PossibleApprovers().Words(); got != "@S0ONCALL, @U0LEA" {
		t.Errorf("%s may approve", got)
	}
	terms.Asking.EscalateTo = model.People{}
	if terms.Asking.HasEscalation() || !terms.LaterApprovers().Empty() {
		t.Error("an escalation to nobody is one")
	}
}

func TestProposalsAreMadeOnlyInTheChannelsThatThePolicyNames(t *testing.T) {
	if !(model.Policy{}).AllowsChannel("C0ANY") {
		t.Error("without channels none is allowed")
	}
	p := model.Policy{Channels: []string{"C0INFRA", "C0DB"}}
	for channel, allowed := range map[string]bool{"C0INFRA": true, "C0DB": true, "C0ANY": false, "": false} {
		if got := p.AllowsChannel(channel); got != allowed {
			t.Errorf("%q is allowed: %v", channel, got)
		}
	}
}

// Direct messages need a scope: it is asked for if anybody would get one.
func TestOneRuleThatNotifiesDirectlyIsEnough(t *testing.T) {
	for name, c := range map[string]struct {
		head, rule model.NotifyVia
		directly   bool
	}{
		"in channels":           {model.NotifyChannel, model.NotifyChannel, false},
		"the head directly":     {model.NotifyDirect, model.NotifyChannel, true},
		"the head in both ways": {model.NotifyBoth, model.NotifyChannel, true},
		"one rule directly":     {model.NotifyChannel, model.NotifyDirect, true},
	} {
		p := model.Policy{Asking: model.Asking{Notify: c.head}, Rules: []model.Rule{
			{Forbid: "x"}, {Asking: model.AskingRule{Notify: &c.rule}},
		}}
		if got := p.NotifiesDirectly(); got != c.directly {
			t.Errorf("%s: %v", name, got)
		}
	}
	for via, want := range map[model.NotifyVia]string{
		model.NotifyChannel: "channel", model.NotifyDirect: "direct", model.NotifyBoth: "both",
	} {
		if via.String() != want || via.InChannel() != (want != "direct") {
			t.Errorf("%q: in the channel: %v", via, via.InChannel())
		}
	}
}
