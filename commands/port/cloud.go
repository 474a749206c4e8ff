package port

import (
	"context"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// InstanceStatus is what a batched read says of one instance while it is followed.
type InstanceStatus struct {
	Instance   model.Instance
	ServerTime time.Time
	Skew       time.Duration
	// Asked is when the request that was answered left, by our clock.
	Asked time.Time
}

// Order is the one call that wipes.
type Order struct {
	Plan     model.Plan
	Password string    // set for LoginPassword only
	T0       time.Time // the arming time: the request must be signed within 5 s of it
}

// Verdict classes an answer to the one ResetInstance request (cloud/doc.go 3.2 to 3.4).
type Verdict string

// What the cloud's answer, or its absence, proves.
const (
	Accepted  Verdict = "accepted"   // there is a request id: it was taken
	Declined  Verdict = "refused"    // an error code that means nothing happened
	Ambiguous Verdict = "ambiguous"  // it may have happened
	NeverSent Verdict = "never sent" // not one byte of it was written
)

// Answer is what came of the one ResetInstance request.
type Answer struct {
	Verdict   Verdict
	RequestID string
	Code      string // the cloud's, or ClientError.*
	Message   string // the cloud's words, or the fault's; never a secret
}

// Cloud is Tencent Cloud. Errors are faults, or *reinstall.Refusal where the cloud
// refused in words. Whoever needs a part of it takes that part.
type Cloud interface {
	Machines
	AuditTrail
	BackupImages
	Resetter
}

// Machines finds and reads machines.
type Machines interface {
	// Find returns every instance that the target names exactly: by id, by
	// name (letter case counts), by private or public IP, or as
	// account/region/id. account and region narrow it where set. Where some sites
	// could not be asked, and the machine might be there too, an *UnaskedError
	// comes with what the others have.
	Find(ctx context.Context, target, account, region string) ([]model.Instance, error)
	// Fleet returns what is remembered of all machines: at most a minute old, or
	// up to ten while it is read again behind the answer. What was never read is
	// waited for until ctx ends.
	Fleet(ctx context.Context) []model.FleetPart
	// Images returns the images that the machine's type takes, from a like
	// memory: own, shared, public.
	Images(ctx context.Context, ref model.Ref) ([]model.Image, error)
	// Read reads everything that preflight and re-check need. made is the id
	// of the image that Twokey made for the proposal, if any. A read that fails is an
	// error: a failed check counts as no.
	Read(ctx context.Context, ref model.Ref, w model.Request, made string) (model.Facts, error)
	// Look reads many instances of one account and region, 100 ids a call.
	// Instances that the cloud does not know are missing from the map.
	Look(ctx context.Context, account, region string, ids []string) (map[string]InstanceStatus, error)
}

// AuditTrail says who called what.
type AuditTrail interface {
	// Events lists what CloudAudit recorded of calls that change the instance,
	// oldest first. They appear late: what is missing proves nothing. An
	// *AccessDeniedError says that the account does not let Twokey ask.
	Events(ctx context.Context, ref model.Ref, since time.Time) ([]model.CloudEvent, error)
	// Signer is the print of the id of the access key that signs the account's
	// calls now: the same for the same key, and no secret. Temporary credentials
	// are renewed first, so that the call to come is signed by them.
	Signer(ctx context.Context, account string) (string, error)
}

// BackupImages makes and finds images.
type BackupImages interface {
	// CreateImage starts an image of the instance's system disk. Where the
	// answer was lost it returns an error; the caller looks by name.
	CreateImage(ctx context.Context, ref model.Ref, name string, stop bool) (id string, err error)
	// ImageRoom counts the account's own images in the machine's region, and how
	// many the cloud allows there.
	ImageRoom(ctx context.Context, ref model.Ref) (used, most int, err error)
	// ImageByName looks an own image up by its exact name.
	ImageByName(ctx context.Context, ref model.Ref, name string) (img model.Image, found bool, err error)
}

// Resetter sends the ResetInstance request.
type Resetter interface {
	// Reset makes one HTTP attempt, never a second one.
	Reset(ctx context.Context, o Order) Answer
}

// Prober asks a machine's login service whether it answers, from where Twokey
// stands.
type Prober interface {
	// Probe makes one attempt, of some seconds at most. What it shows is no
	// secret, and nothing is sent that would log in.
	Probe(ctx context.Context, service, host string, port int) reinstall.ProbeResult
}
