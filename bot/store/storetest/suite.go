// Package storetest holds the tests that every port.Store passes: Redis, and the
// memory that tests use in its place. What only Redis can show (lost answers,
// fail-overs, forged records) is tested in package store.
package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// Opener opens the same memory each time, as another process would.
type Opener func(t testing.TB) port.Store

type test struct {
	name string
	run  func(t *testing.T, open Opener)
}

// Run runs the suite, each test on a memory of its own. fresh returns an empty one.
func Run(t *testing.T, fresh func(t *testing.T) Opener) {
	t.Helper()
	for _, c := range slices.Concat(
		recordsTests, armingTests, leasesTests, inboxTests, outboxTests, notesTests, listsTests, budgetTests, freezeTests,
	) {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

var t0 = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

const (
	short = 20 * time.Millisecond // a lease that is to run out
	long  = time.Hour             // one that is not

	// patience is how long anything may take before a test gives up.
	patience = 20 * time.Second
)

// Ref is the n-th machine.
func Ref(n int) model.Ref {
	return model.Ref{Account: "main", Region: "ap-guangzhou", Instance: fmt.Sprintf("ins-%08d", n)}
}

// Proposal is the change that creates an operation on a machine.
func Proposal(s port.Store, r model.Ref, command string) port.Change {
	return port.Change{
		Op: reinstall.Operation{
			ID: s.NewID(r), State: reinstall.Proposed, Channel: "C0INFRA", Proposer: "U0ONCALL",
			Plan: model.Plan{Ref: r, Name: "web-01"}, Fingerprint: "f00d", ProposedAt: t0,
		},
		Command: command, By: "U0ONCALL", What: "proposed", Detail: "proposed by U0ONCALL", WakeAfter: -1,
	}
}

// Click is a transition that a person decides on a record.
func Click(rec port.Record, command string, to reinstall.State) port.Change {
	op := rec.Op
	op.State = to
	return port.Change{Op: op, Rev: rec.Rev, Command: command, By: "U0AAA111", What: "click", WakeAfter: -1}
}

// create makes an operation that is never due by itself.
func create(t testing.TB, s port.Store, r model.Ref) port.Record {
	t.Helper()
	rec, err := s.Create(t.Context(), Proposal(s, r, "create "+r.Instance))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// dueNow makes an operation that is due at once.
func dueNow(t testing.TB, s port.Store, r model.Ref) port.Record {
	t.Helper()
	c := Proposal(s, r, "create "+r.Instance)
	c.WakeAfter = 0
	rec, err := s.Create(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// countingDown makes an operation that may have a place in the budget.
func countingDown(t testing.TB, s port.Store, r model.Ref) port.Record {
	t.Helper()
	return mustApply(t, s, Click(create(t, s, r), "ready "+r.Instance, reinstall.Ready))
}

func mustApply(t testing.TB, s port.Store, c port.Change) port.Record {
	t.Helper()
	rec, err := s.Apply(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s (- wanted, + got):\n%s", what, d)
	}
}

// loggedCommands are the commands in an operation's log.
func loggedCommands(t testing.TB, s port.Store, id string) []string {
	t.Helper()
	log, err := s.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range log {
		out = append(out, e.Command)
	}
	return out
}

// waiting are the keys of all posts in the one outbox that is due, in order. It is
// due again after that.
func waiting(t testing.TB, s port.Store) []string {
	t.Helper()
	c := claimOutbox(t, s, long)
	var out []string
	for _, p := range readPosts(t, s, c) {
		out = append(out, p.Key)
	}
	must(t, s.Release(t.Context(), c, 0))
	return out
}

func readPosts(t testing.TB, s port.Store, c port.Claim) []port.Post {
	t.Helper()
	ps, err := s.Posts(t.Context(), c.ID, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func claimAll(t testing.TB, s port.Store, lease time.Duration) []port.Claim {
	t.Helper()
	cs, err := s.Claim(t.Context(), lease, 100)
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// claimUntil claims until the wanted thing is leased, and returns the lease. An
// empty id is any of its kind.
func claimUntil(t testing.TB, s port.Store, lease time.Duration, kind port.ClaimKind, id string) port.Claim {
	t.Helper()
	var got port.Claim
	eventually(t, fmt.Sprintf("%s %s is due", kind, id), func() bool {
		for _, c := range claimAll(t, s, lease) {
			if c.Kind == kind && (c.ID == id || id == "") {
				got = c
				return true
			}
		}
		return false
	})
	return got
}

func claimOutbox(t testing.TB, s port.Store, lease time.Duration) port.Claim {
	t.Helper()
	return claimUntil(t, s, lease, port.ClaimOutbox, "")
}

// eventually asks until the answer is yes.
func eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !yes() {
		if time.Now().After(deadline) {
			t.Fatalf("not in 20 s: %s", what)
		}
	}
}

// aMomentLater returns when the clock shows another millisecond.
func aMomentLater() {
	for at := time.Now().UnixMilli(); time.Now().UnixMilli() < at+2; {
	}
}

func idsOf(recs []port.Record) []string {
	out := []string{}
	for _, r := range recs {
		out = append(out, r.Op.ID)
	}
	return out
}
