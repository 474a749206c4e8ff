// Package home keeps the App Homes that are open: what somebody may see at a glance,
// drawn again when something has happened.
package home

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/proposals"
	"twokey/commands/screen"
	"twokey/commands/view"
)

const (
	// keepFreshFor is how long after it was opened a Home is kept fresh.
	keepFreshFor = 10 * time.Minute
	// lookEvery is how often it is asked whether anything happened, while
	// somebody has a Home open.
	lookEvery = 2 * time.Second
	// showEvery is the soonest that an open Home is drawn again by itself.
	showEvery = 5 * time.Second
	// pushTime is how long a push may wait for Slack's limits: people who open
	// theirs come first.
	pushTime = 2 * time.Second
	// linksAtOnce are asked for at the same time; linksTime bounds all of them.
	linksAtOnce = 8
	linksTime   = 4 * time.Second
)

// homes remembers who opened their Home lately, in this process alone: another
// replica keeps those fresh that were opened through it.
type homes struct {
	mu sync.Mutex
	m  map[string]*viewer
}

// viewer is one person's open Home.
type viewer struct {
	user string

	mu    sync.Mutex // held while it is drawn: what is newer is published later
	until time.Time
	shown time.Time // of when is what was drawn last
	// answer stands above all until then: a press whose form Slack did not open.
	answer      view.Text
	answerUntil time.Time
	mark        string // what it shows; empty: it is to be drawn again
	last        string // what was published last, less the time
}

// Store is what a Board needs of the memory.
type Store interface {
	Mark(ctx context.Context) (string, error)
}

// Chat is what a Board needs of Slack.
type Chat interface {
	port.HomeTabs
	OpenForm(ctx context.Context, trigger string, f view.Form) (view, hash string, err error)
	Permalink(ctx context.Context, a port.Address) (string, error)
}

// Board keeps the Homes that were opened through this process.
type Board struct {
	Config

	homes homes
}

// Config is what a Board needs; every field is required.
type Config struct {
	Store     Store
	Chat      Chat
	People    *people.Lookup
	Proposals *proposals.Loader
	Now       func() time.Time
	Log       *slog.Logger
	Count     func(what string, labels ...string)
}

// New returns a board on which no Home is open.
func New(c Config) *Board { return &Board{Config: c} }

// openViewer notes that somebody has just opened theirs.
func (h *homes) openViewer(user string) *viewer {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.m == nil || len(h.m) >= people.MostRemembered {
		h.m = map[string]*viewer{}
	}
	if h.m[user] == nil {
		h.m[user] = &viewer{user: user}
	}
	return h.m[user]
}

func (h *homes) forgetViewer(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.m, user)
}

func (h *homes) openViewers() []*viewer {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*viewer, 0, len(h.m))
	for _, v := range h.m {
		out = append(out, v)
	}
	return out
}

// Open draws somebody's Home anew, and keeps it fresh for a while.
func (b *Board) Open(ctx context.Context, user string) {
	v, asked := b.homes.openViewer(user), b.Now()
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.shown.After(asked) {
		return // it was drawn meanwhile: somebody presses often
	}
	v.answer = nil
	_ = b.openHome(ctx, v, asked) // it is in the log, and drawn again soon
}

// openHome draws a Home whatever it shows, and keeps it fresh. Callers hold v.mu.
func (b *Board) openHome(ctx context.Context, v *viewer, asked time.Time) error {
	v.until, v.last = asked.Add(keepFreshFor), ""
	p, err := b.People.ReadLive(ctx)
	if err != nil {
		b.Log.Error("could not gather what a Home shows", "by", v.user, "err", err)
		b.Count("fault", "home")
		no := view.Home{Alerts: []view.Text{view.Say(view.Emoji("warning"),
			" Twokey could not read its memory (Redis did not answer), so nothing is shown here. Try again in a "+
				"minute.")}}
		v.mark, v.shown = "", p.At
		return b.publishHome(ctx, v, no)
	}
	return b.drawHome(ctx, v, p)
}

// drawHome draws a Home and publishes it where it is another one. Callers hold
// v.mu.
func (b *Board) drawHome(ctx context.Context, v *viewer, p people.LiveState) error {
	v.mark, v.shown = "", p.At
	by, r := b.People.CheckMayLook(ctx, v.user, "Nothing is shown here")
	if r != nil {
		if by.ID != "" { // else it could not be found out, and is tried again
			b.homes.forgetViewer(v.user)
		}
		return b.publishHome(ctx, v, screen.HiddenHome(r))
	}
	o := b.People.OverviewFor(ctx, p, by)
	complete := b.linkCards(ctx, &o) && !o.Unsure
	if err := b.publishHome(ctx, v, screen.Home(o.Shown())); err != nil {
		return err
	}
	if complete {
		v.mark = p.Mark
	}
	return nil
}

// publishHome shows a Home, below the answer to a press if there is one, unless that is
// what it shows already.
func (b *Board) publishHome(ctx context.Context, v *viewer, h view.Home) error {
	if len(v.answer) > 0 && b.Now().Before(v.answerUntil) {
		h.Alerts = slices.Insert(h.Alerts, 0, v.answer)
	}
	timeless := h
	timeless.At, timeless.Foot = time.Time{}, nil
	what, err := json.Marshal(timeless)
	if err == nil && string(what) == v.last {
		return nil
	}
	if err = b.Chat.PublishHome(ctx, v.user, h); err != nil {
		b.Log.Warn("could not show somebody their Home", "by", v.user, "err", err)
		if !port.IsLimited(err) {
			b.Count("fault", "home")
		}
		return err
	}
	v.last = string(what)
	return nil
}

// linkCards finds the addresses of the cards, and what is asked of whoever may approve;
// false where something is missing that may be there later.
func (b *Board) linkCards(ctx context.Context, o *people.Overview) bool {
	ctx, cancel := context.WithTimeout(ctx, linksTime)
	defer cancel()
	var all sync.WaitGroup
	slots := make(chan struct{}, linksAtOnce)
	sections := [][]people.Entry{o.AwaitsApproval, o.AwaitsBackup, o.Mine, o.Running, o.Others, o.Last}
	var found []*people.Entry
	for _, es := range sections {
		for i := range es[:min(len(es), screen.HomeRows)] {
			found = append(found, &es[i])
		}
	}
	for _, e := range found {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			e.Link = b.cardLink(ctx, e.Recs[0])
		})
	}
	all.Wait()
	asked := b.askApprovals(ctx, o.AwaitsApproval[:min(len(o.AwaitsApproval), screen.HomeRows)])
	return asked && !slices.ContainsFunc(found, func(e *people.Entry) bool {
		return e.Link == "" && !e.First().State.Ended()
	})
}

// askApprovals reads all machines of each proposal that somebody may approve, as its card
// does; false where that failed: then there is no button.
func (b *Board) askApprovals(ctx context.Context, es []people.Entry) bool {
	complete := true
	for i := range es {
		lead, err := b.Proposals.LeadOf(ctx, es[i].Recs[0])
		if err == nil {
			es[i].Ask, err = b.Proposals.All(ctx, lead)
		}
		if err != nil {
			b.Log.Warn("home: could not read a proposal", "op", es[i].First().ID, "err", err)
			es[i].Ask, complete = nil, false
		}
	}
	return complete
}

// cardLink is the address of the card that shows an operation; empty where there
// is none yet, or Slack does not say.
func (b *Board) cardLink(ctx context.Context, rec port.Record) string {
	lead, err := b.Proposals.LeadOf(ctx, rec)
	if err != nil || lead.Card.TS == "" {
		return ""
	}
	link, err := b.Chat.Permalink(ctx, lead.Card)
	if err != nil {
		b.Log.Debug("card: no link to it", "op", rec.Op.ID, "err", err)
	}
	return link
}

// Keep draws the Homes that are open again when something has happened,
// until ctx ends.
func (b *Board) Keep(ctx context.Context) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			b.refreshStale(ctx)
		}
	}
}

// refreshStale draws each open Home that does not show what is, all from one
// reading.
func (b *Board) refreshStale(ctx context.Context) {
	behind := b.staleViewers(ctx)
	if len(behind) == 0 {
		return
	}
	p, err := b.People.ReadLive(ctx)
	if err != nil {
		b.Log.Warn("could not gather what the open Homes show", "err", err)
		return
	}
	for _, v := range behind {
		b.pushHome(ctx, v, p)
	}
}

func (b *Board) pushHome(ctx context.Context, v *viewer, p people.LiveState) {
	if !v.mu.TryLock() {
		return // it is being opened anew
	}
	defer v.mu.Unlock()
	if v.shown.After(p.At) {
		return // it shows what is newer
	}
	ctx, cancel := context.WithTimeout(ctx, linksTime+pushTime)
	defer cancel()
	_ = b.drawHome(ctx, v, p) // it is in the log, and drawn again soon
}

// staleViewers are the open Homes that are to be drawn again now.
func (b *Board) staleViewers(ctx context.Context) []*viewer {
	open := b.homes.openViewers()
	if len(open) == 0 {
		return nil
	}
	mark, err := b.Store.Mark(ctx)
	if err != nil {
		if ctx.Err() == nil {
			b.Log.Warn("could not look whether the open Homes are fresh", "err", err)
		}
		return nil
	}
	now := b.Now()
	var out []*viewer
	for _, v := range open {
		if !v.mu.TryLock() {
			continue
		}
		switch {
		case now.After(v.until):
			b.homes.forgetViewer(v.user)
		case v.mark != mark && now.Sub(v.shown) >= showEvery:
			out = append(out, v)
		}
		v.mu.Unlock()
	}
	return out
}
