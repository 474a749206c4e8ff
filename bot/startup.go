package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"twokey/bot/chat"
	"twokey/bot/probe"
	"twokey/bot/store"
	"twokey/cloud"
	"twokey/commands/policy"
	"twokey/commands/port"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
	"twokey/commands/wiring"
)

// startTimeout is how long Redis, Slack and the cloud have to answer at the start.
const startTimeout = 20 * time.Second

// noSealKey is logged if the bot token seals the records.
const noSealKey = "TWOKEY_SEAL_KEY is not set, so records are sealed by a key from the bot token: " +
	"with another token every live proposal stops. Make one with: openssl rand -base64 32. " +
	"Write the bot token behind it, after a comma, until what is live has ended"

// connectParts connects Redis, the cloud and Slack, and builds Twokey on them. Each
// must answer: a bot without one of them would acknowledge what it cannot do.
func (s *service) connectParts(ctx context.Context, getenv func(string) string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	defer func() {
		if err != nil {
			s.closeParts()
		}
	}()
	worker := workerName()
	if err := s.openStore(ctx, worker); err != nil {
		return err
	}
	if err := s.checkRedisAtStart(ctx); err != nil {
		return err
	}
	if s.cloud, err = openCloud(s.cfg, s.policy, getenv, s.log); err != nil {
		return err
	}
	if err := s.checkCloudAtStart(ctx); err != nil {
		return err
	}
	if s.chat, err = openChat(s.cfg, s.log, s.metrics, s.options.slackRate); err != nil {
		return err
	}
	s.shareWithReplicas(ctx)
	who, err := s.chat.Hello(ctx)
	if err != nil {
		return err
	}
	for _, w := range s.missingScopes(who) {
		s.log.Warn("slack: the bot token is not allowed everything", "warning", w)
	}
	if err := s.buildTwokey(); err != nil {
		return err
	}
	s.log.Info("bot: connected to Redis, Slack and the cloud",
		"worker", worker, "team", who.TeamID, "bot", who.BotUserID, "accounts", len(s.policy.Access))
	return nil
}

// openStore opens Redis with the deployment's sealing keys and the heads that were
// kept elsewhere.
func (s *service) openStore(ctx context.Context, worker string) error {
	seals, own, err := s.cfg.Seals()
	if err != nil {
		return err
	}
	s.seals = seals
	if !own {
		s.log.Warn(noSealKey)
	}
	heads, err := keptHeads(s.options.heads, s.policy.Audit)
	if err != nil {
		return err
	}
	s.store, err = store.Open(ctx, store.Options{
		URL: s.cfg.RedisURL, SentinelURL: s.cfg.RedisSentinelURL, ClusterURL: s.cfg.RedisClusterURL,
		Heads: heads, Log: s.log, Worker: worker, Seal: seals,
		BestEffort: s.policy.BestEffort, Replicas: s.policy.Replicas,
	})
	return err
}

// checkRedisAtStart logs what Redis cannot promise. Only a Redis that does not answer
// is an error: of one that refuses, or that is not believed, people read once the bot
// runs.
func (s *service) checkRedisAtStart(ctx context.Context) error {
	missing, err := s.probeRedis(ctx)
	if no, ok := errors.AsType[*port.RefusedError](err); ok { // /readyz shows when it does its work again
		s.log.Error("redis: refuses what Twokey needs", "why", no.Why, "next", no.Next, "err", err)
		return nil
	}
	if _, distrusted := errors.AsType[*distrustedError](err); err != nil && !distrusted {
		return err
	}
	for _, m := range missing {
		s.log.Warn("redis: cannot promise everything", "warning", m)
	}
	if keeps := s.lastDurability(); keeps != "" {
		s.log.Info("redis: keeps the record of a request", "how", keeps)
	}
	return nil
}

// checkCloudAtStart fails if credentials are wrong. An account that cannot be reached
// now is a warning: the others work.
func (s *service) checkCloudAtStart(ctx context.Context) error {
	err := s.cloud.Ping(ctx)
	if _, denied := errors.AsType[*port.AccessDeniedError](err); denied {
		return err
	}
	if err != nil {
		s.log.Warn("cloud: does not answer yet", "err", err)
	}
	return nil
}

// openCloud takes each account's credentials from the variables that the policy file
// names.
func openCloud(
	cfg Config, p policy.File, getenv func(string) string, log *slog.Logger,
) (*cloud.Cloud, error) {
	src := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	c := cloud.Config{Endpoint: cfg.CloudEndpoint, Log: log}
	for i, a := range p.Access {
		id, key := src.readSecret(a.IDEnv), src.readSecret(a.KeyEnv)
		if len(src.mistakes) == 0 && (id == "" || key == "") {
			src.addMistake("account %s: %s and %s are not both set; they are a Tencent Cloud API key's id and key",
				a.Account, a.IDEnv, a.KeyEnv)
		}
		c.Accounts = append(c.Accounts, cloud.Account{
			Name: a.Account, Regions: p.Policy.Accounts[i].Regions, Currency: a.Currency,
			SecretID: id, SecretKey: key, RoleARN: a.RoleARN, Domain: a.Domain,
		})
	}
	if err := errors.Join(src.mistakes...); err != nil {
		return nil, err
	}
	return cloud.Open(c)
}

// openChat prepares Slack; nothing is asked yet. A rate of 0 is Slack's own.
func openChat(cfg Config, log *slog.Logger, m *metrics, rate float64) (*chat.Chat, error) {
	return chat.New(chat.Config{
		Token: cfg.SlackBotToken, SigningSecret: cfg.SlackSigningSecret, AppToken: cfg.SlackAppToken,
		TokenName: cfg.SlackBotTokenName, AppTokenName: cfg.SlackAppTokenName, APIURL: cfg.SlackAPIURL,
		Log: log, Metrics: m, RateScale: rate,
	})
}

// buildTwokey builds the rooms on the open parts, and has Slack's requests answered.
func (s *service) buildTwokey() error {
	sealer, err := seal.NewSealer(s.seals)
	if err != nil {
		return err
	}
	s.twokey = wiring.New(wiring.Config{
		Store: wrapPart(s.options.wrapStore, port.Store(s.store)),
		Cloud: wrapPart(s.options.wrapCloud, port.Cloud(s.cloud)),
		Chat:  s.chat, Prober: probe.Prober{}, Sealer: sealer, Log: s.log, Count: s.metrics.count,
		Policy: func() model.Policy { return *s.rules.Load() },
	})
	s.chat.SetFront(s.twokey)
	return nil
}

// wrapPart returns the part inside what tests put around it, if they do.
func wrapPart[T any](wrap func(T) T, part T) T {
	if wrap == nil {
		return part
	}
	return wrap(part)
}
