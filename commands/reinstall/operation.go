package reinstall

import (
	"time"

	"twokey/commands/reinstall/model"
)

// State is how far an operation has come. The edges are in machine.go; nothing leads
// back from Armed.
type State string

// The states, in the order in which an operation meets them.
const (
	Proposed   State = "proposed"   // keys are being collected
	Approved   State = "approved"   // both keys turned; the re-check is due
	Ready      State = "ready"      // re-checked; the countdown runs, once it is shown
	Held       State = "held"       // somebody stopped the countdown
	Armed      State = "armed"      // the intent is burned; the call may be out
	Sent       State = "sent"       // the cloud took the call; it is followed
	Done       State = "done"       // verified: ours, the planned image, running
	Failed     State = "failed"     // the cloud says that the reinstall failed
	Refused    State = "refused"    // the cloud refused the call; nothing happened
	Superseded State = "superseded" // somebody else operated on the instance meanwhile
	NotSent    State = "not_sent"   // proven: no call of ours reached the cloud
	Unknown    State = "unknown"    // what happened cannot be known from here
	Rejected   State = "rejected"
	Cancelled  State = "cancelled"
	Expired    State = "expired"
	Resolved   State = "resolved" // a person resolved an unknown outcome
	// Tampered marks a record that was changed outside Twokey. No event leads to it,
	// and it is never stored. A person resolves it.
	Tampered State = "tampered"
)

// States lists them all, in order.
var States = []State{
	Proposed, Approved, Ready, Held, Armed, Sent, Done, Failed, Refused, Superseded,
	NotSent, Unknown, Rejected, Cancelled, Expired, Resolved,
}

// Ended reports whether nothing more happens in s and the instance is free for
// another proposal. Unknown has not ended: the instance stays locked.
func (s State) Ended() bool {
	switch s {
	case Proposed, Approved, Ready, Held, Armed, Sent, Unknown, Tampered:
		return false
	}
	return true
}

// Open reports whether the operation can still be stopped by people.
func (s State) Open() bool {
	return s == Proposed || s == Approved || s == Ready || s == Held
}

// Operation is the record of one proposal from the card to its outcome: all
// that the state machine knows. It is a value; Step returns a changed copy.
type Operation struct {
	ID       string `json:"id"` // the four characters on screen
	State    State  `json:"state"`
	Channel  string `json:"channel"`
	Proposer string `json:"proposer"` // user id
	// ProposerMail is the proposer's Mailbox; empty in older records.
	ProposerMail string `json:"proposer_mail,omitempty"`
	// Reply is where the proposer gets what the channel cannot show, for half an hour;
	// empty if there is none.
	Reply   string        `json:"reply,omitempty"`
	Request model.Request `json:"wish"`
	Plan    model.Plan    `json:"plan"`
	// Batch is set if the proposal is for several machines.
	Batch *Batch `json:"batch,omitempty"`
	// Fingerprint is Plan.Fingerprint(): every key is bound to it.
	Fingerprint string           `json:"fingerprint"`
	Warnings    []model.Finding  `json:"warnings,omitempty"`
	Evidence    []model.Evidence `json:"evidence,omitempty"` // as last read
	Around      []model.Nearby   `json:"around,omitempty"`   // as last read

	TurnedKeys

	ProposedAt time.Time `json:"proposed_at"`
	Expires    time.Time `json:"expires"`
	// Baseline is the cloud's latest operation as last accepted: at the
	// proposal, and after a backup image of our own.
	Baseline model.Latest `json:"baseline"`
	Reminding
	// TurnedAt is when the last key was turned: the place in the queue goes by it.
	TurnedAt time.Time `json:"turned_at,omitzero"`
	Countdown
	Holding

	Arming *Arming `json:"arming,omitempty"`
	ResetCall

	WaitState
	Observed

	End *End `json:"end,omitempty"`
	// LogIn is how the cloud says to log in, once it is done.
	LogIn *model.LogIn `json:"log_in,omitempty"`
	// Proof is what the machine itself shows once it is done, if it is asked.
	Proof *Proof `json:"proof,omitempty"`
	// Password is the generated password, sealed; it is removed when shown.
	Password string `json:"password,omitempty"`
}

// TurnedKeys are the keys as they are now: turned, taken back, and the backup image
// that is being made for one.
type TurnedKeys struct {
	Approvals  []Approval        `json:"approvals,omitempty"`
	BreakGlass *BreakGlassUse    `json:"glass,omitempty"`
	Revoked    []RevokedApproval `json:"lapses,omitempty"` // approvals taken back for who gave them
	// Recalled says why all keys were taken back, until they are turned again.
	Recalled *Recalled    `json:"recalled,omitempty"`
	Backup   *BackupKey   `json:"backup,omitempty"`
	Making   *BackupImage `json:"making,omitempty"`
}

// Reminding is how often those who may approve were called.
type Reminding struct {
	// AskedAt is when the keys were last asked for. Reminded and RemindedAt are the
	// reminders since. Escalated is when those whom the policy names for it became
	// approvers.
	AskedAt    time.Time `json:"asked_at,omitzero"`
	Reminded   int       `json:"reminded,omitempty"`
	RemindedAt time.Time `json:"reminded_at,omitzero"`
	Escalated  time.Time `json:"escalated,omitzero"`
}

// Countdown is the one that runs, in Ready.
type Countdown struct {
	// Announced is when the countdown was begun, in Ready. Shown is since when the
	// card and the thread show it. Starts is its end, counted from Shown.
	Announced time.Time `json:"announced,omitzero"`
	Shown     time.Time `json:"shown,omitzero"`
	Starts    time.Time `json:"starts,omitzero"`
}

// Holding is who holds it, in Held.
type Holding struct {
	// HeldBy and HeldWhy are set in Held.
	HeldBy  string `json:"held_by,omitempty"`
	HeldWhy string `json:"held_why,omitempty"`
}

// ResetCall is what is known of the one ResetInstance request that was sent.
type ResetCall struct {
	// RequestID is the reset's own. Inferred says that it was read back from the
	// cloud, and not from the answer. Audited says that CloudAudit shows it as a call
	// of ours.
	RequestID string `json:"request_id,omitempty"`
	Inferred  bool   `json:"inferred,omitempty"`
	Audited   bool   `json:"audited,omitempty"`
	// OtherReset is the reset of somebody else that the machine showed in Armed.
	OtherReset *model.CloudEvent `json:"other,omitempty"`
	// Disclaimed is a request that was taken for the reset's own, until the sender
	// showed that it is somebody else's.
	Disclaimed string `json:"disclaimed,omitempty"`
	// ReportedResets are the requests of resets from outside that people read of when
	// their keys were taken back.
	ReportedResets []string `json:"told,omitempty"`
}

// WaitState is what the call waits for once its countdown has ended.
type WaitState struct {
	// Waits says why an ended countdown has not led to the call yet (a freeze, a full
	// budget, closed hours). It may also say why a countdown cannot be shown.
	// WaitsUntil is when that ends, if it is known. KeepsPosition says that it keeps
	// its position meanwhile.
	Waits         string    `json:"waits,omitempty"`
	WaitsUntil    time.Time `json:"waits_until,omitzero"`
	KeepsPosition bool      `json:"keeps,omitempty"`
}

// Observed is what the call and the machine have shown since the call.
type Observed struct {
	// AnswerLost says that the call's answer did not come.
	AnswerLost string `json:"lost,omitempty"`
	// Outage is set while the cloud does not say what is asked of it.
	Outage *Outage `json:"silence,omitempty"`
	// Absence is what the last re-check did not show, while that is doubted.
	Absence *Absence `json:"unseen,omitempty"`
	// MachineStatus is what the machine last showed while it was followed. Slow is set
	// once it has run for SlowAfter.
	MachineStatus string `json:"seen,omitempty"`
	Slow          bool   `json:"slow,omitempty"`
}

// Approval is one approver's key.
type Approval struct {
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	Fingerprint string    `json:"fingerprint"`
	// Seats are those of the plan's quorum that this person may fill, by number. They
	// are from the groups as last read.
	Seats []int  `json:"seats,omitempty"`
	Mail  string `json:"mail,omitempty"` // their Mailbox
	Team  string `json:"team,omitempty"` // the workspace they clicked in
	// Seal covers the operation's id and all of the approval except its seats. An
	// approval without a seal that fits is not read from the store.
	Seal string `json:"seal,omitempty"`
}

// Recalled is what changed after the keys were turned. Because of it they count no
// longer.
type Recalled struct {
	At      time.Time      `json:"at"`
	Changes []model.Change `json:"changes,omitempty"`
	Outside string         `json:"outside,omitempty"` // of a reset from outside: who and what, to follow a colon
	// Distrust says why nothing shows that they were turned, to follow a "for".
	Distrust string `json:"distrust,omitempty"`
	// Of is set if they were taken back for another machine of the proposal.
	Of string `json:"of,omitempty"`
}

// BackupKey is the backup confirmation: what the cloud vouched for and, apart from
// that, what a person typed.
type BackupKey struct {
	By          string         `json:"by"`
	At          time.Time      `json:"at"`
	Typed       string         `json:"typed"`
	Evidence    model.Evidence `json:"evidence"`
	Fingerprint string         `json:"fingerprint"`
	Team        string         `json:"team,omitempty"`
	Seal        string         `json:"seal,omitempty"` // as of an Approval
}

// Stages of a backup image of our own.
const (
	ImageAsked  = "asked"
	ImageMaking = "making"
	ImageMade   = "made"
	ImageFailed = "failed"
)

// BackupImage is the image that Twokey makes on request. Its name is derived
// from the operation's id, so that it is found again after a lost answer.
type BackupImage struct {
	Stage string    `json:"stage"`
	Name  string    `json:"name"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Stop  bool      `json:"stop"` // the machine is powered off for it
	// Agreed is the approver, not the proposer, who wants that as well. Waits says why
	// it is not powered off yet though it is agreed to, without a full stop. Until is
	// when that ends, if it is known.
	Agreed string    `json:"agreed,omitempty"`
	Waits  string    `json:"waits,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	ID     string    `json:"id,omitempty"`
	Why    string    `json:"why,omitempty"` // of a failure
	// Percent is how far the image is, if the cloud shows it.
	Percent int `json:"percent,omitempty"`
	// Looked is set once the machine's latest operation was read just before the image
	// was started. Clean says that it was still the baseline.
	Looked bool `json:"looked,omitempty"`
	Clean  bool `json:"clean,omitempty"`
}

// Arming is the burned intent: what was known just before the call.
type Arming struct {
	// At is T0: the time, by the clock that signs, from which the request is valid for
	// five minutes.
	At       time.Time    `json:"at"`
	Baseline model.Latest `json:"baseline"`
	// Skew is our clock minus the cloud's when last read.
	Skew time.Duration `json:"skew"`
	// Key is the fingerprint of the id of the access key that signed the call. By it
	// CloudAudit's event is known as ours after a rotation of the key. It is empty in
	// older records.
	Key string `json:"key,omitempty"`
}

// End says how and why the operation ended.
type End struct {
	At  time.Time `json:"at"`
	By  string    `json:"by,omitempty"` // a person, if one ended it
	Why string    `json:"why"`          // a sentence for people
	// As is done or failed if a person resolved an unknown outcome.
	As State `json:"as,omitempty"`
	// Code is the cloud's error code, if any.
	Code string `json:"code,omitempty"`
	// Known is the request of somebody else that ended it.
	Known string `json:"known,omitempty"`
	// LastKnown is set if the outcome is unknown, and stays when it is resolved.
	LastKnown *LastKnown `json:"doubt,omitempty"`
}

// Wiping reports whether a machine in this state is being reinstalled, as far as
// anybody knows.
func (s State) Wiping() bool { return s == Armed || s == Sent || s == Unknown }
