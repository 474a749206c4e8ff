package commands

import (
	"context"
	"io"
	"log/slog"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/proposals"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

// Handler is where everything arrives that people do: Command, Press, Submit,
// Suggest, Change and Shortcut, each answered within the ack and without waiting for
// the cloud.
type Handler struct {
	store     port.Store
	cloud     port.Cloud
	chat      port.Chat
	policy    func() reinstall.Policy
	now       func() time.Time
	rand      io.Reader
	seal      *seal.Sealer
	log       *slog.Logger
	count     func(what string, labels ...string)
	faults    *port.FaultLog
	engine    Engine
	people    *people.Lookup
	proposals *proposals.Loader
	allowed   allowances // how much is taken from whom
}

// Engine is what the front needs of the engine.
type Engine interface {
	// HandIn has the worker begin with what was stored just now.
	HandIn(c port.Claim)
	// Background runs what nobody waits for, and what the process finishes before it
	// ends.
	Background(do func())
	// Facts reads a proposal's machine from the cloud, now.
	Facts(ctx context.Context, op reinstall.Operation) (reinstall.Facts, error)
	// Change writes the transition that decide comes to, once by its command.
	Change(ctx context.Context, id, command, by string, decide port.Decision) (*reinstall.Refusal, error)
}

// Config is what a Handler needs; every field is required.
type Config struct {
	Store     port.Store
	Cloud     port.Cloud
	Chat      port.Chat
	Policy    func() reinstall.Policy
	Engine    Engine
	People    *people.Lookup
	Proposals *proposals.Loader
	Sealer    *seal.Sealer
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger
	Count     func(what string, labels ...string)
	Faults    *port.FaultLog
}

// New returns a Handler.
func New(c Config) *Handler {
	return &Handler{
		store: c.Store, cloud: c.Cloud, chat: c.Chat, policy: c.Policy, now: c.Now, rand: c.Rand, seal: c.Sealer, log: c.Log, count: c.Count,
		faults: c.Faults, engine: c.Engine, people: c.People, proposals: c.Proposals,
	}
}
