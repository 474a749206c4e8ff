package main

import (
	"errors"

	"twokey/commands/policy"
)

// checkSettings reads every setting. The other checks use those that are right.
func (c *needsCheck) checkSettings() {
	var err error
	if c.cfg, err = LoadConfig(c.getenv); err == nil {
		c.ok("settings", "each is set, and written as it should be")
		c.checkSealKey()
		return
	}
	for _, e := range splitErrors(err) {
		c.missing("settings", "%v", e)
	}
}

// checkSealKey reports whose key seals the records, and how to make one.
func (c *needsCheck) checkSealKey() {
	if n := len(c.cfg.SealKeys); n > 0 {
		c.ok("sealing", "TWOKEY_SEAL_KEY has %s; the first seals, all open", countNoun(n, "key"))
		return
	}
	c.warning("sealing", "%s", noSealKey)
}

// joinedErrors is what errors.Join returns.
type joinedErrors interface {
	error
	Unwrap() []error
}

// splitErrors undoes errors.Join.
func splitErrors(err error) []error {
	if many, ok := errors.AsType[joinedErrors](err); ok {
		return many.Unwrap()
	}
	return []error{err}
}

// checkPolicyFile reports each mistake of the policy file.
func (c *needsCheck) checkPolicyFile() {
	f, path, err := loadPolicy(c.getenv, "")
	wrong, mistaken := errors.AsType[policy.Mistakes](err)
	switch {
	case mistaken:
		for _, m := range wrong {
			c.missing("policy file", "%s", m)
		}
	case err != nil:
		c.missing("policy file", "%v", err)
	default:
		c.ok("policy file", "%s has no mistake", path)
		c.policy = &f
	}
}
