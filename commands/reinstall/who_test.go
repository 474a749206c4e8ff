package reinstall_test

import (
	"testing"

	"twokey/commands/reinstall"
)

func withMail(id, mail string) reinstall.Standing {
	s := person(id)
	s.Email = mail
	return s
}

func TestOnePersonWithTwoAccountsIsOneMailbox(t *testing.T) {
	box := reinstall.Person{Email: "ann.okafor@home.example"}.Mailbox()
	for mail, same := range map[string]bool{
		"ANN.Okafor@Home.Example": true, " ann.okafor@home.example ": true, "ann.okafor+pager@home.example": true,
		"ann@home.example": false, "ann.okafor@other.example": false, "+pager@home.example": false, "": false, "ann": false, "@home.example": false,
	} {
		if got := (reinstall.Person{Email: mail}).Mailbox(); (got == box) != same {
			t.Errorf("%q: %q, %q", mail, got, box)
		}
	}
	if (reinstall.Person{}).Mailbox() != "" {
		t.Error("no address is a mailbox")
	}
}

func TestASecondAccountTurnsNoKey(t *testing.T) {
	op := proposal(t, 2)
	op.ProposerMail = reinstall.Person{Email: "ann@home.example"}.Mailbox()
	op = mustStep(t, op, reinstall.Approve{By: withMail("U0BOB", "bob@home.example"), Print: op.Print}, now)
	for mail, why := range map[string]string{
		"Ann+2@home.example": "this proposal was made with another account of yours, and the proposer never counts",
		"BOB@home.example":   "you have approved with another account, and one person is one key",
		"":                   "Slack does not show your e-mail address, so it cannot be told whether you act with two accounts",
	} {
		if _, r := reinstall.Step(op, reinstall.Approve{By: withMail("U0CHO", mail), Print: op.Print}, now); r == nil || r.Why != why {
			t.Errorf("%q: %v", mail, r)
		}
	}
	if next := mustStep(t, op, reinstall.Approve{By: withMail("U0CHO", "cho@home.example"), Print: op.Print}, now); len(next.Keys().By) != 2 {
		t.Error("somebody else does not count")
	}
}

func TestWhoeverNoLongerMayApproveCountsNoLongerAtTheCall(t *testing.T) {
	for why, change := range map[string]func(*reinstall.Standing){
		"who they are could not be read again":       func(s *reinstall.Standing) { *s = reinstall.Standing{} },
		"they are no longer among the approvers":     func(s *reinstall.Standing) { s.Approver = false },
		"they have become a guest":                   func(s *reinstall.Standing) { s.Guest = true },
		"their account has been deactivated":         func(s *reinstall.Standing) { s.Deleted = true },
		"they belong to another workspace now":       func(s *reinstall.Standing) { s.Outside = true },
		"it is the account of a bot":                 func(s *reinstall.Standing) { s.Bot = true },
		"it is another account of the proposer's":    func(s *reinstall.Standing) { s.Email = "ANN+x@home.example" },
		"Slack no longer shows their e-mail address": func(s *reinstall.Standing) { s.Email = "" },
	} {
		op := inState(t, reinstall.Ready)
		op.ProposerMail = reinstall.Person{Email: "ann@home.example"}.Mailbox()
		r := reading(op)
		s := withMail("U0BOB", "bob@home.example")
		r.Who = map[string]reinstall.Standing{"U0BOB": s}
		if got := op.Armable(lately(r, soon), soon); got != nil {
			t.Fatalf("as it was: %v", got)
		}
		change(&s)
		r.Who["U0BOB"] = s
		if got := op.Armable(lately(r, soon), soon); got == nil {
			t.Errorf("armed, though %s", why)
		}
		next := mustStep(t, op, reinstall.Recheck{Reading: r}, soon)
		if next.State != reinstall.Proposed || len(next.Keys().By) != 0 || !next.Keys().Backup {
			t.Errorf("%s: %s, %+v", why, next.State, next.Keys())
		}
		if n := len(next.Lapses); n != 1 || next.Lapses[0].Why != why || next.Lapses[0].By != "U0BOB" {
			t.Errorf("%s: %+v", why, next.Lapses)
		}
	}
}

func TestAnApprovalWhoseGiverWasNotReadAgainArmsNothing(t *testing.T) {
	op := inState(t, reinstall.Ready)
	r := reading(op)
	r.Who = nil
	if op.Armable(r, soon) == nil {
		t.Error("armed without a look at who approved")
	}
}
