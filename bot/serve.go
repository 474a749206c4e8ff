package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"twokey/commands/wiring"

	"golang.org/x/sync/errgroup"

	"twokey/bot/chat"
	"twokey/bot/probe"
	"twokey/bot/store"
	"twokey/cloud"
	"twokey/commands/engine"
	"twokey/commands/policy"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

const (
	startTimeout = 20 * time.Second // for Redis, Slack and the cloud to answer at the start
	stopTimeout  = 2 * time.Second  // for requests under way at the stop
)

// service is the parts, met.
type service struct {
	cfg        Config
	policy     policy.PolicyFile // as it was at the start
	rules      atomic.Pointer[reinstall.Policy]
	log        *slog.Logger
	metrics    *metrics
	store      *store.Store
	cloud      *cloud.Cloud
	chat       *chat.Chat
	twokey     *wiring.Twokey
	seals      *seal.Keys
	distrust   store.Doubt // as it was told last; of watchLife alone
	stdout     io.Writer
	options    serveOptions
	durability atomic.Pointer[string] // what keeps the record of a call, as Redis last said
	shared     replicaCount
}

// serveOptions lets tests put something between the parts. The shipped bot is made of
// the zero value.
type serveOptions struct {
	wrapStore func(port.Store) port.Store
	wrapCloud func(port.Cloud) port.Cloud
	slackRate float64 // multiplies Slack's rate limits; 0 is 1
	heads     string  // a file of heads that were kept elsewhere
}

// serve runs until ctx ends. An error before anything was started says why; an
// error later is a fault of the servers.
func serve(ctx context.Context, getenv func(string) string, stdout, stderr io.Writer, p serveOptions) error {
	cfg, err := LoadConfig(getenv)
	if err != nil {
		return err
	}
	s := &service{cfg: cfg, stdout: stdout, metrics: newMetrics(), options: p}
	s.log = slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: cfg.LogLevel}))
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	if s.policy, err = readPolicy(cfg.PolicyPath); err != nil {
		return err
	}
	s.rules.Store(&s.policy.Policy)
	if err := s.connectParts(ctx, getenv); err != nil {
		return err
	}
	defer s.closeParts()
	if err := s.serveUntilStopped(ctx, hangups); err != nil {
		return &brokeError{err}
	}
	return nil
}

// brokeError is a fault after the start.
type brokeError struct{ error }

func (e *brokeError) Unwrap() error { return e.error }

func readPolicy(path string) (policy.PolicyFile, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		if pe, ok := errors.AsType[*os.PathError](err); ok {
			err = pe.Err
		}
		return policy.PolicyFile{}, fmt.Errorf("the policy file %s cannot be read: %w; TWOKEY_POLICY names it", path, err)
	}
	return policy.ParsePolicy(path, src)
}

// connectParts meets the parts: Redis, Slack, the cloud. Each must answer, for a bot
// that cannot reach one of them would acknowledge what it cannot do.
func (s *service) connectParts(ctx context.Context, getenv func(string) string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	host, _ := os.Hostname()
	worker := fmt.Sprintf("%s/%d", host, os.Getpid())
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
		Heads: heads, URL: s.cfg.RedisURL, SentinelURL: s.cfg.RedisSentinelURL, ClusterURL: s.cfg.RedisClusterURL, Log: s.log, Worker: worker,
		BestEffort: s.policy.BestEffort, Replicas: s.policy.Replicas, Seal: seals,
	})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.closeParts()
		}
	}()
	if err = s.checkRedisAtStart(ctx); err != nil {
		return err
	}
	if s.cloud, err = openCloud(s.cfg, s.policy, getenv, s.log); err != nil {
		return err
	}
	if err = s.checkCloudAtStart(ctx); err != nil {
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
		s.log.Warn("Slack: " + w)
	}
	sealer, err := seal.NewSealer(seals)
	if err != nil {
		return err
	}
	s.twokey = wiring.New(wiring.Config{
		Store: wrapPart(s.options.wrapStore, port.Store(s.store)), Cloud: wrapPart(s.options.wrapCloud, port.Cloud(s.cloud)), Chat: s.chat, Prober: probe.Prober{}, Policy: func() reinstall.Policy { return *s.rules.Load() },
		Sealer: sealer, Log: s.log, Count: s.metrics.count,
	})
	s.chat.SetDesk(s.twokey)
	s.log.Info("met", "worker", worker, "team", who.TeamID, "bot", who.BotUserID, "accounts", len(s.policy.Access))
	return nil
}

// noSealKey is said where records are sealed by the bot token.
const noSealKey = "TWOKEY_SEAL_KEY is not set, so records are sealed by a key from the bot token: with another token every live proposal stops. " +
	"Make one with: openssl rand -base64 32. Write the bot token behind it, after a comma, until what is live has ended"

// wrapPart returns what stands between, where something does.
func wrapPart[T any](wrap func(T) T, part T) T {
	if wrap == nil {
		return part
	}
	return wrap(part)
}

// checkRedisAtStart says in the log what Redis cannot promise.
func (s *service) checkRedisAtStart(ctx context.Context) error {
	missing, err := s.probeRedis(ctx)
	if no, ok := errors.AsType[*port.RefusedError](err); ok { // it is there, and /readyz tells when it does its work
		s.log.Error("Redis: "+no.Why+". "+no.Next+".", "err", err)
		return nil
	}
	if _, doubt := errors.AsType[*distrustedError](err); err != nil && !doubt { // of a doubt people are told once it runs
		return err
	}
	for _, m := range missing {
		s.log.Warn("Redis: " + m)
	}
	if keeps := s.lastDurability(); keeps != "" {
		s.log.Info("Redis: " + keeps)
	}
	return nil
}

// checkCloudAtStart fails on credentials that are wrong; an account that cannot be
// reached now is a warning, for the others work.
func (s *service) checkCloudAtStart(ctx context.Context) error {
	err := s.cloud.Ping(ctx)
	if no, ok := errors.AsType[denialError](err); ok && no.Denied() {
		return err
	}
	if err != nil {
		s.log.Warn("the cloud does not answer yet", "err", err)
	}
	return nil
}

// openCloud takes each account's credentials from the variables that the
// policy file names.
func openCloud(cfg Config, p policy.PolicyFile, getenv func(string) string, log *slog.Logger) (*cloud.Cloud, error) {
	src := &settingsReader{getenv: getenv, readFile: os.ReadFile}
	c := cloud.Config{Endpoint: cfg.CloudEndpoint, Log: log}
	for i, a := range p.Access {
		id, key := src.readSecret(a.IDEnv), src.readSecret(a.KeyEnv)
		if len(src.mistakes) == 0 && (id == "" || key == "") {
			src.addMistake("account %s: %s and %s are not both set; they are a Tencent Cloud API key's id and key", a.Account, a.IDEnv, a.KeyEnv)
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

func openChat(cfg Config, log *slog.Logger, m *metrics, rate float64) (*chat.Chat, error) {
	return chat.New(chat.Config{
		Token: cfg.SlackBotToken, SigningSecret: cfg.SlackSigningSecret, AppToken: cfg.SlackAppToken, APIURL: cfg.SlackAPIURL,
		TokenName: cfg.SlackBotTokenName, AppTokenName: cfg.SlackAppTokenName,
		Log: log, Metrics: m, RateScale: rate,
	})
}

// serveUntilStopped serves both addresses and works off what is due, until ctx ends.
func (s *service) serveUntilStopped(ctx context.Context, hangups <-chan os.Signal) error {
	g, ctx := errgroup.WithContext(ctx)
	if s.cfg.SlackSigningSecret != "" {
		if err := s.startServer(ctx, g, "LISTEN_ADDR", s.cfg.ListenAddr, s.chat.Handler()); err != nil {
			return err
		}
	}
	if err := s.startServer(ctx, g, "ADMIN_ADDR", s.cfg.AdminAddr, s.adminHandler()); err != nil {
		return err
	}
	if s.cfg.SlackAppToken != "" {
		g.Go(func() error { return s.chat.Listen(ctx) })
	}
	g.Go(func() error { return s.twokey.Run(ctx) })
	g.Go(func() error { s.cloud.KeepFleet(ctx); return nil })
	g.Go(func() error { s.watchRedisTrust(ctx); return nil })
	g.Go(func() error { s.keepCountingReplicas(ctx); return nil })
	g.Go(func() error { return s.shipAudit(ctx, s.policy.Audit, s.seals, s.stdout) })
	g.Go(func() error { return s.reloadOnHangup(ctx, hangups) })
	s.log.Info("serving", "slack", s.cfg.ListenAddr, "admin", s.cfg.AdminAddr, "socket", s.cfg.SlackAppToken != "")
	err := g.Wait()
	s.log.Info("stopped")
	return err
}

// watchRedisTrust tells when Redis has forgotten, and when it is believed again.
func (s *service) watchRedisTrust(ctx context.Context) {
	if why := s.store.Forgotten(); why != "" { // as it was when this process began
		s.reportRedisTrust(ctx, why)
	}
	s.store.WatchLife(ctx, func(why string) { s.reportRedisTrust(ctx, why) })
}

func (s *service) reportRedisTrust(ctx context.Context, why string) {
	d := s.store.Doubt()
	if why == "" {
		over := engine.Distrust{Key: s.distrust.Key, Cut: s.distrust.Cut}
		if over.Key == "" { // of another epoch
			over.Key = "forgot." + s.store.Epoch()
		}
		if over.Cut {
			over.Who = s.store.WentOn()
		}
		s.log.Warn("Redis is believed again", "epoch", s.store.Epoch(), "went on", over.Who)
		go s.twokey.TellForgotten(ctx, over)
		s.distrust = d
		return
	}
	s.log.Error("nothing is armed: "+why+". Go on with "+d.Way+", once it is known what happened.", "epoch", s.store.Epoch())
	s.distrust = d
	if d.Cut {
		s.metrics.count("tampered", "audit")
	} else {
		s.metrics.count("tampered", "redis")
	}
	go s.twokey.TellForgotten(ctx, engine.Distrust{Key: d.Key, Why: why, Way: d.Way, Cut: d.Cut})
}

// newServer is a server that nobody can hold up: whoever sends slowly, or
// headers without end, is cut off.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// startServer serves h at addr until ctx ends; then what is under way is finished.
func (s *service) startServer(ctx context.Context, g *errgroup.Group, setting, addr string, h http.Handler) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("%s: cannot listen on %s: %w", setting, addr, err)
	}
	srv := newServer(h, s.log)
	g.Go(func() error {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if err := srv.Shutdown(stop); err != nil {
			return srv.Close() // what has sent nothing by now is cut off
		}
		return nil
	})
	return nil
}

func (s *service) closeParts() {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if s.chat != nil {
		if err := s.chat.Close(ctx); err != nil {
			s.log.Warn("some answers to people were cut off", "err", err)
		}
	}
	if s.cloud != nil {
		s.cloud.Close()
	}
	if s.store != nil {
		_ = s.store.Close()
	}
}
