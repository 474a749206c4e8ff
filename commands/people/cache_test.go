package people

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// countingSlack is a Slack that counts its questions: those that share the limit with
// all others, and those for which a share of it is kept.
type countingSlack struct {
	port.Chat
	person     model.Person
	err        error
	shared     int
	now, inNow int
}

func (a *countingSlack) Person(context.Context, string) (model.Person, error) {
	a.shared++
	return a.person, a.err
}

func (a *countingSlack) PersonNow(context.Context, string) (model.Person, error) {
	a.now++
	return a.person, a.err
}

func (a *countingSlack) Members(context.Context, string) ([]string, error) {
	return []string{a.person.ID}, nil
}

func (a *countingSlack) MembersNow(context.Context, string) ([]string, error) {
	a.inNow++
	return []string{a.person.ID}, nil
}

// timed is a Lookup whose time the test sets.
func timed(a *countingSlack, at *time.Time) *Lookup {
	return New(Config{
		Chat: a, Now: func() time.Time { return *at }, Policy: func() model.Policy { return model.Policy{} },
		Log: slog.New(slog.DiscardHandler), Count: func(string, ...string) {},
	})
}

func (a *countingSlack) want(t *testing.T, shared, now int) {
	t.Helper()
	if a.shared != shared || a.now != now {
		t.Errorf("asked %d times, and %d from the share that is kept; want %d and %d", a.shared, a.now, shared, now)
	}
}

func TestWhoClickedIsRememberedForSecondsAlsoWhereItIsANo(t *testing.T) {
	for _, p := range []model.Person{{ID: "U1"}, {ID: "U1", Guest: true}, {ID: "U1", Deleted: true}} {
		at := time.Now()
		a := &countingSlack{person: p}
		d := timed(a, &at)
		ask := func() {
			t.Helper()
			if got, err := d.WhoIs(t.Context(), "U1"); err != nil || got != p {
				t.Fatalf("%+v, %v", got, err)
			}
		}
		ask()
		at = at.Add(clickAge)
		ask()
		a.want(t, 1, 0)
		at = at.Add(time.Millisecond)
		ask()
		a.want(t, 2, 0)
		a.err = errors.New("Slack did not answer")
		at = at.Add(2 * clickAge)
		for range 2 { // an error is no answer, and is never remembered
			if _, err := d.WhoIs(t.Context(), "U1"); err == nil {
				t.Error("an old answer counts")
			}
		}
		a.want(t, 4, 0)
	}
}

// This asks from the share of Slack's limit that is kept.
func TestWhoeverApprovedIsReadAgainBeforeTheCall(t *testing.T) {
	at := time.Now()
	a := &countingSlack{person: model.Person{ID: "U0BOB"}}
	d := timed(a, &at)
	if _, err := d.WhoIs(t.Context(), "U0BOB"); err != nil {
		t.Fatal(err)
	}
	a.person.Deleted = true // some moments after the click
	op := reinstall.Operation{
		State: reinstall.Ready, Fingerprint: "f00d",
		TurnedKeys: reinstall.TurnedKeys{Approvals: []reinstall.Approval{{By: "U0BOB", Fingerprint: "f00d"}}},
		Plan:       model.Plan{Terms: model.Terms{Approvals: 1, Approvers: model.People{Groups: []string{"S1"}}}},
	}
	who, err := d.RereadApprovers(t.Context(), op)
	if err != nil || !who["U0BOB"].Deleted {
		t.Errorf("%+v, %v", who, err)
	}
	a.want(t, 1, 1)
	if a.inNow == 0 {
		t.Error("the group is as old as the click")
	}
}

func TestAStopAsksFromTheShareThatIsKept(t *testing.T) {
	at := time.Now()
	a := &countingSlack{person: model.Person{ID: "U1"}}
	d := timed(a, &at)
	if _, err := d.WhoIs(WithStopDeadline(t.Context()), "U1"); err != nil {
		t.Fatal(err)
	}
	a.want(t, 0, 1)
}
