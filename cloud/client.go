// Package cloud is Tencent Cloud as Twokey needs it: it finds and reads
// machines, makes backup images, and sends the one call that wipes. It decides
// nothing, and it is the only importer of Tencent's SDK.
//
// Two rules hold everywhere. A read that fails is an error, never an empty
// answer. ResetInstance has a client of its own (reset.go), because nothing
// that is good for reads, such as retries and kept connections, is good for it
// (facts/tencent.md section 7).
package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	cbs "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cbs/v20170312"
	cloudaudit "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cloudaudit/v20190319"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	cvm "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm/v20170312"

	"twokey/cloud/errcode"
	"twokey/commands/port"
	"twokey/commands/reinstall"
)

var _ port.Cloud = (*Cloud)(nil)

// Config is everything that a Cloud is made of. It reads no environment.
type Config struct {
	Accounts []Account
	// Endpoint as http://host:port sends every product there; empty is the
	// real cloud.
	Endpoint string
	// Now is our clock, against which the cloud's is measured; nil: time.Now.
	Now func() time.Time
	// Log gets retries and background failures, never a secret; nil: nothing.
	Log *slog.Logger
}

// Account is one account, with the credentials that act in it.
type Account struct {
	Name     string
	Regions  []string
	Currency string // of its prices; the cloud does not tell (facts/tencent.md section 6)

	SecretID  string
	SecretKey string
	Token     string // of temporary credentials; usually empty
	// RoleARN is assumed with the credentials above, where it is set.
	RoleARN string
	// Domain is empty, or "intl" for the international site.
	Domain string
}

// Cloud is every configured account and region. It is safe for concurrent use.
type Cloud struct {
	accounts  []*account
	endpoint  *url.URL // nil: the real cloud
	transport *http.Transport
	now       func() time.Time
	log       *slog.Logger
	pause     time.Duration // before the second try of a read
	// nearTimeout is for one look at what is around a machine, tries included.
	nearTimeout time.Duration
	seekTimeout time.Duration // for one attempt at asking a region for a machine
	spent       spent
	fleets      shelves[[]reinstall.Instance]
	images      shelves[[]reinstall.Image]
	life        context.Context // of what is refreshed behind an answer
	end         context.CancelFunc
}

type account struct {
	Account
	keys     *keys
	limits   *limits
	sites    []*site // one for each region, in the order of the configuration
	identity identity
}

// site is one region of one account: the place that every call is made to.
type site struct {
	*account
	region string
	cloud  *Cloud
	cvm    *cvm.Client
	cbs    *cbs.Client
	audit  *cloudaudit.Client
	common map[string]*common.Client // by product, of those without a module
}

// Open makes the clients; it sends nothing (Ping does). Its errors name what is
// wrong with the configuration.
func Open(cfg Config) (*Cloud, error) {
	if common.DefaultHttpClient != nil {
		return nil, errors.New("the SDK's DefaultHttpClient is set: its clients would share time-outs and transports")
	}
	endpoint, err := parseEndpoint(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	if len(cfg.Accounts) == 0 {
		return nil, errors.New("no cloud account is configured")
	}
	c := &Cloud{endpoint: endpoint, transport: readTransport(), now: cfg.Now, log: cfg.Log, pause: firstPause, nearTimeout: nearTimeout, seekTimeout: seekTimeout}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	c.life, c.end = context.WithCancel(context.Background())
	shared := map[string]*limits{}
	for _, a := range cfg.Accounts {
		if err := c.add(a, shared); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close ends what goes on behind an answer and closes idle connections.
func (c *Cloud) Close() {
	c.end()
	c.transport.CloseIdleConnections()
}

// add makes the clients of one account. Accounts that act through the same
// credentials share their limits.
func (c *Cloud) add(cfg Account, shared map[string]*limits) error {
	if err := c.checkAccount(cfg); err != nil {
		return err
	}
	actor := cfg.SecretID + " " + cfg.RoleARN
	if shared[actor] == nil {
		shared[actor] = newLimits()
	}
	a := &account{Account: cfg, limits: shared[actor]}
	a.keys = newKeys(cfg, c)
	for _, region := range cfg.Regions {
		s := &site{account: a, region: region, cloud: c}
		var err error
		if s.cvm, err = cvm.NewClient(a.keys, region, c.profile(a.Account, "cvm", region, callTimeout)); err != nil {
			return fmt.Errorf("account %s in %s: %w", a.Name, region, err)
		}
		if s.cbs, err = cbs.NewClient(a.keys, region, c.profile(a.Account, "cbs", region, callTimeout)); err != nil {
			return fmt.Errorf("account %s in %s: %w", a.Name, region, err)
		}
		where := auditRegion(region)
		if s.audit, err = cloudaudit.NewClient(a.keys, where, c.profile(a.Account, "cloudaudit", where, callTimeout)); err != nil {
			return fmt.Errorf("account %s in %s: %w", a.Name, region, err)
		}
		c.openCommon(s)
		s.audit.WithHttpTransport(listener{next: c.transport, now: c.now})
		s.cvm.WithHttpTransport(listener{next: c.transport, now: c.now})
		s.cbs.WithHttpTransport(listener{next: c.transport, now: c.now})
		a.sites = append(a.sites, s)
	}
	c.accounts = append(c.accounts, a)
	return nil
}

func (c *Cloud) checkAccount(a Account) error {
	switch {
	case a.Name == "":
		return errors.New("a cloud account has no name")
	case strings.Contains(a.Name, "/"):
		return fmt.Errorf("account %q: a name must not contain a slash", a.Name)
	case slices.ContainsFunc(c.accounts, func(o *account) bool { return o.Name == a.Name }):
		return fmt.Errorf("account %q is configured twice", a.Name)
	case len(a.Regions) == 0 || slices.Contains(a.Regions, ""):
		return fmt.Errorf("account %q needs at least one region, and each must have a name", a.Name)
	case a.SecretID == "" || a.SecretKey == "":
		return fmt.Errorf("account %q has no credentials: both a secret id and a secret key are needed", a.Name)
	case a.Domain != "" && a.Domain != "intl":
		return fmt.Errorf("account %q: the domain is empty or intl, not %q", a.Name, a.Domain)
	}
	return nil
}

func parseEndpoint(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("the cloud endpoint is written http://host:port, not %q", s)
	}
	return u, nil
}

// profile is a client's profile, made as facts/tencent.md section 7 asks: never
// as a literal, no region breaker, no debugging, no retries of the SDK's own.
func (c *Cloud) profile(a Account, product, region string, timeout time.Duration) *profile.ClientProfile {
	p := profile.NewClientProfile()
	p.DisableRegionBreaker = true
	p.Language = "en-US"
	p.Debug = false
	p.NetworkFailureMaxRetries = 0
	p.RateLimitExceededMaxRetries = 0
	p.UnsafeRetryOnConnectionFailure = false
	p.HttpProfile.ReqTimeout = int(timeout / time.Second)
	switch {
	case c.endpoint != nil:
		p.HttpProfile.Scheme, p.HttpProfile.Endpoint = c.endpoint.Scheme, c.endpoint.Host
	case strings.HasSuffix(region, "-fsi") && product != "sts":
		p.HttpProfile.Endpoint = product + "." + region + ".tencentcloudapi.com" // facts/tencent.md section 5
	case a.Domain == "intl":
		p.HttpProfile.RootDomain = "intl.tencentcloudapi.com"
	}
	return p
}

// readTransport keeps connections; all clients but the reset's share it.
func readTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: callTimeout,
		IdleConnTimeout:       time.Minute,
		MaxIdleConnsPerHost:   16,
		ForceAttemptHTTP2:     true,
	}
}

// choose returns the sites that account and region leave; both may be empty.
// What does not exist is a refusal that lists what there is.
func (c *Cloud) choose(what, accountName, region string) ([]*site, error) {
	var out []*site
	var names, regions []string
	for _, a := range c.accounts {
		names = append(names, a.Name)
		if accountName != "" && a.Name != accountName {
			continue
		}
		for _, s := range a.sites {
			if !slices.Contains(regions, s.region) {
				regions = append(regions, s.region)
			}
			if region == "" || s.region == region {
				out = append(out, s)
			}
		}
	}
	switch {
	case len(regions) == 0:
		return nil, reinstall.Refuse(what, "there is no account “"+errcode.Shorten(accountName, 60)+"” here", "Use one of: "+strings.Join(names, ", "))
	case len(out) == 0:
		return nil, reinstall.Refuse(what, "region “"+errcode.Shorten(region, 60)+"” is not configured here", "Use one of: "+strings.Join(regions, ", "))
	}
	return out, nil
}

// site is the one place of an account and a region that must both be given.
func (c *Cloud) site(what, accountName, region string) (*site, error) {
	if accountName == "" || region == "" {
		return nil, reinstall.Refuse(what, "the account or the region is missing", "Name the machine as account/region/id")
	}
	sites, err := c.choose(what, accountName, region)
	if err != nil {
		return nil, err
	}
	return sites[0], nil
}

// Currency is the account's, as configured; empty for an unknown account.
func (c *Cloud) Currency(accountName string) string {
	for _, a := range c.accounts {
		if a.Name == accountName {
			return a.Account.Currency
		}
	}
	return ""
}
