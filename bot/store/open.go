// Package store is Twokey's memory in Redis: records, logs, timers, locks, the
// inbox and the outbox. It implements commands.Store, and is the only importer
// of go-redis. What it promises of each transition, it promises by one script
// (lua/), whose keys share a slot, so that Redis alone, under Sentinel and in
// a Cluster all do.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"twokey/commands/port"
	"twokey/commands/seal"
)

var _ port.Store = (*Store)(nil)

// Options say where Redis is: exactly one of the three addresses is set, in
// go-redis' own URL forms.
type Options struct {
	URL         string // REDIS_URL
	SentinelURL string // REDIS_SENTINEL_URL
	ClusterURL  string // REDIS_CLUSTER_URL

	// BestEffort arms also where Redis would lose the intent in a crash (its
	// append-only file is off, or it does not say).
	BestEffort bool
	// Replicas is how many each master has, by the policy's word; nil: as many as
	// it ever had.
	Replicas *int

	// Seal are the keys under which everything that decides is sealed. Without
	// them nothing can be written, and no record is believed.
	Seal *seal.Keys

	// Heads are ends of the audit's chains that were kept elsewhere: a Redis that
	// does not go through them is not believed.
	Heads []Head

	// ReadOnly is for who only looks: no epoch is begun.
	ReadOnly bool

	Rand   io.Reader    // of ids; default crypto/rand
	Log    *slog.Logger // default: nothing is logged
	Worker string       // this process' name, in the leases it takes
}

// Store implements commands.Store on Redis.
type Store struct {
	db      redis.UniversalClient
	sticky  func(ctx context.Context, key string) (*redis.Conn, error)
	master  func(ctx context.Context, key string) (*redis.Client, error)
	masters func(ctx context.Context, each func(context.Context, *redis.Client) error) error
	close   []io.Closer

	seal   *seal.Keys
	rand   *source
	log    *slog.Logger
	quiet  port.Quiet // of the log, about what is due
	worker string
	wait   time.Duration // how long Arm waits for replicas, or for the disk

	bestEffort bool
	readOnly   bool
	heads      []Head
	syncWatch  time.Duration // how long Arm watches the disk where it cannot be asked

	cache    cache
	seen     seenRevs
	spoiled  spoiled
	stop     lastStop
	life     life
	turn     atomic.Uint64            // where the next Claim begins
	most     [Partitions]atomic.Int64 // replicas in the largest set that this process knows of
	expected atomic.Pointer[int]      // .. and what the policy says
}

// Open connects. Its errors are sentences for the operator; a password is in
// none of them.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{seal: o.Seal, rand: &source{r: o.Rand}, log: o.Log, worker: o.Worker, wait: waitFor, bestEffort: o.BestEffort, readOnly: o.ReadOnly || o.Seal == nil, heads: o.Heads, syncWatch: syncWatch}
	s.Expect(o.Replicas)
	if o.Rand == nil {
		s.rand.r = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.worker == "" {
		s.worker = "twokey"
	}
	// Two processes with one name, as in two containers, are two workers.
	s.worker += fmt.Sprintf("/%x", s.rand.bytes(4))
	redis.SetLogger(logger{s.log})
	name, where, secrets, err := s.connect(o)
	if err != nil {
		return nil, err
	}
	if err := s.greet(ctx); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("cannot reach Redis at %s (%s): %s", where, name, scrub(err, secrets))
	}
	return s, nil
}

// connect makes the clients of the one address that is set.
func (s *Store) connect(o Options) (name, where string, secrets []string, err error) {
	set := 0
	for _, u := range []string{o.URL, o.SentinelURL, o.ClusterURL} {
		if u != "" {
			set++
		}
	}
	switch {
	case set == 0:
		return "", "", nil, errors.New("no Redis is set: set one of REDIS_URL, REDIS_SENTINEL_URL and REDIS_CLUSTER_URL")
	case set > 1:
		return "", "", nil, errors.New("more than one Redis is set: set only one of REDIS_URL, REDIS_SENTINEL_URL and REDIS_CLUSTER_URL")
	case o.URL != "":
		where, secrets, err = s.connectSingle(o.URL)
		return "REDIS_URL", where, secrets, err
	case o.SentinelURL != "":
		where, secrets, err = s.connectSentinel(o.SentinelURL)
		return "REDIS_SENTINEL_URL", where, secrets, err
	}
	where, secrets, err = s.connectCluster(o.ClusterURL)
	return "REDIS_CLUSTER_URL", where, secrets, err
}

// go-redis' own words about a bad address can hold the password, so that they
// are not repeated.
var (
	errURL = errors.New("REDIS_URL is not an address of Redis: " +
		"write redis://[user:password@]host:port[/db], rediss:// for TLS, or unix:///path; percent-encode the password")
	errSentinelURL = errors.New("REDIS_SENTINEL_URL is not an address of Sentinel: " +
		"write redis://[user:password@]host:port?master_name=NAME[&addr=host:port]; percent-encode the password")
	errClusterURL = errors.New("REDIS_CLUSTER_URL is not an address of a Cluster: " +
		"write redis://[user:password@]host:port[?addr=host:port]; percent-encode the password")
)

func (s *Store) connectSingle(url string) (where string, secrets []string, err error) {
	opt, err := redis.ParseURL(url)
	if err != nil {
		return "", nil, errURL
	}
	opt.ContextTimeoutEnabled = true
	s.waitLess(opt.ReadTimeout)
	opt.MaintNotificationsConfig = noNotifications()
	once := *opt
	once.MaxRetries, once.MaintNotificationsConfig = -1, noNotifications()
	s.single(redis.NewClient(opt), redis.NewClient(&once))
	return opt.Addr, []string{opt.Password}, nil
}

func (s *Store) connectSentinel(url string) (where string, secrets []string, err error) {
	opt, err := redis.ParseFailoverURL(url)
	if err != nil || opt.MasterName == "" {
		return "", nil, errSentinelURL
	}
	// Only the master is read from, whatever the address says.
	opt.ReplicaOnly, opt.RouteByLatency, opt.RouteRandomly = false, false, false
	opt.ContextTimeoutEnabled = true
	s.waitLess(opt.ReadTimeout)
	once := *opt
	once.MaxRetries = -1
	s.single(redis.NewFailoverClient(opt), redis.NewFailoverClient(&once))
	return strings.Join(opt.SentinelAddrs, ", "), []string{opt.Password, opt.SentinelPassword}, nil
}

// single uses one client for everything and one, without retries, for arming.
func (s *Store) single(c, once *redis.Client) {
	s.db = c
	s.close = []io.Closer{c, once}
	c.AddHook(wording{})
	once.AddHook(wording{})
	s.sticky = func(context.Context, string) (*redis.Conn, error) { return once.Conn(), nil }
	s.master = func(context.Context, string) (*redis.Client, error) { return c, nil }
	s.masters = func(ctx context.Context, each func(context.Context, *redis.Client) error) error {
		return each(ctx, c)
	}
}

func (s *Store) connectCluster(url string) (where string, secrets []string, err error) {
	opt, err := redis.ParseClusterURL(url)
	if err != nil {
		return "", nil, errClusterURL
	}
	opt.ReadOnly, opt.RouteByLatency, opt.RouteRandomly = false, false, false
	opt.MaxRetries = -1 // of a node's own client, which arming uses; the Cluster's tries again by MaxRedirects
	opt.ContextTimeoutEnabled = true
	s.waitLess(opt.ReadTimeout)
	opt.MaintNotificationsConfig = noNotifications()
	c := redis.NewClusterClient(opt)
	s.db = c
	s.close = []io.Closer{c}
	c.AddHook(wording{}) // not to its nodes: the Cluster's client has to read their answers as they are
	s.master = c.MasterForKey
	s.masters = c.ForEachMaster
	s.sticky = func(ctx context.Context, key string) (*redis.Conn, error) {
		node, err := c.MasterForKey(ctx, key)
		if err != nil {
			return nil, err
		}
		return node.Conn(), nil
	}
	return strings.Join(opt.Addrs, ", "), []string{opt.Password}, nil
}

// waitLess keeps the wait for replicas well inside the read timeout that the
// address sets, if any: an answer cut short would never let anything be armed.
func (s *Store) waitLess(read time.Duration) {
	if read > 0 {
		s.wait = min(s.wait, read/2)
	}
}

func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// greet asks whether Redis answers, makes the scripts known, and notes the
// replicas that there are now.
func (s *Store) greet(ctx context.Context) error {
	if err := s.db.Ping(ctx).Err(); err != nil {
		return err
	}
	if err := s.preload(ctx); err != nil {
		return err
	}
	if _, err := s.Health(ctx); err != nil {
		return nil //nolint:nilerr // /readyz tells why; the epoch is taken over once it is there
	}
	if err := s.begin(ctx); err != nil || s.readOnly {
		return err
	}
	if err := s.rekey(ctx); err != nil {
		s.log.Warn("the epoch and the freeze are not sealed by the first key yet; keep the others until a start without this line", "err", err)
	}
	return nil
}

// Close closes the connections.
func (s *Store) Close() error {
	var errs []error
	for _, c := range s.close {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// scrub is an error's text without the passwords.
func scrub(err error, secrets []string) string {
	text := err.Error()
	for _, p := range secrets {
		if p != "" {
			text = strings.ReplaceAll(text, p, "***")
		}
	}
	return text
}

// logger hands go-redis' own lines to the log of this process.
type logger struct{ log *slog.Logger }

func (l logger) Printf(_ context.Context, format string, v ...any) {
	l.log.Debug("go-redis: " + fmt.Sprintf(format, v...))
}
