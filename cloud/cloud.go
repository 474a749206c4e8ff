package cloud

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"twokey/cloud/api"
	"twokey/cloud/audit"
	"twokey/cloud/beliefs"
	"twokey/cloud/errcode"
	"twokey/cloud/oneshot"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
)

var _ port.Cloud = (*Cloud)(nil)

// Config is everything that a Cloud is made of. It reads no environment.
type Config struct {
	Accounts []Account
	// Endpoint as http://host:port receives the calls to every product; empty is
	// the real cloud.
	Endpoint string
	// Now is our clock, against which the cloud's is measured; nil: time.Now.
	Now func() time.Time
	// Log gets retries and background failures, never a secret; nil: nothing.
	Log *slog.Logger
}

// Account is one account of the configuration, with the credentials that act in it.
type Account = api.AccountConfig

// Cloud is every configured account and region. It is safe for concurrent use.
type Cloud struct {
	client   *api.Client
	accounts []*api.Account
	// findTimeout is for one attempt to ask a region for a machine.
	findTimeout time.Duration
	usedOrders  oneshot.UsedOrders
	fleets      listCache[[]model.Instance]
	images      listCache[[]model.Image]
	life        context.Context // of what is refreshed behind an answer
	end         context.CancelFunc
}

// Open makes the clients; it sends nothing (Ping does). Its errors name what is
// wrong with the configuration.
func Open(cfg Config) (*Cloud, error) {
	shared, err := api.NewClient(cfg.Endpoint, cfg.Now, cfg.Log)
	if err != nil {
		return nil, err
	}
	if len(cfg.Accounts) == 0 {
		return nil, errors.New("no cloud account is configured")
	}
	c := &Cloud{client: shared, findTimeout: findTimeout}
	c.life, c.end = context.WithCancel(context.Background())
	limits := api.SharedLimits{}
	for _, a := range cfg.Accounts {
		if err := c.addAccount(a, limits); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close ends what goes on behind an answer, and closes idle connections.
func (c *Cloud) Close() {
	c.end()
	c.client.CloseIdle()
}

func (c *Cloud) addAccount(cfg Account, limits api.SharedLimits) error {
	if slices.ContainsFunc(c.accounts, func(o *api.Account) bool { return o.Name == cfg.Name }) {
		return fmt.Errorf("account %q is configured twice", cfg.Name)
	}
	a, err := api.OpenAccount(c.client, cfg, limits)
	if err == nil {
		c.accounts = append(c.accounts, a)
	}
	return err
}

// chooseRegions returns the regions that accountName and region leave; both may be
// empty. An unknown name is a refusal that lists the known ones.
func (c *Cloud) chooseRegions(what, accountName, region string) ([]*api.Region, error) {
	var out []*api.Region
	var names, known []string
	for _, a := range c.accounts {
		names = append(names, a.Name)
		if accountName != "" && a.Name != accountName {
			continue
		}
		for _, r := range a.Regions {
			if !slices.Contains(known, r.Name) {
				known = append(known, r.Name)
			}
			if region == "" || r.Name == region {
				out = append(out, r)
			}
		}
	}
	switch {
	case len(known) == 0:
		return nil, model.Refuse(what, "there is no account “"+errcode.Shorten(accountName, 60)+"” here",
			"Use one of: "+strings.Join(names, ", "))
	case len(out) == 0:
		return nil, model.Refuse(what, "region “"+errcode.Shorten(region, 60)+"” is not configured here",
			"Use one of: "+strings.Join(known, ", "))
	}
	return out, nil
}

// oneRegion is one region of one account; both names must be given.
func (c *Cloud) oneRegion(what, accountName, region string) (*api.Region, error) {
	if accountName == "" || region == "" {
		return nil, model.Refuse(what, "the account or the region is missing", "Name the machine as account/region/id")
	}
	regions, err := c.chooseRegions(what, accountName, region)
	if err != nil {
		return nil, err
	}
	return regions[0], nil
}

// Currency is the account's currency as configured; empty for an unknown account.
func (c *Cloud) Currency(accountName string) string {
	for _, a := range c.accounts {
		if a.Name == accountName {
			return a.Currency
		}
	}
	return ""
}

// Events lists what CloudAudit recorded of calls that change the instance, oldest
// first, from since on. Events appear late: what is missing proves nothing. If the
// account or its key may not ask, the error is a Denied one.
func (c *Cloud) Events(ctx context.Context, ref model.Ref, since time.Time) ([]model.CloudEvent, error) {
	r, err := c.oneRegion(api.NotRead, ref.Account, ref.Region)
	if err != nil {
		return nil, err
	}
	return audit.Events(ctx, r, ref.Instance, since)
}

// Signer is the fingerprint of the access key that signs the account's calls now.
func (c *Cloud) Signer(ctx context.Context, accountName string) (string, error) {
	for _, a := range c.accounts {
		if a.Name != accountName {
			continue
		}
		if err := a.Credentials.Renew(ctx); err != nil {
			return "", a.Credentials.Redact(err)
		}
		return api.Fingerprint(a.Credentials.GetSecretId()), nil
	}
	return "", fmt.Errorf("there is no account %q", accountName)
}

// Beliefs are what Twokey believes of the cloud, each with a look that changes
// nothing. The looks share what they read: make the list again to look again.
func (c *Cloud) Beliefs() []port.Belief { return beliefs.List(c.client, c.accounts) }
