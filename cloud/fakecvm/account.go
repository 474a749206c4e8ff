package fakecvm

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"time"

	"twokey/cloud/fakecvm/switchboard"
)

// account is what one account owns, and what happens to it. It is not safe for
// concurrent use: whoever calls a method holds the lock of the Cloud.
type account struct {
	now       func() time.Time
	rand      io.Reader
	clock     clock
	switches  switchboard.Board
	machines  []*machine
	owners    map[string]*machine // by disk, as last found; see owner
	images    []*imageRecord
	snapshots []*snapshotRecord
	keys      []KeyPair
	jobs      map[*job]struct{}
	events    []event // CloudAudit's, oldest first
	eventSeq  uint64
	accepted  map[string][]time.Time // resets that calls began, each when its request came
}

// newAccount makes an account that owns the fleet. A fleet that names an id twice is
// an error.
func newAccount(fleet Fleet, now func() time.Time, speed float64, rand io.Reader, switches switchboard.Board) (*account, error) {
	a := &account{
		now: now, rand: rand, clock: newClock(now, speed), switches: switches, owners: map[string]*machine{},
		keys: slices.Clone(fleet.KeyPairs), jobs: map[*job]struct{}{}, accepted: map[string][]time.Time{},
	}
	for _, i := range fleet.Instances {
		if err := a.addInstance(i); err != nil {
			return nil, err
		}
	}
	for _, i := range fleet.Images {
		a.images = append(a.images, &imageRecord{Image: i})
	}
	for _, s := range fleet.Snapshots {
		a.snapshots = append(a.snapshots, &snapshotRecord{Snapshot: s})
	}
	return a, nil
}

// newRequestID is a random UUID, as the cloud's request ids are.
func (a *account) newRequestID() string {
	var b [16]byte
	a.random(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

const idAlphabet = "abcdefghijkmnpqrstuvwxyz23456789" // 32 symbols: no modulo bias

// newID makes a resource id such as "img-" and eight lower-case characters.
func (a *account) newID(prefix string) string {
	var b [8]byte
	a.random(b[:])
	for i := range b {
		b[i] = idAlphabet[b[i]%byte(len(idAlphabet))]
	}
	return prefix + string(b[:])
}

func (a *account) random(b []byte) {
	if _, err := io.ReadFull(a.rand, b); err != nil {
		panic("fakecvm: Config.Rand: " + err.Error())
	}
}

// stem makes eight id characters out of a text.
func stem(text string) string {
	sum := sha256.Sum256([]byte(text))
	b := make([]byte, 8)
	for i := range b {
		b[i] = idAlphabet[sum[i]%byte(len(idAlphabet))]
	}
	return string(b)
}
