// Package engine does what is due: it works off what people asked for, re-checks and
// arms proposals, sends the ResetInstance request, follows it to its end, makes backup images,
// keeps the budget, watches finished machines and keeps App Homes fresh.
package engine

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"twokey/commands/engine/budget"
	"twokey/commands/home"
	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/proposals"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
	"twokey/commands/view"
)

// Engine is the worker: Run claims what is due and hands it to the parts below, one
// for each subject.
type Engine struct {
	*kernel
	inbox     *inbox
	arming    *arming
	waiting   *waiting
	following *following
	images    *images
	homes     *home.Board
	guard     *guard
	machines  *machines

	outbox func(ctx context.Context, c port.Claim) // works off an outbox

	hand  chan port.Claim // items taken by this process, leased already
	slots chan struct{}
	work  sync.WaitGroup
	held  leases
}

// kernel is what all parts share: the ports, and how a transition is written.
type kernel struct {
	store     port.Store
	cloud     port.Cloud
	chat      port.Chat
	prober    port.Prober
	policy    func() model.Policy
	now       func() time.Time
	rand      io.Reader
	seal      *seal.Sealer
	log       *slog.Logger
	count     func(what string, labels ...string)
	faults    *port.FaultLog
	people    *people.Lookup
	proposals *proposals.Loader
	queue     *budget.Queue

	channels seenChannels
	wake     chan struct{} // something may be due
	ending   atomic.Bool   // Run is on its way out: nothing new is armed
}

// The parts. Each embeds the kernel and names the others that it uses.
type (
	// machines reads a machine and what stands around it from the cloud.
	machines struct{ *kernel }
	// waiting finds out what a reset has to wait for.
	waiting struct {
		*kernel
		machines *machines
	}
	// following follows a request that was sent, and a machine that has ended.
	following struct {
		*kernel
		machines *machines
		reported reports
	}
	// arming re-checks, arms and sends the ResetInstance request.
	arming struct {
		*kernel
		machines  *machines
		waiting   *waiting
		following *following
	}
	// images makes backup images.
	images struct {
		*kernel
		waiting   *waiting
		following *following
	}
	// proposer makes proposals.
	proposer struct {
		*kernel
		machines *machines
	}
	// inbox works off what people did.
	inbox struct {
		*kernel
		machines  *machines
		images    *images
		proposing *proposer
		homes     *home.Board
		reads     chan struct{} // taken by items that read the cloud
	}
	// guard looks for records that were changed outside Twokey.
	guard struct{ *kernel }
)

// Config is what an engine needs. Prober may be nil: then no login service is
// looked for.
type Config struct {
	Store     port.Store
	Cloud     port.Cloud
	Chat      port.Chat
	Prober    port.Prober
	Policy    func() model.Policy
	People    *people.Lookup
	Proposals *proposals.Loader
	Sealer    *seal.Sealer
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger
	Count     func(what string, labels ...string)
	Faults    *port.FaultLog
}

// New returns an engine; DeliverWith gives it an outbox, and Run starts its work.
func New(c Config) *Engine {
	k := &kernel{
		store: c.Store, cloud: c.Cloud, chat: c.Chat, prober: c.Prober, policy: c.Policy, now: c.Now, rand: c.Rand,
		seal: c.Sealer,
		log:  c.Log, count: c.Count, faults: c.Faults, people: c.People, proposals: c.Proposals,
		queue: budget.New(c.Store, c.Policy, c.Now, c.Log),
		wake:  make(chan struct{}, 1),
	}
	m := &machines{k}
	w := &waiting{k, m}
	f := &following{kernel: k, machines: m}
	i := &images{k, w, f}
	p := &proposer{k, m}
	b := home.New(home.Config{
		Store: c.Store, Chat: c.Chat, People: c.People, Proposals: c.Proposals, Now: c.Now, Log: c.Log,
		Count: c.Count,
	})
	return &Engine{
		kernel: k, machines: m, waiting: w, following: f, images: i, homes: b,
		arming: &arming{k, m, w, f}, guard: &guard{k},
		inbox: &inbox{
			kernel: k, machines: m, images: i, proposing: p, homes: b,
			reads: make(chan struct{}, maxCloudItems),
		},
		hand: make(chan port.Claim, 1024), slots: make(chan struct{}, maxParallel),
	}
}

// DeliverWith names what works off an outbox that is due. It comes before Run.
func (e *Engine) DeliverWith(outbox func(ctx context.Context, c port.Claim)) { e.outbox = outbox }

// Facts reads a proposal's machine from the cloud, now.
func (e *Engine) Facts(ctx context.Context, op reinstall.Operation) (model.Facts, error) {
	return e.machines.Facts(ctx, op)
}

// OpenHome draws somebody's Home again, and keeps it fresh for a while.
func (e *Engine) OpenHome(ctx context.Context, user string) { e.homes.Open(ctx, user) }

// AnswerHome answers a press on somebody's Home tab. If nothing was shown, the log says so.
func (e *Engine) AnswerHome(ctx context.Context, user, trigger string, t view.Text) {
	if err := e.homes.Answer(ctx, user, trigger, t); err != nil {
		e.log.Warn("home: a press was not answered", "by", user, "err", err)
	}
}

// AnnounceDistrust tells every channel once that Redis is not believed, and why, or that
// it is again.
func (e *Engine) AnnounceDistrust(ctx context.Context, is Distrust) {
	e.guard.AnnounceDistrust(ctx, is)
}
