package main

import (
	"context"
	"errors"
	"os"
	"os/user"

	"twokey/bot/store"
	"twokey/commands/seal"
)

// openRedis connects an operator's command to Redis. It needs only Redis' settings.
func openRedis(ctx context.Context, getenv func(string) string) (*store.Store, error) {
	cfg, err := LoadRedis(getenv)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	seals, _, err := cfg.Seals()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, readOnlyOptions(cfg, seals))
}

// readOnlyOptions open Redis without beginning an epoch. Nil seals leave seals
// unchecked.
func readOnlyOptions(cfg Config, seals *seal.Keys) store.Options {
	return store.Options{
		ReadOnly: true, Seal: seals,
		URL: cfg.RedisURL, SentinelURL: cfg.RedisSentinelURL, ClusterURL: cfg.RedisClusterURL,
	}
}

// sealsOf are the sealing keys that the settings name. Nil means that they name none,
// so that seals are not checked.
func sealsOf(getenv func(string) string) (*seal.Keys, error) {
	s := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	c := Config{SealKeys: s.readSealKeys(), SlackBotToken: s.readSecret("SLACK_BOT_TOKEN")}
	if err := errors.Join(s.mistakes...); err != nil {
		return nil, err
	}
	keys, _, err := c.Seals()
	return keys, err
}

// anyRedis reports whether a setting names Redis.
func anyRedis(getenv func(string) string) bool {
	for _, name := range []string{"REDIS_URL", "REDIS_SENTINEL_URL", "REDIS_CLUSTER_URL"} {
		if getenv(name) != "" || getenv(name+"_FILE") != "" {
			return true
		}
	}
	return false
}

// operatorName is who runs the command on this machine.
func operatorName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "operator " + u.Username
	}
	return "operator"
}
