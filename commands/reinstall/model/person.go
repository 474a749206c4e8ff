package model

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Person is who Slack says somebody is, now.
type Person struct {
	ID      string
	Name    string
	Email   string
	Outside bool // of another workspace
	Guest   bool // restricted or ultra restricted
	Bot     bool // a bot or a workflow
	Deleted bool // deactivated
}

// Mailbox is the same for all accounts of one person, as far as their e-mail address
// shows. Letter case does not count, nor does anything behind a plus sign. It is a
// digest, so that no record keeps the address itself. It is empty if Slack shows none.
func (p Person) Mailbox() string {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(p.Email)), "@")
	if !ok || local == "" || domain == "" {
		return ""
	}
	if name, _, tagged := strings.Cut(local, "+"); tagged && name != "" {
		local = name
	}
	sum := sha256.Sum256([]byte(local + "@" + domain))
	return hex.EncodeToString(sum[:8])
}

// CheckMailbox refuses somebody whose other accounts could not be recognised.
func (p Person) CheckMailbox(what string) *Refusal {
	if p.Mailbox() != "" {
		return nil
	}
	return Refuse(what, "Slack does not show your e-mail address, so two accounts of yours would count twice",
		"Ask whoever runs Twokey to give it the scope users:read.email and to install it again")
}
