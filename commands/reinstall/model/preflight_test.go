package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// A rule is one change to the plain machine or request, and the finding that the
// preflight must have for it.
type rule struct {
	name   string
	change func(f *model.Facts, w *model.Request, t *model.Terms)
	code   string // empty: nothing may block
	sev    model.Severity
	says   string // a part of the sentence
}

func windows(f *model.Facts, year string) {
	f.Image = model.Image{
		ID: "img-win", Name: "Windows Server " + year, Type: model.ImagePublic, State: "NORMAL", Platform: "Windows",
		OSName: "Windows Server " + year + " DataCenter 64bit", Arch: "x86_64", SizeGB: 50,
	}
}

// The seed's rules (cloud/doc.go 1) and the rest of the preflight.
func TestPreflightSaysWhatTheCloudWouldRefuse(t *testing.T) {
	type (
		F = *model.Facts
		W = *model.Request
		T = *model.Terms
	)
	rules := []rule{
		{"a plain machine passes", func(F, W, T) {}, "", "", ""},
		{
			"a spot instance", func(f F, _ W, _ T) { f.Instance.ChargeType = "SPOTPAID" }, "spot", model.Blocks,
			"spot instance",
		},
		{"Linux to Windows outside mainland China", func(f F, _ W, _ T) {
			f.Instance.Region = "ap-hongkong"
			windows(f, "2019")
		}, "platform-region", model.Blocks, "mainland China"},
		{"Linux to Windows in an unknown region", func(f F, _ W, _ T) {
			f.Instance.Region = "xx-new"
			windows(f, "2019")
		}, "platform-region", model.Warns, "does not know whether xx-new is there"},
		{"Linux to Windows in a finance region", func(f F, _ W, _ T) {
			f.Instance.Region = "ap-shanghai-fsi"
			windows(f, "2019")
		}, "platform", model.Warns, "must be an image"},
		{"Linux to Windows in a region of 2025", func(f F, _ W, _ T) {
			f.Instance.Region = "ap-zhongwei"
			windows(f, "2019")
		}, "", "", ""},
		{
			"Linux to Windows in mainland China", func(f F, _ W, _ T) { windows(f, "2019") }, "platform", model.Warns,
			"must be an image",
		},
		{"a change of platform on a 20-GB local disk", func(f F, _ W, _ T) {
			f.Instance.SystemDisk = model.Disk{Type: "LOCAL_BASIC", SizeGB: 20}
			windows(f, "2012 R2")
			f.Image.SizeGB = 20
		}, "platform-local-20", model.Blocks, "20-GB local disk"},
		{"a change of platform on a larger local disk", func(f F, _ W, _ T) {
			f.Instance.SystemDisk = model.Disk{Type: "LOCAL_SSD", SizeGB: 100}
			windows(f, "2019")
		}, "platform-disk", model.Warns, "may refuse"},
		{"the same platform on a 20-GB local disk", func(f F, _ W, _ T) {
			f.Instance.SystemDisk = model.Disk{Type: "LOCAL_BASIC", SizeGB: 20}
		}, "", "", ""},
		{"an image that the account cannot see", func(f F, w W, _ T) {
			f.ImageFound, f.Image, w.Image = false,
				model.Image{}, "img-x"
		}, "image-not-found", model.Blocks, "img-x"},
		{
			"an image from elsewhere", func(f F, _ W, _ T) { f.Image.Type = "OTHER_IMAGE" }, "image-source", model.Blocks,
			"not authorised",
		},
		{
			"the marketplace image that it runs", func(f F, _ W, _ T) { f.Image.Type = model.ImageMarket },
			"image-marketplace", model.Warns, "runs it already",
		},
		{
			"another marketplace image", func(f F, _ W, _ T) { f.Image.Type, f.Image.ID = model.ImageMarket, "img-other" },
			"image-marketplace", model.Blocks, "the policy allows only the one",
		},
		{"another marketplace image, of which the policy warns", func(f F, _ W, t T) {
			f.Image.Type, f.Image.ID, t.Market = model.ImageMarket, "img-other", true
		}, "image-marketplace", model.Warns, "does not run it now"},
		{
			"an image that is not ready", func(f F, _ W, _ T) { f.Image.State = "CREATING" }, "image-state", model.Blocks,
			"CREATING",
		},
		{
			"an image for another processor", func(f F, _ W, _ T) { f.Image.Arch = "arm" }, "image-arch", model.Blocks,
			"arm",
		},
		{"an image of another licence", func(f F, _ W, _ T) {
			f.Image.License, f.Current.License = "BYOL",
				"TencentCloud"
		}, "image-licence", model.Blocks, "of type BYOL"},
		{"an encrypted system disk", func(f F, _ W, _ T) {
			f.Instance.SystemDisk.Encrypted,
				f.Instance.SystemDisk.KmsKey = true, "kms-1"
		}, "disk-encrypted", model.Warns, "encrypted with key kms-1"},
		{"a machine of which no image is told", func(f F, _ W, _ T) {
			f.Instance.ImageID, f.Current, f.Image, f.ImageFound = "", model.Image{}, model.Image{}, false
		}, "image-gone", model.Blocks, "does not say which image it runs"},
		{"another image on it", func(f F, w W, _ T) {
			f.Instance.ImageID, f.Current, w.Image = "", model.Image{},
				"img-ubuntu20"
		}, "", "", ""},
		{
			"a deprecated image", func(f F, _ W, _ T) { f.Image.Deprecated = true }, "image-deprecated", model.Warns,
			"deprecated",
		},
		{"an image of unknown platform", func(f F, _ W, _ T) {
			f.Image.Platform, f.Image.OSName = "Other",
				"Mystery 9"
		}, "image-family", model.Blocks, "Mystery 9"},
		{"a smaller disk", func(_ F, w W, _ T) { w.DiskGB = 40 }, "disk-shrinks", model.Blocks, "only grow"},
		{
			"a larger disk", func(f F, w W, _ T) { w.DiskGB = 100; f.After = &model.Price{Amount: 0.31, Unit: "HOUR"} },
			"price", model.Warns, "from 0.26/h to 0.31/h",
		},
		{
			"a larger local disk", func(f F, w W, _ T) { f.Instance.SystemDisk.Type = "LOCAL_SSD"; w.DiskGB = 100 },
			"disk-local", model.Blocks, "cannot grow",
		},
		{
			"an image larger than the disk", func(f F, _ W, _ T) { f.Image.SizeGB = 80 }, "disk-image", model.Warns,
			"billed",
		},
		{"no price", func(f F, _ W, _ T) { f.After = nil }, "price-unquoted", model.Warns, "not known"},
		{"a price that the cloud refuses", func(f F, _ W, _ T) {
			f.After, f.PriceRefusal = nil,
				"no (InvalidInstance.NotSupported)"
		}, "price-unquoted", model.Warns, "InvalidInstance.NotSupported"},
		{"the same where a price is required", func(f F, _ W, t T) {
			f.After, f.PriceRefusal, t.Price = nil, "no (X.Y)",
				true
		}, "price-unquoted", model.Blocks, "the policy requires a price"},
		{
			"a price that could not be asked for", func(f F, _ W, _ T) { f.After, f.PricePasses = nil, true },
			"price-unasked", model.Warns, "not known",
		},
		{"the same where a price is required", func(f F, _ W, t T) {
			f.After, f.PricePasses, t.Price = nil, true,
				true
		}, "price-unasked", model.Blocks, "requires a price"},
		{"no price of what is there now", func(f F, _ W, t T) {
			f.Before, f.PriceNote, t.Price = nil, "no (X.Y)",
				true
		}, "price-unquoted", model.Warns, "afterwards it is 0.26/h"},
		{
			"Windows 2019 with 2 GB", func(f F, _ W, _ T) { windows(f, "2019"); f.Instance.MemoryGB = 2 },
			"windows-memory", model.Blocks, "more than 2 GB",
		},
		{
			"Windows 2016 with 1 GB", func(f F, _ W, _ T) { windows(f, "2016"); f.Instance.MemoryGB = 1 },
			"windows-memory", model.Blocks, "2016",
		},
		{"keys under Windows", func(f F, w W, _ T) {
			windows(f, "2019")
			w.Login = model.Login{Kind: "key", Keys: []string{"skey-1"}}
		}, "login-windows-keys", model.Blocks, "no key pairs"},
		{
			"an unknown key", func(_ F, w W, _ T) { w.Login = model.Login{Kind: "key", Keys: []string{"skey-1"}} },
			"login-keys", model.Blocks, "skey-1",
		},
		{"a known key", func(f F, w W, _ T) {
			w.Login, f.KeyPairs = model.Login{Kind: "key", Keys: []string{"skey-1"}}, []string{"skey-1"}
		}, "", "", ""},
		{
			"the login of a public image", func(_ F, w W, _ T) { w.Login.Kind = "keep-image" }, "login-keep-image",
			model.Blocks, "public image",
		},
		{"a host name with two dots", func(_ F, w W, _ T) { w.HostName = "a..b" }, "host-name", model.Blocks, "a..b"},
		{"a Windows host name of 16 letters", func(f F, w W, _ T) {
			windows(f, "2019")
			w.HostName = "abcdefghijklmnop"
		}, "host-name", model.Blocks, "Windows"},
		{
			"a machine being rebooted", func(f F, _ W, _ T) { f.Instance.State = "REBOOTING" }, "state", model.Blocks,
			"rebooting",
		},
		{
			"a machine in rescue mode", func(f F, _ W, _ T) { f.Instance.State = "RESCUE_MODE" }, "state", model.Blocks,
			"RESCUE_MODE",
		},
		{
			"another operation under way", func(f F, _ W, _ T) { f.Instance.Latest.State = "OPERATING" }, "busy",
			model.Blocks, "RunInstances",
		},
		{
			"an operation of unknown state", func(f F, _ W, _ T) { f.Instance.Latest.State = "" }, "busy-unknown",
			model.Warns, "does not say",
		},
		{
			"a restricted machine", func(f F, _ W, _ T) { f.Instance.RestrictState = "EXPIRED" }, "restricted",
			model.Blocks, "EXPIRED",
		},
		{
			"an isolated machine", func(f F, _ W, _ T) { f.Instance.IsolatedSource = "ARREAR" }, "isolated", model.Blocks,
			"ARREAR",
		},
		{
			"stopped without charge", func(f F, _ W, _ T) { f.Instance.StopChargingMode = "STOP_CHARGING" },
			"stop-charging", model.Blocks, "without charge",
		},
		{
			"forbidden by the policy", func(_ F, _ W, tm T) { tm.Forbid = "tagged twokey=protected" }, "forbidden",
			model.Blocks, "tagged twokey=protected",
		},
		{
			"a backup that is too old", func(f F, w W, tm T) { w.Backup, tm.BackupMaxAge = "snapshot:snap-1", time.Hour },
			"backup", model.Blocks, "2 h old",
		},
		{
			"a backup that is not there", func(_ F, w W, _ T) { w.Backup = "snapshot:snap-9" }, "backup", model.Blocks,
			"snap-9",
		},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			f, w, tm := modeltest.Machine(), modeltest.Request(), modeltest.Terms(1)
			r.change(&f, &w, &tm)
			p := model.MakePlan(w, f, tm)
			got := model.Preflight(model.Case{Request: w, Facts: f, Terms: tm, Plan: p, Now: now})
			if r.code == "" {
				if b := model.Blocking(got); len(b) > 0 {
					t.Fatalf("blocked: %v", b)
				}
				return
			}
			i := slices.IndexFunc(got, func(x model.Finding) bool { return x.Code == r.code })
			if i < 0 {
				t.Fatalf("no finding %s in %v", r.code, got)
			}
			if x := got[i]; x.Severity != r.sev || !strings.Contains(x.Why, r.says) {
				t.Errorf("got %s: %q", x.Severity, x.Why)
			} else if x.Severity == model.Blocks && x.Next == "" {
				t.Errorf("%q does not say what to do next (promise 10)", x.Why)
			}
		})
	}
}

func TestBackupEvidenceMustBeOfThisDiskFreshAndLasting(t *testing.T) {
	base := modeltest.Machine().Evidence[0]
	for name, c := range map[string]struct {
		change func(e *model.Evidence, p *model.Plan)
		says   string // empty: usable
	}{
		"a fresh snapshot": {func(*model.Evidence, *model.Plan) {}, ""},
		"of another disk": {
			func(e *model.Evidence, _ *model.Plan) { e.DiskID = "disk-9" },
			"attached now",
		},
		"of a disk that the cloud does not name": {func(e *model.Evidence, p *model.Plan) {
			e.Kind, e.DiskID,
				p.Disk.ID = "image", "", ""
		}, "attached now"},
		"still being made": {func(e *model.Evidence, _ *model.Plan) { e.State = "CREATING" }, "not usable yet"},
		"too old": {
			func(e *model.Evidence, _ *model.Plan) { e.Created = now.Add(-25 * time.Hour) },
			"25 h old",
		},
		"from the future": {
			func(e *model.Evidence, _ *model.Plan) { e.Created = now.Add(8 * time.Hour) },
			"does not say when",
		},
		"expiring today": {
			func(e *model.Evidence, _ *model.Plan) { e.Expires = now.Add(time.Hour) },
			"expires within a day",
		},
		"expiring in a month": {
			func(e *model.Evidence, _ *model.Plan) { e.Expires = now.Add(720 * time.Hour) },
			"",
		},
		"a snapshot, new platform": {
			func(_ *model.Evidence, p *model.Plan) { p.Family = model.Windows },
			"change of platform",
		},
		"our image, new platform": {func(e *model.Evidence, p *model.Plan) {
			e.Kind, e.Ours, e.DiskID, p.Family = "image", true, "", model.Windows
		}, ""},
		"of a data disk": {func(e *model.Evidence, p *model.Plan) {
			e.DiskID, p.DataDisks = "disk-2", []model.Disk{{ID: "disk-2", Type: "CLOUD_SSD", SizeGB: 200}}
		}, "was taken of data disk disk-2, not of the system disk"},
		"an earlier image of ours, local disk": {func(e *model.Evidence, p *model.Plan) {
			e.Kind, e.DiskID, e.MadeOf, p.Disk.Type = "image", "", "ins-1a2b3c4d", "LOCAL_SSD"
		}, ""},
		"an earlier image of ours, of another machine": {func(e *model.Evidence, p *model.Plan) {
			e.Kind, e.DiskID, e.MadeOf, p.Disk.Type = "image", "", "ins-99999999", "LOCAL_SSD"
		}, "attached now"},
		"an earlier image of ours, cloud disk": {func(e *model.Evidence, _ *model.Plan) {
			e.Kind, e.DiskID, e.MadeOf = "image", "", "ins-1a2b3c4d"
		}, "attached now"},
		"a snapshot of a local disk": {
			func(_ *model.Evidence, p *model.Plan) { p.Disk.Type = "LOCAL_SSD" },
			"local disks have no snapshots",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, p := base, modeltest.Plan(1)
			c.change(&e, &p)
			r := e.Usable(p, now)
			if (r == nil) != (c.says == "") || (r != nil && !strings.Contains(r.Why, c.says)) {
				t.Errorf("got %v", r)
			}
		})
	}
}

func TestARuleWithoutTagsMatchesNothing(t *testing.T) {
	p := model.Policy{Approvals: 2, Rules: []model.Rule{{Forbid: "never"}}}
	if got := p.TermsFor(model.Subject{Tags: map[string]string{"a": "b"}}); got.Forbid != "" || got.Approvals != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestTheFirstRuleThatMatchesDecides(t *testing.T) {
	one, two := 1, 3
	p := model.Policy{Approvals: 2, Rules: []model.Rule{
		{Tags: map[string]string{"env": "prod", "team": "shop"}, Approvals: &two},
		{Tags: map[string]string{"env": "prod"}, Approvals: &one},
	}}
	for tags, want := range map[string]int{"shop": 3, "other": 1} {
		if got := p.TermsFor(model.Subject{Tags: map[string]string{
			"env":  "prod",
			"team": tags,
		}}); got.Approvals != want {
			t.Errorf("team %s: %d approvals, want %d", tags, got.Approvals, want)
		}
	}
	if got := p.TermsFor(model.Subject{}); got.Approvals != 2 || got.Rule != 0 {
		t.Errorf("no tags: %+v", got)
	}
}

func TestARuleThatForbidsCountsWhereverItStands(t *testing.T) {
	two := 2
	p := model.Policy{Approvals: 1, Rules: []model.Rule{
		{Tags: map[string]string{"env": "prod"}, Approvals: &two},
		{Tags: map[string]string{"twokey": "protected"}, Forbid: "protected"},
	}}
	got := p.TermsFor(model.Subject{Tags: map[string]string{"env": "prod", "twokey": "protected"}})
	if got.Forbid != "protected" || got.Approvals != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestABoundKeyPairThatTheResetUnbindsIsWarnedOf(t *testing.T) {
	for what, c := range map[string]struct {
		bound []string
		login model.Login
		to    string // the system that is installed
		why   string // of the warning; empty: none
		next  string
	}{
		"none bound": {},
		"not named": {
			bound: []string{"skey-aaaaaaaa"}, why: "key pair skey-aaaaaaaa is bound",
			next: "key:skey-aaaaaaaa",
		},
		"the image's login": {
			bound: []string{"skey-aaaaaaaa"}, login: model.Login{Kind: model.LoginKeepImage},
			why: "key pair skey-aaaaaaaa", next: "key:skey-aaaaaaaa",
		},
		"named": {bound: []string{"skey-aaaaaaaa"}, login: model.Login{
			Kind: model.LoginKeys,
			Keys: []string{"skey-aaaaaaaa"},
		}},
		"one of three named": {
			bound: []string{"skey-cccccccc", "skey-aaaaaaaa", "skey-bbbbbbbb"},
			login: model.Login{Kind: model.LoginKeys, Keys: []string{"skey-aaaaaaaa"}},
			why:   "key pairs skey-cccccccc and skey-bbbbbbbb are bound",
			next:  "key:skey-aaaaaaaa,skey-bbbbbbbb,skey-cccccccc",
		},
		"Windows takes none": {bound: []string{"skey-aaaaaaaa"}, to: "Windows", why: "key pair skey-aaaaaaaa"},
	} {
		f := modeltest.Machine()
		f.Instance.KeyIDs, f.KeyPairs = c.bound, c.bound
		if c.to != "" {
			f.Image.Platform, f.Image.OSName = c.to, "Windows Server 2019"
		}
		w := model.Request{Login: c.login}
		got := model.Preflight(model.Case{
			Request: w, Facts: f, Terms: modeltest.Terms(1), Plan: model.MakePlan(w, f, modeltest.Terms(1)),
			Now: now,
		})
		at := slices.IndexFunc(got, func(f model.Finding) bool { return f.Code == "key-pairs" })
		switch {
		case at < 0 && c.why == "":
		case at < 0 || got[at].Severity != model.Warns || !strings.Contains(got[at].Why, c.why) || c.why == "" ||
			(c.next == "") != (got[at].Next == "") || !strings.HasSuffix(got[at].Next, c.next):
			t.Errorf("%s: %+v", what, got)
		}
	}
}
