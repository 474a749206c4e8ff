package policy

import (
	"strings"
	"testing"

	"twokey/commands/reinstall"
)

func TestHowApproversAreToldIsReadWithItsDefault(t *testing.T) {
	f, err := ParsePolicy("twokey.yaml", []byte(goodPolicy))
	if err != nil || f.Policy.Asking.Tell != reinstall.TellChannel || f.Policy.TellsDirectly() {
		t.Fatalf("by default: %q, %v", f.Policy.Asking.Tell, err)
	}
	f, err = ParsePolicy("twokey.yaml", []byte(goodPolicy+"    tell: both\n"))
	if err != nil {
		t.Fatal(err)
	}
	prod := f.Policy.For(reinstall.Subject{Tags: map[string]string{"env": "prod"}}).Asking.Tell
	if other := f.Policy.For(reinstall.Subject{}).Asking.Tell; prod != reinstall.TellBoth || other != reinstall.TellChannel || !f.Policy.TellsDirectly() {
		t.Errorf("in the rule %q, elsewhere %q", prod, other)
	}
	if says := strings.Join(Meaning(f), "\n"); !strings.Contains(says, "nobody gets a direct message") || !strings.Contains(says, "tell: both") {
		t.Errorf("it means:\n%s", says)
	}
	f, err = ParsePolicy("twokey.yaml", []byte(strings.Replace(goodPolicy+"    tell: channel\n", "approvals: 2", "tell: direct", 1)))
	if err != nil {
		t.Fatal(err)
	}
	prod = f.Policy.For(reinstall.Subject{Tags: map[string]string{"env": "prod"}}).Asking.Tell
	if other := f.Policy.For(reinstall.Subject{}).Asking.Tell; prod != reinstall.TellChannel || other != reinstall.TellDirect {
		t.Errorf("in the rule %q, elsewhere %q", prod, other)
	}
	toldOf(t, goodPolicy, map[string]slip{
		"in words of its own": {"approvals: 2", "tell: dm", "line 10: tell: \"dm\" is not known; use channel, direct or both"},
		"in no words":         {"countdown: 1m", "tell:", "line 16: rules[0].tell: there is no value"},
	})
}

func TestHowApproversAreToldIsNoPartOfThePlan(t *testing.T) {
	terms := func(tell reinstall.Tell) reinstall.Plan {
		return reinstall.Plan{Terms: reinstall.Terms{Asking: reinstall.Asking{Tell: tell}}}
	}
	if terms(reinstall.TellChannel).Fingerprint() != terms(reinstall.TellDirect).Fingerprint() {
		t.Error("another way of telling takes keys back")
	}
}
