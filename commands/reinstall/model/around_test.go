package model_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

type weights = map[string]model.Weight

// quiet is everything looked for and nothing seen.
func quiet() []model.Nearby {
	var out []model.Nearby
	for _, code := range model.NearCodes() {
		out = append(out, model.Nearby{Code: code, Detection: model.NotDetected})
	}
	return out
}

// with puts sights in the place of the quiet ones.
func with(ns ...model.Nearby) []model.Nearby {
	out := quiet()
	for _, n := range ns {
		out[slices.IndexFunc(out, func(o model.Nearby) bool { return o.Code == n.Code })] = n
	}
	return out
}

func behind(lb string) model.Nearby {
	return model.Nearby{
		Code: model.NearCLB, Detection: model.Detected, What: "is behind load balancer " + lb,
		Of: []string{lb},
	}
}

func unchecked(code string) model.Nearby {
	return model.Nearby{Code: code, Detection: model.Unchecked, What: "the answer was empty"}
}

// blocking is what the preflight blocks for these sights under these weights.
func blocking(around []model.Nearby, w weights) []model.Finding {
	f, t := modeltest.Machine(), modeltest.Terms(1)
	f.Around, t.Around = around, w
	p := model.MakePlan(model.Request{}, f, t)
	return model.Blocking(model.Preflight(model.Case{Facts: f, Terms: t, Plan: p, Now: now}))
}

// What is around a machine blocks if the policy says so. A failed check counts
// as seen then.
func TestWhatIsAroundAMachineBlocksIfThePolicySaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		around []model.Nearby
		w      weights
		says   string // empty: nothing blocks
	}{
		"a load balancer warns by default": {with(behind("lb-1")), nil, ""},
		"a load balancer, blocked": {
			with(behind("lb-1")),
			weights{"clb": "blocks"},
			"it is behind load balancer lb-1, and the policy does not let",
		},
		"none, blocked":                   {quiet(), weights{"clb": "blocks"}, ""},
		"a failed check warns by default": {with(unchecked("clb")), nil, ""},
		"a failed check, blocked": {
			with(unchecked("clb")),
			weights{"clb": "blocks"},
			"could not be checked for “load balancer” (the answer was empty)",
		},
		"a check that nobody made, blocked": {
			nil,
			weights{"tke": "blocks"},
			"could not be checked for “TKE cluster”",
		},
		"a failed check, asking for an approval": {with(unchecked("clb")), weights{"clb": "approval"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := blocking(c.around, c.w)
			switch {
			case c.says == "" && len(b) > 0:
				t.Errorf("blocked: %v", b)
			case c.says != "" && (len(b) != 1 || !strings.Contains(b[0].Why, c.says) || b[0].Next == ""):
				t.Errorf("got %v", b)
			}
		})
	}
}

// Each sight that the policy weighs so asks for one more approval. Five in all
// are the most.
func TestEachWeighedSightAsksForOneMoreApprovalUpToFive(t *testing.T) {
	all := weights{}
	for _, code := range model.NearCodes() {
		all[code] = model.WeighsOneKey
	}
	for name, c := range map[string]struct {
		base   int
		around []model.Nearby
		w      weights
		owed   []string
		want   int
	}{
		"nothing seen":             {1, quiet(), all, nil, 1},
		"one seen":                 {1, with(behind("lb-1")), all, nil, 2},
		"one failed":               {1, with(unchecked("cpu")), all, nil, 2},
		"one seen that only warns": {1, with(behind("lb-1")), nil, nil, 1},
		"none looked for":          {2, nil, all, nil, 5},
		"five already":             {5, with(behind("lb-1")), all, nil, 5},
		"ceased, but owed":         {1, quiet(), all, []string{"traffic"}, 2},
		"owed under an old policy": {1, quiet(), nil, []string{"traffic"}, 1},
	} {
		tm := modeltest.Terms(c.base)
		tm.Around = c.w
		if got := tm.Weighed(c.around, c.owed...).Approvals; got != c.want {
			t.Errorf("%s: %d approvals, not %d", name, got, c.want)
		}
	}
}

// A failed check counts as no (promise 7): whatever else is seen, a check that
// failed never asks for less than the same check that saw something.
func TestAFailedCheckIsNeverLighterThanASight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := weights{}
		for _, code := range model.NearCodes() {
			w[code] = rapid.SampledFrom([]model.Weight{model.WeighsWarn, model.WeighsBlock, model.WeighsOneKey}).Draw(t,
				code)
		}
		seen, failed := quiet(), quiet()
		for i, n := range seen {
			if rapid.Bool().Draw(t, "is there "+n.Code) {
				seen[i].Detection, seen[i].What = model.Detected, "is there"
				failed[i] = unchecked(n.Code)
			}
		}
		tm := modeltest.Terms(1)
		tm.Around = w
		if a, b := tm.Weighed(seen).Approvals, tm.Weighed(failed).Approvals; b < a {
			t.Fatalf("%d approvals where it was seen, %d where the check failed", a, b)
		}
		if a, b := len(blocking(seen, w)), len(blocking(failed, w)); b < a {
			t.Fatalf("%d block where it was seen, %d where the check failed", a, b)
		}
	})
}

func TestAnotherLoadBalancerIsDriftAndOtherTrafficIsNot(t *testing.T) {
	plan := func(around ...model.Nearby) model.Plan {
		f := modeltest.Machine()
		f.Around = with(around...)
		return model.MakePlan(model.Request{}, f, modeltest.Terms(1))
	}
	loud := model.Nearby{Code: model.NearTraffic, Detection: model.Detected, What: "sends 3 Mbps out"}
	if d := model.Drift(plan(), plan(loud)); len(d) > 0 || plan().Fingerprint() != plan(loud).Fingerprint() {
		t.Errorf("traffic is drift: %v", d)
	}
	d := model.Drift(plan(), plan(behind("lb-1")))
	if len(d) != 1 || d[0] != (model.Change{Name: "load balancer", Old: "", New: "lb-1"}) {
		t.Errorf("got %v", d)
	}
	if d := model.Drift(plan(behind("lb-1")), plan(unchecked("clb"))); len(d) != 1 ||
		d[0].New != "could not be checked" {
		t.Errorf("a failed check reads as %v", d)
	}
	if d := model.Drift(plan(unchecked("clb")), plan().WithApproved(plan(unchecked("clb")))); len(d) > 0 {
		t.Errorf("what was agreed to unseen, and is not there, is drift: %v", d)
	}
	if d := model.Drift(plan(unchecked("clb")),
		plan(behind("lb-1")).WithApproved(plan(unchecked("clb")))); len(d) != 1 || d[0].Old != "could not be checked" ||
		d[0].New != "lb-1" {
		t.Errorf("what was agreed to unseen, and is there, is %v", d)
	}
	reworded := behind("lb-1")
	reworded.What = "is behind load balancer lb-1 (drained)"
	if plan(behind("lb-1")).Fingerprint() != plan(reworded).Fingerprint() {
		t.Error("the words are drift")
	}
}

// A plan around which nothing was seen has the fingerprint of one from before
// anybody looked.
func TestAPlanWithNothingAroundHasTheFingerprintOfOlderPlans(t *testing.T) {
	wish := model.Request{Target: "web-01", Login: model.Login{Kind: model.LoginMessageCenter}}
	f := modeltest.Machine()
	f.Around = quiet()
	looked := model.MakePlan(wish, f, modeltest.Terms(1))
	if looked.Fingerprint() != model.MakePlan(wish, modeltest.Machine(), modeltest.Terms(1)).Fingerprint() {
		t.Errorf("it is another plan: %v", looked.Around)
	}
}

func TestACheckThatFailsAtTheReCheckAloneIsWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		before, now []model.Nearby
		w           weights
		waits       bool
	}{
		"the load balancer":               {quiet(), with(unchecked("clb")), nil, true},
		"failed before as well":           {with(unchecked("clb")), with(unchecked("clb")), nil, false},
		"traffic that only warns":         {quiet(), with(unchecked("traffic")), nil, false},
		"traffic with one more approval":  {quiet(), with(unchecked("traffic")), weights{"traffic": "approval"}, true},
		"a record without sights":         {nil, with(unchecked("clb")), nil, false},
		"seen where it was not, no fault": {quiet(), with(behind("lb-1")), weights{"clb": "approval"}, false},
	} {
		tm := modeltest.Terms(1)
		tm.Around = c.w
		if got := model.FailedCheck(c.before, c.now, tm); (got != "") != c.waits {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// What the machine itself shows counts as seen. What nobody looked for is
// unchecked: it never counts as absent.
func TestWhatNobodyLookedForIsUncheckedAndNeverAbsent(t *testing.T) {
	i := modeltest.Machine().Instance
	i.PublicIPs, i.Protected = []string{"119.29.10.11"}, true
	i.DataDisks = []model.Disk{{ID: "disk-2", SizeGB: 200}, {ID: "disk-3", SizeGB: 500}}
	got := model.CompleteAround(i, []model.Nearby{behind("lb-1")})
	if len(got) != len(model.NearCodes()) {
		t.Fatalf("%d sights", len(got))
	}
	for _, n := range got {
		want, says := model.Unchecked, "not looked for"
		switch n.Code {
		case model.NearCLB:
			want, says = model.Detected, "lb-1"
		case model.NearPublicIP:
			want, says = model.Detected, "119.29.10.11"
		case model.NearDataDisks:
			want, says = model.Detected, "2 data disks (disk-2 200 GiB, disk-3 500 GiB)"
		case model.NearGuard:
			want, says = model.Detected, "somebody meant it to stay"
		}
		if n.Detection != want || !strings.Contains(n.What, says) {
			t.Errorf("%s is %s: %s", n.Code, n.Detection, n.What)
		}
	}
}

func TestMachinesAreSiblingsByGroupLoadBalancerOrNameUpToDigits(t *testing.T) {
	plan := func(id, name string, around ...model.Nearby) model.Plan {
		f := modeltest.Machine()
		f.Instance.Instance, f.Instance.Name, f.Around = id, name, with(around...)
		return model.MakePlan(model.Request{}, f, modeltest.Terms(1))
	}
	in := func(group string) model.Nearby {
		return model.Nearby{Code: model.NearGroup, Detection: model.Detected, Of: []string{group}}
	}
	abroad := plan("ins-2", "web-02")
	abroad.Account = "lab"
	for name, c := range map[string]struct {
		a, b model.Plan
		want bool
	}{
		"web-01 and web-02":        {plan("ins-1", "web-01"), plan("ins-2", "web-02"), true},
		"web-9 and web-10":         {plan("ins-1", "web-9"), plan("ins-2", "web-10"), true},
		"two of one name":          {plan("ins-1", "cache"), plan("ins-2", "cache"), true},
		"web-01 and db-01":         {plan("ins-1", "web-01"), plan("ins-2", "db-01"), false},
		"web-01 and web-a1":        {plan("ins-1", "web-01"), plan("ins-2", "web-a1"), false},
		"one machine and itself":   {plan("ins-1", "web-01"), plan("ins-1", "web-01"), false},
		"another account's":        {plan("ins-1", "web-01"), abroad, false},
		"two without a name":       {plan("ins-1", ""), plan("ins-2", ""), false},
		"two that nobody named":    {plan("ins-1", "Unnamed"), plan("ins-2", "Unnamed"), false},
		"names of numbers alone":   {plan("ins-1", "10.0.0.1"), plan("ins-2", "10.0.0.2"), false},
		"behind one load balancer": {plan("ins-1", "a", behind("lb-1")), plan("ins-2", "b", behind("lb-1")), true},
		"behind two":               {plan("ins-1", "a", behind("lb-1")), plan("ins-2", "b", behind("lb-2")), false},
		"of one group":             {plan("ins-1", "a", in("asg-1")), plan("ins-2", "b", in("asg-1")), true},
		"neither could be checked": {plan("ins-1", "a", unchecked("clb")), plan("ins-2", "b", unchecked("clb")), false},
	} {
		if model.Siblings(c.a, c.b) != c.want || model.Siblings(c.b, c.a) != c.want {
			t.Errorf("%s: %v", name, !c.want)
		}
	}
}
