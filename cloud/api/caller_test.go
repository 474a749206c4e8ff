package api

import (
	"strings"
	"testing"
	"time"

	"twokey/commands/reinstall/model"
)

const ownKeyID = "AKIDofTheTestAccount"

func TestAKeyOfOursIsKnownAgain(t *testing.T) {
	fixed := newCredentials(AccountConfig{SecretID: ownKeyID}, &Client{})
	for id, want := range map[string]model.Caller{
		ownKeyID: model.CallerOurs, "AKIDanother": model.CallerForeign,
		"": model.CallerUnsure,
	} {
		if got := fixed.Caller(id); got != want {
			t.Errorf("%q is %q", id, got)
		}
	}
	role := &Credentials{role: "qcs::cam::uin/1:roleName/r"}
	role.earlier.Store("AKIDearlier", true)
	for id, want := range map[string]model.Caller{
		"AKIDearlier":        model.CallerOurs,
		"AKIDbeforearestart": model.CallerUnsure,
	} {
		if got := role.Caller(id); got != want {
			t.Errorf("role: %q is %q", id, got)
		}
	}
}

func TestAFingerprintIsNoSecret(t *testing.T) {
	if p := Fingerprint(ownKeyID); p == "" || p == Fingerprint("AKIDanother") || strings.Contains(p, ownKeyID) ||
		Fingerprint("") != "" {
		t.Errorf("the fingerprint is %q", p)
	}
}

// The sessions of a role are known by their keys alone: nothing is asked.
func TestARoleHasNoAccountUser(t *testing.T) {
	r := &Region{
		Client:  &Client{Now: time.Now},
		Account: &Account{Credentials: &Credentials{role: "qcs::cam::uin/1:roleName/r"}},
	}
	if user := r.User(t.Context()); user != "" {
		t.Errorf("a role is user %s", user)
	}
}
