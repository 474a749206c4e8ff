package reinstall_test

import (
	"fmt"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
	"twokey/commands/reinstall/model/modeltest"
)

// annProposes is a proposal of Ann's for web-01, which needs one approval and a
// backup.
func annProposes() reinstall.Operation {
	op, r := reinstall.Propose("7K3Q", "C0INFRA", "U0ANN", modeltest.Request(), modeltest.Plan(1), modeltest.Machine(),
		nil, now)
	if r != nil {
		panic(r)
	}
	return op
}

// An event makes another operation of one, or is refused in words for people.
// The proposer's own approval never counts.
func ExampleStep() {
	op := annProposes()
	for _, who := range []string{"U0ANN", "U0BOB", "U0BOB"} {
		by := reinstall.Actor{Person: model.Person{ID: who}, Approver: true}
		next, r := reinstall.Step(op, reinstall.Approve{By: by, Fingerprint: op.Fingerprint}, now)
		if r != nil {
			fmt.Printf("%s: %s: %s.\n  %s.\n", who, r.What, r.Why, r.Next)
			continue
		}
		op = next
		fmt.Println(who+":", len(op.Keys().By), "of", op.Keys().Needed)
	}
	// Output:
	// U0ANN: Not approved: you made this proposal, and the proposer never counts.
	//   Ask one of the people named on the card.
	// U0BOB: 1 of 1
	// U0BOB: Not approved: your approval is already counted.
	//   Nothing more is needed from you; the card shows what is still needed.
}

// Both keys complete a proposal: the approvals, and the backup that somebody
// confirms by typing the machine's name.
func ExampleOperation_Keys() {
	op := annProposes()
	ann := reinstall.Actor{Person: model.Person{ID: "U0ANN"}}
	bob := reinstall.Actor{Person: model.Person{ID: "U0BOB"}, Approver: true}
	for _, e := range []reinstall.Event{
		reinstall.ConfirmBackup{By: ann, Typed: "web-01", Evidence: op.Evidence[0], Fingerprint: op.Fingerprint},
		reinstall.Approve{By: bob, Fingerprint: op.Fingerprint},
	} {
		op, _ = reinstall.Step(op, e, now)
		k := op.Keys()
		fmt.Printf("%s: approved by %v, backup confirmed: %v, complete: %v\n", op.State, k.By, k.Backup, k.Complete())
	}
	// Output:
	// proposed: approved by [], backup confirmed: true, complete: false
	// approved: approved by [U0BOB], backup confirmed: true, complete: true
}

// Armable is the gate before the call. It trusts nothing that was decided
// before: not that the countdown has ended, and not how the machine was.
func ExampleOperation_Armable() {
	op := annProposes()
	ann := reinstall.Actor{Person: model.Person{ID: "U0ANN"}}
	bob := reinstall.Actor{Person: model.Person{ID: "U0BOB"}, Approver: true}
	read := reinstall.RecheckResult{
		Plan: op.Plan, Latest: op.Baseline, Evidence: op.Evidence, Actors: map[string]reinstall.Actor{"U0BOB": bob},
	}
	for _, e := range []reinstall.Event{
		reinstall.ConfirmBackup{By: ann, Typed: "web-01", Evidence: op.Evidence[0], Fingerprint: op.Fingerprint},
		reinstall.Approve{By: bob, Fingerprint: op.Fingerprint},
		reinstall.Recheck{Result: read},
		reinstall.CountdownShown{Of: now},
	} {
		op, _ = reinstall.Step(op, e, now)
	}
	for _, wait := range []time.Duration{10 * time.Second, time.Minute} {
		at := now.Add(wait)
		read.Last = reinstall.LastLook{Instance: modeltest.Machine().Instance, At: at}
		fmt.Println(op.State, "after", wait, "-", op.Armable(read, at))
	}
	read.Plan.HostName = "db-01"
	fmt.Println("on another plan -", op.Armable(read, now.Add(time.Minute)))
	// Output:
	// ready after 10s - Not sent: the countdown has not ended. Wait for it.
	// ready after 1m0s - <nil>
	// on another plan - Not sent: the plan is not the one that was approved. Look at what changed, and approve again.
}
