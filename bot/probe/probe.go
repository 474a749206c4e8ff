// Package probe asks the login service of a machine whether it answers: over
// the network, from where this process stands.
package probe

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"twokey/commands/reinstall"
)

const (
	dialTimeout      = 3 * time.Second // for the connection
	handshakeTimeout = 5 * time.Second // for the connection and the handshake
	// version names us in the machine's own log.
	clientVersion = "SSH-2.0-Twokey"
)

// hostKeyTypes are the types of host key, each with the algorithms that show one. A
// server has one key of each type at most; it shows one a connection.
var hostKeyTypes = []struct {
	name       string
	algorithms []string
}{
	{"ED25519", []string{ssh.KeyAlgoED25519}},
	{"ECDSA", []string{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521}},
	{"RSA", []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}},
}

// Prober is a commands.Prober. The zero value is ready.
type Prober struct{}

// Probe makes one attempt. An SSH server is asked for its host key of each
// type, and left before anybody would log in.
func (Prober) Probe(ctx context.Context, service, host string, port int) reinstall.Shown {
	addr := net.JoinHostPort(host, strconv.Itoa(port))
	if service != reinstall.ServiceSSH {
		conn, err := dialHost(ctx, addr)
		if err != nil {
			return reinstall.Shown{Why: failureText(err)}
		}
		_ = conn.Close()
		return reinstall.Shown{Open: true}
	}
	return readHostKeys(ctx, addr)
}

func dialHost(ctx context.Context, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	return d.DialContext(ctx, "tcp", addr)
}

// readHostKeys collects the keys, one connection each.
func readHostKeys(ctx context.Context, addr string) (out reinstall.Shown) {
	var unread []string
	for _, k := range hostKeyTypes {
		conn, err := dialHost(ctx, addr)
		if err != nil && !out.Open {
			return reinstall.Shown{Why: failureText(err)} // not even the first time
		}
		var key ssh.PublicKey
		if err == nil {
			out.Open = true
			key, err = readHostKey(ctx, conn, addr, k.algorithms)
		}
		switch {
		case key != nil:
			out.Keys = append(out.Keys, reinstall.HostKey{Bits: keyBits(key), Print: ssh.FingerprintSHA256(key), Type: k.name})
		case !hasNone(err):
			unread = append(unread, k.name)
		}
		if len(out.Keys) == 0 && len(unread) > 0 {
			break // it speaks no SSH: not asked again in another way
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

// readHostKey has the server prove that it holds a key of these algorithms, closes the
// connection, and returns the key.
func readHostKey(ctx context.Context, conn net.Conn, addr string, algorithms []string) (key ssh.PublicKey, err error) {
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(handshakeTimeout)); err != nil {
		return nil, err
	}
	// The callback runs only once the key's signature over this very exchange
	// was found good.
	_, _, _, err = ssh.NewClientConn(conn, addr, &ssh.ClientConfig{
		ClientVersion: clientVersion, HostKeyAlgorithms: algorithms,
		HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error {
			key = k
			return errShown
		},
	})
	return key, err
}

// hasNone reports whether the server said that it has no key of these
// algorithms, which is an answer.
func hasNone(err error) bool {
	var n *ssh.AlgorithmNegotiationError
	return errors.As(err, &n) && n.What == "host key"
}

// failureText says for people why a connection failed.
func failureText(err error) string {
	var ne net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused: nothing listens there, or a firewall refuses it"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &ne) && ne.Timeout():
		return "nothing came back"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to that address"
	}
	return "the connection failed"
}
