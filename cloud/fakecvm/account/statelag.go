package account

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// What LatestOperation and InstanceState show if nothing goes wrong, as recorded
// (cloud/doc.go 4.5 to 4.7). The id of a machine decides it, so that a story always
// plays the same.

// RenameOperation is what a change of an instance's name writes.
const RenameOperation = "ModifyInstancesAttribute.InstanceName"

// DrawByID is a number below n that is always the same for the same words.
func DrawByID(id, about string, n int) int {
	sum := sha256.Sum256([]byte(id + "/" + about))
	return (int(sum[0])<<8 | int(sum[1])) % n
}

// StateLag is how far apart state and record of an operation can be. It was recorded
// once: 11 s after StopInstances a machine showed SUCCESS and was still STOPPING
// (cloud/doc.go 4.7).
const StateLag = 11 * time.Second

// oneOf is how rare a lag is, in either direction, if no switch asks for it.
const oneOf = 16

// stateLagOf is how long after the record the state shows the end of the machine's
// present operation. It is negative if the state shows it before.
func (a *Account) stateLagOf(m *Machine) time.Duration {
	m.operations++
	usual := time.Duration(0)
	switch DrawByID(m.ID, fmt.Sprint("lag", m.operations), oneOf) {
	case 0:
		usual = StateLag
	case 1:
		usual = -StateLag
	}
	return a.Switches.Duration("state_lag", m.ID, usual)
}

// behind is a state that readers still see after it has ended.
type behind struct {
	state string
	until time.Duration
}
