// Package sshd plays the login service of a machine, for practice and tests.
package sshd

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// A Service is the login service of one machine of the double. It has host keys
// of its own for each system that the machine has had, as a machine that
// was reinstalled has.
type Service struct {
	systems func() int // how many systems the machine has had before
	listens net.Listener
	speaks  string // ssh, rdp, or nonsense

	mu   sync.Mutex
	keys map[int][]ssh.Signer
}

// Serve listens at addr until the returned function is called. speaks is ssh, rdp or
// nonsense; systems says how many systems the machine has had before.
func Serve(addr, speaks string, systems func() int) (*Service, func(), error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, nil, err
	}
	s := &Service{systems: systems, listens: l, speaks: speaks, keys: map[int][]ssh.Signer{}}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() { s.talkUntilLogin(conn) })
		}
	})
	return s, func() { _ = l.Close(); work.Wait() }, nil
}

// talkUntilLogin plays the server's part up to the login, which nobody is given.
func (s *Service) talkUntilLogin(conn net.Conn) {
	defer conn.Close()
	switch s.speaks {
	case "rdp": // whatever RDP says comes after the client's first words
		_, _ = io.ReadFull(conn, make([]byte, 1))
		return
	case "nonsense":
		_, _ = io.WriteString(conn, "220 mail.example.com ESMTP\r\n")
		return
	}
	cfg := &ssh.ServerConfig{PasswordCallback: func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
		return nil, errors.New("nobody logs in here")
	}}
	keys, err := s.hostKeys(s.systems())
	if err != nil {
		return
	}
	for _, k := range keys {
		cfg.AddHostKey(k)
	}
	if c, _, _, err := ssh.NewServerConn(conn, cfg); err == nil {
		_ = c.Close()
	}
}

// hostKeys are those of the machine's nth system: ED25519, ECDSA and RSA.
func (s *Service) hostKeys(n int) ([]ssh.Signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.keys[n]; ok {
		return k, nil
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	for _, k := range []crypto.Signer{ed, ec, rs} {
		signer, err := ssh.NewSignerFromSigner(k)
		if err != nil {
			return nil, fmt.Errorf("a host key: %w", err)
		}
		s.keys[n] = append(s.keys[n], signer)
	}
	return s.keys[n], nil
}

// Fingerprints are those of the nth system's keys, as ssh-keygen -lf shows them. They
// are computed here by hand.
func (s *Service) Fingerprints(n int) ([]string, error) {
	keys, err := s.hostKeys(n)
	var out []string
	for _, k := range keys {
		sum := sha256.Sum256(k.PublicKey().Marshal())
		out = append(out, "SHA256:"+base64.RawStdEncoding.EncodeToString(sum[:]))
	}
	return out, err
}
