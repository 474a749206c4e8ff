package cloud

import (
	"strings"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
	"twokey/commands/port"
)

func TestLookAsksForAHundredMachinesACall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ids := crowd(t, l, 150, "crowd")
	seen, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, append(ids, ids[0], ""))
	if err != nil || len(seen) != 150 {
		t.Fatalf("%d seen; %v", len(seen), err)
	}
	if n := l.requests(api.DescribeInstances); n != 2 {
		t.Errorf("%d calls for 150 machines, want 2", n)
	}
	for id, s := range seen {
		if s.Instance.Instance != id || s.Instance.Account != "main" || s.ServerTime.IsZero() {
			t.Fatalf("%s: %+v", id, s)
		}
	}
}

// How old a look is counts from when the cloud was asked, not from its answer.
func TestALookIsAsOldAsItsQuestion(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "hold:DescribeInstances", "on")
	began := time.Now()
	type answer struct {
		seen map[string]port.InstanceStatus
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		seen, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01})
		got <- answer{seen, err}
	}()
	if err := l.fake.WaitFor(ctx(t), func() bool { return l.requests(api.DescribeInstances) > 0 }); err != nil {
		t.Fatal(err)
	}
	arrived := time.Now()
	l.misbehave(t, "hold:DescribeInstances", "off")
	a := <-got
	if at := a.seen[fakecvm.Web01].Asked; a.err != nil || at.Before(began) || at.After(arrived) {
		t.Errorf("asked at %s, between %s and %s; %v", at, began, arrived, a.err)
	}
}

func TestLookLeavesOutWhatTheCloudDoesNotKnow(t *testing.T) {
	l := newLab(t)
	seen, err := l.Look(ctx(t), "main", fakecvm.Guangzhou,
		[]string{fakecvm.Web01, "ins-00000000", fakecvm.HK01, "nonsense"})
	if err != nil || len(seen) != 1 || seen[fakecvm.Web01].Instance.Name != "web-01" {
		t.Errorf("%+v; %v", seen, err)
	}
	none, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, nil)
	if err != nil || len(none) != 0 {
		t.Errorf("%+v; %v", none, err)
	}
}

func TestLookFailsWhereTheCloudCannotBeRead(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "describe_empty", "on")
	_, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01})
	isFault(t, err, "DescribeInstances in ap-guangzhou of account main")
	_, err = l.Look(ctx(t), "main", "ap-nowhere", []string{fakecvm.Web01})
	isRefusal(t, err, "ap-nowhere")
	_, err = l.Look(ctx(t), "", "", []string{fakecvm.Web01})
	isRefusal(t, err)
}

func TestLookMeasuresTheSkewByTheDateHeader(t *testing.T) {
	for value, want := range map[string]time.Duration{"off": 0, "4m": -4 * time.Minute, "-4m": 4 * time.Minute} {
		l := newLab(t)
		l.misbehave(t, "clock_skew", value)
		seen, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01})
		if err != nil {
			t.Fatal(err)
		}
		s := seen[fakecvm.Web01]
		if off := (s.Skew - want).Abs(); off > 2*time.Second {
			t.Errorf("clock_skew %s: skew %s, want about %s", value, s.Skew, want)
		}
		if off := time.Since(s.ServerTime.Add(s.Skew)).Abs(); off > 3*time.Second {
			t.Errorf("clock_skew %s: server time %s and skew %s do not make our time", value, s.ServerTime, s.Skew)
		}
	}
}

func TestNullStatesReadAsEmpty(t *testing.T) {
	l := newLab(t)
	l.misbehave(t, "describe_null_states", "on")
	seen, err := l.Look(ctx(t), "main", fakecvm.Guangzhou, []string{fakecvm.Web01})
	if err != nil {
		t.Fatal(err)
	}
	if latest := seen[fakecvm.Web01].Instance.Latest; latest.Operation+latest.State+latest.RequestID+
		latest.Error != "" {
		t.Errorf("%+v", latest)
	}
}

func TestPingTellsWhichAccountIsWrongAndWhy(t *testing.T) {
	l := newLab(t, twice)
	if err := l.Ping(ctx(t)); err != nil {
		t.Fatal(err)
	}
	if n := l.requests(api.DescribeInstances); n != 2 {
		t.Errorf("%d calls for two accounts", n)
	}
	broken := newLab(t, twice, func(_ *fakecvm.Config, c *Config) { c.Accounts[1].SecretKey = "another key" })
	err := broken.Ping(ctx(t))
	isFault(t, err, "account second", "AuthFailure.SignatureFailure", "the secret key does not fit the secret id",
		"Ask whoever runs Twokey")
	if strings.Contains(err.Error(), "account main") || strings.Contains(err.Error(), "another key") {
		t.Errorf("%v", err)
	}
}
