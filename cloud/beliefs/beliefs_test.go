package beliefs_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/beliefs"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
)

// lab has the double and what looks at it.
type lab struct {
	fake     *fakecvm.Cloud
	client   *api.Client
	accounts []*api.Account
}

// newLab opens accounts on the double. change may touch both configurations.
func newLab(t *testing.T, change ...func(*fakecvm.Config, *[]api.AccountConfig)) *lab {
	t.Helper()
	const id, key = "AKIDofTheTestAccount", "the+secret/key\"of the test account"
	theirs := fakecvm.Config{SecretID: id, SecretKey: key}
	ours := []api.AccountConfig{{
		Name: "main", Regions: []string{fakecvm.Guangzhou, fakecvm.Hongkong, fakecvm.Singapore}, SecretID: id,
		SecretKey: key,
	}}
	for _, f := range change {
		f(&theirs, &ours)
	}
	l := &lab{fake: fakecvm.New(theirs)}
	server := httptest.NewServer(l.fake)
	t.Cleanup(server.Close)
	var err error
	if l.client, err = api.NewClient(server.URL, nil, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.client.CloseIdle)
	l.client.Pause = time.Millisecond
	limits := api.SharedLimits{}
	for _, cfg := range ours {
		a, err := api.OpenAccount(l.client, cfg, limits)
		if err != nil {
			t.Fatal(err)
		}
		l.accounts = append(l.accounts, a)
	}
	return l
}

func (l *lab) beliefs() []port.Belief { return beliefs.List(l.client, l.accounts) }

// looked is what a look at each belief came to, by name.
func (l *lab) looked(t *testing.T) map[string]port.BeliefResult {
	t.Helper()
	out := map[string]port.BeliefResult{}
	for _, b := range l.beliefs() {
		if b.Name == "" || b.Says == "" || b.Source == "" || strings.HasSuffix(b.Says, ".") {
			t.Errorf("a belief does not say what it is: %+v", b)
		}
		if b.Look == nil {
			if b.ByHand == "" {
				t.Errorf("%s: nobody is told how to look", b.Name)
			}
			continue
		}
		if b.How == "" {
			t.Errorf("%s: it does not say how it is looked at", b.Name)
		}
		out[b.Name] = b.Look(t.Context())
	}
	return out
}

// look looks at one belief.
func (l *lab) look(t *testing.T, name string) port.BeliefResult {
	t.Helper()
	for _, b := range l.beliefs() {
		if b.Name == name {
			return b.Look(t.Context())
		}
	}
	t.Fatalf("there is no belief %q", name)
	return port.BeliefResult{}
}

// resetByHand has somebody reset a machine, which ends.
func (l *lab) resetByHand(t *testing.T) {
	t.Helper()
	if err := l.fake.Operate(fakecvm.Web02, "ResetInstance"); err != nil {
		t.Fatal(err)
	}
	if err := l.fake.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
}

func TestAgainstTheDoubleEveryBeliefHolds(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.resetByHand(t)
	for name, s := range l.looked(t) {
		if s.State != port.Holds {
			t.Errorf("%s: %s: %s", name, s.State, s.Detail)
		}
	}
}

// A sighting is pasted where strangers read it.
func TestNoBeliefShowsANameOrAnID(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.resetByHand(t)
	id := regexp.MustCompile(`(ins|disk|ldisk|img|snap|skey|vpc|lb|cls|asg)-[0-9a-z]{4}|AKID|10\.0\.|web-0|main|[0-9a-f]{8}-[0-9a-f]{4}`)
	for name, s := range l.looked(t) {
		if bad := id.FindString(s.Detail); bad != "" {
			t.Errorf("%s shows %s: %s", name, bad, s.Detail)
		}
	}
}

func TestEachBeliefDiffersWhereTheCloudIsOtherwise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ belief, name, value, seen string }{
		{"disk times", "cbs_utc", "on", "-8 h"},
		{"image times", "bare_image_times", "on", "other"},
		{"disk ids", "other_disk_id", "on", "with another id"},
		{"record states", "odd_record_state", "PROCESSING", "PROCESSING"},
		{"lists", "twice:DescribeInstances", "on", "entries"},
		{"operation names", "legacy_reset", "on", "ResetInstances 1"},
		{"machine states", "odd_instance_state", "REINSTALLING", "not in the documents: REINSTALLING"},
		{"cloud clock", "clock_skew", "2m", "s apart, of at most 30 s"},
		{"prices", "price_error", "FailedOperation.SomethingNew", "FailedOperation.SomethingNew, which is not known"},
		{
			"actions", "error:DescribeLBListeners", "UnauthorizedOperation",
			"clb:DescribeLBListeners UnauthorizedOperation",
		},
		{"events", "audit_odd_times", "on", "readable time 1"},
	} {
		t.Run(c.belief+" "+c.name, func(t *testing.T) {
			l := newLab(t)
			l.resetByHand(t)
			if err := l.fake.Switch(c.name, c.value); err != nil {
				t.Fatal(err)
			}
			if s := l.look(t, c.belief); s.State != port.Differs || !strings.Contains(s.Detail, c.seen) {
				t.Errorf("%s: %s", s.State, s.Detail)
			}
		})
	}
}

func TestARecordUnderAnotherIDThanTheCallsDiffers(t *testing.T) {
	l := newLab(t)
	if err := l.fake.Switch("reset_other_request_id", "on"); err != nil {
		t.Fatal(err)
	}
	l.resetByHand(t)
	if s := l.look(t, "request ids"); s.State != port.Differs || !strings.Contains(s.Detail, "under other ids only 1") {
		t.Errorf("%s: %s", s.State, s.Detail)
	}
}

// A machine without a record is normal, and so is an account without machines or
// events: that is no difference.
func TestWhatCannotBeLookedAtIsNoDifference(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*lab) error{
		"nothing there":      func(l *lab) error { return nil },
		"nothing answers":    func(l *lab) error { return l.fake.Switch("describe_error", "InternalError") },
		"no reads allowed":   func(l *lab) error { return l.fake.Switch("describe_error", "UnauthorizedOperation") },
		"no records":         func(l *lab) error { return l.fake.Switch("describe_null_states", "on") },
		"the key is revoked": func(l *lab) error { return l.fake.Switch("secret_revoked", "on") },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, func(theirs *fakecvm.Config, _ *[]api.AccountConfig) {
				if name == "nothing there" {
					theirs.Fleet = &fakecvm.Fleet{}
				}
			})
			if err := prepare(l); err != nil {
				t.Fatal(err)
			}
			for belief, s := range l.looked(t) {
				if s.State == port.Differs && (belief != "actions" || name != "no reads allowed") {
					t.Errorf("%s: %s", belief, s.Detail)
				}
			}
		})
	}
}

func TestAccountsAreCountedAndNotNamed(t *testing.T) {
	l := newLab(t, func(_ *fakecvm.Config, ours *[]api.AccountConfig) {
		other := (*ours)[0]
		other.Name, other.Regions = "payments-of-us", []string{fakecvm.Singapore}
		*ours = append(*ours, other)
	})
	s := l.look(t, "lists")
	if !strings.Contains(s.Detail, "account 1, ap-guangzhou: ") || !strings.Contains(s.Detail,
		"account 2, ap-singapore: ") ||
		strings.Contains(s.Detail, "payments") {
		t.Error(s.Detail)
	}
}
