// Package account is one account of the doubled cloud, in memory: its machines,
// images, snapshots and key pairs, the clock that drives them, and what happens to
// them. It has the rules by which the cloud accepts or refuses a reset or an image.
// It knows nothing of HTTP and JSON; package fakecvm does.
//
// Nothing here locks: whoever calls a method holds the lock of fakecvm.Cloud.
package account

import (
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"time"

	"twokey/cloud/fakecvm/switchboard"
)

// Account is what one account owns, and what happens to it. It is not safe for
// concurrent use.
type Account struct {
	now       func() time.Time
	rand      io.Reader
	Clock     Clock
	Switches  switchboard.Board
	Machines  []*Machine
	owners    map[string]*Machine // by disk, as last found; see owner
	Images    []*ImageRecord
	Snapshots []*SnapshotRecord
	KeyPairs  []KeyPair
	jobs      map[*job]struct{}
	Events    []Event // CloudAudit's, oldest first
	eventSeq  uint64
	Accepted  map[string][]time.Time // resets that calls began, each when its request came
}

// New makes an account that owns the fleet. A fleet that names an id twice is
// an error.
func New(fleet Fleet, now func() time.Time, speed float64, rand io.Reader,
	switches switchboard.Board,
) (*Account, error) {
	a := &Account{
		now: now, rand: rand, Clock: newClock(now, speed), Switches: switches, owners: map[string]*Machine{},
		KeyPairs: slices.Clone(fleet.KeyPairs), jobs: map[*job]struct{}{}, Accepted: map[string][]time.Time{},
	}
	for _, i := range fleet.Instances {
		if err := a.AddInstance(i); err != nil {
			return nil, err
		}
	}
	for _, i := range fleet.Images {
		a.Images = append(a.Images, &ImageRecord{Image: i})
	}
	for _, s := range fleet.Snapshots {
		a.Snapshots = append(a.Snapshots, &SnapshotRecord{Snapshot: s})
	}
	return a, nil
}

// NewRequestID is a random UUID, as the cloud's request ids are.
func (a *Account) NewRequestID() string {
	var b [16]byte
	a.readRandom(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

const idAlphabet = "abcdefghijkmnpqrstuvwxyz23456789" // 32 symbols: no modulo bias

// newID makes a resource id such as "img-" and eight lower-case characters.
func (a *Account) newID(prefix string) string {
	var b [8]byte
	a.readRandom(b[:])
	for i := range b {
		b[i] = idAlphabet[b[i]%byte(len(idAlphabet))]
	}
	return prefix + string(b[:])
}

func (a *Account) readRandom(b []byte) {
	if _, err := io.ReadFull(a.rand, b); err != nil {
		panic("fakecvm: Config.Rand: " + err.Error())
	}
}

// IDFrom makes eight id characters out of a text.
func IDFrom(text string) string {
	sum := sha256.Sum256([]byte(text))
	b := make([]byte, 8)
	for i := range b {
		b[i] = idAlphabet[sum[i]%byte(len(idAlphabet))]
	}
	return string(b)
}
