package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"twokey/commands/policy"
	"twokey/commands/port"
)

// checkAccounts reads one machine in each region of each account.
func (c *needsCheck) checkAccounts(ctx context.Context) {
	if c.policy == nil {
		c.missing("cloud", "not looked at: the accounts stand in the policy file")
		return
	}
	for i, a := range c.policy.Policy.Accounts {
		one := *c.policy
		one.Access = one.Access[i : i+1]
		for _, region := range a.Regions {
			alone := a
			alone.Regions = []string{region}
			one.Policy.Accounts = slices.Insert(one.Policy.Accounts[:0:0], 0, alone)
			c.checkRegion(ctx, one, a.Name+" in "+region)
		}
	}
}

// checkRegion checks a policy file of one account and one region.
func (c *needsCheck) checkRegion(ctx context.Context, one policy.File, where string) {
	cl, err := openCloud(c.cfg, one, c.getenv, slog.New(slog.DiscardHandler))
	if err != nil {
		c.missing("cloud", "%v", err)
		return
	}
	defer cl.Close()
	err = cl.Ping(ctx)
	no, denied := errors.AsType[*port.AccessDeniedError](err)
	switch {
	case denied && strings.Contains(err.Error(), "AuthFailure"):
		c.missing("cloud "+where, "%v", err)
	case denied:
		c.missing("cloud "+where, "%v. Allow the action %s, with the others of deploy/cam-policy.json.",
			err, cmp.Or(no.Action, "cvm:DescribeInstances")) // else what Ping calls
	case err != nil:
		c.missing("cloud "+where, "%v", err)
	default:
		c.ok("cloud "+where, "the key may read machines; that it may reset them shows with the first call")
	}
}
