package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// AccountConfig is one account, with the credentials that act in it.
type AccountConfig struct {
	Name     string
	Regions  []string
	Currency string // of its prices; no answer of the cloud names it (cloud/doc.go 7.3)

	SecretID  string
	SecretKey string
	Token     string // of temporary credentials; usually empty
	// RoleARN is assumed with the credentials above, if it is set.
	RoleARN string
	// Domain is empty, or "intl" for the international site.
	Domain string
}

func (a AccountConfig) check() error {
	switch {
	case a.Name == "":
		return errors.New("a cloud account has no name")
	case strings.Contains(a.Name, "/"):
		return fmt.Errorf("account %q: a name must not contain a slash", a.Name)
	case len(a.Regions) == 0 || slices.Contains(a.Regions, ""):
		return fmt.Errorf("account %q needs at least one region, and each must have a name", a.Name)
	case a.SecretID == "" || a.SecretKey == "":
		return fmt.Errorf("account %q has no credentials: both a secret id and a secret key are needed", a.Name)
	case a.Domain != "" && a.Domain != "intl":
		return fmt.Errorf("account %q: the domain is empty or intl, not %q", a.Name, a.Domain)
	}
	return nil
}

// Account is one account in which calls can be made.
type Account struct {
	Name        string
	Currency    string // of its prices, as configured
	config      AccountConfig
	Credentials *Credentials
	limits      *limits
	Regions     []*Region // one for each region, in the order of the configuration
	identity    callerUser
}

// SharedLimits are the limits by who acts: accounts that act through the same
// credentials share theirs.
type SharedLimits map[string]*limits

// OpenAccount makes the clients of one account; it sends nothing. Its errors name
// what is wrong with the configuration.
func OpenAccount(c *Client, cfg AccountConfig, shared SharedLimits) (*Account, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	actor := cfg.SecretID + " " + cfg.RoleARN
	if shared[actor] == nil {
		shared[actor] = newLimits()
	}
	a := &Account{
		Name: cfg.Name, Currency: cfg.Currency, config: cfg, limits: shared[actor],
		Credentials: newCredentials(cfg, c),
	}
	for _, region := range cfg.Regions {
		r, err := a.openRegion(c, region)
		if err != nil {
			return nil, fmt.Errorf("account %s in %s: %w", a.Name, region, err)
		}
		a.Regions = append(a.Regions, r)
	}
	return a, nil
}
