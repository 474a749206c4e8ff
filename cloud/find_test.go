package cloud

import (
	"strings"
	"testing"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
)

func found(is []model.Instance) string {
	var out []string
	for _, i := range is {
		out = append(out, i.Ref.String())
	}
	return strings.Join(out, " ")
}

func TestFindReturnsExactlyWhatWasNamed(t *testing.T) {
	t.Parallel() // it waits for the budgets of calls
	const gz, hk = "main/ap-guangzhou/", "main/ap-hongkong/"
	for _, c := range []struct{ target, account, region, want string }{
		{fakecvm.Web01, "", "", gz + fakecvm.Web01},
		{"  " + fakecvm.Web01 + " ", "", "", gz + fakecvm.Web01},
		{fakecvm.HK01, "", "", hk + fakecvm.HK01},
		{fakecvm.HK01, "main", "ap-hongkong", hk + fakecvm.HK01},
		{fakecvm.HK01, "", "ap-guangzhou", ""},
		{"web-01", "", "", gz + fakecvm.Web01},
		{"web-0", "", "", ""},
		{"WEB-01", "", "", ""},
		{"hk-01", "", "", hk + fakecvm.HK01},
		{"cache-01", "", "", gz + fakecvm.Cache01A + " " + gz + fakecvm.Cache01B},
		{"119.29.10.11", "", "", gz + fakecvm.Web01},
		{"119.29.10.1", "", "", ""},
		{gz + fakecvm.Web01, "", "", gz + fakecvm.Web01},
		{gz + fakecvm.HK01, "", "", ""},
		{"ins-00000000", "", "", ""},
		{"ins-1a2b", "", "", ""},
		{"*", "", "", ""},
		{"%", "", "", ""},
		{".", "", "", ""},
		{"-", "", "", ""},
		{"2001:db8::1", "", "", ""},
	} {
		l := newLab(t)
		got, err := l.Find(ctx(t), c.target, c.account, c.region)
		if err != nil || found(got) != c.want {
			t.Errorf("%q in %q/%q: found %q, want %q; %v", c.target, c.account, c.region, found(got), c.want, err)
		}
		if got == nil {
			t.Errorf("%q: nil where a slice belongs", c.target)
		}
	}
}

func TestFindByPrivateIP(t *testing.T) {
	l := newLab(t)
	i, _ := l.fake.Instance(fakecvm.Web02)
	got, err := l.Find(ctx(t), i.PrivateIPs[0], "", "")
	if err != nil || found(got) != "main/ap-guangzhou/"+fakecvm.Web02 {
		t.Errorf("found %q; %v", found(got), err)
	}
}

// Somebody may have named a machine after another one's address: then both are
// meant, and the caller refuses.
func TestFindSeesAMachineThatIsNamedAfterAnothersIP(t *testing.T) {
	l := newLab(t)
	if err := l.fake.SetName(fakecvm.DB01, "119.29.10.11"); err != nil {
		t.Fatal(err)
	}
	got, err := l.Find(ctx(t), "119.29.10.11", "", "")
	if err != nil || len(got) != 2 {
		t.Errorf("found %q; %v", found(got), err)
	}
}

func TestAnEmptyTargetIsRefusedAndNothingIsAsked(t *testing.T) {
	l := newLab(t)
	for _, target := range []string{"", " ", "\t\n", strings.Repeat("x", 129)} {
		_, err := l.Find(ctx(t), target, "", "")
		isRefusal(t, err, "Not found", "Name it by its id")
	}
	if n := len(l.fake.Requests()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestAnUnknownAccountOrRegionIsRefusedWithWhatThereIs(t *testing.T) {
	l := newLab(t, twice)
	_, err := l.Find(ctx(t), "web-01", "other", "")
	isRefusal(t, err, "other", "main, second")
	_, err = l.Find(ctx(t), "web-01", "", "ap-nowhere")
	isRefusal(t, err, "ap-nowhere", "ap-guangzhou, ap-hongkong, ap-singapore")
	_, err = l.Find(ctx(t), "web-01", "main", "ap-hongkong")
	isRefusal(t, err, "ap-hongkong", "Use one of: ap-guangzhou.")
	_, err = l.Find(ctx(t), "other/ap-guangzhou/"+fakecvm.Web01, "", "")
	isRefusal(t, err, "other", "main, second")
	_, err = l.Find(ctx(t), "main/ap-guangzhou/"+fakecvm.Web01, "second", "")
	isRefusal(t, err, "another account or region")
}

func TestFindLooksThroughAllAccountsAndPages(t *testing.T) {
	t.Parallel()
	l := newLab(t, twice)
	got, err := l.Find(ctx(t), "sg-01", "", "")
	if err != nil || found(got) != "second/ap-singapore/"+fakecvm.SG01 {
		t.Errorf("found %q; %v", found(got), err)
	}
	crowd(t, l, 230, "web-01-copy")
	got, err = l.Find(ctx(t), "web-01", "", "")
	if err != nil || found(got) != "main/ap-guangzhou/"+fakecvm.Web01 {
		t.Errorf("found %q; %v", found(got), err)
	}
	if n := l.requests(api.DescribeInstances); n != 3+3+2 {
		t.Errorf("%d calls, want three regions twice, and two more pages", n)
	}
}

// A machine of that name might be in the region that could not be read.
func TestARegionThatCannotBeReadFailsTheFind(t *testing.T) {
	for name, value := range map[string]string{
		"describe_error": "InternalServerError", "describe_drop": "on", "describe_empty": "on",
		"error:DescribeInstances": "InternalError.Whatever",
	} {
		l := newLab(t)
		l.misbehave(t, name, value)
		got, err := l.Find(ctx(t), "web-01", "", "")
		isFault(t, err, "DescribeInstances in ap-", "account main")
		if len(got) != 0 {
			t.Errorf("%s: %q next to an error", name, found(got))
		}
	}
}

func TestAReadIsTriedAgainAndThenSucceeds(t *testing.T) {
	for name, value := range map[string]string{
		"describe_error": "InternalServerError next=2", "describe_drop": "next=2", "describe_empty": "next=2",
		"throttle": "RequestLimitExceeded next=2",
	} {
		l := newLab(t)
		l.misbehave(t, name, value)
		got, err := l.Find(ctx(t), "web-01", "", "ap-guangzhou")
		if err != nil || found(got) != "main/ap-guangzhou/"+fakecvm.Web01 {
			t.Errorf("%s: found %q; %v", name, found(got), err)
		}
		if n := l.requests(api.DescribeInstances); n != 3 {
			t.Errorf("%s: %d tries, want 3", name, n)
		}
	}
}

func TestWrongCredentialsAreAFaultThatIsNotTriedAgain(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "secret_revoked", "on")
	_, err := l.Find(ctx(t), "web-01", "", "ap-guangzhou")
	isFault(t, err, "AuthFailure.SecretIdNotFound", "the secret id does not exist")
	if n := l.requests(api.DescribeInstances); n != 1 {
		t.Errorf("%d tries, want 1", n)
	}
}

func TestANameThatTheCloudDoesNotSearchForIsRefused(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "describe_error", "InvalidParameterValue.InvalidVagueName")
	_, err := l.Find(ctx(t), "we%b", "", "")
	isRefusal(t, err, "does not search for such a name", "Name the machine by its id")
}

// crowd adds n machines whose names begin alike.
func crowd(t *testing.T, l *lab, n int, name string) (ids []string) {
	t.Helper()
	model, _ := l.fake.Instance(fakecvm.Web01)
	for k := range n {
		i := model
		i.ID = "ins-" + string([]byte{
			'c', 'r', 'o', 'w', 'd', byte('a' + k/676), byte('a' + k/26%26),
			byte('a' + k%26),
		})
		i.Name, i.PublicIPs, i.PrivateIPs = name, nil, nil
		if err := l.fake.AddInstance(i); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, i.ID)
	}
	return ids
}
