package screen

import (
	"strings"
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func fromTo(from, to string) func(*oper) {
	return func(op *oper) { op.Plan.FromOS, op.Plan.Image.OSName = from, to }
}

// The line says what changes and nothing else: what stays as it is costs room.
func TestThenSaysOnlyWhatChanges(t *testing.T) {
	image := func(kind, name string) func(*oper) {
		return func(op *oper) { op.Plan.Image.Type, op.Plan.Image.Name = kind, name }
	}
	login := func(l model.Login) func(*oper) { return func(op *oper) { op.Plan.Login = l } }
	price := func(before, after *model.Price) func(*oper) {
		return func(op *oper) { op.Plan.Before, op.Plan.After = before, after }
	}
	hourly := func(amount float64) *model.Price { return &model.Price{Amount: amount, Unit: "HOUR"} }
	for name, c := range map[string]struct {
		change []func(*oper)
		want   string
	}{
		"the same image again": {nil, "Then: Ubuntu 20.04 again"},
		"a newer version": {
			[]func(*oper){fromTo("Ubuntu Server 20.04 LTS 64bit", "Ubuntu Server 22.04 LTS 64bit")},
			"Then: Ubuntu 20.04 → 22.04",
		},
		"another system": {
			[]func(*oper){fromTo("CentOS 7.9 64bit", "Windows Server 2019 DataCenter 64bit")},
			"Then: CentOS 7.9 → Windows Server 2019 DataCenter",
		},
		"an alike name": {
			[]func(*oper){fromTo("Ubuntu Server 20.04", "Ubuntu-Pro 22.04")}, "Then: Ubuntu 20.04 → Ubuntu-Pro 22.04",
		},
		"no word of the system now": {
			[]func(*oper){fromTo("", "Debian 12.1 64bit")}, "Then: none → Debian 12.1",
		},
		"a larger disk": {
			[]func(*oper){func(op *oper) { op.Plan.DiskGB = 100 }}, "Then: Ubuntu 20.04 again · disk 50 → 100 GiB",
		},
		"another price": {
			[]func(*oper){price(hourly(0.26), hourly(0.91))},
			"Then: Ubuntu 20.04 again · CNY 0.26/h now, CNY 0.91/h afterwards",
		},
		"no price at all": {[]func(*oper){price(nil, nil)}, "Then: Ubuntu 20.04 again"},
		"one's own image": {
			[]func(*oper){image(model.ImagePrivate, "shop panel 1")}, "Then: Ubuntu 20.04 again (own image shop panel 1)",
		},
		"a shared image": {
			[]func(*oper){image(model.ImageShared, "base")}, "Then: Ubuntu 20.04 again (shared image base)",
		},
		"of the marketplace": {
			[]func(*oper){image(model.ImageMarket, "shop")}, "Then: Ubuntu 20.04 again (marketplace image shop)",
		},
		"a key pair": {
			[]func(*oper){login(model.Login{Kind: model.LoginKeys, Keys: []string{"skey-1", "skey-2"}})},
			"Then: Ubuntu 20.04 again · login: key pair skey-1, skey-2",
		},
		"a generated password": {
			[]func(*oper){login(model.Login{Kind: model.LoginPassword})},
			"Then: Ubuntu 20.04 again · login: a generated password, shown once to the proposer",
		},
		"the image's login": {
			[]func(*oper){login(model.Login{Kind: model.LoginKeepImage})},
			"Then: Ubuntu 20.04 again · login: as set in the image",
		},
		"a host name": {
			[]func(*oper){func(op *oper) { op.Plan.HostName = "shop-1" }}, "Then: Ubuntu 20.04 again · host name shop-1",
		},
		"the name it has": {[]func(*oper){func(op *oper) { op.Plan.HostName = "web-01" }}, "Then: Ubuntu 20.04 again"},
	} {
		if got := thenText([]oper{webOp(reinstall.Proposed, c.change...)}, yuan).String(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A suffix that distinguishes nothing leaves what is shown, and never the plan: its
// fingerprint is of the cloud's own words.
func TestASystemsNameIsShortenedOnScreenAlone(t *testing.T) {
	for full, short := range map[string]string{
		"Ubuntu Server 22.04 LTS 64bit": "Ubuntu 22.04", "Debian 12.1 64bit": "Debian 12.1",
		"CentOS 7.9": "CentOS 7.9", "Windows Server 2019 DataCenter 64bit": "Windows Server 2019 DataCenter",
		"64bit": "64bit", "OpenCloudOS 8.6 64bit arm": "OpenCloudOS 8.6 64bit arm", "  Debian\n12 ": "Debian 12",
		"": "",
	} {
		if got := shortSystem(full); got != short {
			t.Errorf("%q is shown as %q", full, got)
		}
	}
	op := webOp(reinstall.Proposed)
	before := op.Plan.Fingerprint()
	DrawCard([]oper{op}, 1, yuan, night, nil)
	if op.Plan.Image.OSName != "Ubuntu Server 20.04 LTS 64bit" || op.Plan.Fingerprint() != before {
		t.Errorf("the plan has %q", op.Plan.Image.OSName)
	}
	if got := wordsOf(planLines(op, 1, "CNY")...); !strings.Contains(got, "Ubuntu Server 20.04 LTS 64bit") {
		t.Errorf("Details shorten it, too: %s", got)
	}
}

func disks(sizes ...int) func(*oper) {
	return func(op *oper) {
		for _, gb := range sizes {
			op.Plan.DataDisks = append(op.Plan.DataDisks, model.Disk{ID: "disk-2", SizeGB: gb})
		}
	}
}

func publicIPs(ips ...string) func(*oper) { return func(op *oper) { op.Plan.PublicIPs = ips } }

// What stays is said, also that nothing does.
func TestKeptSaysWhatStays(t *testing.T) {
	for name, c := range map[string]struct {
		change []func(*oper)
		want   string
	}{
		"nothing":    {nil, "Kept: no public IP, no data disks"},
		"an address": {[]func(*oper){publicIPs("1.2.3.4")}, "Kept: public IP"},
		"two":        {[]func(*oper){publicIPs("1.2.3.4", "1.2.3.5")}, "Kept: 2 public IPs"},
		"a disk":     {[]func(*oper){disks(200)}, "Kept: data disk 200 GiB"},
		"both":       {[]func(*oper){publicIPs("1.2.3.4"), disks(200, 300)}, "Kept: public IP, 2 data disks, 500 GiB"},
	} {
		if got := keptText([]oper{webOp(reinstall.Proposed, c.change...)}).String(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Of several machines what is the same is said once; else each has its name.
func TestSeveralMachinesShareWhatIsTheSame(t *testing.T) {
	newer := fromTo("Ubuntu Server 20.04 LTS 64bit", "Ubuntu Server 22.04 LTS 64bit")
	alike := many(3, reinstall.Proposed, newer)
	if got := thenText(alike, yuan).String(); got != "Then: Ubuntu 20.04 → 22.04" {
		t.Errorf("all alike: %q", got)
	}
	mixed := together(webOp(reinstall.Proposed, newer), webOp(reinstall.Proposed, disks(10)), webOp(reinstall.Proposed,
		newer))
	if got := thenText(mixed, yuan).String(); got != "Then: web-01 and web-03: Ubuntu 20.04 → 22.04; web-02: "+
		"Ubuntu 20.04 again" {
		t.Errorf("one differs: %q", got)
	}
	if got := keptText(mixed).String(); got != "Kept: web-01 and web-03: no public IP, no data disks; web-02: data disk "+
		"10 GiB" {
		t.Errorf("one has a disk: %q", got)
	}
	if got := lostText(mixed).String(); got != "Lost: all of their 3 system disks, 150 GiB" {
		t.Errorf("%q", got)
	}
	order := "Order: web-01 first, then web-02"
	if got := wordsOf(waitingLines(mixed[:2], yuan, night)...); !strings.Contains(got, order+"\n") {
		t.Errorf("the card lacks the order:\n%s", got)
	}
	order += ". If one does not finish, the rest are not started."
	if got := DetailsForm(mixed[:2], 1, yuan, night).Intro[0].String(); got != order {
		t.Errorf("Details begin with %q", got)
	}
}
