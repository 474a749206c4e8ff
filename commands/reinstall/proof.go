package reinstall

import (
	"strconv"
	"time"
)

// The login services that a machine may have.
const (
	ServiceSSH = "SSH"
	ServiceRDP = "RDP"
)

// Probe is the operator's wish to see, once a reset is done, whether the
// machine's login service answers. A port of 0 is not looked for.
type Probe struct {
	SSH    int           // the port under Linux
	RDP    int           // the port under Windows
	Public bool          // at the public address instead of the private one
	Within time.Duration // for so long it is tried again
}

// Proof is what the machine itself shows after the cloud's word: whether its
// login service answers. It never changes the outcome.
type Proof struct {
	Service string    `json:"service"`
	Host    string    `json:"host"` // empty: the machine has no such address
	Port    int       `json:"port"`
	Public  bool      `json:"public,omitempty"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`
	// Shown is nil while it is still looked for.
	Shown *Shown `json:"shown,omitempty"`
}

// Shown is what an attempt showed. Why says what it did not; it is empty where
// it showed all.
type Shown struct {
	At   time.Time `json:"at,omitzero"`
	Open bool      `json:"open,omitempty"` // the port took the connection
	Keys []HostKey `json:"keys,omitempty"` // for SSH
	Why  string    `json:"why,omitempty"`
	// Over is set where nobody looked any more.
	Over bool `json:"over,omitempty"`
}

// HostKey is a host key as ssh-keygen -lf prints it.
type HostKey struct {
	Bits  int    `json:"bits"`
	Print string `json:"print"` // SHA256:..
	Type  string `json:"type"`  // ED25519, ECDSA, RSA
}

// String is ssh-keygen's line, without its comment.
func (k HostKey) String() string {
	return strconv.Itoa(k.Bits) + " " + k.Print + " (" + k.Type + ")"
}

// proofOf is what is to be looked for on the machine of a plan; nil where nothing is.
func proofOf(p *Probe, plan Plan, now time.Time) *Proof {
	if p == nil {
		return nil
	}
	out := Proof{Service: ServiceSSH, Port: p.SSH, Public: p.Public, Since: now, Until: now.Add(p.Within)}
	if plan.Family == Windows {
		out.Service, out.Port = ServiceRDP, p.RDP
	}
	if out.Port == 0 {
		return nil
	}
	ips := plan.PrivateIPs
	if p.Public {
		ips = plan.PublicIPs
	}
	if len(ips) > 0 {
		out.Host = ips[0]
	}
	return &out
}

// Proving reports whether the machine's login service is being looked for.
func (op Operation) Proving() bool {
	return op.State == Done && op.Proof != nil && op.Proof.Shown == nil
}

// ProofShown ends the search for the login service: with what it showed, or
// with why it showed nothing in time.
type ProofShown struct{ Shown Shown }

func (e ProofShown) Name() string { return "proof" }

func (e ProofShown) step(op *Operation, now time.Time) *Refusal {
	if !op.Proving() {
		return Refuse("Not noted", "no login service is looked for", "Look at the card")
	}
	shown := e.Shown
	shown.At = now
	op.Proof.Shown = &shown
	return nil
}
