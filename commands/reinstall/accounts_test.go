package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

func withMail(id, mail string) reinstall.Actor {
	s := person(id)
	s.Email = mail
	return s
}

func TestOnePersonWithTwoAccountsIsOneMailbox(t *testing.T) {
	box := model.Person{Email: "ann.okafor@home.example"}.Mailbox()
	for mail, same := range map[string]bool{
		"ANN.Okafor@Home.Example": true, " ann.okafor@home.example ": true, "ann.okafor+pager@home.example": true,
		"ann@home.example": false, "ann.okafor@other.example": false, "+pager@home.example": false, "": false,
		"ann": false, "@home.example": false,
	} {
		if got := (model.Person{Email: mail}).Mailbox(); (got == box) != same {
			t.Errorf("%q: %q, %q", mail, got, box)
		}
	}
	if (model.Person{}).Mailbox() != "" {
		t.Error("no address is a mailbox")
	}
}

func TestASecondAccountTurnsNoKey(t *testing.T) {
	op := proposal(t, 2)
	op.ProposerMail = model.Person{Email: "ann@home.example"}.Mailbox()
	op = mustStep(t, op, reinstall.Approve{By: withMail("U0BOB", "bob@home.example"), Fingerprint: op.Fingerprint}, now)
	for mail, why := range map[string]string{
		"Ann+2@home.example": "this proposal was made with another account of yours, and the proposer never counts",
		"BOB@home.example":   "you have approved with another account; each person counts once",
		"":                   "Slack does not show your e-mail address, so two accounts of yours would count twice",
	} {
		if _, r := reinstall.Step(op, reinstall.Approve{By: withMail("U0CHO", mail), Fingerprint: op.Fingerprint},
			now); r == nil || r.Why != why {
			t.Errorf("%q: %v", mail, r)
		}
	}
	if next := mustStep(t, op, reinstall.Approve{
		By:          withMail("U0CHO", "cho@home.example"),
		Fingerprint: op.Fingerprint,
	}, now); len(next.Keys().By) != 2 {
		t.Error("somebody else does not count")
	}
}

func TestWhoeverNoLongerMayApproveCountsNoLongerAtTheCall(t *testing.T) {
	for why, change := range map[string]func(*reinstall.Actor){
		"who they are could not be read again":       func(s *reinstall.Actor) { *s = reinstall.Actor{} },
		"they are no longer among the approvers":     func(s *reinstall.Actor) { s.Approver = false },
		"they have become a guest":                   func(s *reinstall.Actor) { s.Guest = true },
		"their account has been deactivated":         func(s *reinstall.Actor) { s.Deleted = true },
		"they belong to another workspace now":       func(s *reinstall.Actor) { s.Outside = true },
		"it is the account of a bot":                 func(s *reinstall.Actor) { s.Bot = true },
		"it is another account of the proposer's":    func(s *reinstall.Actor) { s.Email = "ANN+x@home.example" },
		"Slack no longer shows their e-mail address": func(s *reinstall.Actor) { s.Email = "" },
	} {
		op := inState(t, reinstall.Ready)
		op.ProposerMail = model.Person{Email: "ann@home.example"}.Mailbox()
		r := reading(op)
		s := withMail("U0BOB", "bob@home.example")
		r.Actors = map[string]reinstall.Actor{"U0BOB": s}
		if got := op.Armable(lately(r, soon), soon); got != nil {
			t.Fatalf("as it was: %v", got)
		}
		change(&s)
		r.Actors["U0BOB"] = s
		if got := op.Armable(lately(r, soon), soon); got == nil {
			t.Errorf("armed, though %s", why)
		}
		next := mustStep(t, op, reinstall.Recheck{Result: r}, soon)
		if next.State != reinstall.Proposed || len(next.Keys().By) != 0 || !next.Keys().Backup {
			t.Errorf("%s: %s, %+v", why, next.State, next.Keys())
		}
		if n := len(next.Revoked); n != 1 || next.Revoked[0].Why != why || next.Revoked[0].By != "U0BOB" {
			t.Errorf("%s: %+v", why, next.Revoked)
		}
	}
}

func TestAnApprovalWhoseGiverWasNotReadAgainArmsNothing(t *testing.T) {
	op := inState(t, reinstall.Ready)
	r := reading(op)
	r.Actors = nil
	if op.Armable(r, soon) == nil {
		t.Error("armed without a look at who approved")
	}
}
