package webapi

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"sync/atomic"
	"time"
)

// errDeadlinePassed is why a request was not sent: nothing was done.
var errDeadlinePassed = errors.New("its time was over before it was sent")

// newTransport returns a transport whose connections write nothing for a request whose
// deadline has passed. It speaks HTTP/1.1, with one request at a time on a connection: so
// each write belongs to the request that has the connection.
func newTransport(now func() time.Time) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &deadlineConn{Conn: c, now: now}, nil
	}
	return t
}

// deadlineTransport sends no request whose deadline has passed by the clock. After a
// process was frozen, the timer that should have ended the call may fire too late. So the
// clock is read here and, since dialing takes time too, by the connection at each write.
type deadlineTransport struct {
	http.RoundTripper
	now func() time.Time
}

func (t deadlineTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	end, ok := r.Context().Deadline()
	if !ok {
		return t.RoundTripper.RoundTrip(r)
	}
	if !t.now().Before(end) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errDeadlinePassed
	}
	trace := &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { setWriteDeadline(i.Conn, end) }}
	return t.RoundTripper.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
}

// deadlineConn is a connection that writes nothing after a moment.
type deadlineConn struct {
	net.Conn
	now func() time.Time
	end atomic.Pointer[time.Time]
}

// setWriteDeadline gives a connection the deadline of the request that got it.
func setWriteDeadline(c net.Conn, end time.Time) {
	for {
		switch on := c.(type) {
		case *deadlineConn:
			on.end.Store(&end)
			return
		case interface{ NetConn() net.Conn }: // TLS
			c = on.NetConn()
		default:
			return
		}
	}
}

func (c *deadlineConn) Write(b []byte) (int, error) {
	if end := c.end.Load(); end != nil && !c.now().Before(*end) {
		return 0, os.ErrDeadlineExceeded
	}
	return c.Conn.Write(b)
}
