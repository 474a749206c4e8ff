package model_test

import (
	"slices"
	"strings"
	"testing"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// The type-ahead says early what would block whatever is installed.
func TestAMachineThatCannotBeReinstalledSaysSoAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*model.Instance, *model.Terms)
		codes  []string
	}{
		"a plain one":         {func(*model.Instance, *model.Terms) {}, nil},
		"one that is off":     {func(i *model.Instance, _ *model.Terms) { i.State = "STOPPED" }, nil},
		"a spot instance":     {func(i *model.Instance, _ *model.Terms) { i.ChargeType = "SPOTPAID" }, []string{"spot"}},
		"a protected one":     {func(_ *model.Instance, t *model.Terms) { t.Forbid = "no" }, []string{"forbidden"}},
		"one that starts":     {func(i *model.Instance, _ *model.Terms) { i.State = "STARTING" }, []string{"state"}},
		"one without a state": {func(i *model.Instance, _ *model.Terms) { i.State = "" }, []string{"state"}},
		"a busy one":          {func(i *model.Instance, _ *model.Terms) { i.Latest.State = "OPERATING" }, []string{"busy"}},
		"one of an unpaid bill": {func(i *model.Instance, _ *model.Terms) {
			i.RestrictState, i.State = "EXPIRED", "SHUTDOWN"
		}, []string{"restricted", "state"}},
	} {
		i, terms := modeltest.Machine().Instance, modeltest.Terms(1)
		c.change(&i, &terms)
		var codes []string
		for _, f := range model.MachineFindings(i, terms) {
			codes = append(codes, f.Code)
			if f.Severity != model.Blocks || f.Why == "" || f.Next == "" {
				t.Errorf("%s: no block with a reason and a way on: %+v", name, f)
			}
		}
		if !slices.Equal(codes, c.codes) {
			t.Errorf("%s: %v, not %v", name, codes, c.codes)
		}
	}
}

// The form shows beside an image why it does not fit.
func TestAnImageThatDoesNotFitSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*model.Facts, *model.Policy)
		says   string // empty: it fits
	}{
		"the image that runs": {func(*model.Facts, *model.Policy) {}, ""},
		"a Windows of 2019":   {func(f *model.Facts, _ *model.Policy) { windows(f, "2019") }, ""},
		"one still being made": {
			func(f *model.Facts, _ *model.Policy) { f.Image.State = "CREATING" },
			"not ready (CREATING)",
		},
		"another processor's": {func(f *model.Facts, _ *model.Policy) { f.Image.Arch = "arm" }, "is for arm"},
		"one of unclear system": {
			func(f *model.Facts, _ *model.Policy) { f.Image.Platform, f.Image.OSName = "Other", "" },
			"unclear",
		},
		"a larger one than a local disk": {func(f *model.Facts, _ *model.Policy) {
			f.Instance.SystemDisk.Type, f.Image.SizeGB = "LOCAL_BASIC", 80
		}, "cannot grow from 50 to 80 GiB"},
		"a Windows for little memory": {func(f *model.Facts, _ *model.Policy) {
			windows(f, "2019")
			f.Instance.MemoryGB = 2
		}, "needs more than 2 GB of memory"},
		"a Windows abroad": {func(f *model.Facts, _ *model.Policy) {
			windows(f, "2019")
			f.Instance.Region = "ap-tokyo"
		}, "for mainland China only"},
		"a Windows that a rule forbids": {func(f *model.Facts, p *model.Policy) {
			windows(f, "2019")
			p.Rules = []model.Rule{{PlatformChange: new(true), Forbid: "we run Linux"}}
		}, "we run Linux"},
		"a marketplace image": {func(f *model.Facts, _ *model.Policy) {
			f.Image.ID, f.Image.Type = "img-market", model.ImageMarket
		}, "from the marketplace"},
		"a marketplace image that the policy warns of": {func(f *model.Facts, p *model.Policy) {
			f.Image.ID, f.Image.Type, p.Market = "img-market", model.ImageMarket, true
		}, ""},
	} {
		f, p := modeltest.Machine(), model.Policy{Approvals: 1}
		c.change(&f, &p)
		got := model.WhyMisfit(f.Instance, f.Current, f.Image, p)
		if (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s: %q, not %q", name, got, c.says)
		}
	}
}

// The form offers no way to log in that the preflight then blocks.
func TestTheFormOffersOnlyLoginsThatTheImageTakes(t *testing.T) {
	anyImage := []string{model.LoginMessageCenter, model.LoginPassword}
	for name, c := range map[string]struct {
		typ    string
		family model.OSFamily
		more   []string
	}{
		"a public Linux":         {model.ImagePublic, model.Linux, []string{model.LoginKeys}},
		"a custom Linux":         {model.ImagePrivate, model.Linux, []string{model.LoginKeepImage, model.LoginKeys}},
		"a public Windows":       {model.ImagePublic, model.Windows, nil},
		"a shared Windows":       {model.ImageShared, model.Windows, []string{model.LoginKeepImage}},
		"an image not yet known": {"", model.FamilyUnknown, []string{model.LoginKeepImage, model.LoginKeys}},
	} {
		got := model.LoginKinds(model.Image{Type: c.typ}, c.family)
		if want := slices.Concat(anyImage, c.more); !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
		for _, kind := range got {
			if c.typ == "" {
				continue // the preflight sees an image that is known
			}
			f := modeltest.Machine()
			if c.family == model.Windows {
				windows(&f, "2019")
			}
			f.Image.Type, f.KeyPairs = c.typ, []string{"skey-1"}
			w := modeltest.Request()
			w.Login = model.Login{Kind: kind, Keys: []string{"skey-1"}}
			terms := modeltest.Terms(1)
			fs := model.Preflight(model.Case{
				Request: w, Facts: f, Terms: terms, Plan: model.MakePlan(w, f, terms), Now: now,
			})
			if b := model.Blocking(fs); len(b) > 0 {
				t.Errorf("%s: %s is offered, and then %s", name, kind, b[0].Why)
			}
		}
	}
}
