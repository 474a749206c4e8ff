package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// Sealer keeps generated passwords unreadable at rest: AES-256-GCM, bound to the
// operation's id. The first of the deployment's keys seals, all open.
type Sealer struct {
	aeads []cipher.AEAD
	Rand  io.Reader
}

// NewSealer makes a sealer of the deployment's keys.
func NewSealer(keys *Keys) (*Sealer, error) {
	s := &Sealer{Rand: rand.Reader}
	for _, key := range keys.Secrets(Password) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		s.aeads = append(s.aeads, aead)
	}
	if len(s.aeads) == 0 {
		return nil, errors.New("there is no sealing key")
	}
	return s, nil
}

// Seal encrypts clear for the operation.
func (s *Sealer) Seal(op, clear string) (string, error) {
	aead := s.aeads[0]
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(s.Rand, nonce); err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(clear), []byte(op))), nil
}

// Open decrypts what Seal made for the same operation.
func (s *Sealer) Open(op, sealed string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", errors.New("open: not something sealed")
	}
	for _, aead := range s.aeads {
		n := aead.NonceSize()
		if len(b) < n {
			return "", errors.New("open: not something sealed")
		}
		if clear, err := aead.Open(nil, b[:n], b[n:], []byte(op)); err == nil {
			return string(clear), nil
		}
	}
	return "", errors.New("open: the key has changed, or the record was tampered with")
}

// Characters that are easy to read aloud, and those that the cloud allows
// (cloud/doc.go 2.4): at least three classes, and no slash first.
const (
	lower  = "abcdefghjkmnpqrstuvwxyz"
	upper  = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	digits = "23456789"
	marks  = "-=.:+"
)

// NewPassword makes a password that both Linux and Windows take.
func NewPassword(r io.Reader) (string, error) {
	const n = 20
	sets := []string{lower, upper, digits, marks}
	all := lower + upper + digits + marks
	out := make([]byte, n)
	for i := range out {
		set := all
		if i < len(sets) {
			set = sets[i]
		}
		k, err := randomBelow(r, len(set))
		if err != nil {
			return "", err
		}
		out[i] = set[k]
	}
	for i := n - 1; i > 0; i-- { // the first of each class go to places by chance
		j, err := randomBelow(r, i+1)
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

// randomBelow returns a number below n, each as likely as the others.
func randomBelow(r io.Reader, n int) (int, error) {
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
