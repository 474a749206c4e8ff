// Package oneshot sends one ResetInstance once. Its transport lets a single request
// through, of the right kind and in time, on a connection of its own. Afterwards it
// says whether anything of the request may have left.
package oneshot

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"

	"twokey/cloud/api"
)

// maxStampAge is how far the signature's time stamp may be from the arming time and
// from now. Tencent refuses a stamp that is more than five minutes off (cloud/doc.go
// 8.2). So the request of a frozen sender is dead 300 s after the arming time.
const maxStampAge = 5 * time.Second

// CheckProfile refuses every setting with which the SDK sends a request more than
// once, or to another host (cloud/doc.go 8.3 and 8.6).
func CheckProfile(p *profile.ClientProfile) error {
	switch {
	case p.NetworkFailureMaxRetries != 0, p.RateLimitExceededMaxRetries != 0:
		return errors.New("the reset's client must not retry")
	case p.UnsafeRetryOnConnectionFailure:
		return errors.New("the reset's client must not mark its requests as idempotent")
	case !p.DisableRegionBreaker:
		return errors.New("the reset's client must not switch regions")
	case p.Debug:
		return errors.New("the reset's client must not print requests")
	case p.HttpProfile.ReqMethod != http.MethodPost || p.HttpProfile.ReqTimeout <= 0:
		return errors.New("the reset's client must POST, and within a time")
	}
	return nil
}

// Why a request does not leave.
var (
	errStamp = errors.New("the signature's time stamp is more than five seconds from the arming time or " +
		"from now")
	errSecondAttempt = errors.New("a second attempt of the same order")
	errWrongRequest  = errors.New("not the request that this client is for")
	errEnded         = errors.New("the order is over")
)

// Transport is the transport of one order. It lets one request through, once, while
// its time stamp is within maxStampAge.
type Transport struct {
	armed time.Time
	now   func() time.Time
	base  *http.Transport

	used  atomic.Bool // an attempt was let through
	left  atomic.Bool // a header was handed to the connection
	ended atomic.Bool // no connection writes any more
}

// New makes the transport of an order that was armed at t0; now is our clock. It
// uses a new connection, which it closes after use, and HTTP/1.1. So Go has nothing
// that it could send again.
func New(t0 time.Time, now func() time.Time) *Transport {
	s := &Transport{armed: t0, now: now}
	s.base = &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: s.dial, TLSHandshakeTimeout: 5 * time.Second,
		DisableKeepAlives: true, DisableCompression: true, Protocols: new(http.Protocols),
	}
	s.base.Protocols.SetHTTP1(true)
	return s
}

func (s *Transport) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &endableConn{Conn: conn, ended: &s.ended}, nil
}

// endableConn is a connection that writes nothing once its order is over.
type endableConn struct {
	net.Conn
	ended *atomic.Bool
}

func (c *endableConn) Write(b []byte) (int, error) {
	if c.ended.Load() {
		return 0, errEnded
	}
	return c.Conn.Write(b)
}

// Watch notes when the connection gets the first header.
func (s *Transport) Watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaderField: func(string, []string) { s.left.Store(true) },
		WroteHeaders:     func() { s.left.Store(true) },
	})
}

// MayHaveLeft ends the transport and reports whether anything of the request may
// have left. Go may write in the background after an attempt is given up. A write
// after the end fails, and one before the end was noted before it; so false is
// final.
func (s *Transport) MayHaveLeft() bool {
	s.ended.Store(true)
	return s.left.Load()
}

// Close ends the transport and closes its connection.
func (s *Transport) Close() {
	s.ended.Store(true)
	if s.base != nil {
		s.base.CloseIdleConnections()
	}
}

// RoundTrip sends the request if it is the first, the right one and in time.
func (s *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := s.check(req); err != nil {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, err
	}
	once := req.Clone(req.Context())
	once.GetBody = nil // what cannot be read again cannot be sent again
	once.Close = true
	resp, err := s.base.RoundTrip(once)
	if err != nil {
		return nil, err
	}
	return api.RefuseRedirect(resp)
}

func (s *Transport) check(req *http.Request) error {
	for _, h := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if _, ok := req.Header[h]; ok {
			return errWrongRequest
		}
	}
	if req.Method != http.MethodPost || req.Header.Get("X-TC-Action") != "ResetInstance" {
		return errWrongRequest
	}
	seconds, err := strconv.ParseInt(req.Header.Get("X-TC-Timestamp"), 10, 64)
	if err != nil {
		return errStamp
	}
	stamp := time.Unix(seconds, 0)
	if stamp.Sub(s.armed).Abs() > maxStampAge || s.now().Sub(stamp).Abs() > maxStampAge {
		return errStamp
	}
	if !s.used.CompareAndSwap(false, true) {
		return errSecondAttempt
	}
	return nil
}
