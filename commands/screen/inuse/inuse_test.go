package inuse

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"twokey/commands/reinstall/model"
)

// opOf is a machine around which all checks are clear, but for these.
func opOf(name string, t model.Terms, seen ...model.Nearby) oper {
	var op oper
	op.Plan.Name, op.Plan.Instance, op.Plan.Terms = name, "ins-1a2b3c4d", t
	for _, code := range model.NearCodes() {
		n := model.Nearby{Code: code, Detection: model.NotDetected}
		if i := slices.IndexFunc(seen, func(s model.Nearby) bool { return s.Code == code }); i >= 0 {
			n = seen[i]
		}
		op.Around = append(op.Around, n)
	}
	return op
}

func saw(code, what string) model.Nearby {
	return model.Nearby{Code: code, Detection: model.Detected, What: what}
}

func unread(code string) model.Nearby {
	return model.Nearby{Code: code, Detection: model.Unchecked, What: "it timed out"}
}

func plain(ts []text) string {
	var out []string
	for _, t := range ts {
		out = append(out, t.String())
	}
	return strings.Join(out, "\n")
}

func weighing(code string, w model.Weight) model.Terms {
	t := model.Terms{Around: map[string]model.Weight{code: w}}
	if w == model.WeighsOneKey {
		t.OneMoreFor = []string{code}
	}
	return t
}

// What is found by a check, and what the policy makes of it, decide what a card says:
// what could not be checked is never taken for clear.
func TestEachFindingOfEachWeightHasItsWords(t *testing.T) {
	lb := saw(model.NearCLB, "is behind load balancer lb-1 (TCP 80)")
	ip := saw(model.NearPublicIP, "has public IP 1.2.3.4, which stays")
	for name, c := range map[string]struct {
		terms model.Terms
		seen  []model.Nearby
		want  string
	}{
		"nothing":      {model.Terms{}, nil, "No sign of use: 9 of 9 checks clear"},
		"seen, warns":  {model.Terms{}, []model.Nearby{lb}, "In service: lb-1 (TCP 80)"},
		"seen, blocks": {weighing(model.NearCLB, model.WeighsBlock), []model.Nearby{lb}, "In service: lb-1 (TCP 80)"},
		"seen, one approval more": {
			weighing(model.NearCLB, model.WeighsOneKey), []model.Nearby{lb}, "In service: lb-1 (TCP 80) (+1 approval)",
		},
		"seen, only shows": {
			weighing(model.NearCLB, model.Shows), []model.Nearby{lb}, "No sign of use: 8 of 8 checks clear",
		},
		"not checked, warns": {model.Terms{}, []model.Nearby{unread(model.NearTKE)}, "Not checked: TKE cluster"},
		"not checked, one approval more": {
			weighing(model.NearTKE, model.WeighsOneKey),
			[]model.Nearby{unread(model.NearTKE)},
			"Not checked: TKE cluster (+1 approval)",
		},
		"not checked, only shows": {
			weighing(model.NearTKE, model.Shows), []model.Nearby{unread(model.NearTKE)}, "No sign of use: 8 of 8 checks clear",
		},
		"an address only shows": {model.Terms{}, []model.Nearby{ip}, "No sign of use: 9 of 9 checks clear"},
		"an address warns": {
			weighing(model.NearPublicIP, model.WeighsWarn), []model.Nearby{ip}, "Public IP 1.2.3.4, which stays",
		},
		"seen and not checked": {
			model.Terms{},
			[]model.Nearby{lb, unread(model.NearCPU), unread(model.NearTKE)},
			"In service: lb-1 (TCP 80)\nNot checked: busy CPU, TKE cluster",
		},
	} {
		op := opOf("web-01", c.terms, c.seen...)
		if got := strings.ReplaceAll(plain(Lines([]oper{op})), "  ", " "); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	var never oper
	never.Plan.Name = "web-01"
	if got := plain(Lines([]oper{never})); got != "Not checked: whether it is in use" {
		t.Errorf("nobody looked: %q", got)
	}
}

// What is found is said in the fewest words that name it.
func TestWhatIsSeenIsShortenedToItsName(t *testing.T) {
	for what, c := range map[string]struct{ code, want string }{
		"is behind load balancer lb-1":                                        {model.NearCLB, "In service: lb-1"},
		"sends 84 Mbps out (mean of 15 minutes)":                              {model.NearTraffic, "In service: 84 Mbps out"},
		"has a CPU that is 80 % busy":                                         {model.NearCPU, "In service: CPU 80 % busy"},
		"belongs to auto-scaling group asg-1, which may replace it meanwhile": {model.NearGroup, "In group asg-1"},
		"is a node of cls-1, which a reinstall tears out of it":               {model.NearTKE, "In service: node of cls-1"},
		"has a sibling that is being reinstalled now: web-02 (proposal 9D2X)": {
			model.NearSiblings, "Sibling being wiped: web-02 (9D2X)",
		},
		"has maintenance task rt-1 (a disk's fault), which is booked": {
			model.NearMaintenance, "Maintenance task rt-1 (a disk's fault) is booked",
		},
		"is protected against termination; that does not stop a reinstall, so somebody meant it to stay": {
			model.NearGuard, "Termination-protected",
		},
		"is something that nobody foresaw": {model.NearEMR, "In service: is something that nobody foresaw"},
	} {
		op := opOf("web-01", model.Terms{}, saw(c.code, what))
		if got := plain(Lines([]oper{op})); got != c.want {
			t.Errorf("%s: %q", what, got)
		}
	}
}

// What serves comes first, then what belongs together with others, then its siblings.
func TestWhatServesComesBeforeWhatSurroundsIt(t *testing.T) {
	op := opOf("web-01", model.Terms{}, saw(model.NearSiblings, "has a sibling that is being reinstalled now: web-02"),
		saw(model.NearGroup, "belongs to auto-scaling group asg-1"),
		saw(model.NearGuard, "is protected against termination"),
		saw(model.NearTraffic, "sends 84 Mbps out"), saw(model.NearCLB, "is behind load balancer lb-1"))
	want := "In service: lb-1, 84 Mbps out\nIn group asg-1; termination-protected\nSibling being wiped: web-02"
	if got := plain(Lines([]oper{op})); got != want {
		t.Errorf("%q", got)
	}
}

// Of several each has one line, the worst first, and of those alike in their order. Those
// without a sign of use have one line together, the last.
func TestOfSeveralMachinesTheWorstComeFirst(t *testing.T) {
	calm, busy := opOf("calm", model.Terms{}), opOf("busy", model.Terms{}, saw(model.NearCLB,
		"is behind load balancer lb-1"), unread(model.NearCPU))
	unsure := opOf("unsure", model.Terms{}, unread(model.NearTKE))
	last := opOf("last", model.Terms{})
	for want, ops := range map[string][]oper{
		"busy: lb-1; not checked: busy CPU\nunsure: not checked: TKE cluster\nNo sign of use: calm and last": {
			calm, unsure, busy, last,
		},
		"busy: lb-1; not checked: busy CPU\nunsure: not checked: TKE cluster": {unsure, busy},
		"busy: lb-1; not checked: busy CPU\nNo sign of use: calm":             {calm, busy},
		"No sign of use: both machines":                                       {calm, last},
		"No sign of use: all 3 machines":                                      {calm, last, calm},
	} {
		if got := plain(Lines(ops)); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// Of twenty machines in use six lines remain, and none is left out without a word. Of
// those without a sign of use few are named, and more are counted.
func TestTwentyMachinesAreCounted(t *testing.T) {
	for _, c := range []struct {
		n, busy, lines int
		last           string
	}{
		{5, 5, 5, "m-04: lb-1"},
		{6, 6, 6, "m-05: lb-1"},
		{7, 7, 6, "… and 2 more machines: press Details"},
		{20, 20, 6, "… and 15 more machines: press Details"},
		{20, 8, 7, "No sign of use: 12 of 20 machines"},
		{20, 1, 2, "No sign of use: 19 of 20 machines"},
		{6, 1, 2, "No sign of use: 5 of 6 machines"},
		{5, 1, 2, "No sign of use: m-00, m-01, m-02 and m-03"},
		{20, 0, 1, "No sign of use: all 20 machines"},
	} {
		var ops []oper
		for i := range c.n {
			ops = append(ops, opOf(fmt.Sprintf("m-%02d", i), model.Terms{}))
			if i >= c.n-c.busy {
				ops[i].Around[0] = saw(model.NearCLB, "is behind load balancer lb-1")
			}
		}
		ls := Lines(ops)
		if got := ls[len(ls)-1].String(); len(ls) != c.lines || got != c.last {
			t.Errorf("%d of %d in use: %d lines, the last %q", c.busy, c.n, len(ls), got)
		}
		if first := fmt.Sprintf("m-%02d: lb-1", c.n-c.busy); c.busy > 0 && ls[0].String() != first {
			t.Errorf("%d of %d in use: first %q", c.busy, c.n, ls[0])
		}
	}
}

// A name has so much of a line, whatever is said of its machine.
func TestALongNameIsShortened(t *testing.T) {
	long, name := opOf(strings.Repeat("x", 200), model.Terms{}), strings.Repeat("x", mostOfName-1)+"…"
	unsure := opOf(long.Plan.Name, model.Terms{}, unread(model.NearTKE))
	want := name + ": not checked: TKE cluster\nNo sign of use: " + name
	if got := plain(Lines([]oper{long, unsure})); got != want {
		t.Errorf("%q", got)
	}
}

// A question says in a few words whether anything is in use, and is never surer than
// the checks.
func TestAQuestionSaysWhetherAnythingIsInUse(t *testing.T) {
	calm, busy := opOf("a", model.Terms{}), opOf("b", model.Terms{}, saw(model.NearCLB, "is behind load balancer lb-1"),
		saw(model.NearGroup, "belongs to auto-scaling group asg-1"))
	busiest := opOf("d", model.Terms{}, saw(model.NearCLB, "is behind load balancer lb-1"),
		saw(model.NearGroup, "belongs to auto-scaling group asg-1"), saw(model.NearTraffic, "sends 84 Mbps out"),
		saw(model.NearCPU, "has a CPU that is 80 % busy"), saw(model.NearGuard, "is protected against termination"))
	unsure, never := opOf("c", model.Terms{}, unread(model.NearTKE)), oper{}
	for want, ops := range map[string][]oper{
		"No sign of use.":                                             {calm, calm},
		"Signs of use: lb-1; in group asg-1.":                         {busy},
		"Signs of use: lb-1; 84 Mbps out; CPU 80 % busy; and 2 more.": {busiest},
		"2 of 3 machines show signs of use.":                          {busy, calm, busy},
		"1 of 2 machines show signs of use.":                          {unsure, busy},
		"Not everything could be checked for use.":                    {calm, unsure},
	} {
		if got := Words(ops); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if got := Words([]oper{never}); got == "No sign of use." {
		t.Errorf("nobody looked: %q", got)
	}
}

// A check's answer lists all in full: what costs an approval first, then what is seen,
// then what could not be checked, and the clear ones by name.
func TestACheckListsAllThatWasLookedFor(t *testing.T) {
	terms := weighing(model.NearGroup, model.WeighsOneKey)
	op := opOf("web-01", terms, unread(model.NearTKE), saw(model.NearCLB, "is behind load balancer lb-1"),
		saw(model.NearGroup, "belongs to asg-1"), saw(model.NearPublicIP, "has public IP 1.2.3.4"))
	got, at := plain(Around(op.Around, terms)), -1
	for _, w := range []string{
		"Seen: it belongs to asg-1. One more approval is needed.", "Seen: it is behind load balancer lb-1.",
		"Could not check TKE cluster: it timed out.", "Seen: it has public IP 1.2.3.4.",
		"7 of 11 checks clear: network out, ",
	} {
		i := strings.Index(got, w)
		if i <= at {
			t.Errorf("%q is missing or out of order:\n%s", w, got)
		}
		at = i
	}
	gone := opOf("web-01", terms)
	if got := plain(Around(gone.Around, terms)); !strings.Contains(got,
		"auto-scaling group (one more approval is needed for it)") {
		t.Errorf("what was owed is gone: %s", got)
	}
	hidden := opOf("web-01", terms, unread(model.NearGroup))
	if got := plain(Around(hidden.Around, terms)); !strings.Contains(got,
		"It counts as seen: one more approval is needed.") {
		t.Errorf("what is owed cannot be read: %s", got)
	}
}
