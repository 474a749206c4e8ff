package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/bot/store/redisdb"
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

	// BestEffort arms also when Redis would lose the intent in a crash (its
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
	Heads []audit.Head

	// ReadOnly is for a process that only looks: no epoch is begun.
	ReadOnly bool

	Rand   io.Reader    // of ids; default crypto/rand
	Log    *slog.Logger // default: nothing is logged
	Worker string       // this process' name, in the leases it takes
}

// Partitions is how many parts the records are spread over.
const Partitions = keys.Partitions

// Store implements port.Store on Redis. It is made of one type a subject, which
// share a connection, the keys of the seals and this process' name.
type Store struct {
	*core
	*audit.Trail
	*records
	*lists
	*arming
	*inbox
	*outbox
	*notes
	*leases
	*budget
	*epochs
	*freezes
	*presence
}

// core is what all of them have.
type core struct {
	db     *redisdb.DB
	seal   *seal.Keys
	random *random
	log    *slog.Logger
	worker string // this process, in the leases that it takes
}

// Open connects. Its errors are sentences for the operator; a password is in
// none of them.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Worker == "" {
		o.Worker = "twokey"
	}
	c := &core{seal: o.Seal, random: &random{r: o.Rand}, log: o.Log}
	// Two processes with one name, as in two containers, are two workers.
	c.worker = fmt.Sprintf("%s/%x", o.Worker, c.random.bytes(4))
	var s *Store
	_, err := redisdb.Connect(ctx, redisdb.Config{
		Addresses:  redisdb.Addresses{URL: o.URL, SentinelURL: o.SentinelURL, ClusterURL: o.ClusterURL},
		BestEffort: o.BestEffort, Replicas: o.Replicas, Log: o.Log,
	}, func(ctx context.Context, db *redisdb.DB) error {
		c.db = db
		s = compose(c, o)
		return s.start(ctx)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// compose makes the store of its parts.
func compose(c *core, o Options) *Store {
	log := audit.NewTrail(c.db, c.seal, c.worker)
	recs := &records{core: c}
	life := &epochs{core: c, audit: log, readOnly: o.ReadOnly || o.Seal == nil, kept: o.Heads}
	stops := &freezes{core: c, life: life}
	life.adopted = func() {
		recs.forget()
		stops.seen.forget()
	}
	return &Store{
		core: c, Trail: log, records: recs,
		lists: &lists{core: c, records: recs}, arming: &arming{core: c, records: recs, life: life},
		inbox: &inbox{c}, outbox: &outbox{c}, notes: &notes{c}, leases: &leases{core: c},
		budget: &budget{core: c, records: recs}, epochs: life, freezes: stops, presence: &presence{c},
	}
}

// holderOf is how Redis names this process' hold on a claim. The token alone would
// not do: after a fail-over that lost its counter, another worker may get the
// same one.
func (s *core) holderOf(c port.Claim) string {
	return strconv.FormatInt(c.Token, 10) + " " + s.worker
}

// start takes over the epoch, or begins the first one, and seals again with the
// first key what an older key sealed.
func (s *Store) start(ctx context.Context) error {
	if _, err := s.Health(ctx); err != nil {
		return nil //nolint:nilerr // /readyz tells why; the epoch is taken over once it is there
	}
	if err := s.takeOver(ctx); err != nil || s.readOnly {
		return err
	}
	if err := s.resealAll(ctx); err != nil {
		s.log.Warn("reseal: epoch and freeze are not sealed by the first key yet; keep the others until this line "+
			"is gone", "err", err)
	}
	return nil
}

// Health implements port.Store.
func (s *Store) Health(ctx context.Context) (port.Health, error) { return s.db.Health(ctx) }

// Expect takes the policy's word for how many replicas each master has; nil:
// the largest set ever seen counts. It holds from now on.
func (s *Store) Expect(replicas *int) { s.db.Expect(replicas) }

// Close closes the connections.
func (s *Store) Close() error { return s.db.Close() }

// random is a reader of random bytes that many may use at once.
type random struct {
	mu sync.Mutex
	r  io.Reader
}

// bytes returns n random bytes. Without randomness nothing here is safe, so
// that a failing source is a panic.
func (s *random) bytes(n int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := make([]byte, n)
	if _, err := io.ReadFull(s.r, b); err != nil {
		panic("store: no randomness: " + err.Error())
	}
	return b
}
