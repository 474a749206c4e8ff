package reinstall

import (
	"strconv"
	"time"

	"twokey/commands/reinstall/model"
)

// Proof is what the machine itself shows after the cloud's word: whether its
// login service answers. It never changes the outcome.
type Proof struct {
	Service string    `json:"service"`
	Host    string    `json:"host"` // empty: the machine has no such address
	Port    int       `json:"port"`
	Public  bool      `json:"public,omitempty"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`
	// Result is nil while it is still looked for.
	Result *ProbeResult `json:"shown,omitempty"`
}

// ProbeResult is what an attempt showed. Why says what it did not show; it is empty if
// it showed all.
type ProbeResult struct {
	At   time.Time `json:"at,omitzero"`
	Open bool      `json:"open,omitempty"` // the port took the connection
	Keys []HostKey `json:"keys,omitempty"` // for SSH
	Why  string    `json:"why,omitempty"`
	// Over is set if nobody looks any more.
	Over bool `json:"over,omitempty"`
}

// HostKey is a host key as ssh-keygen -lf prints it.
type HostKey struct {
	Bits        int    `json:"bits"`
	Fingerprint string `json:"print"` // SHA256:..
	Type        string `json:"type"`  // ED25519, ECDSA, RSA
}

// String is ssh-keygen's line, without its comment.
func (k HostKey) String() string {
	return strconv.Itoa(k.Bits) + " " + k.Fingerprint + " (" + k.Type + ")"
}

// newProof is what is to be looked for on the machine of a plan, or nil for nothing.
func newProof(p *model.Probe, plan model.Plan, now time.Time) *Proof {
	if p == nil {
		return nil
	}
	out := Proof{Service: model.ServiceSSH, Port: p.SSH, Public: p.Public, Since: now, Until: now.Add(p.Within)}
	if plan.Family == model.Windows {
		out.Service, out.Port = model.ServiceRDP, p.RDP
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
	return op.State == Done && op.Proof != nil && op.Proof.Result == nil
}

// ProofEnded ends the search for the login service: with what it showed, or
// with why it showed nothing in time.
type ProofEnded struct{ Result ProbeResult }

func (e ProofEnded) Name() string { return "proof" }

func (e ProofEnded) applyTo(op *Operation, now time.Time) *model.Refusal {
	if !op.Proving() {
		return model.Refuse("Not noted", "no login service is looked for", "Look at the card")
	}
	shown := e.Result
	shown.At = now
	op.Proof.Result = &shown
	return nil
}
