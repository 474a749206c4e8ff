package beliefs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	cloudaudit "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cloudaudit/v20190319"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/around"
	"twokey/cloud/audit"
	"twokey/cloud/describe"
	"twokey/commands/port"
)

const (
	// surveyPages bounds how much of one region is read: more machines prove no more.
	surveyPages = 10
)

// survey is what the looks share. It reads each region once, also if the read fails.
type survey struct {
	client   *api.Client
	accounts []*api.Account
	mu       sync.Mutex
	regions  map[*api.Region]*surveyed
	trails   map[trailOf]*trail
}

// surveyed is one region as it was read.
type surveyed struct {
	machines []*describe.RawInstance
	total    int64 // as the cloud counts them; -1: it does not say
	whole    bool  // all of them were read
	clock    *api.ClockReading
	err      error

	disks    []*cbs.Disk
	disksErr error
	hasDisks bool
}

// trail is what CloudAudit shows of an account.
type trail struct {
	events []*cloudaudit.Event
	err    error
}

type trailOf struct {
	account *api.Account
	region  string
}

// placeOf names a region without naming its account.
func (v *survey) placeOf(r *api.Region) string {
	if len(v.accounts) == 1 {
		return r.Name
	}
	return "account " + strconv.Itoa(slices.Index(v.accounts, r.Account)+1) + ", " + r.Name
}

// allRegions are the regions of all accounts.
func (v *survey) allRegions() (out []*api.Region) {
	for _, a := range v.accounts {
		out = append(out, a.Regions...)
	}
	return out
}

// region reads the machines of a region.
func (v *survey) region(ctx context.Context, r *api.Region) *surveyed {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.regions[r] == nil {
		v.regions[r] = surveyRegion(api.WithAttemptTimeout(ctx, v.client.AroundTimeout), r)
	}
	return v.regions[r]
}

func surveyRegion(ctx context.Context, r *api.Region) *surveyed {
	out := &surveyed{total: -1}
	ctx, out.clock = api.WithClock(ctx)
	for range surveyPages {
		answer, err := api.Read(ctx, r, api.DescribeInstances,
			func(ctx context.Context) (*describe.RawInstances, *string, error) {
				q := cvm.NewDescribeInstancesRequest()
				q.Offset, q.Limit = new(int64(len(out.machines))), new(int64(api.PageSize))
				return describe.InstancePage(ctx, r, q)
			})
		if err != nil {
			out.err = err
			return out
		}
		out.machines = append(out.machines, answer.InstanceSet...)
		if answer.TotalCount != nil {
			out.total = *answer.TotalCount
		}
		if len(answer.InstanceSet) < api.PageSize {
			out.whole = true
			return out
		}
	}
	return out
}

// disksOf reads the system disks of a region that CBS knows.
func (v *survey) disksOf(ctx context.Context, r *api.Region) ([]*cbs.Disk, error) {
	one := v.region(ctx, r)
	v.mu.Lock()
	defer v.mu.Unlock()
	if !one.hasDisks {
		one.hasDisks = true
		one.disks, one.disksErr = systemDisks(api.WithAttemptTimeout(ctx, v.client.AroundTimeout), r)
	}
	return one.disks, one.disksErr
}

// trail reads CloudAudit's events of the calls that change machines: of four weeks,
// or of one day if that is too much.
func (v *survey) trail(ctx context.Context, r *api.Region) *trail {
	key := trailOf{r.Account, api.AuditRegion(r.Name)}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.trails[key] == nil {
		t := &trail{}
		now := v.client.Now()
		ctx := api.WithAttemptTimeout(ctx, v.client.AroundTimeout)
		t.events, t.err = audit.AllEvents(ctx, r, now.Add(-audit.Span+time.Minute), now.Add(time.Minute))
		if errors.Is(t.err, api.ErrTooMany) {
			t.events, t.err = audit.AllEvents(ctx, r, now.Add(-24*time.Hour), now.Add(time.Minute))
		}
		v.trails[key] = t
	}
	return v.trails[key]
}

// eachRegion calls f for each region whose machines can be read, and gathers the
// results.
func (v *survey) eachRegion(ctx context.Context,
	f func(r *api.Region, one *surveyed) (port.BeliefState, string),
) port.BeliefResult {
	var g gathered
	for _, r := range v.allRegions() {
		one := v.region(ctx, r)
		switch {
		case one.err != nil:
			g.add(v.placeOf(r), port.Inconclusive, around.WhyUnchecked(api.DescribeInstances, one.err))
		case len(one.machines) == 0:
			g.add(v.placeOf(r), port.Inconclusive, "no machine")
		default:
			found, seen := f(r, one)
			g.add(v.placeOf(r), found, seen)
		}
	}
	return g.result()
}

// gathered is what several regions show, and the result: one region that differs is
// enough. If none differs, one that holds is enough.
type gathered struct {
	found map[port.BeliefState]bool
	said  []string
}

func (g *gathered) add(where string, found port.BeliefState, seen string) {
	if g.found == nil {
		g.found = map[port.BeliefState]bool{}
	}
	g.found[found] = true
	g.said = append(g.said, where+": "+seen)
}

func (g *gathered) result() port.BeliefResult {
	out := port.BeliefResult{State: port.Inconclusive, Detail: strings.Join(g.said, "; ")}
	for _, f := range []port.BeliefState{port.Holds, port.Differs} {
		if g.found[f] {
			out.State = f
		}
	}
	return out
}

// counted is a list of values with how often each was seen.
type counted map[string]int

func (c counted) String() string {
	var words []string
	for _, value := range slices.Sorted(maps.Keys(c)) {
		words = append(words, fmt.Sprintf("%s %d", value, c[value]))
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

func systemDisks(ctx context.Context, r *api.Region) (all []*cbs.Disk, err error) {
	for range surveyPages {
		page, err := describe.SystemDiskPage(ctx, r, len(all), api.PageSize)
		if err != nil {
			return nil, err
		}
		if all = append(all, page...); len(page) < api.PageSize {
			break
		}
	}
	return all, nil
}
