package policy

import (
	"maps"
	"testing"

	"twokey/commands/reinstall/model"
)

const aroundPolicy = `accounts:
  - {name: main, regions: [ap-guangzhou]}
approvers: {users: [U0AAA111]}
around: {clb: blocks, traffic: approval}
rules:
  - match: {tags: {env: prod}}
    around:
      traffic: blocks
      tke: warns
`

func TestThePolicySaysWhatThingsAroundAMachineMean(t *testing.T) {
	f, err := Parse("twokey.yaml", []byte(aroundPolicy))
	if err != nil {
		t.Fatal(err)
	}
	plain, prod := f.Policy.TermsFor(model.Subject{}), f.Policy.TermsFor(model.Subject{Tags: map[string]string{"env": "prod"}})
	for code, want := range map[string][2]model.Weight{
		model.NearCLB:      {model.WeighsBlock, model.WeighsBlock},  // a rule adds to the head, and lifts nothing it does not name
		model.NearTraffic:  {model.WeighsOneKey, model.WeighsBlock}, //
		model.NearCPU:      {model.WeighsWarn, model.WeighsWarn},    // by default what can mean harm warns
		model.NearPublicIP: {model.Shows, model.Shows},              // and these two are only shown
	} {
		if got := [2]model.Weight{plain.Weight(code), prod.Weight(code)}; got != want {
			t.Errorf("%s weighs %q, not %q", code, got, want)
		}
	}
	if !maps.Equal(f.Policy.Around, map[string]model.Weight{"clb": "blocks", "traffic": "approval"}) {
		t.Errorf("a rule changed the head: %v", f.Policy.Around)
	}
}

func TestAMistakeAboutThingsAroundNamesLineAndWhatThereIs(t *testing.T) {
	toldOf(t, aroundPolicy, map[string]slip{
		"an unknown thing":  {"{clb: blocks, ", "{lbs: blocks, ", "line 4: around.lbs: nothing of that name is looked for around a machine; there are: clb, traffic, cpu, as_group, tke, emr, siblings, maintenance, guard, public_ip, data_disks"},
		"an unknown weight": {"traffic: blocks", "traffic: block", `line 8: rules[0].around.traffic: "block" is not known; use warns, blocks or approval`},
		"a typo of the key": {"around: {clb", "aroun: {clb", "line 4: unknown key “aroun”; did you mean “around”?"},
		"a list instead":    {"{clb: blocks, traffic: approval}", "[clb, traffic]", "line 4: "},
		"a number of keys":  {"traffic: approval}", "traffic: 2}", `line 4: around.traffic: "2" is not known; use warns, blocks or approval`},
	})
}
