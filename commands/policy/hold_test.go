package policy_test

import (
	"slices"
	"strings"
	"testing"

	"twokey/commands/policy"
	"twokey/commands/reinstall/model"
)

const holding = `
accounts: [{name: main, regions: [ap-guangzhou]}]
approvers: {groups: [S0ONCALL]}
rules:
  - match: {name: "db-*"}
    hold: approvers
`

func TestThePolicySaysWhoMayHoldAndARuleReplacesIt(t *testing.T) {
	f, err := policy.Parse("twokey.yaml", []byte(holding))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]model.HoldBy{"web-01": model.HoldAnyone, "db-01": model.HoldApprovers} {
		if got := f.Policy.TermsFor(model.Subject{Name: name}).Hold; got != want {
			t.Errorf("%s: %q may hold", name, got)
		}
	}
	lines := policy.Summarize(f)
	for _, want := range []string{
		"  Hold: any full member of the workspace may stop a countdown; Resume stays with approvers.",
		"Rule 1, for name db-*: the proposer or an approver may hold.",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	wrong := strings.Replace(holding, "hold: approvers", "hold: nobody", 1)
	if _, err := policy.Parse("twokey.yaml", []byte(wrong)); err == nil ||
		!strings.Contains(err.Error(), `hold: "nobody" is not known; use anyone or approvers`) {
		t.Errorf("a wrong word is read: %v", err)
	}
}
