package commands

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
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

// front is a Handler with a memory that can be away, an engine that notes what is
// handed in, and a Slack that knows everybody but can be away, too.
type front struct {
	*Handler
	port.Chat
	*memory.Store
	at      time.Time
	away    map[string]bool // receive, note, person, load, form, channel, fleet, images
	stored  []port.Item
	handed  int
	notes   []port.Note
	counted map[string]int
	marked  chan string
	forms   []view.Form // opened, and drawn again
}

func (f *front) Receive(ctx context.Context, it port.Item) (port.Claim, bool, error) {
	if f.away["receive"] {
		return port.Claim{}, false, errors.New("the memory is away")
	}
	c, fresh, err := f.Store.Receive(ctx, it)
	if fresh {
		f.stored = append(f.stored, it)
	}
	return c, fresh, err
}

func (f *front) Note(ctx context.Context, n port.Note, ps ...port.Post) error {
	if f.away["note"] {
		return errors.New("the memory is away")
	}
	f.notes = append(f.notes, n)
	return f.Store.Note(ctx, n, ps...)
}

func (f *front) Person(_ context.Context, user string) (model.Person, error) {
	if f.away["person"] {
		return model.Person{}, errors.New("Slack is away")
	}
	return model.Person{ID: user, Guest: user == "U0GUS"}, nil
}

func (f *front) PersonNow(ctx context.Context, user string) (model.Person, error) {
	return f.Person(ctx, user)
}

func (f *front) Members(context.Context, string) ([]string, error) { return nil, nil }

func (f *front) InChannel(context.Context, string) ([]string, error) { return []string{"U0ANN"}, nil }

func (f *front) UpdateCard(_ context.Context, a port.Address, _ view.Card) error {
	f.marked <- a.TS
	return nil
}

// HandIn implements Engine.
func (f *front) HandIn(port.Claim) { f.handed++ }

// Background implements Engine.
func (f *front) Background(do func()) { do() }

// Facts implements Engine.
func (f *front) Facts(context.Context, reinstall.Operation) (model.Facts, error) {
	return model.Facts{}, errors.New("nobody waits for the cloud")
}

// Change implements Engine.
func (f *front) Change(context.Context, string, string, string, port.Decision) error {
	return errors.New("the front changes nothing")
}

// newFront has one proposal of Ann's in C0INFRA, open for Bob to approve.
func newFront(t *testing.T) (f *front, id string) {
	t.Helper()
	f = &front{at: time.Now(), away: map[string]bool{}, counted: map[string]int{}, marked: make(chan string, 1)}
	now := func() time.Time { return f.at }
	f.Store = memory.New(now).Open()
	policy := func() model.Policy { return model.Policy{Channels: []string{"C0INFRA"}, Approvals: 1} }
	log := slog.New(slog.DiscardHandler)
	count := func(what string, labels ...string) { f.counted[fmt.Sprint(what, labels)]++ }
	faults, load := port.NewFaultLog(log, now), proposals.NewLoader(f.Store, policy, now)
	who := people.New(people.Config{
		Store: f.Store, Chat: f, Policy: policy, Proposals: load, Now: now, Log: log, Count: count, Faults: faults,
	})
	f.Handler = New(Config{
		Store: f, Chat: f, Policy: policy, Engine: f, People: who, Proposals: load,
		Now: now, Rand: rand.Reader, Log: log, Count: count, Faults: faults,
	})
	ref := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-00000001"}
	op := reinstall.Operation{
		ID: f.NewID(ref), State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00d",
		ProposedAt: f.at, Expires: f.at.Add(time.Hour), Plan: model.Plan{Ref: ref, Name: "web-01"},
	}
	op.Plan.Terms.Approvals, op.Plan.Terms.Approvers.Users = 1, []string{"U0BOB"}
	made := port.Change{Op: op, Command: "make", By: "U0ANN", What: "propose", WakeAfter: port.Never}
	if _, err := f.Create(t.Context(), made); err != nil {
		t.Fatal(err)
	}
	return f, op.ID
}

// does has somebody type text, or press a verb if there is none.
func (f *front) does(t *testing.T, dedupe, user, text, verb, op string) port.Reply {
	t.Helper()
	in := port.Inbound{Dedupe: dedupe, User: user, Channel: "C0INFRA", At: f.at, Text: text, Verb: verb, Op: op, Rev: 1}
	if text != "" {
		in.Verb, in.Op, in.Rev = "", "", 0
		return f.Command(t.Context(), in)
	}
	return f.Press(t.Context(), in)
}

// What changes something is stored before the ack, once, and then begun with.
func TestADeedIsStoredBeforeItsAck(t *testing.T) {
	for name, c := range map[string]struct {
		text, verb string // ID stands for the proposal's
		want       string // the verb that is stored; empty: answered at once
		stops      bool
	}{
		"typed approve":  {"approve ID", "", model.VerbApprove, false},
		"pressed":        {"", model.VerbApprove, model.VerbApprove, false},
		"typed hold":     {"hold ID", "", model.VerbHold, true},
		"pressed hold":   {"", model.VerbHold, model.VerbHold, true},
		"pressed cancel": {"", model.VerbCancel, model.VerbCancel, true},
		"typed reject":   {"reject ID wrong machine", "", model.VerbReject, true},
		"freeze":         {"freeze the audit runs", "", model.VerbFreeze, true},
		"a proposal":     {"web-02 --reason broken", "", model.VerbPropose, false},
		"a check":        {"check web-02", "", model.VerbCheck, false},
		"help":           {"help", "", "", false},
		"show":           {"show ID", "", "", false},
		"list":           {"list", "", "", false},
		"gibberish":      {"approve", "", "", false},
	} {
		f, id := newFront(t)
		for range 2 { // Slack delivers again what it heard no answer to
			if r := f.does(t, "d1", "U0ANN", strings.ReplaceAll(c.text, "ID", id), c.verb, id); r.No {
				t.Errorf("%s is refused: %s", name, r.Text)
			}
		}
		if c.want == "" {
			if len(f.stored) > 0 || f.handed > 0 {
				t.Errorf("%s is stored: %+v", name, f.stored)
			}
			continue
		}
		if len(f.stored) != 1 || f.handed != 1 {
			t.Errorf("%s is stored %d times and handed in %d times", name, len(f.stored), f.handed)
			continue
		}
		if it := f.stored[0]; it.Verb != c.want || it.Stops != c.stops || it.User != "U0ANN" || it.Dedupe != "d1" {
			t.Errorf("%s: %+v", name, it)
		}
	}
}

// What could not be stored is not begun, and whoever did it reads so.
func TestWhatIsNotStoredIsNotAcknowledged(t *testing.T) {
	for _, verb := range []string{model.VerbApprove, model.VerbHold, model.VerbCancel} {
		f, id := newFront(t)
		f.away["receive"] = true
		r := f.does(t, "d1", "U0ANN", "", verb, id)
		if !strings.Contains(r.Text.String(), "Redis did not answer") || f.handed > 0 || len(f.notes) > 0 {
			t.Errorf("%s: %q, handed in %d times, noted %v", verb, r.Text, f.handed, f.notes)
		}
	}
}

// A refusal is in the audit, once a delivery, and never under a name that somebody
// made up; a fault of the audit does not change the answer.
func TestARefusalAtOnceIsInTheAudit(t *testing.T) {
	for name, c := range map[string]struct {
		channel, verb, away string
		label               string
	}{
		"on a copied card":    {"C0OTHER", model.VerbApprove, "", model.VerbApprove},
		"a verb of their own": {"C0INFRA", "dance", "", "unknown"},
		"the audit is away":   {"C0OTHER", model.VerbHold, "note", model.VerbHold},
	} {
		f, id := newFront(t)
		f.away[c.away] = true
		in := port.Inbound{Dedupe: "d1", User: "U0ANN", Channel: c.channel, At: f.at, Verb: c.verb, Op: id, Rev: 1}
		r := f.Press(t.Context(), in)
		if !r.No || len(f.stored) > 0 {
			t.Errorf("%s: %q, stored %v", name, r.Text, f.stored)
		}
		if want := map[bool]int{true: 0, false: 1}[c.away == "note"]; len(f.notes) != want {
			t.Errorf("%s: %d notes", name, len(f.notes))
		}
		if f.counted["refused["+c.label+"]"] != 1 {
			t.Errorf("%s: counted %v", name, f.counted)
		}
	}
}

// Of one person so much is taken in a row; stops of members are never too many, and
// a flood is answered in words a few times only.
func TestAFloodIsTurnedAwayAndItsStopsAreNot(t *testing.T) {
	f, id := newFront(t)
	worded := 0
	const more = 50
	for i := range memberBurst + strangerBurst + more {
		if r := f.does(t, fmt.Sprint("d", i), "U0ANN", "", model.VerbApprove, id); r.No {
			worded++
		}
	}
	if n := len(f.stored); n < memberBurst || n > memberBurst+strangerBurst {
		t.Errorf("%d are taken", n)
	}
	if worded != answerBurst || len(f.notes) != answerBurst {
		t.Errorf("%d are answered in words, %d noted", worded, len(f.notes))
	}
	before := len(f.stored)
	for i := range more {
		f.does(t, fmt.Sprint("s", i), "U0ANN", "", model.VerbHold, id)
	}
	if n := len(f.stored) - before; n != more {
		t.Errorf("of %d stops %d are taken", more, n)
	}
	f.at = f.at.Add(time.Minute)
	if f.does(t, "later", "U0ANN", "", model.VerbApprove, id); f.stored[len(f.stored)-1].Dedupe != "later" {
		t.Error("a minute later nothing more is taken")
	}
}

// A card whose proposal is gone loses its buttons; whoever presses reads that there
// is none.
func TestACardWithoutAProposalIsMarked(t *testing.T) {
	f, _ := newFront(t)
	in := port.Inbound{
		Dedupe: "d1", User: "U0ANN", Channel: "C0INFRA", At: f.at,
		Verb: model.VerbApprove, Op: "0000", Rev: 1, Message: "9.9",
	}
	if r := f.Press(t.Context(), in); !r.No {
		t.Errorf("%q", r.Text)
	}
	select {
	case ts := <-f.marked:
		if ts != "9.9" {
			t.Errorf("marked %s", ts)
		}
	case <-time.After(20 * time.Second):
		t.Error("it is not marked")
	}
}

// Whoever cannot be named does little at once, and stops somewhat more.
func TestSomebodyWhomSlackCannotNameDoesLittleAtOnce(t *testing.T) {
	for verb, most := range map[string]int{
		model.VerbApprove: strangerBurst, model.VerbHold: strangerBurst + stopBurst,
	} {
		f, id := newFront(t)
		f.away["person"] = true
		for i := range 2 * (strangerBurst + stopBurst) {
			f.does(t, fmt.Sprint("d", i), "U0LOST", "", verb, id)
		}
		if n := len(f.stored); n != most {
			t.Errorf("%s: %d are taken, not %d", verb, n, most)
		}
	}
}
