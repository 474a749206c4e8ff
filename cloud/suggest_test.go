package cloud

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twokey/cloud/fakecvm"
	"twokey/commands"
	"twokey/commands/reinstall"
)

// say answers with a text.
func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

func hitNames(hits []commands.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Name)
	}
	return strings.Join(out, " ")
}

func TestSuggestFindsByAnyPartOfNameIDOrIP(t *testing.T) {
	l := newLab(t)
	private := func() string { i, _ := l.fake.Instance(fakecvm.DB01); return i.PrivateIPs[0] }()
	for query, want := range map[string]string{
		"web": "web-01 web-02", "WEB-01": "web-01", "1a2b3c": "web-01 web-02", "119.29.10.12": "web-02", private: "db-01",
		"hk": "hk-01 hk-win-01", "win-01": "win-01 hk-win-01", "cache": "cache-01 cache-01", "nothing like it": "",
	} {
		hits, err := l.Suggest(ctx(t), query, 100)
		if err != nil || hitNames(hits) != want {
			t.Errorf("%q: %q, want %q; %v", query, hitNames(hits), want, err)
		}
	}
	all, err := l.Suggest(ctx(t), "", 5)
	if err != nil || len(all) != 5 {
		t.Errorf("%d of at most 5; %v", len(all), err)
	}
	if hits, _ := l.Suggest(ctx(t), "web-01", 1); hits[0].Ref != guangzhou(fakecvm.Web01) || !strings.Contains(hits[0].Note, "Ubuntu") || !strings.Contains(hits[0].Note, "10.0.1.") {
		t.Errorf("%+v", hits[0])
	}
	if n := l.requests(describeInstances); n != 3 {
		t.Errorf("%d calls for three regions and many questions", n)
	}
}

func TestManyWhoAskAtOnceCostOneRead(t *testing.T) {
	l := newLab(t)
	release := make(chan struct{})
	l.wire.answer(describeInstances, func(w http.ResponseWriter, r *http.Request) {
		<-release
		l.fake.ServeHTTP(w, r)
	})
	var g sync.WaitGroup
	var right atomic.Int64
	for range 64 {
		g.Go(func() {
			if hits, err := l.Suggest(ctx(t), "web", 9); err == nil && len(hits) == 2 {
				right.Add(1)
			}
		})
	}
	close(release)
	g.Wait()
	if right.Load() != 64 || l.requests(describeInstances) != 3 {
		t.Errorf("%d of 64 answered, %d calls for three regions", right.Load(), l.requests(describeInstances))
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
		hits, err := l.Suggest(ctx(t), "web-0", 9)
		if err != nil {
			t.Fatal(err)
		}
		return hitNames(hits)
	}
	suggest()
	if err := l.fake.SetName(fakecvm.Web02, "web-03"); err != nil {
		t.Fatal(err)
	}
	clock.move(59 * time.Second)
	if got := suggest(); got != "web-01 web-02" || l.requests(describeInstances) != 1 {
		t.Errorf("within the minute: %s after %d calls", got, l.requests(describeInstances))
	}
	clock.move(2 * time.Second)
	if got := suggest(); got != "web-01 web-02" {
		t.Errorf("the first answer after a minute waits for nothing: %s", got)
	}
	if err := l.fake.WaitFor(ctx(t), func() bool { return suggest() == "web-01 web-03" }); err != nil {
		t.Errorf("never refreshed: %v", err)
	}
	if n := l.requests(describeInstances); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
	l.misbehave(t, "describe_error", "AuthFailure.SecretIdNotFound")
	clock.move(9 * time.Minute)
	if got := suggest(); got != "web-01 web-03" {
		t.Errorf("a memory of nine minutes: %s", got)
	}
	clock.move(2 * time.Minute)
	if err := l.fake.WaitFor(ctx(t), func() bool { return l.requests(describeInstances) >= 3 }); err != nil {
		t.Error(err)
	}
	if _, err := l.Suggest(ctx(t), "web", 9); err == nil {
		t.Error("a memory of eleven minutes is answered with")
	}
}

func TestARegionThatCannotBeReadIsLeftOutOfSuggestions(t *testing.T) {
	l := newLab(t)
	l.wire.answer(describeInstances, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Region") == fakecvm.Hongkong {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		l.fake.ServeHTTP(w, r)
	})
	hits, err := l.Suggest(ctx(t), "-01", 100)
	if err != nil || strings.Contains(hitNames(hits), "hk-01") || !strings.Contains(hitNames(hits), "sg-01") {
		t.Errorf("%s; %v", hitNames(hits), err)
	}
	l.wire.answer(describeInstances, say("{}"))
	if _, err := newLabOn(t, l).Suggest(ctx(t), "web", 9); err == nil {
		t.Error("no region could be read, and that is no error")
	}
}

// newLabOn opens a second Cloud on the same double.
func newLabOn(t *testing.T, l *lab) *Cloud {
	t.Helper()
	c, err := Open(Config{Endpoint: l.server.URL, Accounts: []Account{l.accounts[0].Account}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.pause = time.Millisecond
	return c
}

func TestSuggestGivesUpWithItsCaller(t *testing.T) {
	l := newLab(t)
	release := make(chan struct{})
	defer close(release)
	l.wire.answer(describeInstances, func(http.ResponseWriter, *http.Request) { <-release })
	gone, cancel := context.WithCancel(ctx(t))
	cancel()
	if _, err := l.Suggest(gone, "web", 9); err == nil {
		t.Error("no error")
	}
}

func TestSuggestedImagesAreThoseThatTheMachineTakesOwnOnesFirst(t *testing.T) {
	l := newLab(t)
	images, err := l.SuggestImages(ctx(t), guangzhou(fakecvm.Web01), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	order := 0
	ids := map[string]bool{}
	for _, i := range images {
		ids[i.ID] = true
		at := map[string]int{reinstall.ImagePrivate: 0, reinstall.ImageShared: 1, reinstall.ImagePublic: 2}[i.Type]
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
		fakecvm.ImageCreating: false, fakecvm.ImageFailed: false, fakecvm.ImageWhole: false, fakecvm.ImageForeign: false,
		fakecvm.ImageDeprecated: false, fakecvm.ImageUbuntuARM: false,
	} {
		if ids[id] != want {
			t.Errorf("%s suggested: %t, want %t", id, ids[id], want)
		}
	}
	some, err := l.SuggestImages(ctx(t), guangzhou(fakecvm.Web01), "GOLDEN", 100)
	if err != nil || len(some) != 2 {
		t.Errorf("%v; %v", some, err)
	}
	one, err := l.SuggestImages(ctx(t), guangzhou(fakecvm.Web01), "", 1)
	if err != nil || len(one) != 1 {
		t.Errorf("%v; %v", one, err)
	}
	if n := l.requests(describeImages); n != 1 {
		t.Errorf("%d calls for three questions", n)
	}
	_, err = l.SuggestImages(ctx(t), guangzhou("ins-00000000"), "", 9)
	isRefusal(t, err, "ins-00000000")
}
