package form

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// drafted is a draft in which the plain machine was picked, changed.
func drafted(values map[string]string, change ...func(*model.Instance)) Draft {
	i := modeltest.Machine().Instance
	for _, c := range change {
		c(&i)
	}
	v := map[string]string{FieldTarget: i.Ref.String()}
	for k, x := range values {
		v[k] = x
	}
	return Draft{
		Values: v, Parts: []model.FleetPart{{Account: i.Account, Region: i.Region, Machines: []model.Instance{i}}},
		Images: []model.Image{
			modeltest.Machine().Image,
			{
				ID: "img-win", Name: "Windows 2019", Type: model.ImagePublic, State: model.ImageNormal,
				OSName: "Windows Server 2019", Platform: "Windows", Arch: "x86_64", SizeGB: 60,
			},
			{
				ID: "img-own", Name: "shop panel", Type: model.ImagePrivate, State: model.ImageNormal,
				OSName: "Ubuntu 22.04", Platform: "Ubuntu", Arch: "x86_64", SizeGB: 20,
			},
		},
	}
}

func idsOf(t *testing.T, dr Draft) string {
	t.Helper()
	var out []string
	for _, f := range Propose(dr, model.Policy{}).Fields {
		out = append(out, f.ID)
	}
	return strings.Join(out, " ")
}

// The form asks only for what the machine that was picked allows.
func TestTheFormOfAProposalAsksForWhatTheMachineAllows(t *testing.T) {
	local := func(i *model.Instance) { i.SystemDisk.Type = "LOCAL_BASIC" }
	for name, c := range map[string]struct {
		draft Draft
		want  string
	}{
		"no machine yet": {Draft{}, "target image disk login keys host backup reason"},
		"Linux":          {drafted(nil), "target image disk login keys host backup reason"},
		"Windows":        {drafted(map[string]string{FieldImage: "img-win"}), "target image disk login host backup reason"},
		"a local disk":   {drafted(nil, local), "target image login keys host backup reason"},
		"in no channel": {
			Draft{Origin: Origin{Ask: AskNowhere}}, "place target image disk login keys host backup reason",
		},
	} {
		if got := idsOf(t, c.draft); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// What is said beside a field is of this machine and this image.
func TestTheFormOfAProposalSaysWhatItKnows(t *testing.T) {
	f := Propose(drafted(nil), model.Policy{})
	if got := introOf(f); !strings.Contains(got, "web-01 is ins-1a2b3c4d in ap-guangzhou, 10.0.0.5. It runs "+
		"Ubuntu Server 20.04 LTS 64bit on a system disk of 50 GiB. It is read again when you propose.") {
		t.Errorf("%s", got)
	}
	if x := fieldOf(t, f, FieldImage); x.Hint != "Empty: the image that it runs now: Ubuntu 20.04" || !x.Optional {
		t.Errorf("image: %+v", x)
	}
	if x := fieldOf(t, f, fieldDisk); x.Least != 50 || !strings.HasPrefix(x.Hint, "Empty: 50, as it is.") {
		t.Errorf("disk: %+v", x)
	}
	windows := Propose(drafted(map[string]string{FieldImage: "img-win"}), model.Policy{})
	if x := fieldOf(t, windows, fieldDisk); x.Least != 60 ||
		!strings.HasPrefix(x.Hint, "Empty: 60, which the image needs.") {
		t.Errorf("disk for Windows: %+v", x)
	}
	if x := fieldOf(t, windows, fieldHost); !strings.Contains(x.Hint, "For Windows: 2 to 15 letters") {
		t.Errorf("host for Windows: %q", x.Hint)
	}
	gone := Propose(drafted(map[string]string{FieldImage: "img-gone"}), model.Policy{})
	if x := fieldOf(t, gone, FieldImage); x.Value != "" ||
		!strings.HasPrefix(x.Hint, "The image that you picked before does not fit") {
		t.Errorf("an image that does not fit: %+v", x)
	}
	bound := drafted(nil, func(i *model.Instance) { i.KeyIDs = []string{"skey-1"} })
	if x := fieldOf(t, Propose(bound, model.Policy{}), fieldKeys); !strings.Contains(x.Hint, "skey-1") {
		t.Errorf("keys: %q", x.Hint)
	}
}

// A login that the image cannot have is not offered, and is not kept.
func TestALoginIsOfferedOnlyIfTheImageHasIt(t *testing.T) {
	for name, c := range map[string]struct {
		image, login, value, want string
	}{
		"public Linux":       {"", "", "message-center", "message-center password key"},
		"Windows, key pair":  {"img-win", "key", "message-center", "message-center password"},
		"one's own, as set":  {"img-own", "keep-image", "keep-image", "message-center password keep-image key"},
		"public Linux, kept": {"", "keep-image", "message-center", "message-center password key"},
	} {
		x := fieldOf(t, Propose(drafted(map[string]string{FieldImage: c.image, fieldLogin: c.login}), model.Policy{}),
			fieldLogin)
		var kinds []string
		for _, o := range x.Options {
			kinds = append(kinds, o.Value)
			if o.Label == "" {
				t.Errorf("%s: %s has no label", name, o.Value)
			}
		}
		if got := strings.Join(kinds, " "); got != c.want || x.Value != c.value {
			t.Errorf("%s: %q, filled in %q", name, got, x.Value)
		}
	}
}

// What is filled in is read as it was meant.
func TestWhatIsFilledInIsARequest(t *testing.T) {
	for name, c := range map[string]struct {
		values map[string]string
		want   model.Request
	}{
		"the machine alone": {nil, model.Request{Login: model.Login{Kind: model.LoginMessageCenter}}},
		"everything": {
			map[string]string{
				FieldImage: "img-win", fieldDisk: " 100 ", fieldHost: " shop-1 ", FieldReason: " it broke ", FieldBackup: "image",
				fieldLogin: "key", fieldKeys: "skey-1a2b3c4d",
			},
			model.Request{
				Image: "img-win", DiskGB: 100, HostName: "shop-1", Reason: "it broke", Backup: "image",
				Login: model.Login{Kind: model.LoginKeys, Keys: []string{"skey-1a2b3c4d"}},
			},
		},
		"a backup later": {
			map[string]string{FieldBackup: "later", fieldLogin: "password"},
			model.Request{Login: model.Login{Kind: model.LoginPassword}},
		},
	} {
		v := map[string]string{FieldTarget: "main/ap-a/ins-1"}
		for k, x := range c.values {
			v[k] = x
		}
		c.want.Target = "main/ap-a/ins-1"
		got, errs := RequestOf(v)
		if diff := cmp.Diff(c.want, got); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %v -want +got\n%s", name, errs, diff)
		}
	}
}

// Where a machine has no backup there is nothing to confirm, for one or for any.
func TestNoBackupIsConfirmedWhileOneIsMissing(t *testing.T) {
	single, several := opIn(reinstall.Proposed, "7K3Q", "web-01"), severalOf(3, reinstall.Proposed)
	f := Backup([]oper{single}, modeltest.Now)
	if x := fieldOf(t, f, FieldBackup); x.Value != "snap-1" || f.Submit != "Confirm" {
		t.Errorf("one: %+v, %q", x, f.Submit)
	}
	fieldOf(t, f, FieldTyped)
	f = Backup(several, modeltest.Now)
	if got := introOf(f); !strings.Contains(got, "web-01, web-02 and web-03 will be lost") || len(f.Fields) != 4 {
		t.Errorf("three: %d fields, %s", len(f.Fields), got)
	}
	single.Evidence, several[1].Evidence = nil, nil
	several[1].Making = &reinstall.BackupImage{Stage: reinstall.ImageMaking, Name: "twokey-7K01"}
	for want, ops := range map[string][]oper{
		"The cloud knows no backup of web-01's system disk that counts. Close this and press Make backup image.": {single},
		"web-02: The backup image twokey-7K01 is still being made. Close this; the thread says when":             several,
	} {
		f := Backup(ops, modeltest.Now)
		if got := introOf(f); f.Submit != "" || len(f.Fields) > 0 || !strings.Contains(got, want) {
			t.Errorf("it can be submitted: %q, or lacks %q: %s", f.Submit, want, got)
		}
	}
}

// Whoever asks for an image reads what is in it, and that nobody stops a machine alone.
func TestTheFormOfAnImageSaysWhatItTakes(t *testing.T) {
	waits := opIn(reinstall.Proposed, "7K3Q", "web-01")
	waits.Making = &reinstall.BackupImage{Stage: reinstall.ImageAsked, Stop: true, By: "U0ANN"}
	for want, op := range map[string]oper{
		"The cloud makes an image of web-01's system disk. Data disks are not in it.": opIn(reinstall.Proposed, "7K3Q",
			"web-01"),
		"of each machine that has no backup that counts.":                  severalOf(2, reinstall.Proposed)[0],
		"@U0ANN asked for an image for which web-01 is stopped. It waits.": waits,
	} {
		f := Image(op, "7K3Q", 1)
		if got := introOf(f); !strings.Contains(got, want) || !strings.Contains(got, "Nobody stops a machine alone") {
			t.Errorf("no %q in %s", want, got)
		}
		if x := fieldOf(t, f, fieldMode); x.Value != "run" || len(x.Options) != 2 {
			t.Errorf("%+v", x)
		}
	}
}
