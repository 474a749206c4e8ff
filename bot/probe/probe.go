// Package probe asks the login service of a machine whether it answers, over the network
// of this process.
package probe

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"twokey/commands/reinstall"
	"twokey/commands/reinstall/model"
)

const dialTimeout = 3 * time.Second

// Prober is a port.Prober. The zero value is ready.
type Prober struct{}

// Probe makes one attempt. It asks an SSH server for its host key of each type, and
// leaves before a login.
func (Prober) Probe(ctx context.Context, service, host string, port int) reinstall.ProbeResult {
	addr := net.JoinHostPort(host, strconv.Itoa(port))
	if service != model.ServiceSSH {
		conn, err := dialHost(ctx, addr)
		if err != nil {
			return reinstall.ProbeResult{Why: failureText(err)}
		}
		_ = conn.Close()
		return reinstall.ProbeResult{Open: true}
	}
	return readHostKeys(ctx, addr)
}

func dialHost(ctx context.Context, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTimeout}
	return d.DialContext(ctx, "tcp", addr)
}

// failureText says to people why a connection failed.
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
