package policy

import (
	"strings"
	"testing"

	"twokey/commands/reinstall/model"
)

func TestHowApproversAreToldIsReadWithItsDefault(t *testing.T) {
	f, err := Parse("twokey.yaml", []byte(goodPolicy))
	if err != nil || f.Policy.Asking.Notify != model.NotifyChannel || f.Policy.NotifiesDirectly() {
		t.Fatalf("by default: %q, %v", f.Policy.Asking.Notify, err)
	}
	f, err = Parse("twokey.yaml", []byte(goodPolicy+"    tell: both\n"))
	if err != nil {
		t.Fatal(err)
	}
	prod := f.Policy.TermsFor(model.Subject{Tags: map[string]string{"env": "prod"}}).Asking.Notify
	if other := f.Policy.TermsFor(model.Subject{}).Asking.Notify; prod != model.NotifyBoth || other != model.NotifyChannel || !f.Policy.NotifiesDirectly() {
		t.Errorf("in the rule %q, elsewhere %q", prod, other)
	}
	if says := strings.Join(Summarize(f), "\n"); !strings.Contains(says, "nobody gets a direct message") || !strings.Contains(says, "tell: both") {
		t.Errorf("it means:\n%s", says)
	}
	f, err = Parse("twokey.yaml", []byte(strings.Replace(goodPolicy+"    tell: channel\n", "approvals: 2", "tell: direct", 1)))
	if err != nil {
		t.Fatal(err)
	}
	prod = f.Policy.TermsFor(model.Subject{Tags: map[string]string{"env": "prod"}}).Asking.Notify
	if other := f.Policy.TermsFor(model.Subject{}).Asking.Notify; prod != model.NotifyChannel || other != model.NotifyDirect {
		t.Errorf("in the rule %q, elsewhere %q", prod, other)
	}
	toldOf(t, goodPolicy, map[string]slip{
		"in words of its own": {"approvals: 2", "tell: dm", "line 10: tell: \"dm\" is not known; use channel, direct or both"},
		"in no words":         {"countdown: 1m", "tell:", "line 16: rules[0].tell: there is no value"},
	})
}

func TestHowApproversAreToldIsNoPartOfThePlan(t *testing.T) {
	terms := func(tell model.NotifyVia) model.Plan {
		return model.Plan{Terms: model.Terms{Asking: model.Asking{Notify: tell}}}
	}
	if terms(model.NotifyChannel).Fingerprint() != terms(model.NotifyDirect).Fingerprint() {
		t.Error("another way of telling takes keys back")
	}
}
