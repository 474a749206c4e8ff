package engine_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/wiring"
)

// mute is a cloud that answers nothing, or what shows nothing.
type mute struct {
	port.Cloud
	blank bool
	asked atomic.Int32
}

func (m *mute) said() error {
	m.asked.Add(1)
	if m.blank {
		return nil
	}
	return errors.New("dial tcp: connection refused")
}

func (m *mute) Look(context.Context, string, string, []string) (map[string]port.InstanceStatus, error) {
	return nil, m.said()
}

func (m *mute) ImageByName(context.Context, model.Ref, string) (model.Image, bool, error) {
	return model.Image{}, false, m.said()
}

func (m *mute) Events(context.Context, model.Ref, time.Time) ([]model.CloudEvent, error) {
	return nil, errors.New("dial tcp: connection refused")
}

func (m *mute) CreateImage(context.Context, model.Ref, string, bool) (string, error) {
	panic("an image is made though nobody knows whether there is one")
}

// freed counts the places in the budget that are given back.
type freed struct {
	port.Store
	times atomic.Int32
}

func (f *freed) Unreserve(ctx context.Context, account, op string) error {
	f.times.Add(1)
	return f.Store.Unreserve(ctx, account, op)
}

// lastsSilent is what became of an operation that began so long ago, once the
// cloud was asked about it.
func lastsSilent(t *testing.T, ago time.Duration, blank bool, change func(*reinstall.Operation)) (port.Record, int32) {
	t.Helper()
	memory := newStore(t)
	s, c := &freed{Store: memory}, &mute{blank: blank}
	pol := model.Policy{
		Channels: []string{"C0INFRA"}, Approvals: 1, Approvers: model.People{Users: []string{"U0BOB"}},
		ExpiresAfter: 4 * time.Hour,
	}
	began := time.Now()
	now := func() time.Time { return began.Add(ago) }
	d := wiring.New(wiring.Config{
		Store: s, Chat: &workspace{}, Cloud: c, Policy: func() model.Policy { return pol },
		Now: now,
	})
	ref := model.Ref{Account: "main", Region: "ap-guangzhou", Instance: "ins-00000001"}
	op := reinstall.Operation{
		ID: s.NewID(ref), State: reinstall.Sent, Channel: "C0INFRA", Proposer: "U0ANN", Fingerprint: "f00df00d",
		ProposedAt: began, Expires: began.Add(4 * time.Hour),
		Plan: model.Plan{Ref: ref, Name: "web-01", Terms: model.Terms{
			Approvers: pol.Approvers, Approvals: 1,
			ExpiresAfter: 4 * time.Hour,
		}},
		Arming: &reinstall.Arming{At: began}, ResetCall: reinstall.ResetCall{RequestID: "req-1"},
	}
	change(&op)
	if _, err := s.Create(t.Context(), port.Change{
		Op: op, Command: "make", By: "U0ANN", What: "propose",
		WakeAfter: 0,
	}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	ended := make(chan struct{})
	go func() { defer close(ended); _ = d.Run(ctx) }()
	defer func() { stop(); <-ended }()
	for {
		rec, err := s.Load(t.Context(), op.ID)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Rev > 1 {
			stop() // what it does after the record is done too
			<-ended
			return rec, s.times.Load()
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nothing came of it; the cloud was asked %d times", c.asked.Load())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestASilentCloudIsNotedAndWorkEndsAfterItsLimit(t *testing.T) {
	image := func(stage string) func(*reinstall.Operation) {
		return func(op *reinstall.Operation) {
			op.State, op.Making = reinstall.Proposed, &reinstall.BackupImage{
				Stage: stage, At: op.ProposedAt,
				Name: "twokey-1", By: "U0ANN",
			}
			op.Arming, op.RequestID = nil, ""
		}
	}
	armed := func(op *reinstall.Operation) { op.State, op.RequestID, op.AnswerLost = reinstall.Armed, "", "time-out" }
	for what, c := range map[string]struct {
		change func(*reinstall.Operation)
		limit  time.Duration
		state  reinstall.State // after the limit
	}{
		"following":         {func(*reinstall.Operation) {}, model.LostAfter, reinstall.Unknown},
		"reconciling":       {armed, model.LostAfter, reinstall.Unknown},
		"starting an image": {image(reinstall.ImageAsked), reinstall.ImageTimeout, reinstall.Proposed},
		"following one":     {image(reinstall.ImageMaking), reinstall.ImageTimeout, reinstall.Proposed},
	} {
		t.Run(what, func(t *testing.T) {
			rec, _ := lastsSilent(t, c.limit-time.Minute, false, c.change)
			if rec.Op.Outage == nil || rec.Op.State.Ended() || rec.Op.State == reinstall.Unknown {
				t.Errorf("before its limit: %s, %+v", rec.Op.State, rec.Op.Outage)
			}
			rec, freed := lastsSilent(t, c.limit, false, c.change)
			if rec.Op.State != c.state || rec.Op.Outage != nil || c.state == reinstall.Proposed &&
				rec.Op.Making.Stage != reinstall.ImageFailed {
				t.Errorf("after its limit: %s, %+v, %+v", rec.Op.State, rec.Op.Making, rec.Op.Outage)
			}
			if c.state == reinstall.Unknown && freed == 0 {
				t.Errorf("its place in the budget was not given back (%d)", freed)
			}
			if rec, _ = lastsSilent(t, time.Minute, true, c.change); rec.Op.State.Ended() || rec.Op.Outage == nil {
				t.Errorf("an answer that shows nothing: %s, %+v", rec.Op.State, fmt.Sprint(rec.Op.Outage))
			}
		})
	}
}
