package cloud

import (
	"context"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"
	"golang.org/x/sync/errgroup"

	"twokey/commands/reinstall"
)

const notFound = "Not found"

var instanceID = regexp.MustCompile(`^ins-[0-9a-z]{8}$`)

// maxName is more runes than an instance's name can have.
const maxName = 128

// target is what somebody named, and how the cloud can be asked for it.
type target struct {
	text    string
	ip      netip.Addr // not valid: no address
	filters []*cvm.Filter
}

// newTarget never selects more than it names: an empty target is a refusal,
// since an empty filter would be 'all'.
func newTarget(text string) (target, error) {
	t := target{text: strings.TrimSpace(text)}
	switch {
	case t.text == "":
		return t, reinstall.Refuse(notFound, "no machine was named", "Name it by its id (ins-..), its exact name or its IP")
	case len([]rune(t.text)) > maxName:
		return t, reinstall.Refuse(notFound, "“"+cut(t.text, 60)+"” is longer than any machine's name", "Name it by its id (ins-..), its exact name or its IP")
	case instanceID.MatchString(t.text):
		t.filters = append(t.filters, filter("instance-id", t.text))
		return t, nil
	}
	t.filters = append(t.filters, filter("instance-name", t.text))
	if ip, err := netip.ParseAddr(t.text); err == nil && ip.Is4() {
		t.ip = ip
		t.filters = append(t.filters, filter("private-ip-address", t.text), filter("public-ip-address", t.text))
	}
	return t, nil
}

// names reports whether the instance is exactly what was named; blanks around its
// name are none that anybody types. The cloud's filter by name is fuzzy.
func (t target) names(i reinstall.Instance) bool {
	if i.Instance == t.text || strings.TrimSpace(i.Name) == t.text {
		return true
	}
	return t.ip.IsValid() && slices.ContainsFunc(slices.Concat(i.PrivateIPs, i.PublicIPs), func(s string) bool {
		ip, err := netip.ParseAddr(s)
		return err == nil && ip == t.ip
	})
}

// Find returns every instance that the target names exactly, over all accounts
// and regions that account and region leave. One region that cannot be read
// fails all of it: the machine might be there too.
func (c *Cloud) Find(ctx context.Context, text, accountName, region string) ([]reinstall.Instance, error) {
	text, accountName, region, err := splitRef(text, accountName, region)
	if err != nil {
		return nil, err
	}
	t, err := newTarget(text)
	if err != nil {
		return nil, err
	}
	sites, err := c.choose(notFound, accountName, region)
	if err != nil {
		return nil, err
	}
	found := finds{by: map[reinstall.Ref]reinstall.Instance{}}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, s := range sites {
		for _, f := range t.filters {
			g.Go(func() error {
				some, err := s.instances(ctx, f)
				if err != nil && codeOf(err) == "InvalidInstanceId.NotFound" {
					return nil
				}
				if err != nil {
					return s.failed(notFound, describeInstances, err)
				}
				found.add(slices.DeleteFunc(some, func(i reinstall.Instance) bool { return !t.names(i) }))
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return found.sorted(), nil
}

// splitRef takes account/region/id apart. Names may hold slashes, so that only
// three parts that end in an instance id are meant as one.
func splitRef(text, accountName, region string) (rest, outAccount, outRegion string, err error) {
	parts := strings.Split(strings.TrimSpace(text), "/")
	if len(parts) != 3 || !instanceID.MatchString(parts[2]) {
		return text, accountName, region, nil
	}
	if accountName != "" && accountName != parts[0] || region != "" && region != parts[1] {
		return "", "", "", reinstall.Refuse(notFound, "“"+cut(text, 60)+"” lies in another account or region than the one asked for",
			"Leave --account and --region out, or name the id alone")
	}
	return parts[2], parts[0], parts[1], nil
}

// finds collects what several searches found, each instance once.
type finds struct {
	mu sync.Mutex
	by map[reinstall.Ref]reinstall.Instance
}

func (f *finds) add(is []reinstall.Instance) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range is {
		f.by[i.Ref] = i
	}
}

func (f *finds) sorted() []reinstall.Instance {
	out := []reinstall.Instance{}
	for _, i := range f.by {
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b reinstall.Instance) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	return out
}
