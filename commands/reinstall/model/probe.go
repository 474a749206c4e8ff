package model

import (
	"time"
)

// The login services that a machine may have.
const (
	ServiceSSH = "SSH"
	ServiceRDP = "RDP"
)

// Probe is the operator's setting to see, once a reset is done, whether the machine's
// login service answers. A port of 0 is not looked for.
type Probe struct {
	SSH    int           // the port under Linux
	RDP    int           // the port under Windows
	Public bool          // at the public address instead of the private one
	Within time.Duration // for so long it is tried again
}
