package cloud

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"twokey/commands"
	"twokey/commands/reinstall"
)

const (
	// shelfFresh is how old a list may be before it is read again behind the
	// answer; shelfStale how old it may be to be answered with at all.
	shelfFresh = time.Minute
	shelfStale = 10 * time.Minute
	// shelfPause is how long a failed read is left alone.
	shelfPause = 5 * time.Second
	shelfRead  = 30 * time.Second
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
	select {
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	case r := <-done:
		list, _ := r.Val.(T)
		return list, r.Err
	}
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

// Suggest returns up to limit instances whose name, id or IP contains the
// query, in any case of letters; those that begin with it come first. A region
// that cannot be read is left out, unless it was the only one.
func (c *Cloud) Suggest(ctx context.Context, query string, limit int) ([]commands.Hit, error) {
	sites, err := c.choose(notFound, "", "")
	if err != nil {
		return nil, err
	}
	query = strings.ToLower(strings.TrimSpace(query))
	found, errs := make([][]reinstall.Instance, len(sites)), make([]error, len(sites))
	var g errgroup.Group
	for n, s := range sites {
		g.Go(func() error {
			found[n], errs[n] = s.fleet(ctx)
			return nil
		})
	}
	_ = g.Wait() // the tasks leave their errors in errs
	if !slices.Contains(errs, nil) {
		return nil, errs[0]
	}
	var hits []reinstall.Instance
	for _, i := range slices.Concat(found...) {
		if matches(query, slices.Concat([]string{i.Name, i.Instance}, i.PrivateIPs, i.PublicIPs)...) {
			hits = append(hits, i)
		}
	}
	slices.SortFunc(hits, func(a, b reinstall.Instance) int {
		return cmp.Or(
			cmp.Compare(rank(query, a.Name, a.Instance), rank(query, b.Name, b.Instance)),
			cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)),
			cmp.Compare(a.Ref.String(), b.Ref.String()),
		)
	})
	out := []commands.Hit{}
	for _, i := range hits[:min(len(hits), max(limit, 0))] {
		out = append(out, commands.Hit{Ref: i.Ref, Name: i.Name, Note: noteOf(i)})
	}
	return out, nil
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

// matches reports whether one of the texts contains the query, which is in
// lower case.
func matches(query string, texts ...string) bool {
	return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), query) })
}

// rank puts what is the query before what begins with it, and that before the
// rest.
func rank(query string, texts ...string) int {
	best := 2
	for _, t := range texts {
		t = strings.ToLower(t)
		switch {
		case t == query:
			return 0
		case strings.HasPrefix(t, query):
			best = 1
		}
	}
	return best
}

// noteOf is what tells the instance from one of the same name.
func noteOf(i reinstall.Instance) string {
	var parts []string
	if len(i.PrivateIPs) > 0 {
		parts = append(parts, i.PrivateIPs[0])
	}
	for _, p := range []string{i.Zone, i.OSName} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

// SuggestImages returns up to limit images that the instance's type takes, that
// are ready and not deprecated, whose name, id or system contains the query;
// own ones first, then shared, then public ones. Images with data disks in them
// are left out, because ResetInstance refuses them (facts/tencent.md section 4).
func (c *Cloud) SuggestImages(ctx context.Context, ref reinstall.Ref, query string, limit int) ([]reinstall.Image, error) {
	s, err := c.site(notFound, ref.Account, ref.Region)
	if err != nil {
		return nil, err
	}
	kind, err := s.typeOf(ctx, ref.Instance)
	if err != nil {
		return nil, err
	}
	all, err := c.images.get(ctx, c, s.Name+"/"+s.region+"/"+kind, func(ctx context.Context) ([]reinstall.Image, error) {
		return s.installable(ctx, kind)
	})
	if err != nil {
		return nil, err
	}
	query = strings.ToLower(strings.TrimSpace(query))
	out := []reinstall.Image{}
	for _, i := range all {
		if len(out) < limit && matches(query, i.Name, i.ID, i.OSName) {
			out = append(out, i)
		}
	}
	return out, nil
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
		return "", reinstall.Refuse(notFound, "“"+cut(id, 60)+"” does not exist in "+s.region+" of account "+s.Name, "Pick the machine first")
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
