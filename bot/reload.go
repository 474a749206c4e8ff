package main

import (
	"context"
	"errors"
	"os"
	"reflect"

	"twokey/commands/policy"
)

// reloadOnHangup reads the policy file again at each hang-up (SIGHUP), until ctx ends.
func (s *service) reloadOnHangup(ctx context.Context, hangups <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			s.reloadPolicy()
		}
	}
}

// reloadPolicy puts the file's rules in force. If the file has a mistake, it changes
// nothing. Open proposals meet new rules at their re-check, as drift.
func (s *service) reloadPolicy() {
	f, err := readPolicy(s.cfg.PolicyPath)
	if err != nil {
		s.metrics.count("policy", "refused")
		s.log.Error("the policy file was not taken; the one before it stays in force", mistakeAttrs(s.cfg.PolicyPath, err)...)
		return
	}
	s.rules.Store(&f.Policy)
	s.store.Expect(f.Replicas)
	s.metrics.count("policy", "taken")
	s.log.Info("the policy file was read again and is in force", "file", s.cfg.PolicyPath, "rules", len(f.Policy.Rules))
	for _, what := range restartReasons(s.policy, f) {
		s.log.Warn("a change of the policy file takes a restart: "+what, "file", s.cfg.PolicyPath)
	}
}

// mistakeAttrs are what the log says of a policy file that cannot be used.
func mistakeAttrs(file string, err error) []any {
	attrs := []any{"file", file, "err", err}
	if wrong, ok := errors.AsType[policy.Mistakes](err); ok {
		attrs = append(attrs, "line", wrong[0].Line, "column", wrong[0].Column, "mistakes", len(wrong))
	}
	return attrs
}

// restartReasons names what a running bot does not take over from a new file.
func restartReasons(running, now policy.File) []string {
	var out []string
	if !reflect.DeepEqual(running.Access, now.Access) || !reflect.DeepEqual(running.Policy.Accounts, now.Policy.Accounts) {
		out = append(out, "accounts, their regions and how they are reached (credentials, role_arn, domain)")
	}
	if running.BestEffort != now.BestEffort {
		out = append(out, "durability")
	}
	if running.Audit != now.Audit {
		out = append(out, "audit")
	}
	return out
}
