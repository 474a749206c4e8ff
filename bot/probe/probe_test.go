package probe

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

// Keys made of fixed numbers, with what ssh-keygen -lf says of them.
const (
	fixedED25519 = "256 SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE (ED25519)"
	fixedECDSA   = "384 SHA256:djoHOijIJVKW+tknAJvTKKnuWaWffaCjbfFZzMKA7Oo (ECDSA)"
)

func fixedKeys(t *testing.T) (ed, ec crypto.Signer) {
	t.Helper()
	e, err := ecdsa.ParseRawPrivateKey(elliptic.P384(), bytes.Repeat([]byte{7}, 48))
	if err != nil {
		t.Fatal(err)
	}
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)), e
}

// serveConnections answers every connection with greet, until the test ends.
func serveConnections(t *testing.T, greet func(net.Conn)) (host string, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() { defer c.Close(); greet(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); work.Wait() })
	a, _ := l.Addr().(*net.TCPAddr)
	return a.IP.String(), a.Port
}

// startSSHServer speaks SSH with these host keys; saw gets what the client sends.
func startSSHServer(t *testing.T, saw func(string), keys ...crypto.Signer) (host string, port int) {
	t.Helper()
	cfg := &ssh.ServerConfig{PasswordCallback: func(c ssh.ConnMetadata, _ []byte) (*ssh.Permissions, error) {
		t.Errorf("somebody tries to log in as %s", c.User())
		return nil, errors.New("no")
	}}
	for _, k := range keys {
		s, err := ssh.NewSignerFromSigner(k)
		if err != nil {
			t.Fatal(err)
		}
		cfg.AddHostKey(s)
	}
	return serveConnections(t, func(c net.Conn) {
		if saw != nil {
			c = &recordedConn{Conn: c, saw: saw}
		}
		if conn, _, _, err := ssh.NewServerConn(c, cfg); err == nil {
			_ = conn.Close()
			t.Error("somebody is logged in")
		}
	})
}

type recordedConn struct {
	net.Conn
	saw func(string)
}

func (h *recordedConn) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	h.saw(string(p[:n]))
	return n, err
}

func keyLines(s reinstall.ProbeResult) string {
	var out []string
	for _, k := range s.Keys {
		out = append(out, k.String())
	}
	return strings.Join(out, "\n")
}

func TestEachHostKeyIsShownAsSSHKeygenPrintsIt(t *testing.T) {
	ed, ec := fixedKeys(t)
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	host, port := startSSHServer(t, nil, ed, ec, rs)
	got := Prober{}.Probe(t.Context(), model.ServiceSSH, host, port)
	if !got.Open || got.Why != "" || len(got.Keys) != 3 ||
		!strings.HasPrefix(keyLines(got), fixedED25519+"\n"+fixedECDSA+"\n2048 SHA256:") || got.Keys[2].Type != "RSA" {
		t.Errorf("got %+v", got)
	}
}

func TestAServerWithOneKeyShowsOneAndIsToldWhoAsks(t *testing.T) {
	ed, _ := fixedKeys(t)
	var mu sync.Mutex
	var who string
	host, port := startSSHServer(t, func(v string) { mu.Lock(); defer mu.Unlock(); who += v }, ed)
	got := Prober{}.Probe(t.Context(), model.ServiceSSH, host, port)
	if !got.Open || got.Why != "" || keyLines(got) != fixedED25519 {
		t.Errorf("got %+v", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if !strings.HasPrefix(who, "SSH-2.0-Twokey") {
		t.Errorf("the machine's log says %q", who)
	}
}

// A key that the server does not hold does not count: only a good signature over this
// exchange does.
func TestAKeyThatTheServerDoesNotHoldIsNotShown(t *testing.T) {
	ed, _ := fixedKeys(t)
	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	host, port := startSSHServer(t, nil, impostor{ed, other})
	got := Prober{}.Probe(t.Context(), model.ServiceSSH, host, port)
	if len(got.Keys) != 0 || !got.Open || !strings.Contains(got.Why, "does not speak SSH") {
		t.Errorf("got %+v", got)
	}
}

// impostor shows one key and signs with another.
type impostor struct{ shows, signs crypto.Signer }

func (i impostor) Public() crypto.PublicKey { return i.shows.Public() }

func (i impostor) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return i.signs.Sign(r, digest, o)
}

func TestWhatIsNotThereOrSpeaksSomethingElseIsSaidAsThat(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody, _ := l.Addr().(*net.TCPAddr)
	_ = l.Close()
	_, mail := serveConnections(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail.example.com ESMTP\r\n") })
	for what, c := range map[string]struct {
		service string
		port    int
		open    bool
		why     string
	}{
		"nobody, for SSH":  {model.ServiceSSH, nobody.Port, false, "refused"},
		"nobody, for RDP":  {model.ServiceRDP, nobody.Port, false, "refused"},
		"a mail server":    {model.ServiceSSH, mail, true, "does not speak SSH"},
		"something at RDP": {model.ServiceRDP, mail, true, ""},
	} {
		got := Prober{}.Probe(t.Context(), c.service, "127.0.0.1", c.port)
		if got.Open != c.open || len(got.Keys) != 0 || (c.why == "") != (got.Why == "") || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

// A machine that takes the connection and says nothing does not hold up a stop.
func TestAStopCutsTheAttemptOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	host, port := serveConnections(t, func(c net.Conn) { cancel(); _, _ = io.Copy(io.Discard, c) })
	if got := (Prober{}).Probe(ctx, model.ServiceSSH, host, port); len(got.Keys) != 0 || got.Why == "" {
		t.Errorf("got %+v", got)
	}
}
