package model_test

import (
	"fmt"
	"strings"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// A request, what the cloud says of the machine, and the policy's terms make a
// plan. The preflight says what speaks against it.
func ExamplePreflight() {
	facts, terms := modeltest.Machine(), modeltest.Terms(1)
	request := model.Request{Target: "web-01", DiskGB: 20}
	facts.Instance.State = "STOPPED"

	plan := model.MakePlan(request, facts, terms)
	for _, f := range model.Preflight(model.Case{Request: request, Facts: facts, Terms: terms, Plan: plan, Now: now}) {
		fmt.Printf("%s (%s): %s.\n", f.Code, f.Severity, f.Why)
		if f.Next != "" {
			fmt.Printf("  %s.\n", f.Next)
		}
	}
	// Output:
	// disk-shrinks (blocks): the system disk has 50 GiB and can only grow, not become 20.
	//   Leave --disk out, or ask for 50 or more.
	// stopped (warns): it is stopped now; the reinstall starts it.
}

// Keys bind to a plan's fingerprint. Any change that the reset depends on is
// another fingerprint, and Drift shows it to people.
func ExamplePlan_Fingerprint() {
	approved := modeltest.Plan(1)
	fmt.Println("the same again:", modeltest.Plan(1).Fingerprint() == approved.Fingerprint())

	later := modeltest.Machine()
	later.Instance.Tags["env"] = "prod"
	later.Instance.SystemDisk.SizeGB = 80
	plan := approved.OnInstance(later.Instance)
	fmt.Println("the same after a change:", plan.Fingerprint() == approved.Fingerprint())
	for _, c := range model.Drift(approved, plan) {
		fmt.Printf("%s: %s -> %s\n", c.Name, c.Old, c.New)
	}
	// Output:
	// the same again: true
	// the same after a change: false
	// tags: env=staging -> env=prod
	// system disk: disk-1 CLOUD_PREMIUM 50 GiB -> disk-1 CLOUD_PREMIUM 80 GiB
	// disk size after: 50 GiB -> 80 GiB
}

// A quorum wants one approval of each group. Cho is in both groups, and moves
// over for Bob.
func ExampleTerms_FillSlots() {
	terms := model.Terms{Approvals: 2, Quorum: []model.Seat{
		{People: model.People{Groups: []string{"S0WEB"}}, Approvals: 1},
		{People: model.People{Groups: []string{"S0DBA"}}, Approvals: 1},
	}}
	seats := map[string][]int{"U0CHO": {0, 1}, "U0BOB": {0}}
	for _, approvals := range [][]string{{"U0CHO"}, {"U0CHO", "U0BOB"}} {
		fmt.Println(strings.Join(approvals, " and "), "approve:")
		for _, slot := range terms.FillSlots(approvals, seats) {
			if slot.By == "" {
				fmt.Println("  owed by", slot.Candidates.Words())
				continue
			}
			fmt.Println(" ", slot.Words(), "is", slot.By)
		}
	}
	// Output:
	// U0CHO approve:
	//   @S0WEB is U0CHO
	//   owed by @S0DBA, @S0WEB
	// U0CHO and U0BOB approve:
	//   @S0WEB is U0BOB
	//   @S0DBA is U0CHO
}

// The first rule that matches replaces the policy's values. A rule that forbids
// counts wherever it stands.
func ExamplePolicy_TermsFor() {
	prod := model.Rule{Tags: map[string]string{"env": "prod"}, Approvals: new(2)}
	guard := model.Rule{Tags: map[string]string{"twokey": "protected"}, Forbid: "tagged twokey=protected"}
	policy := model.Policy{Approvals: 1, Rules: []model.Rule{prod, guard}}

	for _, tags := range []map[string]string{{}, {"env": "prod"}, {"env": "prod", "twokey": "protected"}} {
		t := policy.TermsFor(model.Subject{Tags: tags})
		fmt.Printf("rule %d: approvals %d, forbidden %q\n", t.Rule, t.Approvals, t.Forbid)
	}
	// Output:
	// rule 0: approvals 1, forbidden ""
	// rule 1: approvals 2, forbidden ""
	// rule 1: approvals 2, forbidden "tagged twokey=protected"
}
