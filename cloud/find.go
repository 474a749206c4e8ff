package cloud

import (
	"context"
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/api"
	"twokey/cloud/describe"
	"twokey/cloud/errcode"
	"twokey/commands/reinstall/model"
)

// findTimeout is for one attempt to ask a region for a machine. It is short:
// somebody waits, and a region that hangs must not hold up the others.
const findTimeout = 3 * time.Second

// idGrace is how long Find waits for the other regions once one has the id. Two
// accounts of the policy file may be the same account; then Find must see both.
const idGrace = time.Second

var instanceID = regexp.MustCompile(`^ins-[0-9a-z]{8}$`)

// maxName is more characters than the name of an instance can have.
const maxName = 128

// target is what somebody named, and the filters by which the cloud finds it.
type target struct {
	text    string
	id      bool       // it is an instance id: there is one of it at most
	ip      netip.Addr // not valid: no address
	filters []*cvm.Filter
}

// newTarget never selects more than the text names. An empty text is a refusal, for
// an empty filter selects all machines.
func newTarget(text string) (target, error) {
	t := target{text: strings.TrimSpace(text)}
	switch {
	case t.text == "":
		return t, model.Refuse(api.NotFound, "no machine was named",
			"Name it by its id (ins-..), its exact name or its IP")
	case len([]rune(t.text)) > maxName:
		return t, model.Refuse(api.NotFound, "“"+errcode.Shorten(t.text, 60)+"” is longer than any machine's name",
			"Name it by its id (ins-..), its exact name or its IP")
	case instanceID.MatchString(t.text):
		t.id = true
		t.filters = append(t.filters, describe.Filter("instance-id", t.text))
		return t, nil
	}
	t.filters = append(t.filters, describe.Filter("instance-name", t.text))
	ip, ok := model.ParseIP(t.text)
	switch {
	case ok && ip.Is4():
		t.ip = ip
		t.filters = append(t.filters, describe.Filter("private-ip-address", ip.String()),
			describe.Filter("public-ip-address", ip.String()))
	case ok: // that the filter compares addresses, and not texts, is unproven
		t.ip = ip
		t.filters = append(t.filters, describe.Filter("ipv6-address", ip.String(), ip.StringExpanded()))
	}
	return t, nil
}

// matches reports whether the text names exactly this instance. Nobody types the
// blanks around a name. The cloud's filter by name is fuzzy (cloud/doc.go 5.2).
func (t target) matches(i model.Instance) bool {
	if i.Instance == t.text || strings.TrimSpace(i.Name) == t.text {
		return true
	}
	return t.ip.IsValid() && slices.ContainsFunc(i.IPs(), func(s string) bool {
		ip, ok := model.ParseIP(s)
		return ok && ip == t.ip
	})
}

// Find returns every instance that the text names exactly, in the regions that
// accountName and region leave. If some regions do not answer, and the machine might
// be there, it returns what the others have and a *reinstall.UnaskedError. An id
// that is found is enough: ids are unique.
func (c *Cloud) Find(ctx context.Context, text, accountName, region string) ([]model.Instance, error) {
	text, accountName, region, err := splitRef(text, accountName, region)
	if err != nil {
		return nil, err
	}
	t, err := newTarget(text)
	if err != nil {
		return nil, err
	}
	regions, err := c.chooseRegions(api.NotFound, accountName, region)
	if err != nil {
		return nil, err
	}
	s := search{target: t, found: map[model.Ref]model.Instance{}, failed: map[*api.Region]error{}}
	s.askRegions(ctx, regions, c.findTimeout)
	if doubtful := s.regionsToAskAgain(c, regions); len(doubtful) > 0 {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(2 * c.client.Pause):
		}
		s.askRegions(ctx, doubtful, c.findTimeout)
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	return s.result(regions)
}

// splitRef splits account/region/id. Names may hold slashes, so it splits only three
// parts that end in an instance id.
func splitRef(text, accountName, region string) (rest, outAccount, outRegion string, err error) {
	parts := strings.Split(strings.TrimSpace(text), "/")
	if len(parts) != 3 || !instanceID.MatchString(parts[2]) {
		return text, accountName, region, nil
	}
	if accountName != "" && accountName != parts[0] || region != "" && region != parts[1] {
		return "", "", "", model.Refuse(api.NotFound,
			"“"+errcode.Shorten(text, 60)+"” lies in another account or region than the one asked for",
			"Leave --account and --region out, or name the id alone")
	}
	return parts[2], parts[0], parts[1], nil
}

// search collects what the regions show of a target, each instance once, and why a
// region did not answer.
type search struct {
	target
	mu     sync.Mutex
	found  map[model.Ref]model.Instance
	failed map[*api.Region]error
}

// askRegions asks all regions at once; the budgets pace it. Once a region has the id
// that is sought, it waits for the others only a moment.
func (s *search) askRegions(ctx context.Context, regions []*api.Region, timeout time.Duration) {
	ctx, enough := context.WithCancel(api.WithAttemptTimeout(ctx, timeout))
	defer enough()
	var g sync.WaitGroup
	for _, at := range regions {
		for _, f := range s.filters {
			g.Go(func() {
				some, err := describe.Instances(ctx, at, f)
				if errcode.Of(err) == "InvalidInstanceId.NotFound" {
					err = nil
				}
				if s.recordAnswer(at, some, err) && s.id {
					time.AfterFunc(idGrace, enough)
				}
			})
		}
	}
	g.Wait()
}

// recordAnswer keeps one answer, and reports whether it has the target.
func (s *search) recordAnswer(at *api.Region, some []model.Instance, err error) (named bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.failed[at] == nil {
		s.failed[at] = err
	}
	for _, i := range some {
		if s.matches(i) {
			s.found[i.Ref], named = i, true
		}
	}
	return named
}

// regionsToAskAgain are the regions that must answer twice, because a listing can
// leave out what is there (cloud/doc.go 5.5). If no region shows the target, that is
// all of them. Otherwise it is those in which the cached list has such a machine and
// the answer does not.
func (s *search) regionsToAskAgain(c *Cloud, regions []*api.Region) []*api.Region {
	var out []*api.Region
	for _, at := range regions {
		if s.failed[at] != nil {
			continue
		}
		missed := func(i model.Instance) bool { _, shown := s.found[i.Ref]; return s.matches(i) && !shown }
		if len(s.found) == 0 || !s.id && slices.ContainsFunc(c.fleets.lastRead(at.Account.Name+"/"+at.Name), missed) {
			out = append(out, at)
		}
	}
	return out
}

// result turns the answers into Find's result.
func (s *search) result(regions []*api.Region) ([]model.Instance, error) {
	out := []model.Instance{}
	for _, i := range s.found {
		out = append(out, i)
	}
	slices.SortFunc(out, func(a, b model.Instance) int { return strings.Compare(a.Ref.String(), b.Ref.String()) })
	if s.id && len(out) > 0 || len(s.failed) == 0 {
		return out, nil
	}
	var no model.UnaskedError
	for _, at := range regions {
		switch err := s.failed[at]; {
		case err == nil:
			no.Asked = append(no.Asked, placeOf(at))
		case errcode.IsAboutRequest(errcode.Of(err)) && !errcode.IsAboutRegion(errcode.Of(err)): // about what was sought
			return nil, at.Fault(api.NotFound, api.DescribeInstances, err)
		default:
			no.Missing = append(no.Missing,
				model.UnaskedRegion{
					AccountRegion: placeOf(at), Why: whyNoAnswer(err),
					Err: at.Fault(api.NotFound, api.DescribeInstances, err),
				})
		}
	}
	return out, &no
}

func placeOf(r *api.Region) model.AccountRegion {
	return model.AccountRegion{Account: r.Account.Name, Region: r.Name}
}

// whyNoAnswer says in a few words for people why a region did not answer.
func whyNoAnswer(err error) string {
	code := errcode.Of(err)
	switch {
	case errcode.IsAboutCredentials(code), errcode.IsAboutRegion(code):
		why, _ := errcode.Explain(code)
		return why + ": " + code
	case errors.Is(err, api.ErrNoAnswer):
		return "its answer is empty or in parts"
	case code != "" && !strings.HasPrefix(code, "ClientError"):
		return "it answers with the error " + code
	}
	return "it does not answer"
}
