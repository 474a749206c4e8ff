package engine_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/wiring"
)

// jump is a clock that runs with the time of day and can be put forward.
type jump struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (j *jump) now() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return time.Now().Add(j.ahead)
}

func (j *jump) by(d time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ahead += d
}

// slowCloud is a cloud that takes longer to read a machine than what was read of
// people is remembered.
type slowCloud struct {
	port.Cloud
	clock *jump
}

func (c slowCloud) instance(target string) model.Instance {
	return model.Instance{
		Ref: model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-" + target}, Name: target,
		State: "RUNNING", ImageID: "img-00000001", OSName: "Ubuntu",
		SystemDisk: model.Disk{ID: "disk-" + target, Type: "CLOUD_PREMIUM", SizeGB: 50},
		Latest:     model.Latest{Operation: "RunInstances", State: "SUCCESS", RequestID: "r0"},
	}
}

func (c slowCloud) Find(_ context.Context, target, _, _ string) ([]model.Instance, error) {
	return []model.Instance{c.instance(target)}, nil
}

func (c slowCloud) Read(_ context.Context, _ model.Ref, w model.Request, _ string) (model.Facts, error) {
	c.clock.by(time.Minute)
	img := model.Image{ID: "img-00000001", Type: model.ImagePublic, State: "NORMAL", OSName: "Ubuntu"}
	p := model.Price{Amount: 1, Unit: "HOUR"}
	return model.Facts{
		Instance: c.instance(w.Target), Image: img, ImageFound: true, Current: img, Before: &p,
		After: &p,
	}, nil
}

// whispers is a Slack that shows everybody's mailbox once only, and remembers
// what people are told alone.
type whispers struct {
	quiet
	once bool
	mu   sync.Mutex
	seen map[string]bool
	told map[string]string
}

func (w *whispers) Person(_ context.Context, u string) (model.Person, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := model.Person{ID: u}
	if !w.once || !w.seen[u] {
		p.Email = u + "@home.example"
	}
	w.seen[u] = true
	return p, nil
}

func (w *whispers) Whisper(_ context.Context, m port.PrivateMessage) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told[m.User] += m.Text.String() + "\n"
	return nil
}

func (w *whispers) heard(user string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told[user]
}

// works has a desk work until cond holds.
func works(t *testing.T, d *wiring.Twokey, what string, cond func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = d.Run(ctx) }()
	defer func() { stop(); <-ended }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-ctx.Done():
			t.Fatalf("not within 10 s: %s", what)
		case <-tick.C:
		}
	}
}

func TestAProposalKeepsItsProposersMailboxAsItWasChecked(t *testing.T) {
	for _, text := range []string{"web-01", "web-01 web-02"} {
		memory := newStore(t)
		clock, w := &jump{}, &whispers{once: true, seen: map[string]bool{}, told: map[string]string{}}
		pol := model.Policy{
			Channels: []string{"C0INFRA"}, Approvals: 1,
			Approvers: model.People{Users: []string{"U0BOB"}}, ExpiresAfter: time.Hour,
		}
		d := wiring.New(wiring.Config{
			Store: memory, Chat: w, Cloud: slowCloud{clock: clock}, Now: clock.now,
			Policy: func() model.Policy { return pol },
		})
		d.Command(t.Context(), port.Inbound{Dedupe: "d1", User: "U0ANN", Channel: "C0INFRA", Text: text})
		var made []port.Record
		works(t, d, "a proposal for "+text, func() bool {
			made, _ = memory.Live(t.Context())
			return len(made) == len(strings.Fields(text)) || w.heard("U0ANN") != ""
		})
		want := model.Person{Email: "U0ANN@home.example"}.Mailbox()
		if len(made) == 0 {
			t.Errorf("%s: nothing was made: %s", text, w.heard("U0ANN"))
		}
		for _, r := range made {
			if r.Op.ProposerMail != want {
				t.Errorf("%s: the proposer's mailbox is %q, not %q", text, r.Op.ProposerMail, want)
			}
		}
	}
}

// rival is a memory in which somebody else is quicker, once: their keys are there
// when the first of somebody else's is to be written.
type rival struct {
	port.Store
	first sync.Once
	moves func()
}

func (s *rival) Apply(ctx context.Context, c port.Change) (port.Record, error) {
	if c.What == (reinstall.Approve{}).Name() {
		s.first.Do(s.moves)
	}
	return s.Store.Apply(ctx, c)
}

func TestOfTwoKeysAtOnceTheOneThatIsTooManyIsRefusedInWords(t *testing.T) {
	for _, n := range []int{1, 2} {
		memory := newStore(t)
		s := &rival{Store: memory}
		pol := model.Policy{
			Channels: []string{"C0INFRA"}, Approvals: 1,
			Approvers: model.People{Users: []string{"U0BOB", "U0CHO"}}, ExpiresAfter: time.Hour,
		}
		w := &whispers{seen: map[string]bool{}, told: map[string]string{}}
		d := wiring.New(wiring.Config{Store: s, Chat: w, Policy: func() model.Policy { return pol }})
		ids := waiting(t, memory, pol, n)
		s.moves = func() {
			for _, id := range ids {
				rec, err := memory.Load(t.Context(), id)
				if err != nil {
					t.Error(err)
					return
				}
				e := reinstall.Approve{
					By:          reinstall.Actor{Person: model.Person{ID: "U0CHO"}, Approver: true},
					Fingerprint: rec.Op.Fingerprint,
				}
				next, r := reinstall.Step(rec.Op, e, time.Now())
				if r != nil {
					t.Error(r)
				}
				if _, err := memory.Apply(t.Context(), port.Change{
					Op: next, Rev: rec.Rev, Command: "cho " + id,
					By: "U0CHO", What: e.Name(), WakeAfter: time.Hour,
				}); err != nil {
					t.Error(err)
				}
			}
		}
		d.Press(t.Context(), port.Inbound{
			Dedupe: "d1", User: "U0BOB", Channel: "C0INFRA", Verb: model.VerbApprove,
			Op: ids[0], Rev: 1,
		})
		works(t, d, "bob is told that his key is not needed", func() bool {
			return strings.Contains(w.heard("U0BOB"),
				"all approvals are there already")
		})
		for _, id := range ids {
			rec, err := memory.Load(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if len(rec.Op.Approvals) != 1 {
				t.Errorf("%d machines: %d approvals of 1", n, len(rec.Op.Approvals))
			}
		}
	}
}

// waiting stores a proposal for n machines that waits for its keys.
func waiting(t *testing.T, s port.Store, pol model.Policy, n int) (ids []string) {
	t.Helper()
	now := time.Now()
	var refs []model.Ref
	for i := range n {
		r := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-0000000" + string(rune('1'+i))}
		refs, ids = append(refs, r), append(ids, s.NewID(r))
	}
	for i := range refs {
		op := reinstall.Operation{
			ID: ids[i], State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ANN", ProposedAt: now,
			Expires: now.Add(time.Hour),
			Plan: model.Plan{Ref: refs[i], Name: "web", Terms: model.Terms{
				Approvers: pol.Approvers, Approvals: 1,
				Backup: true, ExpiresAfter: time.Hour,
			}},
		}
		op.Fingerprint = op.Plan.Fingerprint()
		if n > 1 {
			op.Batch = &reinstall.Batch{Item: "x", Members: ids, Index: i}
		}
		if _, err := s.Create(t.Context(), port.Change{
			Op: op, Command: "make " + ids[i], By: "U0ANN", What: "propose",
			WakeAfter: time.Hour,
		}); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}
