package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"twokey/bot/store/audit"
	"twokey/bot/store/keys"
	"twokey/commands/port"
	"twokey/commands/reinstall"
	"twokey/commands/seal"
)

// version is the schema of the data field. It grows with every field that an
// older Twokey must not drop by writing the record back.
//
//	2  what CloudAudit said
//	3  who approved, for which seats, and how it was asked for and waits
//	4  several machines
//	5  since when a countdown is shown
//	6  sealed
const version = 6

// stored is an operation as it lies in Redis.
type stored struct {
	rev  string
	v    string
	data string
	card string // empty until the card was posted
	seal string // over the above but the card (sealed.go); empty before version 6
	ins  string // the instance, as it was when it was made
	fits bool   // this process made the seal, or has looked at it; never from Redis
}

// recordFields are what stored is read from, in its order.
var recordFields = []string{"rev", "v", "data", "card", "seal", "ins"}

// parse reads a record that is what it was. A record of a newer schema is an error that says so:
// it must not be written back with fields missing.
func (r stored) parse(id string) (port.Record, error) {
	v, err := strconv.Atoi(r.v)
	if err != nil {
		return port.Record{}, fmt.Errorf("operation %s: its schema version %q is no number", id, r.v)
	}
	if v > version {
		return port.Record{}, fmt.Errorf(
			"operation %s was written by a newer Twokey (schema %d; this one knows %d): update this replica", id, v, version)
	}
	var rec port.Record
	if rec.Rev, err = strconv.ParseInt(r.rev, 10, 64); err != nil {
		return port.Record{}, fmt.Errorf("operation %s: its revision %q is no number", id, r.rev)
	}
	if err := json.Unmarshal([]byte(r.data), &rec.Op); err != nil {
		return port.Record{}, fmt.Errorf("operation %s: %w", id, err)
	}
	if rec.Op.ID != id {
		return port.Record{}, fmt.Errorf("operation %s: the record is of %q", id, rec.Op.ID)
	}
	return rec, readCard(id, r.card, &rec.Card)
}

// readCard reads the card's address; none was posted while it is empty.
func readCard(id, card string, a *port.Address) error {
	if card == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(card), a); err != nil {
		return fmt.Errorf("the card of operation %s: %w", id, err)
	}
	return nil
}

func cardReads(card string) bool {
	var a port.Address
	return readCard("", card, &a) == nil
}

// readRecord takes the record out of an HMGET of recordFields.
func readRecord(cmd *redis.SliceCmd) (stored, error) {
	vs, err := cmd.Result()
	if redis.HasErrorPrefix(err, "WRONGTYPE") {
		return stored{rev: "0"}, nil // no record of ours: it is Tampered
	}
	if err != nil {
		return stored{}, err
	}
	var f [6]string
	for i := range f {
		if i < len(vs) {
			f[i], _ = vs[i].(string)
		}
	}
	if f == [6]string{} {
		return stored{}, port.ErrNotFound
	}
	return stored{rev: f[0], v: f[1], data: f[2], card: f[3], seal: f[4], ins: f[5]}, nil
}

// keepFor is how long what has ended is kept: 400 days, so that a year's
// audit finds it.
const keepFor = 400 * 24 * time.Hour

// errChange says that a change cannot be what its caller meant.
var errChange = errors.New("not a transition")

// checkChange refuses what a caller got wrong before anything is sent.
func checkChange(c port.Change) error {
	id, ok := keys.ParseID(c.Op.ID)
	switch {
	case !ok || id != c.Op.ID:
		return fmt.Errorf("%w: %q is no operation id", errChange, c.Op.ID)
	case c.Command == "":
		return fmt.Errorf("%w: %s has no command id", errChange, c.Op.ID)
	case c.Op.State == reinstall.Tampered:
		return fmt.Errorf("%w: %s was changed outside Twokey, and nothing is kept of such a record", errChange, c.Op.ID)
	case c.Op.State == "":
		return fmt.Errorf("%w: %s has no state", errChange, c.Op.ID)
	case keys.OfID(id) != keys.OfInstance(c.Op.Plan.Ref):
		return fmt.Errorf("%w: %s is not an id for %s", errChange, id, c.Op.Plan.Ref)
	case c.Claim != (port.Claim{}) && (c.Claim.Kind != port.ClaimOp || c.Claim.ID != id):
		return fmt.Errorf("%w: %s decided under a lease on %s %s", errChange, id, c.Claim.Kind, c.Claim.ID)
	}
	return nil
}

// changeArgs are the arguments 1 to 14 of create and apply, and those from 17
// on: the audit entry, the seals and the posts.
func (s *records) changeArgs(c port.Change) (now stored, args, rest []any, err error) {
	c.Op = seal.SealKeys(s.seal, c.Op)
	b, err := json.Marshal(c.Op)
	if err != nil {
		return stored{}, nil, nil, fmt.Errorf("operation %s: %w", c.Op.ID, err)
	}
	body, sum, err := s.auditBody(c)
	if err != nil {
		return stored{}, nil, nil, fmt.Errorf("operation %s: %w", c.Op.ID, err)
	}
	now = stored{
		rev: strconv.FormatInt(c.Rev+1, 10), v: strconv.Itoa(version), data: string(b), ins: c.Op.Plan.Ref.String(),
	}
	if now.seal, err = s.sealRecord(c.Op.ID, now); err != nil {
		return stored{}, nil, nil, err
	}
	now.fits = true
	line, err := s.sealEntry(c.Op.ID, port.Entry{
		Rev: c.Rev + 1, State: c.Op.State, Command: c.Command, By: c.By, What: c.What, Detail: c.Detail, Fingerprint: c.Op.Fingerprint,
	})
	if err != nil {
		return stored{}, nil, nil, err
	}
	rest = []any{body, sum, now.seal, line}
	for _, p := range c.Posts {
		j, err := json.Marshal(p)
		if err != nil {
			return stored{}, nil, nil, fmt.Errorf("post %s: %w", p.Key, err)
		}
		rest = append(rest, j)
	}
	args = []any{
		c.Op.ID, c.Command, keys.OperationMember(c.Op.ID), delayMillis(c.WakeAfter), string(c.Op.State), version, b,
		zeroOrOne(c.Op.State.Ended()), int64(keepFor / time.Second), c.Op.Plan.Ref.String(),
		c.By, c.What, c.Detail, c.Op.Fingerprint,
	}
	return now, args, rest, nil
}

// delayMillis is a wake-up for a script: whole milliseconds, rounded up so that
// nothing wakes early; -1 is never.
func delayMillis(d time.Duration) int64 {
	if d < 0 {
		return -1
	}
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

func zeroOrOne(b bool) int {
	if b {
		return 1
	}
	return 0
}

// decodeEntry reads one line of a log.
func decodeEntry(m redis.XMessage) (port.Entry, error) {
	field := func(name string) string { s, _ := m.Values[name].(string); return s }
	var e port.Entry
	if _, err := fmt.Sscanf(m.ID, "%d-0", &e.Rev); err != nil {
		return e, fmt.Errorf("entry %s of a log: its number is no revision", m.ID)
	}
	ms, err := strconv.ParseInt(field("at"), 10, 64)
	if err != nil {
		return e, fmt.Errorf("entry %s of a log: its time %q is no number", m.ID, field("at"))
	}
	e.At = time.UnixMilli(ms).UTC()
	e.State = reinstall.State(field("state"))
	e.Command, e.By, e.What = field("command"), field("by"), field("what")
	e.Detail, e.Fingerprint = field("detail"), field("print")
	return e, nil
}

// auditBody is the audit entry of a change.
func (s *records) auditBody(c port.Change) (body, sum string, err error) {
	k := c.Op.Keys()
	b := audit.Body{
		Kind: audit.KindTransition, Op: c.Op.ID, Rev: c.Rev + 1, Instance: c.Op.Plan.Ref.String(), State: string(c.Op.State),
		By: c.By, What: c.What, Detail: c.Detail, Plan: c.Op.Fingerprint, Request: c.Op.RequestID, Command: c.Command,
		Approvals: k.Needed, Backup: k.Required, Keys: k.By, Proposer: c.Op.Proposer,
	}
	if k.Backup {
		b.Evidence = c.Op.Backup.Evidence.ID
	}
	return audit.SealBody(s.seal, keys.OfID(c.Op.ID).String(), b)
}
