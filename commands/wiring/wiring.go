// Package wiring puts the rooms together: one place wires everything.
package wiring

import (
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"twokey/commands"
	"twokey/commands/engine"
	"twokey/commands/outbox"
	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/proposals"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
)

// Config is what Twokey is made of. Now, Rand, Log and Count have defaults; a nil
// Prober looks for no login service.
type Config struct {
	Store  port.Store
	Cloud  port.Cloud
	Chat   port.Chat
	Prober port.Prober
	Policy func() model.Policy
	Sealer *seal.Sealer
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
	Count  func(what string, labels ...string)
}

// Twokey is the rooms, put together: Handler answers people, and Engine works off
// what is due until its Run ends.
type Twokey struct {
	*commands.Handler
	*engine.Engine
	People *people.Lookup
}

// New puts the rooms together. Nothing runs yet.
func New(c Config) *Twokey {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Count == nil {
		c.Count = func(string, ...string) {}
	}
	faults := port.NewFaultLog(c.Log, c.Now)
	load := proposals.NewLoader(c.Store, c.Policy, c.Now)
	who := people.New(people.Config{
		Store: c.Store, Chat: c.Chat, Policy: c.Policy, Proposals: load, Now: c.Now, Log: c.Log, Count: c.Count, Faults: faults,
	})
	e := engine.New(engine.Config{
		Store: c.Store, Cloud: c.Cloud, Chat: c.Chat, Prober: c.Prober, Policy: c.Policy, People: who, Proposals: load,
		Sealer: c.Sealer, Now: c.Now, Rand: c.Rand, Log: c.Log, Count: c.Count, Faults: faults,
	})
	o := outbox.New(outbox.Config{
		Store: c.Store, Chat: c.Chat, Engine: e, People: who, Proposals: load, Now: c.Now, Log: c.Log, Count: c.Count, Faults: faults,
	})
	e.DeliverWith(o.Deliver)
	h := commands.New(commands.Config{
		Store: c.Store, Cloud: c.Cloud, Chat: c.Chat, Policy: c.Policy, Engine: e, People: who, Proposals: load, Sealer: c.Sealer,
		Now: c.Now, Rand: c.Rand, Log: c.Log, Count: c.Count, Faults: faults,
	})
	return &Twokey{Handler: h, Engine: e, People: who}
}
