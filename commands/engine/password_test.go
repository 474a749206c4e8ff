package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/seal"
	"twokey/commands/view"
	"twokey/commands/wiring"
)

const secret = "k7-hunter2-MQ"

// eyes is a Slack whose forms are looked at. opens says what becomes of a form
// once it is before somebody's eyes, or on its way there.
type eyes struct {
	workspace
	opens func() error
	mu    sync.Mutex
	shown int
}

func (e *eyes) OpenForm(_ context.Context, _ string, f view.Form) (string, string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, t := range f.Intro {
		if strings.Contains(t.String(), secret) {
			e.shown++
			return "V1", "h", e.opens()
		}
	}
	return "V1", "h", nil
}

// outcome is a fault of Slack's of which it is known, or not, whether it was done.
type outcome struct {
	error
	unknown bool
}

func (o outcome) OutcomeUnknown() bool { return o.unknown }

// withPassword is a desk with a proposal that is done and has a sealed password.
func withPassword(t *testing.T, e *eyes) (d *wiring.Twokey, s port.Store, id string) {
	t.Helper()
	s = newStore(t)
	seal, err := seal.NewSealer(sealing(t))
	if err != nil {
		t.Fatal(err)
	}
	d = wiring.New(wiring.Config{
		Store: s, Chat: e, Sealer: seal,
		Policy: func() model.Policy { return model.Policy{} },
	})
	r := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-00000001"}
	id = s.NewID(r)
	sealed, err := seal.Seal(id, secret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	op := reinstall.Operation{
		ID: id, State: reinstall.Done, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00df00d", ProposedAt: now,
		Plan: model.Plan{Ref: r, Name: "web"},
		End:  &reinstall.End{At: now}, Arming: &reinstall.Arming{At: now}, Password: sealed,
	}
	if _, err := s.Create(t.Context(), port.Change{
		Op: op, Command: "make", By: "U0ANN", What: "propose",
		WakeAfter: -1,
	}); err != nil {
		t.Fatal(err)
	}
	return d, s, id
}

func showsPassword(t *testing.T, d *wiring.Twokey, id, delivery string) string {
	t.Helper()
	return d.Press(t.Context(), port.Inbound{
		Dedupe: delivery, User: "U0ANN", Channel: "C0INFRA",
		Verb: model.VerbPassword, Op: id, Rev: 1, Trigger: "t",
	}).Text.String()
}

func TestAPasswordIsForgottenBeforeItIsShownOnce(t *testing.T) {
	e := &eyes{}
	d, s, id := withPassword(t, e)
	e.opens = func() error {
		rec, err := s.Load(t.Context(), id)
		if err != nil || rec.Op.Password != "" {
			t.Errorf("it was shown while the record still had it (%v)", err)
		}
		return nil
	}
	var pressing sync.WaitGroup
	for i := range 6 { // each delivered twice
		pressing.Go(func() { showsPassword(t, d, id, fmt.Sprint("d", i/2)) })
	}
	pressing.Wait()
	if e.shown != 1 {
		t.Errorf("it was shown %d times", e.shown)
	}
	if said := showsPassword(t, d, id, "later"); !strings.Contains(said, "it was shown before") {
		t.Errorf("afterwards it says %q", said)
	}
}

func TestAPasswordIsKeptOnlyIfNobodyCanHaveSeenIt(t *testing.T) {
	for name, c := range map[string]struct {
		err         error
		again, says string
	}{
		"not opened": {
			outcome{errors.New("trigger expired"), false},
			"",
			"Press it again: nobody has seen it",
		},
		"no answer": {
			outcome{errors.New("i/o timeout"), true},
			"it was shown before",
			"a password is never shown twice",
		},
		"a fault that says nothing": {errors.New("EOF"), "it was shown before", "a password is never shown twice"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &eyes{opens: func() error { return c.err }}
			d, _, id := withPassword(t, e)
			if said := showsPassword(t, d, id, "d1"); !strings.Contains(said, c.says) ||
				strings.Contains(said, secret) {
				t.Errorf("it says %q", said)
			}
			e.opens = func() error { return nil }
			if said := showsPassword(t, d, id, "d2"); !strings.Contains(said, c.again) || c.again == "" && said != "" {
				t.Errorf("pressed again it says %q", said)
			}
		})
	}
}
