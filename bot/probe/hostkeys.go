package probe

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"twokey/commands/reinstall"
)

const (
	handshakeTimeout = 5 * time.Second // for the connection and the handshake
	// clientVersion names Twokey in the machine's log.
	clientVersion = "SSH-2.0-Twokey"
)

// hostKeyTypes are the types of host key, each with the algorithms that show one. A
// server has at most one key of each type, and shows one a connection.
var hostKeyTypes = []struct {
	name       string
	algorithms []string
}{
	{"ED25519", []string{ssh.KeyAlgoED25519}},
	{"ECDSA", []string{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521}},
	{"RSA", []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}},
}

// readHostKeys reads the key of each type, on one connection each.
func readHostKeys(ctx context.Context, addr string) (out reinstall.ProbeResult) {
	var unread []string
	for _, k := range hostKeyTypes {
		conn, err := dialHost(ctx, addr)
		if err != nil && !out.Open {
			return reinstall.ProbeResult{Why: failureText(err)} // not even the first time
		}
		var key ssh.PublicKey
		if err == nil {
			out.Open = true
			key, err = readHostKey(ctx, conn, addr, k.algorithms)
		}
		switch {
		case key != nil:
			out.Keys = append(out.Keys, reinstall.HostKey{Bits: keyBits(key), Fingerprint: ssh.FingerprintSHA256(key), Type: k.name})
		case !isNoSuchKey(err):
			unread = append(unread, k.name)
		}
		if len(out.Keys) == 0 && len(unread) > 0 {
			break // it speaks no SSH: other types would fail too
		}
	}
	switch {
	case len(out.Keys) > 0 && len(unread) > 0:
		out.Why = "its " + strings.Join(unread, " and ") + " key could not be read"
	case len(unread) > 0:
		out.Why = "what answers there does not speak SSH, or not yet"
	case len(out.Keys) == 0:
		out.Why = "it has no host key of a type that Twokey knows"
	}
	return out
}

var errShown = errors.New("the key was shown; nothing more is wanted")

// readHostKey has the server prove that it holds a key of these algorithms. It closes the
// connection, and returns the key.
func readHostKey(ctx context.Context, conn net.Conn, addr string, algorithms []string) (key ssh.PublicKey, err error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, err
	}
	// The callback runs only after the key's signature over this exchange was verified.
	_, _, _, err = ssh.NewClientConn(conn, addr, &ssh.ClientConfig{
		ClientVersion: clientVersion, HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error {
			key = k
			return errShown
		},
	})
	return key, err
}

// isNoSuchKey reports whether the server answered that it has no key of these algorithms.
func isNoSuchKey(err error) bool {
	var n *ssh.AlgorithmNegotiationError
	return errors.As(err, &n) && n.What == "host key"
}

// keyBits is the key's size as ssh-keygen prints it. It is 0 for a key of another type
// than hostKeyTypes has.
func keyBits(k ssh.PublicKey) int {
	c, ok := k.(ssh.CryptoPublicKey)
	if !ok {
		return 0
	}
	switch pub := c.CryptoPublicKey().(type) {
	case ed25519.PublicKey:
		return 8 * len(pub)
	case *ecdsa.PublicKey:
		return pub.Params().BitSize
	case *rsa.PublicKey:
		return pub.N.BitLen()
	}
	return 0
}
