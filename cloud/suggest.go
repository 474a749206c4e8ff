package cloud

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/singleflight"

	"twokey/cloud/errcode"
	"twokey/commands/reinstall"
)

const (
	// shelfFresh is how old a list may be before it is read again behind the
	// answer; shelfStale how old it may be to be answered with at all.
	shelfFresh = time.Minute
	shelfStale = 10 * time.Minute
	// shelfPause is how long a failed read is left alone.
	shelfPause = 5 * time.Second
	shelfRead  = time.Minute
	// shelfHope is how long a list is waited for that could not be read last time.
	shelfHope = 500 * time.Millisecond
	// shelfKept is how often the machines are read again unasked.
	shelfKept = 4 * time.Minute
)

// shelves keep lists for type-ahead, by key. A list on a shelf only helps
// somebody to pick: whatever is picked is read again.
type shelves[T any] struct {
	mu     sync.Mutex
	by     map[string]shelf[T]
	flight singleflight.Group
}

type shelf[T any] struct {
	list T
	at   time.Time // zero: never read
	// failed and err are the last failure since.
	failed time.Time
	err    error
}

// get returns the list under the key. An old one is answered with at once and
// read again behind it; however many ask, it is read once.
func (s *shelves[T]) get(ctx context.Context, c *Cloud, key string, load func(context.Context) (T, error)) (T, error) {
	now := c.now()
	s.mu.Lock()
	held := s.by[key]
	s.mu.Unlock()
	age := now.Sub(held.at)
	usable := !held.at.IsZero() && age < shelfStale
	if usable && age < shelfFresh {
		return held.list, nil
	}
	if held.err != nil && now.Sub(held.failed) < shelfPause {
		if usable {
			return held.list, nil
		}
		return held.list, held.err
	}
	done := s.flight.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(c.life, shelfRead)
		defer cancel()
		list, err := load(ctx)
		s.put(c, key, list, err)
		return list, err
	})
	if usable {
		return held.list, nil
	}
	if held.err != nil { // then it may fail again, and after a long time only
		short, cancel := context.WithTimeout(ctx, shelfHope)
		defer cancel()
		ctx = short
	}
	select {
	case <-ctx.Done():
		var none T
		if held.err != nil {
			return none, held.err
		}
		return none, context.Cause(ctx)
	case r := <-done:
		list, _ := r.Val.(T)
		return list, r.Err
	}
}

// recall is the list under the key as it was last read, however old; nothing is
// asked or waited for.
func (s *shelves[T]) recall(key string) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.by[key].list
}

func (s *shelves[T]) put(c *Cloud, key string, list T, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by = map[string]shelf[T]{}
	}
	held := s.by[key]
	if err != nil {
		held.err, held.failed = err, c.now()
		c.log.Warn("type-ahead could not be refreshed", "list", key, "error", err.Error())
	} else {
		held = shelf[T]{list: list, at: c.now()}
	}
	s.by[key] = held
}

// Fleet returns what is remembered of all machines, by account and region, in
// the order of the policy file. What is older than a minute is read again behind
// the answer; what was never read is waited for until ctx ends. A region that
// cannot be read says why, and keeps the others from nothing.
func (c *Cloud) Fleet(ctx context.Context) []reinstall.Part {
	sites, err := c.choose(notFound, "", "")
	if err != nil {
		return nil
	}
	out := make([]reinstall.Part, len(sites))
	var g sync.WaitGroup
	for n, s := range sites {
		g.Go(func() {
			machines, err := s.fleet(ctx)
			out[n] = reinstall.Part{Account: s.Name, Region: s.region, Machines: machines, Err: err}
		})
	}
	g.Wait()
	return out
}

// KeepFleet reads all machines at once and again before the memory is too old
// to be answered with, until ctx ends: nobody's first question waits for it.
func (c *Cloud) KeepFleet(ctx context.Context) {
	for {
		c.Fleet(ctx)
		wait := time.NewTimer(shelfKept)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
	}
}

// fleet is all instances of the site, from memory.
func (s *site) fleet(ctx context.Context) ([]reinstall.Instance, error) {
	return s.cloud.fleets.get(ctx, s.cloud, s.Name+"/"+s.region, func(ctx context.Context) ([]reinstall.Instance, error) {
		all, err := s.instances(ctx)
		if err != nil {
			return nil, s.failed(notRead, describeInstances, err)
		}
		return all, nil
	})
}

// Images returns the images that the instance's type takes, that are ready and
// not deprecated, from a memory like Fleet's: own ones first, then shared, then
// public ones. Images with data disks in them are left out, because
// ResetInstance refuses them (facts/tencent.md section 4).
func (c *Cloud) Images(ctx context.Context, ref reinstall.Ref) ([]reinstall.Image, error) {
	s, err := c.site(notFound, ref.Account, ref.Region)
	if err != nil {
		return nil, err
	}
	kind, err := s.typeOf(ctx, ref.Instance)
	if err != nil {
		return nil, err
	}
	return c.images.get(ctx, c, s.Name+"/"+s.region+"/"+kind, func(ctx context.Context) ([]reinstall.Image, error) {
		return s.installable(ctx, kind)
	})
}

// typeOf is the instance's type: from memory, or read where it is not there.
func (s *site) typeOf(ctx context.Context, id string) (string, error) {
	if fleet, err := s.fleet(ctx); err == nil {
		for _, i := range fleet {
			if i.Instance == id {
				return i.Type, nil
			}
		}
	}
	i, found, err := s.instance(ctx, id)
	switch {
	case err != nil:
		return "", s.failed(notRead, describeInstances, err)
	case !found:
		return "", reinstall.Refuse(notFound, "“"+errcode.Shorten(id, 60)+"” does not exist in "+s.region+" of account "+s.Name, "Pick the machine first")
	}
	return i.Type, nil
}

// imageOrder is how suggestions are ordered by their source.
var imageOrder = []string{reinstall.ImagePrivate, reinstall.ImageShared, reinstall.ImagePublic}

// installable lists the images that instances of the type take, in order.
func (s *site) installable(ctx context.Context, instanceType string) ([]reinstall.Image, error) {
	all, err := s.listImages(ctx, instanceType, filter("image-type", imageOrder...))
	if err != nil {
		return nil, s.failed(notRead, describeImages, err)
	}
	out := []reinstall.Image{}
	for _, raw := range all {
		i := imageOf(raw)
		if i.State == reinstall.ImageNormal && !i.Deprecated && slices.Contains(imageOrder, i.Type) && !wholeMachine(raw) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b reinstall.Image) int {
		newest := 0
		if a.Type != reinstall.ImagePublic {
			newest = b.Created.Compare(a.Created)
		}
		return cmp.Or(
			cmp.Compare(slices.Index(imageOrder, a.Type), slices.Index(imageOrder, b.Type)),
			newest, strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID),
		)
	})
	return out, nil
}

func wholeMachine(i *cvm.Image) bool {
	return slices.ContainsFunc(i.SnapshotSet, func(s *cvm.Snapshot) bool { return s != nil && val(s.DiskUsage) == "DATA_DISK" })
}
