// Package redisdb is one Redis, alone, under Sentinel or as a Cluster. It knows the
// addresses, runs scripts, asks what replicas and disk keep, and puts health and
// faults into words for people. bot/store/doc.go has what is known about each.
package redisdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"twokey/bot/store/keys"
	"twokey/commands/port"
)

// Addresses say where Redis is: exactly one is set, in go-redis' own URL forms.
type Addresses struct {
	URL         string // REDIS_URL
	SentinelURL string // REDIS_SENTINEL_URL
	ClusterURL  string // REDIS_CLUSTER_URL
}

// DB is one Redis: a single server, one under Sentinel, or a Cluster. Every
// answer of it that has a reason for people comes as *port.RefusedError.
type DB struct {
	redis.UniversalClient
	// Sticky returns a connection of its own to the master of a key, without
	// retries. The caller closes it.
	Sticky func(ctx context.Context, key string) (*redis.Conn, error)
	// Master is the client of the master of a key.
	Master func(ctx context.Context, key string) (*redis.Client, error)
	// EachMaster calls a function for every master, some of them at once.
	EachMaster func(ctx context.Context, each func(context.Context, *redis.Client) error) error

	// Log gets faults that last, ever more rarely.
	Log *slog.Logger
	// ConfirmWithin is how long replicas, or the disk, have to confirm a write.
	ConfirmWithin time.Duration

	closers    []io.Closer
	faults     port.LogThrottle // of the log, about what is due
	bestEffort bool
	watchSync  time.Duration                 // how long AwaitSync watches a disk that cannot be asked
	most       [keys.Partitions]atomic.Int64 // replicas in the largest set that this process knows of
	expected   atomic.Pointer[int]           // .. and what the policy says
}

// Config is how a Redis is opened.
type Config struct {
	Addresses
	BestEffort bool // see Footing
	Replicas   *int // of each master, by the policy's word; nil: as many as it ever had
	Log        *slog.Logger
}

// Connect makes the clients, and asks whether Redis answers. Its errors are
// sentences for the operator; a password is in none of them. first runs at the
// end, and its error counts as one of the connection.
func Connect(ctx context.Context, c Config, first func(context.Context, *DB) error) (*DB, error) {
	redis.SetLogger(redisLog{c.Log})
	d := &DB{Log: c.Log, bestEffort: c.BestEffort, ConfirmWithin: confirmWithin, watchSync: WatchSync}
	d.Expect(c.Replicas)
	name, where, secrets, err := d.connect(c.Addresses)
	if err != nil {
		return nil, err
	}
	if err = d.Ping(ctx).Err(); err == nil {
		err = d.LoadScripts(ctx)
	}
	if err == nil {
		err = first(ctx, d)
	}
	if err != nil {
		_ = d.Close()
		return nil, fmt.Errorf("cannot reach Redis at %s (%s): %s", where, name, withoutPasswords(err, secrets))
	}
	return d, nil
}

// confirmWithin is the default of ConfirmWithin.
const confirmWithin = 1500 * time.Millisecond

// connect makes the clients of the one address that is set.
func (d *DB) connect(a Addresses) (name, where string, secrets []string, err error) {
	set := 0
	for _, u := range []string{a.URL, a.SentinelURL, a.ClusterURL} {
		if u != "" {
			set++
		}
	}
	switch {
	case set == 0:
		return "", "", nil, errors.New("no Redis is set: set one of REDIS_URL, REDIS_SENTINEL_URL and REDIS_CLUSTER_URL")
	case set > 1:
		return "", "", nil, errors.New("more than one Redis is set: set only one of REDIS_URL, REDIS_SENTINEL_URL " +
			"and REDIS_CLUSTER_URL")
	case a.URL != "":
		where, secrets, err = d.connectSingle(a.URL)
		return "REDIS_URL", where, secrets, err
	case a.SentinelURL != "":
		where, secrets, err = d.connectSentinel(a.SentinelURL)
		return "REDIS_SENTINEL_URL", where, secrets, err
	}
	where, secrets, err = d.connectCluster(a.ClusterURL)
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

func (d *DB) connectSingle(url string) (where string, secrets []string, err error) {
	opt, err := redis.ParseURL(url)
	if err != nil {
		return "", nil, errURL
	}
	opt.ContextTimeoutEnabled = true
	d.confirmInTime(opt.ReadTimeout)
	opt.MaintNotificationsConfig = noNotifications()
	once := *opt
	once.MaxRetries, once.MaintNotificationsConfig = -1, noNotifications()
	d.useOne(redis.NewClient(opt), redis.NewClient(&once))
	return opt.Addr, []string{opt.Password}, nil
}

func (d *DB) connectSentinel(url string) (where string, secrets []string, err error) {
	opt, err := redis.ParseFailoverURL(url)
	if err != nil || opt.MasterName == "" {
		return "", nil, errSentinelURL
	}
	// Only the master is read from, whatever the address says.
	opt.ReplicaOnly, opt.RouteByLatency, opt.RouteRandomly = false, false, false
	opt.ContextTimeoutEnabled = true
	d.confirmInTime(opt.ReadTimeout)
	once := *opt
	once.MaxRetries = -1
	d.useOne(redis.NewFailoverClient(opt), redis.NewFailoverClient(&once))
	return strings.Join(opt.SentinelAddrs, ", "), []string{opt.Password, opt.SentinelPassword}, nil
}

// useOne uses one client for everything and one, without retries, for arming.
func (d *DB) useOne(c, once *redis.Client) {
	d.UniversalClient = c
	d.closers = []io.Closer{c, once}
	c.AddHook(explaining{})
	once.AddHook(explaining{})
	d.Sticky = func(context.Context, string) (*redis.Conn, error) { return once.Conn(), nil }
	d.Master = func(context.Context, string) (*redis.Client, error) { return c, nil }
	d.EachMaster = func(ctx context.Context, each func(context.Context, *redis.Client) error) error {
		return each(ctx, c)
	}
}

func (d *DB) connectCluster(url string) (where string, secrets []string, err error) {
	opt, err := redis.ParseClusterURL(url)
	if err != nil {
		return "", nil, errClusterURL
	}
	opt.ReadOnly, opt.RouteByLatency, opt.RouteRandomly = false, false, false
	opt.MaxRetries = -1 // of a node's own client, which arming uses; the Cluster's tries again by MaxRedirects
	opt.ContextTimeoutEnabled = true
	d.confirmInTime(opt.ReadTimeout)
	opt.MaintNotificationsConfig = noNotifications()
	c := redis.NewClusterClient(opt)
	d.UniversalClient = c
	d.closers = []io.Closer{c}
	c.AddHook(explaining{}) // not to its nodes: the Cluster's client has to read their answers as they are
	d.Master = c.MasterForKey
	d.EachMaster = c.ForEachMaster
	d.Sticky = func(ctx context.Context, key string) (*redis.Conn, error) {
		node, err := c.MasterForKey(ctx, key)
		if err != nil {
			return nil, err
		}
		return node.Conn(), nil
	}
	return strings.Join(opt.Addrs, ", "), []string{opt.Password}, nil
}

// confirmInTime keeps the wait for replicas well inside the read timeout that the
// address sets, if any. With an answer cut short, nothing could ever be armed.
func (d *DB) confirmInTime(read time.Duration) {
	if read > 0 {
		d.ConfirmWithin = min(d.ConfirmWithin, read/2)
	}
}

func noNotifications() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// Close closes the connections.
func (d *DB) Close() error {
	var errs []error
	for _, c := range d.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// withoutPasswords is an error's text without the passwords.
func withoutPasswords(err error, secrets []string) string {
	text := err.Error()
	for _, p := range secrets {
		if p != "" {
			text = strings.ReplaceAll(text, p, "***")
		}
	}
	return text
}

// redisLog hands go-redis' own lines to the log of this process.
type redisLog struct{ log *slog.Logger }

func (l redisLog) Printf(_ context.Context, format string, v ...any) {
	l.log.Debug("go-redis: " + fmt.Sprintf(format, v...))
}
