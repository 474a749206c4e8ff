// Package people finds out who somebody is, what they may see and do, and whether
// their approval still counts. What cannot be found out counts as no.
package people

import (
	"log/slog"
	"time"

	"twokey/commands/port"
	"twokey/commands/proposals"
	"twokey/commands/reinstall/model"
)

// Store is what a Lookup needs of the memory.
type Store interface {
	port.Records
	port.Lists
	port.Freezes
}

// Lookup asks Slack about people, and remembers the answers for some seconds. All
// methods may be called from any goroutine.
type Lookup struct {
	store     Store
	chat      port.Directory
	policy    func() model.Policy
	now       func() time.Time
	log       *slog.Logger
	count     func(what string, labels ...string)
	faults    *port.FaultLog
	proposals *proposals.Loader
	cache     cache
}

// Config is what a Lookup needs; every field is required.
type Config struct {
	Store     Store
	Chat      port.Directory
	Policy    func() model.Policy
	Proposals *proposals.Loader
	Now       func() time.Time
	Log       *slog.Logger
	Count     func(what string, labels ...string)
	Faults    *port.FaultLog
}

// New returns a Lookup that has asked nobody yet.
func New(c Config) *Lookup {
	return &Lookup{store: c.Store, chat: c.Chat, policy: c.Policy, now: c.Now, log: c.Log, count: c.Count, faults: c.Faults, proposals: c.Proposals}
}
