package home

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"twokey/commands/people"
	"twokey/commands/port"
	"twokey/commands/port/memory"
	"twokey/commands/proposals"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
)

var errAway = errors.New("it is away")

// house is a Slack that keeps the Homes that it was given, and a memory; both can
// be away.
type house struct {
	port.Chat
	*memory.Store
	at     time.Time
	homes  map[string][]view.Home
	person model.Person
	forms  []view.Form
	away   map[string]bool // publish, person, link, mark, live, form
	counts int
}

func (h *house) answer(question string) error {
	if h.away[question] {
		return errAway
	}
	return nil
}

func (h *house) PublishHome(_ context.Context, user string, v view.Home) error {
	if err := h.answer("publish"); err != nil {
		return err
	}
	h.homes[user] = append(h.homes[user], v)
	return nil
}

func (h *house) OpenForm(_ context.Context, _ string, f view.Form) (string, string, error) {
	if err := h.answer("form"); err != nil {
		return "", "", err
	}
	h.forms = append(h.forms, f)
	return "V1", "hash", nil
}

func (h *house) Permalink(_ context.Context, a port.Address) (string, error) {
	if err := h.answer("link"); err != nil {
		return "", err
	}
	return "https://slack.test/" + a.TS, nil
}

func (h *house) Person(_ context.Context, user string) (model.Person, error) {
	p := h.person
	p.ID = user
	return p, h.answer("person")
}

func (h *house) InChannel(context.Context, string) ([]string, error) {
	return []string{"U0ANN", "U0BOB", "U0IDA"}, nil
}

func (h *house) Mark(ctx context.Context) (string, error) {
	if err := h.answer("mark"); err != nil {
		return "", err
	}
	return h.Store.Mark(ctx)
}

func (h *house) Live(ctx context.Context) ([]port.Record, error) {
	if err := h.answer("live"); err != nil {
		return nil, err
	}
	return h.Store.Live(ctx)
}

func (h *house) last(user string) view.Home {
	all := h.homes[user]
	if len(all) == 0 {
		return view.Home{}
	}
	return all[len(all)-1]
}

// named are the rows of a Home that name a machine, with their links.
func named(v view.Home, machine string) (links []string) {
	for _, s := range v.Sections {
		for _, r := range s.Rows {
			if strings.Contains(r.Name+r.Text.String(), machine) {
				links = append(links, r.Link)
			}
		}
	}
	return links
}

func newBoard(t *testing.T) (*Board, *house) {
	t.Helper()
	h := &house{homes: map[string][]view.Home{}, away: map[string]bool{}}
	h.at = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return h.at }
	h.Store = memory.New(now).Open()
	policy := func() model.Policy { return model.Policy{} }
	log, count := slog.New(slog.DiscardHandler), func(string, ...string) { h.counts++ }
	load := proposals.NewLoader(h, policy, now)
	who := people.New(people.Config{
		Store: h, Chat: h, Policy: policy, Proposals: load, Now: now, Log: log, Count: count,
		Faults: port.NewFaultLog(log, now),
	})
	return New(Config{Store: h, Chat: h, People: who, Proposals: load, Now: now, Log: log, Count: count}), h
}

// propose makes a proposal of Ann's; its card stands, if it has a ts.
func (h *house) propose(t *testing.T, machine, ts string) {
	t.Helper()
	ref := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-" + machine}
	op := reinstall.Operation{
		ID: h.NewID(ref), State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00d",
		ProposedAt: h.at, Expires: h.at.Add(time.Hour), Plan: model.Plan{Ref: ref, Name: machine},
	}
	op.Plan.Terms.Approvals, op.Plan.Terms.Approvers.Users = 1, []string{"U0BOB"}
	made := port.Change{Op: op, Command: "make " + machine, By: "U0ANN", What: "proposed", WakeAfter: port.Never}
	if _, err := h.Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	if ts == "" {
		return
	}
	if err := h.SetCard(t.Context(), op.ID, port.Address{Channel: "C0INFRA", TS: ts}); err != nil {
		t.Fatal(err)
	}
}

func TestAHomeShowsWhatItsOwnerMaySee(t *testing.T) {
	for user, want := range map[string]int{"U0ANN": 1, "U0BOB": 1, "U0DEE": 0} {
		b, h := newBoard(t)
		h.propose(t, "web-01", "1.2")
		b.Open(t.Context(), user)
		if rows := named(h.last(user), "web-01"); (len(rows) > 0) != (want > 0) {
			t.Errorf("%s sees %d rows", user, len(rows))
		}
		if len(h.homes[user]) != 1 {
			t.Errorf("%s: published %d times", user, len(h.homes[user]))
		}
	}
}

func TestARowLinksToItsCard(t *testing.T) {
	for name, c := range map[string]struct{ ts, want string }{
		"it stands": {"1.2", "https://slack.test/1.2"}, "it does not stand yet": {"", ""},
	} {
		b, h := newBoard(t)
		h.propose(t, "web-01", c.ts)
		b.Open(t.Context(), "U0ANN")
		rows := named(h.last("U0ANN"), "web-01")
		if len(rows) == 0 || rows[0] != c.want {
			t.Errorf("%s: links %q", name, rows)
		}
	}
}

// Whoever may not look reads why, and nothing of any machine.
func TestOnlyFullMembersSeeAHome(t *testing.T) {
	for name, c := range map[string]struct {
		person model.Person
		away   string
	}{
		"a guest":              {model.Person{Guest: true}, ""},
		"somebody deactivated": {model.Person{Deleted: true}, ""},
		"Slack cannot say who": {model.Person{}, "person"},
		"the memory is away":   {model.Person{}, "mark"},
		"what is open is away": {model.Person{}, "live"},
	} {
		b, h := newBoard(t)
		h.propose(t, "web-01", "1.2")
		h.person, h.away = c.person, map[string]bool{c.away: true}
		b.Open(t.Context(), "U0ANN")
		home := h.last("U0ANN")
		if len(named(home, "web-01")) > 0 || len(home.Alerts) == 0 {
			t.Errorf("%s: %+v", name, home)
		}
	}
}

// step is what happens, and whether the open Home is drawn again for it.
type step struct {
	name  string
	do    func()
	drawn bool
}

func freshened(t *testing.T, b *Board, h *house, steps ...step) {
	t.Helper()
	for _, s := range steps {
		before := len(h.homes["U0ANN"])
		if s.do != nil {
			s.do()
		}
		b.refreshStale(t.Context())
		if drawn := len(h.homes["U0ANN"]) > before; drawn != s.drawn {
			t.Errorf("%s: drawn again: %v", s.name, drawn)
		}
	}
}

// An open Home is drawn again when something has happened, at most every five
// seconds and for ten minutes.
func TestAnOpenHomeIsKeptFresh(t *testing.T) {
	b, h := newBoard(t)
	pass := func(d time.Duration) { h.at = h.at.Add(d) }
	b.Open(t.Context(), "U0ANN")
	freshened(
		t, b, h,
		step{"nothing has happened", func() { pass(time.Minute) }, false},
		step{"a proposal is made", func() { h.propose(t, "web-01", "1.2") }, true},
		step{"nothing more", func() { pass(time.Minute) }, false},
		step{"another one", func() { h.propose(t, "web-02", "1.3") }, true},
		step{"a third, at once", func() { h.propose(t, "web-03", "1.4") }, false},
		step{"the third, later", func() { pass(showEvery) }, true},
		step{"ten minutes are over", func() { pass(keepFreshFor); h.propose(t, "web-04", "1.5") }, false},
		step{"and after", func() { pass(time.Minute) }, false},
	)
}

// What failed is tried again when it may work, and what was shown stays.
func TestAHomeThatCouldNotBeDrawnIsTriedAgain(t *testing.T) {
	for _, away := range []string{"publish", "mark", "live"} {
		b, h := newBoard(t)
		b.Open(t.Context(), "U0ANN")
		freshened(
			t, b, h,
			step{away + " is away", func() {
				h.at = h.at.Add(time.Minute)
				h.propose(t, "web-01", "1.2")
				h.away[away] = true
			}, false},
			step{away + " is back", func() { h.away[away] = false; h.at = h.at.Add(time.Minute) }, true},
		)
		if len(named(h.last("U0ANN"), "web-01")) == 0 {
			t.Errorf("after %s was away the proposal is not shown", away)
		}
	}
}

// A link that Slack did not give yet is asked for again, without publishing the same.
func TestAMissingLinkIsAskedForAgain(t *testing.T) {
	b, h := newBoard(t)
	h.propose(t, "web-01", "1.2")
	h.away["link"] = true
	b.Open(t.Context(), "U0ANN")
	later := func() { h.at = h.at.Add(time.Minute) }
	freshened(
		t, b, h,
		step{"there is still no link", later, false},
		step{"there is one", func() { later(); h.away["link"] = false }, true},
		step{"and it stays", later, false},
	)
}

func TestAGuestsHomeIsNotKeptFresh(t *testing.T) {
	b, h := newBoard(t)
	h.person.Guest = true
	b.Open(t.Context(), "U0ANN")
	freshened(t, b, h, step{"something has happened", func() {
		h.at = h.at.Add(time.Minute)
		h.propose(t, "web-01", "1.2")
	}, false})
	if n := len(b.homes.openViewers()); n != 0 {
		t.Errorf("%d are open", n)
	}
}
