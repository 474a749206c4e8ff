package cloud

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/fakecvm"
	"twokey/commands/reinstall/model"
)

// say answers with a text.
func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

// named are the names of the remembered machines that have the text in them, in
// order, and the first region's error.
func named(ctx context.Context, c *Cloud, text string) (string, error) {
	var out []string
	var err error
	for _, p := range c.Fleet(ctx) {
		err = cmp.Or(err, p.Err)
		for _, i := range p.Machines {
			if strings.Contains(i.Name, text) {
				out = append(out, i.Name)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, " "), err
}

func TestTheFleetIsRememberedByAccountAndRegion(t *testing.T) {
	l := newLab(t)
	for range 3 {
		parts := l.Fleet(ctx(t))
		if len(parts) != 3 || parts[0].Account != "main" || parts[0].Region != fakecvm.Guangzhou ||
			parts[1].Region != fakecvm.Hongkong {
			t.Fatalf("%+v", parts)
		}
		for _, p := range parts {
			if p.Err != nil || len(p.Machines) == 0 || p.Machines[0].Region != p.Region {
				t.Errorf("%s: %d machines, %v", p.Region, len(p.Machines), p.Err)
			}
		}
	}
	if n := l.requests(api.DescribeInstances); n != 3 {
		t.Errorf("%d calls for three regions and three questions", n)
	}
}

func TestManyWhoAskAtOnceCostOneRead(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	release := make(chan struct{})
	l.wire.answer(api.DescribeInstances, func(w http.ResponseWriter, r *http.Request) {
		<-release
		l.fake.ServeHTTP(w, r)
	})
	var g sync.WaitGroup
	var right atomic.Int64
	for range 64 {
		g.Go(func() {
			if names, err := named(ctx(t), l.Cloud, "web"); err == nil && names == "web-01 web-02" {
				right.Add(1)
			}
		})
	}
	close(release)
	g.Wait()
	if right.Load() != 64 || l.requests(api.DescribeInstances) != 3 {
		t.Errorf("%d of 64 answered, %d calls for three regions", right.Load(), l.requests(api.DescribeInstances))
	}
}

// clockOf is a clock that a test moves.
type clockOf struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clockOf) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clockOf) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func TestAnOldMemoryAnswersAtOnceAndIsRefreshedBehindIt(t *testing.T) {
	clock := &clockOf{t: time.Now()}
	l := newLab(t, func(_ *fakecvm.Config, c *Config) {
		c.Now, c.Accounts[0].Regions = clock.now, []string{fakecvm.Guangzhou}
	})
	suggest := func() string {
		t.Helper()
		names, err := named(ctx(t), l.Cloud, "web-0")
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	suggest()
	if err := l.fake.SetName(fakecvm.Web02, "web-03"); err != nil {
		t.Fatal(err)
	}
	clock.move(59 * time.Second)
	if got := suggest(); got != "web-01 web-02" || l.requests(api.DescribeInstances) != 1 {
		t.Errorf("within the minute: %s after %d calls", got, l.requests(api.DescribeInstances))
	}
	clock.move(2 * time.Second)
	if got := suggest(); got != "web-01 web-02" {
		t.Errorf("the first answer after a minute waits for nothing: %s", got)
	}
	if err := l.fake.WaitFor(ctx(t), func() bool { return suggest() == "web-01 web-03" }); err != nil {
		t.Errorf("never refreshed: %v", err)
	}
	if n := l.requests(api.DescribeInstances); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
	l.misbehave(t, "describe_error", "AuthFailure.SecretIdNotFound")
	clock.move(9 * time.Minute)
	if got := suggest(); got != "web-01 web-03" {
		t.Errorf("a memory of nine minutes: %s", got)
	}
	clock.move(2 * time.Minute)
	if err := l.fake.WaitFor(ctx(t), func() bool { return l.requests(api.DescribeInstances) >= 3 }); err != nil {
		t.Error(err)
	}
	if _, err := named(ctx(t), l.Cloud, "web"); err == nil {
		t.Error("a memory of eleven minutes is answered with")
	}
}

// It says so, and the other regions are there.
func TestFleetOfARegionThatCannotBeRead(t *testing.T) {
	l := newLab(t)
	l.wire.answer(api.DescribeInstances, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Region") == fakecvm.Hongkong {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		l.fake.ServeHTTP(w, r)
	})
	for _, p := range l.Fleet(ctx(t)) {
		if broken := p.Region == fakecvm.Hongkong; broken != (p.Err != nil) || broken != (len(p.Machines) == 0) {
			t.Errorf("%s: %d machines, %v", p.Region, len(p.Machines), p.Err)
		}
	}
}

func TestTheFleetIsKeptWithoutBeingAskedFor(t *testing.T) {
	l := newLab(t)
	run, stop := context.WithCancel(ctx(t))
	ended := make(chan struct{})
	go func() { l.KeepFleet(run); close(ended) }()
	if err := l.fake.WaitFor(ctx(t), func() bool { return l.requests(api.DescribeInstances) == 3 }); err != nil {
		t.Fatal(err)
	}
	stop()
	<-ended
	if names, err := named(ctx(t), l.Cloud, "web"); err != nil || names != "web-01 web-02" ||
		l.requests(api.DescribeInstances) != 3 {
		t.Errorf("%s after %d calls; %v", names, l.requests(api.DescribeInstances), err)
	}
}

func TestTheFleetIsNotWaitedForLongerThanItsAskerDoes(t *testing.T) {
	l := newLab(t)
	release := make(chan struct{})
	defer close(release)
	l.wire.answer(api.DescribeInstances, func(http.ResponseWriter, *http.Request) { <-release })
	gone, cancel := context.WithCancel(ctx(t))
	cancel()
	for _, p := range l.Fleet(gone) {
		if !errors.Is(p.Err, context.Canceled) {
			t.Errorf("%s: %v", p.Region, p.Err)
		}
	}
}

func TestImagesAreThoseThatTheMachineTakesOwnOnesFirst(t *testing.T) {
	l := newLab(t)
	images, err := l.Images(ctx(t), guangzhou(fakecvm.Web01))
	if err != nil {
		t.Fatal(err)
	}
	order := 0
	ids := map[string]bool{}
	for _, i := range images {
		ids[i.ID] = true
		at := map[string]int{model.ImagePrivate: 0, model.ImageShared: 1, model.ImagePublic: 2}[i.Type]
		if at < order {
			t.Errorf("%s (%s) comes too late", i.Name, i.Type)
		}
		order = at
		if i.State != "NORMAL" || i.Deprecated {
			t.Errorf("%+v", i)
		}
	}
	for id, want := range map[string]bool{
		fakecvm.ImageGolden: true, fakecvm.ImageShared: true, fakecvm.ImageUbuntu22: true, fakecvm.ImageWindows22: true,
		fakecvm.ImageCreating: false, fakecvm.ImageFailed: false, fakecvm.ImageWhole: false,
		fakecvm.ImageForeign:    false,
		fakecvm.ImageDeprecated: false, fakecvm.ImageUbuntuARM: false,
	} {
		if ids[id] != want {
			t.Errorf("%s suggested: %t, want %t", id, ids[id], want)
		}
	}
	if again, err := l.Images(ctx(t), guangzhou(fakecvm.Web01)); err != nil || len(again) != len(images) {
		t.Errorf("%d, then %d; %v", len(images), len(again), err)
	}
	if n := l.requests(api.DescribeImages); n != 1 {
		t.Errorf("%d calls for two questions", n)
	}
	_, err = l.Images(ctx(t), guangzhou("ins-00000000"))
	isRefusal(t, err, "ins-00000000")
}
