// Package loopback leases addresses to servers that are started, killed and started again
// at the same address. A port that is merely free now may be taken a moment later: by
// another test, or by the near end of some connection.
package loopback

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// The ports from firstPort on are leased. A socket that listens portCount higher guards
// each, and the kernel closes it with its process. All are below the ports that Linux,
// macOS and Windows give to outgoing connections.
const (
	host      = "127.0.0.1"
	firstPort = 20000
	portCount = 6000
)

// guards are the sockets that guard the leases, by port.
var guards sync.Map

// Lease returns an address on which nothing listens. No other lease on this
// machine has it until release is called or this process ends.
func Lease() (addr string, release func(), err error) {
	for range 100 {
		port := firstPort + rand.N(portCount)
		guard, err := net.Listen("tcp", loopbackAddress(port+portCount))
		if err != nil {
			continue // leased
		}
		// A socket that listened to find out would live on for a moment in a process
		// that is just being forked. So this asks by a connection.
		if c, err := net.Dial("tcp", loopbackAddress(port)); err == nil {
			_, _ = c.Close(), guard.Close()
			continue // a server without a lease listens there
		}
		guards.Store(port, guard) // else the garbage collector would close it
		return loopbackAddress(port), func() { guards.Delete(port); _ = guard.Close() }, nil
	}
	return "", nil, errors.New(
		"no address: " + fmt.Sprintf("the ports %d to %d of %s are taken", firstPort, firstPort+portCount-1, host),
	)
}

func loopbackAddress(port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
