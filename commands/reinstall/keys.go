package reinstall

import (
	"fmt"
	"slices"
	"time"

	"twokey/commands/reinstall/model"
)

// Actor is who somebody is at the moment of the click, and what the policy lets them
// do. The zero Actor could not be looked up, and may do nothing.
type Actor struct {
	model.Person
	Approver bool // named by the terms, directly or through a group
	Proposer bool // may make proposals
	// Seats are those of the terms' quorum that they may fill, by number.
	Seats []int
}

// CheckMember refuses whoever is not a full, living member of this workspace
// (promise 3). what is the refusal's first part.
func (s Actor) CheckMember(what string) *model.Refusal {
	next := "Ask one of the people named on the card"
	switch {
	case s.ID == "":
		return model.Refuse(what, "Slack did not say who you are", "Try again in a minute")
	case s.Outside:
		return model.Refuse(what, "you belong to another workspace", next)
	case s.Bot:
		return model.Refuse(what, "bots and workflows cannot approve", next)
	case s.Deleted:
		return model.Refuse(what, "your account is deactivated", next)
	case s.Guest:
		return model.Refuse(what, "guests cannot propose or approve", next)
	}
	return nil
}

// CheckApprover refuses whoever the policy does not name as an approver.
func (s Actor) CheckApprover(what string) *model.Refusal {
	if r := s.CheckMember(what); r != nil {
		return r
	}
	if !s.Approver {
		return model.Refuse(what, "the policy does not name you as an approver",
			"Ask one of those whom it names; a card names them")
	}
	return nil
}

// checkInvolved refuses everybody but the proposer and the approvers. does is what
// they wanted, to follow "an approver".
func checkInvolved(op Operation, by Actor, what, does string) *model.Refusal {
	if r := by.CheckMember(what); r != nil {
		return r
	}
	if !by.Approver && by.ID != op.Proposer {
		return model.Refuse(what, "only the proposer or an approver "+does, "Ask one of the people named on the card")
	}
	return nil
}

// Keys is what is turned and what is needed.
type Keys struct {
	By       []string // the distinct people whose approvals count, in order: Needed at most
	Needed   int
	Slots    []model.Slot // of a quorum, in its order; none: any approver counts alike
	Backup   bool         // turned, on this plan
	Required bool         // the backup key is needed
}

// Complete reports whether every key that is needed is turned.
func (k Keys) Complete() bool {
	return k.Needed >= 1 && len(k.By) >= k.Needed && (k.Backup || !k.Required)
}

// Keys counts the keys on the operation's plan: approvals by distinct people
// who are not the proposer, and the backup, each bound to the fingerprint.
func (op Operation) Keys() Keys {
	// Who asked for a backup gets one, even if the policy asks for none.
	k := Keys{Needed: approvalsNeeded(op), Required: op.Plan.Terms.Backup || op.Request.Backup != "" ||
		op.Making != nil}
	for _, a := range op.Approvals {
		if a.Fingerprint == op.Fingerprint && a.By != op.Proposer && a.By != "" && !slices.Contains(k.By, a.By) {
			k.By = append(k.By, a.By)
		}
	}
	seatApprovers(op, &k)
	k.By = k.By[:min(len(k.By), max(k.Needed, 0))] // older records may have more
	k.Backup = op.Backup != nil && op.Backup.Fingerprint == op.Fingerprint
	return k
}

// Armable says why the operation may not be armed on this re-check, or nil. It is the
// one gate before the call (promise 2). All that it needs is in its arguments, and it
// trusts nothing that was decided before.
func (op Operation) Armable(r RecheckResult, now time.Time) *model.Refusal {
	no := func(why, next string) *model.Refusal { return model.Refuse("Not sent", why, next) }
	k := op.Keys()
	switch {
	case op.State != Ready:
		return no("it is "+string(op.State)+", not ready", "Look at the card")
	case checkCountdownShown(op, now) != nil:
		return checkCountdownShown(op, now)
	case !now.Before(op.Expires):
		return no("its keys are too old", "Propose again")
	case r.Stale(now) != "":
		return no(r.Stale(now), "Wait: it is read again")
	case op.Fingerprint != op.Plan.Fingerprint() || r.Plan.Fingerprint() != op.Fingerprint:
		return no("the plan is not the one that was approved", "Look at what changed, and approve again")
	case len(k.By) < k.Needed || k.Needed < 1:
		return no(fmt.Sprintf("%d of %d approvals are there", len(k.By), k.Needed), "Approve it")
	case len(op.RevokedApprovals(r, now)) > 0:
		return no("an approval no longer counts: "+op.RevokedApprovals(r, now)[0].Why, "Have it approved again")
	case k.Required && !k.Backup:
		return no("the backup is not confirmed", "Confirm the backup")
	case op.Plan.Terms.Calendar.PauseAt(now) != nil:
		return no(op.Plan.Terms.Calendar.PauseAt(now).Why, "Propose it when they are open")
	case len(model.Blocking(r.Findings)) > 0:
		return no(model.Blocking(r.Findings)[0].Why, model.Blocking(r.Findings)[0].Next)
	}
	if refused := checkLastLook(op, r); refused != nil {
		return refused
	}
	if k.Backup {
		if why := backupGone(op, r, now); why != nil {
			return no(why.Why, why.Next)
		}
	}
	if skew := r.Last.Skew.Abs(); skew > model.MaxSkew {
		return no(fmt.Sprintf("this machine's clock is %s off the cloud's", model.HumanDuration(skew)),
			"Mend the clock (NTP), then propose again")
	}
	return nil
}

// backupGone says why the confirmed backup no longer holds on this re-check.
func backupGone(op Operation, r RecheckResult, now time.Time) *model.Refusal {
	i := slices.IndexFunc(r.Evidence, op.Backup.isOf)
	if i < 0 {
		return model.Refuse(model.RefusalTitle(model.VerbBackup), "the cloud no longer shows "+op.Backup.Evidence.ID,
			"Pick another backup")
	}
	return r.Evidence[i].Usable(op.Plan, now)
}

// backupShown reports whether a re-check shows the backup that was confirmed.
func backupShown(op Operation, r RecheckResult) bool {
	return slices.ContainsFunc(r.Evidence, op.Backup.isOf)
}

func (k *BackupKey) isOf(e model.Evidence) bool {
	return e.ID == k.Evidence.ID && e.Kind == k.Evidence.Kind
}
