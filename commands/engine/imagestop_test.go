package engine_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/view"
	"twokey/commands/wiring"
)

// imageCloud is a cloud in which something happens just before the call for an
// image, and which counts the calls that stop a machine.
type imageCloud struct {
	port.Cloud
	mu      sync.Mutex
	before  func()
	rooms   int
	stopped int
}

func (c *imageCloud) ImageByName(context.Context, model.Ref, string) (model.Image, bool, error) {
	return model.Image{}, false, nil
}

func (c *imageCloud) Look(_ context.Context, account, region string, ids []string) (map[string]port.InstanceStatus,
	error,
) {
	i := model.Instance{
		Ref:    model.Ref{Account: account, Region: region, Instance: ids[0]},
		Latest: model.Latest{Operation: "RunInstances", State: "SUCCESS", RequestID: "r1"},
	}
	return map[string]port.InstanceStatus{ids[0]: {Instance: i}}, nil
}

func (c *imageCloud) ImageRoom(context.Context, model.Ref) (used, most int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rooms++; c.rooms == 1 {
		c.before()
	}
	return 0, 10, nil
}

func (c *imageCloud) CreateImage(_ context.Context, _ model.Ref, _ string, stop bool) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stop {
		c.stopped++
	}
	return "img-1", nil
}

func (c *imageCloud) calls() (rooms, stopped int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rooms, c.stopped
}

// quiet is a workspace in which everything can be posted, and nothing is found.
type quiet struct{ workspace }

func (*quiet) Channel(_ context.Context, c string) (port.ChannelInfo, error) {
	return port.ChannelInfo{ID: c, Member: true}, nil
}

func (*quiet) PostLoud(context.Context, port.Address, view.Text, string) error { return nil }

func (*quiet) FindCard(context.Context, string, string, time.Time) (port.Address, bool, error) {
	return port.Address{}, false, nil
}

func (*quiet) FindLine(context.Context, port.Address, string) (bool, error) { return false, nil }

func TestWhatHappensJustBeforeTheCallPreventsStoppingTheMachine(t *testing.T) {
	for name, happens := range map[string]func(t *testing.T, s port.Store, id string){
		"nothing": func(*testing.T, port.Store, string) {},
		"a freeze": func(t *testing.T, s port.Store, _ string) {
			if err := s.Freeze(t.Context(), model.Freeze{By: "U0CHO", Why: "fire", When: time.Now()},
				port.Note{Key: "f", Kind: port.NoteDecision, By: "U0CHO", What: "freeze"}); err != nil {
				t.Error(err)
			}
		},
		"a cancel": func(t *testing.T, s port.Store, id string) {
			rec, err := s.Load(t.Context(), id)
			if err != nil {
				t.Error(err)
				return
			}
			e := reinstall.Cancel{By: reinstall.Actor{Person: model.Person{ID: "U0ANN"}}}
			next, _ := reinstall.Step(rec.Op, e, time.Now())
			if _, err := s.Apply(t.Context(), port.Change{
				Op: next, Rev: rec.Rev, Command: "c", By: "U0ANN",
				What: e.Name(), WakeAfter: -1,
			}); err != nil {
				t.Error(err)
			}
		},
		"a cancel that is only received": func(t *testing.T, s port.Store, id string) {
			it := port.Item{
				Dedupe: "c", Op: id, Verb: model.VerbCancel, Args: "{}", User: "U0ANN", Channel: "C0INFRA",
				At: time.Now(), Stops: true,
			}
			if _, _, err := s.Receive(t.Context(), it); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			memory := newStore(t)
			pol := model.Policy{
				Channels: []string{"C0INFRA"}, Approvals: 1,
				Approvers: model.People{Users: []string{"U0BOB"}}, ExpiresAfter: time.Hour,
			}
			id := waiting(t, memory, pol, 1)[0]
			rec, err := memory.Load(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			e := reinstall.AskImage{By: reinstall.Actor{Person: model.Person{ID: "U0BOB"}, Approver: true}, Stop: true}
			next, r := reinstall.Step(rec.Op, e, time.Now())
			if r != nil {
				t.Fatal(r)
			}
			if _, err := memory.Apply(t.Context(), port.Change{
				Op: next, Rev: rec.Rev, Command: "ask", By: "U0BOB",
				What: e.Name(),
			}); err != nil {
				t.Fatal(err)
			}
			c := &imageCloud{before: func() { happens(t, memory, id) }}
			d := wiring.New(wiring.Config{
				Store: memory, Chat: &quiet{}, Cloud: c,
				Policy: func() model.Policy { return pol },
			})
			works(t, d, "the call, or what keeps it", func() bool {
				now, err := memory.Load(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				rooms, stopped := c.calls()
				return stopped > 0 || rooms > 2 || rooms > 0 && (now.Op.State.Ended() || now.Op.Making.Waits != "")
			})
			if _, stopped := c.calls(); (stopped > 0) != (name == "nothing") {
				t.Errorf("the machine was stopped %d times", stopped)
			}
		})
	}
}
