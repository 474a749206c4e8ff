// Package outbox shows in Slack what the engine has noted to be shown: posts in their
// order, each once, found again after an answer that was lost.
package outbox

import (
	"context"
	"log/slog"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/proposals"
)

// Store is what the outbox needs of the memory.
type Store interface {
	port.Records
	port.Outbox
	port.Leases
}

// Chat is what the outbox needs of Slack.
type Chat interface {
	port.Directory
	port.Cards
	port.Thread
	port.Whisperer
	port.DirectMessages
}

// Outbox works off outboxes. What it remembers is of this process alone.
type Outbox struct {
	store     Store
	chat      Chat
	now       func() time.Time
	log       *slog.Logger
	count     func(what string, labels ...string)
	faults    *port.FaultLog
	engine    Engine
	people    *people.Lookup
	proposals *proposals.Loader

	breakers breakers   // what waits after a fault
	shown    shownState // which countdowns stand on cards and in threads
}

// Engine is what the outbox needs of the engine.
type Engine interface {
	// Release gives a lease back; the outbox is due again after in.
	Release(ctx context.Context, c port.Claim, in time.Duration)
	// Fault logs what went wrong and leaves the outbox due again.
	Fault(ctx context.Context, c port.Claim, doing string, err error)
	// HeldUntil is until when this process holds a claim for sure.
	HeldUntil(c port.Claim) time.Time
	// Wake tells the worker that something may be due at once.
	Wake()
	// Change writes the transition that decide comes to, once by its command.
	Change(ctx context.Context, id, command, by string, decide port.Decision) error
}

// Config is what an outbox needs; every field is required.
type Config struct {
	Store     Store
	Chat      Chat
	Engine    Engine
	People    *people.Lookup
	Proposals *proposals.Loader
	Now       func() time.Time
	Log       *slog.Logger
	Count     func(what string, labels ...string)
	Faults    *port.FaultLog
}

// New returns an outbox that has shown nothing yet.
func New(c Config) *Outbox {
	return &Outbox{
		store: c.Store, chat: c.Chat, engine: c.Engine, people: c.People, proposals: c.Proposals, now: c.Now,
		log: c.Log, count: c.Count, faults: c.Faults,
	}
}
