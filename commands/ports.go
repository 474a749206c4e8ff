package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"twokey/commands/reinstall"
)

// The ports: what the verbs need of the outside. Package bot/store implements
// Store, bot/chat implements Chat, cloud implements Cloud.

// Record is an operation as it is stored.
type Record struct {
	Op  reinstall.Operation
	Rev int64 // 1 at creation, +1 with every transition
	// Card is where the card was posted; Card.TS is empty until it was.
	Card Address
	// Unsealed: an older Twokey wrote it. What ended is shown, what was sent is
	// followed, and what is open has lost its keys.
	Unsealed bool
	// Later is the state at a later revision that this process has seen, if it has:
	// Redis was rolled back, or an old record was put back.
	Later reinstall.State
}

// Address is one message in Slack. TS is an opaque string.
type Address struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

// Entry is one line of an operation's log, written in the same script as the
// transition it tells of. Its number is the revision that it led to.
type Entry struct {
	Rev     int64           `json:"rev"`
	At      time.Time       `json:"at"` // Redis' clock
	State   reinstall.State `json:"state"`
	Command string          `json:"command"` // the id that makes the transition unique
	By      string          `json:"by"`      // user id, or "twokey"
	What    string          `json:"what"`    // the event's name
	Detail  string          `json:"detail"`  // one line for people
	Print   string          `json:"fingerprint"`
	// Unsealed: nothing shows that Twokey wrote it.
	Unsealed bool `json:"-"`
}

// Change is one transition: everything of it is written by one script, or
// nothing is.
type Change struct {
	Op      reinstall.Operation // the new value; Op.ID names the record
	Rev     int64               // the revision it was decided on; 0 creates
	Command string              // unique; the same command twice has effect once
	// Claim is the lease on this very operation under which a worker decided;
	// the zero Claim is a click, which needs none. A commit under a lost lease is ErrFenced. A commit under
	// a good one gives the lease back.
	Claim Claim
	By    string
	What  string
	Det   string
	// In is the delay from now, by Redis' clock, after which the operation
	// wakes up again; negative: never.
	In time.Duration
	// Posts are appended to the outbox in this order.
	Posts []Post
}

// Post is one thing to be told in Slack. Key is unique and the same at every
// attempt: it travels as message metadata, so that a post whose answer was lost
// is found again.
type Post struct {
	Kind    PostKind       `json:"kind"`
	Key     string         `json:"key"`
	Op      string         `json:"op"`
	Rev     int64          `json:"rev"`
	Channel string         `json:"channel,omitempty"`
	User    string         `json:"user,omitempty"`   // of a whisper, a direct post or a call
	Thread  string         `json:"thread,omitempty"` // of a whisper: the thread that was pressed in
	Reply   string         `json:"reply,omitempty"`  // of a whisper: the response_url of what it answers, see Whispers
	Text    reinstall.Text `json:"text,omitempty"`
	Loud    bool           `json:"loud,omitempty"` // a line that the channel shows as well
	// Counts is set on the line of a countdown: whose, and when it was announced.
	Counts *Countdown `json:"counts,omitempty"`
	// Stream is the outbox's own id of the entry, and At when it was appended, by
	// Redis' clock; both are set by the store.
	Stream string    `json:"-"`
	At     time.Time `json:"-"`
}

// Countdown is one that waits to be shown.
type Countdown struct {
	Op string    `json:"op"`
	Of time.Time `json:"of"`
}

// Note is an entry of the audit chain that belongs to no transition. Key makes
// it unique: the same note twice is written once.
type Note struct {
	Key    string
	Kind   NoteKind
	Op     string // empty: none
	By     string // user id, or "twokey"
	What   string // the verb
	Detail string // one line for people
}

// NoteKind is what a note is of.
type NoteKind string

// What is in the audit besides transitions.
const (
	NoteRefusal  NoteKind = "refusal"  // somebody was told no
	NoteDecision NoteKind = "decision" // something holds for more than one proposal
	NoteFinding  NoteKind = "finding"  // something was seen that Twokey did not do
)

// PostKind is what a post is.
type PostKind string

// A card post says that the card changed (the newest record is drawn when it
// is worked off); a line goes to the thread; a whisper to one person only, in the
// channel; a direct post to one person, in their direct messages. A call asks for
// direct posts: to User, or to all who may approve.
const (
	PostCard    PostKind = "card"
	PostLine    PostKind = "line"
	PostWhisper PostKind = "whisper"
	PostCall    PostKind = "call"
	PostDirect  PostKind = "direct"
)

// Item is something that Slack was told we have: it is stored before the ack
// and worked off after it (promise 4).
type Item struct {
	ID      string    `json:"id"`      // unique: also the command id of what follows
	Dedupe  string    `json:"dedupe"`  // the delivery's fingerprint: the same delivery is stored once
	Op      string    `json:"op"`      // the operation it concerns; empty for a new proposal
	Rev     int64     `json:"rev"`     // the card's revision that was clicked; 0: typed
	Verb    string    `json:"verb"`    // propose, approve, reject, ..
	Args    string    `json:"args"`    // JSON of the verb's own arguments
	User    string    `json:"user"`    // who
	Team    string    `json:"team"`    // of which workspace
	Channel string    `json:"channel"` // where
	Thread  string    `json:"thread"`  // the thread it was done in, if any
	Reply   string    `json:"reply"`   // response_url, if any
	At      time.Time `json:"at"`
	Tries   int       `json:"tries"` // how often it was claimed, set by the store
	// Stops: it stops something. Until it is finished, Stopping tells of it.
	Stops bool `json:"stops,omitempty"`
}

// Claim is a lease on one thing that is due: an operation, an item of the
// inbox, or one partition's outbox. Leases are for liveness, never for safety.
type Claim struct {
	Kind  ClaimKind
	ID    string // operation or item id; of an outbox, its partition's number
	Token int64  // fencing token, growing within the partition
	// Taken says that the last holder did not give it back: what it began may
	// or may not have happened.
	Taken bool
}

// ClaimKind is what is due.
type ClaimKind string

// What can be due.
const (
	ClaimOp     ClaimKind = "op"
	ClaimItem   ClaimKind = "item"
	ClaimOutbox ClaimKind = "outbox"
)

// Errors of the store. All else is a fault.
var (
	ErrNotFound = errors.New("no such record")
	ErrFenced   = errors.New("the lease was lost to another worker")
	ErrExists   = errors.New("the id is taken")
	// ErrForged: it is not what Twokey wrote there.
	ErrForged = errors.New("it was changed outside Twokey")
	// ErrNotDurable: the write could not be shown to survive a fail-over.
	ErrNotDurable = errors.New("the write was not confirmed by enough replicas")
	// ErrCannotArm: it would not survive one, so nothing was written.
	ErrCannotArm = errors.New("Redis cannot confirm a write now")
)

// CannotArmError is an ErrCannotArm with its reason in words for people: what
// is missing and what to do, without a full stop.
type CannotArmError struct {
	Why   string
	Cause error // may be nil
}

func (e *CannotArmError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %s", ErrCannotArm, e.Why, e.Cause)
	}
	return fmt.Sprintf("%s: %s", ErrCannotArm, e.Why)
}

func (e *CannotArmError) Unwrap() []error { return []error{ErrCannotArm, e.Cause} }

// RefusedError says that the memory is there, and does not do what it was asked:
// why, and what its operator should do, in words for people without a full stop.
// Nothing was written.
type RefusedError struct {
	Why, Next string
	Cause     error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s (%s): %s", e.Why, e.Next, e.Cause) }

func (e *RefusedError) Unwrap() error { return e.Cause }

// StaleError says that the record moved on; Now is what it is.
type StaleError struct{ Now Record }

func (e *StaleError) Error() string {
	return fmt.Sprintf("%s is at revision %d", e.Now.Op.ID, e.Now.Rev)
}

// LockedError says that another live operation holds the instance.
type LockedError struct{ By string }

func (e *LockedError) Error() string { return "the instance is locked by " + e.By }

// Store is the memory: Redis. Every method is safe for concurrent use; a
// transition is one round trip.
type Store interface {
	// Receive stores an item durably, due now, leased to this process at once
	// (the returned claim). fresh is false where the same delivery is already
	// stored: nothing was written.
	Receive(ctx context.Context, it Item) (claim Claim, fresh bool, err error)
	// Item loads what a claim of kind item is for.
	Item(ctx context.Context, id string) (Item, error)
	// Finish removes an item: it has been worked off.
	Finish(ctx context.Context, c Claim) error

	// Stopping reports whether an item that stops one of these operations, or
	// everything, was received and is not finished.
	Stopping(ctx context.Context, ids ...string) (bool, error)

	// NewID returns a free operation id for the instance: four characters of
	// Crockford's alphabet of which the first carries the partition.
	NewID(ref reinstall.Ref) string
	// Create stores a new operation (c.Rev 0) and takes the instance's lock in
	// one script. ErrExists: the id is taken by another command; LockedError:
	// the instance has a live operation; the same command again: its record.
	Create(ctx context.Context, c Change) (Record, error)
	// Load reads an operation. ErrNotFound. One that is not what Twokey wrote is
	// Tampered, and nothing else of it is believed; so it is with all that reads.
	Load(ctx context.Context, id string) (Record, error)
	// Recent is Load, but may answer from this process' memory; Apply tells
	// when that was stale.
	Recent(ctx context.Context, id string) (Record, error)
	// Apply writes a transition by compare-and-set on the revision. The same
	// command again returns the record as that command left it or later; a
	// moved record is *StaleError; a lost lease ErrFenced. Where the new state
	// has ended, the instance's lock is given back in the same script.
	Apply(ctx context.Context, c Change) (Record, error)
	// Settle writes an ended operation in place of a record that was changed
	// outside Twokey (Tampered), of which nothing is kept.
	Settle(ctx context.Context, c Change) (Record, error)
	// MayArm is ErrCannotArm where Arm would refuse now for want of a Redis that
	// keeps the intent.
	MayArm(ctx context.Context, id string) error
	// Newest reports whether the audit knows no later revision of an operation than
	// this one; where it does, reading the operation tells so from then on (Later).
	Newest(ctx context.Context, r Record) (bool, error)
	// Arm is Apply on one connection of its own, without retries: the
	// compare-and-set, a wait until more than half of all nodes there ever were have
	// it, or the disk where there is but one, and a second read that must show this
	// very command as the last one. Whatever is not certain is an error: then
	// nothing may be sent. It may take three seconds.
	Arm(ctx context.Context, c Change) (Record, error)
	// Happened reports whether the command is in the operation's log.
	Happened(ctx context.Context, id, command string) (bool, error)

	// Claim leases up to max things that are due.
	Claim(ctx context.Context, lease time.Duration, max int) ([]Claim, error)
	// Renew extends leases that are still held; it returns those lost.
	Renew(ctx context.Context, lease time.Duration, cs []Claim) (lost []Claim, err error)
	// Release gives a lease back; the thing is due again after in (negative:
	// never, unless something was appended meanwhile; an item is never parked).
	// A click that came under the lease makes it due at once. ErrFenced:
	// somebody else holds it.
	Release(ctx context.Context, c Claim, in time.Duration) error

	// Settled returns once a replica, where there are any, has all that was
	// written before it in the claim's partition; the lease is extended.
	// ErrFenced, ErrNotDurable.
	Settled(ctx context.Context, c Claim, lease time.Duration) error

	// Posts reads up to max entries of an outbox, oldest first.
	Posts(ctx context.Context, outbox string, max int) ([]Post, error)
	// Posted removes entries that were told.
	Posted(ctx context.Context, outbox string, ps ...Post) error
	// Tell appends posts that belong to no transition (a refusal's whisper), each
	// once by its key, which must be set.
	Tell(ctx context.Context, op string, ps ...Post) error
	// Note appends to the audit chain, with the posts that tell of it, in one
	// script and once by the note's key.
	Note(ctx context.Context, n Note, ps ...Post) error
	// Noted reports whether a note was appended, some days back.
	Noted(ctx context.Context, n Note) (bool, error)
	// SetCard remembers where the card was posted; the first address stays.
	SetCard(ctx context.Context, id string, a Address) error

	// Log reads an operation's log, oldest first.
	Log(ctx context.Context, id string) ([]Entry, error)
	// Live lists the operations that hold an instance's lock.
	Live(ctx context.Context) ([]Record, error)
	// History lists the newest operations of an instance, newest first.
	History(ctx context.Context, ref reinstall.Ref, max int) ([]Record, error)
	// Ended lists the operations of all instances that ended last, newest first.
	Ended(ctx context.Context, max int) ([]Record, error)
	// Mark is another one after every transition, refusal and freeze, on whichever
	// replica.
	Mark(ctx context.Context) (string, error)

	// Reserve takes a place in the account's budget for an operation, at once
	// and in the last hour, by account and by tag; limits of zero are none. The
	// same operation again keeps its place. Nobody overtakes those ahead.
	Reserve(ctx context.Context, b Bid) (Place, error)
	// Unreserve gives the place among the running back.
	Unreserve(ctx context.Context, account, op string) error

	// Freeze stops all arming, on every replica; one whose reason says nothing is
	// an error. The note is written in the same script, and once by its key.
	Freeze(ctx context.Context, f Freeze, n Note) error
	// Unfreeze ends it, with its note in the same way.
	Unfreeze(ctx context.Context, n Note) error
	// Decided says whether a note of a freeze or its end was written.
	Decided(ctx context.Context, key string) (bool, error)
	// Frozen reads it; nil: nothing is frozen.
	Frozen(ctx context.Context) (*Freeze, error)

	// Health asks Redis what it can promise. *RefusedError: it is there, and does
	// not take what Twokey has to write.
	Health(ctx context.Context) (Health, error)
}

// Freeze is the global stop.
type Freeze struct {
	By   string    `json:"by"`
	Why  string    `json:"why"`
	When time.Time `json:"when"`
	// Unchecked: Slack could not say in time whether they may. To stop is safe,
	// so it counts all the same.
	Unchecked bool `json:"unchecked,omitempty"`
	// Lost: nobody froze. What Redis says of the stop is not what Twokey wrote
	// last, so it counts as one, until a person ends it.
	Lost bool `json:"-"`
	// Way is the operator's command that ends it, if /reinstall unfreeze does not:
	// Redis as a whole is not believed.
	Way string `json:"-"`
}

// Health is what Redis can promise.
type Health struct {
	AOF      bool
	NoEvict  bool
	Replicas int
	// Keeps says what keeps the record of a call before it goes out, and what a
	// power cut could take, in sentences; it is empty where Unkept is not.
	Keeps string
	// Unkept says why no call may be armed now, as CannotArmError does.
	Unkept   string
	Warnings []string // one sentence each
}

// Seen is what a batched read says of one instance while it is followed.
type Seen struct {
	Instance   reinstall.Instance
	ServerTime time.Time
	Skew       time.Duration
	// Asked is when the request that was answered left, by our clock.
	Asked time.Time
}

// Order is the one call that wipes.
type Order struct {
	Plan     reinstall.Plan
	Password string    // set for LoginPassword only
	T0       time.Time // the arming time: the request must be signed within 5 s of it
}

// Verdict classes an answer to the one call (facts/tencent.md section 1).
type Verdict string

// What the cloud's answer, or its absence, proves.
const (
	Accepted  Verdict = "accepted"   // there is a request id: it was taken
	Declined  Verdict = "refused"    // an error code that means nothing happened
	Ambiguous Verdict = "ambiguous"  // it may have happened
	NeverSent Verdict = "never sent" // not one byte of it was written
)

// Answer is what came of the one call.
type Answer struct {
	Verdict   Verdict
	RequestID string
	Code      string // the cloud's, or ClientError.*
	Message   string // the cloud's words, or the fault's; never a secret
}

// Part is what is remembered of one account's machines in one region. It helps
// somebody to pick; whatever is picked is read again. The machines are shared:
// nobody changes them.
type Part struct {
	Account  string
	Region   string
	Machines []reinstall.Instance
	Err      error // why there are none
}

// Cloud is Tencent Cloud. Errors are faults, or *reinstall.Refusal where the
// cloud refused in words.
type Cloud interface {
	// Find returns every instance that the target names exactly: by id, by
	// name (letter case counts), by private or public IP, or as
	// account/region/id. account and region narrow it where set. Where some sites
	// could not be asked, and the machine might be there too, an *UnaskedError
	// comes with what the others have.
	Find(ctx context.Context, target, account, region string) ([]reinstall.Instance, error)
	// Fleet returns what is remembered of all machines: at most a minute old, or
	// up to ten while it is read again behind the answer. What was never read is
	// waited for until ctx ends.
	Fleet(ctx context.Context) []Part
	// Images returns the images that the machine's type takes, from a like
	// memory: own, shared, public.
	Images(ctx context.Context, ref reinstall.Ref) ([]reinstall.Image, error)
	// Read reads everything that preflight and re-check need. made is the id
	// of the image that Twokey made for the proposal, if any. A read that fails is an
	// error: a failed check counts as no.
	Read(ctx context.Context, ref reinstall.Ref, w reinstall.Wish, made string) (reinstall.Facts, error)
	// CreateImage starts an image of the instance's system disk. Where the
	// answer was lost it returns an error; the caller looks by name.
	CreateImage(ctx context.Context, ref reinstall.Ref, name string, stop bool) (id string, err error)
	// ImageRoom counts the account's own images in the machine's region, and how
	// many the cloud allows there.
	ImageRoom(ctx context.Context, ref reinstall.Ref) (used, most int, err error)
	// ImageByName looks an own image up by its exact name.
	ImageByName(ctx context.Context, ref reinstall.Ref, name string) (img reinstall.Image, found bool, err error)
	// Look reads many instances of one account and region, 100 ids a call.
	// Instances that the cloud does not know are missing from the map.
	Look(ctx context.Context, account, region string, ids []string) (map[string]Seen, error)
	// Events lists what CloudAudit recorded of calls that change the instance,
	// oldest first. They appear late: what is missing proves nothing. An
	// error that is Denied says that the account does not let Twokey ask.
	Events(ctx context.Context, ref reinstall.Ref, since time.Time) ([]reinstall.CloudEvent, error)
	// Signer is the print of the id of the access key that signs the account's
	// calls now: the same for the same key, and no secret. Temporary credentials
	// are renewed first, so that the call to come is signed by them.
	Signer(ctx context.Context, account string) (string, error)
	// Reset makes one HTTP attempt, never a second one.
	Reset(ctx context.Context, o Order) Answer
}

// Prober asks a machine's login service whether it answers, from where Twokey
// stands.
type Prober interface {
	// Probe makes one attempt, of some seconds at most. What it shows is no
	// secret, and nothing is sent that would log in.
	Probe(ctx context.Context, service, host string, port int) reinstall.Shown
}

// Chat is Slack.
type Chat interface {
	// Person asks who somebody is, now; an error counts as no.
	Person(ctx context.Context, user string) (reinstall.Person, error)
	// PersonNow is Person for what may not wait, a stop or the last look before
	// the call: a share of Slack's limit is kept for it, and it never shares the
	// answer to an earlier question.
	PersonNow(ctx context.Context, user string) (reinstall.Person, error)
	// Members lists a user group's members, at most 30 s old.
	Members(ctx context.Context, group string) ([]string, error)
	// MembersNow is Members, asked for now.
	MembersNow(ctx context.Context, group string) ([]string, error)
	// Handle is a user group's name behind the @, at most some minutes old.
	Handle(ctx context.Context, group string) (string, error)
	// Channel reads what matters of a channel.
	Channel(ctx context.Context, id string) (Room, error)
	// InChannel lists a channel's members, at most 30 s old.
	InChannel(ctx context.Context, channel string) ([]string, error)
	// Permalink is the address of a message, for people.
	Permalink(ctx context.Context, a Address) (string, error)
	// PublishHome shows somebody their Home tab, in place of what it showed. Where
	// Slack's limits would not let it before ctx ends, nothing is sent.
	PublishHome(ctx context.Context, user string, h Home) error
	// PostCard posts the card and returns its address; key is its metadata.
	PostCard(ctx context.Context, c Card, key string) (Address, error)
	// UpdateCard redraws it. Where Slack's limits are near, calm cards let the
	// others go first.
	UpdateCard(ctx context.Context, a Address, c Card) error
	// PostLine posts a line in the card's thread.
	PostLine(ctx context.Context, a Address, t reinstall.Text, key string) error
	// PostLoud is PostLine for what the channel shows as well.
	PostLoud(ctx context.Context, a Address, t reinstall.Text, key string) error
	// FindCard and FindLine look for a post by its key.
	FindCard(ctx context.Context, channel, key string, since time.Time) (Address, bool, error)
	FindLine(ctx context.Context, a Address, key string) (bool, error)
	// Over is what the card has no room for, in the places of a card; what it shows
	// says that the rest is in the thread.
	Over(c Card) Card
	// Whisper tells one person alone, in a channel; or in a thread, which they see
	// only where they have it open.
	Whisper(ctx context.Context, channel, thread, user string, t reinstall.Text) error
	// Direct tells one person in their direct messages; key is its metadata.
	Direct(ctx context.Context, user string, t reinstall.Text, key string) error
	// FindDirect looks for what was told somebody directly, by its key, from a
	// moment on.
	FindDirect(ctx context.Context, user, key string, since time.Time) (bool, error)
	// Answer tells whoever caused a delivery, alone, through its response_url:
	// five times within half an hour, and also where the bot is no member.
	Answer(ctx context.Context, reply string, t reinstall.Text) error
	// UpdateForm redraws an open form (view id and hash).
	UpdateForm(ctx context.Context, view, hash string, f Form) error
	// OpenForm opens a form on a trigger that lives three seconds.
	OpenForm(ctx context.Context, trigger string, f Form) (view, hash string, err error)
}

// Room is what matters of a channel.
type Room struct {
	ID     string
	Name   string
	Shared bool // with another company
	// Private: its name is nobody's business who is not in it.
	Private bool
	Member  bool // the bot is in it
}
