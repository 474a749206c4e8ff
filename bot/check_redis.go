package main

import (
	"context"
	"errors"
	"strings"

	"twokey/bot/store"
	"twokey/commands/port"
)

// checkRedis reports what serve logs at its start. Without the append-only file no
// call would be made.
func (c *needsCheck) checkRedis(ctx context.Context) {
	if one, err := LoadRedis(c.getenv); err != nil || one.RedisURL+one.RedisSentinelURL+one.RedisClusterURL == "" {
		return // checkSettings reports it
	}
	seals, _, err := c.cfg.Seals()
	if err != nil {
		c.missing("Redis", "%v", err)
		return
	}
	s := &service{cfg: c.cfg}
	if c.policy != nil {
		s.policy = *c.policy
	}
	options := readOnlyOptions(c.cfg, seals)
	options.BestEffort, options.Replicas = s.policy.BestEffort, s.policy.Replicas
	if s.store, err = store.Open(ctx, options); err != nil {
		c.missing("Redis", "%v", err)
		return
	}
	defer s.store.Close()
	c.reach = readSlackReach(ctx, s.store)
	c.reportRedis(s.redisHealth(ctx))
}

// reportRedis reports what Redis can promise, or why it did not say.
func (c *needsCheck) reportRedis(h port.Health, err error) {
	warnings := strings.Join(h.Warnings, " ")
	no, refused := errors.AsType[*port.RefusedError](err)
	switch {
	case refused:
		c.missing("Redis", "%s. %s.", no.Why, no.Next)
	case err != nil:
		c.missing("Redis", "%v", err)
	case h.Unkept != "":
		c.missing("Redis", "%s", warnings)
	case len(h.Warnings) > 0:
		c.warning("Redis", "%s", strings.TrimSpace(warnings+" "+h.Keeps))
	default:
		c.ok("Redis", "it answers, keeps what it acknowledged, and evicts nothing. %s", h.Keeps)
	}
}
