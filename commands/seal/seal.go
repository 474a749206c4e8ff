// Package seal makes what is kept in Redis unforgeable: whoever can write there
// and has no key can make up nothing that Twokey believes. It is pure: keys come
// in, seals come out.
package seal

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
)

// Use is what a seal is for. Each use has its own key, so that a seal made for
// one is none for another.
type Use string

// The uses. A new one is a new name; a name never changes its meaning.
const (
	Record       Use = "record"
	Approval     Use = "approval"
	Backup       Use = "backup"
	Item         Use = "item" // what was taken at the door
	Freeze       Use = "freeze"
	Budget       Use = "budget"
	PolicyMemory Use = "policy memory"
	Audit        Use = "audit"
	Epoch        Use = "epoch"
	Head         Use = "head" // the end of an audit chain
	Password     Use = "password"
	Ship         Use = "ship"      // what is posted of the audit, whose receiver has this key alone
	Shipped      Use = "shipped"   // how far a chain was shipped
	Cut          Use = "audit cut" // what an operator went on without
)

var uses = []Use{
	Record, Approval, Backup, Item, Freeze, Budget, PolicyMemory, Audit, Epoch, Head, Password, Ship,
	Shipped, Cut,
}

// Least is how many bytes a key has at least.
const Least = 32

// Keys are the sealing keys of a deployment: the first seals, all open. The nil
// Keys seals nothing and finds every seal wrong.
type Keys struct{ sets []set }

// set is what is derived from one key. The id tells which key made a seal; it
// is derived as well, and tells nothing of the key.
type set struct {
	id  string
	key map[Use][]byte
}

// tokens is how a bot token begins. One that stands behind a key stands for what
// FromToken made of it, so that a deployment can go over to a key of its own.
const tokens = "xoxb-"

// New derives the keys of every use. A former bot token may stand behind the first
// key. Its errors never hold a key.
func New(keys ...string) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is no sealing key")
	}
	k := &Keys{}
	for i, secret := range keys {
		former := strings.HasPrefix(secret, tokens)
		if former && i == 0 {
			return nil, errors.New("the first sealing key is a bot token, which Slack knows; put one by " +
				"openssl rand -base64 32 before it")
		}
		if !former && keySize(secret) < Least {
			return nil, fmt.Errorf("sealing key %d of %d has %d bytes, and needs at least %d; openssl rand -base64 "+
				"32 makes one", i+1, len(keys), keySize(secret), Least)
		}
		from := deriveSet
		if former {
			from = setOfToken
		}
		s, err := from([]byte(secret))
		if err != nil {
			return nil, err
		}
		for _, other := range k.sets {
			if other.id == s.id {
				return nil, fmt.Errorf("sealing key %d of %d is there twice", i+1, len(keys))
			}
		}
		k.sets = append(k.sets, s)
	}
	return k, nil
}

// keySize is how many bytes a key stands for: those that its base64 tells, or its
// own.
func keySize(key string) int {
	for _, e := range []*base64.Encoding{
		base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding,
		base64.RawURLEncoding,
	} {
		if b, err := e.DecodeString(key); err == nil {
			return len(b)
		}
	}
	return len(key)
}

// FromToken derives keys from the bot token, for a deployment that has set
// none: another token then opens nothing that was sealed before.
func FromToken(token string) (*Keys, error) {
	if token == "" {
		return nil, errors.New("there is neither a sealing key nor a bot token")
	}
	s, err := setOfToken([]byte(token))
	return &Keys{sets: []set{s}}, err
}

func setOfToken(token []byte) (set, error) {
	secret, err := hkdf.Key(sha256.New, token, nil, "twokey sealing key of the bot token", Least)
	if err != nil {
		return set{}, err
	}
	s, err := deriveSet(secret)
	if err != nil {
		return s, err
	}
	// Passwords were sealed like this before there were other seals: those open still.
	s.key[Password], err = hkdf.Key(sha256.New, token, nil, "twokey password sealing", 32)
	return s, err
}

func deriveSet(secret []byte) (set, error) {
	s := set{key: map[Use][]byte{}}
	id, err := hkdf.Key(sha256.New, secret, nil, "twokey seal: id", 6)
	if err != nil {
		return s, err
	}
	s.id = base64.RawURLEncoding.EncodeToString(id)
	for _, u := range uses {
		if s.key[u], err = hkdf.Key(sha256.New, secret, nil, "twokey seal: "+string(u), 32); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Seal binds the parts to each other, in their order, for one use. Where one
// part ends and the next begins is bound as well.
func (k *Keys) Seal(u Use, parts ...string) (string, error) {
	if k == nil || len(k.sets) == 0 || k.sets[0].key[u] == nil {
		return "", fmt.Errorf("nothing can be sealed for %q: there is no key", u)
	}
	return k.sets[0].sealOver(u, parts), nil
}

// Fits reports whether one of the keys made this seal over just these parts. A seal
// is written in one way only.
func (k *Keys) Fits(u Use, seal string, parts ...string) bool {
	if k == nil {
		return false
	}
	id, _, _ := strings.Cut(seal, ".")
	for _, s := range k.sets {
		if s.id == id && s.key[u] != nil {
			return hmac.Equal([]byte(seal), []byte(s.sealOver(u, parts)))
		}
	}
	return false
}

// Newest reports whether a seal is of the key that seals now.
func (k *Keys) Newest(seal string) bool {
	id, _, ok := strings.Cut(seal, ".")
	return ok && k != nil && len(k.sets) > 0 && k.sets[0].id == id
}

// Secrets are the derived keys of a use, the one that seals first, for what is
// enciphered as well.
func (k *Keys) Secrets(u Use) [][]byte {
	if k == nil {
		return nil
	}
	var out [][]byte
	for _, s := range k.sets {
		if s.key[u] != nil {
			out = append(out, s.key[u])
		}
	}
	return out
}

// sealOver is the key's id and the HMAC over the parts.
func (s set) sealOver(u Use, parts []string) string {
	return s.id + "." + base64.RawURLEncoding.EncodeToString(s.macOf(u, parts))
}

// macOf is the HMAC over the parts, each after its length.
func (s set) macOf(u Use, parts []string) []byte {
	m := hmac.New(sha256.New, s.key[u])
	for _, p := range parts {
		writePart(m, p)
	}
	return m.Sum(nil)
}

func writePart(m hash.Hash, p string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(p)))
	_, _ = m.Write(n[:])
	_, _ = m.Write([]byte(p))
}
