package commands

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// Sealer keeps generated passwords unreadable at rest: AES-256-GCM with a key
// derived from a secret that every replica has, bound to the operation's id.
type Sealer struct {
	aead cipher.AEAD
	rand io.Reader
}

// NewSealer derives the key from secret. When the secret is changed, what was
// sealed before can no longer be opened.
func NewSealer(secret string) (*Sealer, error) {
	if secret == "" {
		return nil, errors.New("the sealing secret is empty")
	}
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "twokey password sealing", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, rand: rand.Reader}, nil
}

// Seal encrypts clear for the operation.
func (s *Sealer) Seal(op, clear string) (string, error) {
	nonce := make([]byte, s.aead.NonceSize())
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return base64.StdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(clear), []byte(op))), nil
}

// Open decrypts what Seal made for the same operation.
func (s *Sealer) Open(op, sealed string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) < s.aead.NonceSize() {
		return "", errors.New("open: not something sealed")
	}
	n := s.aead.NonceSize()
	clear, err := s.aead.Open(nil, b[:n], b[n:], []byte(op))
	if err != nil {
		return "", errors.New("open: the key has changed, or the record was tampered with")
	}
	return string(clear), nil
}

// Characters that are easy to read aloud, and those that the cloud allows
// (facts/tencent.md section 1): all three classes, 20 characters.
const (
	lower  = "abcdefghjkmnpqrstuvwxyz"
	upper  = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	digits = "23456789"
	marks  = "-=.:+"
)

// newPassword makes a password that both Linux and Windows take.
func newPassword(r io.Reader) (string, error) {
	const n = 20
	sets := []string{lower, upper, digits, marks}
	all := lower + upper + digits + marks
	out := make([]byte, n)
	for i := range out {
		set := all
		if i < len(sets) {
			set = sets[i]
		}
		k, err := pick(r, len(set))
		if err != nil {
			return "", err
		}
		out[i] = set[k]
	}
	for i := n - 1; i > 0; i-- { // the first of each class go to places by chance
		j, err := pick(r, i+1)
		if err != nil {
			return "", err
		}
		out[i], out[j] = out[j], out[i]
	}
	if out[0] == '/' || out[0] == '-' {
		out[0] = 'k'
	}
	return string(out), nil
}

// pick returns a number below n, each as likely as the others.
func pick(r io.Reader, n int) (int, error) {
	limit := 256 - 256%n
	var b [1]byte
	for {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return 0, err
		}
		if int(b[0]) < limit {
			return int(b[0]) % n, nil
		}
	}
}
