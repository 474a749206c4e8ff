package audit

import "testing"

func TestAnArmingNamesTheKeysThatItLacks(t *testing.T) {
	const plan = "5ca1ab1e00"
	r := newReplay()
	r.state = "ready"
	body := Body{
		What: "arm", State: "armed", Plan: plan, Approvals: 2, Backup: true, Keys: []string{"U0BOB"},
		Proposer: "U0ANN", Evidence: "snap-1",
	}
	if got, want := r.step(body), "was armed without the approval of U0BOB, the confirmation of a backup on plan "+
		"5ca1ab1e"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.state = "ready"
	r.approved["U0BOB "+plan], r.backups["snap-1 "+plan] = true, true
	if got, want := r.step(body), "was armed without 1 of 2 approvals on plan 5ca1ab1e"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.state, body.Approvals = "ready", 1
	if got := r.step(body); got != "" {
		t.Errorf("with its keys: %q", got)
	}
}
