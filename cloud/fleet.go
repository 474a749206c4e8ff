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

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall"
)

const (
	// cacheFresh is how old a list may be before it is read again behind the
	// answer; cacheStale how old it may be to be answered with at all.
	cacheFresh = time.Minute
	cacheStale = 10 * time.Minute
	// cachePause is how long a failed read is left alone.
	cachePause       = 5 * time.Second
	cacheReadTimeout = time.Minute
	// cacheRetryWait is how long a list is waited for that could not be read last time.
	cacheRetryWait = 500 * time.Millisecond
	// cacheInterval is how often the machines are read again unasked.
	cacheInterval = 4 * time.Minute
)

// shelves keep lists for type-ahead, by key. A list on a shelf only helps
// somebody to pick: whatever is picked is read again.
type listCache[T any] struct {
	mu     sync.Mutex
	byKey  map[string]cachedList[T]
	flight singleflight.Group
}

type cachedList[T any] struct {
	list   T
	readAt time.Time // zero: never read
	// failed and err are the last failure since.
	failed time.Time
	err    error
}

// get returns the list under the key. An old one is answered with at once and
// read again behind it; however many ask, it is read once.
func (s *listCache[T]) get(ctx context.Context, c *Cloud, key string, load func(context.Context) (T, error)) (T, error) {
	now := c.client.Now()
	s.mu.Lock()
	held := s.byKey[key]
	s.mu.Unlock()
	age := now.Sub(held.readAt)
	usable := !held.readAt.IsZero() && age < cacheStale
	if usable && age < cacheFresh {
		return held.list, nil
	}
	if held.err != nil && now.Sub(held.failed) < cachePause {
		if usable {
			return held.list, nil
		}
		return held.list, held.err
	}
	done := s.flight.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(c.life, cacheReadTimeout)
		defer cancel()
		list, err := load(ctx)
		s.store(c, key, list, err)
		return list, err
	})
	if usable {
		return held.list, nil
	}
	if held.err != nil { // then it may fail again, and after a long time only
		short, cancel := context.WithTimeout(ctx, cacheRetryWait)
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

// lastRead is the list under the key as it was last read, however old; nothing is
// asked or waited for.
func (s *listCache[T]) lastRead(key string) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byKey[key].list
}

func (s *listCache[T]) store(c *Cloud, key string, list T, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byKey == nil {
		s.byKey = map[string]cachedList[T]{}
	}
	held := s.byKey[key]
	if err != nil {
		held.err, held.failed = err, c.client.Now()
		c.client.Log.Warn("type-ahead could not be refreshed", "list", key, "error", err.Error())
	} else {
		held = cachedList[T]{list: list, readAt: c.client.Now()}
	}
	s.byKey[key] = held
}

// Fleet returns what is remembered of all machines, by account and region, in
// the order of the policy file. What is older than a minute is read again behind
// the answer; what was never read is waited for until ctx ends. A region that
// cannot be read says why, and keeps the others from nothing.
func (c *Cloud) Fleet(ctx context.Context) []reinstall.Part {
	sites, err := c.chooseRegions(api.NotFound, "", "")
	if err != nil {
		return nil
	}
	out := make([]reinstall.Part, len(sites))
	var g sync.WaitGroup
	for n, r := range sites {
		g.Go(func() {
			machines, err := c.machinesOf(ctx, r)
			out[n] = reinstall.Part{Account: r.Account.Name, Region: r.Name, Machines: machines, Err: err}
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
		wait := time.NewTimer(cacheInterval)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
	}
}

// machinesOf is all instances of the site, from memory.
func (c *Cloud) machinesOf(ctx context.Context, r *api.Region) ([]reinstall.Instance, error) {
	return c.fleets.get(ctx, c, r.Account.Name+"/"+r.Name, func(ctx context.Context) ([]reinstall.Instance, error) {
		all, err := describe.Instances(ctx, r)
		if err != nil {
			return nil, r.Fault(api.NotRead, api.DescribeInstances, err)
		}
		return all, nil
	})
}

// Images returns the images that the instance's type takes, that are ready and
// not deprecated, from a memory like Fleet's: own ones first, then shared, then
// public ones. Images with data disks in them are left out, because
// ResetInstance refuses them (cloud/doc.go 6.3).
func (c *Cloud) Images(ctx context.Context, ref reinstall.Ref) ([]reinstall.Image, error) {
	r, err := c.oneRegion(api.NotFound, ref.Account, ref.Region)
	if err != nil {
		return nil, err
	}
	kind, err := c.typeOf(ctx, r, ref.Instance)
	if err != nil {
		return nil, err
	}
	return c.images.get(ctx, c, r.Account.Name+"/"+r.Name+"/"+kind, func(ctx context.Context) ([]reinstall.Image, error) {
		return installableImages(ctx, r, kind)
	})
}

// typeOf is the instance's type: from memory, or read where it is not there.
func (c *Cloud) typeOf(ctx context.Context, r *api.Region, id string) (string, error) {
	if fleet, err := c.machinesOf(ctx, r); err == nil {
		for _, i := range fleet {
			if i.Instance == id {
				return i.Type, nil
			}
		}
	}
	i, found, err := describe.InstanceByID(ctx, r, id)
	switch {
	case err != nil:
		return "", r.Fault(api.NotRead, api.DescribeInstances, err)
	case !found:
		return "", reinstall.Refuse(api.NotFound, "“"+errcode.Shorten(id, 60)+"” does not exist in "+r.Name+" of account "+r.Account.Name, "Pick the machine first")
	}
	return i.Type, nil
}

// imageOrder is how suggestions are ordered by their source.
var imageOrder = []string{reinstall.ImagePrivate, reinstall.ImageShared, reinstall.ImagePublic}

// installableImages lists the images that instances of the type take, in order.
func installableImages(ctx context.Context, r *api.Region, instanceType string) ([]reinstall.Image, error) {
	all, err := describe.Images(ctx, r, instanceType, describe.Filter("image-type", imageOrder...))
	if err != nil {
		return nil, r.Fault(api.NotRead, api.DescribeImages, err)
	}
	out := []reinstall.Image{}
	for _, raw := range all {
		i := describe.ImageOf(raw)
		if i.State == reinstall.ImageNormal && !i.Deprecated && slices.Contains(imageOrder, i.Type) && !isWholeMachine(raw) {
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

func isWholeMachine(i *cvm.Image) bool {
	return slices.ContainsFunc(i.SnapshotSet, func(s *cvm.Snapshot) bool { return s != nil && api.Val(s.DiskUsage) == "DATA_DISK" })
}
